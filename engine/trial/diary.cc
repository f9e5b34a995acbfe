#include "engine/trial/diary.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <tuple>
#include <utility>

#include "absl/strings/str_format.h"
#include "engine/base/digest.h"
#include "engine/base/fault.h"
#include "engine/base/uuid.h"
#include "engine/trial/allocation.h"
#include "engine/trial/catalog.h"
#include "engine/trial/guess.h"

namespace solotrial::trial {
namespace {

constexpr size_t kMaxNoteCharacters = 10'000;
constexpr size_t kMaxDeviationCharacters = 1'000;
constexpr double kMostDeviationDays = 366;
constexpr size_t kMaxEventCharacters = 1'000;
constexpr size_t kMaxRescueCharacters = 200;
constexpr int kMostRescueDoses = 50;
constexpr double kMostLaboratoryValue = 1'000;
constexpr size_t kMaxDeviceCharacters = 64;
constexpr double kMaxCovariate = 1e12;

absl::Status CheckSlot(const std::string& slot, const std::vector<std::string>& declared) {
  const std::vector<std::string> slots = SlotsOrOne(declared);
  if (std::find(slots.begin(), slots.end(), slot) != slots.end()) return absl::OkStatus();
  if (declared.empty()) return FieldFault(Reason::kUnknownId, "slot", "must be empty here");
  std::string names;
  for (const std::string& name : declared) names += (names.empty() ? "" : ", ") + name;
  return FieldFault(Reason::kUnknownId, "slot", "must be one of: " + names);
}

absl::Status CheckScore(const Entry& entry, const Protocol& protocol) {
  const Measure* measure = FindMeasure(protocol, entry.subject);
  if (measure == nullptr) {
    return FieldFault(Reason::kUnknownId, "score.measure_id", "is not a measure of this protocol");
  }
  SOLOTRIAL_RETURN_IF_ERROR(CheckSlot(entry.slot, measure->slots));
  if (!IsScore(*measure, entry.value)) {
    return FieldFault(Reason::kValueOutOfRange, "score.value", "must be " + ScoreWords(*measure));
  }
  return absl::OkStatus();
}

absl::Status CheckCovariate(const Entry& entry, const Protocol& protocol) {
  const Covariate* covariate = FindCovariate(protocol, entry.subject);
  if (covariate == nullptr) {
    return FieldFault(Reason::kUnknownId, "covariate.covariate_id",
                      "is not a covariate of this protocol");
  }
  SOLOTRIAL_RETURN_IF_ERROR(CheckSlot(entry.slot, {}));
  if (covariate->binary && entry.value != 0 && entry.value != 1) {
    return FieldFault(Reason::kValueOutOfRange, "covariate.value", "must be 0 or 1");
  }
  if (!(std::abs(entry.value) <= kMaxCovariate)) {
    return FieldFault(Reason::kValueOutOfRange, "covariate.value", "must be a finite number");
  }
  return absl::OkStatus();
}

absl::Status CheckDose(const Entry& entry, const Protocol& protocol) {
  SOLOTRIAL_RETURN_IF_ERROR(CheckSlot(entry.slot, protocol.intervention
                                                      ? protocol.intervention->dose_slots
                                                      : std::vector<std::string>{}));
  if (!(entry.value >= 0 && entry.value <= 1)) {
    return FieldFault(Reason::kValueOutOfRange, "dose.fraction",
                      "must be from 0 (skipped) to 1 (all of it)");
  }
  return absl::OkStatus();
}

size_t CharactersOf(const std::string& text) {
  return static_cast<size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xc0) != 0x80; }));
}

