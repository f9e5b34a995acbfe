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
