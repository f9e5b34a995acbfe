// Fit: the outer quadrature over what a record leaves open (half-lives, nu, dispersion, the spread
// by arm), slice by slice, and its summary.
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/inference/family_parts.h"
#include "engine/inference/fit_state.h"
#include "engine/inference/gaussian.h"
#include "engine/inference/inference.h"
#include "engine/inference/latent_posterior.h"
#include "engine/inference/mixture.h"
#include "engine/inference/outer_quadrature.h"
#include "engine/inference/slice.h"
#include "engine/inference/validation.h"

namespace solotrial::inference {
namespace {

constexpr double kLogHalfLifeSd = 0.5;  // MODEL.md, section 3
constexpr double kLogNoiseRatioSd = 0.5;

std::vector<OuterAxis> AxesOf(const Record& record, const OuterLayout& layout) {
  std::vector<OuterAxis> axes;
  if (layout.family >= 0) axes.push_back(FamilyAxis(record));
  if (layout.scale >= 0) axes.push_back(ScaleAxis(record));
  if (layout.noise_ratio >= 0) axes.push_back({.step = 0.3});
  // In prior sds; the data say almost nothing about half-lives.
  if (layout.onset >= 0) axes.push_back({.step = 1.2});
  if (layout.offset >= 0) axes.push_back({.step = 1.2});
  return axes;
}

double LogPriorOfSetting(const Record& record, const OuterLayout& layout,
                         const std::vector<double>& at) {
  double log_prior = 0;
  if (layout.scale >= 0) log_prior += LogPriorOfScaleAxis(record, at[layout.scale]);
  if (layout.noise_ratio >= 0) {
    const double z = at[layout.noise_ratio] / kLogNoiseRatioSd;
    log_prior -= 0.5 * z * z;
  }
  if (layout.onset >= 0) {
    log_prior -=
        0.5 * (at[layout.onset] * at[layout.onset] + at[layout.offset] * at[layout.offset]);
  }
  return log_prior;
}

Summary SummaryOf(std::vector<WeightedPoint> points, double (*transform)(double, double),
                  double parameter) {
  for (WeightedPoint& p : points) p.value = transform(p.value, parameter);
  return SummarizePoints(points);
}

// In the units of the record, what was computed in that of `unit`.
void Rescale(const ScoreUnit& unit, Slice& slice) {
  for (EffectComponent& c : slice.effect) {
    c.mean *= unit.unit;
    c.sd *= unit.unit;
    c.benefit *= unit.unit;
    c.spread *= unit.unit;
  }
  for (std::vector<NormalComponent>& parameter : slice.parameters) {
    for (NormalComponent& c : parameter) {
      c.mean *= unit.unit;
      c.sd *= unit.unit;
    }
  }
  for (std::vector<WeightedPoint>* points : {&slice.latent_sd, &slice.noise_sd}) {
    for (WeightedPoint& p : *points) p.value *= unit.unit;
  }
}

// The outcome where the quadrature could not even begin: every coefficient keeps its prior, no
// benefit.
Posterior PriorAlone(const Record& record, const std::string& why) {
  const Regression regression = BuildRegression(record, record.family != Family::kOrdinal);
  const CoefficientPrior prior = PriorOf(record, regression.index, regression.columns.cols());
  const ScoreUnit unit = UnitOf(record);
  const auto summary = [&](int c, double centre) {
    return SummarizeMixture({{1, centre + unit.unit * prior.mean(c), unit.unit * prior.sd(c)}});
  };
  const ColumnIndex& index = regression.index;
  Posterior posterior;
  posterior.effect = summary(index.effect, 0);
  if (index.intercept >= 0) posterior.intercept = summary(index.intercept, unit.centre);
  if (index.trend >= 0) posterior.trend = summary(index.trend, 0);
  for (int c = index.first_covariate; c < prior.mean.size(); ++c) {
    posterior.covariates.push_back(summary(c, 0));
  }
  posterior.benefit.p_any = 0.5;
  posterior.benefit.p_worse = 0.5;
  posterior.under_other_priors.assign(record.other_priors.size(), posterior.benefit);
  posterior.diagnostics.method = "prior";
  posterior.diagnostics.reliable = false;
  posterior.diagnostics.problem = why;
  return posterior;
}

std::string ProblemOf(const Slice& slice, const Posterior& posterior, bool converged,
                      double at_floor) {
  const Benefit& b = posterior.benefit;
  if (!std::isfinite(b.mean + b.sd + b.p_any + b.p_important + posterior.effect.sd)) {
    return "The scores are too extreme to compute with.";
  }
  if (at_floor > 1e-3) {
    return "The scores do not vary beyond what the model fits exactly, so their noise cannot be "
           "estimated.";
  }
  if (slice.failed > 0.01) return "The search for the posterior's mode did not settle.";
  if (slice.edge > 0.01) {
    return "The correlation between days is so strong that it cannot be told from a constant "
           "level.";
  }
  if (!converged || slice.disagreement >= kMostDisagreement)
    return "The numerical integration did not settle.";
  if (slice.sampled && !(slice.pareto_k <= 0.7)) {
    return "Neither the quadrature nor importance sampling describes the posterior well.";
  }
  return "";
}

}  // namespace

Record AtSetting(const Record& record, const OuterLayout& layout, const std::vector<double>& at) {
  Record changed = record;
  if (layout.onset >= 0) {
    changed.kinetics.onset_half_life_days *= std::exp(kLogHalfLifeSd * at[layout.onset]);
    changed.kinetics.offset_half_life_days *= std::exp(kLogHalfLifeSd * at[layout.offset]);
  }
  return changed;
}

OuterLayout LayoutOf(const Record& record) {
  OuterLayout layout;
  int axes = 0;
  if (HasFamilyAxis(record.family)) layout.family = axes++;
  if (HasScaleAxis(record)) layout.scale = axes++;
  if (record.arm_variance) layout.noise_ratio = axes++;
  if (record.kinetics.learn) {
    layout.onset = axes++;
    layout.offset = axes++;
  }
  return layout;
}

namespace {

// Computes the slices of one record as the outer quadrature asks for them.
class Slices {
 public:
  Slices(const Record& record, const FitState* warm, Precision precision, FitState& state)
      : record_(record), warm_(warm), precision_(precision), state_(state) {}

