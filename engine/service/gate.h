// The one gate that every method goes through, on every transport: whoever is admitted gets their
// handler run, on which thread and in which transaction.
#ifndef SOLOTRIAL_ENGINE_SERVICE_GATE_H_
#define SOLOTRIAL_ENGINE_SERVICE_GATE_H_

#include <grpcpp/server_context.h>
#include <grpcpp/support/server_callback.h>

#include <exception>
#include <functional>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "engine/access/caller.h"
#include "engine/base/civil_time.h"
#include "engine/base/fault.h"
#include "engine/service/admission.h"
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
  Gate(store::TrialStore& store, WorkerPool& workers, ChangeHub& changes, const Clock& clock,
       Admission& admission);

  // Who calls the method `method` (`solotrial.v1.TrialService.GetTrial`), if they may.
  template <typename Request>
  absl::StatusOr<Admission::Entry> Admit(const grpc::CallbackServerContext& context,
                                         const std::string& method, const Request& request);
  // Whether the one who was let in to a stream still would be.
  template <typename Request>
  absl::Status AdmitAgain(const Admission::Entry& entry, const std::string& method,
                          const Request& request);

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

  // The same for what may change credentials: whatever it did holds for every call that begins
  // after its answer.
  template <typename Request, typename Response>
  grpc::ServerUnaryReactor* WorkOnAccess(
      grpc::CallbackServerContext* context, const std::string& method, const Request* request,
      Response* response,
      std::function<absl::Status(const access::Caller&, const Request&, Response*)> handler);

  // Runs `handler` in the writer's transaction and answers when that is durable. What it did is
  // written to the caller's audit log with it. A request with a `request_id` is done once: its
  // repetition gets the stored answer. Watchers of the trial that the request names are told.
  template <typename Request, typename Response>
  grpc::ServerUnaryReactor* Write(grpc::CallbackServerContext* context, const std::string& method,
                                  const Request* request, Response* response,
                                  Handler<store::WriteTransaction, Request, Response> handler);

 private:
  // Calls `body`; an exception that escaped a room becomes INTERNAL.
  template <typename Body>
  static absl::Status Guarded(const Body& body);

  // The request's `trial` or `name`; empty when it has neither.
  template <typename Message>
  static std::string TrialNamedBy(const Message& message);

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

  // Writes down that a link was opened, before anything is shown; nothing for other callers.
  absl::Status NoteOpening(const access::Caller& caller);
  // Writes an event of `method` on `subject`, unless the method is not to be logged.
  absl::Status Log(store::WriteTransaction& transaction, const access::Caller& caller,
                   const std::string& method, const std::string& subject);
  // A call that waited for a worker is answered only while somebody waits for the answer.
  absl::Status CheckStillWanted(const grpc::CallbackServerContext& context,
                                absl::Duration begin) const;

  store::TrialStore& store_;
  WorkerPool& workers_;
  ChangeHub& changes_;
  const Clock& clock_;
  Admission& admission_;
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

template <typename Message>
std::string Gate::TrialNamedBy(const Message& message) {
  if constexpr (requires { message.trial(); }) {
    return message.trial();
  } else if constexpr (requires { message.name(); }) {
    return message.name();
  } else {
    return "";
  }
}

template <typename Request>
absl::StatusOr<Admission::Entry> Gate::Admit(const grpc::CallbackServerContext& context,
                                             const std::string& method, const Request& request) {
  return admission_.Admit(context, method, TrialNamedBy(request));
}

template <typename Request>
absl::Status Gate::AdmitAgain(const Admission::Entry& entry, const std::string& method,
                              const Request& request) {
  return admission_.AdmitAgain(entry, method, TrialNamedBy(request));
}

template <typename Request, typename Response>
grpc::ServerUnaryReactor* Gate::Work(
    grpc::CallbackServerContext* context, const std::string& method, const Request* request,
    Response* response,
    std::function<absl::Status(const access::Caller&, const Request&, Response*)> handler) {
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  absl::StatusOr<Admission::Entry> entry = Admit(*context, method, *request);
  if (!entry.ok()) {
    reactor->Finish(ToWire(entry.status()));
    return reactor;
  }
  const bool queued =
      workers_.Submit([this, context, reactor, request, response, begin = admission_.SteadyTime(),
                       unlogged = admission_.RuleOf(method).unlogged, caller = entry->caller,
                       handler = std::move(handler)] {
        reactor->Finish(ToWire(Guarded([&] {
          SOLOTRIAL_RETURN_IF_ERROR(CheckStillWanted(*context, begin));
          if (!unlogged) SOLOTRIAL_RETURN_IF_ERROR(NoteOpening(caller));
          return handler(caller, *request, response);
        })));
      });
  if (!queued) reactor->Finish(ToWire(FaultStatus(Reason::kBusy, "the engine is busy; retry")));
  return reactor;
}

