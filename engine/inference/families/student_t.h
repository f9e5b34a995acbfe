// STUDENT_T: y = eta + sigma * (Student's t with nu > 1 degrees of freedom).
#ifndef SOLOTRIAL_ENGINE_INFERENCE_FAMILIES_STUDENT_T_H_
#define SOLOTRIAL_ENGINE_INFERENCE_FAMILIES_STUDENT_T_H_

#include <algorithm>
#include <boost/math/special_functions/gamma.hpp>
#include <cmath>
#include <optional>

#include "engine/inference/families/likelihood.h"

namespace solotrial::inference {

// nu is fixed: the quadrature runs over it. Shape 1 is a = log s: the noise has scale s times
// DayScore::noise_factor, and the latent value u = s sin(theta) v moves with it, so that
// derivatives by a are at fixed v.
class StudentTLikelihood final : public LikelihoodOf<StudentTLikelihood> {
 public:
  // nu > 1.
  explicit StudentTLikelihood(double nu) : nu_(nu) {}

  static bool InDomain(double score) { return std::isfinite(score); }

  int channels() const override { return 2; }

  // With r = (y - eta)/sigma: log density = -(nu+1)/2 log(1 + r^2/nu) - log(sigma), and LogFactor.
  template <int N>
  double Fill(const DayScore& day, const NodeArray<N>& eta, const NodeArray<N>& /*exp_eta*/,
              bool derivatives, LikelihoodTable<N>& table) const {
    const double inverse_sigma = InverseSigma(day);
    const NodeArray<N> r = (day.score - eta) * inverse_sigma;
    const NodeArray<N> square = r.square();
    table.col(0) = -0.5 * (nu_ + 1) * (1 + square / nu_).log();
    const double factor = FactorOut(table) + std::log(inverse_sigma);
    if (!derivatives) return factor;
    const NodeArray<N> t = 1 / (nu_ + square);
    const NodeArray<N> u = eta - day.fixed_eta;
    const NodeArray<N> by_eta = (nu_ + 1) * inverse_sigma * r * t;
    const NodeArray<N> by_eta_eta =
        -(nu_ + 1) * inverse_sigma * inverse_sigma * (nu_ - square) * t.square();
    // By log sigma at fixed eta.
    const NodeArray<N> by_scale_eta = -2 * (nu_ + 1) * nu_ * inverse_sigma * r * t.square();
    const NodeArray<N> by_scale_scale = -2 * (nu_ + 1) * nu_ * square * t.square();
    table.col(FirstDerivative(0)) = by_eta;
    table.col(FirstDerivative(1)) = (nu_ + 1) * square * t - 1 + by_eta * u;
    table.col(SecondDerivative(2, 0, 0)) = by_eta_eta;
    table.col(SecondDerivative(2, 1, 0)) = by_scale_eta + by_eta_eta * u;
    table.col(SecondDerivative(2, 1, 1)) =
        by_scale_scale + u * (2 * by_scale_eta + u * by_eta_eta + by_eta);
    return factor;
  }

  // The weight of iteratively reweighted least squares, whose steps never go down (Lange, Little
  // and Taylor, JASA 84, 1989).
  double WorkingCurvature(const DayScore& day, double eta, double) const override {
    const double inverse_sigma = InverseSigma(day);
    const double r = (day.score - eta) * inverse_sigma;
    return (nu_ + 1) * inverse_sigma * inverse_sigma / (nu_ + r * r);
  }
  // Narrower than a normal density with the same curvature would have to be resolved: the tails'
  // poles, sigma sqrt(nu) away from the real line, bound the trapezoidal rule's accuracy.
  std::optional<ScorePeak> HeavyTailedPeak(const DayScore& day) const override {
    const double inverse_sigma = InverseSigma(day);
    return ScorePeak{day.score, std::max(nu_ + 1, 5.0) / nu_ * inverse_sigma * inverse_sigma};
  }

  // The terms that meet nu alone.
  double LogFactor() const {
    return boost::math::lgamma(nu_ / 2 + 0.5) - boost::math::lgamma(nu_ / 2) -
           0.5 * std::log(nu_ * M_PI);
  }

 private:
  static double InverseSigma(const DayScore& day) {
    return day.exp_minus_shape[0] / day.noise_factor;
  }

  double nu_;
};

}  // namespace solotrial::inference

#endif  // SOLOTRIAL_ENGINE_INFERENCE_FAMILIES_STUDENT_T_H_
