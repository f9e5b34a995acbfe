#include "engine/inference/latent_posterior.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <optional>
#include <utility>

#include "engine/inference/correlation_prior.h"
#include "engine/inference/importance_check.h"
#include "engine/inference/mixture.h"
#include "engine/inference/pareto.h"

namespace solotrial::inference {
namespace {

// Spacing of the nodes where the usual one does not do.
constexpr double kCloser = 0.6;
// And where rough will do.
constexpr double kFarther = 1.6;

// rho over a row: the density of z between its nodes.
void AddCorrelation(const LatticeRow& row, double weight, std::vector<WeightedPoint>& points) {
  std::vector<double> log_density;
  const int first = row.nodes.begin()->first;
  for (int key = first; key <= row.nodes.rbegin()->first; ++key) {
    const auto at = row.nodes.find(key);
    log_density.push_back(at != row.nodes.end() && at->second.good
                              ? at->second.log_weight
                              : -std::numeric_limits<double>::infinity());
  }
  std::vector<WeightedPoint> fine = InterpolateDensity(log_density, /*even=*/false);
  double total = 0;
  for (const WeightedPoint& p : fine) total += p.weight;
  for (const WeightedPoint& p : fine) {
    points.push_back(
        {std::tanh(row.centre + (first + p.value) * row.step), weight * p.weight / total});
  }
}

// Without latent process rho keeps its prior.
void AddPriorCorrelation(double weight, std::vector<WeightedPoint>& points) {
  constexpr double kStep = 0.1;
  for (double z = -3.5; z < 6; z += kStep) {
    points.push_back({std::tanh(z), weight * kStep * std::exp(LogPriorOfZ(z))});
  }
}

// What the rows' masses say of the row variable, for every fine point in it: the row variable and
// its weight (summing to 1).
std::vector<WeightedPoint> RowPoints(const Lattice& lattice) {
  const int last = lattice.rows.rbegin()->first;
  const int first = lattice.rows.begin()->first;
  std::vector<double> log_mass;
  for (int key = first; key <= last; ++key) {
    const auto at = lattice.rows.find(key);
    log_mass.push_back(at != lattice.rows.end() ? at->second.log_mass
                                                : -std::numeric_limits<double>::infinity());
  }
  std::vector<WeightedPoint> points = InterpolateDensity(log_mass, /*even=*/first == 0);
  double total = 0;
  for (const WeightedPoint& p : points) total += p.weight;
  std::vector<WeightedPoint> inside;
  for (WeightedPoint p : points) {
    p.weight /= total;
    p.value = (first + p.value) * lattice.row_step;
    if (p.value >= 0) inside.push_back(p);
  }
  return inside;
}

// Mean and sd of one element of phi over a row, at the rows' values.
struct RowMoments {
  std::vector<double> value;
  std::vector<double> mean;
  std::vector<double> sd;
};

RowMoments MomentsByRow(const Lattice& lattice, int element) {
  RowMoments moments;
  for (const auto& [row_key, row] : lattice.rows) {
    double total = 0;
    double mean = 0;
    double square = 0;
    for (const auto& [key, node] : row.nodes) {
      if (!node.good) continue;
      const double w = lattice.Weight(row_key, row, node);
      total += w;
      mean += w * node.phi(element);
      square += w * (node.phi(element) * node.phi(element) + node.sd(element) * node.sd(element));
    }
    if (!(total > 0)) continue;
    mean /= total;
    moments.value.push_back(row.value);
    moments.mean.push_back(mean);
    moments.sd.push_back(std::sqrt(std::max(0.0, square / total - mean * mean)));
  }
  return moments;
}

double Interpolate(const std::vector<double>& x, const std::vector<double>& y, double at) {
  if (at <= x.front()) return y.front();
  if (at >= x.back()) return y.back();
  const auto above = static_cast<std::size_t>(std::upper_bound(x.begin(), x.end(), at) - x.begin());
  const double share = (at - x[above - 1]) / (x[above] - x[above - 1]);
  return y[above - 1] + share * (y[above] - y[above - 1]);
}

// sigma_u = s sin(theta), sigma = s cos(theta), s known.
void AddSpreads(const LatentProblem& problem, const std::vector<WeightedPoint>& rows,
                Slice& slice) {
  for (const WeightedPoint& p : rows) {
    const double theta = std::min(p.value, M_PI - p.value);
    slice.noise_sd.push_back({problem.fixed_scale * problem.NoiseShare(theta), p.weight});
    if (problem.autocorrelation) slice.latent_sd.push_back({problem.LatentSd(theta), p.weight});
  }
}

// The same with log s about normal given theta.
void AddSpreads(const LatentProblem& problem, const std::vector<WeightedPoint>& rows,
                const RowMoments& log_scale, Slice& slice) {
  for (const WeightedPoint& p : rows) {
    const double theta = std::min(p.value, M_PI - p.value);
    const double mean = Interpolate(log_scale.value, log_scale.mean, theta);
    const double sd = Interpolate(log_scale.value, log_scale.sd, theta);
    constexpr double kStep = 0.5;
    constexpr int kSteps = 7;
    for (int k = -kSteps; k <= kSteps; ++k) {
      const double t = k * kStep;
      const double w = p.weight * kStep / std::sqrt(2 * M_PI) * std::exp(-0.5 * t * t);
      const double s = std::exp(mean + t * sd);
      slice.noise_sd.push_back({s * problem.NoiseShare(theta), w});
      if (problem.autocorrelation) slice.latent_sd.push_back({s * problem.LatentSd(theta), w});
    }
  }
}

// A latent mode by day, for other days: between days that had one, in a straight line.
Eigen::VectorXd CarryMode(const Eigen::VectorXd& mode, const std::vector<int>& from,
                          const std::vector<int>& to) {
  if (from == to) return mode;
  Eigen::VectorXd carried(static_cast<Eigen::Index>(to.size()));
  std::size_t after = 0;
  for (std::size_t i = 0; i < to.size(); ++i) {
    while (after < from.size() && from[after] < to[i]) ++after;
    const std::size_t before = after > 0 ? after - 1 : 0;
    const std::size_t next = std::min(after, from.size() - 1);
    const double span = from[next] - from[before];
    const double share = span > 0 ? (to[i] - from[before]) / span : 0;
    carried(static_cast<Eigen::Index>(i)) =
        mode(static_cast<Eigen::Index>(before)) +
        share * (mode(static_cast<Eigen::Index>(next)) - mode(static_cast<Eigen::Index>(before)));
  }
  return carried;
}

// P(a day on scores higher than a day off), over the lattice and along delta's path.
double HigherDay(const LatentProblem& problem, const Lattice& lattice, double total) {
  const Regression& regression = problem.collapsed.regression;
  const int coefficients = static_cast<int>(regression.columns.cols());
  const int effect = regression.index.effect;
  Eigen::VectorXd average = regression.columns.colwise().mean();
  average(effect) = 0;
  double sum = 0;
  double weights = 0;
  for (const auto& [row_key, row] : lattice.rows) {
    for (const auto& [key, node] : row.nodes) {
      if (!node.good) continue;
      const double w = lattice.Weight(row_key, row, node) / total;
      if (w < 5e-3) continue;
      double scale = problem.LatentSd(row.value);
      if (problem.collapsed.scale_coordinate >= 0) {
        scale *= std::exp(node.phi(coefficients + problem.collapsed.scale_coordinate));
      }
      for (int k = -1; k <= 1; ++k) {
        const Eigen::VectorXd phi = node.phi + k * std::sqrt(3.0) * node.path;
        const double higher = problem.response.HigherDay(
            average.dot(phi.head(coefficients)), phi(effect), scale, problem.NoiseShare(row.value),
            phi.tail(phi.size() - coefficients));
        sum += w * (k == 0 ? 4 : 1) / 6 * higher;
      }
      weights += w;
    }
  }
  return weights > 0 ? sum / weights : 0.5;
}

// Integrates over the lattice of `result`: fills its slice and, but where it is `kept`, its
// correction.
void Integrate(const LatentProblem& problem, const Record& record, NodeSolver& solver,
               const PathCorrection* kept, LatentSlice& result) {
  const int effect = problem.collapsed.regression.index.effect;
  const double sign = record.lower_is_better ? -1 : 1;
  Lattice& lattice = result.lattice;
  Slice& slice = result.slice;
  if (!std::isfinite(lattice.highest)) {
    lattice.rows.clear();
    slice.failed = 1;
    slice.log_evidence = -std::numeric_limits<double>::infinity();
    return;
  }
  result.correction =
      kept != nullptr
          ? *kept
          : CorrectPath(solver, lattice.HighestNode(lattice.angle ? kSharpAngle : kHighestLatentSd),
                        effect);

  double total = 0;
  double square = 0;
  double half[2] = {0, 0};
  std::vector<EffectComponent> halves[2];
  slice.parameters.resize(solver.model().parameters());
  double row_total = 0;
  for (const auto& [row_key, row] : lattice.rows) {
    double row_weight = 0;
    for (const auto& [key, node] : row.nodes) {
      const double w = lattice.Weight(row_key, row, node);
      if (!node.good) {
        slice.failed += w;
        continue;
      }
      total += w;
      row_weight += w;
      if (w < 1e-7) continue;
      square += w * w;
      const int parity = Parity(row_key, key);
      half[parity] += w;
      AddComponents(result.correction, node, effect, sign, w, halves[parity]);
      for (int c = 0; c < solver.model().parameters(); ++c) {
        slice.parameters[c].push_back({w, node.phi(c), node.sd(c)});
      }
      if ((!lattice.angle && row.value + lattice.row_step > kHighestLatentSd) ||
          (row_key != 0 && std::abs(node.z) + row.step > kHighestZ)) {
        slice.edge += w;
      }
    }
    row_total += row_weight;
    if (!problem.autocorrelation) continue;
    if (row_key == 0) {
      AddPriorCorrelation(row_weight, slice.latent_correlation);
    } else if (row_weight > 0) {
      AddCorrelation(row, row_weight, slice.latent_correlation);
    }
  }
  slice.log_evidence = lattice.highest + std::log(total);
  slice.failed /= total;
  slice.edge /= total;
  slice.effective_draws = total * total / square;
  if (half[0] > 0 && half[1] > 0) {
    const BenefitProbabilities even = ProbabilitiesOf(halves[0], record);
    const BenefitProbabilities odd = ProbabilitiesOf(halves[1], record);
    slice.disagreement =
        std::max(std::abs(even.any - odd.any), std::abs(even.important - odd.important));
  }
  slice.effect = std::move(halves[0]);
  slice.effect.insert(slice.effect.end(), halves[1].begin(), halves[1].end());
  for (EffectComponent& c : slice.effect) c.weight /= total;
  for (std::vector<NormalComponent>& parameter : slice.parameters) {
    for (NormalComponent& c : parameter) c.weight /= total;
  }
  for (WeightedPoint& p : slice.latent_correlation) p.weight /= total;
  const std::vector<WeightedPoint> rows =
      lattice.rows.size() > 1 ? RowPoints(lattice) : std::vector<WeightedPoint>{{0.0, 1.0}};
  if (problem.collapsed.scale_coordinate >= 0) {
    const int element = solver.model().coefficients() + problem.collapsed.scale_coordinate;
    AddSpreads(problem, rows, MomentsByRow(lattice, element), slice);
  } else if (lattice.angle) {
    AddSpreads(problem, rows, slice);
  } else if (problem.autocorrelation) {
    slice.latent_sd = rows;
  }
  slice.higher_day = HigherDay(problem, lattice, total);
}

}  // namespace

LatentSlice ComputeLatentSlice(const LatentProblem& problem, const Record& record,
                               const LatentSlice* anchor, bool keep_correction, double floor,
                               Check check) {
  NodeSolver solver(problem);
  LatentSlice result;
  result.day = problem.collapsed.regression.day;
  std::optional<Lattice> shifted;
  if (anchor != nullptr && !anchor->lattice.rows.empty()) {
    shifted = ShiftLattice(problem, solver, anchor->lattice, [&](const Eigen::VectorXd& mode) {
      return CarryMode(mode, anchor->day, result.day);
    });
  }
  result.lattice =
      shifted.has_value()
          ? *std::move(shifted)
          : BuildLattice(problem, solver, anchor != nullptr ? &anchor->lattice : nullptr, floor,
                         check == Check::kRough ? kFarther : 1);
  const PathCorrection* kept = anchor != nullptr && keep_correction ? &anchor->correction : nullptr;
  Integrate(problem, record, solver, kept, result);
  if (check == Check::kRough) {
    // The halves of rough nodes differ, and the whole is as good as it is to be.
    result.slice.disagreement = 0;
    return result;
  }
  if (result.slice.disagreement >= kMostDisagreement) {
    // Some posteriors want closer nodes than most.
    const Lattice wide = std::move(result.lattice);
    result.lattice = BuildLattice(problem, solver, &wide, floor, kCloser);
    result.slice = Slice();
    Integrate(problem, record, solver, kept, result);
  }
  if (check == Check::kImportance) CheckByImportance(problem, record, solver, result);
  return result;
}

}  // namespace solotrial::inference
