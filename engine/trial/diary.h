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
    kGuess = 8,      // guess.h says what it holds
    kDeviation = 9,  // `subject`: the kind's number; `value`: days; `text`
  };

  std::string id;  // UUIDv7
  Date date;
  std::string slot;
  absl::Time client_time;
  int utc_offset_minutes = 0;
  std::string device;
  std::string supersedes;  // id or empty

  Kind kind = Kind::kScore;
  std::string subject;  // id of the measure or covariate; see kGuess, kDeviation; else empty
  double value = 0;     // of a score, covariate or dose
  std::string text;     // of a note or deviation

  // Set by the store.
  int64_t sequence = 0;
  absl::Time record_time;
};

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

// The day's value of `measure` from the current scores of that day by slot; nullopt without any.
std::optional<double> DailyValue(const Measure& measure,
                                 const std::map<std::string, double>& score_by_slot);

}  // namespace solotrial::trial

#endif  // SOLOTRIAL_ENGINE_TRIAL_DIARY_H_
