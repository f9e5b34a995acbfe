#include "engine/base/fault.h"

#include <gtest/gtest.h>

namespace solotrial {
namespace {

TEST(FaultTest, TravelsInsideAStatus) {
  const Fault fault{Reason::kConflict, {{"a[0].b", "4:x"}, {"", ""}, {"c", "ü\n"}}, true};
  const absl::Status status = FaultStatus(fault, "text");
  EXPECT_EQ(status.code(), absl::StatusCode::kAborted);
  EXPECT_EQ(status.message(), "text");
  const Fault back = FaultOf(status);
  EXPECT_EQ(back.reason, fault.reason);
  EXPECT_EQ(back.violations, fault.violations);
  EXPECT_TRUE(back.retryable);
}

TEST(FaultTest, AStatusWithoutOneIsInternal) {
  EXPECT_EQ(FaultOf(absl::UnknownError("x")).reason, Reason::kInternal);
  EXPECT_TRUE(FaultOf(absl::UnknownError("x")).violations.empty());
}

TEST(FaultTest, EveryReasonSurvivesTheJourney) {
  for (int i = 0; i <= static_cast<int>(Reason::kInternal); ++i) {
    const auto reason = static_cast<Reason>(i);
    EXPECT_EQ(FaultOf(FaultStatus(reason, "")).reason, reason) << ReasonName(reason);
  }
}

TEST(FieldFaultTest, NamesTheFieldInTheMessageToo) {
  const absl::Status status = FieldFault(Reason::kUnknownId, "measure_id", "is none");
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(status.message(), "measure_id: is none");
  const Fault fault = FaultOf(status);
  EXPECT_EQ(fault.reason, Reason::kUnknownId);
  EXPECT_EQ(fault.violations, (std::vector<Violation>{{"measure_id", "is none"}}));
  EXPECT_FALSE(fault.retryable);
  EXPECT_TRUE(FaultOf(FieldFault(Reason::kDateInFuture, "date", "is not yet")).retryable);
}

TEST(InvalidFieldsTest, ListsEveryViolationAndNoneIsFine) {
  EXPECT_TRUE(InvalidFields({}).ok());
  const absl::Status status = InvalidFields({{"a", "is wrong"}, {"b", "too"}});
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(status.message(), "a: is wrong; b: too");
}

TEST(WithFieldPrefixTest, PrefixesFieldsAndMessage) {
  const absl::Status status = WithFieldPrefix(InvalidField("a", "is wrong"), "protocol.");
  EXPECT_EQ(status.message(), "protocol.a: is wrong");
  EXPECT_EQ(FaultOf(status).violations.front().field, "protocol.a");
  EXPECT_TRUE(WithFieldPrefix(absl::OkStatus(), "x").ok());
}

}  // namespace
}  // namespace solotrial