absl::Status CheckEvent(const Entry& entry) {
  SOLOTRIAL_RETURN_IF_ERROR(CheckSlot(entry.slot, {}));
  if (CharactersOf(entry.text) > kMaxEventCharacters) {
    return FieldFault(Reason::kInvalidFields, "event.text",
                      absl::StrFormat("must have at most %d characters", kMaxEventCharacters));
  }
  if (entry.subject == kSideEffectType) {
    const bool graded =
        entry.value == kGradeMild || entry.value == kGradeModerate || entry.value == kGradeSevere;
    return graded ? absl::OkStatus()
                  : FieldFault(Reason::kInvalidFields, "event.grade",
                               "is required for a side effect: MILD, MODERATE or SEVERE");
  }
  if (FindById(TheCatalog().laboratory_values, entry.subject) != nullptr) {
    return entry.value >= 0 && entry.value <= kMostLaboratoryValue
               ? absl::OkStatus()
               : FieldFault(Reason::kValueOutOfRange, "event.laboratory_value",
                            absl::StrFormat("must be from 0 to %g", kMostLaboratoryValue));
  }
  if (entry.subject == kOtherEvent && entry.text.empty()) {
    return FieldFault(Reason::kInvalidFields, "event.text", "is required: what happened");
  }
  for (const char* type : {kIllness, kTravel, kNewTreatment, kOtherEvent}) {
    if (entry.subject == type) return absl::OkStatus();
  }
  return FieldFault(Reason::kUnknownId, "event.laboratory_id",
                    "is no laboratory value of the catalogue");
}

absl::Status CheckRescue(const Entry& entry) {
  SOLOTRIAL_RETURN_IF_ERROR(CheckSlot(entry.slot, {}));
  const size_t characters = CharactersOf(entry.text);
  if (characters < 1 || characters > kMaxRescueCharacters) {
    return FieldFault(Reason::kInvalidFields, "rescue.name",
                      absl::StrFormat("must have 1 to %d characters", kMaxRescueCharacters));
  }
  if (!(entry.value >= 1 && entry.value <= kMostRescueDoses)) {
    return FieldFault(Reason::kValueOutOfRange, "rescue.doses",
                      absl::StrFormat("must be from 1 to %d", kMostRescueDoses));
  }
  return absl::OkStatus();
}

absl::Status CheckText(const std::string& field, const std::string& text, size_t most) {
  const size_t characters = CharactersOf(text);
  if (characters < 1 || characters > most) {
    return FieldFault(Reason::kInvalidFields, field,
                      absl::StrFormat("must have 1 to %d characters", most));
  }
  return absl::OkStatus();
}

absl::Status CheckGuess(const Entry& entry, const Protocol& protocol) {
  if (protocol.design.blinding != Blinding::kByHelper) {
    return FieldFault(Reason::kInvalidFields, "guess",
                      "is for blinded trials; in this one the person knows");
  }
  const int block = GuessedBlock(entry);
  if (block < 1 || block > BlockCount(protocol.design)) {
    return FieldFault(Reason::kUnknownId, "guess.block_number",
                      absl::StrFormat("must be from 1 to %d", BlockCount(protocol.design)));
  }
  return CheckSlot(entry.slot, {});
}

absl::Status CheckDeviation(const Entry& entry) {
  if (!(entry.value >= 1 && entry.value <= kMostDeviationDays)) {
    return FieldFault(Reason::kValueOutOfRange, "deviation.days", "must be from 1 to 366");
  }
  SOLOTRIAL_RETURN_IF_ERROR(CheckSlot(entry.slot, {}));
  return CheckText("deviation.text", entry.text, kMaxDeviationCharacters);
}

absl::Status CheckMark(const Entry& entry, const Protocol& protocol) {
  if (protocol.design.block_unit == BlockUnit::kDays) {
    return FieldFault(Reason::kInvalidFields, "mark",
                      "is for trials by visits or cycles; here blocks begin by the calendar");
  }
  return CheckSlot(entry.slot, {});
}