template <typename Request, typename Response>
grpc::ServerUnaryReactor* Gate::WorkOnAccess(
    grpc::CallbackServerContext* context, const std::string& method, const Request* request,
    Response* response,
    std::function<absl::Status(const access::Caller&, const Request&, Response*)> handler) {
  return Work<Request, Response>(
      context, method, request, response,
      [this, handler = std::move(handler)](const access::Caller& caller, const Request& in,
                                           Response* out) {
        absl::Status status = handler(caller, in, out);
        admission_.ForgetCredentials();
        return status;
      });
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
  absl::StatusOr<Admission::Entry> entry = Admit(*context, method, *request);
  if (!entry.ok()) {
    reactor->Finish(ToWire(entry.status()));
    return reactor;
  }
  if (access::IsLink(entry->caller.role)) {
    // Whatever a method declares: links only show.
    reactor->Finish(ToWire(FaultStatus(Reason::kRoleNotAllowed, "a link cannot change anything")));
    return reactor;
  }
  std::string request_id;
  if constexpr (requires { request->request_id(); }) request_id = request->request_id();
  // What changes nothing uses no id up.
  if constexpr (requires { request->validate_only(); }) {
    if (request->validate_only()) request_id.clear();
  }
  if (const absl::Status valid = CheckRequestId(request_id); !valid.ok()) {
    reactor->Finish(ToWire(valid));
    return reactor;
  }
  const std::string digest =
      request_id.empty() ? "" : RequestDigest(method, request->SerializeAsString());

  const auto logged = [this, request, response, method, caller = entry->caller,
                       handler = std::move(handler)](store::WriteTransaction& transaction) {
    SOLOTRIAL_RETURN_IF_ERROR(handler(caller, transaction, *request, response));
    // A request that only asks changes nothing.
    if constexpr (requires { request->validate_only(); }) {
      if (request->validate_only()) return absl::OkStatus();
    }
    std::string subject = TrialNamedBy(*request);
    if (subject.empty()) subject = TrialNamedBy(*response);
    return Log(transaction, caller, method, subject);
  };
  const auto once = [this, response, caller = entry->caller, request_id, digest,
                     logged](store::WriteTransaction& transaction) {
    if (request_id.empty()) return logged(transaction);
    std::string reply;
    const absl::StatusOr<bool> answered =
        FindEarlierReply(transaction, caller, request_id, digest, &reply);
    if (!answered.ok()) return answered.status();
    if (*answered) {
      return response->ParseFromString(reply)
                 ? absl::OkStatus()
                 : FaultStatus(Reason::kInternal, "a stored reply cannot be read");
    }
    SOLOTRIAL_RETURN_IF_ERROR(logged(transaction));
    store::StoredReply stored{digest, response->SerializeAsString(), ""};
    // What tells of a trial goes when the trial is deleted.
    if constexpr (requires { response->name(); })
      stored.trial_id = TrialIdOrEmpty(response->name());
    return transaction.InsertReply(caller.person_id, request_id, stored, clock_.Now());
  };
  const bool unlogged = admission_.RuleOf(method).unlogged;
  store_.Write(
      [once](store::WriteTransaction& transaction) {
        return Guarded([&] { return once(transaction); });
      },
      [this, reactor, request, unlogged](const absl::Status& status) {
        const std::string changed = TrialNamedBy(*request);
        // Credentials may go with what was changed, as with a trial that is deleted.
        if (status.ok() && !unlogged) admission_.ForgetCredentials();
        // Before the answer, so that a watch that is opened on it is not told of it again.
        if (status.ok() && !changed.empty()) changes_.Notify(changed);
        reactor->Finish(ToWire(status));
      });
  return reactor;
}

}  // namespace solotrial::service

#endif  // SOLOTRIAL_ENGINE_SERVICE_GATE_H_
