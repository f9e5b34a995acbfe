// Whoever takes part in a blinded trial learns nothing of its order, whatever they call: two
// engines that differ in nothing but the order answer every call with the same bytes.
#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <grpcpp/channel.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/support/byte_buffer.h>
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include "engine/base/digest.h"
#include "engine/import/zip.h"
#include "engine/service/services.h"
#include "engine/trial/allocation.h"
#include "solotrial/v1/data_service.grpc.pb.h"
#include "solotrial/v1/report_service.pb.h"
#include "tests/service/engine.h"

namespace solotrial::service {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::MethodDescriptor;

// A week after the engine was made: credentials do not hold before that.
const Date kConcealedStart = kMonday + 7;
constexpr int kPairs = 4;
constexpr int kBlockDays = 7;

// What is random in every engine, or the commitment itself. `seed` is not here: it must be absent.
const std::set<std::string>& RandomFields() {
  static const auto* const fields =
      new std::set<std::string>{"commitment",      "code",   "link",   "token", "hash", "head_hash",
                                "recovery_phrase", "phrase", "number", "words"};
  return *fields;
}

// The same bytes with every random field and every id filled with one character; sizes stay.
void MaskFields(Message& message) {
  const google::protobuf::Reflection& reflection = *message.GetReflection();
  std::vector<const FieldDescriptor*> fields;
  reflection.ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      if (field->is_repeated()) {
        for (int i = 0; i < reflection.FieldSize(message, field); ++i) {
          MaskFields(*reflection.MutableRepeatedMessage(&message, field, i));
        }
      } else {
        MaskFields(*reflection.MutableMessage(&message, field));
      }
    } else if (!field->is_repeated() && field->cpp_type() == FieldDescriptor::CPPTYPE_STRING &&
               RandomFields().contains(field->name())) {
      const std::string value = reflection.GetString(message, field);
      reflection.SetString(&message, field, std::string(value.size(), 'x'));
    }
  }
}

std::string MaskIds(const std::string& text) {
  static const std::regex uuid("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");
  // Commitments as the summary prints them.
  static const std::regex digest("[0-9a-f]{64}");
  return std::regex_replace(std::regex_replace(text, uuid, std::string(36, 'u')), digest,
                            std::string(64, 'd'));
}

// An engine of its own with a blinded trial that was started on the day before kConcealedStart.
class World : public EngineTest {
 public:
  World() {
    clock_.SetNoon(kConcealedStart - 1);
    v1::Protocol protocol = PairedProtocol();
    protocol.mutable_design()->set_pairs(kPairs);
    protocol.mutable_design()->set_block_days(kBlockDays);
    protocol.mutable_design()->set_blinding(v1::Design::BLINDED_BY_HELPER);
    protocol.mutable_intervention()->set_off_instruction("Take the other capsule.");
    v1::CreateTrialRequest create;
    *create.mutable_protocol() = protocol;
    v1::Trial trial;
    const grpc::Status created =
        Call(*trials_, &v1::TrialService::Stub::CreateTrial, create, &trial);
    EXPECT_TRUE(created.ok()) << created.error_message();
    name_ = trial.name();
    helper_ = TokenOf(access::Role::kHelper, name_);
    Tick();
    clinician_ = TokenOf(access::Role::kClinician, name_);
    Tick();
    link_ = TokenOf(access::Role::kShareLink, name_);
    v1::StartTrialRequest start;
    start.set_name(name_);
    start.set_start_date(FormatDate(kConcealedStart));
    const grpc::Status started = Call(*trials_, &v1::TrialService::Stub::StartTrial, start, &trial);
    EXPECT_TRUE(started.ok()) << started.error_message();
    data_ = v1::DataService::NewStub(channel_);
  }
  void TestBody() override {}

  // What is made at one instant is listed by its random id.
  void Tick() { clock_.Set(clock_.Now() + absl::Seconds(1)); }

