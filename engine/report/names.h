// What things are called in the formats of the export. Part of those formats: never rename.
#ifndef SOLOTRIAL_ENGINE_REPORT_NAMES_H_
#define SOLOTRIAL_ENGINE_REPORT_NAMES_H_

#include <optional>
#include <string>

#include "engine/report/exported_trial.h"

namespace solotrial::report {

const char* PhaseName(ExportedDay::Phase phase);           // `run_in`, `block`, ...
const char* StateName(trial::EffectiveState state);        // `running`, ...
const char* FamilyName(inference::Family family);          // `ordinal`, ...
const char* KindName(trial::Entry::Kind kind);             // `score`, ...
const char* AmendmentName(trial::Amendment::Kind kind);    // `extension`, ...
const char* RandomizationName(trial::Randomization kind);  // `paired`, ...

// What the number of a deviation's kind means (solotrial.v1.Deviation.Kind).
std::string DeviationName(const trial::Entry& deviation);
// `mild`, `moderate`, `severe`.
std::string GradeName(double grade);
// `on`, `off`; `fallback` for none.
std::string ArmName(const std::optional<bool>& on, const std::string& fallback);

// When an entry was made, on the clock of the device it was made on: `2026-01-05T20:00:00+01:00`.
std::string LocalTimeText(const trial::Entry& entry);

}  // namespace solotrial::report

#endif  // SOLOTRIAL_ENGINE_REPORT_NAMES_H_
