// What speaks against taking the answer at its word: see summary.h.
#include <algorithm>
#include <cmath>

#include "absl/strings/str_format.h"
#include "engine/report/summary.h"
#include "engine/report/summary_words.h"
#include "engine/report/words.h"

namespace solotrial::report {
namespace {

// A predictive check below this p fails; of the many block means fewer fail by chance.
constexpr double kCheckP = 0.05;
constexpr double kBlockCheckP = 0.01;
// The share of the full effect below which blocks are called short.
constexpr double kLowContrast = 0.8;
// Shares of missing scores, and how far the arms may differ in them.
constexpr double kManyMissing = 0.2;
constexpr double kUnevenMissing = 0.1;
constexpr int kFewestUneven = 3;
// Share of doses of on-days that may be missing.
constexpr double kFewDoses = 0.8;
constexpr double kLevel = 0.05;

class Checks {
 public:
  Checks(const Summary& summary, Language language)
      : summary_(summary),
        outcome_(summary.results->record.outcome),
        say_(language),
        words_(summary, language) {}

  std::vector<std::string> Run() {
    CheckData();
    CheckDoses();
    CheckDesign();
    CheckModel();
    return std::move(failed_);
  }

 private:
  void Fail(const std::string& id, const std::map<std::string, std::string>& parameters = {}) {
    failed_.push_back(say_(id, parameters));
  }

  static std::string Whole(double share) { return absl::StrFormat("%.0f", 100 * share); }

  void CheckData() {
    int on_days = 0;
    int off_days = 0;
    for (const trial::BlockSummary& block : outcome_.blocks) {
      (block.block.on ? on_days : off_days) += block.days;
    }
    const int missing = outcome_.missing_on_days + outcome_.missing_off_days;
    if (on_days + off_days == 0) return;
    const double share = static_cast<double>(missing) / (on_days + off_days);
    if (share > kManyMissing) Fail("check.missing", {{"percent", Whole(share)}});
    if (on_days == 0 || off_days == 0) {
      Fail("check.one_arm");
      return;
    }
    const double on = static_cast<double>(outcome_.missing_on_days) / on_days;
    const double off = static_cast<double>(outcome_.missing_off_days) / off_days;
    if (std::abs(on - off) > kUnevenMissing &&
        std::abs(outcome_.missing_on_days - outcome_.missing_off_days) >= kFewestUneven) {
      Fail("check.uneven", {{"on", Whole(on)}, {"off", Whole(off)}});
    }
  }

  void CheckDoses() {
    int on_days = 0;
    int off_taken = 0;
    double taken = 0;
    bool logged = false;
    for (const trial::AdherenceDay& day : summary_.results->record.adherence) {
      if (day.block == 0 || !day.dose.has_value()) continue;
      logged = true;
      if (day.on) {
        ++on_days;
        taken += std::min(1.0, *day.dose);
      } else if (*day.dose > 0) {
        ++off_taken;
      }
    }
    if (!logged) return;
    if (on_days > 0 && taken < kFewDoses * on_days) {
      Fail("check.doses", {{"percent", Whole(taken / on_days)}});
    }
    if (off_taken > 0) Fail("check.off_doses", {{"days", std::to_string(off_taken)}});
  }

  void CheckDesign() {
    const auto has_arm = [this](bool on) {
      return std::any_of(outcome_.blocks.begin(), outcome_.blocks.end(),
                         [on](const trial::BlockSummary& block) { return block.block.on == on; });
    };
    if (has_arm(true) && has_arm(false) && outcome_.exposure_contrast < kLowContrast) {
      Fail("check.contrast", {{"percent", Whole(std::max(0.0, outcome_.exposure_contrast))}});
    }
    if (outcome_.randomization_test.has_value() &&
        outcome_.randomization_test->smallest_p > kLevel) {
      Fail("check.few_orders", {{"p", say_.PValue(outcome_.randomization_test->smallest_p)}});
    }
    for (const auto& [id, days] : outcome_.missing_covariate_days) {
      Fail("check.covariate", {{"id", id}, {"days", std::to_string(days)}});
    }
  }

  void CheckModel() {
    if (!outcome_.posterior.diagnostics.reliable && outcome_.observed_days > 0) {
      Fail("check.unreliable", {{"problem", outcome_.posterior.diagnostics.problem}});
    }
    if (!outcome_.sensitivity.has_value()) return;
    const trial::Sensitivity& sensitivity = *outcome_.sensitivity;
    for (const trial::PriorAlternative& prior : sensitivity.priors) {
      if (!prior.answer.decision.has_value() ||
          *prior.answer.decision == outcome_.verdict.decision) {
        continue;
      }
      Fail("check.prior", {{"prior", words_.PriorName(prior.prior)},
                           {"decision", words_.Decision(*prior.answer.decision)}});
    }
    if (sensitivity.carry_over.has_value() &&
        (sensitivity.carry_over->effect.q025 > 0 || sensitivity.carry_over->effect.q975 < 0)) {
      Fail("check.carry_over", {{"days", std::to_string(sensitivity.carry_over->days)}});
    }
    if (sensitivity.trend.has_value() &&
        (sensitivity.trend->q025 > 0 || sensitivity.trend->q975 < 0)) {
      Fail("check.trend");
    }
    if (sensitivity.blinding.has_value() && sensitivity.blinding->share_right.has_value() &&
        sensitivity.blinding->share_right->q025 > 0.5) {
      Fail("check.blinding");
    }
    CheckPredictions(sensitivity.predictive_checks);
  }

  void CheckPredictions(const std::vector<trial::PredictiveCheck>& checks) {
    using Statistic = trial::PredictiveCheck::Statistic;
    for (const trial::PredictiveCheck& check : checks) {
      const bool block = check.statistic == Statistic::kBlockMean;
      if (check.p >= (block ? kBlockCheckP : kCheckP)) continue;
      const char* id = block                                              ? "check.block_mean"
                       : check.statistic == Statistic::kMean              ? "check.mean"
                       : check.statistic == Statistic::kStandardDeviation ? "check.sd"
                       : check.statistic == Statistic::kShareLowest       ? "check.lowest"
                                                                          : "check.lag";
      Fail(id, {{"block", std::to_string(check.block)},
                {"observed", Plain(check.observed, 2)},
                {"low", Plain(check.q025, 2)},
                {"high", Plain(check.q975, 2)}});
    }
  }

  const Summary& summary_;
  const trial::AnalysisOutcome& outcome_;
  const Words say_;
  const SummaryWords words_;
  std::vector<std::string> failed_;
};

}  // namespace

std::vector<std::string> FailedChecks(const Summary& summary, Language language) {
  return Checks(summary, language).Run();
}

}  // namespace solotrial::report