  double LogEvidence(const std::vector<double>& at) {
    if (state_.gaussian.empty() && state_.latent.empty()) first_ = at;
    const Record changed = AtSetting(record_, state_.layout, at);
    const double log_noise_ratio =
        state_.layout.noise_ratio >= 0 ? at[state_.layout.noise_ratio] : 0;
    return LogPriorOfSetting(record_, state_.layout, at) +
           (record_.family == Family::kGaussian ? Gaussian(changed, log_noise_ratio, at)
                                                : Latent(changed, log_noise_ratio, at));
  }

 private:
  // The slice at this setting of the fit before, else the first of this one.
  template <class AnySlice>
  const AnySlice* Anchor(const std::map<std::vector<double>, AnySlice>* before,
                         const std::map<std::vector<double>, AnySlice>& now,
                         const std::vector<double>& at) const {
    if (before != nullptr) {
      const auto same = before->find(at);
      if (same != before->end()) return &same->second;
    }
    if (!now.empty()) return &now.at(first_);
    return before != nullptr && !before->empty() ? &before->begin()->second : nullptr;
  }

  double Gaussian(const Record& changed, double log_noise_ratio, const std::vector<double>& at) {
    const GaussianSlice* start =
        Anchor(warm_ != nullptr ? &warm_->gaussian : nullptr, state_.gaussian, at);
    GaussianSlice slice = ComputeGaussianSlice(changed, log_noise_ratio, start);
    const double log_evidence = slice.slice.log_evidence;
    state_.gaussian.insert_or_assign(at, std::move(slice));
    return log_evidence;
  }

  double Latent(const Record& changed, double log_noise_ratio, const std::vector<double>& at) {
    const Regression regression = RegressionInUnit(changed, log_noise_ratio);
    const double family_axis = state_.layout.family >= 0 ? at[state_.layout.family] : 0;
    const double log_scale = state_.layout.scale >= 0 ? at[state_.layout.scale] : 0;
    const std::unique_ptr<FamilyParts> parts =
        MakeFamilyParts(changed, regression, family_axis, log_scale);
    const LatentSlice* anchor =
        Anchor(warm_ != nullptr ? &warm_->latent : nullptr, state_.latent, at);
    const bool first = state_.latent.empty();
    // Along the outer axes the departure from the normal changes little, but with dispersion.
    const bool keep_correction = !first && record_.family != Family::kNegativeBinomial;
    LatentSlice slice = ComputeLatentSlice(*parts->problem, changed, anchor, keep_correction,
                                           highest_, CheckOf(first));
    sampled_ = sampled_ || slice.slice.sampled;
    highest_ = std::max(highest_, slice.lattice.highest);
    const double log_evidence = slice.slice.log_evidence;
    state_.latent.insert_or_assign(at, std::move(slice));
    return log_evidence;
  }

  Check CheckOf(bool first) const {
    if (precision_ == Precision::kSimulation) return Check::kRough;
    return first || sampled_ ? Check::kImportance : Check::kNone;
  }