absl::Status CheckWindow(const Entry& entry, const Protocol& protocol, const EntryWindow& window) {
  const Measure* measure =
      entry.kind == Entry::Kind::kScore ? FindMeasure(protocol, entry.subject) : nullptr;
  std::optional<Date> last = window.last;
  // The mark that ends the last cycle lies behind it.
  if (entry.kind == Entry::Kind::kMark) last.reset();
  if (last.has_value() && measure != nullptr && measure->refers_to == RefersTo::kPreviousNight) {
    *last += 1;
  }
  if (entry.date < window.first || (last.has_value() && entry.date > *last)) {
    return FieldFault(
        Reason::kDateOutsideTrial, "date",
        last.has_value()
            ? absl::StrFormat("must be from %s to %s", FormatDate(window.first), FormatDate(*last))
            : absl::StrFormat("must be from %s on", FormatDate(window.first)));
  }
  if (entry.date > window.latest_on_earth) {
    return FieldFault(Reason::kDateInFuture, "date",
                      "is in the future; send it when the day comes");
  }
  return absl::OkStatus();
}

// (kind, subject, date, slot), and the id for what is a key of its own.
using Key = std::tuple<Entry::Kind, std::string, Date, std::string, std::string>;

// Whether every entry of the kind is a key of its own. A correction of one may name another day.
bool StandsAlone(Entry::Kind kind) {
  return kind == Entry::Kind::kNote || kind == Entry::Kind::kRetraction ||
         kind == Entry::Kind::kDeviation || kind == Entry::Kind::kEvent ||
         kind == Entry::Kind::kRescue || kind == Entry::Kind::kMark;
}

Key KeyOf(const Entry& entry) {
  // A block is guessed once, on whatever day.
  const Date date = entry.kind == Entry::Kind::kGuess ? Date() : entry.date;
  return {entry.kind, entry.subject, date, entry.slot, StandsAlone(entry.kind) ? entry.id : ""};
}

bool IsLater(const Entry& a, const Entry& b) {
  return std::tie(a.client_time, a.id) > std::tie(b.client_time, b.id);
}

}  // namespace

Date AnalysisDate(const Measure& measure, Date date) {
  return measure.refers_to == RefersTo::kPreviousNight ? date - 1 : date;
}

std::string EntryDigest(const Entry& entry) {
  // Every part is preceded by its length, so that no two contents give the same text.
  std::string content;
  const auto put = [&content](const std::string& part) {
    content += absl::StrFormat("%d:", part.size()) + part;
  };
  put(entry.id);
  put(FormatDate(entry.date));
  put(entry.slot);
  put(absl::StrFormat("%d", absl::ToUnixMicros(entry.client_time)));
  put(absl::StrFormat("%d", entry.utc_offset_minutes));
  put(entry.device);
  put(entry.supersedes);
  put(absl::StrFormat("%d", static_cast<int>(entry.kind)));
  put(entry.subject);
  put(absl::StrFormat("%.17g", entry.value + 0.0));  // -0 is stored as 0
  put(entry.text);
  return Sha256(content);
}

absl::Status CheckEntry(const Entry& entry, const Protocol& protocol, const EntryWindow& window) {
  if (!IsUuid7(entry.id)) {
    return FieldFault(Reason::kInvalidFields, "id",
                      "must be a version 7 UUID, lower case with hyphens");
  }
  if (!entry.supersedes.empty() && (!IsUuid7(entry.supersedes) || entry.supersedes == entry.id)) {
    return FieldFault(Reason::kInvalidFields, "supersedes", "must be the id of another entry");
  }
  if (entry.utc_offset_minutes < -840 || entry.utc_offset_minutes > 840) {
    return FieldFault(Reason::kInvalidFields, "utc_offset_minutes", "must be from -840 to 840");
  }
  if (CodePoints(entry.device) > kMaxDeviceCharacters) {
    return FieldFault(Reason::kInvalidFields, "device", "must have at most 64 characters");
  }
  SOLOTRIAL_RETURN_IF_ERROR(CheckWindow(entry, protocol, window));
  switch (entry.kind) {
    case Entry::Kind::kScore:
      return CheckScore(entry, protocol);
    case Entry::Kind::kCovariate:
      return CheckCovariate(entry, protocol);
    case Entry::Kind::kDose:
      return CheckDose(entry, protocol);
    case Entry::Kind::kNote:
      return CheckText("note.text", entry.text, kMaxNoteCharacters);
    case Entry::Kind::kGuess:
      return CheckGuess(entry, protocol);
    case Entry::Kind::kDeviation:
      return CheckDeviation(entry);
    case Entry::Kind::kEvent:
      return CheckEvent(entry);
    case Entry::Kind::kRescue:
      return CheckRescue(entry);
    case Entry::Kind::kMark:
      return CheckMark(entry, protocol);
    case Entry::Kind::kRetraction:
      if (entry.supersedes.empty()) {
        return FieldFault(Reason::kInvalidFields, "supersedes",
                          "must name the entry that is taken back");
      }
      return absl::OkStatus();
  }
  return absl::OkStatus();
}

