// BERNOULLI, POISSON, NEGATIVE_BINOMIAL and ORDINAL, from sections 1 to 4 of the analysis contract alone. The latent AR(1)
// process u is sampled, non-centred.
functions {
  vector exposure(vector assignment, real onset, real offset, real initial) {
    vector[num_elements(assignment)] result;
    real e = initial;
    for (d in 1:num_elements(assignment)) {
      real h = assignment[d] >= e ? onset : offset;
      e += (assignment[d] - e) * (h > 0 ? 1 - 2 ^ (-1 / h) : 1);
      result[d] = e;
    }
    return result;
  }
  // log P(y = level k + 1), levels 0..num_elements(c).
  real level_lpmf(int k, real eta, vector c) {
    int n = num_elements(c);
    if (k == 0) return log_inv_logit(c[1] - eta);
    if (k == n) return log_inv_logit(eta - c[n]);
    return log_diff_exp(log_inv_logit(c[k + 1] - eta), log_inv_logit(c[k] - eta));
  }
  // E[y | eta], for ORDINAL less the minimum.
  real response(int family, real eta, vector c) {
    if (family == 2) return inv_logit(eta);
    if (family == 5) return sum(inv_logit(eta - c));
    return exp(eta);
  }
}
data {
  int<lower=2, upper=5> family;      // 2 BERNOULLI, 3 POISSON, 4 NEGATIVE_BINOMIAL, 5 ORDINAL
  int<lower=1> T;
  int<lower=0> K;
  int<lower=0> count[T];             // the score, for ORDINAL less the minimum; anything on a day without one
  int<lower=0, upper=1> scored[T];
  vector[T] assignment;
  matrix[T, K] z;
  real minimum;
  real maximum;
  real typical;
  real onset;
  real offset;
  real initial_exposure;
  int<lower=0, upper=1> learn;
  int<lower=0, upper=1> autocorrelation;
  int<lower=0, upper=1> lower_is_better;
}
transformed data {
  real R = maximum - minimum;
  int ordinal = family == 5;
  int levels = 1;
  vector[T] tau;
  vector[K] mean_z = rep_vector(0, K);
  real mean_tau = 0;
  real per = family == 2 ? 28 : (family == 3 || family == 4 ? 7 : 1);
  if (ordinal) while (levels < R + 0.5) levels += 1;
  for (d in 1:T) tau[d] = (d - (T + 1) / 2.0) / T;
  for (d in 1:T) {
    if (scored[d]) {
      mean_tau += tau[d] / sum(scored);
      for (k in 1:K) mean_z[k] += z[d, k] / sum(scored);
    }
  }
}
parameters {
  real intercept[1 - ordinal];
  real delta;
  real gamma;
  vector[K] beta;
  simplex[levels] share;             // ORDINAL: level probabilities at eta = 0
  real<lower=0> inverse_root[family == 4];
  real<lower=0> sigma_u[autocorrelation];
  real<lower=-1, upper=1> correlation[autocorrelation];
  vector[autocorrelation ? T : 0] innovation;
  real log_onset[learn];
  real log_offset[learn];
}
transformed parameters {
  real alpha = ordinal ? 0 : intercept[1];
  real dispersion = family == 4 ? inverse_root[1] : 0;
  real latent_sd = autocorrelation ? sigma_u[1] : 0;
  real rho = autocorrelation ? correlation[1] : 0;
  real onset_half_life = learn ? onset * exp(0.5 * log_onset[1]) : onset;
  real offset_half_life = learn ? offset * exp(0.5 * log_offset[1]) : offset;
  vector[levels - 1] c;
  vector[T] e = exposure(assignment, onset_half_life, offset_half_life, initial_exposure);
  vector[T] u = rep_vector(0, T);
  vector[T] eta;
  for (k in 1:(levels - 1)) c[k] = log(sum(share[1:k])) - log(sum(share[(k + 1):levels]));
  if (autocorrelation) {
    u[1] = latent_sd * innovation[1];
    for (d in 2:T) u[d] = rho * u[d - 1] + latent_sd * sqrt(1 - square(rho)) * innovation[d];
  }
  eta = alpha + delta * (e - 0.5) + gamma * tau + u;
  if (K > 0) eta += z * beta;
}
model {
  if (family == 2) intercept ~ normal(0, 2.5);
  else intercept ~ normal(log(typical), 2.5);
  delta ~ normal(0, 1);
  gamma ~ normal(0, 1);
  beta ~ normal(0, 0.5);
  if (ordinal) share ~ dirichlet(rep_vector(1 / (0.8 + 0.35 * fmax(levels, 3)), levels));
  inverse_root ~ normal(0, 1);
  sigma_u ~ normal(0, 1);
  for (i in 1:autocorrelation) target += beta_lpdf((correlation[i] + 1) / 2 | 4, 2);
  innovation ~ normal(0, 1);
  log_onset ~ normal(0, 1);
  log_offset ~ normal(0, 1);
  for (d in 1:T) {
    if (scored[d]) {
      if (family == 2) count[d] ~ bernoulli_logit(eta[d]);
      else if (family == 3) count[d] ~ poisson_log(eta[d]);
      else if (family == 4) count[d] ~ neg_binomial_2_log(eta[d], 1 / square(dispersion));
      else target += level_lpmf(count[d] | eta[d], c);
    }
  }
}
generated quantities {
  real benefit = 0;
  real better_day = 0;
  for (d in 1:T) {
    if (scored[d]) {
      real off = eta[d] - delta * e[d];
      benefit += per * (response(family, off + delta, c) - response(family, off, c)) / sum(scored);
    }
  }
  if (lower_is_better) benefit *= -1;
  for (pair in 1:16) {
    real score[2];
    for (arm in 1:2) {
      real side = arm == 1 ? 0.5 : -0.5;
      real level = alpha + side * delta + gamma * mean_tau + (K > 0 ? dot_product(mean_z, beta) : 0) + normal_rng(0, 1) * latent_sd;
      if (family == 2) score[arm] = bernoulli_logit_rng(level);
      else if (family == 3) score[arm] = poisson_log_rng(fmin(level, 20));
      else if (family == 4) score[arm] = neg_binomial_2_log_rng(fmin(level, 15), 1 / square(fmax(dispersion, 1e-3)));
      else {
        real latent = level + logistic_rng(0, 1);
        score[arm] = 0;
        for (k in 1:(levels - 1)) score[arm] += latent > c[k];
      }
    }
    if (score[1] == score[2]) better_day += 0.5 / 16;
    else if ((score[1] < score[2]) == lower_is_better) better_day += 1.0 / 16;
  }
}
