#include "clients/cli/measures.h"

#include <gtest/gtest.h>

namespace solotrial::cli {
namespace {

v1::Measure Of(v1::Measure::Family family, bool lower_is_better, double difference) {
  v1::Measure measure;
  measure.set_family(family);
  measure.set_lower_is_better(lower_is_better);
  measure.set_minimal_important_difference(difference);
  return measure;
}

TEST(MeasuresTest, AScaleIsANumberFromTo) {
  v1::Measure mood = Of(v1::Measure::STUDENT_T, false, 2.5);
  mood.set_minimum(-10);
  mood.set_maximum(10);
  EXPECT_EQ(ScaleText(mood), "-10 to 10");
  EXPECT_EQ(BetterText(mood), "higher is better");
  EXPECT_EQ(DifferenceText(mood), "2.5");
  EXPECT_FALSE(HasWholeScores(mood.family()));
  EXPECT_TRUE(HasWholeScores(v1::Measure::ORDINAL));
}

TEST(MeasuresTest, AYesOrNoNeedsNoBounds) {
  const v1::Measure migraine = Of(v1::Measure::BERNOULLI, true, 1);
  EXPECT_EQ(ScaleText(migraine), "1 yes, 0 no");
  EXPECT_EQ(BetterText(migraine), "no is better");
  EXPECT_EQ(DifferenceText(migraine), "1 day per 28 days");
  EXPECT_EQ(DifferenceText(Of(v1::Measure::BERNOULLI, true, 2)), "2 days per 28 days");
  EXPECT_TRUE(HasWholeScores(v1::Measure::BERNOULLI));
}

TEST(MeasuresTest, ACountIsCalledOne) {
  for (const auto family : {v1::Measure::POISSON, v1::Measure::NEGATIVE_BINOMIAL}) {
    const v1::Measure cramps = Of(family, true, 1);
    EXPECT_EQ(ScaleText(cramps), "a count");
    EXPECT_EQ(BetterText(cramps), "fewer is better");
    EXPECT_EQ(DifferenceText(cramps), "1 event per 7 days");
    EXPECT_EQ(BetterText(Of(family, false, 1)), "more is better");
    EXPECT_EQ(DifferenceText(Of(family, true, 0.5)), "0.5 events per 7 days");
    EXPECT_TRUE(HasWholeScores(family));
    EXPECT_TRUE(IsCount(family));
  }
}

}  // namespace
}  // namespace solotrial::cli