  // Puts the order that `seed` draws in place of the trial's.
  void SetSeed(const std::string& seed, const trial::Allocation& order) {
    const absl::Status status =
        store_->WriteAndWait([&](store::WriteTransaction& transaction) -> absl::Status {
          const std::string person = (*transaction.FindOwner())->person_id;
          SOLOTRIAL_ASSIGN_OR_RETURN(trial::Trial trial,
                                     transaction.GetTrial(person, name_.substr(7)));
          trial.seed = seed;
          trial.allocation = order;
          trial.commitment = Sha256(seed + trial.protocol_digest);
          return transaction.UpdateTrial(trial);
        });
    ASSERT_TRUE(status.ok()) << status;
  }

  // The masked answer to the call, errors and all; of a stream the first message.
  std::string Ask(const MethodDescriptor& method, const Message& request,
                  const std::string& token) {
    Tick();
    grpc::ClientContext context;
    context.AddMetadata("authorization", "Bearer " + token);
    grpc::CompletionQueue queue;
    grpc::GenericStub stub(channel_);
    const grpc::Slice slice(request.SerializeAsString());
    const grpc::ByteBuffer bytes(&slice, 1);
    const std::string path = "/" + method.service()->full_name() + "/" + method.name();
    const auto call = stub.PrepareCall(&context, path, &queue);
    const auto wait = [&queue] {
      void* tag = nullptr;
      bool ok = false;
      queue.Next(&tag, &ok);
      return ok;
    };
    call->StartCall(nullptr);
    wait();
    call->WriteLast(bytes, grpc::WriteOptions(), nullptr);
    wait();
    grpc::ByteBuffer response;
    call->Read(&response, nullptr);
    const bool answered = wait();
    if (answered && method.server_streaming()) context.TryCancel();
    grpc::Status status;
    call->Finish(&status, nullptr);
    wait();
    queue.Shutdown();
    while (wait()) {
    }
    last_reason_ = status.ok() || answered ? "" : FaultIn(status).reason;
    if (!answered) {
      return MaskIds(status.error_message() + "|" + status.error_details());
    }
    std::vector<grpc::Slice> parts;
    EXPECT_TRUE(response.Dump(&parts).ok());
    std::string whole;
    for (const grpc::Slice& part : parts) {
      whole.append(reinterpret_cast<const char*>(part.begin()), part.size());
    }
    const std::unique_ptr<Message> message(google::protobuf::MessageFactory::generated_factory()
                                               ->GetPrototype(method.output_type())
                                               ->New());
    EXPECT_TRUE(message->ParseFromString(whole));
    if (method.name() == "ExportArchive") return MaskArchive(whole);
    if (method.name() == "ExportTable" || method.name() == "ExportFhir") {
      return MaskDocument(dynamic_cast<const v1::RenderedDocument&>(*message));
    }
    MaskFields(*message);
    return MaskIds(message->SerializeAsString());
  }

  // The files of a ZIP file, or the text, with the summary that prints the commitment masked: what
  // RenderSummary answers is looked at by itself.
  static std::string MaskDocument(const v1::RenderedDocument& document) {
    if (document.content_type() != "application/zip") {
      std::string text = document.content();
      const std::string before = "\"data\":\"";
      if (const size_t begin = text.find(before); begin != std::string::npos) {
        text.erase(begin + before.size(),
                   text.find('"', begin + before.size()) - begin - before.size());
      }
      return MaskIds(text);
    }
    const auto files = import::ReadZip(document.content(), {});
    EXPECT_TRUE(files.ok()) << files.status();
    std::string text = document.file_name();
    for (const auto& [name, content] : *files) text += "\n" + name + "\n" + MaskIds(content);
    return text;
  }

