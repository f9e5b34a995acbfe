// The AR(1) process plus white noise, whitened by a scalar Kalman filter.
#ifndef SOLOTRIAL_ENGINE_INFERENCE_WHITENING_H_
#define SOLOTRIAL_ENGINE_INFERENCE_WHITENING_H_

#include <Eigen/Core>
#include <vector>

namespace solotrial::inference {

// How many covariance matrices one call whitens by: the lanes run side by side.
inline constexpr int kLanes = 8;
using Lanes = Eigen::Array<double, kLanes, 1>;

// C = r I + q Corr(rho), r + q = 1 or any positive scale.
struct CovarianceLanes {
  Lanes noise_variance;
  Lanes latent_variance;
  Lanes rho;
};

// For every lane: `gram` = W' C^-1 W (its lower triangle, packed by rows: (0,0), (1,0), (1,1), ..)
// and log |C|, where W's rows are the observed days.
struct WhitenedLanes {
  Eigen::Array<double, kLanes, Eigen::Dynamic> gram;
  Lanes log_determinant;
};

// `rows_by_column`: W transposed, one column per observed day, so that a day is contiguous.
// `day`: the calendar days of the rows, ascending. `noise_factor`: by row, what multiplies the
// noise variance there; empty: 1.
void Whiten(const Eigen::MatrixXd& rows_by_column, const std::vector<int>& day,
            const Eigen::VectorXd& noise_factor, const CovarianceLanes& covariance,
            WhitenedLanes& out);

}  // namespace solotrial::inference

#endif  // SOLOTRIAL_ENGINE_INFERENCE_WHITENING_H_
