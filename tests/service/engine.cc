#include "tests/service/engine.h"

#include <grpcpp/channel.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>

#include "absl/strings/str_format.h"
#include "engine/access/device.h"
#include "engine/access/recovery.h"
#include "engine/base/uuid.h"
#include "engine/service/embedded.h"
#include "engine/store/sqlite_trial_store.h"
#include "solotrial/v1/errors.pb.h"

namespace solotrial::service {

WireFault FaultIn(const grpc::Status& status) {
  WireFault fault;
  v1::RpcStatus wire;
  EXPECT_TRUE(wire.ParseFromString(status.error_details()));
  EXPECT_EQ(wire.message(), status.error_message());
  for (const google::protobuf::Any& any : wire.details()) {
    if (any.type_url() == "type.googleapis.com/google.rpc.ErrorInfo") {
      v1::ErrorInfo info;
      EXPECT_TRUE(info.ParseFromString(any.value()));
      EXPECT_EQ(info.domain(), "solotrial");
      fault.reason = info.reason();
      fault.retry = info.metadata().at("retry") == "yes";
    } else {
      EXPECT_EQ(any.type_url(), "type.googleapis.com/google.rpc.BadRequest");
      v1::BadRequest bad;
      EXPECT_TRUE(bad.ParseFromString(any.value()));
      for (const v1::FieldViolation& row : bad.field_violations()) {
        fault.fields.push_back(row.field());
        EXPECT_FALSE(row.description().empty());
      }
    }
  }
  return fault;
}

EngineTest::EngineTest() {
  std::string pattern = testing::TempDir() + "/solotrial-service-XXXXXX";
  directory_ = mkdtemp(pattern.data());
  options_.power_trials = 2;  // that it is there, not how sure it is
  Restart();
}

EngineTest::~EngineTest() {
  server_.reset();
  store_.reset();
  std::filesystem::remove_all(directory_);
}

void EngineTest::Restart() {
  server_.reset();
  store_.reset();
  auto store = store::OpenSqliteTrialStore(directory_ + "/solotrial.db");
  ASSERT_TRUE(store.ok()) << store.status();
  store_ = *std::move(store);
  const std::string token_file = directory_ + "/owner.token";
  ASSERT_TRUE(EnsureOwner(*store_, token_file, clock_.Now()).ok());
  std::ifstream(token_file) >> token_;
  auto server = EngineServer::Start(options_, *store_, clock_);
  ASSERT_TRUE(server.ok()) << server.status();
  server_ = *std::move(server);
  channel_ = server_->InProcessChannel();
  trials_ = v1::TrialService::NewStub(channel_);
  diary_ = v1::DiaryService::NewStub(channel_);
  analysis_ = v1::AnalysisService::NewStub(channel_);
  info_ = v1::ServerService::NewStub(channel_);
  access_ = v1::AccessService::NewStub(channel_);
}

access::Credential EngineTest::MakeDevice(store::WriteTransaction& transaction, access::Role role,
                                          const std::string& trial, absl::Time confirmed_until,
                                          const std::string& token) {
  access::Device device;
  device.id = MakeUuid4();
  device.role = role;
  device.name = access::RoleName(role);
  device.create_time = device.last_use_time = clock_.Now();
  device.confirmed_until = confirmed_until;
  if (access::IsScoped(role)) device.trial_id = trial.substr(std::string("trials/").size());
  if (role == access::Role::kParticipant) {
    device.person_id = MakeUuid4();
    EXPECT_TRUE(transaction.InsertPerson(device.person_id, role, clock_.Now()).ok());
  } else {
    device.person_id = (*transaction.FindOwner())->person_id;
  }
  EXPECT_TRUE(transaction.InsertDevice(device).ok());
  access::Credential credential;
  credential.token_digest = access::TokenDigest(token);
  credential.person_id = device.person_id;
  credential.device_id = device.id;
  credential.create_time = clock_.Now();
  credential.expire_time = clock_.Now() + access::kTokenLife;
  EXPECT_TRUE(transaction.InsertCredential(credential).ok());
  return credential;
}

std::string EngineTest::TokenOf(access::Role role, const std::string& trial) {
  const std::string token = access::MakeToken();
  const absl::Status status = store_->WriteAndWait([&](store::WriteTransaction& transaction) {
    if (!access::IsLink(role)) {
      MakeDevice(transaction, role, trial, absl::InfinitePast(), token);
      return absl::OkStatus();
    }
    access::ShareLink link;
    link.token_digest = access::TokenDigest(token);
    link.id = MakeUuid4();
    link.person_id = (*transaction.FindOwner())->person_id;
    link.trial_id = trial.substr(std::string("trials/").size());
    link.label = "my doctor";
    if (role == access::Role::kCalendarLink) link.kind = access::ShareLink::Kind::kCalendar;
    link.create_time = clock_.Now();
    link.expire_time = clock_.Now() + access::kLinkLife;
    return transaction.InsertShareLink(link);
  });
  EXPECT_TRUE(status.ok()) << status;
  return token;
}

std::string EngineTest::ConfirmedToken(access::Role role) {
  const std::string token = access::MakeToken();
  const absl::Status status = store_->WriteAndWait([&](store::WriteTransaction& transaction) {
    MakeDevice(transaction, role, "", clock_.Now() + access::kConfirmationLife, token);
    return absl::OkStatus();
  });
  EXPECT_TRUE(status.ok()) << status;
  return token;
}

v1::Protocol EngineTest::PairedProtocol() {
  v1::Protocol protocol;
  protocol.set_title("Does magnesium calm my legs?");
  protocol.mutable_design()->set_randomization(v1::Design::PAIRED);
  protocol.mutable_design()->set_block_days(7);
  protocol.mutable_design()->set_pairs(3);
  v1::Measure& legs = *protocol.add_measures();
  legs.set_id("legs");
  legs.set_family(v1::Measure::ORDINAL);
  legs.set_minimum(0);
  legs.set_maximum(10);
  legs.set_lower_is_better(true);
  legs.set_minimal_important_difference(1);
  v1::Covariate& weekend = *protocol.add_covariates();
  weekend.set_id("weekend");
  weekend.set_kind(v1::Covariate::BINARY);
  protocol.mutable_intervention()->set_name("magnesium");
  protocol.mutable_intervention()->set_on_instruction("Take it with dinner.");
  protocol.set_time_zone("Europe/Berlin");
  AnswerNo(protocol);
  protocol.mutable_screening()->add_acknowledged("unknown_dose");
  return protocol;
}

void EngineTest::AnswerNo(v1::Protocol& protocol) {
  v1::Catalog catalog;
  EXPECT_TRUE(embedded::ListCatalog({}, &catalog).ok());
  protocol.mutable_screening()->set_region("EU");
  for (const v1::CatalogFinding& finding : catalog.findings()) {
    if (finding.question().empty()) continue;
    v1::SafetyAnswer& answer = *protocol.mutable_screening()->add_answers();
    answer.set_finding(finding.id());
    answer.set_answer(v1::SafetyAnswer::NO);
  }
}

std::string EngineTest::StartedTrial(const v1::Protocol& protocol) {
  v1::CreateTrialRequest create;
  *create.mutable_protocol() = protocol;
  v1::Trial trial;
  grpc::Status status = Call(*trials_, &v1::TrialService::Stub::CreateTrial, create, &trial);
  EXPECT_TRUE(status.ok()) << status.error_message();
  v1::StartTrialRequest start;
  start.set_name(trial.name());
  status = Call(*trials_, &v1::TrialService::Stub::StartTrial, start, &trial);
  EXPECT_TRUE(status.ok()) << status.error_message();
  return trial.name();
}

v1::Trial EngineTest::Get(const std::string& name) {
  v1::GetTrialRequest request;
  request.set_name(name);
  v1::Trial trial;
  EXPECT_TRUE(Call(*trials_, &v1::TrialService::Stub::GetTrial, request, &trial).ok());
  return trial;
}

v1::Schedule EngineTest::ScheduleOf(const std::string& name) {
  v1::GetScheduleRequest request;
  request.set_name(name);
  v1::Schedule schedule;
  EXPECT_TRUE(Call(*trials_, &v1::TrialService::Stub::GetSchedule, request, &schedule).ok());
  return schedule;
}

v1::Entry EngineTest::Score(int serial, Date date, double value) {
  v1::Entry entry;
  entry.set_id(absl::StrFormat("0191e6d0-0000-7000-8000-%012d", serial));
  entry.set_date(FormatDate(date));
  entry.mutable_client_time()->set_seconds(1'767'600'000 + serial);
  entry.mutable_score()->set_measure_id("legs");
  entry.mutable_score()->set_value(value);
  return entry;
}

v1::RecordEntriesResponse EngineTest::Record(const std::string& trial,
                                             const std::vector<v1::Entry>& entries) {
  v1::RecordEntriesRequest request;
  request.set_trial(trial);
  for (const v1::Entry& entry : entries) *request.add_entries() = entry;
  v1::RecordEntriesResponse response;
  const grpc::Status status =
      Call(*diary_, &v1::DiaryService::Stub::RecordEntries, request, &response);
  EXPECT_TRUE(status.ok()) << status.error_message();
  return response;
}

}  // namespace solotrial::service
