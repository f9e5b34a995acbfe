// A protocol to start from: drafted by the engine from its catalogue, and meant to be edited.
#ifndef SOLOTRIAL_CLIENTS_CLI_PROTOCOL_TEMPLATE_H_
#define SOLOTRIAL_CLIENTS_CLI_PROTOCOL_TEMPLATE_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "solotrial/v1/catalog_service.pb.h"
#include "solotrial/v1/protocol.pb.h"

namespace solotrial::cli {

// What was said about safety; ids of findings with hyphens or underscores.
struct SafetyOptions {
  std::string region;
  std::vector<std::string> has;
  std::vector<std::string> not_sure;
  std::vector<std::string> understood;  // warnings
  bool has_none = false;                // every other question is answered with no
};

// What the person said; what is absent is filled from the catalogue.
struct TemplateOptions {
  std::string symptom;
  std::string title;
  std::string intervention = "glycinate";  // of the catalogue, or the name of something else
  std::string form;
  std::optional<double> dose_mg;
  bool salt_weight = false;
  std::optional<int> count;
  std::string menstruates;  // yes, no or empty
  std::vector<std::string> measures;
  SafetyOptions safety;
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
  std::optional<double> usual_score;
  // ID of the catalogue; of one's own: ID for a yes/no question, ID:numeric for a number.
  std::vector<std::string> covariates;
  std::string time_zone;
  std::string locale;
};

// Names of the symptoms and interventions of the catalogue, as they are typed: with hyphens.
std::vector<std::string> SymptomNames();
std::vector<std::string> InterventionNames();
std::vector<std::string> FindingNames();

// Only unknown names, and a blinded trial without a comparator, are refused here: whether the
// protocol makes sense is for the engine to say.
absl::StatusOr<v1::ProtocolDraft> MakeProtocol(const TemplateOptions& options);

// Adds what was said to `screening`; an answer replaces an earlier one.
absl::Status AddAnswers(const SafetyOptions& options, v1::Screening& screening);

}  // namespace solotrial::cli

#endif  // SOLOTRIAL_CLIENTS_CLI_PROTOCOL_TEMPLATE_H_
