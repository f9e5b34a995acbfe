#include <google/protobuf/descriptor.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/support/byte_buffer.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "engine/access/device.h"
#include "engine/service/services.h"
#include "solotrial/v1/options.pb.h"
#include "tests/service/engine.h"

namespace solotrial::service {
namespace {

// Every method of the API, by its descriptor.
std::vector<const google::protobuf::MethodDescriptor*> AllMethods() {
  std::vector<const google::protobuf::MethodDescriptor*> methods;
  for (const google::protobuf::ServiceDescriptor* service : ApiServices()) {
    for (int m = 0; m < service->method_count(); ++m) methods.push_back(service->method(m));
  }
  return methods;
}

bool Allows(const google::protobuf::MethodDescriptor& method, access::Role wanted) {
  for (const int role : method.options().GetExtension(v1::roles).allowed()) {
    if (role == static_cast<int>(wanted)) return true;
  }
  return false;
}

class AllowedCallersTest : public EngineTest {
 protected:
  // Calls `method` with an empty request and this authorization header (none when empty).
  static grpc::Status CallEmpty(const std::shared_ptr<grpc::Channel>& channel,
                                const google::protobuf::MethodDescriptor& method,
                                const std::string& authorization) {
    return CallBytes(channel, method, authorization, "");
  }
  static grpc::Status CallBytes(const std::shared_ptr<grpc::Channel>& channel,
                                const google::protobuf::MethodDescriptor& method,
                                const std::string& authorization, const std::string& bytes) {
    grpc::ClientContext context;
    if (!authorization.empty()) context.AddMetadata("authorization", authorization);
    grpc::CompletionQueue queue;
    grpc::GenericStub stub(channel);
    const std::string path = "/" + method.service()->full_name() + "/" + method.name();
    const grpc::Slice slice(bytes);
    const auto call = stub.PrepareUnaryCall(&context, path, grpc::ByteBuffer(&slice, 1), &queue);
    call->StartCall();
    grpc::ByteBuffer response;
    grpc::Status status;
    call->Finish(&response, &status, nullptr);
    void* tag = nullptr;
    bool ok = false;
    queue.Next(&tag, &ok);
    queue.Shutdown();
    while (queue.Next(&tag, &ok)) {
    }
    return status;
  }
};

// Rubbish, a cut message, and a text that is not UTF-8.
TEST_F(AllowedCallersTest, BytesThatAreNoRequestAreSaidToBe) {
  const auto expect_refused = [this](const google::protobuf::MethodDescriptor& method,
                                     const std::string& bytes) {
    const grpc::Status status = CallBytes(channel_, method, "Bearer " + token_, bytes);
    EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT) << method.full_name();
    EXPECT_EQ(FaultIn(status).fields, std::vector<std::string>{"request"});
  };
  for (const auto* method : AllMethods()) {
    expect_refused(*method, "\xff\xff\xff");
    expect_refused(*method, "\x0a\x05");
  }
  expect_refused(*v1::GetTrialRequest::descriptor()
                      ->file()
                      ->FindServiceByName("TrialService")
                      ->FindMethodByName("GetTrial"),
                 "\x0a\x01\xff");
}

// A method that is added has to be added here, by somebody who thought about who may call it.
TEST_F(AllowedCallersTest, EveryMethodIsInThisTable) {
  std::string table;
  for (const auto* method : AllMethods()) {
    const v1::MethodRoles& rule = method->options().GetExtension(v1::roles);
    table += method->service()->name() + "." + method->name() + ":";
    for (const int role : rule.allowed()) {
      table += std::string(" ") + access::RoleName(static_cast<access::Role>(role));
    }
    table += std::string(rule.confirm() ? " confirm" : "") + (rule.own() ? " own" : "") +
             (rule.unlogged() ? " unlogged" : "") + "\n";
  }
  std::ifstream file(std::string(SOLOTRIAL_SOURCE_DIR) + "/tests/service/allowed_callers.txt");
  std::stringstream expected;
  expected << file.rdbuf();
  EXPECT_EQ(table, expected.str());
}

TEST_F(AllowedCallersTest, EveryServiceOfTheApiIsServedThroughTheGate) {
  std::set<std::string> files;
  for (const auto* service : ApiServices()) files.insert(service->file()->name());
  for (const auto& entry : std::filesystem::directory_iterator(std::string(SOLOTRIAL_SOURCE_DIR) +
                                                               "/proto/solotrial/v1")) {
    const std::string name = entry.path().filename();
    if (name.find("_service.proto") == std::string::npos) continue;
    EXPECT_TRUE(files.contains("solotrial/v1/" + name)) << name;
  }
}

// Every method, called by everybody there is, with a request that names nothing: whoever may not
// call it learns so and no more, and everybody else comes through.
TEST_F(AllowedCallersTest, EveryMethodAnswersEveryRoleAsItDeclares) {
  const std::string trial = StartedTrial();
  for (const auto* method : AllMethods()) {
    const v1::MethodRoles& rule = method->options().GetExtension(v1::roles);
    for (const access::Role role :
         {access::Role::kOwner, access::Role::kParticipant, access::Role::kHelper,
          access::Role::kClinician, access::Role::kShareLink, access::Role::kCalendarLink}) {
      const grpc::Status status = CallEmpty(channel_, *method, "Bearer " + TokenOf(role, trial));
      const std::string reason = status.ok() ? "" : FaultIn(status).reason;
      const std::string what = method->full_name() + " by " + access::RoleName(role);
      if (!Allows(*method, role) && !Allows(*method, access::Role::kAnyone)) {
        EXPECT_EQ(reason, "ROLE_NOT_ALLOWED") << what;
      } else if (rule.confirm()) {
        EXPECT_EQ(reason, "CONFIRMATION_NEEDED") << what;
      } else if (access::IsScoped(role) && !rule.own() && !Allows(*method, access::Role::kAnyone)) {
        EXPECT_EQ(reason, "TRIAL_NOT_FOUND") << what;
      } else {
        EXPECT_NE(reason, "ROLE_NOT_ALLOWED") << what;
        EXPECT_NE(reason, "UNAUTHENTICATED") << what;
        EXPECT_NE(reason, "INTERNAL") << what << status.error_message();
      }
    }
    if (rule.confirm()) {
      const std::string confirmed = ConfirmedToken(access::Role::kParticipant);
      const grpc::Status status = CallEmpty(channel_, *method, "Bearer " + confirmed);
      EXPECT_TRUE(status.ok() || FaultIn(status).reason != "CONFIRMATION_NEEDED")
          << method->full_name();
    }
  }
}

// What held once and no longer does, over both transports.
TEST_F(AllowedCallersTest, ExpiredAndRevokedCredentialsAreNone) {
  const std::string trial = StartedTrial();
  for (const access::Role role :
       {access::Role::kOwner, access::Role::kParticipant, access::Role::kHelper,
        access::Role::kClinician, access::Role::kShareLink, access::Role::kCalendarLink}) {
    const std::string token = TokenOf(role, trial);
    const auto reason = [&](const google::protobuf::MethodDescriptor& method) {
      const grpc::Status status = CallEmpty(channel_, method, "Bearer " + token);
      return status.ok() ? "" : FaultIn(status).reason;
    };
    const absl::Time now = clock_.Now();
    for (const auto* method : AllMethods()) {
      if (Allows(*method, access::Role::kAnyone) || !Allows(*method, role)) continue;
      if (method->name() == "SignOut") continue;  // ends it by itself
      EXPECT_NE(reason(*method), "UNAUTHENTICATED") << method->full_name();
      clock_.Set(now + access::kTokenLife);
      EXPECT_EQ(reason(*method), "UNAUTHENTICATED") << method->full_name();
      clock_.Set(now);
    }
  }
  // Revoked while it is in use.
  const std::string token = TokenOf(access::Role::kParticipant);
  v1::ListDevicesResponse devices;
  ASSERT_TRUE(CallAs(token, *access_, &v1::AccessService::Stub::ListDevices, {}, &devices).ok());
  google::protobuf::Empty empty;
  ASSERT_TRUE(CallAs(token, *access_, &v1::AccessService::Stub::SignOut, {}, &empty).ok());
  for (const auto* method : AllMethods()) {
    if (Allows(*method, access::Role::kAnyone)) continue;
    EXPECT_EQ(FaultIn(CallEmpty(channel_, *method, "Bearer " + token)).reason, "UNAUTHENTICATED");
  }
}

// Over both transports, with no credential and with three that are none.
TEST_F(AllowedCallersTest, NobodyWithoutACredentialComesThrough) {
  auto listening = EngineServer::Start({.listen_address = "127.0.0.1:0"}, *store_, clock_);
  ASSERT_TRUE(listening.ok()) << listening.status();
  const auto remote =
      grpc::CreateChannel((*listening)->address(), grpc::InsecureChannelCredentials());
  for (const auto& channel : {channel_, std::shared_ptr<grpc::Channel>(remote)}) {
    for (const auto* method : AllMethods()) {
      for (const std::string& header :
           {std::string(), "Bearer " + std::string(43, 'A'), "Basic " + token_, token_}) {
        const grpc::Status status = CallEmpty(channel, *method, header);
        if (Allows(*method, access::Role::kAnyone)) {
          EXPECT_NE(status.error_code(), grpc::StatusCode::UNAUTHENTICATED) << method->full_name();
        } else {
          EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAUTHENTICATED) << method->full_name();
          EXPECT_EQ(FaultIn(status).reason, "UNAUTHENTICATED");
        }
      }
      // The same call with the owner's token gets past the gate.
      EXPECT_NE(CallEmpty(channel, *method, "Bearer " + token_).error_code(),
                grpc::StatusCode::UNAUTHENTICATED)
          << method->full_name();
    }
  }
}