  // The archive's files, with what is random and the digests of it masked.
  static std::string MaskArchive(const std::string& whole) {
    v1::ExportArchiveResponse response;
    EXPECT_TRUE(response.ParseFromString(whole));
    const auto files = import::ReadZip(response.archive(), {});
    EXPECT_TRUE(files.ok()) << files.status();
    static const std::regex random("(\"(sha256|commitment|salt|sealed)\": *\")([^\"]*)");
    std::string text = response.file_name();
    for (const auto& [name, content] : *files) {
      text += "\n" + MaskIds(name) + " " + std::to_string(content.size()) + "\n" +
              MaskIds(std::regex_replace(content, random, "$1"));
    }
    return text;
  }

  template <typename Request>
  Request Named() const {
    Request request;
    if constexpr (requires { request.set_name(""); }) {
      request.set_name(name_);
    } else {
      request.set_trial(name_);
    }
    return request;
  }

  const std::string& last_reason() const { return last_reason_; }
  SetClock& clock() { return clock_; }
  const std::string& owner() const { return token_; }
  const std::string& helper() const { return helper_; }
  const std::string& clinician() const { return clinician_; }
  const std::string& link() const { return link_; }
  const std::string& name() const { return name_; }
  v1::TrialService::Stub& trials() { return *trials_; }
  using EngineTest::Call;
  using EngineTest::CallAs;
  using EngineTest::Score;

 private:
  std::string name_;
  std::string helper_;
  std::string clinician_;
  std::string link_;
  std::string last_reason_;
  std::unique_ptr<v1::DataService::Stub> data_;
};

using Requests = std::vector<std::unique_ptr<Message>>;

template <typename Request>
void Put(Requests& requests, const Request& request) {
  requests.push_back(std::make_unique<Request>(request));
}

// A request with nothing but the trial's name, where it has a place for one.
std::unique_ptr<Message> PlainRequest(const MethodDescriptor& method, const std::string& trial) {
  std::unique_ptr<Message> request(google::protobuf::MessageFactory::generated_factory()
                                       ->GetPrototype(method.input_type())
                                       ->New());
  for (const char* name : {"name", "trial"}) {
    const FieldDescriptor* field = method.input_type()->FindFieldByName(name);
    if (field != nullptr && field->cpp_type() == FieldDescriptor::CPPTYPE_STRING) {
      request->GetReflection()->SetString(request.get(), field, trial);
    }
  }
  return request;
}

v1::Entry EntryAt(int serial, Date date) {
  v1::Entry entry = World::Score(serial, date, 0);
  entry.clear_content();
  return entry;
}

