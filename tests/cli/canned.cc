#include "tests/cli/canned.h"

#include "absl/time/civil_time.h"
#include "clients/cli/dates.h"

namespace solotrial::cli {

v1::Protocol HeadacheProtocol() {
  v1::Protocol protocol;
  protocol.set_title("Does magnesium help my headache?");
  v1::Measure& measure = *protocol.add_measures();
  measure.set_id("headache");
  measure.set_family(v1::Measure::ORDINAL);
  measure.set_minimum(0);
  measure.set_maximum(10);
  measure.set_lower_is_better(true);
  measure.set_minimal_important_difference(1);
  measure.set_primary(true);
  return protocol;
}

std::vector<std::optional<double>> Scores(int count, const std::vector<double>& pattern,
                                          double effect, int block_days) {
  std::vector<std::optional<double>> scores;
  for (int d = 0; d < count; ++d) {
    const bool on = (d / block_days) % 2 == 0;
    scores.emplace_back(pattern[static_cast<size_t>(d) % pattern.size()] - (on ? effect : 0));
  }
  return scores;
}

v1::AnalysisResult ResultOf(const std::vector<std::optional<double>>& scores, int block_days) {
  const absl::CivilDay start(2026, 1, 5);
  v1::AnalysisResult result;
  result.set_model_version("1");
  result.set_measure("headache");
  result.set_days(static_cast<int>(scores.size()));
  int observed = 0;
  int missing[2] = {0, 0};
  double sum = 0;
  for (size_t i = 0; i < scores.size(); ++i) {
    const int d = static_cast<int>(i);
    const int block = d / block_days;
    const bool on = block % 2 == 0;
    v1::DayValue& day = *result.add_series();
    day.set_date(FormatIsoDate(start + d));
    day.set_on(on ? 1 : 0);
    day.set_block(block + 1);
    if (scores[i].has_value()) day.set_score(*scores[i]);
    if (d % block_days == 0) {
      sum = 0;
      v1::BlockSummary& summary = *result.add_blocks();
      summary.set_number(block + 1);
      summary.set_pair(block / 2 + 1);
      summary.set_arm(on ? v1::ARM_ON : v1::ARM_OFF);
      summary.set_start_date(day.date());
    }
    v1::BlockSummary& summary = *result.mutable_blocks(result.blocks_size() - 1);
    summary.set_end_date(day.date());
    summary.set_days(summary.days() + 1);
    if (scores[i].has_value()) {
      ++observed;
      sum += *scores[i];
      summary.set_observed_days(summary.observed_days() + 1);
      summary.set_mean(sum / summary.observed_days());
    } else {
      ++missing[on ? 0 : 1];
    }
  }
  result.set_observed_days(observed);
  result.set_missing_on_days(missing[0]);
  result.set_missing_off_days(missing[1]);
  result.set_digest("00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff");
  result.set_seed(1);
  return result;
}

v1::AnalysisResult ClearResult() {
  std::vector<std::optional<double>> scores = Scores(28, {6, 4, 5, 7, 5}, 2, 7);
  scores[3] = std::nullopt;
  scores[15] = std::nullopt;
  v1::AnalysisResult result = ResultOf(scores, 7);
  v1::Verdict& verdict = *result.mutable_verdict();
  verdict.set_decision(v1::Verdict::RESPONDS);
  verdict.set_sentence(
      "In this trial, your score was better in magnesium periods by 1.8 points (95 % 0.9 to 2.7), "
      "an amount that matters to you.");
  verdict.add_remarks()->set_text(
      "You knew when you took it: expectation may explain part of the difference.");
  v1::Benefit& benefit = *result.mutable_benefit();
  benefit.set_unit("points");
  benefit.set_mean(1.83);
  benefit.set_sd(0.46);
  benefit.set_q025(0.92);
  benefit.set_q500(1.83);
  benefit.set_q975(2.74);
  benefit.set_p_any(0.9996);
  benefit.set_p_important(0.964);
  benefit.set_p_worse(0.0004);
  v1::RandomizationTest& test = *result.mutable_randomization_test();
  test.set_p_one_sided(0.25);
  test.set_p_two_sided(0.5);
  test.set_allocations(4);
  test.set_statistic(2.05);
  test.set_smallest_p(0.25);
  v1::Diagnostics& diagnostics = *result.mutable_diagnostics();
  diagnostics.set_method("filter and outer grid");
  diagnostics.set_effective_draws(41.6);
  diagnostics.set_pareto_k(0);
  diagnostics.set_reliable(true);
  diagnostics.set_milliseconds(3.21);
  return result;
}

}  // namespace solotrial::cli
