// A protocol to start from: complete, and meant to be edited.
#ifndef SOLOTRIAL_CLIENTS_CLI_PROTOCOL_TEMPLATE_H_
#define SOLOTRIAL_CLIENTS_CLI_PROTOCOL_TEMPLATE_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "solotrial/v1/protocol.pb.h"

namespace solotrial::cli {

// What the person said; what is absent is filled from the symptom's defaults.
struct TemplateOptions {
  std::string symptom;
  std::string title;
  std::string intervention = "magnesium";
  std::string on_instruction;
  std::string off_instruction;
  std::string randomization = "PAIRED";
  bool blinded = false;  // by a helper; needs off_instruction
  std::optional<int> block_days;
  std::optional<int> pairs;
  std::optional<int> run_in_days;
  std::optional<double> onset_half_life_days;
  std::optional<double> offset_half_life_days;
  std::optional<double> minimal_important_difference;
  std::vector<std::string> covariates;  // ID for a yes/no question, ID:numeric for a number
  std::string time_zone;
};

// Names of the symptoms that have defaults.
std::vector<std::string> SymptomNames();

// Only unknown names, and a blinded trial without a comparator, are refused here: whether the
// protocol makes sense is for the engine to say.
absl::StatusOr<v1::Protocol> MakeProtocol(const TemplateOptions& options);

}  // namespace solotrial::cli

#endif  // SOLOTRIAL_CLIENTS_CLI_PROTOCOL_TEMPLATE_H_
