#include "engine/trial/sensitivity.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <map>
#include <utility>

#include "absl/strings/str_format.h"
#include "engine/base/fault.h"
#include "engine/trial/allocation.h"
#include "engine/trial/design_matrix.h"
#include "engine/trial/statistics.h"

namespace solotrial::trial {
namespace {

constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();
// Half-lives after which the classic washout takes an effect as gone.
constexpr double kWashoutHalfLives = 2;

using Prior = PriorAlternative::Prior;

// The measure's priors beside the model's own, in the order of OtherPriors.
std::vector<std::pair<Prior, inference::EffectPrior>> NamedPriors(const Measure& measure) {
  std::vector<std::pair<Prior, inference::EffectPrior>> priors = {
      {Prior::kSceptical, {.mean = 0, .sd = NeutralEffectSd(measure) / 2}}};
  if (measure.literature_prior.has_value()) {
    priors.emplace_back(Prior::kLiterature, *measure.literature_prior);
  }
  if (measure.own_prior.has_value()) priors.emplace_back(Prior::kOwn, *measure.own_prior);
  return priors;
}

// Whether the rule looks at the benefit at all: it does not for an order that was not drawn, too
// little data, or blocks that were too short.
bool DependsOnBenefit(VerdictFacts facts) {
  facts.benefit.p_any = facts.benefit.p_important = 1;
  facts.benefit.p_worse = 0;
  const Decision best = Decide(facts).decision;
  facts.benefit.p_any = facts.benefit.p_important = 0;
  facts.benefit.p_worse = 1;
  return Decide(facts).decision != best;
}

class SensitivityAnalysis {
 public:
  explicit SensitivityAnalysis(const PrimaryAnalysis& primary)
      : primary_(primary), matrix_(primary.fit.record()) {
    matrix_.other_priors.clear();  // the alternatives are asked under the model's own only
    const Protocol& protocol = primary.protocol;
    const std::vector<bool> washout = DaysAfterSwitch(
        primary.record, protocol.kinetics.initial_exposure, protocol.design.washout_days);
    for (size_t day = 0; day < matrix_.score.size(); ++day) {
      const RecordDay& row = primary.record.days[day];
      const bool counts = !std::isnan(matrix_.score[day]);
      if (counts) scores_.push_back(matrix_.score[day]);
      if (row.block == 0 || row.run_in || washout[day]) continue;
      const bool on = IsOn(row.block);
      ArmDays& arm = on ? result_.on_days : result_.off_days;
      ++arm.days;
      if (counts) {
        if (on) on_scores_.push_back(matrix_.score[day]);
        continue;
      }
      ++arm.missing;
      (on ? missing_on_ : missing_off_).push_back(day);
    }
    std::sort(scores_.begin(), scores_.end());
  }

  absl::StatusOr<Sensitivity> Run(const std::vector<inference::PosteriorDraw>& draws,
                                  uint32_t seed) {
    AddPriors();
    const inference::Posterior& posterior = primary_.fit.posterior();
    result_.trend = posterior.trend;
    result_.autocorrelation = posterior.latent_correlation;
    if (!primary_.brief) {
      SOLOTRIAL_RETURN_IF_ERROR(AddAsTaken());
      SOLOTRIAL_RETURN_IF_ERROR(AddLeaveOneOut());
      SOLOTRIAL_RETURN_IF_ERROR(AddFilledMissing());
      SOLOTRIAL_RETURN_IF_ERROR(AddTippingPoint());
      SOLOTRIAL_RETURN_IF_ERROR(AddClassicWashout());
    }
    SOLOTRIAL_RETURN_IF_ERROR(AddCarryOver());
    if (primary_.guesses.empty()) {
      LeaveOut("blinding");
    } else {
      result_.blinding = ScoreBlinding(primary_.guesses);
    }
    result_.predictive_checks = CheckPredictions(primary_.record, matrix_, draws, seed);
    return std::move(result_);
  }

