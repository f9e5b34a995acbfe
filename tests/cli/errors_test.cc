#include "clients/cli/errors.h"

#include <gtest/gtest.h>

#include "solotrial/v1/errors.pb.h"

namespace solotrial::cli {
namespace {

struct Violation {
  std::string field;
  std::string description;
};

// The bytes of grpc-status-details-bin.
std::string Details(const std::string& reason, const std::vector<Violation>& violations) {
  v1::RpcStatus rpc;
  v1::ErrorInfo info;
  info.set_reason(reason);
  info.set_domain("solotrial");
  (*info.mutable_metadata())["retry"] = reason == "BUSY" ? "yes" : "no";
  google::protobuf::Any& first = *rpc.add_details();
  first.set_type_url("type.googleapis.com/google.rpc.ErrorInfo");
  first.set_value(info.SerializeAsString());
  if (!violations.empty()) {
    v1::BadRequest request;
    for (const Violation& violation : violations) {
      v1::FieldViolation& added = *request.add_field_violations();
      added.set_field(violation.field);
      added.set_description(violation.description);
    }
    google::protobuf::Any& second = *rpc.add_details();
    second.set_type_url("type.googleapis.com/google.rpc.BadRequest");
    second.set_value(request.SerializeAsString());
  }
  return rpc.SerializeAsString();
}

constexpr int kGrpcInvalidArgument = 3;
constexpr int kGrpcUnavailable = 14;

TEST(ErrorsTest, PrintsOneLineForEveryViolation) {
  const Fault fault = Describe(client::FromRpc(
      kGrpcInvalidArgument, "The protocol has faults: ...",
      Details("INVALID_FIELDS", {{"protocol.measures[0].maximum", "must be above minimum"},
                                 {"protocol.time_zone", "is required"}})));
  EXPECT_EQ(fault.exit_code, kInvalidInput);
  EXPECT_EQ(FaultText(fault),
            "solotrial: 2 fields are wrong:\n"
            "  protocol.measures[0].maximum: must be above minimum\n"
            "  protocol.time_zone: is required\n");
  EXPECT_EQ(FaultJson(fault),
            R"({"error":{"kind":"engine","code":"INVALID_ARGUMENT","reason":"INVALID_FIELDS",)"
            R"("retryable":false,"message":"The protocol has faults: ...","violations":[)"
            R"({"field":"protocol.measures[0].maximum","description":"must be above minimum"},)"
            R"({"field":"protocol.time_zone","description":"is required"}]}})"
            "\n");
}

TEST(ErrorsTest, ExitCodesFollowTheReason) {
  const std::vector<std::pair<std::string, int>> expected = {
      {"INVALID_FIELDS", 3},
      {"UNREADABLE_DIARY", 3},
      {"DATE_OUTSIDE_TRIAL", 3},
      {"TRIAL_NOT_FOUND", 4},
      {"WRONG_STATE", 5},
      {"CONFLICT", 5},
      {"STORAGE_UNAVAILABLE", 6},
      {"BUSY", 6},
      {"UNAUTHENTICATED", 7},
      {"ROLE_NOT_ALLOWED", 7},
      {"INTERNAL", 9},
  };
  for (const auto& [reason, exit_code] : expected) {
    EXPECT_EQ(Describe(client::FromRpc(kGrpcInvalidArgument, "x", Details(reason, {}))).exit_code,
              exit_code)
        << reason;
  }
  EXPECT_TRUE(Describe(client::FromRpc(kGrpcUnavailable, "x", Details("BUSY", {}))).retryable);
}

TEST(ErrorsTest, ExitCodesWithoutDetailsFollowTheCode) {
  EXPECT_EQ(Describe(client::FromRpc(kGrpcUnavailable, "x", "")).exit_code, kUnreachable);
  EXPECT_EQ(Describe(client::FromRpc(4, "x", "")).exit_code, kUnreachable);
  EXPECT_EQ(Describe(client::FromRpc(5, "x", "")).exit_code, kNotFound);
  EXPECT_EQ(Describe(client::FromRpc(12, "x", "")).exit_code, kInternal);
  EXPECT_EQ(Describe(UsageError("x")).exit_code, kWrongUsage);
  EXPECT_EQ(Describe(InputError("x")).exit_code, kInvalidInput);
  EXPECT_EQ(Describe(MissingError("x")).exit_code, kNotFound);
  EXPECT_EQ(Describe(MachineError("x")).exit_code, kInternal);
}

TEST(ErrorsTest, SurvivesDetailsThatAreNoMessage) {
  const Fault fault = Describe(client::FromRpc(kGrpcUnavailable, "down", "\xff\xff\xff"));
  EXPECT_EQ(FaultText(fault), "solotrial: down\n");
}

TEST(ErrorsTest, WordsFromElsewhereCannotSteerTheTerminal) {
  EXPECT_EQ(FaultText(Describe(InputError("a\033[2Jb\xc3"))), "solotrial: a?[2Jb?\n");
  EXPECT_NE(FaultJson(Describe(InputError("a\xc3"))).find("a\xef\xbf\xbd"), std::string::npos);
}

TEST(ErrorsTest, PrintsTheHintLast) {
  EXPECT_EQ(FaultText(Describe(WithHint(UsageError("No."), "Try this."))),
            "solotrial: No.\nTry this.\n");
}

}  // namespace
}  // namespace solotrial::cli
