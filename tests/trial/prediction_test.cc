#include "engine/trial/prediction.h"

#include <gtest/gtest.h>

#include <atomic>
#include <cmath>
#include <map>

#include "absl/status/status.h"
#include "engine/base/fault.h"
#include "engine/base/random.h"

namespace solotrial::trial {
namespace {

// 2 pairs of 10 days of a GAUSSIAN 0-100 measure, and a rule that looks at the mean of the further
// scores.
class PredictionTest : public testing::Test {
 protected:
  PredictionTest() {
    measure_.id = "legs";
    measure_.maximum = 100;
    record_.design = {.randomization = Randomization::kPaired, .block_days = 10, .pairs = 2};
    for (int block = 1; block <= 4; ++block) {
      const bool on = block == 1 || block == 4;
      record_.blocks.push_back({.number = block,
                                .pair = (block + 1) / 2,
                                .on = on,
                                .first_day = record_.days.size(),
                                .last_day = record_.days.size() + 9});
      for (int day = 0; day < 10; ++day) {
        RecordDay row{.date = Date(2026, 3, 2) + static_cast<int>(record_.days.size()),
                      .assignment = on ? 1.0 : 0.0,
                      .block = block};
        // A fifth of the on days and a half of the off days are missing.
        if (on ? day % 5 != 0 : day % 2 != 0) row.scores["legs"] = 50;
        record_.days.push_back(row);
        matrix_.assignment.push_back(row.assignment);
        matrix_.score.push_back(50);
      }
    }
    record_.planned_days = 40;
    matrix_.planned_days = 40;
    matrix_.maximum = 100;
    draws_.assign(200, {.intercept = 50, .noise_sd = 10});
  }

  absl::StatusOr<std::vector<Forecast>> Predicted(int threads = 1, uint32_t seed = 1) const {
    return SimulateDecisions({measure_, record_, matrix_, draws_}, decide_, 3, seed, threads);
  }

