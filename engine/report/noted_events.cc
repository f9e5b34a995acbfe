// What was noted beside the scores, for the summary.
#include <algorithm>
#include <set>

#include "engine/report/summary.h"
#include "engine/report/words.h"
#include "engine/trial/catalog.h"

namespace solotrial::report {
namespace {

using Kind = trial::Entry::Kind;

std::optional<bool> ArmOn(const trial::Schedule& schedule, Date date) {
  const int block = schedule.At(date).block_number;
  if (block == 0) return std::nullopt;
  return schedule.blocks()[static_cast<size_t>(block - 1)].on;
}

trial::Message KindOfEvent(const trial::Entry& entry) {
  if (entry.subject == trial::kSideEffectType) {
    return {entry.value == trial::kGradeMild       ? "event.side_effect.mild"
            : entry.value == trial::kGradeModerate ? "event.side_effect.moderate"
                                                   : "event.side_effect.severe",
            {}};
  }
  for (const char* type : {trial::kIllness, trial::kTravel, trial::kNewTreatment}) {
    if (entry.subject == type) return {std::string("event.") + type, {}};
  }
  const trial::CatalogLaboratoryValue* laboratory =
      trial::FindById(trial::TheCatalog().laboratory_values, entry.subject);
  if (laboratory == nullptr) return {"event.other", {}};
  return {"event.laboratory." + laboratory->id,
          {{"value", Plain(entry.value, 2)}, {"unit", laboratory->unit}}};
}

// Kinds of deviations by number: those of solotrial.v1.Deviation.Kind.
trial::Message KindOfDeviation(const trial::Entry& entry) {
  static constexpr const char* kKinds[] = {"other",  "other",           "illness",
                                           "travel", "wrong_treatment", "untold_pause"};
  const size_t number =
      entry.subject.size() == 1 && entry.subject[0] >= '0' && entry.subject[0] <= '5'
          ? static_cast<size_t>(entry.subject[0] - '0')
          : 0;
  return {std::string("deviation.") + kKinds[number],
          {{"days", Plain(std::max(1.0, entry.value), 0)}}};
}

}  // namespace

std::vector<NotedEvent> NotedEvents(const trial::Schedule& schedule,
                                    const std::vector<trial::Entry>& current) {
  std::vector<NotedEvent> events;
  for (const trial::Entry& entry : current) {
    if (entry.kind != Kind::kEvent && entry.kind != Kind::kDeviation) continue;
    events.push_back(
        {.date = entry.date,
         .kind = entry.kind == Kind::kEvent ? KindOfEvent(entry) : KindOfDeviation(entry),
         .text = entry.text,
         .on = ArmOn(schedule, entry.date)});
  }
  std::stable_sort(events.begin(), events.end(),
                   [](const NotedEvent& a, const NotedEvent& b) { return a.date < b.date; });
  return events;
}

RescueDays CountRescueDays(const trial::Schedule& schedule,
                           const std::vector<trial::Entry>& current) {
  std::set<Date> dates;
  for (const trial::Entry& entry : current) {
    if (entry.kind == Kind::kRescue) dates.insert(entry.date);
  }
  RescueDays days;
  for (const Date date : dates) {
    const std::optional<bool> on = ArmOn(schedule, date);
    ++(!on.has_value() ? days.outside : *on ? days.on : days.off);
  }
  return days;
}

}  // namespace solotrial::report
