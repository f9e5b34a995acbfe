// Between the API's messages and the domain's types: the only place that knows both.
#ifndef SOLOTRIAL_ENGINE_SERVICE_CONVERT_H_
#define SOLOTRIAL_ENGINE_SERVICE_CONVERT_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/base/fault.h"
#include "engine/import/mapping.h"
#include "engine/report/messages.h"
#include "engine/report/summary.h"
#include "engine/store/trial_store.h"
#include "engine/trial/adverse_events.h"
#include "engine/trial/analysis.h"
#include "engine/trial/catalog.h"
#include "engine/trial/diary.h"
#include "engine/trial/draft.h"
#include "engine/trial/participant_view.h"
#include "engine/trial/prediction.h"
#include "engine/trial/protocol.h"
#include "engine/trial/safety.h"
#include "engine/trial/schedule.h"
#include "engine/trial/sensitivity.h"
#include "engine/trial/today.h"
#include "engine/trial/trial.h"
#include "google/protobuf/timestamp.pb.h"
#include "solotrial/v1/analysis.pb.h"
#include "solotrial/v1/catalog.pb.h"
#include "solotrial/v1/catalog_service.pb.h"
#include "solotrial/v1/entry.pb.h"
#include "solotrial/v1/import.pb.h"
#include "solotrial/v1/prediction.pb.h"
#include "solotrial/v1/protocol.pb.h"
#include "solotrial/v1/summary.pb.h"
#include "solotrial/v1/trial.pb.h"

namespace solotrial::service {

// The protocol with its defaults filled in, checked: INVALID_FIELDS with every violation, fields
// prefixed by `protocol.`.
absl::StatusOr<trial::Protocol> ToDomain(const v1::Protocol& protocol, trial::Purpose purpose);

// An entry as the client said it. INVALID_FIELDS when a required field is absent or a date is none.
absl::StatusOr<trial::Entry> ToDomain(const v1::Entry& entry);

v1::Entry ToProto(const trial::Entry& entry);

// `domain` is the protocol as it is lived, `protocol` the frozen one. `today` is the trial's day
// now: it decides what may be revealed.
v1::Trial ToProto(const trial::Trial& trial, const v1::Protocol& protocol,
                  const trial::Protocol& domain, Date today);

v1::Schedule ToProto(const trial::ParticipantView& view);
v1::Design::BlockUnit ToProto(trial::BlockUnit unit);

v1::Today ToProto(const trial::Today& today, report::Language language);

v1::TrialState ToProto(trial::EffectiveState state);

v1::Measure::Family ToProto(inference::Family family);

v1::Message ToProto(const trial::Message& message, report::Language language);

v1::Verdict::Decision ToProto(trial::Decision decision);

v1::Summary ToProto(const inference::Summary& summary);

// In the unit of `measure`, and without p_important where it has no difference that matters.
v1::Benefit ToProto(const inference::Benefit& benefit, const trial::Measure& measure);

// `measure` is the one that was analysed.
v1::Sensitivity ToProto(const trial::Sensitivity& sensitivity, const trial::Measure& measure,
                        report::Language language);

v1::SimulatedProbability ToProto(const trial::SimulatedProbability& probability);
v1::DecisionProbability ToProto(const trial::DecisionProbability& decision);
v1::Forecast ToProto(const trial::Forecast& forecast);

v1::AnalysisResult ToProto(const trial::AnalysisOutcome& outcome, const trial::Protocol& protocol,
                           report::Language language);

v1::Progress ToProto(const trial::Progress& progress);

v1::Harms ToProto(const trial::Harms& harms);

v1::Look ToProto(const store::LookRow& look, report::Language language);

// With the items of the checklist, in `language`.
v1::TrialSummary ToProto(const report::Summary& summary, report::Language language);

google::protobuf::Timestamp ToProto(absl::Time time);

// The other way round: what is default in the domain may be written out.
v1::Protocol ToProto(const trial::Protocol& protocol);
v1::Measure ToProto(const trial::Measure& measure);

v1::Catalog ToProto(const trial::Catalog& catalog, trial::Locale locale);

// `may_start` takes `confirmation` into account.
v1::SafetyScreen SafetyToProto(const trial::Protocol& protocol,
                               const std::optional<trial::SafetyConfirmation>& confirmation,
                               trial::Locale locale);

// INVALID_FIELDS when an answer is none.
absl::StatusOr<trial::DraftRequest> ToDomain(const v1::DraftProtocolRequest& request);
// Adds what is no answer to `violations`, with paths from `path`.
trial::Screening ToDomain(const v1::Screening& screening, const std::string& path,
                          std::vector<Violation>& violations);
v1::ProtocolDraft ToProto(const trial::Draft& draft, trial::Locale locale);

// INVALID_FIELDS, at `mapping...`, when a date is none.
absl::StatusOr<import::Mapping> ToDomain(const v1::ImportMapping& mapping);
v1::ImportPreview ToProto(const import::Preview& preview);

trial::Locale LocaleOf(const std::string& locale);

}  // namespace solotrial::service

#endif  // SOLOTRIAL_ENGINE_SERVICE_CONVERT_H_
