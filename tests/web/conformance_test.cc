// Every method of every service, called natively and through the door: the same answers, codes,
// details.
#include <gmock/gmock.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/dynamic_message.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/support/byte_buffer.h>

#include "engine/service/services.h"
#include "solotrial/v1/plan_service.grpc.pb.h"
#include "tests/web/door.h"

namespace solotrial::web {
namespace {

using google::protobuf::MethodDescriptor;

class ConformanceTest : public DoorTest {
 protected:
  ConformanceTest() {
    options_.listen_address = "127.0.0.1:0";
    OpenBoth();
  }

  // A new engine over the same store: nobody has called it too often yet.
  void OpenBoth() {
    Open();
    native_ = grpc::CreateChannel(server_->address(), grpc::InsecureChannelCredentials());
  }

  static std::string PathOf(const MethodDescriptor& method) {
    return "/" + method.service()->full_name() + "/" + method.name();
  }

  CallAnswer CallNatively(const std::string& path, const std::string& token,
                          const std::string& bytes, absl::Duration timeout = absl::Hours(1),
                          size_t most_messages = 1000) {
    grpc::ClientContext context;
    context.set_deadline(absl::ToChronoTime(absl::Now() + timeout));
    if (!token.empty()) context.AddMetadata("authorization", "Bearer " + token);
    grpc::CompletionQueue queue;
    grpc::GenericStub stub(native_);
    const auto call = stub.PrepareCall(&context, path, &queue);
    const auto next = [&queue] {
      void* tag = nullptr;
      bool ok = false;
      queue.Next(&tag, &ok);
      return ok;
    };
    CallAnswer answer;
    const grpc::Slice slice(bytes);
    call->StartCall(nullptr);
    bool ok = next();
    if (ok) {
      call->WriteLast(grpc::ByteBuffer(&slice, 1), {}, nullptr);
      next();
    }
    while (ok) {
      grpc::ByteBuffer response;
      call->Read(&response, nullptr);
      ok = next();
      if (!ok) break;
      std::vector<grpc::Slice> slices;
      EXPECT_TRUE(response.Dump(&slices).ok());
      std::string text;
      for (const grpc::Slice& part : slices) {
        text.append(reinterpret_cast<const char*>(part.begin()), part.size());
      }
      answer.messages.push_back(text);
      if (answer.messages.size() == most_messages) context.TryCancel();
    }
    grpc::Status status;
    call->Finish(&status, nullptr);
    next();
    queue.Shutdown();
    while (next()) {
    }
    answer.code = status.error_code();
    answer.message = status.error_message();
    answer.details = status.error_details();
    return answer;
  }

  // Twice natively: what differs then (random ids, a second creation) may differ through the door,
  // but not whether it is an error and which.
  void Compare(const MethodDescriptor& method, const std::string& token, const std::string& bytes) {
    const std::string path = PathOf(method);
    const CallAnswer first = CallNatively(path, token, bytes);
    const CallAnswer second = CallNatively(path, token, bytes);
    const CallAnswer binary = CallThroughDoor(path, token, bytes);
    const CallAnswer text = CallThroughDoor(path, token, bytes, {}, true);
    for (const CallAnswer& answer : {binary, text}) {
      if (first == second) {
        EXPECT_EQ(answer, second) << method.full_name();
      } else {
        EXPECT_EQ(answer.code, second.code) << method.full_name();
        EXPECT_EQ(answer.message, second.message) << method.full_name();
        EXPECT_EQ(answer.details, second.details) << method.full_name();
        EXPECT_EQ(answer.messages.size(), second.messages.size()) << method.full_name();
      }
    }
    ++compared_;
  }

  static std::vector<const MethodDescriptor*> AllMethods() {
    std::vector<const MethodDescriptor*> methods;
    for (const auto* service : service::ApiServices()) {
      for (int m = 0; m < service->method_count(); ++m) methods.push_back(service->method(m));
    }
    return methods;
  }

