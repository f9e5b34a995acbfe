#include <gmock/gmock.h>
#include <google/protobuf/util/message_differencer.h>
#include <grpcpp/channel.h>

#include "engine/service/embedded.h"
#include "solotrial/v1/plan_service.grpc.pb.h"
#include "tests/service/engine.h"

namespace solotrial::service {
namespace {

using google::protobuf::util::MessageDifferencer;
using testing::Contains;
using testing::ElementsAre;

class PlanServiceTest : public EngineTest {
 protected:
  // GAUSSIAN, so that it is quick.
  static v1::PlanTrialRequest Request(int trials = 50) {
    v1::PlanTrialRequest request;
    *request.mutable_protocol() = PairedProtocol();
    request.mutable_protocol()->mutable_measures(0)->set_family(v1::Measure::GAUSSIAN);
    request.mutable_protocol()->clear_kinetics();
    request.set_trials(trials);
    return request;
  }
  std::unique_ptr<grpc::ClientReader<v1::Plan>> Plan(grpc::ClientContext& context,
                                                     const v1::PlanTrialRequest& request) {
    Authorize(context);
    return plans_->PlanTrial(&context, request);
  }
  // The fault of a request that is refused.
  WireFault Refusal(const v1::PlanTrialRequest& request) {
    grpc::ClientContext context;
    const auto reader = Plan(context, request);
    v1::Plan plan;
    while (reader->Read(&plan)) {
    }
    return FaultIn(reader->Finish());
  }

  const std::unique_ptr<v1::PlanService::Stub> plans_ = v1::PlanService::NewStub(channel_);
};

TEST_F(PlanServiceTest, TellsHowFarItIsAndEndsWithThePlan) {
  grpc::ClientContext context;
  const auto reader = Plan(context, Request());
  v1::Plan plan;
  double before = -1;
  while (reader->Read(&plan)) {
    EXPECT_GT(plan.progress(), before);
    EXPECT_EQ(plan.has_recommended(), plan.progress() == 1);
    before = plan.progress();
  }
  ASSERT_TRUE(reader->Finish().ok());
  EXPECT_EQ(plan.progress(), 1);
  EXPECT_EQ(plan.measure(), "legs");
  EXPECT_EQ(plan.unit(), "points");
  ASSERT_EQ(plan.candidates_size(), 2);  // of three pairs of 7 days one is four weeks more
  EXPECT_EQ(plan.candidates(0).days(), 42);
  EXPECT_EQ(plan.candidates(1).days(), 70);
  ASSERT_EQ(plan.candidates(0).cells_size(), 4);
  EXPECT_EQ(plan.candidates(0).cells(3).truth(), v1::PlanCell::TRUTH_TWICE_THE_DIFFERENCE);
  EXPECT_EQ(plan.candidates(0).cells(3).benefit(), 2);
  EXPECT_GT(plan.candidates(0).cells(3).right().standard_error(), 0);
}

TEST_F(PlanServiceTest, IsTheSameInProcess) {
  v1::PlanTrialRequest request = Request();
  request.set_no_candidates(true);
  grpc::ClientContext context;
  const auto reader = Plan(context, request);
  v1::Plan served;
  while (reader->Read(&served)) {
  }
  v1::Plan in_process;
  ASSERT_TRUE(embedded::PlanTrial(request, {}, &in_process).ok());
  EXPECT_TRUE(MessageDifferencer::Equals(served, in_process));
}

TEST_F(PlanServiceTest, OneAtATimeAndCancelledWhenNobodyWaits) {
  // Too long to be waited for.
  v1::PlanTrialRequest request = Request(10'000);
  request.mutable_protocol()->mutable_measures(0)->set_family(v1::Measure::ORDINAL);
  request.set_no_candidates(true);
  v1::PlanTrialRequest quick = Request();
  quick.set_no_candidates(true);
  grpc::ClientContext first;
  const auto reader = Plan(first, request);
  v1::Plan plan;
  ASSERT_TRUE(reader->Read(&plan));
  EXPECT_EQ(plan.progress(), 0);
  grpc::ClientContext second;
  const auto other = Plan(second, quick);
  EXPECT_FALSE(other->Read(&plan));
  const WireFault busy = FaultIn(other->Finish());
  EXPECT_EQ(busy.reason, "BUSY");
  EXPECT_TRUE(busy.retry);

  first.TryCancel();
  EXPECT_EQ(reader->Finish().error_code(), grpc::StatusCode::CANCELLED);
  // The place is free as soon as the trial that was being simulated is over.
  grpc::Status status;
  do {
    grpc::ClientContext third;
    const auto next = Plan(third, quick);
    while (next->Read(&plan)) {
    }
    status = next->Finish();
  } while (FaultIn(status).reason == "BUSY");
  EXPECT_TRUE(status.ok()) << status.error_message();
}

TEST_F(PlanServiceTest, TheEngineStopsWithAPlanUnderWay) {
  v1::PlanTrialRequest request = Request(10'000);
  request.mutable_protocol()->mutable_measures(0)->set_family(v1::Measure::ORDINAL);
  request.set_no_candidates(true);
  grpc::ClientContext context;
  const auto reader = Plan(context, request);
  v1::Plan plan;
  ASSERT_TRUE(reader->Read(&plan));
  server_.reset();
  EXPECT_FALSE(reader->Finish().ok());
}

TEST_F(PlanServiceTest, NamesWhatCannotBePlanned) {
  v1::PlanTrialRequest request = Request();
  request.set_trials(49);
  EXPECT_THAT(Refusal(request).fields, ElementsAre("trials"));
  request = Request(10'000);
  request.mutable_protocol()->mutable_design()->set_pairs(80);
  EXPECT_THAT(Refusal(request).fields, ElementsAre("trials"));
  request = Request();
  request.mutable_protocol()->mutable_design()->set_pairs(0);
  EXPECT_THAT(Refusal(request).fields, ElementsAre("protocol.design.pairs"));
  request = Request();
  request.mutable_assumptions()->set_typical_score(11);
  request.mutable_assumptions()->set_score_sd(-1);
  request.mutable_assumptions()->set_autocorrelation(0.9);
  request.mutable_assumptions()->set_missing_share(2);
  request.mutable_assumptions()->set_cycle_days(7);
  EXPECT_THAT(Refusal(request).fields,
              ElementsAre("assumptions.typical_score", "assumptions.score_sd",
                          "assumptions.autocorrelation", "assumptions.missing_share",
                          "assumptions.cycle_days"));
  request = Request();
  request.mutable_assumptions()->set_typical_score(1);
  EXPECT_THAT(Refusal(request).fields, ElementsAre("protocol.minimal_important_difference"));
  request = Request();
  *request.add_candidates() = request.protocol().design();
  request.mutable_candidates(0)->set_block_days(400);
  EXPECT_THAT(Refusal(request).fields, Contains("candidates[0].block_days"));
  request.set_no_candidates(true);
  EXPECT_THAT(Refusal(request).fields, ElementsAre("candidates"));
  request = Request();
  for (int i = 0; i < 9; ++i) *request.add_candidates() = request.protocol().design();
  EXPECT_THAT(Refusal(request).fields, ElementsAre("candidates"));
  request = Request();
  request.mutable_protocol()->mutable_kinetics()->set_onset_half_life_days(20);
  request.mutable_protocol()->mutable_kinetics()->set_offset_half_life_days(20);
  EXPECT_THAT(Refusal(request).fields, Contains("protocol.design.block_days"));
}

}  // namespace
}  // namespace solotrial::service
