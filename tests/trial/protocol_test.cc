#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>

#include "tests/trial/protocols.h"

namespace solotrial::trial {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> Fields(const Protocol& protocol, Purpose purpose = Purpose::kTrial) {
  std::vector<std::string> fields;
  for (const Violation& violation : CheckProtocol(protocol, purpose)) {
    EXPECT_FALSE(violation.description.empty());
    fields.push_back(violation.field);
  }
  return fields;
}

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

// The fields at fault after `change` was made to a valid protocol.
std::vector<std::string> FieldsAfter(const std::function<void(Protocol&)>& change) {
  Protocol protocol = PairedProtocol();
  change(protocol);
  return Fields(protocol);
}

TEST(CheckProtocolTest, AcceptsAValidProtocol) { EXPECT_THAT(Fields(PairedProtocol()), IsEmpty()); }

TEST(CheckProtocolTest, ReportsEveryViolationAtOnceInTheOrderOfTheFields) {
  Protocol protocol = PairedProtocol();
  protocol.title = "";
  protocol.design.block_days = 0;
  protocol.measures[0].minimum = 10;
  protocol.kinetics.onset_half_life_days = -1;
  protocol.covariates[0].id = "legs";
  protocol.intervention.reset();
  protocol.time_zone = "Europe/Atlantis";
  EXPECT_THAT(Fields(protocol), ElementsAre("title", "design.block_days", "measures[0].minimum",
                                            "kinetics.onset_half_life_days", "covariates[0].id",
                                            "intervention", "time_zone"));
}

TEST(CheckProtocolTest, ChecksTheDesign) {
  const auto design = [](const std::function<void(Design&)>& change) {
    return FieldsAfter([&](Protocol& protocol) { change(protocol.design); });
  };
  EXPECT_THAT(design([](Design& d) { d.block_days = -7; }), ElementsAre("design.block_days"));
  EXPECT_THAT(design([](Design& d) { d.block_days = 367; }), ElementsAre("design.block_days"));
  EXPECT_THAT(design([](Design& d) { d.pairs = 0; }), ElementsAre("design.pairs"));
  EXPECT_THAT(design([](Design& d) { d.pairs = 201; }), ElementsAre("design.pairs"));
  EXPECT_THAT(design([](Design& d) { d.pairs = 200, d.block_days = 8; }), ElementsAre("design"));
  EXPECT_THAT(design([](Design& d) { d.run_in_days = -1; }), ElementsAre("design.run_in_days"));
  EXPECT_THAT(design([](Design& d) { d.longest_run = 2; }), ElementsAre("design.longest_run"));
  EXPECT_THAT(design([](Design& d) { d.washout_days = 7; }), ElementsAre("design.washout_days"));
  EXPECT_THAT(design([](Design& d) { d.washout_days = 6; }), IsEmpty());
  EXPECT_THAT(design([](Design& d) { d.randomization = Randomization::kCounterbalanced; }),
              ElementsAre("design.pairs"));
  EXPECT_THAT(design([](Design& d) { d.randomization = Randomization::kRestricted; }),
              ElementsAre("design.longest_run"));
  EXPECT_THAT(design([](Design& d) { d.randomization = Randomization::kNone; }),
              ElementsAre("design.randomization"));
  EXPECT_THAT(design([](Design& d) { d.pairs = 2'000'000'000, d.block_days = 2'000'000'000; }),
              ElementsAre("design.block_days", "design.pairs", "design"));
}

TEST(CheckProtocolTest, ChecksWhatVisitsAndCyclesCannotHave) {
  const auto by = [](BlockUnit unit, const std::function<void(Protocol&)>& change) {
    return FieldsAfter([&](Protocol& protocol) {
      protocol.design.block_unit = unit;
      protocol.design.block_days = unit == BlockUnit::kVisits ? 1 : 28;
      protocol.design.run_in_days = 0;
      protocol.kinetics = {};
      change(protocol);
    });
  };
  const auto visits = [&](const auto& change) { return by(BlockUnit::kVisits, change); };
  const auto cycles = [&](const auto& change) { return by(BlockUnit::kCycles, change); };
  EXPECT_THAT(visits([](Protocol&) {}), IsEmpty());
  EXPECT_THAT(visits([](Protocol& p) { p.design.block_days = 2; }),
              ElementsAre("design.block_days"));
  EXPECT_THAT(visits([](Protocol& p) { p.design.run_in_days = 1; }),
              ElementsAre("design.run_in_days"));
  EXPECT_THAT(visits([](Protocol& p) { p.kinetics.onset_half_life_days = 2; }),
              ElementsAre("kinetics"));
  EXPECT_THAT(visits([](Protocol& p) { p.measures[0].refers_to = RefersTo::kPreviousNight; }),
              ElementsAre("measures[0].refers_to"));
  EXPECT_THAT(visits([](Protocol& p) {
                p.measures[0].family = inference::Family::kPoisson;
                p.measures[0].maximum = 100;
              }),
              ElementsAre("measures[0].family"));
  EXPECT_THAT(cycles([](Protocol&) {}), IsEmpty());
  EXPECT_THAT(cycles([](Protocol& p) { p.design.block_days = 14; }),
              ElementsAre("design.block_days"));
  EXPECT_THAT(cycles([](Protocol& p) { p.design.block_days = 61; }),
              ElementsAre("design.block_days"));
  EXPECT_THAT(cycles([](Protocol& p) { p.design.pairs = 27; }), ElementsAre("design"))
      << "each may take twice as long as usual";
}

TEST(CheckProtocolTest, ChecksTheScale) {
  const auto measure = [](const std::function<void(Measure&)>& change) {
    return FieldsAfter([&](Protocol& protocol) { change(protocol.measures[0]); });
  };
  EXPECT_THAT(measure([](Measure& m) { m.minimum = m.maximum; }),
              ElementsAre("measures[0].minimum"));
  EXPECT_THAT(measure([](Measure& m) { m.maximum = kNan; }), ElementsAre("measures[0].maximum"));
  EXPECT_THAT(measure([](Measure& m) { m.maximum = kInfinity; }),
              ElementsAre("measures[0].maximum"));
  EXPECT_THAT(measure([](Measure& m) { m.minimum = 0.5; }), ElementsAre("measures[0].minimum"));
  EXPECT_THAT(measure([](Measure& m) { m.maximum = 21; }), ElementsAre("measures[0].maximum"));
  EXPECT_THAT(measure([](Measure& m) { m.maximum = 20; }), IsEmpty());
  EXPECT_THAT(measure([](Measure& m) { m.minimal_important_difference = 0; }),
              ElementsAre("measures[0].minimal_important_difference"));
  EXPECT_THAT(measure([](Measure& m) { m.minimal_important_difference = kNan; }),
              ElementsAre("measures[0].minimal_important_difference"));
  EXPECT_THAT(measure([](Measure& m) { m.minimal_important_difference = 2.6; }),
              ElementsAre("measures[0].minimal_important_difference"));
  EXPECT_THAT(measure([](Measure& m) { m.minimal_important_difference.reset(); }),
              ElementsAre("measures[0].minimal_important_difference"));
  EXPECT_THAT(measure([](Measure& m) { m.daily_rule = DailyRule::kMean; }),
              ElementsAre("measures[0].daily_rule"));
  EXPECT_THAT(measure([](Measure& m) {
                m.slots = {"morning", "morning", "Eve ning"};
              }),
              ElementsAre("measures[0].slots[1]", "measures[0].slots[2]"));
}

using inference::Family;

// The fields at fault of a protocol whose only measure is `change` of a valid one of `family`.
std::vector<std::string> FieldsOf(Family family, const std::function<void(Measure&)>& change) {
  return FieldsAfter([&](Protocol& protocol) {
    Measure& measure = protocol.measures[0];
    measure.family = family;
    measure.maximum = family == Family::kBernoulli ? 1 : IsCount(family) ? 1e9 : 10;
    change(measure);
  });
}

constexpr Family kCounts[] = {Family::kPoisson, Family::kNegativeBinomial};

TEST(CheckProtocolTest, AcceptsEveryFamily) {
  for (const Family family : {Family::kGaussian, Family::kStudentT, Family::kBernoulli,
                              Family::kPoisson, Family::kNegativeBinomial, Family::kOrdinal}) {
    EXPECT_THAT(FieldsOf(family, [](Measure&) {}), IsEmpty());
  }
}

TEST(CheckProtocolTest, AYesOrNoHasTheScale0To1) {
  const auto yes_no = [](const std::function<void(Measure&)>& change) {
    return FieldsOf(Family::kBernoulli, change);
  };
  EXPECT_THAT(yes_no([](Measure& m) { m.minimum = -1; }), ElementsAre("measures[0].minimum"));
  EXPECT_THAT(yes_no([](Measure& m) { m.maximum = 2; }), ElementsAre("measures[0].maximum"));
  EXPECT_THAT(yes_no([](Measure& m) { m.maximum = kNan; }), ElementsAre("measures[0].maximum"));
}

TEST(CheckProtocolTest, ACountStartsAt0AndMayHaveALimit) {
  for (const Family family : kCounts) {
    const auto count = [family](const std::function<void(Measure&)>& change) {
      return FieldsOf(family, change);
    };
    EXPECT_THAT(count([](Measure& m) { m.minimum = 1; }), ElementsAre("measures[0].minimum"));
    EXPECT_THAT(count([](Measure& m) { m.maximum = 1; }), IsEmpty());
    EXPECT_THAT(count([](Measure& m) { m.maximum = 0; }), ElementsAre("measures[0].maximum"));
    EXPECT_THAT(count([](Measure& m) { m.maximum = 4.5; }), ElementsAre("measures[0].maximum"));
    EXPECT_THAT(count([](Measure& m) { m.maximum = 1e9 + 1; }), ElementsAre("measures[0].maximum"));
    EXPECT_THAT(count([](Measure& m) { m.maximum = kNan; }), ElementsAre("measures[0].maximum"));
    EXPECT_THAT(count([](Measure& m) { m.typical_daily_count = 0.2; }), IsEmpty());
    for (const double wrong : {0.0, -1.0, 2e9, kNan, kInfinity}) {
      EXPECT_THAT(count([wrong](Measure& m) { m.typical_daily_count = wrong; }),
                  ElementsAre("measures[0].typical_daily_count"))
          << wrong;
    }
  }
}

TEST(CheckProtocolTest, SlotsThatAreAddedShareTheLargestCount) {
  const auto sum = [](double maximum) {
    return FieldsOf(Family::kPoisson, [maximum](Measure& m) {
      m.slots = {"day", "night"};
      m.daily_rule = DailyRule::kSum;
      m.maximum = maximum;
    });
  };
  EXPECT_THAT(sum(5e8), IsEmpty());
  EXPECT_THAT(sum(5e8 + 1), ElementsAre("measures[0].maximum"));
}

TEST(CheckProtocolTest, ATypicalCountIsForCountsOnly) {
  for (const Family family :
       {Family::kGaussian, Family::kStudentT, Family::kBernoulli, Family::kOrdinal}) {
    EXPECT_THAT(FieldsOf(family, [](Measure& m) { m.typical_daily_count = 1; }),
                ElementsAre("measures[0].typical_daily_count"));
  }
}

TEST(CheckProtocolTest, OtherPriorsStayWithinReachOfTheModelsOwn) {
  const auto own = [](Family family, double mean, double sd) {
    return FieldsOf(family, [mean, sd](Measure& m) { m.own_prior = {.mean = mean, .sd = sd}; });
  };
  const std::string field = "measures[0].own_prior";
  // Normal(0, 1) for log odds and log rates.
  EXPECT_THAT(own(Family::kOrdinal, -4, 0.05), IsEmpty());
  EXPECT_THAT(own(Family::kPoisson, 4, 4), IsEmpty());
  EXPECT_THAT(own(Family::kBernoulli, 4.1, 1), ElementsAre(field + ".mean"));
  EXPECT_THAT(own(Family::kNegativeBinomial, kNan, 1), ElementsAre(field + ".mean"));
  for (const double wrong : {0.0, -1.0, 0.04, 4.1, kNan, kInfinity}) {
    EXPECT_THAT(own(Family::kOrdinal, 0, wrong), ElementsAre(field + ".sd")) << wrong;
  }
  const auto literature = [](double mean, double sd) {
    return FieldsOf(Family::kGaussian, [mean, sd](Measure& m) {
      m.maximum = 100;  // Normal(0, 25)
      m.literature_prior = {.mean = mean, .sd = sd};
    });
  };
  EXPECT_THAT(literature(-100, 100), IsEmpty());
  EXPECT_THAT(literature(-101, 1),
              ElementsAre("measures[0].literature_prior.mean", "measures[0].literature_prior.sd"));
}

TEST(CheckProtocolTest, AnImportantDifferenceIsInTheUnitOfTheBenefit) {
  const auto difference = [](Family family, double value, double maximum) {
    return FieldsOf(family, [value, maximum](Measure& m) {
      m.minimal_important_difference = value;
      m.maximum = maximum;
    });
  };
  const auto refused = ElementsAre("measures[0].minimal_important_difference");
  EXPECT_THAT(difference(Family::kStudentT, 2.5, 10), IsEmpty());
  EXPECT_THAT(difference(Family::kStudentT, 2.6, 10), refused);
  EXPECT_THAT(difference(Family::kBernoulli, 7, 1), IsEmpty()) << "days per 28 days";
  EXPECT_THAT(difference(Family::kBernoulli, 7.1, 1), refused);
  EXPECT_THAT(difference(Family::kBernoulli, 0, 1), refused);
  for (const Family family : kCounts) {
    EXPECT_THAT(difference(family, 1e6, 1e9), IsEmpty()) << "events per 7 days";
    EXPECT_THAT(difference(family, 0, 1e9), refused);
    EXPECT_THAT(difference(family, 14, 8), IsEmpty());
    EXPECT_THAT(difference(family, 14.1, 8), refused);
    EXPECT_THAT(difference(family, kNan, 8), refused);
  }
}

TEST(CheckProtocolTest, ADaysValueIsOneThatTheFamilyKnows) {
  const auto accepts = [](Family family, DailyRule rule) {
    const std::vector<std::string> fields = FieldsOf(family, [rule](Measure& m) {
      m.slots = {"day", "night"};
      m.daily_rule = rule;
      if (IsCount(m.family)) m.maximum = 100;
    });
    EXPECT_TRUE(fields.empty() || fields == std::vector<std::string>{"measures[0].daily_rule"});
    return fields.empty();
  };
  for (const Family family : {Family::kGaussian, Family::kStudentT, Family::kBernoulli,
                              Family::kPoisson, Family::kNegativeBinomial, Family::kOrdinal}) {
    EXPECT_EQ(accepts(family, DailyRule::kMean), IsContinuous(family));
    EXPECT_EQ(accepts(family, DailyRule::kSum), IsContinuous(family) || IsCount(family));
    EXPECT_TRUE(accepts(family, DailyRule::kMax));
    EXPECT_TRUE(accepts(family, DailyRule::kLast));
  }
}

TEST(CheckProtocolTest, HalfLivesAreLearnedFromAGuessAbove0) {
  const auto learned = [](double onset, double offset) {
    return FieldsAfter([onset, offset](Protocol& protocol) {
      protocol.kinetics = {.onset_half_life_days = onset, .offset_half_life_days = offset};
      protocol.kinetics.learn = true;
    });
  };
  EXPECT_THAT(learned(3, 4), IsEmpty());
  EXPECT_THAT(learned(0, 4), ElementsAre("kinetics.onset_half_life_days"));
  EXPECT_THAT(learned(0, 0),
              ElementsAre("kinetics.onset_half_life_days", "kinetics.offset_half_life_days"));
}

TEST(CheckProtocolTest, ArmVarianceNeedsAMeasureThatHasNoise) {
  const auto fields = [](Family family) {
    return FieldsAfter([family](Protocol& protocol) {
      protocol.arm_variance = true;
      protocol.measures[0].family = family;
    });
  };
  EXPECT_THAT(fields(Family::kGaussian), IsEmpty());
  EXPECT_THAT(fields(Family::kStudentT), IsEmpty());
  EXPECT_THAT(fields(Family::kOrdinal), ElementsAre("analysis.arm_variance"));
  EXPECT_THAT(FieldsAfter([](Protocol& protocol) {
                protocol.arm_variance = true;
                protocol.measures.push_back(protocol.measures[0]);
                protocol.measures[1].id = "mood";
                protocol.measures[1].primary = false;
                protocol.measures[1].family = Family::kGaussian;
              }),
              IsEmpty())
      << "one such measure among others is enough";
}

TEST(AskedMeasureTest, IsThePrimaryOneUnlessNamed) {
  Protocol protocol = PairedProtocol();
  protocol.measures.push_back(protocol.measures[0]);
  protocol.measures[1].id = "mood";
  protocol.measures[1].primary = false;
  EXPECT_EQ(*AskedMeasure(protocol, ""), &protocol.measures[0]);
  EXPECT_EQ(*AskedMeasure(protocol, "mood"), &protocol.measures[1]);
  const Fault fault = FaultOf(AskedMeasure(protocol, "sleep").status());
  EXPECT_EQ(fault.reason, Reason::kUnknownId);
  EXPECT_EQ(fault.violations.front().field, "measure_id");
}

TEST(ScoreTest, IsWhatTheFamilyAllows) {
  Measure measure;
  measure.maximum = 10;
  EXPECT_TRUE(IsScore(measure, 3.5));
  EXPECT_FALSE(IsScore(measure, 10.5));
  EXPECT_FALSE(IsScore(measure, kNan));
  EXPECT_EQ(ScoreWords(measure), "a number from 0 to 10");
  measure.family = Family::kOrdinal;
  EXPECT_FALSE(IsScore(measure, 3.5));
  EXPECT_EQ(ScoreWords(measure), "a whole number from 0 to 10");
  measure.family = Family::kNegativeBinomial;
  measure.maximum = LargestCount(measure);
  EXPECT_TRUE(IsScore(measure, 0));
  EXPECT_TRUE(IsScore(measure, 1e9));
  EXPECT_FALSE(IsScore(measure, 1e9 + 1));
  EXPECT_FALSE(IsScore(measure, -1));
  EXPECT_FALSE(IsScore(measure, 0.5));
  EXPECT_FALSE(IsScore(measure, kInfinity));
  EXPECT_EQ(ScoreWords(measure), "a whole number from 0 to 1000000000");
  measure.family = Family::kBernoulli;
  measure.maximum = 1;
  EXPECT_TRUE(IsScore(measure, 1));
  EXPECT_FALSE(IsScore(measure, 0.5));
  EXPECT_EQ(ScoreWords(measure), "0 (no) or 1 (yes)");
}

TEST(CheckProtocolTest, ChecksIds) {
  for (const char* id : {"", "Legs", "1legs", "legs night", "date", "on", "effect", "note",
                         "a23456789012345678901234567890123456789012"}) {
    EXPECT_THAT(FieldsAfter([id](Protocol& protocol) { protocol.measures[0].id = id; }),
                ElementsAre("measures[0].id"))
        << id;
  }
}

TEST(CheckProtocolTest, NeedsExactlyOnePrimaryMeasure) {
  EXPECT_THAT(FieldsAfter([](Protocol& protocol) { protocol.measures[0].primary = false; }),
              ElementsAre("measures"));
  EXPECT_THAT(FieldsAfter([](Protocol& protocol) {
                protocol.measures.push_back(protocol.measures[0]);
                protocol.measures[1].id = "sleep";
              }),
              ElementsAre("measures"));
  EXPECT_THAT(FieldsAfter([](Protocol& protocol) { protocol.measures.clear(); }),
              ElementsAre("measures"));
}

TEST(CheckProtocolTest, AMillionMeasuresAreOneViolation) {
  EXPECT_THAT(
      FieldsAfter([](Protocol& protocol) { protocol.measures.resize(1'000'000, Measure{}); }),
      ElementsAre("measures"));
}

TEST(CheckProtocolTest, CountsCharactersNotBytes) {
  std::string title;
  for (int i = 0; i < 200; ++i) title += "ß";
  EXPECT_THAT(FieldsAfter([&](Protocol& protocol) { protocol.title = title; }), IsEmpty());
  EXPECT_THAT(FieldsAfter([&](Protocol& protocol) { protocol.title = title + "ß"; }),
              ElementsAre("title"));
}

TEST(CheckProtocolTest, ARecordFromElsewhereNeedsLess) {
  Protocol protocol = PairedProtocol();
  protocol.title = "";
  protocol.intervention.reset();
  protocol.time_zone = "";
  protocol.design = {.randomization = Randomization::kNone};
  EXPECT_THAT(Fields(protocol, Purpose::kRecord), IsEmpty());
  protocol.design = {.randomization = Randomization::kPaired};
  EXPECT_THAT(Fields(protocol, Purpose::kRecord), ElementsAre("design.block_days"));
}

}  // namespace
}  // namespace solotrial::trial