// What is asked of `method` beside the plain request on day `day` (from 0) of the trial.
Requests MoreRequests(const std::string& method, const World& world, int day) {
  Requests requests;
  const Date date = kConcealedStart + day;
  if (method == "TrialService.GetToday") {
    for (int other = 0; other < 2 * kPairs * kBlockDays; ++other) {
      auto request = world.Named<v1::GetTodayRequest>();
      request.set_date(FormatDate(kConcealedStart + other));
      request.set_locale(other % 2 == 0 ? "de" : "en");
      Put(requests, request);
    }
  } else if (method == "DiaryService.RecordEntries" && day >= 0) {
    auto request = world.Named<v1::RecordEntriesRequest>();
    for (int past = 0; past <= day; ++past) {
      *request.add_entries() = World::Score(1000 + past, kConcealedStart + past, 4 + past % 3);
      v1::Entry dose = EntryAt(2000 + past, kConcealedStart + past);
      dose.mutable_dose()->set_fraction(1);
      *request.add_entries() = dose;
    }
    v1::Entry guess = EntryAt(3000 + day, date);
    guess.mutable_guess()->set_block_number(day / kBlockDays + 1);
    guess.mutable_guess()->set_arm(v1::ARM_ON);
    *request.add_entries() = guess;
    v1::Entry deviation = EntryAt(4000 + day, date);
    deviation.mutable_deviation()->set_text("took the wrong one");
    *request.add_entries() = deviation;
    v1::Entry wrong = EntryAt(5000 + day, date);
    wrong.mutable_guess()->set_block_number(99);
    *request.add_entries() = wrong;
    Put(requests, request);
  } else if (method == "TrialService.SkipDays") {
    auto request = world.Named<v1::SkipDaysRequest>();
    request.set_first_date(
        FormatDate(kConcealedStart + 2 * kPairs * kBlockDays - 1 - std::max(day, 0) / 2));
    Put(requests, request);
  } else if (method == "TrialService.ChangeTimeZone") {
    auto request = world.Named<v1::ChangeTimeZoneRequest>();
    request.set_time_zone(day % 2 == 0 ? "Europe/Vienna" : "Europe/Berlin");
    Put(requests, request);
  } else if (method == "TrialService.ExtendTrial" && day == 43) {
    auto request = world.Named<v1::ExtendTrialRequest>();
    request.set_pairs(1);
    request.set_reason("to be surer");
    Put(requests, request);
  } else if (method == "DataService.ExportArchive") {
    v1::ExportArchiveRequest request;
    request.set_passphrase("what the person likes");
    Put(requests, request);
  } else if (method == "AnalysisService.Analyze") {
    auto request = world.Named<v1::AnalyzeRequest>();
    request.set_locale("de");
    request.set_include_sensitivity(true);
    Put(requests, request);
  } else if (method == "ReportService.GetSummary") {
    auto request = world.Named<v1::GetSummaryRequest>();
    request.set_locale("de");
    Put(requests, request);
  } else if (method == "ReportService.RenderSummary") {
    auto request = world.Named<v1::RenderSummaryRequest>();
    request.set_locale("de");
    Put(requests, request);
  } else if (method == "ReportService.ExportTable") {
    auto request = world.Named<v1::ExportTableRequest>();
    request.set_format(v1::ExportTableRequest::FORMAT_JSON);
    Put(requests, request);
  } else if (method == "ReportService.ExportFhir") {
    auto request = world.Named<v1::ExportFhirRequest>();
    request.set_without_summary(true);
    Put(requests, request);
  } else if (method == "ReportService.GetCalendar") {
    auto request = world.Named<v1::GetCalendarRequest>();
    request.mutable_calendar()->set_locale("de");
    Put(requests, request);
  } else if (method == "AccessService.CreateInvitation") {
    auto request = world.Named<v1::CreateInvitationRequest>();
    request.set_role(v1::ROLE_HELPER);
    Put(requests, request);
  } else if (method == "AccessService.CreateShareLink") {
    auto request = world.Named<v1::CreateShareLinkRequest>();
    request.set_label("my doctor");
    Put(requests, request);
    request.set_kind(v1::ShareLink::KIND_CALENDAR);
    Put(requests, request);
  } else if (method == "AccessService.RenameDevice" || method == "AccessService.RevokeDevice") {
    // Names a device: the plain request is refused, as is every other that names a trial.
  }
  return requests;
}

class ConcealmentTest : public testing::Test {
 protected:
  // Two worlds whose orders are each other's opposite.
  ConcealmentTest() {
    const trial::Design design{
        .randomization = trial::Randomization::kPaired, .block_days = kBlockDays, .pairs = kPairs};
    const std::string seed(32, 'a');
    const trial::Allocation order = trial::DrawAllocation(design, seed);
    trial::Allocation opposite = order;
    for (char& arm : opposite) arm = arm == '1' ? '0' : '1';
    std::string other(32, 'b');
    while (trial::DrawAllocation(design, other) != opposite) ++other[0];
    one_.SetSeed(seed, order);
    two_.SetSeed(other, opposite);
  }

  void SetDay(int day) {
    one_.clock().SetNoon(kConcealedStart + day);
    two_.clock().SetNoon(kConcealedStart + day);
  }

