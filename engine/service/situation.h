// A started or imported trial with everything that an answer about it is made of.
#ifndef SOLOTRIAL_ENGINE_SERVICE_SITUATION_H_
#define SOLOTRIAL_ENGINE_SERVICE_SITUATION_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/access/caller.h"
#include "engine/base/civil_time.h"
#include "engine/service/loaded_trial.h"
#include "engine/store/trial_store.h"
#include "engine/trial/analysis.h"
#include "engine/trial/record.h"

namespace solotrial::service {

struct Situation {
  LoadedTrial loaded;
  trial::Record record;
  std::vector<trial::Entry> current;  // the entries that count
  std::vector<store::LookRow> looks;
  std::optional<trial::SimulatedPower> power;  // as it was kept
};

// As LoadTrial; the record of a draft is empty.
absl::StatusOr<Situation> LoadSituation(const access::Caller& caller,
                                        store::ReadTransaction& transaction,
                                        const std::string& name, const Clock& clock);

// What the analysis of an ended trial has to know beside its record: the primary measure's.
trial::AnalysisRequest RequestFor(const Situation& situation);

}  // namespace solotrial::service

#endif  // SOLOTRIAL_ENGINE_SERVICE_SITUATION_H_
