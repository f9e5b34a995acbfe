#include "engine/service/convert_calendar.h"

#include <algorithm>
#include <string>

#include "engine/base/civil_time.h"
#include "engine/base/fault.h"

namespace solotrial::service {
namespace {

constexpr int kMostTimes = 20;

bool IsSlotOf(const trial::Protocol& protocol, const v1::ReminderTime& time) {
  const auto has = [&time](const std::vector<std::string>& slots) {
    const std::vector<std::string> names = trial::SlotsOrOne(slots);
    return std::find(names.begin(), names.end(), time.slot()) != names.end();
  };
  if (time.kind() == v1::ReminderTime::KIND_DOSE) {
    return protocol.intervention.has_value() && has(protocol.intervention->dose_slots);
  }
  // What has no slot is also a covariate.
  return time.slot().empty() ||
         std::any_of(protocol.measures.begin(), protocol.measures.end(),
                     [&has](const trial::Measure& measure) { return has(measure.slots); });
}

}  // namespace

absl::StatusOr<report::CalendarOptions> ToDomain(const v1::CalendarSettings& settings,
                                                 const trial::Protocol& protocol) {
  report::CalendarOptions options;
  options.language = report::LanguageOf(settings.locale());
  if (settings.times_size() > kMostTimes) {
    return InvalidField("calendar.times", "must be at most 20");
  }
  std::vector<Violation> violations;
  for (int i = 0; i < settings.times_size(); ++i) {
    const v1::ReminderTime& time = settings.times(i);
    const std::string path = "calendar.times[" + std::to_string(i) + "]";
    report::ReminderTime& reminder = options.times.emplace_back();
    if (time.kind() == v1::ReminderTime::KIND_DOSE) {
      reminder.kind = report::ReminderTime::Kind::kDose;
    } else if (time.kind() != v1::ReminderTime::KIND_SCORE) {
      violations.push_back({path + ".kind", "must be KIND_DOSE or KIND_SCORE"});
    }
    if (!IsSlotOf(protocol, time)) {
      violations.push_back({path + ".slot",
                            "must be a slot that the protocol has, or empty where "
                            "it has none"});
    }
    reminder.slot = time.slot();
    const std::optional<int> minutes = ParseMinutes(time.time());
    if (!minutes.has_value()) {
      violations.push_back({path + ".time", "must be HH:MM, from 00:00 to 23:59"});
    }
    reminder.minutes = minutes.value_or(0);
  }
  SOLOTRIAL_RETURN_IF_ERROR(InvalidFields(std::move(violations)));
  return options;
}

}  // namespace solotrial::service
