#include "tests/report/summaries.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <utility>

#include "engine/trial/allocation.h"
#include "engine/trial/amendment.h"
#include "engine/trial/record.h"
#include "tests/trial/protocols.h"

namespace solotrial::report {
namespace {

const Date kFirst(2026, 1, 5);

// Numbers that look like chance, 0 to 1.
double Noise(int i) {
  const auto mixed = static_cast<uint32_t>(i + 1) * 2654435761u;
  return static_cast<double>((mixed ^ (mixed >> 15)) % 1000) / 1000;
}

double ScoreOn(const trial::Measure& measure, int day, bool on, double benefit) {
  if (measure.family == inference::Family::kBernoulli) {
    return Noise(day) < (on ? 0.45 - 0.06 * benefit : 0.45) ? 1 : 0;
  }
  const double level = 3.5 + 4 * Noise(day) + (on ? -benefit : 0);
  return std::clamp(static_cast<double>(static_cast<int>(level + 0.5)), measure.minimum,
                    measure.maximum);
}

trial::Trial TrialOf(const Life& life) {
  trial::Trial trial = trial::StartedTrial(life.protocol, kFirst, life.allocation);
  for (const auto& [first, days] : life.pauses) {
    trial.pauses.push_back(
        {.pause_date = kFirst + first, .resume_date = kFirst + first + days, .reason = "away"});
  }
  if (life.stop_day.has_value()) {
    trial.state = trial::Trial::State::kStopped;
    trial.stop = trial::Stop{kFirst + *life.stop_day, "had enough"};
  }
  return trial;
}

std::vector<trial::Entry> EntriesOf(const Life& life, const trial::Schedule& schedule) {
  std::vector<trial::Entry> entries;
  int serial = 0;
  int scored = 0;
  const Date last = schedule.end_date().value_or(kFirst);
  for (Date date = kFirst; date <= last; ++date) {
    const trial::ScheduledDay day = schedule.At(date);
    if (day.day_number == 0) continue;
    const int index = static_cast<int>(date - kFirst);
    const bool on =
        day.block_number > 0 && schedule.blocks()[static_cast<size_t>(day.block_number - 1)].on;
    const bool kept = (life.scored_days < 0 || scored < life.scored_days) &&
                      index % life.keep_every == 0 && index % 11 != 7;
    if (kept) {
      ++scored;
      for (const trial::Measure& measure : life.protocol.measures) {
        trial::Entry entry =
            trial::Score(++serial, date, ScoreOn(measure, index, on, life.benefit));
        entry.subject = measure.id;
        entries.push_back(entry);
      }
    }
    if (life.doses && on && index % 17 != 3) {
      trial::Entry entry = trial::Score(++serial, date, 1);
      entry.kind = trial::Entry::Kind::kDose;
      entry.subject.clear();
      entries.push_back(entry);
    }
  }
  entries.insert(entries.end(), life.more.begin(), life.more.end());
  return entries;
}

}  // namespace

Life UsualLife() {
  Life life;
  life.protocol = trial::PairedProtocol();
  life.protocol.design.block_days = 14;
  life.protocol.kinetics = {.onset_half_life_days = 3, .offset_half_life_days = 3};
  life.protocol.covariates.clear();
  life.protocol.measures[0].question = "How bad were your legs tonight?";
  life.allocation = "100110";
  return life;
}

Life MigraineLife() {
  Life life = UsualLife();
  life.protocol.title = "Does magnesium prevent my migraine?";
  life.protocol.symptom = "migraine";
  trial::Measure day;
  day.id = "composite_day";
  day.family = inference::Family::kBernoulli;
  day.maximum = 1;
  day.lower_is_better = true;
  day.minimal_important_difference = 2;
  day.primary = true;
  day.question = "Migraine today, or acute medicine for it?";
  trial::Measure pain = life.protocol.measures[0];
  pain.id = "pain";
  pain.primary = false;
  pain.question = "How bad was the headache?";
  life.protocol.measures = {day, pain};
  life.protocol.design.block_days = 28;
  life.protocol.design.run_in_days = 28;
  life.benefit = 3;
  return life;
}

Life LongLife() {
  Life life = UsualLife();
  life.protocol.measures[0].family = inference::Family::kGaussian;
  life.protocol.design.block_days = 15;
  life.protocol.design.pairs = 100;
  life.allocation.clear();
  for (int pair = 0; pair < 100; ++pair) life.allocation += pair % 3 == 0 ? "10" : "01";
  return life;
}

Summary SummaryOf(const Life& life) {
  const trial::Trial trial = TrialOf(life);
  Summary summary;
  summary.trial_id = trial.id;
  summary.protocol = std::make_shared<const trial::Protocol>(life.protocol);
  const trial::Schedule schedule(*summary.protocol, trial);
  const Date end = schedule.end_date().value_or(kFirst);
  summary.today = life.today_day >= 0 ? kFirst + life.today_day : end + 1;
  summary.create_time = absl::FromCivil(absl::CivilHour(summary.today) + 12, absl::UTCTimeZone());
  summary.engine_version = "0.1.0";
  summary.state = trial::StateOn(trial, *summary.protocol, summary.today);
  summary.concealed = trial::IsConcealed(*summary.protocol, trial, summary.today);
  summary.start_date = trial.start_date;
  summary.last_date = schedule.end_date();
  summary.pauses = trial.pauses;
  summary.stop = trial.stop;
  summary.protocol_digest = std::string(32, '\x11');
  summary.commitment = std::string(32, '\x22');
  summary.allocations = trial::AllocationCount(summary.protocol->design);
  const std::vector<trial::Entry> entries = EntriesOf(life, schedule);
  const Date through = std::max(std::min(summary.today, end), schedule.first_date() - 1);
  const trial::Record record = trial::RecordOfTrial(*summary.protocol, trial, entries, through);
  summary.progress = trial::ProgressOf(*summary.protocol, trial, record, summary.today);
  if (!trial::HasEnded(summary.state)) return summary;
  summary.seed = trial.seed;
  summary.allocation = trial.allocation;
  if (record.days.empty()) return summary;
  trial::AnalysisRequest request;
  request.protocol_digest = summary.protocol_digest;
  request.stopped_early = summary.stop.has_value();
  auto analysed = trial::SummarizeRecord(*summary.protocol, record, request);
  EXPECT_TRUE(analysed.ok()) << analysed.status();
  SummaryResults& results = summary.results.emplace();
  results.record = *std::move(analysed);
  results.remarks = results.record.outcome.verdict.remarks;
  results.harms = trial::CountHarms(schedule, entries);
  results.rescue = CountRescueDays(schedule, entries);
  results.events = NotedEvents(schedule, entries);
  return summary;
}

}  // namespace solotrial::report
