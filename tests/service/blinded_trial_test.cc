// A blinded trial and an open one, lived through the API from invitation to proof.
#include <gmock/gmock.h>
#include <grpcpp/channel.h>

#include "engine/base/digest.h"
#include "engine/base/fault.h"
#include "engine/import/zip.h"
#include "solotrial/v1/data_service.grpc.pb.h"
#include "tests/service/engine.h"

namespace solotrial::service {
namespace {

using testing::HasSubstr;
using testing::Not;

// A week after the engine was made: credentials do not hold before that.
const Date kBlindedStart = kMonday + 7;

class BlindedTrialTest : public EngineTest {
 protected:
  BlindedTrialTest() {
    clock_.SetNoon(kBlindedStart - 1);
    data_ = v1::DataService::NewStub(channel_);
  }

  static v1::Protocol BlindedProtocol() {
    v1::Protocol protocol = PairedProtocol();
    protocol.mutable_design()->set_blinding(v1::Design::BLINDED_BY_HELPER);
    protocol.mutable_intervention()->set_off_instruction("Take the other capsule.");
    return protocol;
  }
  std::string DraftTrial(const v1::Protocol& protocol) {
    v1::CreateTrialRequest create;
    *create.mutable_protocol() = protocol;
    v1::Trial trial;
    const grpc::Status status =
        Call(*trials_, &v1::TrialService::Stub::CreateTrial, create, &trial);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return trial.name();
  }
  grpc::Status Start(const std::string& name, const std::string& date) {
    v1::StartTrialRequest request;
    request.set_name(name);
    request.set_start_date(date);
    v1::Trial trial;
    return Call(*trials_, &v1::TrialService::Stub::StartTrial, request, &trial);
  }
  // Started for kBlindedStart, with a helper.
  std::string BlindedTrial() {
    const std::string name = DraftTrial(BlindedProtocol());
    helper_ = TokenOf(access::Role::kHelper, name);
    const grpc::Status status = Start(name, FormatDate(kBlindedStart));
    EXPECT_TRUE(status.ok()) << status.error_message();
    return name;
  }
  v1::PackingList Packed(const std::string& name, const std::string& passphrase = "") {
    v1::GetPackingListRequest request;
    request.set_name(name);
    request.set_archive_passphrase(passphrase);
    v1::PackingList list;
    const grpc::Status status =
        CallAs(helper_, *trials_, &v1::TrialService::Stub::GetPackingList, request, &list);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return list;
  }
  v1::Entry Guess(int serial, Date date, int block, v1::Arm arm) {
    v1::Entry entry = Score(serial, date, 0);
    entry.mutable_client_time()->set_seconds(absl::ToUnixSeconds(clock_.Now()));
    entry.mutable_guess()->set_block_number(block);
    entry.mutable_guess()->set_arm(arm);
    return entry;
  }
  grpc::Status Export(const std::string& name, v1::ExportArchiveResponse& archive,
                      const std::string& passphrase = "mine") {
    v1::ExportArchiveRequest request;
    request.add_trials(name);
    request.set_passphrase(passphrase);
    return Call(*data_, &v1::DataService::Stub::ExportArchive, request, &archive);
  }

