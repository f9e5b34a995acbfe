// The one gate that every method goes through, on every transport: who is calling, may they, and on
// which thread and in which transaction the handler runs.
#ifndef SOLOTRIAL_ENGINE_SERVICE_GATE_H_
#define SOLOTRIAL_ENGINE_SERVICE_GATE_H_

#include <grpcpp/server_context.h>
#include <grpcpp/support/server_callback.h>

#include <exception>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/access/caller.h"
#include "engine/base/civil_time.h"
#include "engine/base/fault.h"
#include "engine/service/change_hub.h"
#include "engine/service/wire_error.h"
#include "engine/service/worker_pool.h"
#include "engine/store/trial_store.h"

namespace solotrial::service {

// A handler is a plain function over a transaction; what it does is undone when it fails.
template <typename Transaction, typename Request, typename Response>
using Handler =
    std::function<absl::Status(const access::Caller&, Transaction&, const Request&, Response*)>;

// Thread-safe.
class Gate {
 public:
  // Everything must outlive the gate.
  Gate(store::TrialStore& store, WorkerPool& workers, ChangeHub& changes, const Clock& clock);

  // Reads the roles of every method of the API's services. An error names the methods that do not
  // declare any: the engine must not start then.
  absl::Status LoadRoles();

  // Who calls the method `method` (`solotrial.v1.TrialService.GetTrial`), if they may.
  absl::StatusOr<access::Caller> Admit(const grpc::CallbackServerContext& context,
                                       const std::string& method);

  // Runs `handler` on a worker over a snapshot.
  template <typename Request, typename Response>
  grpc::ServerUnaryReactor* Read(grpc::CallbackServerContext* context, const std::string& method,
                                 const Request* request, Response* response,
                                 Handler<store::ReadTransaction, Request, Response> handler);

  // Runs `handler` on a worker without a transaction of its own, for what takes long or reads and
  // writes apart.
  template <typename Request, typename Response>
  grpc::ServerUnaryReactor* Work(
      grpc::CallbackServerContext* context, const std::string& method, const Request* request,
      Response* response,
      std::function<absl::Status(const access::Caller&, const Request&, Response*)> handler);

  // Runs `handler` in the writer's transaction and answers when that is durable. A request with a
  // `request_id` is done once: its repetition gets the stored answer. Watchers of the trial that
  // the request names are told.
  template <typename Request, typename Response>
  grpc::ServerUnaryReactor* Write(grpc::CallbackServerContext* context, const std::string& method,
                                  const Request* request, Response* response,
                                  Handler<store::WriteTransaction, Request, Response> handler);

 private:
  absl::StatusOr<access::Caller> Authenticate(const grpc::CallbackServerContext& context);

  // Calls `body`; an exception that escaped a room becomes INTERNAL.
  template <typename Body>
  static absl::Status Guarded(const Body& body);

  // True when the request was answered before: `reply` then holds the answer.
  static absl::StatusOr<bool> FindEarlierReply(store::ReadTransaction& transaction,
                                               const access::Caller& caller,
                                               const std::string& request_id,
                                               const std::string& request_digest,
                                               std::string* reply);
  // The uuid of `trials/{uuid}`; empty for anything else.
  static std::string TrialIdOrEmpty(const std::string& name);
  static absl::Status CheckRequestId(const std::string& request_id);
  static std::string RequestDigest(const std::string& method, const std::string& request);

  store::TrialStore& store_;
  WorkerPool& workers_;
  ChangeHub& changes_;
  const Clock& clock_;
  std::map<std::string, std::vector<access::Role>> roles_;  // constant after LoadRoles