  const Record& record_;
  const FitState* warm_;
  const Precision precision_;
  FitState& state_;
  double highest_ = -std::numeric_limits<double>::infinity();
  bool sampled_ = false;
  std::vector<double> first_;  // the first setting
};

// STUDENT_T: the share of the mass at the lowest scale that is looked at.
double ShareAtFloor(const FitState& state) {
  const OuterAxis& axis = state.outer.axes[state.layout.scale];
  double highest = -std::numeric_limits<double>::infinity();
  for (const OuterNode& node : state.outer.nodes) highest = std::max(highest, node.log_evidence);
  double total = 0;
  double floor = 0;
  for (const OuterNode& node : state.outer.nodes) {
    const double w = node.weight * std::exp(node.log_evidence - highest);
    total += w;
    if (node.at[state.layout.scale] - axis.step < axis.lowest) floor += w;
  }
  return floor / total;
}

Posterior Compute(const Record& record, const FitState* warm, Precision precision,
                  FitState& state) {
  const bool gaussian = record.family == Family::kGaussian;
  const bool no_score =
      std::all_of(record.score.begin(), record.score.end(), [](double y) { return std::isnan(y); });
  if (no_score && !gaussian) return PriorAlone(record, "No day has a score.");
  state.layout = LayoutOf(record);
  std::vector<OuterAxis> axes = AxesOf(record, state.layout);
  if (warm != nullptr && warm->outer.axes.size() == axes.size()) axes = warm->outer.axes;
  Slices slices(record, warm, precision, state);
  state.outer =
      IntegrateOuter(axes, [&](const std::vector<double>& at) { return slices.LogEvidence(at); });
  if (state.outer.nodes.empty()) {
    return PriorAlone(record, "The search for the posterior's mode did not settle.");
  }

  double at_floor = 0;
  bool converged = true;
  std::vector<WeightedSlice> weighted;
  for (const OuterNode& node : state.outer.nodes) {
    Slice slice = gaussian ? state.gaussian.at(node.at).slice : state.latent.at(node.at).slice;
    slice.log_evidence = node.log_evidence;
    weighted.push_back({node.weight, std::move(slice)});
    if (gaussian) {
      at_floor = std::max(at_floor, state.gaussian.at(node.at).at_floor);
      converged = converged && state.gaussian.at(node.at).converged;
    }
  }
  if (state.layout.scale >= 0) at_floor = ShareAtFloor(state);
  Slice merged = MergeSlices(std::move(weighted));

  const Regression regression = BuildRegression(record, record.family != Family::kOrdinal);
  const ScoreUnit unit = UnitOf(record);
  if (record.family == Family::kStudentT) {
    Rescale(unit, merged);
    for (NormalComponent& c : merged.parameters[regression.index.intercept]) c.mean += unit.centre;
  }
  const double effect_sd = gaussian ? (record.maximum - record.minimum) / 4 : unit.unit;
  Posterior posterior = SummarizeSlice(merged, record, regression.index,
                                       static_cast<int>(regression.columns.cols()), {0, effect_sd});

  const OuterLayout& layout = state.layout;
  const auto exponential = [](double x, double) { return std::exp(x); };
  if (layout.family >= 0) {
    const std::vector<WeightedPoint>& points = state.outer.marginal[layout.family];
    if (record.family == Family::kStudentT) {
      posterior.degrees_of_freedom = SummaryOf(
          points, [](double w, double) { return 1 + std::exp(w); }, 0);
    } else {
      posterior.dispersion = SummarizePoints(points);
    }
  }
  if (layout.noise_ratio >= 0) {
    posterior.noise_sd_ratio = SummaryOf(state.outer.marginal[layout.noise_ratio], exponential, 0);
  }
  if (layout.onset >= 0) {
    const auto half_life = [](double t, double median) {
      return median * std::exp(kLogHalfLifeSd * t);
    };
    posterior.onset_half_life_days = SummaryOf(state.outer.marginal[layout.onset], half_life,
                                               record.kinetics.onset_half_life_days);
    posterior.offset_half_life_days = SummaryOf(state.outer.marginal[layout.offset], half_life,
                                                record.kinetics.offset_half_life_days);
  }

  Diagnostics& diagnostics = posterior.diagnostics;
  diagnostics.method = gaussian         ? "kalman-quadrature"
                       : merged.sampled ? "collapsed-importance-sampling"
                                        : "collapsed-laplace-quadrature";
  diagnostics.effective_draws = merged.effective_draws;
  diagnostics.pareto_k = std::isfinite(merged.pareto_k) ? merged.pareto_k : 0;
  diagnostics.problem =
      no_score ? "No day has a score." : ProblemOf(merged, posterior, converged, at_floor);
  diagnostics.reliable = diagnostics.problem.empty();
  state.merged = std::move(merged);
  return posterior;
}

}  // namespace

absl::StatusOr<Posterior> ComputePosterior(const Record& record, Precision precision) {
  if (absl::Status status = Validate(record); !status.ok()) return status;
  FitState state;
  return Compute(record, nullptr, precision, state);
}

absl::StatusOr<Fit> Fit::Of(Record record) {
  if (absl::Status status = Validate(record); !status.ok()) return status;
  auto state = std::make_shared<FitState>();
  Fit fit;
  fit.posterior_ = Compute(record, nullptr, Precision::kFull, *state);
  fit.record_ = std::move(record);
  fit.state_ = std::move(state);
  return fit;
}

double Fit::Cdf(Quantity quantity, double value) const {
  return SliceCdf(state_->merged, quantity, value);
}

absl::StatusOr<Posterior> Fit::Refit(const Record& changed) const {
  if (absl::Status status = Validate(changed); !status.ok()) return status;
  FitState state;
  return Compute(changed, state_.get(), Precision::kFull, state);
}

}  // namespace solotrial::inference
