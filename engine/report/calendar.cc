#include "engine/report/calendar.h"

#include <libical/ical.h>

#include <algorithm>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "engine/base/fault.h"
#include "engine/trial/participant_view.h"
#include "engine/trial/schedule.h"
#include "engine/trial/today.h"

namespace solotrial::report {
namespace {

using Kind = ReminderTime::Kind;

constexpr int kMorning = 8 * 60;
constexpr int kEvening = 20 * 60;
constexpr int kMinutesOfADay = 24 * 60;

struct ComponentFree {
  void operator()(icalcomponent* component) const { icalcomponent_free(component); }
};
using Component = std::unique_ptr<icalcomponent, ComponentFree>;

// libical keeps its time zones in tables of its own.
std::mutex& LibicalMutex() {
  static auto* const mutex = new std::mutex;
  return *mutex;
}

// Days in a row on which the same is to be done at the same time.
struct Stretch {
  Kind kind = Kind::kScore;
  int minutes = 0;
  std::string text;
  Date first;
  Date last;
  std::string position;  // of its first day in the trial: stays when the schedule moves
};

std::string PositionOf(const trial::ScheduledDay& day) {
  return day.block_number > 0 ? absl::StrFormat("b%d-%d", day.block_number, day.day_in_block)
                              : absl::StrFormat("d%d", day.day_number);
}

// One kind of thing to do at one time of day.
struct Slot {
  Kind kind = Kind::kScore;
  int minutes = 0;
  friend auto operator<=>(const Slot&, const Slot&) = default;
};

class ReminderTimes {
 public:
  ReminderTimes(const trial::Protocol& protocol, const CalendarOptions& options)
      : protocol_(protocol), options_(options) {}

  int Of(const trial::DueItem& item) const {
    const Kind kind = item.kind == trial::DueItem::Kind::kDose ? Kind::kDose : Kind::kScore;
    for (const ReminderTime& time : options_.times) {
      // A night without a slot is asked for in the morning, whenever the day is.
      const bool night = item.slot.empty() && item.refers_to == trial::RefersTo::kPreviousNight;
      if (time.kind == kind && time.slot == item.slot && !night) return time.minutes;
    }
    return DefaultReminderMinutes(kind, item.slot, SlotsOf(item), item.refers_to);
  }

 private:
  std::vector<std::string> SlotsOf(const trial::DueItem& item) const {
    if (item.kind == trial::DueItem::Kind::kDose) {
      return protocol_.intervention ? protocol_.intervention->dose_slots
                                    : std::vector<std::string>();
    }
    const trial::Measure* measure = trial::FindMeasure(protocol_, item.id);
    return measure == nullptr ? std::vector<std::string>() : measure->slots;
  }