  // Every method in turn, by everybody who sees the trial but is not to know.
  void ExpectSameAnswers(int day) {
    SetDay(day);
    for (const google::protobuf::ServiceDescriptor* service : ApiServices()) {
      for (int m = 0; m < service->method_count(); ++m) {
        const MethodDescriptor& method = *service->method(m);
        const std::string name = service->name() + "." + method.name();
        // They end the trial or the caller's access; what then is answered is no secret.
        if (name == "TrialService.DeleteTrial" || name == "AccessService.SignOut") continue;
        Requests of_one = MoreRequests(name, one_, day);
        Requests of_two = MoreRequests(name, two_, day);
        of_one.push_back(PlainRequest(method, one_.name()));
        of_two.push_back(PlainRequest(method, two_.name()));
        for (size_t i = 0; i < of_one.size(); ++i) {
          for (const auto& token : {&World::owner, &World::clinician, &World::link}) {
            const std::string answer = one_.Ask(method, *of_one[i], (one_.*token)());
            if (one_.last_reason().empty()) answered_.insert(name);
            EXPECT_EQ(answer, two_.Ask(method, *of_two[i], (two_.*token)()))
                << name << " on day " << day << ", request " << i;
          }
        }
      }
    }
  }

  World one_;
  World two_;
  std::set<std::string> answered_;  // methods that gave more than an error
};

TEST_F(ConcealmentTest, OppositeOrdersGiveTheSameAnswers) {
  // The worlds do differ: the helpers see it.
  v1::GetPackingListRequest pack;
  v1::PackingList list_one;
  v1::PackingList list_two;
  pack.set_archive_passphrase("the helper's words");
  pack.set_name(one_.name());
  ASSERT_TRUE(one_.CallAs(one_.helper(), one_.trials(), &v1::TrialService::Stub::GetPackingList,
                          pack, &list_one)
                  .ok());
  pack.set_name(two_.name());
  ASSERT_TRUE(two_.CallAs(two_.helper(), two_.trials(), &v1::TrialService::Stub::GetPackingList,
                          pack, &list_two)
                  .ok());
  ASSERT_EQ(list_one.envelopes_size(), 2 * kPairs);
  for (int i = 0; i < 2 * kPairs; ++i) {
    EXPECT_NE(list_one.envelopes(i).arm(), list_two.envelopes(i).arm());
  }

  // Before the first day, in it, at the end of a block, and after the first look.
  for (const int day : {-1, 0, 6, 43}) ExpectSameAnswers(day);

  // A method that nobody got more than an error from has not been tried: give it a request above,
  // or say here why it has nothing to answer in a running trial.
  static const std::set<std::string> kNothingToSay = {
      "TrialService.CreateTrial", "TrialService.UpdateTrial", "TrialService.DeleteTrial",
      "TrialService.StartTrial", "TrialService.ResumeTrial", "TrialService.StopTrial",
      "TrialService.UnblindTrial", "TrialService.GetPackingList", "TrialService.VerifyOrder",
      "TrialService.ImportTrial", "TrialService.PreviewImport", "AnalysisService.AnalyzeRecord",
      "TrialService.ConfirmSafety",  // of a draft, by a clinician
      // Answer from the request alone.
      "CatalogService.DraftProtocol", "CatalogService.ScreenSafety", "PlanService.PlanTrial",
      "AnalysisService.PredictDecision",  // refused while the trial runs
      // Names a code, a device, an approval, a link or a phrase, never a trial.
      "AccessService.ClaimCode", "AccessService.RenameDevice", "AccessService.RevokeDevice",
      "AccessService.SignOut", "AccessService.RotateToken", "AccessService.Recover",
      "AccessService.Confirm", "AccessService.RequestApproval", "AccessService.Approve",
      "AccessService.RevokeInvitation", "AccessService.ListOpenings",
      "AccessService.RevokeShareLink", "DataService.ImportArchive", "DataService.DeleteEverything",
      "DataService.Unlock"};
  for (const google::protobuf::ServiceDescriptor* service : ApiServices()) {
    for (int m = 0; m < service->method_count(); ++m) {
      const std::string name = service->name() + "." + service->method(m)->name();
      EXPECT_TRUE(answered_.contains(name) || kNothingToSay.contains(name)) << name;
    }
  }
}

}  // namespace
}  // namespace solotrial::service
