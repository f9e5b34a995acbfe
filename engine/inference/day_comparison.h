// The chance that one day scores higher than another, by family (MODEL.md, section 4): P(y_1 > y_0)
// + P(y_1 = y_0) / 2, each day's eta being its mean plus an independent Normal(0, latent_sd).
#ifndef SOLOTRIAL_ENGINE_INFERENCE_DAY_COMPARISON_H_
#define SOLOTRIAL_ENGINE_INFERENCE_DAY_COMPARISON_H_

#include <Eigen/Core>
#include <array>

namespace solotrial::inference {

// BERNOULLI.
double HigherDayBernoulli(double eta_1, double eta_0, double latent_sd);

// POISSON, and NEGATIVE_BINOMIAL with this phi (infinity: POISSON).
double HigherDayCount(double eta_1, double eta_0, double latent_sd, double phi);

// ORDINAL; `exp_minus_cuts`: exp(-c_k) for every cut point.
double HigherDayOrdinal(double eta_1, double eta_0, double latent_sd,
                        const Eigen::ArrayXd& exp_minus_cuts);

// GAUSSIAN; sd of the noise on and off.
double HigherDayGaussian(double eta_1, double eta_0, double latent_sd, double noise_1,
                         double noise_0);

// STUDENT_T: a Student's t is a normal whose precision is Gamma(nu/2, nu/2).
class StudentTNoise {
 public:
  // nu > 0.
  explicit StudentTNoise(double nu);
  double HigherDay(double eta_1, double eta_0, double latent_sd, double noise_1,
                   double noise_0) const;

 private:
  static constexpr int kQuantiles = 12;
  std::array<double, kQuantiles> variance_;  // at the middle of twelfths of the precision
};

}  // namespace solotrial::inference

#endif  // SOLOTRIAL_ENGINE_INFERENCE_DAY_COMPARISON_H_
