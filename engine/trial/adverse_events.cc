#include "engine/trial/adverse_events.h"

#include <algorithm>
#include <set>

namespace solotrial::trial {
namespace {

bool IsSideEffect(const Entry& entry) {
  return entry.kind == Entry::Kind::kEvent && entry.subject == kSideEffectType;
}

int GradeOf(const Entry& entry) { return static_cast<int>(entry.value); }

bool IsAcuteMedication(const Entry& entry) {
  if (entry.kind == Entry::Kind::kRescue) return entry.value > 0;
  return entry.kind == Entry::Kind::kScore && entry.subject == "acute_medication" &&
         entry.value == 1;
}

}  // namespace

std::optional<Message> PauseReason(const Schedule& schedule, const std::vector<Entry>& current,
                                   const Entry& added, const Entry* superseded) {
  if (!IsSideEffect(added)) return std::nullopt;
  if (superseded != nullptr && IsSideEffect(*superseded) && superseded->date == added.date &&
      GradeOf(*superseded) >= GradeOf(added)) {
    return std::nullopt;
  }
  if (GradeOf(added) == kGradeSevere) return Message{"notice.paused_severe", {}};
  if (GradeOf(added) != kGradeModerate) return std::nullopt;
  const int block = schedule.At(added.date).block_number;
  if (block == 0) return std::nullopt;
  const bool another = std::any_of(current.begin(), current.end(), [&](const Entry& entry) {
    return entry.id != added.id && IsSideEffect(entry) && GradeOf(entry) >= kGradeModerate &&
           schedule.At(entry.date).block_number == block;
  });
  if (!another) return std::nullopt;
  return Message{"notice.paused_moderate", {}};
}

std::optional<Message> OveruseWarning(const std::vector<Entry>& current, const Entry& added) {
  if (!IsAcuteMedication(added)) return std::nullopt;
  std::set<Date> days;
  for (const Entry& entry : current) {
    if (IsAcuteMedication(entry)) days.insert(entry.date);
  }
  // Only windows that hold the day of `added` can have become worse.
  for (Date last = added.date; last < added.date + kOveruseWindowDays; ++last) {
    const auto first = days.lower_bound(last - (kOveruseWindowDays - 1));
    const auto count = std::distance(first, days.upper_bound(last));
    if (count >= kOveruseDays) {
      return Message{"notice.medication_overuse", {{"days", std::to_string(count)}}};
    }
  }
  return std::nullopt;
}

std::optional<Harms> CountHarms(const Schedule& schedule, const std::vector<Entry>& current) {
  std::optional<Harms> harms;
  for (const Entry& entry : current) {
    if (!IsSideEffect(entry)) continue;
    if (!harms.has_value()) harms.emplace();
    const int block = schedule.At(entry.date).block_number;
    HarmCounts& counts = block == 0                                             ? harms->outside
                         : schedule.blocks()[static_cast<size_t>(block - 1)].on ? harms->on
                                                                                : harms->off;
    switch (GradeOf(entry)) {
      case kGradeMild:
        ++counts.mild;
        break;
      case kGradeModerate:
        ++counts.moderate;
        break;
      default:
        ++counts.severe;
    }
  }
  return harms;
}

std::optional<Message> NewTreatmentRemark(const std::vector<Entry>& current) {
  std::set<Date> dates;
  for (const Entry& entry : current) {
    if (entry.kind == Entry::Kind::kEvent && entry.subject == kNewTreatment) {
      dates.insert(entry.date);
    }
  }
  if (dates.empty()) return std::nullopt;
  std::string list;
  for (const Date date : dates) list += (list.empty() ? "" : ", ") + FormatDate(date);
  return Message{"remark.new_treatment", {{"dates", list}}};
}

}  // namespace solotrial::trial
