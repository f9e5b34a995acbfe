// What a family states about one score: its density and the derivatives of its logarithm, on many
// nodes at once.
#ifndef SOLOTRIAL_ENGINE_INFERENCE_FAMILIES_LIKELIHOOD_H_
#define SOLOTRIAL_ENGINE_INFERENCE_FAMILIES_LIKELIHOOD_H_

#include <Eigen/Core>
#include <optional>
#include <type_traits>

namespace solotrial::inference {

// The most nodes that the latent value of one day is integrated on.
inline constexpr int kMaxLatentNodes = 160;

// The most channels of a family: eta, and up to two shape parameters that a score meets.
inline constexpr int kMaxChannels = 3;

// N values, one a node; N may be Eigen::Dynamic.
template <int N>
using NodeArray = Eigen::Array<double, N, 1, 0, N == Eigen::Dynamic ? kMaxLatentNodes : N, 1>;

// One row per node. Column 0: the density over a factor that all rows share. Then the first
// derivatives of the log density by channel (eta, shape 1, shape 2), then the second derivatives,
// the lower triangle by rows: (0,0), (1,0), (1,1), ..
template <int N>
using LikelihoodTable = Eigen::Map<Eigen::Array<double, N, Eigen::Dynamic>>;

inline constexpr int FirstDerivative(int channel) { return 1 + channel; }
inline constexpr int SecondDerivative(int channels, int row, int column) {
  return 1 + channels + row * (row + 1) / 2 + column;
}
inline constexpr int TableWidth(int channels) {
  return 1 + channels + channels * (channels + 1) / 2;
}

// One day: its score, its shape parameters (the channels after eta) with exp(-shape), and eta
// without the latent value.
struct DayScore {
  double score = 0;
  double shape[kMaxChannels - 1] = {};
  double exp_minus_shape[kMaxChannels - 1] = {};
  double fixed_eta = 0;
  double noise_factor = 1;  // of the day's noise scale (arm variance)
};

// The nodes of one day. eta = fixed_eta + u.
struct DayNodes {
  int count = 0;
  const double* eta = nullptr;
  const double* exp_eta = nullptr;  // held finite
};

// Where a score is likeliest, and the precision of the normal density that is as hard to resolve.
struct ScorePeak {
  double eta = 0;
  double precision = 0;
};

class Likelihood {
 public:
  virtual ~Likelihood() = default;

  // 1 (eta alone) to kMaxChannels.
  virtual int channels() const = 0;

  // Fills the table at `table` (its first column alone without `derivatives`) for every node;
  // returns the logarithm of the factor that was taken out of column 0. Factors that depend on
  // neither eta nor shape are left out.
  virtual double Evaluate(const DayScore& day, const DayNodes& nodes, bool derivatives,
                          double* table) const = 0;

  // Minus the curvature that Newton's method for the latent mode uses, given the table's own: a
  // family that is not log-concave puts a bound here with which the method cannot go down.
  virtual double WorkingCurvature(const DayScore&, double /*eta*/, double curvature) const {
    return curvature;
  }
  // Of a family that may let go of a score as an outlier: the nodes must resolve both.
  virtual std::optional<ScorePeak> HeavyTailedPeak(const DayScore&) const { return std::nullopt; }
};

// Calls `f` with an integral constant: `count` where a loop of that length is worth unrolling, else
// Eigen::Dynamic.
template <class F>
decltype(auto) WithNodeCount(int count, F&& f) {
  switch (count) {
    case 1:
      return f(std::integral_constant<int, 1>());
    case 12:
      return f(std::integral_constant<int, 12>());
#ifdef NDEBUG  // without optimisation they would only take long to compile
    case 16:
      return f(std::integral_constant<int, 16>());
    case 20:
      return f(std::integral_constant<int, 20>());
    case 24:
      return f(std::integral_constant<int, 24>());
    case 32:
      return f(std::integral_constant<int, 32>());
#endif
    default:
      return f(std::integral_constant<int, Eigen::Dynamic>());
  }
}

// Derive from this with a member
//   template <int N> double Fill(const DayScore&, const NodeArray<N>& eta,
//                                const NodeArray<N>& exp_eta, bool derivatives,
//                                LikelihoodTable<N>& table) const;
template <class Family>
class LikelihoodOf : public Likelihood {
 public:
  double Evaluate(const DayScore& day, const DayNodes& nodes, bool derivatives,
                  double* table) const final {
    return WithNodeCount(nodes.count, [&](auto n) {
      constexpr int N = decltype(n)::value;
      const NodeArray<N> eta = Eigen::Map<const NodeArray<N>>(nodes.eta, nodes.count);
      const NodeArray<N> exp_eta = Eigen::Map<const NodeArray<N>>(nodes.exp_eta, nodes.count);
      LikelihoodTable<N> view(table, nodes.count,
                              TableWidth(static_cast<const Family*>(this)->channels()));
      return static_cast<const Family*>(this)->template Fill<N>(day, eta, exp_eta, derivatives,
                                                                view);
    });
  }
};

// For a family that filled column 0 with log densities: turns them into densities.
template <class Table>
double FactorOut(Table& table) {
  const double largest = table.col(0).maxCoeff();
  table.col(0) = (table.col(0) - largest).exp();
  return largest;
}

}  // namespace solotrial::inference

#endif  // SOLOTRIAL_ENGINE_INFERENCE_FAMILIES_LIKELIHOOD_H_
