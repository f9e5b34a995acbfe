// From a symptom and an intervention to a whole protocol, with a reason for each choice.
#ifndef SOLOTRIAL_ENGINE_TRIAL_DRAFT_H_
#define SOLOTRIAL_ENGINE_TRIAL_DRAFT_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/trial/catalog.h"
#include "engine/trial/protocol.h"

namespace solotrial::trial {

// What the person said; what is absent follows from the catalogue.
struct DraftRequest {
  std::string symptom;            // id of the catalogue
  std::string intervention;       // id of the catalogue; empty: own_intervention
  std::string own_intervention;   // what else is tried, in the person's words; not magnesium
  std::string form;               // id; needed where the intervention has several
  std::optional<double> dose_mg;  // a day; needed where the catalogue names none
  // dose_mg is the weight of the salt; absent: as the catalogue's own dose, else of magnesium
  // itself.
  std::optional<bool> dose_of_compound;
  std::optional<int> count;  // of sprays or baths, each time
  Screening screening;
  std::optional<bool> menstruates;
  std::optional<double> minimal_important_difference;  // of the primary measure
  // Of the primary measure without treatment, in its benefit's unit.
  std::optional<double> usual_score;
  std::vector<std::string> measures;    // ids beside the symptom's usual ones
  std::vector<std::string> covariates;  // ids
  std::string time_zone;
  Locale locale = Locale::kEnglish;
};

// Why a field is as it is.
struct DraftReason {
  std::string field;  // path from the protocol's root
  std::string text;
  Provenance provenance;
};

struct Draft {
  Protocol protocol;  // keeps the rules of CheckProtocol
  std::vector<DraftReason> reasons;
};

// UNKNOWN_ID for what the catalogue does not have, INVALID_FIELDS for what is missing, with the
// field of the request and what would be right.
absl::StatusOr<Draft> DraftProtocol(const DraftRequest& request);

}  // namespace solotrial::trial

#endif  // SOLOTRIAL_ENGINE_TRIAL_DRAFT_H_
