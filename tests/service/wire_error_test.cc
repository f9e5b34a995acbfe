#include "engine/service/wire_error.h"

#include "engine/base/fault.h"
#include "solotrial/v1/errors.pb.h"
#include "tests/service/engine.h"

namespace solotrial::service {
namespace {

TEST(ToWireTest, EveryReasonIsOneOfTheApi) {
  for (int i = 0; i <= static_cast<int>(Reason::kInternal); ++i) {
    const std::string name = ReasonName(static_cast<Reason>(i));
    v1::ErrorReason parsed;
    EXPECT_TRUE(v1::ErrorReason_Parse("ERROR_REASON_" + name, &parsed)) << name;
  }
  // And the API names no reason that the engine does not have.
  EXPECT_EQ(v1::ErrorReason_descriptor()->value_count(), static_cast<int>(Reason::kInternal) + 2);
}

TEST(ToWireTest, AFaultOfTheEngineTellsNothing) {
  const grpc::Status status = ToWire(absl::UnknownError("score 7 of 2026-01-01"));
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INTERNAL);
  EXPECT_EQ(FaultIn(status).reason, "INTERNAL");
  EXPECT_EQ(status.error_message().find("score"), std::string::npos);
  EXPECT_EQ(status.error_details().find("score"), std::string::npos);
}

// Trailers are capped at 8 KiB: details travel in base64, beside the message.
TEST(ToWireTest, FitsIntoTrailersHoweverManyFieldsAreWrong) {
  std::vector<Violation> violations;
  for (int i = 0; i < 1000; ++i) {
    violations.push_back({"measures[" + std::to_string(i) + "].minimum", std::string(80, 'x')});
  }
  const grpc::Status status = ToWire(InvalidFields(violations));
  EXPECT_LT(status.error_details().size() * 4 / 3 + status.error_message().size(), 7000U);
  EXPECT_GT(FaultIn(status).fields.size(), 20U);
}

TEST(ToWireTest, NeverCutsACharacterInTwo) {
  for (int padding = 0; padding < 4; ++padding) {
    std::string text(static_cast<size_t>(padding), 'x');
    for (int i = 0; i < 400; ++i) text += "€";
    const grpc::Status status = ToWire(FaultStatus(Reason::kWrongState, text));
    v1::RpcStatus wire;
    EXPECT_TRUE(wire.ParseFromString(status.error_details())) << padding;
  }
}

}  // namespace
}  // namespace solotrial::service
