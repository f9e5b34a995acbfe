// tests/golden/allocation_vectors.json, which another language makes and checks
// (tests/golden/allocation.py follows the text of allocation.h and amendment.h and shares no code
// with the engine).
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <string>

#include "engine/trial/allocation.h"
#include "engine/trial/amendment.h"

namespace solotrial::trial {
namespace {

std::string BytesOfHex(const std::string& hex) {
  std::string bytes;
  for (size_t i = 0; i < hex.size(); i += 2) {
    bytes += static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16));
  }
  return bytes;
}

TEST(AllocationVectorsTest, AgreeWithAnotherLanguage) {
  const std::map<std::string, Randomization> kinds = {
      {"PAIRED", Randomization::kPaired},
      {"COUNTERBALANCED", Randomization::kCounterbalanced},
      {"RESTRICTED", Randomization::kRestricted},
      {"BALANCED", Randomization::kBalanced}};
  std::ifstream file(std::string(SOLOTRIAL_SOURCE_DIR) + "/tests/golden/allocation_vectors.json");
  const nlohmann::json golden = nlohmann::json::parse(file);
  ASSERT_GE(golden["vectors"].size(), 32U);
  for (const nlohmann::json& vector : golden["vectors"]) {
    Protocol protocol;
    protocol.design = {.randomization = kinds.at(vector["randomization"]),
                       .block_days = 7,
                       .pairs = vector["pairs"],
                       .longest_run = vector.value("longest_run", 0)};
    Trial trial;
    trial.seed = BytesOfHex(vector["seed"]);
    if (!vector.contains("extensions")) {
      EXPECT_EQ(DrawAllocation(protocol.design, trial.seed), vector["order"]) << vector.dump();
      continue;
    }
    for (const int pairs : vector["extensions"]) {
      Amendment& made = trial.amendments.emplace_back();
      made.kind = Amendment::Kind::kExtension;
      made.pairs = pairs;
    }
    EXPECT_EQ(OrderOf(protocol, trial), vector["order"]) << vector.dump();
  }
}

}  // namespace
}  // namespace solotrial::trial
