#include "clients/cli/connection.h"

#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "clients/cli/errors.h"
#include "solotrial/v1/diary_service.grpc.pb.h"
#include "solotrial/v1/trial_service.grpc.pb.h"

namespace solotrial::cli {
namespace {

// Answers UNAVAILABLE as often as it is told to, and keeps what it was sent.
class FlakyDiary : public v1::DiaryService::Service {
 public:
  grpc::Status RecordEntries(grpc::ServerContext* context, const v1::RecordEntriesRequest* request,
                             v1::RecordEntriesResponse* answer) override {
    requests.push_back(request->SerializeAsString());
    const auto found = context->client_metadata().find("authorization");
    if (found != context->client_metadata().end()) {
      authorization.assign(found->second.data(), found->second.size());
    }
    if (failures-- > 0) return {grpc::StatusCode::UNAVAILABLE, "not now"};
    answer->add_results()->set_accepted(true);
    return grpc::Status::OK;
  }

  int failures = 0;
  std::vector<std::string> requests;
  std::string authorization;
};

class FlakyTrials : public v1::TrialService::Service {
 public:
  grpc::Status DeleteTrial(grpc::ServerContext*, const v1::DeleteTrialRequest*,
                           google::protobuf::Empty*) override {
    ++calls;
    return {grpc::StatusCode::UNAVAILABLE, "not now"};
  }
  grpc::Status PauseTrial(grpc::ServerContext*, const v1::PauseTrialRequest*, v1::Trial*) override {
    ++calls;
    return {grpc::StatusCode::FAILED_PRECONDITION, "paused already"};
  }

  int calls = 0;
};

class ConnectionTest : public testing::Test {
 protected:
  void SetUp() override {
    grpc::ServerBuilder builder;
    int port = 0;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
    builder.RegisterService(&diary_);
    builder.RegisterService(&trials_);
    server_ = builder.BuildAndStart();
    settings_.engine = "127.0.0.1:" + std::to_string(port);
    settings_.token_file = std::filesystem::path(testing::TempDir()) / "connection_test_token";
    std::ofstream(settings_.token_file) << "secret\n";
  }
  void TearDown() override {
    server_->Shutdown();
    std::filesystem::remove(settings_.token_file);
  }

  FlakyDiary diary_;
  FlakyTrials trials_;
  std::unique_ptr<grpc::Server> server_;
  Settings settings_;
};

TEST_F(ConnectionTest, SendsEntriesAgainUnchangedUntilTheyAreTaken) {
  diary_.failures = 2;
  v1::RecordEntriesRequest request;
  request.set_trial("trials/x");
  request.add_entries()->set_id("0195ac1e-7a42-7c3d-9d0a-2f7b11c0ffee");
  EXPECT_TRUE((*Connection::Open(settings_))->RecordEntries(request).ok());
  EXPECT_EQ(diary_.requests, std::vector<std::string>(3, request.SerializeAsString()));
  EXPECT_EQ(diary_.authorization, "Bearer secret");
}

TEST_F(ConnectionTest, GivesUpAfterAFewTries) {
  diary_.failures = 1000;
  const absl::Status status =
      (*Connection::Open(settings_))->RecordEntries(v1::RecordEntriesRequest()).status();
  EXPECT_EQ(Describe(status).exit_code, kUnreachable);
  EXPECT_EQ(diary_.requests.size(), 4U);
}

TEST_F(ConnectionTest, RepeatsNeitherWhatIsNotSafeNorWhatWasAnswered) {
  const std::unique_ptr<Connection> connection = *Connection::Open(settings_);
  EXPECT_EQ(Describe(connection->DeleteTrial(v1::DeleteTrialRequest())).exit_code, kUnreachable);
  EXPECT_EQ(trials_.calls, 1);
  EXPECT_EQ(Describe(connection->PauseTrial(v1::PauseTrialRequest()).status()).exit_code,
            kWrongState);
  EXPECT_EQ(trials_.calls, 2);
}

TEST_F(ConnectionTest, ATokenThatIsNoTokenIsNotSent) {
  std::ofstream(settings_.token_file) << "two words\n";
  EXPECT_TRUE((*Connection::Open(settings_))->RecordEntries(v1::RecordEntriesRequest()).ok());
  EXPECT_EQ(diary_.authorization, "");
}

}  // namespace
}  // namespace solotrial::cli
