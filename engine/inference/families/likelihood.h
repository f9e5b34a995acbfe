// What a family states about one score: its log density and derivatives, on many nodes at once.
#ifndef SOLOTRIAL_ENGINE_INFERENCE_FAMILIES_LIKELIHOOD_H_
#define SOLOTRIAL_ENGINE_INFERENCE_FAMILIES_LIKELIHOOD_H_

#include <Eigen/Core>

namespace solotrial::inference {

// The most nodes that the latent value of one day is integrated on.
inline constexpr int kMaxLatentNodes = 161;

// The most channels of a family: eta, and up to two shape parameters that a score meets.
inline constexpr int kMaxChannels = 3;

using NodeArray = Eigen::Array<double, Eigen::Dynamic, 1, 0, kMaxLatentNodes, 1>;

// One row per node. Column 0: log density. Then the first derivatives by channel (eta, shape 1,
// shape 2), then the second derivatives, the lower triangle by rows: (0,0), (1,0), (1,1), ..
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

  // `score` given every eta in `eta`; `shape`: the channels after eta.
  virtual void Evaluate(double score, const double* shape, const NodeArray& eta,
                        LikelihoodTable& table) const = 0;
};

}  // namespace solotrial::inference

#endif  // SOLOTRIAL_ENGINE_INFERENCE_FAMILIES_LIKELIHOOD_H_