 private:
  bool IsOn(int block) const { return primary_.record.blocks[static_cast<size_t>(block - 1)].on; }

  void LeaveOut(const std::string& what, std::map<std::string, std::string> parameters = {}) {
    result_.left_out.push_back({"sensitivity.left_out." + what, std::move(parameters)});
  }

  static Alternative Judge(const inference::Benefit& benefit, VerdictFacts facts) {
    facts.benefit = benefit;
    return {benefit, Decide(facts).decision};
  }

  // By the posterior of `changed`.
  static Alternative Judge(const inference::Record& changed, const inference::Posterior& posterior,
                           VerdictFacts facts) {
    // As in the verdict: without a score nothing went wrong, there is too little.
    const bool observed = std::any_of(changed.score.begin(), changed.score.end(),
                                      [](double score) { return !std::isnan(score); });
    facts.reliable = posterior.diagnostics.reliable || !observed;
    facts.problem = posterior.diagnostics.problem;
    return Judge(posterior.benefit, std::move(facts));
  }

  // Of a record that differs from the primary one.
  absl::StatusOr<inference::Posterior> PosteriorOf(const inference::Record& changed) const {
    // Outside GAUSSIAN a refit carries the latent process over from the days that had a score,
    // which is rough where these are others.
    bool same_days = true;
    for (size_t day = 0; day < changed.score.size(); ++day) {
      if (std::isnan(changed.score[day]) != std::isnan(matrix_.score[day])) same_days = false;
    }
    if (same_days || changed.family == inference::Family::kGaussian) {
      return primary_.fit.Refit(changed);
    }
    return inference::ComputePosterior(changed);
  }

  absl::StatusOr<Alternative> Answer(const inference::Record& changed) const {
    SOLOTRIAL_ASSIGN_OR_RETURN(const inference::Posterior posterior, PosteriorOf(changed));
    return Judge(changed, posterior, primary_.facts);
  }

  void AddPriors() {
    const inference::Posterior& posterior = primary_.fit.posterior();
    result_.priors.push_back({.prior = Prior::kNeutral,
                              .effect = {.mean = 0, .sd = NeutralEffectSd(primary_.measure)},
                              .answer = Judge(posterior.benefit, primary_.facts)});
    const auto others = NamedPriors(primary_.measure);
    for (size_t i = 0; i < posterior.under_other_priors.size(); ++i) {
      result_.priors.push_back({.prior = others[i].first,
                                .effect = others[i].second,
                                .answer = Judge(posterior.under_other_priors[i], primary_.facts)});
    }
  }

  absl::Status AddAsTaken() {
    AsTaken taken;
    inference::Record changed = matrix_;
    for (size_t day = 0; day < changed.assignment.size(); ++day) {
      const RecordDay& row = primary_.record.days[day];
      if (row.dose.has_value()) {
        ++taken.logged_days;
        changed.assignment[day] = std::min(1.0, *row.dose);
      } else if (row.assignment > 0) {
        ++taken.unlogged_days;
      }
    }
    if (taken.logged_days == 0) {
      LeaveOut("as_taken");
      return absl::OkStatus();
    }
    const inference::Kinetics& kinetics = matrix_.kinetics;
    taken.half_life_days = (kinetics.onset_half_life_days + kinetics.offset_half_life_days) / 2;
    changed.kinetics = {.onset_half_life_days = taken.half_life_days,
                        .offset_half_life_days = taken.half_life_days,
                        .initial_exposure = kinetics.initial_exposure};
    SOLOTRIAL_ASSIGN_OR_RETURN(taken.answer, Answer(changed));
    taken.answer.decision.reset();
    result_.as_taken = taken;
    return absl::OkStatus();
  }