std::vector<Entry> CurrentEntries(const std::vector<Entry>& log) {
  std::map<std::string, Key> key_of_id;
  for (const Entry& entry : log) key_of_id.emplace(entry.id, KeyOf(entry));

  std::set<std::string> superseded;
  std::set<std::string> retracted;
  for (const Entry& entry : log) {
    if (entry.supersedes.empty()) continue;
    if (entry.kind == Entry::Kind::kRetraction) {
      retracted.insert(entry.supersedes);
      continue;
    }
    const auto target = key_of_id.find(entry.supersedes);
    if (target == key_of_id.end()) continue;
    const bool corrects =
        StandsAlone(entry.kind) && std::get<Entry::Kind>(target->second) == entry.kind;
    if (corrects || target->second == KeyOf(entry)) superseded.insert(entry.supersedes);
  }

  // Of each key the latest entry that none supersedes; where entries supersede each other in a
  // circle, the latest of all.
  struct Candidates {
    const Entry* head = nullptr;
    const Entry* any = nullptr;
  };
  std::map<Key, Candidates> by_key;
  for (const Entry& entry : log) {
    if (entry.kind == Entry::Kind::kRetraction) continue;
    Candidates& candidates = by_key[KeyOf(entry)];
    if (candidates.any == nullptr || IsLater(entry, *candidates.any)) candidates.any = &entry;
    if (superseded.contains(entry.id)) continue;
    if (candidates.head == nullptr || IsLater(entry, *candidates.head)) candidates.head = &entry;
  }

  std::vector<Entry> current;
  for (const auto& [key, candidates] : by_key) {
    // A superseded note is gone.
    if (StandsAlone(std::get<Entry::Kind>(key)) && candidates.head == nullptr) continue;
    const Entry& entry = candidates.head != nullptr ? *candidates.head : *candidates.any;
    if (!retracted.contains(entry.id)) current.push_back(entry);
  }
  std::sort(current.begin(), current.end(), [](const Entry& a, const Entry& b) {
    return std::tie(a.date, a.sequence) < std::tie(b.date, b.sequence);
  });
  return current;
}

std::vector<Date> MarksOf(const std::vector<Entry>& current) {
  std::vector<Date> marks;
  for (const Entry& entry : current) {
    if (entry.kind != Entry::Kind::kMark) continue;
    if (marks.empty() || entry.date != marks.back()) marks.push_back(entry.date);
  }
  return marks;
}

std::optional<double> DailyValue(const Measure& measure,
                                 const std::map<std::string, double>& score_by_slot) {
  std::optional<double> value;
  int count = 0;
  for (const std::string& slot : SlotsOrOne(measure.slots)) {
    const auto score = score_by_slot.find(slot);
    if (score == score_by_slot.end()) continue;
    ++count;
    switch (measure.daily_rule) {
      case DailyRule::kMean:
      case DailyRule::kSum:
        value = value.value_or(0) + score->second;
        break;
      case DailyRule::kMax:
        value = std::max(value.value_or(score->second), score->second);
        break;
      case DailyRule::kLast:
        value = score->second;
        break;
    }
  }
  if (value.has_value() && measure.daily_rule == DailyRule::kMean) value = *value / count;
  return value;
}

}  // namespace solotrial::trial