  Measure measure_;
  Record record_;
  inference::Record matrix_;
  std::vector<inference::PosteriorDraw> draws_;
  // DOES_NOT_RESPOND, WORSENS or UNDECIDED by the mean of the further scores.
  DecideRecord decide_ = [](const Record& record) -> absl::StatusOr<Decision> {
    double sum = 0;
    int count = 0;
    for (size_t i = 40; i < record.days.size(); ++i) {
      const auto score = record.days[i].scores.find("legs");
      if (score == record.days[i].scores.end()) continue;
      sum += score->second;
      ++count;
    }
    const double mean = sum / count;
    return mean < 49   ? Decision::kDoesNotRespond
           : mean > 52 ? Decision::kWorsens
                       : Decision::kUndecided;
  };
};

std::map<Decision, double> Shares(const Forecast& forecast) {
  std::map<Decision, double> shares;
  for (const DecisionProbability& decision : forecast.decisions) {
    shares[decision.decision] = decision.probability.probability;
  }
  return shares;
}

TEST_F(PredictionTest, CountsTheDecisionsOfTheFutures) {
  const absl::StatusOr<std::vector<Forecast>> forecasts = Predicted();
  ASSERT_TRUE(forecasts.ok());
  ASSERT_EQ(forecasts->size(), 3U);
  for (int i = 0; i < 3; ++i) {
    const Forecast& forecast = (*forecasts)[static_cast<size_t>(i)];
    EXPECT_EQ(forecast.pairs, i + 1);
    EXPECT_EQ(forecast.days, 60 + 20 * i);
    // 13 scores on average in a pair, sd 10.
    const double se = 10 / std::sqrt(13.0 * (i + 1));
    const double below = std::erfc(1 / se / std::sqrt(2.0)) / 2;
    const double above = std::erfc(2 / se / std::sqrt(2.0)) / 2;
    EXPECT_NEAR(Shares(forecast)[Decision::kDoesNotRespond], below, 0.1) << i;
    EXPECT_NEAR(Shares(forecast)[Decision::kWorsens], above, 0.1) << i;
    EXPECT_NEAR(forecast.decided.probability, below + above, 0.1) << i;
    EXPECT_NEAR(forecast.decided.standard_error, 0.034, 0.004) << i;
  }
}

TEST_F(PredictionTest, WhatWasRecordedStaysAndMissingDaysAreAsOftenMissing) {
  decide_ = [this](const Record& record) -> absl::StatusOr<Decision> {
    int scores[2] = {0, 0};
    for (size_t i = 0; i < record.days.size(); ++i) {
      const RecordDay& day = record.days[i];
      if (i < 40 && day.scores != record_.days[i].scores) {
        return absl::InternalError("the past was changed");
      }
      if (i >= 40 && day.scores.contains("legs")) ++scores[day.assignment > 0 ? 1 : 0];
    }
    const double pairs = static_cast<double>(record.days.size() - 40) / 20;
    const bool as_before = scores[1] > 5 * pairs && scores[0] < 9 * pairs && scores[0] > pairs;
    if (static_cast<int>(record.blocks.size()) != 2 * record.design.pairs) {
      return absl::InternalError("the design has not as many pairs as the record");
    }
    return as_before ? Decision::kResponds : Decision::kUndecided;
  };
  const absl::StatusOr<std::vector<Forecast>> forecasts = Predicted();
  ASSERT_TRUE(forecasts.ok()) << forecasts.status();
  for (const Forecast& forecast : *forecasts) EXPECT_GT(forecast.decided.probability, 0.9);
}

TEST_F(PredictionTest, TheEffectOfTheDrawsShowsInTheirFutures) {
  for (inference::PosteriorDraw& draw : draws_) draw = {.intercept = 45, .noise_sd = 1};
  const absl::StatusOr<std::vector<Forecast>> forecasts = Predicted();
  ASSERT_TRUE(forecasts.ok());
  EXPECT_EQ(forecasts->front().decided.probability, 1);
  // 200 of 200 is no certainty.
  EXPECT_GT(forecasts->front().decided.standard_error, 0.001);
  ASSERT_EQ(forecasts->front().decisions.size(), 1U);
  EXPECT_EQ(forecasts->front().decisions[0].decision, Decision::kDoesNotRespond);
}

TEST_F(PredictionTest, ScoresStayOnTheScale) {
  for (inference::PosteriorDraw& draw : draws_) draw = {.intercept = 120, .noise_sd = 1};
  decide_ = [](const Record& record) -> absl::StatusOr<Decision> {
    for (const RecordDay& day : record.days) {
      for (const auto& [id, score] : day.scores) {
        if (score > 100) return absl::InternalError("off the scale");
      }
    }
    return Decision::kUndecided;
  };
  const absl::StatusOr<std::vector<Forecast>> forecasts = Predicted();
  ASSERT_TRUE(forecasts.ok());
  EXPECT_EQ(forecasts->front().decided.probability, 0);
}

TEST_F(PredictionTest, TheNumberOfThreadsChangesNothing) {
  const std::vector<Forecast> one = *Predicted(1);
  for (const int threads : {2, 3, 7}) {
    const std::vector<Forecast> many = *Predicted(threads);
    ASSERT_EQ(many.size(), one.size());
    for (size_t i = 0; i < one.size(); ++i) EXPECT_EQ(Shares(many[i]), Shares(one[i]));
  }
  EXPECT_NE(Shares(Predicted(1, 2)->front()), Shares(one.front()));
}

TEST_F(PredictionTest, OneFaultIsTheAnswer) {
  decide_ = [](const Record& record) -> absl::StatusOr<Decision> {
    if (record.days.size() > 80) return absl::InternalError("too long");
    return Decision::kUndecided;
  };
  EXPECT_FALSE(Predicted(2).ok());
}

TEST_F(PredictionTest, LongRecordsEndWhereTheModelDoes) {
  record_.design.block_days = 1000;
  // Every one of the four blocks is far from full, but only the last is filled up.
  const absl::StatusOr<std::vector<Forecast>> forecasts = Predicted();
  ASSERT_TRUE(forecasts.ok());
  EXPECT_TRUE(forecasts->empty());
}

// From a record to its futures, by the real posterior and the real rule.
class WholePredictionTest : public PredictionTest {
 protected:
  WholePredictionTest() {
    protocol_.measures = {measure_};
    protocol_.measures[0].primary = true;
    protocol_.measures[0].lower_is_better = true;
    protocol_.measures[0].minimal_important_difference = 10;
    protocol_.design = record_.design;
  }