  absl::Status AddLeaveOneOut() {
    const std::vector<RecordBlock>& blocks = primary_.record.blocks;
    if (blocks.empty()) return absl::OkStatus();
    result_.pairs_left_out = blocks.front().pair > 0;
    const auto unit_of = [this](const RecordBlock& block) {
      return result_.pairs_left_out ? block.pair : block.number;
    };
    const int units = unit_of(blocks.back());
    const int size = (units + kMostLeftOut - 1) / kMostLeftOut;
    for (int first = 1; first <= units; first += size) {
      LeftOut left_out{.first = first, .last = std::min(first + size - 1, units)};
      inference::Record changed = matrix_;
      for (size_t day = 0; day < changed.score.size(); ++day) {
        const int block = primary_.record.days[day].block;
        if (block == 0) continue;
        const int unit = unit_of(blocks[static_cast<size_t>(block - 1)]);
        if (unit >= left_out.first && unit <= left_out.last) changed.score[day] = kMissing;
      }
      SOLOTRIAL_ASSIGN_OR_RETURN(left_out.answer, Answer(changed));
      result_.leave_one_out.push_back(left_out);
    }
    return absl::OkStatus();
  }

  // `score` as it could have been recorded.
  double Possible(double score) const {
    if (IsContinuous(matrix_.family)) return score;
    return std::clamp(std::round(score), primary_.measure.minimum, primary_.measure.maximum);
  }

  absl::Status AddFilledMissing() {
    if ((missing_on_.empty() && missing_off_.empty()) || scores_.empty()) {
      LeaveOut("missing");
      return absl::OkStatus();
    }
    const double low = Possible(Quantile(scores_, 0.1));
    const double high = Possible(Quantile(scores_, 0.9));
    for (const double on_score : {low, high}) {
      for (const double off_score : {low, high}) {
        FilledMissing filled{.on_score = on_score, .off_score = off_score};
        inference::Record changed = matrix_;
        for (const size_t day : missing_on_) changed.score[day] = on_score;
        for (const size_t day : missing_off_) changed.score[day] = off_score;
        SOLOTRIAL_ASSIGN_OR_RETURN(filled.answer, Answer(changed));
        result_.filled_missing.push_back(filled);
      }
    }
    return absl::OkStatus();
  }

  absl::Status AddTippingPoint() {
    const double sd = StandardDeviation(scores_);
    const bool can_change = !missing_on_.empty() && !on_scores_.empty() && sd > 0;
    if (!can_change || !DependsOnBenefit(primary_.facts)) {
      LeaveOut(can_change ? "tipping_point.verdict" : "tipping_point.missing");
      return absl::OkStatus();
    }
    const TippingRange range{.mean = Mean(on_scores_),
                             .standard_deviation = sd,
                             .lowest = primary_.measure.minimum,
                             .highest = primary_.measure.maximum,
                             .whole_numbers = !IsContinuous(matrix_.family),
                             .verdict = Decide(primary_.facts).decision};
    const auto decide = [this](double score) -> absl::StatusOr<Decision> {
      inference::Record changed = matrix_;
      for (const size_t day : missing_on_) changed.score[day] = score;
      SOLOTRIAL_ASSIGN_OR_RETURN(const Alternative answer, Answer(changed));
      return *answer.decision;
    };
    SOLOTRIAL_ASSIGN_OR_RETURN(result_.tipping_point, FindTippingPoint(range, decide));
    return absl::OkStatus();
  }

  // The design's length of a block, else that of the shortest.
  int BlockDays() const {
    if (primary_.record.design.block_days > 0) return primary_.record.design.block_days;
    int shortest = std::numeric_limits<int>::max();
    for (const RecordBlock& block : primary_.record.blocks) {
      shortest = std::min(shortest, static_cast<int>(block.last_day - block.first_day) + 1);
    }
    return primary_.record.blocks.empty() ? 0 : shortest;
  }

  // Of the classic washout; 0: neither a washout nor a half-life says how long.
  int WashoutDays() const {
    if (primary_.protocol.design.washout_days > 0) return primary_.protocol.design.washout_days;
    const inference::Kinetics& kinetics = matrix_.kinetics;
    return static_cast<int>(
        std::ceil(kWashoutHalfLives *
                  std::max(kinetics.onset_half_life_days, kinetics.offset_half_life_days)));
  }

