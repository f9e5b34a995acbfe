// Every family against posteriors from reference/make_reference.py, which shares no code
// with the engine and says how it works.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "engine/inference/inference.h"

namespace solotrial::inference {
namespace {

struct Reference {
  Record record;
  double effective_draws = 0;
  // mean, sd, q025, q500, q975, or one probability.
  std::map<std::string, std::vector<double>> values;
};

Reference ReadReference(const std::string& name) {
  Reference reference;
  std::ifstream file(std::string(SOLOTRIAL_SOURCE_DIR) + "/tests/inference/reference/" + name +
                     ".txt");
  EXPECT_TRUE(file.is_open()) << name;
  std::string line;
  Record& record = reference.record;
  while (std::getline(file, line)) {
    if (line.empty() || line[0] == '#') continue;
    std::istringstream words(line);
    std::string key;
    words >> key;
    if (key == "family") {
      std::string family;
      words >> family;
      const std::map<std::string, Family> families = {
          {"GAUSSIAN", Family::kGaussian}, {"STUDENT_T", Family::kStudentT},
          {"ORDINAL", Family::kOrdinal},   {"BERNOULLI", Family::kBernoulli},
          {"POISSON", Family::kPoisson},   {"NEGATIVE_BINOMIAL", Family::kNegativeBinomial}};
      record.family = families.at(family);
      continue;
    }
    std::vector<double> numbers;
    std::string word;
    while (words >> word) numbers.push_back(word == "nan" ? std::nan("") : std::stod(word));
    if (key == "minimum") record.minimum = numbers[0];
    if (key == "maximum") record.maximum = numbers[0];
    if (key == "mid") record.minimal_important_difference = numbers[0];
    if (key == "lower") record.lower_is_better = numbers[0] != 0;
    if (key == "onset") record.kinetics.onset_half_life_days = numbers[0];
    if (key == "offset") record.kinetics.offset_half_life_days = numbers[0];
    if (key == "initial_exposure") record.kinetics.initial_exposure = numbers[0];
    if (key == "learn") record.kinetics.learn = numbers[0] != 0;
    if (key == "arm_variance") record.arm_variance = numbers[0] != 0;
    if (key == "autocorrelation") record.autocorrelation = numbers[0] != 0;
    if (key == "typical") record.typical_daily_count = numbers[0];
    if (key == "score") record.score = numbers;
    if (key == "assignment") record.assignment = numbers;
    if (key == "covariate") record.covariates.push_back(numbers);
    if (key == "effective_draws") reference.effective_draws = numbers[0];
    if (key.rfind("reference_", 0) == 0) reference.values[key.substr(10)] = numbers;
  }
  record.planned_days = static_cast<double>(record.score.size());
  return reference;
}

class RecordTest : public testing::TestWithParam<std::string> {};

// Section 8 of MODEL.md, plus two standard errors of the reference.
TEST_P(RecordTest, Agrees) {
  const Reference reference = ReadReference(GetParam());
  ASSERT_GT(reference.effective_draws, 10000);
  const absl::StatusOr<Posterior> posterior = ComputePosterior(reference.record);
  ASSERT_TRUE(posterior.ok()) << posterior.status();
  EXPECT_TRUE(posterior->diagnostics.reliable) << posterior->diagnostics.problem;
  const double error = 2 / std::sqrt(reference.effective_draws);  // of a mean, in sds

  bool quantiles = true;
  const auto expect = [&](const std::string& name, const Summary& summary, double mean_sds,
                          double sd_share) {
    const auto at = reference.values.find(name);
    ASSERT_NE(at, reference.values.end()) << name;
    const std::vector<double>& value = at->second;
    ASSERT_EQ(value.size(), 5u) << name;
    EXPECT_NEAR(summary.mean, value[0], (mean_sds + error) * value[1]) << name;
    // The standard error of an sd, in sds, is about 0.7 that of a mean.
    EXPECT_NEAR(summary.sd, value[1], (sd_share + 0.7 * error) * value[1]) << name;
    if (!quantiles) return;
    // Section 8 bounds no quantile; this keeps them from straying.
    const double stray = 2.5 * mean_sds;
    // The density at a 2.5 % quantile is 0.06 per sd: its standard error is 2.7 of a mean's.
    EXPECT_NEAR(summary.q025, value[2], (stray + 2.7 * error) * value[1]) << name;
    EXPECT_NEAR(summary.q500, value[3], (stray + 1.3 * error) * value[1]) << name;
    EXPECT_NEAR(summary.q975, value[4], (stray + 2.7 * error) * value[1]) << name;
  };
  expect("delta", posterior->effect, 0.05, 0.05);
  expect("benefit", posterior->benefit, 0.05, 0.05);
  expect("gamma", *posterior->trend, 0.05, 0.05);
  if (!posterior->covariates.empty()) expect("beta0", posterior->covariates[0], 0.05, 0.05);
  // Section 8 asks for the means alone; the spread is bounded loosely.
  quantiles = false;
  if (reference.record.autocorrelation) {
    // MODEL.md, section 7, known limits: counts that hardly exceed Poisson spread; the upper tail
    // of sigma_u where outliers leave open what is noise.
    const bool rough = GetParam() == "negative_binomial_56_negative";
    const bool open = GetParam() == "student_t_56_outliers";
    expect("latent_sd", *posterior->latent_sd, rough ? 0.2 : 0.10,
           open    ? 0.30
           : rough ? 0.15
                   : 0.10);
    expect("rho", *posterior->latent_correlation, 0.10, 0.10);
  }
  const auto has = [&](const char* name) { return reference.values.count(name) > 0; };
  if (has("nu")) expect("nu", *posterior->degrees_of_freedom, 0.10, 0.10);
  if (has("onset_half_life")) {
    expect("onset_half_life", *posterior->onset_half_life_days, 0.05, 0.05);
    expect("offset_half_life", *posterior->offset_half_life_days, 0.05, 0.05);
  }
  if (has("lambda")) {
    const std::vector<double>& lambda = reference.values.at("lambda");
    EXPECT_NEAR(std::log(posterior->noise_sd_ratio->q500), lambda[3], (0.1 + error) * lambda[1]);
    EXPECT_NEAR(std::log(posterior->noise_sd_ratio->q975), lambda[4], (0.2 + error) * lambda[1]);
  }
  if (has("p_better_day")) {
    EXPECT_NEAR(posterior->p_better_day, reference.values.at("p_better_day")[0],
                0.01 + 0.5 * error);
  }
  EXPECT_NEAR(posterior->benefit.p_any, reference.values.at("p_any")[0], 0.01 + 0.5 * error);
  EXPECT_NEAR(posterior->benefit.p_important, reference.values.at("p_important")[0],
              0.01 + 0.5 * error);
  EXPECT_NEAR(posterior->benefit.p_worse, 1 - posterior->benefit.p_any, 1e-12);
}

std::vector<std::string> Names() {
  std::vector<std::string> names;
  const std::filesystem::path directory =
      std::string(SOLOTRIAL_SOURCE_DIR) + "/tests/inference/reference";
  for (const auto& entry : std::filesystem::directory_iterator(directory)) {
    if (entry.path().extension() == ".txt") names.push_back(entry.path().stem().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

INSTANTIATE_TEST_SUITE_P(Records, RecordTest, testing::ValuesIn(Names()),
                         [](const testing::TestParamInfo<std::string>& test) {
                           return test.param;
                         });

TEST(ReferenceTest, CoversTheFamilies) {
  std::map<std::string, int> records;
  for (const std::string& name : Names()) ++records[name.substr(0, 4)];
  for (const char* family : {"gaus", "stud", "bern", "pois", "nega", "ordi"}) {
    EXPECT_GE(records[family], 2) << family;
  }
  EXPECT_GE(Names().size(), 24u);
}

}  // namespace
}  // namespace solotrial::inference