  Prediction Predicted(double effect, int threads = 1) {
    RandomStream random(8);
    for (RecordDay& day : record_.days) {
      const double noise = 12 * (random.Uniform() + random.Uniform() + random.Uniform() - 1.5);
      day.scores["legs"] = 50 + noise - effect * day.assignment;
    }
    const absl::StatusOr<Prediction> prediction =
        PredictDecision(protocol_, record_, {.futures = 60, .seed = 3, .threads = threads});
    EXPECT_TRUE(prediction.ok()) << prediction.status();
    return prediction.ok() ? *prediction : Prediction{};
  }

  Protocol protocol_;
};

TEST_F(WholePredictionTest, WhatIsSeenClearlyIsLikelyToStay) {
  const Prediction large = Predicted(25);
  EXPECT_EQ(large.measure, &protocol_.measures[0]);
  EXPECT_EQ(large.digest.size(), 32U);
  ASSERT_EQ(large.forecasts.size(), 3U);
  EXPECT_GT(Shares(large.forecasts[2])[Decision::kResponds], 0.9);
  const Prediction none = Predicted(0);
  EXPECT_GT(Shares(none.forecasts[2])[Decision::kDoesNotRespond], 0.65);
  // Just at the difference that matters nobody can say.
  const Prediction open = Predicted(10);
  EXPECT_LT(Shares(open.forecasts[0])[Decision::kResponds], 0.8);
  EXPECT_GT(open.forecasts[0].decisions.size(), 1U);
}

TEST_F(WholePredictionTest, TheNumberOfThreadsChangesNothing) {
  const Prediction one = Predicted(10, 1);
  for (const int threads : {2, 5}) {
    const Prediction many = Predicted(10, threads);
    for (size_t i = 0; i < one.forecasts.size(); ++i) {
      EXPECT_EQ(Shares(many.forecasts[i]), Shares(one.forecasts[i]));
    }
  }
}

TEST_F(WholePredictionTest, IsGivenUpWhenNobodyWaits) {
  Predicted(10);
  std::atomic<int> asked = 0;
  const absl::StatusOr<Prediction> prediction = PredictDecision(
      protocol_, record_, {.threads = 2, .cancelled = [&asked] { return ++asked > 5; }});
  EXPECT_EQ(prediction.status().code(), absl::StatusCode::kCancelled);
  // Every future asks once more and goes no further.
  EXPECT_LE(asked, 5 + 200);
}

TEST_F(PredictionTest, NothingIsPredictedWhereThereIsNoVerdictToCome) {
  Protocol protocol;
  protocol.measures = {measure_};
  protocol.measures[0].primary = true;
  const auto reason = [&](const Record& record, const std::string& measure = "") {
    const absl::StatusOr<Prediction> prediction =
        PredictDecision(protocol, record, {.measure_id = measure});
    EXPECT_FALSE(prediction.ok());
    return FaultOf(prediction.status()).reason;
  };
  EXPECT_EQ(reason(record_, "sleep"), Reason::kUnknownId);
  Record record = record_;
  record.design.randomization = Randomization::kNone;
  EXPECT_EQ(reason(record), Reason::kWrongState);
  record = record_;
  record.blocks.clear();
  for (RecordDay& day : record.days) day.block = 0;
  EXPECT_EQ(reason(record), Reason::kWrongState);
  record = record_;  // all scores are equal, on a line
  EXPECT_EQ(reason(record), Reason::kWrongState);
}

}  // namespace
}  // namespace solotrial::trial