  absl::Status AddClassicWashout() {
    const int washout = WashoutDays();
    const int block_days = BlockDays();
    if (washout == 0) {
      LeaveOut("washout.none");
      return absl::OkStatus();
    }
    if (2 * washout >= block_days) {
      LeaveOut("washout.too_long", {{"days", absl::StrFormat("%d", washout)},
                                    {"block_days", absl::StrFormat("%d", block_days)}});
      return absl::OkStatus();
    }
    inference::Record changed = matrix_;
    changed.kinetics = {.initial_exposure = matrix_.kinetics.initial_exposure};
    const std::vector<bool> after =
        DaysAfterSwitch(primary_.record, changed.kinetics.initial_exposure, washout);
    for (size_t day = 0; day < changed.score.size(); ++day) {
      if (after[day]) changed.score[day] = kMissing;
    }
    SOLOTRIAL_ASSIGN_OR_RETURN(const inference::Posterior posterior, PosteriorOf(changed));
    VerdictFacts facts = primary_.facts;
    facts.exposure_contrast =
        ExposureContrast(primary_.record, changed.assignment, changed.kinetics);
    result_.classic_washout = {washout, Judge(changed, posterior, facts)};
    return absl::OkStatus();
  }

  absl::Status AddCarryOver() {
    const int block_days = BlockDays();
    const int longest = (block_days - 1) / 2;
    const int washout = WashoutDays();
    CarryOver carry_over{
        .days = std::min(longest, std::max(1, washout > 0 ? washout : block_days / 4))};
    inference::Record changed = matrix_;
    std::vector<double> after_on(changed.score.size(), 0);
    const std::vector<RecordBlock>& blocks = primary_.record.blocks;
    for (size_t i = 1; i < blocks.size(); ++i) {
      if (blocks[i].on || !blocks[i - 1].on) continue;
      for (size_t day = blocks[i].first_day; day <= blocks[i].last_day; ++day) {
        const bool early = day <= blocks[i - 1].last_day + static_cast<size_t>(carry_over.days);
        if (!early || primary_.record.days[day].block != blocks[i].number) continue;
        after_on[day] = 1;
        if (!std::isnan(changed.score[day])) ++carry_over.observed_days;
      }
    }
    if (longest < 1 || carry_over.observed_days == 0) {
      LeaveOut("carry_over");
      return absl::OkStatus();
    }
    changed.covariates.push_back(std::move(after_on));
    // One covariate more than the fit has: computed from the start.
    SOLOTRIAL_ASSIGN_OR_RETURN(const inference::Posterior posterior,
                               inference::ComputePosterior(changed));
    carry_over.effect = posterior.covariates.back();
    carry_over.answer = Judge(changed, posterior, primary_.facts);
    result_.carry_over = carry_over;
    return absl::OkStatus();
  }

  const PrimaryAnalysis& primary_;
  inference::Record matrix_;       // of the primary analysis
  std::vector<double> scores_;     // that count, sorted
  std::vector<double> on_scores_;  // of these, in on blocks
  std::vector<size_t> missing_on_;
  std::vector<size_t> missing_off_;
  Sensitivity result_;
};

}  // namespace

std::vector<inference::EffectPrior> OtherPriors(const Measure& measure) {
  std::vector<inference::EffectPrior> priors;
  for (const auto& [name, prior] : NamedPriors(measure)) priors.push_back(prior);
  return priors;
}

absl::StatusOr<Sensitivity> AnalyzeSensitivity(const PrimaryAnalysis& primary,
                                               const std::vector<inference::PosteriorDraw>& draws,
                                               uint32_t seed) {
  return SensitivityAnalysis(primary).Run(draws, seed);
}

}  // namespace solotrial::trial
