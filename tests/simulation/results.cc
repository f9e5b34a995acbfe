#include "tests/simulation/results.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <iostream>

#include "absl/strings/str_format.h"
#include "engine/inference/inference.h"

namespace solotrial::simulation {
namespace {

std::string Machine() {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("model name")) return line.substr(line.find(':') + 2);
  }
  return "unknown";
}

}  // namespace

Results::Results(const std::string& name, const std::string& title, uint64_t seed) {
  if (const char* folder = std::getenv("SOLOTRIAL_RESULTS"); folder != nullptr) {
    const std::filesystem::path path = std::filesystem::path(folder) / "simulation";
    std::filesystem::create_directories(path);
    file_.open(path / (name + ".txt"));
  }
  Line(title);
  Line("");
  Line("machine  " + Machine());
  Line("compiler " __VERSION__);
  Line("flags    " SOLOTRIAL_FLAGS);
  Line(absl::StrFormat("model    version %s", inference::kModelVersion));
  Line(absl::StrFormat("seed     %d", seed));
  Line("");
}

void Results::Line(const std::string& text) {
  std::cout << text << std::endl;
  if (file_.is_open()) file_ << text << std::endl;
}

int Simulations(int count) {
  const char* share = std::getenv("SOLOTRIAL_SIMULATION_SHARE");
  return share == nullptr ? count : std::max(1, static_cast<int>(count * std::atof(share)));
}

}  // namespace solotrial::simulation