  std::shared_ptr<grpc::Channel> native_;
  int compared_ = 0;
};

TEST_F(ConformanceTest, EmptyRequestsAreAnsweredTheSame) {
  const std::string helper = TokenOf(access::Role::kHelper, StartedTrial());
  const google::protobuf::ServiceDescriptor* service = nullptr;
  for (const auto* method : AllMethods()) {
    if (method->service() != service) OpenBoth();
    service = method->service();
    for (const std::string& token : {std::string(), std::string("nobody's"), helper, token_}) {
      Compare(*method, token, "");
    }
  }
  EXPECT_EQ(compared_, static_cast<int>(AllMethods().size()) * 4);
}

TEST_F(ConformanceTest, BytesThatAreNoRequestAreAnsweredTheSame) {
  for (const auto* method : AllMethods()) Compare(*method, token_, "\xff\xff\xff");
}

// Each method on a trial of its own, that the calls before may have changed.
TEST_F(ConformanceTest, CallsForATrialAreAnsweredTheSame) {
  google::protobuf::DynamicMessageFactory factory;
  for (const auto* method : AllMethods()) {
    const auto* field = method->input_type()->FindFieldByName("trial");
    if (field == nullptr) field = method->input_type()->FindFieldByName("name");
    if (field == nullptr || method->server_streaming()) continue;
    const std::string trial = StartedTrial();
    Record(trial, {Score(1, service::kMonday, 3)});
    const std::unique_ptr<google::protobuf::Message> request(
        factory.GetPrototype(method->input_type())->New());
    request->GetReflection()->SetString(request.get(), field, trial);
    Compare(*method, token_, request->SerializeAsString());
  }
  EXPECT_GT(compared_, 10);
}

// A client that is newer than the engine is told that, and not that its request is wrong.
TEST_F(ConformanceTest, AMethodThatIsNotThereIsTheSame) {
  for (const char* path : {"/solotrial.v1.TrialService/Nothing", "/solotrial.v1.Nothing/GetTrial",
                           "/solotrial.v2.TrialService/GetTrial"}) {
    EXPECT_EQ(CallNatively(path, token_, "").code, grpc::StatusCode::UNIMPLEMENTED) << path;
    EXPECT_EQ(CallThroughDoor(path, token_, ""), CallNatively(path, token_, "")) << path;
  }
  const std::string health = "/grpc.health.v1.Health/Check";
  EXPECT_EQ(CallThroughDoor(health, token_, ""), CallNatively(health, token_, ""));
}

TEST_F(ConformanceTest, TooLargeAndTooLateAreTheSame) {
  const std::string path = "/solotrial.v1.TrialService/ImportTrial";
  const std::string huge(5 << 20, 'x');
  EXPECT_EQ(CallThroughDoor(path, token_, huge), CallNatively(path, token_, huge));
  // Larger than the door reads.
  EXPECT_EQ(CallThroughDoor(path, token_, std::string(9 << 20, 'x')).code,
            grpc::StatusCode::RESOURCE_EXHAUSTED);
  // A watch ends by nothing else.
  v1::WatchAnalysisRequest watch;
  watch.set_trial(StartedTrial());
  const CallAnswer late = CallThroughDoor("/solotrial.v1.AnalysisService/WatchAnalysis", token_,
                                          watch.SerializeAsString(), {"grpc-timeout: 50m"});
  EXPECT_EQ(late.code, grpc::StatusCode::DEADLINE_EXCEEDED);
  EXPECT_EQ(
      CallThroughDoor("/solotrial.v1.TrialService/ListTrials", token_, "", {"grpc-timeout: 1"})
          .code,
      grpc::StatusCode::INVALID_ARGUMENT);
}

TEST_F(ConformanceTest, AStreamEndsWithTheSameMessage) {
  v1::PlanTrialRequest request;
  *request.mutable_protocol() = PairedProtocol();
  request.mutable_protocol()->mutable_measures(0)->set_family(v1::Measure::GAUSSIAN);
  request.set_trials(100);
  request.set_no_candidates(true);
  const std::string path = "/solotrial.v1.PlanService/PlanTrial";
  const CallAnswer native = CallNatively(path, token_, request.SerializeAsString());
  ASSERT_EQ(native.code, 0) << native.message;
  for (const bool text : {false, true}) {
    const CallAnswer door = CallThroughDoor(path, token_, request.SerializeAsString(), {}, text);
    EXPECT_EQ(door.code, 0);
    ASSERT_FALSE(door.messages.empty());
    // How many come before depends on how fast this machine simulates.
    EXPECT_EQ(door.messages.back(), native.messages.back());
  }
}

}  // namespace
}  // namespace solotrial::web
