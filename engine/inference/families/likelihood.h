// What a family states about one score: its density and the derivatives of its logarithm, on many
// nodes at once.
#ifndef SOLOTRIAL_ENGINE_INFERENCE_FAMILIES_LIKELIHOOD_H_
#define SOLOTRIAL_ENGINE_INFERENCE_FAMILIES_LIKELIHOOD_H_

#include <Eigen/Core>

namespace solotrial::inference {

// The most nodes that the latent value of one day is integrated on.
inline constexpr int kMaxLatentNodes = 161;

// The most channels of a family: eta, and up to two shape parameters that a score meets.
inline constexpr int kMaxChannels = 3;

using NodeArray = Eigen::Array<double, Eigen::Dynamic, 1, 0, kMaxLatentNodes, 1>;

// One row per node. Column 0: the density over a factor that all rows share. Then the first
// derivatives of the log density by channel (eta, shape 1, shape 2), then the second derivatives,
// the lower triangle by rows: (0,0), (1,0), (1,1), ..
using LikelihoodTable = Eigen::Map<Eigen::ArrayXXd>;

inline constexpr int FirstDerivative(int channel) { return 1 + channel; }
inline constexpr int SecondDerivative(int channels, int row, int column) {
  return 1 + channels + row * (row + 1) / 2 + column;
}
inline constexpr int TableWidth(int channels) {
  return 1 + channels + channels * (channels + 1) / 2;
}

class Likelihood {
 public:
  virtual ~Likelihood() = default;

  // 1 (eta alone) to kMaxChannels.
  virtual int channels() const = 0;

  // `score` given every eta in `eta`; `shape`: the channels after eta; `exp_eta`: exp(eta), held
  // finite. Returns the logarithm of the factor that was taken out of column 0.
  virtual double Evaluate(double score, const double* shape, const NodeArray& eta,
                          const NodeArray& exp_eta, LikelihoodTable& table) const = 0;
};

// For a family that filled column 0 with log densities: turns them into densities.
inline double FactorOut(LikelihoodTable& table) {
  const double largest = table.col(0).maxCoeff();
  table.col(0) = (table.col(0) - largest).exp();
  return largest;
}

}  // namespace solotrial::inference

#endif  // SOLOTRIAL_ENGINE_INFERENCE_FAMILIES_LIKELIHOOD_H_
