#!/usr/bin/env Rscript
# Usage: compare_with_stan.R FOLDER_OF_COMPILED_MODELS RECORD [RECORD ..]
# Runs the reference records through Stan and prints STAN.md: per record, a table of Stan against the reference file.
# The folder keeps the compiled programs from run to run. R and rstan: install-stan. One core, a minute or more per record.

suppressWarnings(suppressMessages(library(rstan)))
# Debian's Boost is the system's, not the R package BH's.
if (system.file("include", package = "BH") == "") rstan_options(boost_lib = "/usr/include")

script <- sub("^--file=", "", grep("^--file=", commandArgs(FALSE), value = TRUE))
here <- dirname(normalizePath(script))
arguments <- commandArgs(TRUE)
compiled <- arguments[1]
seed <- 20240607
chains <- 4
warmup <- 2000

read_reference <- function(name) {
  lines <- readLines(file.path(here, paste0(name, ".txt")))
  lines <- lines[nchar(lines) > 0 & substr(lines, 1, 1) != "#"]
  words <- strsplit(lines, " ")
  keys <- vapply(words, `[`, "", 1)
  numbers <- function(w) if (w[1] == "family") w[2] else as.numeric(w[-1])
  list(
    values = setNames(lapply(words[keys != "covariate"], numbers), keys[keys != "covariate"]),
    covariates = lapply(words[keys == "covariate"], numbers)
  )
}

model_of <- function(program) {
  file <- file.path(compiled, paste0(program, ".rds"))
  if (file.exists(file)) return(readRDS(file))
  model <- stan_model(file.path(here, paste0(program, ".stan")), auto_write = FALSE)
  saveRDS(model, file)
  model
}

run <- function(name) {
  reference <- read_reference(name)
  v <- reference$values
  flag <- function(key, default = 0) if (is.null(v[[key]])) default else v[[key]]
  days <- length(v$score)
  data <- list(
    T = days, K = length(reference$covariates), y = ifelse(is.na(v$score), 0, v$score),
    scored = as.integer(!is.na(v$score)), assignment = v$assignment,
    z = matrix(as.numeric(unlist(reference$covariates)), nrow = days, ncol = length(reference$covariates)),
    minimum = v$minimum, maximum = v$maximum, onset = v$onset, offset = v$offset,
    initial_exposure = flag("initial_exposure"), learn = flag("learn"),
    arm_variance = flag("arm_variance"), autocorrelation = flag("autocorrelation", 1),
    lower_is_better = v$lower
  )
  program <- "kalman"
  data$student <- as.integer(v$family == "STUDENT_T")
  if (!v$family %in% c("GAUSSIAN", "STUDENT_T")) {
    program <- "latent"
    data$family <- match(v$family, c("", "BERNOULLI", "POISSON", "NEGATIVE_BINOMIAL", "ORDINAL"))
    data$typical <- v$typical
    data$count <- as.integer(ifelse(is.na(v$score), 0, v$score - (v$family == "ORDINAL") * v$minimum))
  }
  columns <- c("delta", "gamma", "latent_sd", "rho", "alpha", "noise_sd", "nu", "dispersion", "lambda",
               "onset_half_life", "offset_half_life", "benefit")
  columns <- columns[vapply(columns, function(k) !is.null(v[[paste0("reference_", k)]]), TRUE)]
  beta <- if (data$K > 0) paste0("beta[", seq_len(data$K), "]") else character(0)
  kept <- c(columns, "better_day", if (data$K > 0) "beta")
  iterations <- as.integer(Sys.getenv("ITERATIONS", "20000"))
  began <- proc.time()[["elapsed"]]
  fit <- sampling(model_of(program), data = data, pars = kept, chains = chains, cores = 1, seed = seed,
                  warmup = warmup, iter = warmup + iterations, refresh = 0,
                  control = list(adapt_delta = 0.95))
  seconds <- proc.time()[["elapsed"]] - began
  draws <- as.matrix(fit)
  s <- summary(fit)$summary
  divergent <- get_num_divergent(fit)
  cat(sprintf("\n## %s\n\n", name))
  cat(sprintf("%s.stan, seed %d, %d chains of %d draws after %d of warm-up, %d divergent; reference: %s effective draws.\n\n",
              program, seed, chains, iterations, warmup, divergent, format(v$effective_draws, big.mark = ",")))
  cat("| quantity | reference mean | sd | Stan mean | sd | difference, sds | sd, % | Stan's effective draws | R-hat | two standard errors, sds |\n")
  cat("|---|---|---|---|---|---|---|---|---|---|\n")
  for (k in c(columns, beta)) {
    expected <- v[[paste0("reference_", if (k %in% beta) paste0("beta", match(k, beta) - 1) else k)]]
    n <- s[k, "n_eff"]
    cat(sprintf("| %s | %.4g | %.4g | %.4g | %.4g | %+.3f | %+.1f | %.0f | %.4f | %.3f |\n", k, expected[1], expected[2],
                s[k, "mean"], s[k, "sd"], (s[k, "mean"] - expected[1]) / expected[2],
                100 * (s[k, "sd"] / expected[2] - 1), n, s[k, "Rhat"], 2 * sqrt(1 / n + 1 / v$effective_draws)))
  }
  n <- s["benefit", "n_eff"]
  probability <- function(label, key, value) {
    expected <- v[[key]]
    error <- 2 * sqrt(max(expected * (1 - expected), 1e-9) * (1 / n + 1 / v$effective_draws))
    cat(sprintf("| %s | %.4f | | %.4f | | %+.4f (absolute) | | %.0f | | %.4f (absolute) |\n", label, expected, value,
                value - expected, n, error))
  }
  probability("p_any", "reference_p_any", mean(draws[, "benefit"] > 0))
  probability("p_important", "reference_p_important", mean(draws[, "benefit"] >= v$mid))
  if (!is.null(v$reference_p_better_day)) {
    probability("p_better_day", "reference_p_better_day", mean(draws[, "better_day"]))
  }
  flush(stdout())
  message(name, ": ", round(seconds), " s")
}

cat("# The reference posteriors against Stan\n\n")
cat("Written by compare_with_stan.R. The two Stan programs were written from sections 1 to 4 of the analysis contract alone:\n")
cat("kalman.stan (GAUSSIAN, STUDENT_T; u integrated out) and latent.stan (the others; u sampled). They share no code with\n")
cat("the engine nor with make_reference.py. Differences are Stan's less the reference's, in posterior sds of the reference;\n")
cat("the last column is two standard errors of such a difference of means. Of some 12 rows per record a few lie beyond it by\n")
cat("chance. Stan's effective draws are those of the mean; an sd or a probability in a tail is known less well.\n\n")
cat(sprintf("%s; rstan %s; Stan %s; adapt_delta 0.95.\n", R.version.string, packageVersion("rstan"), stan_version()))
for (name in arguments[-1]) run(name)