  const trial::Protocol& protocol_;
  const CalendarOptions& options_;
};

std::string WhatToTake(const trial::Today& what, Language language) {
  return what.instruction.empty() ? Render(what.message, language) : what.instruction;
}

// What is to be done on `date`, by time of day: what to take, then what is asked.
std::map<Slot, std::string> RemindersOn(const trial::Today& what, const ReminderTimes& times,
                                        const trial::ParticipantView& view, Language language) {
  std::map<Slot, std::string> reminders;
  std::set<std::pair<Slot, std::string>> asked;
  for (const trial::DueItem& item : what.due) {
    // Nobody is asked every day whether it was the day of a visit.
    if (item.kind == trial::DueItem::Kind::kMark) continue;
    std::string text = item.question;
    if (item.kind == trial::DueItem::Kind::kGuess) {
      // Of the blocks that are over, only on the day on which they end.
      const auto& block = view.blocks[static_cast<size_t>(item.block_number - 1)];
      if (block.end_date != what.date) continue;
      text = Render(item.message, language);
    }
    const Slot slot{item.kind == trial::DueItem::Kind::kDose ? Kind::kDose : Kind::kScore,
                    times.Of(item)};
    if (!asked.insert({slot, text}).second) continue;
    std::string& said = reminders[slot];
    if (said.empty() && (what.day.phase == trial::ScheduledDay::Phase::kBlock ||
                         what.day.phase == trial::ScheduledDay::Phase::kRunIn)) {
      said = WhatToTake(what, language);
    }
    if (slot.kind == Kind::kScore) said += (said.empty() ? "" : "\n") + text;
  }
  return reminders;
}

// The last date with something to do; nights are asked for on the morning after the last day.
Date LastDate(const trial::Schedule& schedule) {
  return schedule.end_date().value_or(schedule.last_known_date()) + 1;
}

std::vector<Stretch> StretchesOf(const trial::Protocol& protocol, const trial::Trial& trial,
                                 const CalendarOptions& options, Date today) {
  const trial::Schedule schedule(protocol, trial);
  const trial::ParticipantView view = trial::ViewOf(protocol, trial, today);
  const ReminderTimes times(protocol, options);
  std::vector<Stretch> stretches;
  std::map<Slot, size_t> going_on;  // into `stretches`
  for (Date date = schedule.first_date(); date <= LastDate(schedule); ++date) {
    const trial::Today what = trial::WhatToDo(protocol, trial, {}, date, today);
    std::map<Slot, size_t> going_on_still;
    for (const auto& [slot, text] : RemindersOn(what, times, view, options.language)) {
      const auto before = going_on.find(slot);
      // A block begins a stretch of its own, so that its UID does not depend on the arm before it.
      if (before != going_on.end() && stretches[before->second].text == text &&
          what.day.day_in_block != 1) {
        stretches[before->second].last = date;
        going_on_still[slot] = before->second;
        continue;
      }
      // The morning after the last day has no place of its own in the schedule.
      const trial::ScheduledDay day = what.day.day_number > 0 ? what.day : schedule.At(date - 1);
      stretches.push_back({slot.kind, slot.minutes, text, date, date,
                           PositionOf(day) + (what.day.day_number > 0 ? "" : "-after")});
      going_on_still[slot] = stretches.size() - 1;
    }
    going_on = std::move(going_on_still);
  }
  return stretches;
}

// RFC 5545 has no control characters in a text but the line end.
std::string CalendarText(const std::string& text) {
  std::string clean;
  for (const char c : absl::StrReplaceAll(text, {{"\r\n", "\n"}, {"\r", "\n"}, {"\t", " "}})) {
    if (c == '\n' || !absl::ascii_iscntrl(static_cast<unsigned char>(c))) clean += c;
  }
  return clean;
}

icaltimetype TimeOf(Date date, int minutes, icaltimezone* zone) {
  icaltimetype time = icaltime_null_time();
  time.year = static_cast<int>(date.year());
  time.month = date.month();
  time.day = date.day();
  time.hour = minutes / 60;
  time.minute = minutes % 60;
  time.zone = zone;
  return time;
}

void AddExtension(icalcomponent* component, const char* name, const char* value) {
  icalproperty* const property = icalproperty_new_x(value);
  icalproperty_set_x_name(property, name);
  icalcomponent_add_property(component, property);
}

void AddAlarm(icalcomponent* event, const std::string& summary) {
  icaltriggertype trigger{};
  trigger.time = icaltime_null_time();
  trigger.duration = icaldurationtype_from_int(0);
  icalcomponent* const alarm = icalcomponent_new_valarm();
  icalcomponent_add_property(alarm, icalproperty_new_action(ICAL_ACTION_DISPLAY));
  icalcomponent_add_property(alarm, icalproperty_new_description(summary.c_str()));
  icalcomponent_add_property(alarm, icalproperty_new_trigger(trigger));
  icalcomponent_add_component(event, alarm);
}

icalcomponent* EventOf(const Stretch& stretch, const trial::Protocol& protocol,
                       const trial::Trial& trial, const CalendarOptions& options, Date today,
                       icaltimezone* zone) {
  const bool dose = stretch.kind == Kind::kDose;
  const std::string summary =
      Render({dose ? "calendar.dose" : "calendar.score", {}}, options.language);
  const std::string uid =
      absl::StrFormat("%s-%s-%02d%02d-%s@solotrial", trial.id, dose ? "dose" : "score",
                      stretch.minutes / 60, stretch.minutes % 60, stretch.position);
  // After midnight, and still the evening before.
  const int later = stretch.minutes < protocol.day_starts_at_minutes ? 1 : 0;
  const icaltimetype start = TimeOf(stretch.first + later, stretch.minutes, zone);

  icalcomponent* const event = icalcomponent_new_vevent();
  icalcomponent_add_property(event, icalproperty_new_uid(uid.c_str()));
  icalcomponent_add_property(
      event, icalproperty_new_dtstamp(TimeOf(today, 0, icaltimezone_get_utc_timezone())));
  icalcomponent_add_property(event, icalproperty_new_sequence(static_cast<int>(trial.revision)));
  icalproperty* const begin = icalproperty_new_dtstart(start);
  if (!icaltime_is_utc(start)) {
    icalproperty_add_parameter(begin, icalparameter_new_tzid(protocol.time_zone.c_str()));
  }
  icalcomponent_add_property(event, begin);
  icalcomponent_add_property(event, icalproperty_new_duration(icaldurationtype_from_int(5 * 60)));
  if (stretch.last > stretch.first) {
    icalrecurrencetype rule;
    icalrecurrencetype_clear(&rule);
    rule.freq = ICAL_DAILY_RECURRENCE;
    rule.count = static_cast<int>(stretch.last - stretch.first) + 1;
    icalcomponent_add_property(event, icalproperty_new_rrule(rule));
  }
  icalcomponent_add_property(event, icalproperty_new_summary(summary.c_str()));
  icalcomponent_add_property(event,
                             icalproperty_new_description(CalendarText(stretch.text).c_str()));
  icalcomponent_add_property(event, icalproperty_new_class(ICAL_CLASS_PRIVATE));
  icalcomponent_add_property(event, icalproperty_new_transp(ICAL_TRANSP_TRANSPARENT));
  AddAlarm(event, summary);
  return event;
}

absl::StatusOr<icaltimezone*> LibicalZone(const std::string& name) {
  icaltimezone* zone = name == "UTC" ? icaltimezone_get_utc_timezone()
                                     : icaltimezone_get_builtin_timezone(name.c_str());
  if (zone == nullptr) {
    return FaultStatus(Reason::kTimeZoneUnavailable,
                       "the calendar library does not know the trial's time zone");
  }
  return zone;
}

// The rules of the zone from `first` on, under its IANA name, which programs know that pass over
// the rules.
icalcomponent* RulesOf(icaltimezone* zone, const std::string& name, Date first) {
  icalcomponent* const rules = icalcomponent_new_clone(icaltimezone_get_component(zone));
  icalproperty_set_tzid(icalcomponent_get_first_property(rules, ICAL_TZID_PROPERTY), name.c_str());
  icaltimezone_truncate_vtimezone(rules, TimeOf(first - 1, 0, icaltimezone_get_utc_timezone()),
                                  icaltime_null_time(), 0);
  return rules;
}

}  // namespace

int DefaultReminderMinutes(Kind kind, const std::string& slot,
                           const std::vector<std::string>& slots, trial::RefersTo refers_to) {
  static const auto* const named = new std::map<std::string, int>{
      {"morning", kMorning}, {"noon", 12 * 60},        {"midday", 12 * 60},  {"afternoon", 15 * 60},
      {"evening", kEvening}, {"night", 22 * 60},       {"bedtime", 22 * 60}, {"morgens", kMorning},
      {"mittags", 12 * 60},  {"nachmittags", 15 * 60}, {"abends", kEvening}, {"nachts", 22 * 60},
      {"früh", kMorning},    {"mittag", 12 * 60},      {"abend", kEvening},  {"nacht", 22 * 60},
      {"morgen", kMorning},  {"nachmittag", 15 * 60}};
  if (slot.empty()) {
    const bool early = kind == Kind::kDose || refers_to == trial::RefersTo::kPreviousNight;
    return early ? kMorning : kEvening;
  }
  const auto found = named->find(absl::AsciiStrToLower(slot));
  if (found != named->end()) return found->second;
  const auto place = std::find(slots.begin(), slots.end(), slot) - slots.begin();
  const auto last = std::max<std::ptrdiff_t>(static_cast<std::ptrdiff_t>(slots.size()) - 1, 1);
  return std::min(kMorning + static_cast<int>((kEvening - kMorning) * place / last),
                  kMinutesOfADay - 1);
}

absl::StatusOr<std::string> WriteCalendar(const trial::Protocol& protocol,
                                          const trial::Trial& trial, const CalendarOptions& options,
                                          Date today) {
  std::vector<Stretch> stretches;
  if (trial.start_date.has_value()) stretches = StretchesOf(protocol, trial, options, today);
  const std::lock_guard lock(LibicalMutex());
  SOLOTRIAL_ASSIGN_OR_RETURN(icaltimezone* const zone, LibicalZone(protocol.time_zone));
  const Component calendar(icalcomponent_new(ICAL_VCALENDAR_COMPONENT));
  icalcomponent_add_property(calendar.get(), icalproperty_new_version("2.0"));
  icalcomponent_add_property(calendar.get(),
                             icalproperty_new_prodid("-//solotrial//reminders//EN"));
  icalcomponent_add_property(calendar.get(), icalproperty_new_calscale("GREGORIAN"));
  AddExtension(calendar.get(), "X-WR-CALNAME", "solotrial");
  // Every program may ask once an hour; the next block is shown a whole block ahead.
  AddExtension(calendar.get(), "X-PUBLISHED-TTL", "PT1H");
  if (zone != icaltimezone_get_utc_timezone()) {
    icalcomponent_add_component(
        calendar.get(), RulesOf(zone, protocol.time_zone, trial.start_date.value_or(today)));
  }
  for (const Stretch& stretch : stretches) {
    icalcomponent_add_component(calendar.get(),
                                EventOf(stretch, protocol, trial, options, today, zone));
  }
  char* const text = icalcomponent_as_ical_string_r(calendar.get());
  std::string file = text;
  icalmemory_free_buffer(text);
  return file;
}

}  // namespace solotrial::report