  std::string helper_;
  std::unique_ptr<v1::DataService::Stub> data_;
};

TEST_F(BlindedTrialTest, StartsOnlyWithAHelperAndTimeToPack) {
  const std::string name = DraftTrial(BlindedProtocol());
  EXPECT_EQ(FaultIn(Start(name, FormatDate(kBlindedStart))).reason, "HELPER_NEEDED");
  const std::string other = DraftTrial(BlindedProtocol());
  TokenOf(access::Role::kHelper, other);
  EXPECT_EQ(FaultIn(Start(name, FormatDate(kBlindedStart))).reason, "HELPER_NEEDED");
  TokenOf(access::Role::kHelper, name);
  EXPECT_EQ(FaultIn(Start(name, "")).fields, std::vector<std::string>{"start_date"});
  EXPECT_TRUE(Start(name, FormatDate(kBlindedStart)).ok());
}

TEST_F(BlindedTrialTest, TheHelperPacksAndThePersonSeesThatTheyDid) {
  const std::string name = BlindedTrial();
  EXPECT_EQ(Get(name).packing_list_openings_size(), 0);
  const v1::PackingList list = Packed(name);
  ASSERT_EQ(list.envelopes_size(), 6);
  int on = 0;
  for (const v1::Envelope& envelope : list.envelopes()) {
    on += envelope.arm() == v1::ARM_ON ? 1 : 0;
    EXPECT_EQ(envelope.contents(),
              envelope.arm() == v1::ARM_ON ? "Take it with dinner." : "Take the other capsule.");
    EXPECT_EQ(envelope.days(), 7);
    EXPECT_EQ(envelope.doses(), 7);
  }
  EXPECT_EQ(on, 3);
  Packed(name);
  ASSERT_EQ(Get(name).packing_list_openings_size(), 1) << "once for each device";
  EXPECT_EQ(Get(name).packing_list_openings(0).device(), "HELPER");
  helper_ = TokenOf(access::Role::kHelper, name);
  EXPECT_EQ(Packed(name).envelopes(0).arm(), list.envelopes(0).arm());
  EXPECT_EQ(Get(name).packing_list_openings_size(), 2);

  v1::GetPackingListRequest request;
  request.set_name(name);
  v1::PackingList none;
  EXPECT_EQ(FaultIn(Call(*trials_, &v1::TrialService::Stub::GetPackingList, request, &none)).reason,
            "ROLE_NOT_ALLOWED");
  const std::string open = DraftTrial(PairedProtocol());
  helper_ = TokenOf(access::Role::kHelper, open);
  request.set_name(open);
  EXPECT_EQ(
      FaultIn(CallAs(helper_, *trials_, &v1::TrialService::Stub::GetPackingList, request, &none))
          .reason,
      "WRONG_STATE");
}

TEST_F(BlindedTrialTest, AWholeOneEndsWithItsGuessesScored) {
  const std::string name = BlindedTrial();
  const v1::PackingList list = Packed(name);
  int serial = 1;
  for (int day = 0; day < 42; ++day) {
    const Date date = kBlindedStart + day;
    clock_.SetNoon(date);
    const v1::Envelope& envelope = list.envelopes(day / 7);
    std::vector<v1::Entry> entries = {
        Score(serial++, date, (envelope.arm() == v1::ARM_ON ? 2 : 6) + day % 2)};
    // Five right guesses, and one that nobody dared.
    if (day % 7 == 6) {
      entries.push_back(
          Guess(serial++, date, day / 7 + 1, day == 41 ? v1::ARM_UNSPECIFIED : envelope.arm()));
    }
    const v1::RecordEntriesResponse recorded = Record(name, entries);
    for (const v1::EntryResult& result : recorded.results()) {
      EXPECT_TRUE(result.accepted()) << result.rejection().message();
    }
  }
  clock_.SetNoon(kBlindedStart + 42);
  v1::AnalyzeRequest request;
  request.set_trial(name);
  request.set_include_sensitivity(true);
  v1::Analysis analysis;
  ASSERT_TRUE(Call(*analysis_, &v1::AnalysisService::Stub::Analyze, request, &analysis).ok());
  EXPECT_EQ(analysis.result().verdict().decision(), v1::Verdict::RESPONDS);
  EXPECT_EQ(analysis.result().sensitivity().blinding().right(), 5);
  EXPECT_EQ(analysis.result().sensitivity().blinding().guesses(), 5);
  for (const v1::Message& remark : analysis.result().verdict().remarks()) {
    EXPECT_NE(remark.id(), "remark.open_label");
  }
  const v1::Schedule schedule = ScheduleOf(name);
  for (int i = 0; i < 6; ++i) {
    EXPECT_EQ(schedule.blocks(i).arm(), list.envelopes(i).arm());
  }
}

TEST_F(BlindedTrialTest, UnblindingIsToldKeptAndSaidBesideTheResult) {
  const std::string name = BlindedTrial();
  const v1::PackingList list = Packed(name);
  clock_.SetNoon(kBlindedStart + 9);
  const v1::Schedule concealed = ScheduleOf(name);
  for (const v1::Block& block : concealed.blocks()) {
    EXPECT_EQ(block.arm(), v1::ARM_UNSPECIFIED);
  }
  v1::UnblindTrialRequest request;
  request.set_name(name);
  v1::Trial trial;
  EXPECT_EQ(FaultIn(Call(*trials_, &v1::TrialService::Stub::UnblindTrial, request, &trial)).fields,
            std::vector<std::string>{"reason"});
  request.set_reason("the hospital asks");
  request.set_request_id("once");
  ASSERT_TRUE(Call(*trials_, &v1::TrialService::Stub::UnblindTrial, request, &trial).ok());
  ASSERT_TRUE(Call(*trials_, &v1::TrialService::Stub::UnblindTrial, request, &trial).ok());
  EXPECT_EQ(trial.unblinding().reason(), "the hospital asks");
  EXPECT_EQ(trial.unblinding().date(), FormatDate(kBlindedStart + 9));
  EXPECT_TRUE(trial.seed().empty()) << "what is to come stays drawn by chance";
  const v1::Schedule schedule = ScheduleOf(name);
  for (int i = 0; i < 6; ++i) {
    EXPECT_EQ(schedule.blocks(i).arm(), i < 3 ? list.envelopes(i).arm() : v1::ARM_UNSPECIFIED);
  }
  v1::ListAuditEventsResponse audit;
  ASSERT_TRUE(Call(*access_, &v1::AccessService::Stub::ListAuditEvents, {}, &audit).ok());
  EXPECT_EQ(audit.events(audit.events_size() - 1).action(), "TrialService.UnblindTrial");
  clock_.SetNoon(kBlindedStart + 60);
  v1::AnalyzeRequest analyze;
  analyze.set_trial(name);
  v1::Analysis analysis;
  ASSERT_TRUE(Call(*analysis_, &v1::AnalysisService::Stub::Analyze, analyze, &analysis).ok());
  bool said = false;
  for (const v1::Message& remark : analysis.result().verdict().remarks()) {
    said = said || remark.id() == "remark.unblinded";
  }
  EXPECT_TRUE(said);
}

// The person's own passphrase opens nothing of a blinded trial; the helper's brings it back whole.
TEST_F(BlindedTrialTest, OnlyTheHelpersPassphraseOpensTheOrderInAnArchive) {
  const std::string name = BlindedTrial();
  v1::ExportArchiveResponse archive;
  EXPECT_EQ(FaultIn(Export(name, archive)).reason, "HELPER_NEEDED");
  EXPECT_TRUE(Packed(name, "the helper's words").archive_passphrase_set());
  // What a look decided tells of the order.
  store::LookRow look;
  look.pair = 3;
  look.data_date = kBlindedStart;
  look.decision = "DOES_NOT_RESPOND";
  look.data_digest = std::string(32, 'd');
  look.record_time = clock_.Now();
  const auto looks = [&] {
    std::vector<store::LookRow> rows;
    const absl::Status status = store_->Read([&](store::ReadTransaction& t) -> absl::Status {
      SOLOTRIAL_ASSIGN_OR_RETURN(rows, t.ListLooks((*t.FindOwner())->person_id, name.substr(7)));
      return absl::OkStatus();
    });
    EXPECT_TRUE(status.ok()) << status;
    return rows;
  };
  ASSERT_TRUE(store_
                  ->WriteAndWait([&](store::WriteTransaction& t) {
                    return t.InsertLook((*t.FindOwner())->person_id, name.substr(7), look);
                  })
                  .ok());
  const grpc::Status exported = Export(name, archive);
  ASSERT_TRUE(exported.ok()) << exported.error_message();
  const auto files = import::ReadZip(archive.archive(), {});
  ASSERT_TRUE(files.ok()) << files.status();
  for (const auto& [file, content] : *files) {
    EXPECT_THAT(content, Not(HasSubstr("DOES_NOT_RESPOND"))) << file;
    EXPECT_THAT(content, Not(HasSubstr("allocation"))) << file;
  }
  const v1::PackingList list = Packed(name);
  v1::DeleteTrialRequest remove;
  remove.set_name(name);
  google::protobuf::Empty empty;
  ASSERT_TRUE(Call(*trials_, &v1::TrialService::Stub::DeleteTrial, remove, &empty).ok());
  v1::ImportArchiveRequest bring;
  bring.set_archive(archive.archive());
  bring.set_passphrase("mine");
  v1::ImportArchiveResponse brought;
  EXPECT_EQ(FaultIn(Call(*data_, &v1::DataService::Stub::ImportArchive, bring, &brought)).reason,
            "WRONG_PASSPHRASE");
  bring.set_passphrase("the helper's words");
  const grpc::Status status = Call(*data_, &v1::DataService::Stub::ImportArchive, bring, &brought);
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(Get(name).packing_list_openings_size(), 1);
  ASSERT_EQ(looks().size(), 1U);
  EXPECT_EQ(looks()[0].decision, "DOES_NOT_RESPOND");
  EXPECT_EQ(looks()[0].data_digest, look.data_digest);
  helper_ = TokenOf(access::Role::kHelper, name);
  const v1::PackingList again = Packed(name);
  for (int i = 0; i < 6; ++i) EXPECT_EQ(again.envelopes(i).arm(), list.envelopes(i).arm());
}

TEST_F(BlindedTrialTest, TheDiaryOfAConcealedTrialDoesNotSayWhatWasOn) {
  const std::string name = BlindedTrial();
  clock_.SetNoon(kBlindedStart + 1);
  v1::ExportDiaryRequest request;
  request.set_name(name);
  v1::ExportDiaryResponse diary;
  ASSERT_TRUE(Call(*trials_, &v1::TrialService::Stub::ExportDiary, request, &diary).ok());
  EXPECT_THAT(diary.diary_csv(), HasSubstr("\n2026-01-12,,1,"));
  clock_.SetNoon(kBlindedStart + 42);
  ASSERT_TRUE(Call(*trials_, &v1::TrialService::Stub::ExportDiary, request, &diary).ok());
  EXPECT_THAT(diary.diary_csv(), Not(HasSubstr("\n2026-01-12,,1,")));
}

// An open trial with days skipped, pairs added and a move, to the proof at its end.
TEST_F(BlindedTrialTest, ATrialThatWasLivedWithCanBeVerified) {
  const std::string name = DraftTrial(PairedProtocol());
  ASSERT_TRUE(Start(name, FormatDate(kBlindedStart)).ok());
  const std::string commitment = Get(name).commitment();
  EXPECT_EQ(Get(name).allocations(), 8);
  clock_.SetNoon(kBlindedStart + 3);
  v1::Trial trial;
  v1::SkipDaysRequest skip;
  skip.set_name(name);
  skip.set_first_date(FormatDate(kBlindedStart + 10));
  skip.set_days(4);
  skip.set_reason("journey");
  ASSERT_TRUE(Call(*trials_, &v1::TrialService::Stub::SkipDays, skip, &trial).ok());
  EXPECT_EQ(trial.last_date(), FormatDate(kBlindedStart + 41 + 4));
  v1::ExtendTrialRequest extend;
  extend.set_name(name);
  extend.set_pairs(2);
  EXPECT_EQ(FaultIn(Call(*trials_, &v1::TrialService::Stub::ExtendTrial, extend, &trial)).fields,
            std::vector<std::string>{"reason"});
  extend.set_reason("to be surer");
  extend.set_request_id("once");
  ASSERT_TRUE(Call(*trials_, &v1::TrialService::Stub::ExtendTrial, extend, &trial).ok());
  ASSERT_TRUE(Call(*trials_, &v1::TrialService::Stub::ExtendTrial, extend, &trial).ok());
  EXPECT_EQ(trial.extensions_size(), 1);
  EXPECT_EQ(trial.allocations(), 32);
  EXPECT_EQ(trial.last_date(), FormatDate(kBlindedStart + 69 + 4));
  EXPECT_EQ(trial.protocol().design().pairs(), 3) << "frozen";
  v1::ChangeTimeZoneRequest zone;
  zone.set_name(name);
  zone.set_time_zone("Pacific/Auckland");
  ASSERT_TRUE(Call(*trials_, &v1::TrialService::Stub::ChangeTimeZone, zone, &trial).ok());
  EXPECT_EQ(trial.time_zone_changes(0).date(), FormatDate(kBlindedStart + 3));
  v1::GetTodayRequest ask;
  ask.set_name(name);
  v1::Today today;
  clock_.Set(absl::FromCivil(absl::CivilHour(2026, 1, 15, 16), absl::UTCTimeZone()));
  ASSERT_TRUE(Call(*trials_, &v1::TrialService::Stub::GetToday, ask, &today).ok());
  EXPECT_EQ(today.date(), FormatDate(kBlindedStart + 4)) << "five in the morning over there";

  v1::Entry deviation = Score(1, kBlindedStart, 0);
  deviation.mutable_deviation()->set_kind(v1::Deviation::KIND_ILLNESS);
  deviation.mutable_deviation()->set_text("flu");
  deviation.mutable_deviation()->set_days(3);
  EXPECT_TRUE(Record(name, {deviation}).results(0).accepted());
  v1::ListEntriesRequest list;
  list.set_trial(name);
  v1::ListEntriesResponse entries;
  ASSERT_TRUE(Call(*diary_, &v1::DiaryService::Stub::ListEntries, list, &entries).ok());
  EXPECT_EQ(entries.entries(0).deviation().days(), 3);
  EXPECT_EQ(entries.entries(0).deviation().kind(), v1::Deviation::KIND_ILLNESS);

  v1::VerifyOrderRequest proof;
  *proof.mutable_revealed() = Get(name);
  EXPECT_EQ(FaultIn(Call(*trials_, &v1::TrialService::Stub::VerifyOrder, proof,
                         std::make_unique<v1::OrderVerification>().get()))
                .reason,
            "WRONG_STATE");
  clock_.SetNoon(kBlindedStart + 80);
  *proof.mutable_revealed() = Get(name);
  *proof.mutable_schedule() = ScheduleOf(name);
  proof.set_commitment(commitment);
  v1::OrderVerification verified;
  ASSERT_TRUE(Call(*trials_, &v1::TrialService::Stub::VerifyOrder, proof, &verified).ok());
  EXPECT_TRUE(verified.protocol_digest_matches());
  EXPECT_TRUE(verified.commitment_matches());
  EXPECT_TRUE(verified.order_matches());
  EXPECT_EQ(verified.order_size(), 10);
  // What was tampered with is seen.
  const v1::Arm first = proof.schedule().blocks(0).arm();
  proof.mutable_schedule()->mutable_blocks(0)->set_arm(first == v1::ARM_ON ? v1::ARM_OFF
                                                                           : v1::ARM_ON);
  proof.mutable_revealed()->mutable_protocol()->set_title("another");
  proof.set_commitment(Sha256("another"));
  verified.Clear();
  ASSERT_TRUE(Call(*trials_, &v1::TrialService::Stub::VerifyOrder, proof, &verified).ok());
  EXPECT_FALSE(verified.protocol_digest_matches());
  EXPECT_FALSE(verified.commitment_matches());
  EXPECT_FALSE(verified.order_matches());
}

}  // namespace
}  // namespace solotrial::service