TEST_F(AllowedCallersTest, AnotherPersonsTrialIsNotThere) {
  const std::string trial = StartedTrial();
  const access::Credential other{access::TokenDigest("other"), access::Role::kOwner,
                                 "5d2c1f3e-0000-4000-8000-00000000000a",
                                 "5d2c1f3e-0000-4000-8000-00000000000b"};
  // The store knows one owner: whoever takes the place sees nothing of the one before.
  ASSERT_TRUE(store_
                  ->WriteAndWait([&](store::WriteTransaction& transaction) {
                    return transaction.PutOwner(other, clock_.Now());
                  })
                  .ok());
  token_ = "other";
  v1::GetTrialRequest request;
  request.set_name(trial);
  v1::Trial response;
  EXPECT_EQ(FaultIn(Call(*trials_, &v1::TrialService::Stub::GetTrial, request, &response)).reason,
            "TRIAL_NOT_FOUND");
}

// Two headers, one of them good: nobody guesses which was meant.
TEST_F(AllowedCallersTest, HeaderTricksOpenNothing) {
  const auto reason_with = [&](const std::vector<std::pair<std::string, std::string>>& headers) {
    grpc::ClientContext context;
    for (const auto& [name, value] : headers) context.AddMetadata(name, value);
    v1::ListTrialsResponse response;
    const grpc::Status status = trials_->ListTrials(&context, {}, &response);
    return status.ok() ? "" : FaultIn(status).reason;
  };
  const std::string good = "Bearer " + token_;
  EXPECT_EQ(reason_with({{"authorization", good}}), "");
  for (const auto& headers : std::vector<std::vector<std::pair<std::string, std::string>>>{
           {{"authorization", good}, {"authorization", "Bearer x"}},
           {{"authorization", "Bearer x"}, {"authorization", good}},
           {{"authorization", "bearer " + token_}},
           {{"authorization", "Bearer  " + token_}},
           {{"authorization", good + " "}},
           {{"authorization", good + "," + good}},
           {{"authorization", "Bearer " + std::string(10'000, 'A')}},
           {{"proxy-authorization", good}},
           {{"x-authorization", good}},
           {{"authorization-bin", good}},
           {{"cookie", "authorization=" + good}},
           // The engine's own machine does not call from elsewhere.
           {{"authorization", good}, {"x-forwarded-for", "192.0.2.1"}},
       }) {
    EXPECT_EQ(reason_with(headers), "UNAUTHENTICATED") << headers[0].second;
  }
}

TEST_F(AllowedCallersTest, ALostTokenFileIsMadeAnewAndTheOldTokenIsDead) {
  const std::string old = token_;
  const std::string trial = StartedTrial();
  ASSERT_EQ(unlink((directory_ + "/owner.token").c_str()), 0);
  Restart();
  EXPECT_NE(token_, old);
  v1::GetTrialRequest request;
  request.set_name(trial);
  v1::Trial response;
  EXPECT_TRUE(Call(*trials_, &v1::TrialService::Stub::GetTrial, request, &response).ok());
  token_ = old;
  EXPECT_EQ(FaultIn(Call(*trials_, &v1::TrialService::Stub::GetTrial, request, &response)).reason,
            "UNAUTHENTICATED");
}

}  // namespace
}  // namespace solotrial::service
