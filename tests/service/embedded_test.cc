#include "engine/service/embedded.h"

#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "tests/service/engine.h"

namespace solotrial::service {
namespace {

std::string FileContent(const std::string& path) {
  std::ifstream file(std::string(SOLOTRIAL_SOURCE_DIR) + "/" + path);
  EXPECT_TRUE(file.good()) << path;
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

v1::AnalysisResult AnalyzedDemo() {
  v1::AnalyzeRecordRequest request;
  EXPECT_TRUE(
      embedded::ReadProtocol(FileContent("engine/demo/melatonin.json"), request.mutable_protocol())
          .ok());
  request.set_diary_csv(FileContent("engine/demo/melatonin.csv"));
  v1::AnalysisResult result;
  const grpc::Status status = embedded::AnalyzeRecord(request, &result);
  EXPECT_TRUE(status.ok()) << status.error_message();
  return result;
}

// The authors publish the means 77.59 (melatonin) and 76.67 (control).
TEST(EmbeddedTest, TheDemonstrationAgreesWithThePublishedMeans) {
  const v1::AnalysisResult result = AnalyzedDemo();
  EXPECT_EQ(result.observed_days(), 70);
  EXPECT_NEAR(result.randomization_test().statistic(), 77.59 - 76.67, 0.01);
  EXPECT_EQ(result.blocks_size(), 70);
}

// "NAMES of the fields are a contract": the JSON that scripts read (model page, section 9).
TEST(EmbeddedTest, TheJsonHasTheContractsFieldsAsNumbers) {
  std::string text;
  ASSERT_TRUE(google::protobuf::util::MessageToJsonString(AnalyzedDemo(), &text).ok());
  const nlohmann::json json = nlohmann::json::parse(text);
  EXPECT_EQ(json["modelVersion"], "1");
  EXPECT_EQ(json["measure"], "mood");
  EXPECT_EQ(json["family"], "GAUSSIAN");
  EXPECT_EQ(json["days"], 71);
  EXPECT_EQ(json["observedDays"], 70);
  for (const char* name : {"effect", "trend", "intercept", "weekend"}) {
    for (const char* number : {"mean", "sd", "q025", "q500", "q975"}) {
      EXPECT_TRUE(json["coefficients"][name][number].is_number()) << name << "." << number;
    }
  }
  for (const char* name : {"latentSd", "latentCorrelation", "noiseSd"}) {
    EXPECT_TRUE(json["hyperparameters"][name]["mean"].is_number()) << name;
  }
  EXPECT_EQ(json["benefit"]["unit"], "points");
  for (const char* number :
       {"mean", "sd", "q025", "q500", "q975", "pAny", "pImportant", "pWorse"}) {
    EXPECT_TRUE(json["benefit"][number].is_number()) << number;
  }
  EXPECT_EQ(json["verdict"]["decision"], "DOES_NOT_RESPOND");
  EXPECT_TRUE(json["verdict"]["sentence"].is_string());
  for (const char* number : {"pTwoSided", "pOneSided", "allocations"}) {
    EXPECT_TRUE(json["randomizationTest"][number].is_number()) << number;
  }
  EXPECT_TRUE(json["diagnostics"]["method"].is_string());
  EXPECT_EQ(json["diagnostics"]["reliable"], true);
  for (const char* number : {"effectiveDraws", "paretoK", "milliseconds"}) {
    EXPECT_TRUE(json["diagnostics"][number].is_number()) << number;
  }
}

// Zeros are numbers too: nothing may vanish from the JSON because it is 0.
TEST(EmbeddedTest, ZerosAreWritten) {
  v1::AnalyzeRecordRequest request;
  ASSERT_TRUE(
      embedded::ReadProtocol(FileContent("engine/demo/melatonin.json"), request.mutable_protocol())
          .ok());
  request.mutable_protocol()->mutable_design()->set_pairs(1);
  request.mutable_protocol()->clear_covariates();
  request.set_diary_csv("date,on,mood\n2026-01-01,1,\n2026-01-02,0,\n");
  v1::AnalysisResult result;
  const grpc::Status status = embedded::AnalyzeRecord(request, &result);
  ASSERT_TRUE(status.ok()) << status.error_message();
  std::string text;
  ASSERT_TRUE(google::protobuf::util::MessageToJsonString(result, &text).ok());
  const nlohmann::json json = nlohmann::json::parse(text);
  EXPECT_EQ(json["observedDays"], 0);
  EXPECT_EQ(json["diagnostics"]["paretoK"], 0);
  EXPECT_EQ(json["verdict"]["decision"], "INSUFFICIENT_DATA");
}

// A record of 3 pairs of 7 days: on blocks are better.
v1::AnalysisResult AnalyzedAs(const std::string& measure, const std::string& kinetics,
                              double on_day, double off_day) {
  v1::AnalyzeRecordRequest request;
  const grpc::Status read = embedded::ReadProtocol(
      R"({"title": "", "design": {"randomization": "PAIRED", "blockDays": 7, "pairs": 3},
          "measures": [{"id": "y", "lowerIsBetter": true, )" +
          measure + R"(}], "kinetics": )" + kinetics + "}",
      request.mutable_protocol());
  EXPECT_TRUE(read.ok()) << read.error_message();
  std::stringstream csv;
  csv << "date,on,y\n";
  for (int i = 0; i < 42; ++i) {
    const bool on = i / 7 == 0 || i / 7 == 3 || i / 7 == 4;
    const double value = i % 3 == 0 ? 0 : on ? on_day : off_day;
    csv << FormatDate(kMonday + i) << "," << on << "," << value << "\n";
  }
  request.set_diary_csv(csv.str());
  v1::AnalysisResult result;
  const grpc::Status status = embedded::AnalyzeRecord(request, &result);
  EXPECT_TRUE(status.ok()) << status.error_message();
  return result;
}

TEST(EmbeddedTest, YesOrNoIsAnsweredFromTheTwoFiles) {
  const v1::AnalysisResult result =
      AnalyzedAs(R"("family": "BERNOULLI", "minimalImportantDifference": 2)", "{}", 0, 1);
  EXPECT_EQ(result.family(), v1::Measure::BERNOULLI);
  EXPECT_EQ(result.benefit().unit(), "days per 28 days");
  EXPECT_GT(result.benefit().mean(), 7);
  EXPECT_LT(result.odds_ratio().q975(), 1);
  EXPECT_FALSE(result.has_rate_ratio());
  EXPECT_TRUE(result.has_p_better_day());
  EXPECT_NE(result.verdict().sentence().find("days per 28 days"), std::string::npos);
}

TEST(EmbeddedTest, CountsAreAnsweredFromTheTwoFiles) {
  for (const std::string family : {"POISSON", "NEGATIVE_BINOMIAL"}) {
    const v1::AnalysisResult result = AnalyzedAs(
        "\"family\": \"" + family + R"(", "minimalImportantDifference": 3, "typicalDailyCount": 2)",
        "{}", 1, 4);
    EXPECT_EQ(v1::Measure::Family_Name(result.family()), family);
    EXPECT_EQ(result.benefit().unit(), "events per 7 days");
    EXPECT_GT(result.benefit().mean(), 5);
    EXPECT_LT(result.rate_ratio().q975(), 1);
    EXPECT_FALSE(result.has_odds_ratio());
    EXPECT_EQ(result.hyperparameters().has_dispersion(), family == "NEGATIVE_BINOMIAL");
  }
}

TEST(EmbeddedTest, CheckProtocolNamesFieldsAsTheServicesDo) {
  v1::Protocol protocol;
  const WireFault fault = FaultIn(embedded::CheckProtocol(protocol));
  EXPECT_EQ(fault.reason, "INVALID_FIELDS");
  EXPECT_NE(std::find(fault.fields.begin(), fault.fields.end(), "protocol.title"),
            fault.fields.end());
}

TEST(EmbeddedTest, TheMagnesiumProtocolOfTheDemonstrationIsValid) {
  v1::Protocol protocol;
  ASSERT_TRUE(embedded::ReadProtocol(FileContent("engine/demo/magnesium.json"), &protocol).ok());
  EXPECT_TRUE(embedded::CheckProtocol(protocol).ok());
}

}  // namespace
}  // namespace solotrial::service
