#include <google/protobuf/descriptor.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/support/byte_buffer.h>

#include "solotrial/v1/options.pb.h"
#include "tests/service/engine.h"

namespace solotrial::service {
namespace {

// Every method of the API, by its descriptor.
std::vector<const google::protobuf::MethodDescriptor*> AllMethods() {
  std::vector<const google::protobuf::MethodDescriptor*> methods;
  for (const google::protobuf::FileDescriptor* file :
       {v1::CreateTrialRequest::descriptor()->file(),
        v1::RecordEntriesRequest::descriptor()->file(), v1::AnalyzeRequest::descriptor()->file(),
        v1::GetServerInfoRequest::descriptor()->file()}) {
    for (int s = 0; s < file->service_count(); ++s) {
      for (int m = 0; m < file->service(s)->method_count(); ++m) {
        methods.push_back(file->service(s)->method(m));
      }
    }
  }
  return methods;
}

bool IsForAnyone(const google::protobuf::MethodDescriptor& method) {
  for (const int role : method.options().GetExtension(v1::roles).allowed()) {
    if (role == v1::ROLE_ANYONE) return true;
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

TEST_F(AllowedCallersTest, EveryMethodDeclaresItsCallers) {
  EXPECT_GE(AllMethods().size(), 20U);
  for (const auto* method : AllMethods()) {
    EXPECT_GT(method->options().GetExtension(v1::roles).allowed_size(), 0) << method->full_name();
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
        if (IsForAnyone(*method)) {
          EXPECT_TRUE(status.ok()) << method->full_name() << ": " << status.error_message();
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

TEST_F(AllowedCallersTest, ListensOnLoopbackOnlyAndNeverTwice) {
  for (const char* address : {"0.0.0.0:0", "[::]:0", "192.0.2.1:0", "example.org:0", "7311"}) {
    EXPECT_FALSE(EngineServer::Start({.listen_address = address}, *store_, clock_).ok()) << address;
  }
  auto first = EngineServer::Start({.listen_address = "127.0.0.1:0"}, *store_, clock_);
  ASSERT_TRUE(first.ok());
  const auto second = EngineServer::Start({.listen_address = (*first)->address()}, *store_, clock_);
  ASSERT_FALSE(second.ok());
  EXPECT_NE(std::string(second.status().message()).find("in use"), std::string::npos);
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
