// Trials whose blocks are visits or cycles, lived through the API: a mark begins a block.
#include <gmock/gmock.h>

#include "tests/service/engine.h"

namespace solotrial::service {
namespace {

using testing::HasSubstr;

class MarksTest : public EngineTest {
 protected:
  // A syringe fast or slow, 2 pairs of visits.
  static v1::Protocol ByVisits() {
    v1::Protocol protocol = PairedProtocol();
    v1::Design& design = *protocol.mutable_design();
    design.set_block_unit(v1::Design::VISITS);
    design.set_block_days(1);
    design.set_pairs(2);
    design.clear_run_in_days();
    protocol.clear_kinetics();
    return protocol;
  }
  // One pair of cycles, whose first may begin from the first day on.
  static v1::Protocol ByCycles() {
    v1::Protocol protocol = PairedProtocol();
    v1::Design& design = *protocol.mutable_design();
    design.set_block_unit(v1::Design::CYCLES);
    design.set_block_days(28);
    design.set_pairs(1);
    design.clear_run_in_days();
    return protocol;
  }
  static v1::Entry Mark(int serial, Date date) {
    v1::Entry entry = Score(serial, date, 0);
    entry.mutable_mark();
    return entry;
  }
  static v1::Entry Retraction(int serial, Date date, const v1::Entry& of) {
    v1::Entry entry = Score(serial, date, 0);
    entry.mutable_retraction();
    entry.set_supersedes(of.id());
    return entry;
  }
  v1::Today TodayOf(const std::string& name, Date date) {
    v1::GetTodayRequest request;
    request.set_name(name);
    request.set_date(FormatDate(date));
    v1::Today today;
    const grpc::Status status = Call(*trials_, &v1::TrialService::Stub::GetToday, request, &today);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return today;
  }
  v1::Analysis AnalysisOf(const std::string& name) {
    v1::AnalyzeRequest request;
    request.set_trial(name);
    v1::Analysis analysis;
    const grpc::Status status =
        Call(*analysis_, &v1::AnalysisService::Stub::Analyze, request, &analysis);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return analysis;
  }
  static bool AsksForMark(const v1::Today& today, bool marked) {
    for (const v1::DueItem& item : today.due()) {
      if (item.kind() == v1::DueItem::KIND_MARK) return item.marked() == marked;
    }
    return false;
  }
};

TEST_F(MarksTest, ATrialByVisitsIsLivedToItsVerdict) {
  const std::string name = StartedTrial(ByVisits());
  EXPECT_EQ(TodayOf(name, kMonday).phase(), v1::Today::PHASE_WAITING);
  EXPECT_THAT(TodayOf(name, kMonday).instruction(), HasSubstr("number 1 of 4"));
  EXPECT_TRUE(AsksForMark(TodayOf(name, kMonday), false));
  EXPECT_EQ(TodayOf(name, kMonday).due_size(), 1) << "nothing is scored between visits";

  int serial = 0;
  for (const int day : {2, 9, 30, 31}) {
    const Date date = kMonday + day;
    clock_.SetNoon(date);
    const auto recorded = Record(name, {Mark(++serial, date), Score(++serial, date, day % 8)});
    EXPECT_TRUE(recorded.results(0).accepted() && recorded.results(1).accepted());
  }
  const v1::Today visit = TodayOf(name, kMonday + 9);
  EXPECT_EQ(visit.phase(), v1::Today::PHASE_BLOCK);
  EXPECT_EQ(visit.block_number(), 2);
  EXPECT_TRUE(AsksForMark(visit, true));
  EXPECT_EQ(AnalysisOf(name).progress().scores_recorded(), 4);

  clock_.SetNoon(kMonday + 32);
  const v1::Analysis analysis = AnalysisOf(name);
  ASSERT_TRUE(analysis.has_result()) << analysis.ShortDebugString();
  EXPECT_EQ(analysis.result().days(), 4) << "one for every visit";
  EXPECT_NE(analysis.result().verdict().decision(), v1::Verdict::NOT_COMPUTED)
      << "no autocorrelation is no fault here";
  EXPECT_FALSE(analysis.result().hyperparameters().has_latent_correlation());
  EXPECT_EQ(ScheduleOf(name).blocks(3).start_date(), FormatDate(kMonday + 31));
}

TEST_F(MarksTest, MarksComeInAnyOrderTwiceAndAreTakenBack) {
  const std::string name = StartedTrial(ByVisits());
  clock_.SetNoon(kMonday + 40);
  const v1::Entry late = Mark(3, kMonday + 20);
  Record(name, {late, Mark(1, kMonday + 4), Mark(2, kMonday + 4), late});
  EXPECT_EQ(ScheduleOf(name).blocks(0).start_date(), FormatDate(kMonday + 4));
  EXPECT_EQ(ScheduleOf(name).blocks(1).start_date(), FormatDate(kMonday + 20));
  Record(name, {Retraction(4, kMonday + 40, late)});
  EXPECT_EQ(ScheduleOf(name).blocks(1).start_date(), "");
  v1::Entry moved = Mark(5, kMonday + 5);
  moved.set_supersedes(Mark(1, kMonday + 4).id());
  Record(name, {moved, Retraction(6, kMonday + 40, Mark(2, kMonday + 4))});
  EXPECT_EQ(ScheduleOf(name).blocks(0).start_date(), FormatDate(kMonday + 5));
  Restart();
  EXPECT_EQ(ScheduleOf(name).blocks(0).start_date(), FormatDate(kMonday + 5)) << "it is stored";
}

TEST_F(MarksTest, ACycleGoesOnUntilTheNextOneIsMarked) {
  const std::string name = StartedTrial(ByCycles());
  EXPECT_EQ(TodayOf(name, kMonday).phase(), v1::Today::PHASE_RUN_IN);
  clock_.SetNoon(kMonday + 5);
  Record(name, {Mark(1, kMonday + 5)});
  EXPECT_EQ(TodayOf(name, kMonday + 5).block_number(), 1);
  EXPECT_EQ(TodayOf(name, kMonday + 5).block_days(), 0) << "nobody knows yet";
  clock_.SetNoon(kMonday + 36);
  EXPECT_EQ(TodayOf(name, kMonday + 36).day_in_block(), 32);
  Record(name, {Mark(2, kMonday + 36)});
  EXPECT_EQ(TodayOf(name, kMonday + 36).block_number(), 2);
  EXPECT_EQ(ScheduleOf(name).blocks(0).days(), 31);

  clock_.SetNoon(kMonday + 64);
  const auto ended = Record(name, {Mark(3, kMonday + 64)});
  EXPECT_TRUE(ended.results(0).accepted());
  EXPECT_EQ(ScheduleOf(name).blocks(1).end_date(), FormatDate(kMonday + 63));
  EXPECT_EQ(TodayOf(name, kMonday + 64).phase(), v1::Today::PHASE_AFTER);
}

TEST_F(MarksTest, NobodyMovesTheBlocksOfATrialWhoseOrderIsKnown) {
  const std::string name = StartedTrial(ByCycles());
  clock_.SetNoon(kMonday + 70);
  const v1::Entry last = Mark(3, kMonday + 60);
  Record(name, {Mark(1, kMonday), Mark(2, kMonday + 30), last});
  for (const v1::Entry& entry : {Mark(4, kMonday + 45), Retraction(5, kMonday + 59, last)}) {
    const auto refused = Record(name, {entry});
    EXPECT_FALSE(refused.results(0).accepted());
    EXPECT_EQ(refused.results(0).rejection().reason(), "WRONG_STATE");
  }
  EXPECT_TRUE(Record(name, {last}).results(0).accepted()) << "what was sent before is known";
  EXPECT_TRUE(Record(name, {Score(6, kMonday + 20, 4)}).results(0).accepted());
}

TEST_F(MarksTest, ACalendarHasNoMarks) {
  const std::string name = StartedTrial();
  const auto refused = Record(name, {Mark(1, kMonday)});
  EXPECT_EQ(refused.results(0).rejection().field(), "mark");
  EXPECT_THAT(refused.results(0).rejection().message(), HasSubstr("visits or cycles"));
}

TEST_F(MarksTest, VisitsHaveNoDaysToSkip) {
  const std::string name = StartedTrial(ByVisits());
  v1::SkipDaysRequest request;
  request.set_name(name);
  request.set_first_date(FormatDate(kMonday));
  request.set_days(2);
  v1::Trial trial;
  EXPECT_EQ(FaultIn(Call(*trials_, &v1::TrialService::Stub::SkipDays, request, &trial)).reason,
            "WRONG_STATE");
}

}  // namespace
}  // namespace solotrial::service
