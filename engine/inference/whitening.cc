#include "engine/inference/whitening.h"

#include <cstddef>

namespace solotrial::inference {

// Every column of W is filtered by the same gains, so the innovations of the columns are the
// columns whitened by the Cholesky factor of C: W' C^-1 W = sum over days of v v' / F, and |C| is
// the product of the F (Harvey, Forecasting, Structural Time Series Models and the Kalman Filter,
// 1989, section 3.4).
void Whiten(const Eigen::MatrixXd& rows_by_column, const std::vector<int>& day,
            const Eigen::VectorXd& noise_factor, const CovarianceLanes& covariance,
            WhitenedLanes& out) {
  const int columns = static_cast<int>(rows_by_column.rows());
  Lanes noise = covariance.noise_variance;
  const Lanes& rho = covariance.rho;
  const Lanes rho_squared = rho * rho;
  const Lanes innovation = covariance.latent_variance * (1 - rho_squared);

  Eigen::Array<double, kLanes, Eigen::Dynamic> predicted(kLanes, columns);
  Eigen::Array<double, kLanes, Eigen::Dynamic> error(kLanes, columns);
  predicted.setZero();
  out.gram.setZero(kLanes, columns * (columns + 1) / 2);
  out.log_determinant.setZero();
  Lanes variance = covariance.latent_variance;
  Lanes determinant = Lanes::Ones();

  for (std::size_t row = 0; row < day.size(); ++row) {
    if (row > 0) {
      for (int step = day[row - 1]; step < day[row]; ++step) {
        variance = rho_squared * variance + innovation;
        for (int c = 0; c < columns; ++c) predicted.col(c) *= rho;
      }
    }
    if (noise_factor.size() > 0) {
      noise = covariance.noise_variance * noise_factor(static_cast<Eigen::Index>(row));
    }
    const Lanes precision = 1 / (variance + noise);
    determinant *= variance + noise;
    // The product of 16 variances cannot leave the range of double (each is over 1e-15).
    if (row % 16 == 15) {
      out.log_determinant += determinant.log();
      determinant.setOnes();
    }
    const Lanes gain = variance * precision;
    int packed = 0;
    for (int c = 0; c < columns; ++c) {
      const Lanes v = rows_by_column(c, static_cast<Eigen::Index>(row)) - predicted.col(c);
      error.col(c) = v;
      const Lanes weighted = v * precision;
      for (int other = 0; other <= c; ++other) {
        out.gram.col(packed++) += weighted * error.col(other);
      }
      predicted.col(c) += gain * v;
    }
    variance = gain * noise;
  }
  out.log_determinant += determinant.log();
}

}  // namespace solotrial::inference
