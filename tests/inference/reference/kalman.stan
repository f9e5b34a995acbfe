// GAUSSIAN and STUDENT_T, from sections 1 to 4 of the analysis contract alone. The latent AR(1) process u is integrated
// out by a Kalman recursion: with u as parameters the sampler does not mix (sigma and sigma_u trade places).
// Student's t is a normal distribution whose precision has a gamma distribution of its own each day.
functions {
  // First-order approach of the exposure to the assignment.
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
}
data {
  int<lower=0, upper=1> student;
  int<lower=1> T;
  int<lower=0> K;
  vector[T] y;                       // anything on a day without a score
  int<lower=0, upper=1> scored[T];
  vector[T] assignment;
  matrix[T, K] z;
  real minimum;
  real maximum;
  real onset;
  real offset;
  real initial_exposure;
  int<lower=0, upper=1> learn;
  int<lower=0, upper=1> arm_variance;
  int<lower=0, upper=1> autocorrelation;
  int<lower=0, upper=1> lower_is_better;
}
transformed data {
  real R = maximum - minimum;
  vector[T] tau;
  for (d in 1:T) tau[d] = (d - (T + 1) / 2.0) / T;
}
parameters {
  real alpha;
  real delta;
  real gamma;
  vector[K] beta;
  real<lower=0> noise_sd;
  real<lower=0> sigma_u[autocorrelation];
  real<lower=-1, upper=1> correlation[autocorrelation];
  real<lower=1> freedom[student];
  vector<lower=0>[student ? T : 0] weight;  // of a day without a score: from its prior
  real log_ratio[arm_variance];
  real log_onset[learn];             // standardised
  real log_offset[learn];
}
transformed parameters {
  real latent_sd = autocorrelation ? sigma_u[1] : 0;
  real rho = autocorrelation ? correlation[1] : 0;
  real nu = student ? freedom[1] : 1;
  real lambda = arm_variance ? log_ratio[1] : 0;
  real onset_half_life = learn ? onset * exp(0.5 * log_onset[1]) : onset;
  real offset_half_life = learn ? offset * exp(0.5 * log_offset[1]) : offset;
}
model {
  vector[T] e = exposure(assignment, onset_half_life, offset_half_life, initial_exposure);
  vector[T] mu = alpha + delta * (e - 0.5) + gamma * tau;
  real m = 0;
  real v = square(latent_sd);
  if (K > 0) mu += z * beta;
  alpha ~ normal((minimum + maximum) / 2, R / 2);
  delta ~ normal(0, R / 4);
  gamma ~ normal(0, R / 4);
  beta ~ normal(0, R / 8);
  noise_sd ~ normal(0, R / 4);
  sigma_u ~ normal(0, R / 4);
  for (i in 1:autocorrelation) target += beta_lpdf((correlation[i] + 1) / 2 | 4, 2);
  freedom ~ gamma(2, 0.1);
  weight ~ gamma(nu / 2, nu / 2);
  log_ratio ~ normal(0, 0.5);
  log_onset ~ normal(0, 1);
  log_offset ~ normal(0, 1);
  for (d in 1:T) {
    if (d > 1) {
      m *= rho;
      v = square(rho) * v + square(latent_sd) * (1 - square(rho));
    }
    if (scored[d]) {
      real s = v + square(noise_sd * exp(lambda * (e[d] - 0.5))) / (student ? weight[d] : 1);
      real gain = v / s;
      y[d] ~ normal(mu[d] + m, sqrt(s));
      m += gain * (y[d] - mu[d] - m);
      v *= 1 - gain;
    }
  }
}
generated quantities {
  real benefit = lower_is_better ? -delta : delta;
  real better_day = 0;
  if (student) {
    for (pair in 1:16) {
      real on = alpha + delta / 2 + latent_sd * normal_rng(0, 1) + student_t_rng(nu, 0, noise_sd * exp(lambda / 2));
      real off = alpha - delta / 2 + latent_sd * normal_rng(0, 1) + student_t_rng(nu, 0, noise_sd * exp(-lambda / 2));
      better_day += ((on < off) == lower_is_better) / 16.0;
    }
  } else {
    better_day = Phi(benefit / sqrt(2 * square(latent_sd) + square(noise_sd) * (exp(lambda) + exp(-lambda))));
  }
}
