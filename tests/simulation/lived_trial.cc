#include "tests/simulation/lived_trial.h"

#include <gtest/gtest.h>

#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <optional>
#include <string>

#include "engine/trial/design_matrix.h"
#include "engine/trial/schedule.h"

namespace solotrial::simulation {
namespace {

const Date kStart(2026, 3, 2);

trial::Protocol ProtocolOf(const TrialPlan& plan) {
  trial::Protocol protocol;
  protocol.title = "Simulated";
  protocol.design = {.randomization = trial::Randomization::kPaired,
                     .block_days = plan.block_days,
                     .pairs = plan.pairs};
  trial::Measure measure;
  measure.id = "score";
  measure.family = plan.family;
  measure.minimum = 0;
  measure.maximum = plan.family == inference::Family::kBernoulli ? 1 : 10;
  measure.lower_is_better = true;
  measure.minimal_important_difference = plan.minimal_important_difference;
  measure.primary = true;
  protocol.measures = {measure};
  protocol.kinetics.onset_half_life_days = plan.onset_half_life_days;
  protocol.kinetics.offset_half_life_days = plan.offset_half_life_days;
  protocol.intervention = trial::Intervention{"melatonin", "Take it.", "", {}};
  protocol.time_zone = "Europe/Berlin";
  return protocol;
}

}  // namespace

LivedTrial::LivedTrial(const TrialPlan& plan, RandomStream& random) : protocol_(ProtocolOf(plan)) {
  EXPECT_TRUE(trial::CheckProtocol(protocol_, trial::Purpose::kTrial).empty());
  std::string seed;
  for (int i = 0; i < 32; ++i) seed.push_back(static_cast<char>(random.Below(256)));
  trial_.id = "5d2c1f3e-0000-4000-8000-000000000001";
  trial_.person_id = "5d2c1f3e-0000-4000-8000-000000000002";
  const absl::Status status = trial::Start(trial_, protocol_, "{}", seed, kStart, kStart);
  EXPECT_TRUE(status.ok()) << status;
  for (char block : trial_.allocation) {
    assignment_.insert(assignment_.end(), static_cast<std::size_t>(plan.block_days),
                       block == '1' ? 1 : 0);
  }
}

void LivedTrial::Enter(const std::vector<double>& scores) {
  for (std::size_t d = 0; d < scores.size(); ++d) {
    if (std::isnan(scores[d])) continue;
    trial::Entry entry;
    entry.id = std::to_string(d);
    entry.date = kStart + static_cast<int>(d);
    entry.kind = trial::Entry::Kind::kScore;
    entry.subject = "score";
    entry.value = scores[d];
    entry.sequence = static_cast<int64_t>(d) + 1;
    entries_.push_back(entry);
  }
}

trial::Record LivedTrial::RecordThrough(Date date) const {
  return trial::RecordOfTrial(protocol_, trial_, entries_, date);
}

inference::Record LivedTrial::Matrix() const {
  const trial::Record record = RecordThrough(kStart + static_cast<int>(assignment_.size()) - 1);
  const trial::Measure& measure = trial::PrimaryMeasure(protocol_);
  return trial::DesignMatrix(protocol_, record, measure,
                             trial::SeriesOf(protocol_, record, measure));
}

trial::Decision LivedTrial::Decide(Date through, bool look) const {
  trial::AnalysisRequest request;
  request.protocol_digest = trial_.protocol_digest;
  request.look = look;
  const absl::StatusOr<trial::Decision> decision =
      trial::DecideOn(protocol_, RecordThrough(through), request);
  EXPECT_TRUE(decision.ok()) << decision.status();
  return decision.value_or(trial::Decision::kNotComputed);
}

trial::Decision LivedTrial::DecisionAtEnd() const {
  return Decide(kStart + static_cast<int>(assignment_.size()) - 1, /*look=*/false);
}

trial::Decision LivedTrial::DecisionOfLooks() const {
  const trial::Schedule schedule(protocol_, trial_);
  for (int pair = 1; pair < protocol_.design.pairs; ++pair) {
    // The first day after the pair.
    const Date today = kStart + 2 * pair * protocol_.design.block_days;
    const std::optional<trial::DueLook> due = trial::LastDueLook(protocol_, schedule, today);
    if (!due.has_value()) continue;
    EXPECT_EQ(due->pair, pair);
    const trial::Decision decision = Decide(due->data_date, /*look=*/true);
    if (trial::EndsRecording(decision)) return decision;
  }
  return trial::Decision::kUndecided;
}

double TTestOnDays(const std::vector<double>& assignment, const std::vector<double>& scores) {
  double sum[2] = {0, 0};
  double squares[2] = {0, 0};
  double count[2] = {0, 0};
  for (std::size_t d = 0; d < scores.size(); ++d) {
    if (std::isnan(scores[d])) continue;
    const int arm = assignment[d] > 0 ? 1 : 0;
    sum[arm] += scores[d];
    squares[arm] += scores[d] * scores[d];
    ++count[arm];
  }
  const double freedom = count[0] + count[1] - 2;
  if (count[0] == 0 || count[1] == 0 || freedom <= 0) return 1;
  const double within =
      squares[0] - sum[0] * sum[0] / count[0] + squares[1] - sum[1] * sum[1] / count[1];
  if (!(within > 0)) return 1;
  const double t = (sum[1] / count[1] - sum[0] / count[0]) /
                   std::sqrt(within / freedom * (1 / count[0] + 1 / count[1]));
  const boost::math::students_t reference(freedom);
  return 2 * boost::math::cdf(boost::math::complement(reference, std::abs(t)));
}

}  // namespace solotrial::simulation
