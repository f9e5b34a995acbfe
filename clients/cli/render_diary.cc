#include "clients/cli/render_diary.h"

#include <fmt/format.h>

#include <map>

#include "clients/cli/dates.h"
#include "clients/cli/text.h"

namespace solotrial::cli {
namespace {

std::string WithSlot(const std::string& id, const v1::Entry& entry) {
  return Clean(entry.slot().empty() ? id : id + "@" + entry.slot());
}

std::string EventName(const v1::Event& event) {
  switch (event.type()) {
    case v1::Event::TYPE_SIDE_EFFECT:
      return "side effect";
    case v1::Event::TYPE_ILLNESS:
      return "illness";
    case v1::Event::TYPE_TRAVEL:
      return "travel";
    case v1::Event::TYPE_NEW_TREATMENT:
      return "new treatment";
    case v1::Event::TYPE_LABORATORY:
      return Clean(event.laboratory_id());
    default:
      return "event";
  }
}

std::string EventValue(const v1::Event& event) {
  std::string value;
  if (event.has_laboratory_value()) value = Number(event.laboratory_value());
  switch (event.grade()) {
    case v1::Event::GRADE_MILD:
      value = "mild";
      break;
    case v1::Event::GRADE_MODERATE:
      value = "moderate";
      break;
    case v1::Event::GRADE_SEVERE:
      value = "severe";
      break;
    default:
      break;
  }
  if (event.text().empty()) return value;
  return (value.empty() ? "" : value + ": ") + Clean(event.text());
}

}  // namespace

std::string EntryKey(const v1::Entry& entry) {
  switch (entry.content_case()) {
    case v1::Entry::kScore:
      return WithSlot(entry.score().measure_id(), entry);
    case v1::Entry::kCovariate:
      return Clean(entry.covariate().covariate_id());
    case v1::Entry::kDose:
      return WithSlot("dose", entry);
    case v1::Entry::kNote:
      return "note";
    case v1::Entry::kGuess:
      return fmt::format("guess block {}", entry.guess().block_number());
    case v1::Entry::kDeviation:
      return "deviation";
    case v1::Entry::kRetraction:
      return "retraction";
    case v1::Entry::kMark:
      return "mark";
    case v1::Entry::kEvent:
      return EventName(entry.event());
    case v1::Entry::kRescue:
      return "rescue";
    default:
      return "something newer than this client";
  }
}

std::string EntryValue(const v1::Entry& entry) {
  switch (entry.content_case()) {
    case v1::Entry::kScore:
      return Number(entry.score().value());
    case v1::Entry::kCovariate:
      return Number(entry.covariate().value());
    case v1::Entry::kDose:
      return Number(entry.dose().fraction());
    case v1::Entry::kNote:
      return Clean(entry.note().text());
    case v1::Entry::kGuess:
      return entry.guess().arm() == v1::ARM_ON    ? "on"
             : entry.guess().arm() == v1::ARM_OFF ? "off"
                                                  : "unknown";
    case v1::Entry::kDeviation:
      return (entry.deviation().days() > 1 ? fmt::format("{} days: ", entry.deviation().days())
                                           : "") +
             Clean(entry.deviation().text());
    case v1::Entry::kEvent:
      return EventValue(entry.event());
    case v1::Entry::kRescue:
      return fmt::format("{} x {}", entry.rescue().has_doses() ? entry.rescue().doses() : 1,
                         Clean(entry.rescue().name()));
    default:
      return "";
  }
}

std::string RenderEntries(const std::vector<v1::Entry>& entries, bool history) {
  if (entries.empty()) return "Nothing is recorded.\n";
  std::vector<std::vector<std::string>> rows = {{"date", "what", "value", "entry"}};
  if (history) rows[0].insert(rows[0].begin(), "no.");
  for (const v1::Entry& entry : entries) {
    // The longer the words, the less room: the id has to stay whole, for `retract`.
    std::vector<std::string> row = {Clean(entry.date()), Shorten(EntryKey(entry), 16),
                                    Shorten(EntryValue(entry), history ? 8 : 12), entry.id()};
    if (history) row.insert(row.begin(), std::to_string(entry.sequence()));
    rows.push_back(row);
  }
  std::string text = Table(rows, history ? "rllll" : "llll", "");
  if (!history) return text;
  std::map<std::string, int64_t> numbers;
  for (const v1::Entry& entry : entries) numbers[entry.id()] = entry.sequence();
  for (const v1::Entry& entry : entries) {
    if (entry.supersedes().empty()) continue;
    const auto number = numbers.find(entry.supersedes());
    text += fmt::format("No. {} {} {}.\n", entry.sequence(),
                        entry.has_retraction() ? "takes back" : "corrects",
                        number == numbers.end() ? Clean(entry.supersedes())
                                                : fmt::format("no. {}", number->second));
  }
  return text;
}

std::string RenderRecorded(const v1::Entry& entry, const v1::Entry* previous) {
  const std::string date = PadRight(ReadableDate(Clean(entry.date())), 15);
  if (entry.has_retraction()) {
    const std::string what =
        previous == nullptr ? "" : EntryKey(*previous) + " " + Shorten(EntryValue(*previous), 40);
    return date + "  " + what + " taken back\n";
  }
  std::string text = date + "  " + EntryKey(entry) + " ";
  if (previous == nullptr || entry.has_note() || entry.has_event() || entry.has_rescue())
    return text + Shorten(EntryValue(entry), 50) + "\n";
  const std::string was = EntryValue(*previous);
  const std::string now = EntryValue(entry);
  return text + (was == now ? now + " (as before)" : "was " + was + ", now " + now) + "\n";
}

std::string RenderRejected(const v1::Entry& entry, const v1::EntryRejection& rejection) {
  const std::string field = rejection.field().empty() ? "" : Clean(rejection.field()) + ": ";
  return fmt::format("solotrial: {} of {} was not recorded: {}{} ({})\n", EntryKey(entry),
                     Clean(entry.date()), field, Clean(rejection.message()),
                     Clean(rejection.reason()));
}

}  // namespace solotrial::cli
