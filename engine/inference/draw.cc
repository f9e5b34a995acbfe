// Fit::Draw.
#include <Eigen/Cholesky>
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <memory>
#include <vector>

#include "engine/base/random.h"
#include "engine/inference/family_parts.h"
#include "engine/inference/fit_state.h"
#include "engine/inference/inference.h"
#include "engine/inference/level_prior.h"
#include "engine/inference/whitening.h"

namespace solotrial::inference {
namespace {

double Normal(RandomStream& random) {
  const double radius = std::sqrt(-2 * std::log1p(-random.Uniform()));
  return radius * std::cos(2 * M_PI * random.Uniform());
}

// The index of an element drawn by weight; `weight` must have one above 0.
std::size_t DrawIndex(const std::vector<double>& weight, RandomStream& random) {
  double total = 0;
  for (double w : weight) total += w;
  double left = random.Uniform() * total;
  for (std::size_t i = 0; i + 1 < weight.size(); ++i) {
    left -= weight[i];
    if (left < 0) return i;
  }
  return weight.size() - 1;
}

// u on the record's last day, from its mean and variance on the last day with a score.
double DrawLast(double mean, double variance, double latent_sd, double rho, int days_after,
                RandomStream& random) {
  const double r = std::pow(rho, days_after);
  const double spread = std::sqrt(r * r * variance + latent_sd * latent_sd * (1 - r * r));
  return r * mean + spread * Normal(random);
}

void SetCoefficients(const ColumnIndex& index, int coefficients, const Eigen::VectorXd& phi,
                     double unit, double centre, PosteriorDraw& draw) {
  if (index.intercept >= 0) draw.intercept = centre + unit * phi(index.intercept);
  draw.effect = unit * phi(index.effect);
  if (index.trend >= 0) draw.trend = unit * phi(index.trend);
  for (int c = index.first_covariate; c < coefficients; ++c)
    draw.covariates.push_back(unit * phi(c));
}

// GAUSSIAN given the variances: the coefficients by the whitened regression, u by a Kalman filter
// of what they leave.
void DrawGaussian(const Record& record, const Regression& regression, const GaussianNode& node,
                  RandomStream& random, PosteriorDraw& draw) {
  const double unit = (record.maximum - record.minimum) / 4;
  const double centre = record.minimum + 2 * unit;
  const int coefficients = static_cast<int>(regression.columns.cols());
  const Eigen::Index rows = regression.columns.rows();
  Eigen::MatrixXd rows_by_column(coefficients + 1, rows);
  rows_by_column.topRows(coefficients) = regression.columns.transpose();
  rows_by_column.row(coefficients) = (regression.score.array() - centre).matrix().transpose();
  CovarianceLanes covariance;
  covariance.latent_variance.setConstant(node.latent_sd * node.latent_sd);
  covariance.noise_variance.setConstant(
      std::max(node.noise_sd * node.noise_sd, 1e-12 * unit * unit));
  covariance.rho.setConstant(node.latent_correlation);
  const Eigen::VectorXd noise_factor = regression.noise_factor.size() > 0
                                           ? Eigen::VectorXd(regression.noise_factor.cwiseAbs2())
                                           : Eigen::VectorXd();
  WhitenedLanes whitened;
  Whiten(rows_by_column, regression.day, noise_factor, covariance, whitened);
  Eigen::MatrixXd precision(coefficients, coefficients);
  Eigen::VectorXd projection(coefficients);
  int packed = 0;
  for (int i = 0; i < coefficients; ++i) {
    for (int j = 0; j <= i; ++j) {
      precision(i, j) = precision(j, i) = whitened.gram(0, packed++);
    }
  }
  for (int i = 0; i < coefficients; ++i) projection(i) = whitened.gram(0, packed++);
  const CoefficientPrior prior = PriorOf(record, regression.index, coefficients);
  for (int i = 0; i < coefficients; ++i) {
    precision(i, i) += 1 / (unit * unit * prior.sd(i) * prior.sd(i));
  }
  const Eigen::LLT<Eigen::MatrixXd> llt(precision);
  Eigen::VectorXd noise(coefficients);
  for (double& z : noise) z = Normal(random);
  llt.matrixU().solveInPlace(noise);
  const Eigen::VectorXd phi = llt.solve(projection) + noise;
  SetCoefficients(regression.index, coefficients, phi, 1, centre, draw);

  const Eigen::VectorXd left =
      regression.score.array() - centre - (regression.columns * phi).array();
  const double stationary = node.latent_sd * node.latent_sd;
  double mean = 0;
  double variance = stationary;
  for (Eigen::Index row = 0; row < rows; ++row) {
    if (row > 0) {
      const double r =
          std::pow(node.latent_correlation, regression.day[static_cast<std::size_t>(row)] -
                                                regression.day[static_cast<std::size_t>(row - 1)]);
      mean *= r;
      variance = r * r * variance + stationary * (1 - r * r);
    }
    const double noise_variance =
        covariance.noise_variance(0) * (noise_factor.size() > 0 ? noise_factor(row) : 1);
    const double gain = variance / (variance + noise_variance);
    mean += gain * (left(row) - mean);
    variance *= 1 - gain;
  }
  const int after = static_cast<int>(record.score.size()) - 1 - regression.day.back();
  draw.latent_sd = node.latent_sd;
  draw.latent_correlation = node.latent_correlation;
  draw.noise_sd = node.noise_sd;
  draw.latent_last =
      DrawLast(mean, variance, node.latent_sd, node.latent_correlation, after, random);
}

void DrawLatent(const Record& record, const Regression& regression, const FamilyParts& parts,
                const LatentNode& node, RandomStream& random, PosteriorDraw& draw) {
  const ScoreUnit unit = UnitOf(record);
  const int coefficients = static_cast<int>(regression.columns.cols());
  Eigen::VectorXd noise(node.phi.size());
  for (double& z : noise) z = Normal(random);
  node.root.transpose().triangularView<Eigen::Upper>().solveInPlace(noise);
  const Eigen::VectorXd phi = node.phi + noise;
  SetCoefficients(regression.index, coefficients, phi, unit.unit, unit.centre, draw);
  const LatentProblem& problem = *parts.problem;
  double scale = unit.unit;
  if (problem.collapsed.scale_coordinate >= 0) {
    scale *= std::exp(phi(coefficients + problem.collapsed.scale_coordinate));
  }
  if (record.autocorrelation) {
    draw.latent_sd = scale * problem.LatentSd(node.row);
    draw.latent_correlation = std::tanh(node.z);
    const int after = static_cast<int>(record.score.size()) - 1 - regression.day.back();
    draw.latent_last =
        DrawLast(unit.unit * node.latent_last, unit.unit * unit.unit * node.latent_last_variance,
                 draw.latent_sd, draw.latent_correlation, after, random);
  }
  if (record.family == Family::kStudentT) {
    draw.noise_sd = scale * problem.fixed_scale * problem.NoiseShare(node.row);
  }
  if (record.family == Family::kOrdinal) {
    const auto& levels = static_cast<const LevelPrior&>(*parts.shape);
    const Eigen::ArrayXd cuts = -levels.ExpMinusCuts(phi.tail(phi.size() - coefficients)).log();
    draw.cuts.assign(cuts.begin(), cuts.end());
  }
}

}  // namespace

std::vector<PosteriorDraw> Fit::Draw(int count, uint32_t seed) const {
  std::vector<PosteriorDraw> draws;
  if (state_->outer.nodes.empty()) return draws;
  const bool no_score = std::all_of(record_.score.begin(), record_.score.end(),
                                    [](double y) { return std::isnan(y); });
  if (no_score) return draws;
  RandomStream random(seed);
  double highest = state_->outer.nodes.front().log_evidence;
  for (const OuterNode& node : state_->outer.nodes) highest = std::max(highest, node.log_evidence);
  std::vector<double> outer_weight;
  for (const OuterNode& node : state_->outer.nodes) {
    outer_weight.push_back(node.weight * std::exp(node.log_evidence - highest));
  }
  const OuterLayout& layout = state_->layout;
  for (int i = 0; i < count; ++i) {
    const OuterNode& outer = state_->outer.nodes[DrawIndex(outer_weight, random)];
    PosteriorDraw draw;
    const Record at = AtSetting(record_, layout, outer.at);
    const double log_noise_ratio = layout.noise_ratio >= 0 ? outer.at[layout.noise_ratio] : 0;
    if (layout.noise_ratio >= 0) draw.noise_sd_ratio = std::exp(log_noise_ratio);
    draw.onset_half_life_days = at.kinetics.onset_half_life_days;
    draw.offset_half_life_days = at.kinetics.offset_half_life_days;
    const Regression regression = RegressionInUnit(at, log_noise_ratio);
    std::vector<double> weight;
    if (record_.family == Family::kGaussian) {
      const GaussianSlice& slice = state_->gaussian.at(outer.at);
      for (const GaussianNode& node : slice.nodes) weight.push_back(node.weight);
      DrawGaussian(at, regression, slice.nodes[DrawIndex(weight, random)], random, draw);
    } else {
      const LatentSlice& slice = state_->latent.at(outer.at);
      const double family_axis = layout.family >= 0 ? outer.at[layout.family] : 0;
      const double log_scale = layout.scale >= 0 ? outer.at[layout.scale] : 0;
      if (record_.family == Family::kStudentT) draw.degrees_of_freedom = 1 + std::exp(family_axis);
      if (record_.family == Family::kNegativeBinomial) draw.dispersion = family_axis;
      const std::unique_ptr<FamilyParts> parts =
          MakeFamilyParts(at, regression, family_axis, log_scale);
      std::vector<const LatentNode*> nodes;
      for (const auto& [row_key, row] : slice.lattice.rows) {
        for (const auto& [key, node] : row.nodes) {
          if (!node.good) continue;
          nodes.push_back(&node);
          weight.push_back(slice.lattice.Weight(row_key, row, node));
        }
      }
      DrawLatent(at, regression, *parts, *nodes[DrawIndex(weight, random)], random, draw);
    }
    draws.push_back(std::move(draw));
  }
  return draws;
}

}  // namespace solotrial::inference