  std::mutex mutex_;
  // Credentials that were found before, by token digest. Guarded by mutex_.
  std::map<std::string, access::Credential> known_credentials_;
};

// --- Implementation of the templates -----------------------------------------------------------

template <typename Body>
absl::Status Gate::Guarded(const Body& body) {
  try {
    return body();
  } catch (const std::exception&) {
    // What it says may contain what the person wrote: it goes nowhere.
    return FaultStatus(Reason::kInternal, "an exception escaped a handler");
  }
}

template <typename Request, typename Response>
grpc::ServerUnaryReactor* Gate::Work(
    grpc::CallbackServerContext* context, const std::string& method, const Request* request,
    Response* response,
    std::function<absl::Status(const access::Caller&, const Request&, Response*)> handler) {
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  absl::StatusOr<access::Caller> caller = Admit(*context, method);
  if (!caller.ok()) {
    reactor->Finish(ToWire(caller.status()));
    return reactor;
  }
  const bool queued = workers_.Submit(
      [reactor, request, response, caller = *std::move(caller), handler = std::move(handler)] {
        reactor->Finish(ToWire(Guarded([&] { return handler(caller, *request, response); })));
      });
  if (!queued) reactor->Finish(ToWire(FaultStatus(Reason::kBusy, "the engine is busy; retry")));
  return reactor;
}

template <typename Request, typename Response>
grpc::ServerUnaryReactor* Gate::Read(grpc::CallbackServerContext* context,
                                     const std::string& method, const Request* request,
                                     Response* response,
                                     Handler<store::ReadTransaction, Request, Response> handler) {
  return Work<Request, Response>(
      context, method, request, response,
      [this, handler = std::move(handler)](const access::Caller& caller, const Request& in,
                                           Response* out) {
        return store_.Read([&](store::ReadTransaction& transaction) {
          return handler(caller, transaction, in, out);
        });
      });
}

template <typename Request, typename Response>
grpc::ServerUnaryReactor* Gate::Write(grpc::CallbackServerContext* context,
                                      const std::string& method, const Request* request,
                                      Response* response,
                                      Handler<store::WriteTransaction, Request, Response> handler) {
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  absl::StatusOr<access::Caller> caller = Admit(*context, method);
  if (!caller.ok()) {
    reactor->Finish(ToWire(caller.status()));
    return reactor;
  }
  std::string request_id;
  if constexpr (requires { request->request_id(); }) request_id = request->request_id();
  if (const absl::Status valid = CheckRequestId(request_id); !valid.ok()) {
    reactor->Finish(ToWire(valid));
    return reactor;
  }
  const std::string digest =
      request_id.empty() ? "" : RequestDigest(method, request->SerializeAsString());

  const auto once = [this, request, response, caller = *std::move(caller), request_id, digest,
                     handler = std::move(handler)](store::WriteTransaction& transaction) {
    if (request_id.empty()) return handler(caller, transaction, *request, response);
    std::string reply;
    const absl::StatusOr<bool> answered =
        FindEarlierReply(transaction, caller, request_id, digest, &reply);
    if (!answered.ok()) return answered.status();
    if (*answered) {
      return response->ParseFromString(reply)
                 ? absl::OkStatus()
                 : FaultStatus(Reason::kInternal, "a stored reply cannot be read");
    }
    const absl::Status status = handler(caller, transaction, *request, response);
    if (!status.ok()) return status;
    store::StoredReply stored{digest, response->SerializeAsString(), ""};
    // What tells of a trial goes when the trial is deleted.
    if constexpr (requires { response->name(); })
      stored.trial_id = TrialIdOrEmpty(response->name());
    return transaction.InsertReply(caller.person_id, request_id, stored, clock_.Now());
  };
  store_.Write(
      [once](store::WriteTransaction& transaction) {
        return Guarded([&] { return once(transaction); });
      },
      [this, reactor, request](const absl::Status& status) {
        std::string changed;
        if constexpr (requires { request->trial(); }) {
          changed = request->trial();
        } else if constexpr (requires { request->name(); }) {
          changed = request->name();
        }
        // Before the answer, so that a watch that is opened on it is not told of it again.
        if (status.ok() && !changed.empty()) changes_.Notify(changed);
        reactor->Finish(ToWire(status));
      });
  return reactor;
}

}  // namespace solotrial::service

#endif  // SOLOTRIAL_ENGINE_SERVICE_GATE_H_
