// A whole engine in the test's process, on a database of its own and a clock set by the test.
#ifndef SOLOTRIAL_TESTS_SERVICE_ENGINE_H_
#define SOLOTRIAL_TESTS_SERVICE_ENGINE_H_

#include <grpcpp/client_context.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "engine/base/civil_time.h"
#include "engine/service/engine_server.h"
#include "engine/store/trial_store.h"
#include "solotrial/v1/access_service.grpc.pb.h"
#include "solotrial/v1/analysis_service.grpc.pb.h"
#include "solotrial/v1/diary_service.grpc.pb.h"
#include "solotrial/v1/server_service.grpc.pb.h"
#include "solotrial/v1/trial_service.grpc.pb.h"

namespace solotrial::service {

// A clock that says what it was told. Thread-safe while it is not being set.
class SetClock final : public Clock {
 public:
  // Noon of `date` in Berlin in winter.
  void SetNoon(Date date) {
    now_ = absl::FromCivil(absl::CivilHour(date) + 11, absl::UTCTimeZone());
  }
  void Set(absl::Time now) { now_ = now; }
  absl::Time Now() const override { return now_; }
  bool IsManual() const override { return true; }

 private:
  absl::Time now_ = absl::FromCivil(absl::CivilHour(2026, 1, 5, 11), absl::UTCTimeZone());
};

// Reason and fields of a failed call.
struct WireFault {
  std::string reason;
  std::vector<std::string> fields;
  bool retry = false;
};
WireFault FaultIn(const grpc::Status& status);

// First day of the tests' trials: a Monday.
inline const Date kMonday(2026, 1, 5);

class EngineTest : public testing::Test {
 protected:
  EngineTest();
  ~EngineTest() override;

  // Ends the engine and starts it again on the same file.
  void Restart();

  // What the next start is started with.
  EngineServer::Options options_;

  // A token of a new device: of the owner, or of a new participant, or for the owner's trial
  // `trial`
  // (`trials/{uuid}`) of a helper, a clinician or a share link.
  std::string TokenOf(access::Role role, const std::string& trial = "");
  // The same, confirmed for ten minutes.
  std::string ConfirmedToken(access::Role role);
  // The owner, or a new participant.
  access::Credential MakeDevice(store::WriteTransaction& transaction, access::Role role,
                                const std::string& trial, absl::Time confirmed_until,
                                const std::string& token);

  // Calls `method` of `stub` with `token`.
  template <typename Stub, typename Request, typename Response>
  grpc::Status CallAs(const std::string& token, Stub& stub,
                      grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                      const Request& request, Response* response) {
    grpc::ClientContext context;
    if (!token.empty()) context.AddMetadata("authorization", "Bearer " + token);
    return (stub.*method)(&context, request, response);
  }
  // Calls `method` of `stub` with the owner's token.
  template <typename Stub, typename Request, typename Response>
  grpc::Status Call(Stub& stub,
                    grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                    const Request& request, Response* response) {
    grpc::ClientContext context;
    Authorize(context);
    return (stub.*method)(&context, request, response);
  }
  void Authorize(grpc::ClientContext& context) const {
    context.AddMetadata("authorization", "Bearer " + token_);
  }

  // PAIRED, 3 pairs of 7 days, one ORDINAL measure `legs`, covariate `weekend`, Berlin.
  static v1::Protocol PairedProtocol();
  // Answers every question about safety with no, in the EU.
  static void AnswerNo(v1::Protocol& protocol);
  // The name of a trial with that protocol, started today.
  std::string StartedTrial() { return StartedTrial(PairedProtocol()); }
  std::string StartedTrial(const v1::Protocol& protocol);

  // As the owner sees them.
  v1::Trial Get(const std::string& name);
  v1::Schedule ScheduleOf(const std::string& name);

  // A score of `legs`; `serial` makes the id.
  static v1::Entry Score(int serial, Date date, double value);
  v1::RecordEntriesResponse Record(const std::string& trial, const std::vector<v1::Entry>& entries);

  SetClock clock_;
  std::string directory_;
  std::string token_;
  std::unique_ptr<store::TrialStore> store_;
  std::unique_ptr<EngineServer> server_;
  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<v1::TrialService::Stub> trials_;
  std::unique_ptr<v1::DiaryService::Stub> diary_;
  std::unique_ptr<v1::AnalysisService::Stub> analysis_;
  std::unique_ptr<v1::ServerService::Stub> info_;
  std::unique_ptr<v1::AccessService::Stub> access_;
};

}  // namespace solotrial::service

#endif  // SOLOTRIAL_TESTS_SERVICE_ENGINE_H_
