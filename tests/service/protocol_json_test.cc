#include "engine/service/protocol_json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/base/fault.h"

namespace solotrial::service {
namespace {

using testing::ElementsAre;

std::vector<std::string> FieldsAtFault(const std::string& json) {
  std::vector<std::string> fields;
  const auto protocol = ReadProtocolJson(json);
  EXPECT_FALSE(protocol.ok()) << json;
  for (const Violation& violation : FaultOf(protocol.status()).violations) {
    fields.push_back(violation.field);
  }
  return fields;
}

// The example of the model page, section 9.
constexpr char kExample[] = R"({"title": "Headache",
 "design": {"randomization": "PAIRED", "blockDays": 14, "pairs": 3, "runInDays": 0, "longestRun": 0},
 "measures": [{"id": "headache", "family": "ORDINAL", "minimum": 0, "maximum": 10,
               "lowerIsBetter": true, "minimalImportantDifference": 1, "primary": true}],
 "kinetics": {"onsetHalfLifeDays": 3, "offsetHalfLifeDays": 4, "learn": false},
 "covariates": [{"id": "weekend", "kind": "BINARY"}],
 "analysis": {"trend": true, "autocorrelation": true}})";

TEST(ReadProtocolJsonTest, ReadsTheExampleOfTheModelPage) {
  const auto protocol = ReadProtocolJson(kExample);
  ASSERT_TRUE(protocol.ok()) << protocol.status();
  EXPECT_EQ(protocol->design().randomization(), v1::Design::PAIRED);
  EXPECT_EQ(protocol->measures(0).family(), v1::Measure::ORDINAL);
  EXPECT_EQ(protocol->kinetics().offset_half_life_days(), 4);
  EXPECT_TRUE(protocol->measures(0).has_minimum());
  EXPECT_TRUE(protocol->analysis().has_trend());
  EXPECT_FALSE(protocol->has_day_starts_at());
}

TEST(ReadProtocolJsonTest, NamesUnknownKeysAndWrongTypesWithTheirPathAllAtOnce) {
  EXPECT_THAT(FieldsAtFault(R"({"titel": "x", "design": {"blockDays": "14", "pairs": 2.5},
                                "measures": [{"id": 3, "lowerIsBetter": 1, "family": "GAUSS"}]})"),
              ElementsAre("design.blockDays", "design.pairs", "measures[0].family",
                          "measures[0].id", "measures[0].lowerIsBetter", "titel"));
}

TEST(ReadProtocolJsonTest, NamesDuplicateKeys) {
  EXPECT_THAT(FieldsAtFault(R"({"title": "a", "title": "b"})"), ElementsAre("title"));
  EXPECT_THAT(FieldsAtFault(R"({"design": {"pairs": 1, "pairs": 2}})"),
              ElementsAre("design.pairs"));
}

TEST(ReadProtocolJsonTest, NamesLineAndColumnOfWhatIsNoJson) {
  EXPECT_THAT(FieldsAtFault("{\"title\": \"a\",\n  oops}"), ElementsAre("line 2, column 3"));
  for (const char* json : {"", "{", "{\"title\": \"a\",}", "{\"a\": NaN}", "[1, 2",
                           "{\"title\": \"\xff\"}", "\xff\xfe{\0}\0"}) {
    EXPECT_EQ(FieldsAtFault(json).size(), 1U) << json;
  }
}

TEST(ReadProtocolJsonTest, RefusesNumbersThatCannotBeKept) {
  EXPECT_EQ(FieldsAtFault(R"({"measures": [{"maximum": 1e999}]})").size(), 1U);
  EXPECT_THAT(FieldsAtFault(R"({"design": {"pairs": 99999999999}})"), ElementsAre("design.pairs"));
  EXPECT_THAT(FieldsAtFault(R"({"measures": [{"maximum": "NaN"}]})"),
              ElementsAre("measures[0].maximum"));
}

TEST(ReadProtocolJsonTest, RefusesDepthAndSize) {
  EXPECT_EQ(FieldsAtFault(std::string(100'000, '[')).size(), 1U);
  std::string deep;
  for (int i = 0; i < 1000; ++i) deep += "{\"design\":";
  EXPECT_EQ(FieldsAtFault(deep).size(), 1U);
  EXPECT_THAT(FieldsAtFault(std::string((1 << 20) + 1, ' ')), ElementsAre("protocol"));
}

TEST(ReadProtocolJsonTest, AMillionMeasuresAreReadAndCountedElsewhere) {
  std::string json = "{\"measures\":[";
  for (int i = 0; i < 200'000; ++i) json += i == 0 ? "{}" : ",{}";
  EXPECT_TRUE(ReadProtocolJson(json + "]}").ok());
}

TEST(ReadProtocolJsonTest, AByteOrderMarkIsNoFault) {
  EXPECT_TRUE(ReadProtocolJson("\xef\xbb\xbf{}").ok());
}

TEST(CanonicalProtocolJsonTest, SortsKeysAndPrintsNumbersAsEcmaScript) {
  v1::Protocol protocol;
  protocol.set_title("a\"b\\c\n\x01/é");
  protocol.mutable_design()->set_pairs(3);
  protocol.mutable_design()->set_block_days(14);
  // Values and texts of RFC 8785, appendix B, and of ECMAScript's Number::toString.
  for (const double value : {0.0, 1e21, 1e20, 123456789012345680000.0, 1e-6, 1e-7, 4.5, -0.1,
                             333333333.33333329, 1e23, 9007199254740992.0}) {
    protocol.add_measures()->set_minimum(value);
  }
  EXPECT_EQ(CanonicalProtocolJson(protocol),
            "{\"design\":{\"blockDays\":14,\"pairs\":3},\"measures\":[{\"minimum\":0},"
            "{\"minimum\":1e+21},{\"minimum\":100000000000000000000},"
            "{\"minimum\":123456789012345680000},{\"minimum\":0.000001},{\"minimum\":1e-7},"
            "{\"minimum\":4.5},{\"minimum\":-0.1},{\"minimum\":333333333.3333333},"
            "{\"minimum\":1e+23},{\"minimum\":9007199254740992}],"
            "\"title\":\"a\\\"b\\\\c\\n\\u0001/é\"}");
}

TEST(CanonicalProtocolJsonTest, ReadsBackToTheSameProtocol) {
  const auto protocol = ReadProtocolJson(kExample);
  ASSERT_TRUE(protocol.ok());
  const auto again = ReadProtocolJson(CanonicalProtocolJson(*protocol));
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->SerializeAsString(), protocol->SerializeAsString());
}

}  // namespace
}  // namespace solotrial::service
