// The tables of tidy.h.
#include <algorithm>

#include "engine/report/names.h"
#include "engine/report/tidy.h"
#include "engine/trial/guess.h"

namespace solotrial::report {
namespace {

using Type = TableColumn::Type;
using Kind = trial::Entry::Kind;

TableValue TextOrNone(const std::string& text) {
  return text.empty() ? TableValue() : TableValue(text);
}

TableValue NumberOrNone(const std::optional<double>& number) {
  return number.has_value() ? TableValue(*number) : TableValue();
}

// 0 stands for none.
TableValue CountOrNone(int count) {
  return count == 0 ? TableValue() : TableValue(static_cast<double>(count));
}

TableValue DateOrNone(const std::optional<Date>& date) {
  return date.has_value() ? TableValue(FormatDate(*date)) : TableValue();
}

std::string Joined(const std::vector<std::string>& words) {
  std::string joined;
  for (const std::string& word : words) joined += (joined.empty() ? "" : "; ") + word;
  return joined;
}

double SlotsADay(const std::vector<std::string>& slots) {
  return static_cast<double>(trial::SlotsOrOne(slots).size());
}

// Doses and covariates by date.
struct DayExtras {
  std::optional<double> dose;
  std::map<std::string, double> covariates;
};

std::map<Date, DayExtras> ExtrasOf(const ExportedTrial& trial) {
  const double dose_slots =
      trial.protocol.intervention ? SlotsADay(trial.protocol.intervention->dose_slots) : 1;
  std::map<Date, DayExtras> extras;
  for (const trial::Entry& entry : trial.entries) {
    DayExtras& day = extras[entry.date];
    if (entry.kind == Kind::kDose) day.dose = day.dose.value_or(0) + entry.value / dose_slots;
    if (entry.kind == Kind::kCovariate) day.covariates[entry.subject] = entry.value;
  }
  return extras;
}

DataTable ScoresTable(const ExportedTrial& trial) {
  DataTable table{
      "scores",
      "One row for every day and measure, days without a score included.",
      {{"date", Type::kDate, "The day whose treatment the score speaks of."},
       {"score_date", Type::kDate,
        "The date under which it is entered: the next day for a measure of the previous night."},
       {"day_number", Type::kInteger,
        "Scheduled days up to this one; empty on days that are not "
        "scheduled.",
        "d", "1 or more"},
       {"phase", Type::kText,
        "What the day is. Days of a run-in, and paused ones, belong to no "
        "block.",
        "", "", "run_in; block; paused; outside"},
       {"block", Type::kInteger, "Number of the block; empty outside blocks.", "", "1 or more"},
       {"pair", Type::kInteger, "Number of the pair; empty without pairs.", "", "1 or more"},
       {"day_in_block", Type::kInteger, "Scheduled days of the block up to this one.", "d",
        "1 or more"},
       {"on", Type::kNumber,
        "Share of the treatment that the day was assigned: 1 is on, 0 is off. Empty outside "
        "blocks, and where it may not be known yet.",
        "1", "0 to 1"},
       {"dose", Type::kNumber,
        "Share of what was prescribed that was taken, over all doses of the day; an unlogged dose "
        "counts as 0 where another one was logged. In an off block of a blinded trial it is the "
        "comparator's. Empty: none was logged.",
        "1", "0 to 1"},
       {"measure", Type::kText, "Id of the measure; see the table measures."},
       {"value", Type::kNumber,
        "The day's value, from its slots by the measure's daily rule. Empty: no score.", "",
        "see the table measures"},
       {"missing", Type::kInteger, "1 where there is no value, else 0.", "", "0 or 1"},
       {"slots_recorded", Type::kInteger, "How many of the day's slots have a score.", "",
        "0 or more"},
       {"slots_due", Type::kInteger, "How many slots the measure has a day.", "", "1 or more"}},
      {}};
  for (const trial::Covariate& covariate : trial.protocol.covariates) {
    table.columns.push_back(
        {"covariate_" + covariate.id, Type::kNumber,
         "Covariate: " + (covariate.question.empty() ? covariate.id : covariate.question) +
             (covariate.binary ? " 1 is yes, 0 is no." : "") +
             (covariate.beside_only ? " Recorded beside the scores and left out of the model."
                                    : ""),
         "", covariate.binary ? "0 or 1" : ""});
  }
  const ScoresByDay scores = ScoresOf(trial);
  std::map<Date, DayExtras> extras = ExtrasOf(trial);
  for (const ExportedDay& day : trial.days) {
    const DayExtras& extra = extras[day.date];
    const int pair = day.block == 0 ? 0 : trial.blocks[static_cast<size_t>(day.block - 1)].pair;
    for (const trial::Measure& measure : trial.protocol.measures) {
      const auto found = scores.find({measure.id, day.date});
      const std::map<std::string, double> slots =
          found == scores.end() ? std::map<std::string, double>() : found->second;
      const std::optional<double> value = trial::DailyValue(measure, slots);
      const bool night = measure.refers_to == trial::RefersTo::kPreviousNight;
      std::vector<TableValue>& row = table.rows.emplace_back();
      row = {FormatDate(day.date),
             FormatDate(night ? day.date + 1 : day.date),
             CountOrNone(day.day_number),
             PhaseName(day.phase),
             CountOrNone(day.block),
             CountOrNone(pair),
             CountOrNone(day.day_in_block),
             NumberOrNone(day.on),
             NumberOrNone(extra.dose),
             measure.id,
             NumberOrNone(value),
             value.has_value() ? 0.0 : 1.0,
             static_cast<double>(slots.size()),
             SlotsADay(measure.slots)};
      for (const trial::Covariate& covariate : trial.protocol.covariates) {
        const auto said = extra.covariates.find(covariate.id);
        row.push_back(said == extra.covariates.end() ? TableValue() : TableValue(said->second));
      }
    }
  }
  return table;
}

// What an entry says in the columns subject, value, code and days.
struct Said {
  std::string subject;
  std::optional<double> value;
  std::string code;
  int days = 0;
};

Said SaidBy(const trial::Entry& entry) {
  switch (entry.kind) {
    case Kind::kScore:
    case Kind::kCovariate:
      return {entry.subject, entry.value};
    case Kind::kDose:
    case Kind::kRescue:
      return {"", entry.value};
    case Kind::kEvent:
      if (entry.subject == trial::kSideEffectType) {
        return {entry.subject, std::nullopt, GradeName(entry.value)};
      }
      if (entry.subject == trial::kIllness || entry.subject == trial::kTravel ||
          entry.subject == trial::kNewTreatment || entry.subject == trial::kOtherEvent) {
        return {entry.subject};
      }
      return {entry.subject, entry.value};
    case Kind::kGuess:
      return {std::to_string(trial::GuessedBlock(entry)), std::nullopt,
              ArmName(trial::GuessedArm(entry), "unknown")};
    case Kind::kDeviation:
      return {DeviationName(entry), std::nullopt, "", static_cast<int>(entry.value)};
    case Kind::kNote:
    case Kind::kMark:
    case Kind::kRetraction:
      break;
  }
  return {};
}

DataTable EntriesTable(const ExportedTrial& trial) {
  DataTable table{
      "entries",
      "One row for everything that was recorded and counts.",
      {{"entry", Type::kText, "Id of the entry, a UUID."},
       {"date", Type::kDate, "The date that it is about."},
       {"block", Type::kInteger, "Number of the block of that date; empty outside blocks.", "",
        "1 or more"},
       {"kind", Type::kText, "What was recorded.", "", "",
        "score; covariate; dose; note; event; rescue; guess; deviation; mark"},
       {"subject", Type::kText,
        "Of a score its measure, of a covariate its id, of an event its type (side_effect, "
        "illness, "
        "travel, new_treatment, other) or the laboratory value, of a guess the block's number, of "
        "a deviation its kind (illness, travel, wrong_treatment, untold_pause, other)."},
       {"slot", Type::kText, "Time of day that the protocol names; empty: there is one a day."},
       {"value", Type::kNumber,
        "Of a score or covariate its value, of a dose the share of the prescribed dose that was "
        "taken (0 to 1), of a rescue the number of doses, of a laboratory value the value in "
        "mmol/L."},
       {"code", Type::kText, "Grade of a side effect, or what a block was guessed to be.", "", "",
        "mild; moderate; severe; on; off; unknown"},
       {"days", Type::kInteger, "Days that a deviation concerns, from its date on.", "d",
        "1 to 366"},
       {"text", Type::kText, "In the person's words; of a rescue what was taken."},
       {"made", Type::kTime, "When it was made, by the clock of the device."}},
      {}};
  for (const trial::Entry& entry : trial.entries) {
    if (entry.kind == Kind::kRetraction) continue;
    const Said said = SaidBy(entry);
    const ExportedDay* day = DayOf(trial, entry.date);
    table.rows.push_back({entry.id, FormatDate(entry.date),
                          CountOrNone(day == nullptr ? 0 : day->block), KindName(entry.kind),
                          TextOrNone(said.subject), TextOrNone(entry.slot),
                          NumberOrNone(said.value), TextOrNone(said.code), CountOrNone(said.days),
                          TextOrNone(entry.text), LocalTimeText(entry)});
  }
  return table;
}

DataTable BlocksTable(const ExportedTrial& trial) {
  DataTable table{
      "blocks",
      "One row for every block, in order.",
      {{"block", Type::kInteger, "Its number.", "", "1 or more"},
       {"pair", Type::kInteger, "Number of its pair; empty without pairs.", "", "1 or more"},
       {"arm", Type::kText, "What it is; empty where it may not be known yet.", "", "", "on; off"},
       {"envelope", Type::kInteger, "Of a blinded trial the envelope to take from.", "",
        "1 or more"},
       {"start_date", Type::kDate, "First day; empty while a pause leaves it open."},
       {"end_date", Type::kDate,
        "Last day, pauses inside included; empty while a pause leaves it open."},
       {"days", Type::kInteger, "Scheduled days.", "d", "1 or more"}},
      {}};
  for (const ExportedBlock& block : trial.blocks) {
    table.rows.push_back({static_cast<double>(block.number), CountOrNone(block.pair),
                          TextOrNone(ArmName(block.on, "")), CountOrNone(block.envelope),
                          DateOrNone(block.start_date), DateOrNone(block.end_date),
                          CountOrNone(block.days)});
  }
  return table;
}

const char* DailyRuleName(trial::DailyRule rule) {
  switch (rule) {
    case trial::DailyRule::kMean:
      return "mean";
    case trial::DailyRule::kMax:
      return "max";
    case trial::DailyRule::kSum:
      return "sum";
    case trial::DailyRule::kLast:
      break;
  }
  return "last";
}

DataTable MeasuresTable(const ExportedTrial& trial) {
  DataTable table{
      "measures",
      "One row for every measure.",
      {{"measure", Type::kText, "Its id."},
       {"question", Type::kText, "What the person is asked; empty: the id."},
       {"family", Type::kText, "How its values are distributed in the model.", "", "",
        "gaussian; student_t; bernoulli; poisson; negative_binomial; ordinal"},
       {"minimum", Type::kNumber, "Lowest possible value."},
       {"maximum", Type::kNumber, "Highest possible value."},
       {"better", Type::kText, "Which values are better for the person.", "", "", "lower; higher"},
       {"minimal_important_difference", Type::kNumber,
        "The smallest benefit that matters to the person, in benefit_unit; empty: none was set.",
        "", "above 0"},
       {"benefit_unit", Type::kText, "What a benefit is counted in.", "", "",
        "points; days per 28 days; events per 7 days"},
       {"primary", Type::kInteger, "1 for the measure that the verdict is about, else 0.", "",
        "0 or 1"},
       {"slots", Type::kText, "Times of day at which it is scored, in order; empty: once a day."},
       {"daily_rule", Type::kText, "What is done with several slots of one day.", "", "",
        "mean; max; last; sum"},
       {"refers_to", Type::kText, "Which stretch of time a score speaks of.", "", "",
        "same_day; previous_night"}},
      {}};
  for (const trial::Measure& measure : trial.protocol.measures) {
    table.rows.push_back(
        {measure.id, TextOrNone(measure.question), FamilyName(measure.family), measure.minimum,
         measure.maximum, measure.lower_is_better ? "lower" : "higher",
         NumberOrNone(measure.minimal_important_difference), trial::BenefitUnit(measure.family),
         measure.primary ? 1.0 : 0.0, TextOrNone(Joined(measure.slots)),
         DailyRuleName(measure.daily_rule),
         measure.refers_to == trial::RefersTo::kPreviousNight ? "previous_night" : "same_day"});
  }
  return table;
}

DataTable ChangesTable(const ExportedTrial& trial) {
  DataTable table{
      "changes",
      "One row for everything that was done to the trial after its start.",
      {{"date", Type::kDate, "The trial's day on which it was done; of a pause its first day."},
       {"change", Type::kText, "What was done.", "", "",
        "pause; stop; packing_list_opened; unblinding; extension; time_zone"},
       {"resume_date", Type::kDate, "First scheduled day after a pause; empty: it is still open."},
       {"cause", Type::kText, "Who paused.", "", "", "person; side_effect"},
       {"pairs", Type::kInteger, "Pairs that an extension added.", "", "1 or more"},
       {"detail", Type::kText, "The new time zone, or the device that opened the packing list."},
       {"reason", Type::kText, "What the person said."}},
      {}};
  for (const trial::Pause& pause : trial.pauses) {
    const bool side_effect = pause.cause == trial::Pause::Cause::kSideEffect;
    table.rows.push_back({FormatDate(pause.pause_date), "pause", DateOrNone(pause.resume_date),
                          side_effect ? "side_effect" : "person", TableValue(), TableValue(),
                          TextOrNone(pause.reason)});
  }
  for (const trial::Amendment& amendment : trial.amendments) {
    table.rows.push_back({FormatDate(amendment.date), AmendmentName(amendment.kind), TableValue(),
                          TableValue(), CountOrNone(amendment.pairs), TextOrNone(amendment.text),
                          TextOrNone(amendment.reason)});
  }
  if (trial.stop.has_value()) {
    table.rows.push_back({FormatDate(trial.stop->stop_date), "stop", TableValue(), TableValue(),
                          TableValue(), TableValue(), TextOrNone(trial.stop->reason)});
  }
  std::stable_sort(table.rows.begin(), table.rows.end(),
                   [](const auto& a, const auto& b) { return a[0].text() < b[0].text(); });
  return table;
}

}  // namespace

std::vector<DataTable> TidyTables(const ExportedTrial& trial) {
  return {ScoresTable(trial), EntriesTable(trial), BlocksTable(trial), MeasuresTable(trial),
          ChangesTable(trial)};
}

}  // namespace solotrial::report
