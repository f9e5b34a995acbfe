// What an answer says on the wire, for every part that only some models have.
#include <gmock/gmock.h>
#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "engine/service/convert.h"

namespace solotrial::service {
namespace {

using inference::Family;
using testing::ElementsAre;
using testing::IsEmpty;

// A summary that can be told from others by its mean.
inference::Summary SummaryOf(double mean) { return {mean, 1, mean - 2, mean, mean + 2}; }

class ConvertAnalysisTest : public testing::Test {
 protected:
  ConvertAnalysisTest() {
    protocol_.measures.resize(1);
    protocol_.measures[0].id = "y";
    outcome_.measure = &protocol_.measures[0];
    outcome_.digest = std::string(32, 'd');
  }

  nlohmann::json Json() const {
    std::string text;
    EXPECT_TRUE(google::protobuf::util::MessageToJsonString(
                    ToProto(outcome_, protocol_, report::Language::kEnglish), &text)
                    .ok());
    return nlohmann::json::parse(text);
  }

  trial::Protocol protocol_;
  trial::AnalysisOutcome outcome_;
};

TEST_F(ConvertAnalysisTest, EveryFamilyHasItsNameAndUnit) {
  const std::vector<std::pair<Family, std::vector<std::string>>> expected = {
      {Family::kGaussian, {"GAUSSIAN", "points"}},
      {Family::kStudentT, {"STUDENT_T", "points"}},
      {Family::kOrdinal, {"ORDINAL", "points"}},
      {Family::kBernoulli, {"BERNOULLI", "days per 28 days"}},
      {Family::kPoisson, {"POISSON", "events per 7 days"}},
      {Family::kNegativeBinomial, {"NEGATIVE_BINOMIAL", "events per 7 days"}},
  };
  for (const auto& [family, words] : expected) {
    protocol_.measures[0].family = family;
    const nlohmann::json json = Json();
    EXPECT_THAT(words, ElementsAre(json["family"], json["benefit"]["unit"]));
  }
}

TEST_F(ConvertAnalysisTest, WhatTheModelDoesNotHaveIsLeftOut) {
  const nlohmann::json json = Json();
  EXPECT_THAT(json["hyperparameters"], IsEmpty());
  EXPECT_FALSE(json.contains("oddsRatio"));
  EXPECT_FALSE(json.contains("rateRatio"));
  EXPECT_EQ(json["pBetterDay"], 0.5);
}

// The names that scripts read (model page, section 9).
TEST_F(ConvertAnalysisTest, WhatTheModelHasIsSaidByName) {
  inference::Posterior& posterior = outcome_.posterior;
  posterior.latent_sd = SummaryOf(1);
  posterior.latent_correlation = SummaryOf(2);
  posterior.noise_sd = SummaryOf(3);
  posterior.noise_sd_ratio = SummaryOf(4);
  posterior.degrees_of_freedom = SummaryOf(5);
  posterior.dispersion = SummaryOf(6);
  posterior.onset_half_life_days = SummaryOf(7);
  posterior.offset_half_life_days = SummaryOf(8);
  posterior.odds_ratio = SummaryOf(9);
  posterior.rate_ratio = SummaryOf(10);
  posterior.p_better_day = 0.75;
  const nlohmann::json json = Json();
  const nlohmann::json& hyper = json["hyperparameters"];
  EXPECT_EQ(hyper.size(), 8U);
  const char* const names[] = {"latentSd",          "latentCorrelation", "noiseSd",
                               "noiseSdRatio",      "degreesOfFreedom",  "dispersion",
                               "onsetHalfLifeDays", "offsetHalfLifeDays"};
  double mean = 0;
  for (const char* name : names) {
    EXPECT_EQ(hyper[name]["mean"], ++mean) << name;
    EXPECT_EQ(hyper[name]["q975"], mean + 2) << name;
  }
  EXPECT_EQ(json["oddsRatio"]["mean"], 9);
  EXPECT_EQ(json["rateRatio"]["mean"], 10);
  EXPECT_EQ(json["pBetterDay"], 0.75);
}

v1::Protocol RecordProtocol() {
  v1::Protocol protocol;
  v1::Measure& measure = *protocol.add_measures();
  measure.set_id("y");
  measure.set_lower_is_better(true);
  measure.set_minimal_important_difference(1);
  measure.set_family(v1::Measure::STUDENT_T);
  measure.set_minimum(0);
  measure.set_maximum(10);
  return protocol;
}

TEST(ConvertProtocolTest, EverySettingOfTheModelReachesTheDomain) {
  v1::Protocol proto = RecordProtocol();
  proto.mutable_kinetics()->set_onset_half_life_days(3);
  proto.mutable_kinetics()->set_offset_half_life_days(4);
  proto.mutable_kinetics()->set_learn(true);
  proto.mutable_kinetics()->set_taken_before(true);
  proto.mutable_analysis()->set_arm_variance(true);
  v1::Measure& cramps = *proto.add_measures();
  cramps.set_id("cramps");
  cramps.set_family(v1::Measure::POISSON);
  cramps.set_lower_is_better(true);
  cramps.set_typical_daily_count(0.6);
  cramps.add_slots("day");
  cramps.add_slots("night");
  cramps.set_daily_rule(v1::Measure::DAILY_RULE_SUM);
  proto.mutable_measures(0)->set_primary(true);
  const auto domain = ToDomain(proto, trial::Purpose::kRecord);
  ASSERT_TRUE(domain.ok()) << domain.status();
  EXPECT_TRUE(domain->kinetics.learn);
  EXPECT_EQ(domain->kinetics.initial_exposure, 1);
  EXPECT_TRUE(domain->arm_variance);
  EXPECT_EQ(domain->measures[0].family, Family::kStudentT);
  EXPECT_EQ(domain->measures[1].family, Family::kPoisson);
  EXPECT_EQ(domain->measures[1].typical_daily_count, 0.6);
  EXPECT_EQ(domain->measures[1].minimum, 0);
  EXPECT_EQ(domain->measures[1].maximum, 5e8) << "two slots share the largest count";
}

TEST(ConvertProtocolTest, SettingsAreOffUnlessAskedFor) {
  const auto domain = ToDomain(RecordProtocol(), trial::Purpose::kRecord);
  ASSERT_TRUE(domain.ok()) << domain.status();
  EXPECT_FALSE(domain->kinetics.learn);
  EXPECT_FALSE(domain->arm_variance);
  EXPECT_FALSE(domain->measures[0].typical_daily_count.has_value());
}

TEST(ConvertProtocolTest, LearnedHalfLivesNeedAGuess) {
  v1::Protocol proto = RecordProtocol();
  proto.mutable_kinetics()->set_learn(true);
  std::vector<std::string> fields;
  for (const Violation& violation :
       FaultOf(ToDomain(proto, trial::Purpose::kRecord).status()).violations) {
    fields.push_back(violation.field);
  }
  EXPECT_THAT(fields, ElementsAre("protocol.kinetics.onset_half_life_days",
                                  "protocol.kinetics.offset_half_life_days"));
}

}  // namespace
}  // namespace solotrial::service
