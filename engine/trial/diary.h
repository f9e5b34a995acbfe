// Entries, and which of them count.
#ifndef SOLOTRIAL_ENGINE_TRIAL_DIARY_H_
#define SOLOTRIAL_ENGINE_TRIAL_DIARY_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "engine/base/civil_time.h"
#include "engine/trial/protocol.h"

namespace solotrial::trial {

// One thing said about one day; solotrial.v1.Entry says what the members mean.
struct Entry {
  // Persisted: never renumber.
  enum class Kind {
    kScore = 1,
    kCovariate = 2,
    kDose = 3,
    kNote = 4,
    kRetraction = 5,
    kEvent = 6,
    kRescue = 7,
    kGuess = 8,      // guess.h says what it holds
    kDeviation = 9,  // `subject`: the kind's number; `value`: days; `text`
    kMark = 10,      // nothing but its date
  };

  std::string id;  // UUIDv7
  Date date;
  std::string slot;
  absl::Time client_time;
  int utc_offset_minutes = 0;
  std::string device;
  std::string supersedes;  // id or empty

  Kind kind = Kind::kScore;
  // Id of the measure or covariate; of an event its type, or the id of the laboratory value; see
  // kGuess, kDeviation; else empty.
  std::string subject;
  // Of a score, covariate or dose; grade of a side effect, laboratory value, doses of a rescue.
  double value = 0;
  std::string text;  // of a note, event or deviation; name of a rescue

  // Set by the store.
  int64_t sequence = 0;
  absl::Time record_time;
};

// Types of events, as Entry::subject keeps them; every other subject of an event is the id of a
// CatalogLaboratoryValue. Persisted: never rename.
inline constexpr char kSideEffectType[] = "side_effect";
inline constexpr char kIllness[] = "illness";
inline constexpr char kTravel[] = "travel";
inline constexpr char kNewTreatment[] = "new_treatment";
inline constexpr char kOtherEvent[] = "other";

// Grades of side effects, as Entry::value keeps them. Persisted: never renumber.
inline constexpr int kGradeMild = 1;
inline constexpr int kGradeModerate = 2;
inline constexpr int kGradeSevere = 3;

// SHA-256 over everything that the client said in `entry` (not sequence and record_time), 32
// bytes: two entries of one id are the same entry when their digests are equal.
std::string EntryDigest(const Entry& entry);

// Days on which entries may lie.
struct EntryWindow {
  Date first;
  std::optional<Date> last;  // absent: no end yet
  Date latest_on_earth;      // today at UTC+14
};

// The date whose treatment a score of `measure` dated `date` speaks of: the day before for a
// measure of the previous night. So the night after the last day is scored one day later.
Date AnalysisDate(const Measure& measure, Date date);

// OK, or why `entry` cannot be stored, with the field at fault from the entry's root. Looks at the
// protocol and the window only, never at other entries: the answer does not depend on the order in
// which entries arrive.
absl::Status CheckEntry(const Entry& entry, const Protocol& protocol, const EntryWindow& window);

// The entries that count, by date, then sequence: for every key the head of its supersedes graph
// (see solotrial.v1.Entry). Any order of `log` gives the same set.
std::vector<Entry> CurrentEntries(const std::vector<Entry>& log);

// The dates of the marks among `current`, the entries that count: ascending, each once.
std::vector<Date> MarksOf(const std::vector<Entry>& current);

// The day's value of `measure` from the current scores of that day by slot; nullopt without any.
std::optional<double> DailyValue(const Measure& measure,
                                 const std::map<std::string, double>& score_by_slot);

}  // namespace solotrial::trial

#endif  // SOLOTRIAL_ENGINE_TRIAL_DIARY_H_
