// The summary of a trial as domain data: everything that its pages say, and nothing that may not be
// known yet.
//
// Of a trial that has not ended there is no result, no order and no seed in it.
#ifndef SOLOTRIAL_ENGINE_REPORT_SUMMARY_H_
#define SOLOTRIAL_ENGINE_REPORT_SUMMARY_H_

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "engine/base/civil_time.h"
#include "engine/report/messages.h"
#include "engine/trial/adverse_events.h"
#include "engine/trial/analysis.h"
#include "engine/trial/diary.h"
#include "engine/trial/message.h"
#include "engine/trial/power.h"
#include "engine/trial/protocol.h"
#include "engine/trial/record_summary.h"
#include "engine/trial/safety.h"
#include "engine/trial/schedule.h"
#include "engine/trial/trial.h"

namespace solotrial::report {

// A look at the data of a running trial.
struct SummaryLook {
  int pair = 0;
  Date data_date;
  bool recording_may_end = false;
};

// Something that was noted beside the scores.
struct NotedEvent {
  Date date;
  trial::Message kind;
  std::string text;        // the person's words; may be empty
  std::optional<bool> on;  // absent outside blocks
};

// Days with acute medication, by arm.
struct RescueDays {
  int on = 0;
  int off = 0;
  int outside = 0;
};

// What is known once a trial has ended.
struct SummaryResults {
  trial::RecordSummary record;
  std::optional<trial::Harms> harms;  // absent: none was recorded
  RescueDays rescue;
  std::vector<NotedEvent> events;       // by date
  std::vector<trial::Message> remarks;  // that must be said with the verdict, in order
};

struct Summary {
  std::string trial_id;  // UUID
  // As it is lived; what `results` points into. Never null.
  std::shared_ptr<const trial::Protocol> protocol;
  trial::EffectiveState state = trial::EffectiveState::kDraft;
  bool concealed = false;  // a blinded trial that runs: no arm may be known
  absl::Time create_time;  // of the summary
  Date today;              // the trial's day then
  std::string engine_version;
  bool manual_clock = false;

  std::optional<Date> start_date;
  std::optional<Date> last_date;  // the last scheduled day, or the day of the stop; absent if open
  std::vector<trial::Pause> pauses;
  std::optional<trial::Stop> stop;
  std::vector<trial::Amendment> amendments;  // without secrets
  std::optional<trial::SafetyConfirmation> confirmation;
  std::string protocol_digest;  // 32 bytes; empty while a draft
  std::string commitment;       // 32 bytes; empty while a draft, and when imported
  double allocations = 0;       // orders that the design can draw; 0 when not drawn by chance

  std::optional<trial::Progress> progress;  // absent while a draft
  std::vector<SummaryLook> looks;
  std::optional<trial::SimulatedPower> power;  // absent of a past record

  // Only when the trial has ended.
  std::string seed;                       // 32 bytes; empty when imported
  trial::Allocation allocation;           // the order; empty when imported
  std::optional<SummaryResults> results;  // absent also where no day was lived
};

// What was noted, and on how many days acute medicine was taken, by arm: only of a trial that has
// ended. `current` are the entries that count.
std::vector<NotedEvent> NotedEvents(const trial::Schedule& schedule,
                                    const std::vector<trial::Entry>& current);
RescueDays CountRescueDays(const trial::Schedule& schedule,
                           const std::vector<trial::Entry>& current);

// One fact of an item, in words.
struct ReportedFact {
  std::string label;  // may be empty
  std::string text;
  bool recorded = true;  // false: the engine does not know it, and `text` says so
};

// One item of the CENT 2015 checklist.
struct ReportingItem {
  std::string number;
  std::string topic;
  std::vector<ReportedFact> facts;
};

// Every item of the checklist, in its order (Vohra and others, CONSORT extension for reporting
// N-of-1 trials (CENT) 2015 statement, BMJ 350 (2015), h1738).
std::vector<ReportingItem> ReportingItems(const Summary& summary, Language language);

// What speaks against taking the answer at its word, in words: checks of the model that failed,
// missing days, doses that do not fit, a prior that would turn the answer. Empty when nothing does;
// needs results.
std::vector<std::string> FailedChecks(const Summary& summary, Language language);

}  // namespace solotrial::report

#endif  // SOLOTRIAL_ENGINE_REPORT_SUMMARY_H_
