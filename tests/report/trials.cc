#include "tests/report/trials.h"

#include "absl/strings/str_format.h"
#include "engine/trial/guess.h"

namespace solotrial::report {

using Kind = trial::Entry::Kind;

trial::Protocol SmallProtocol(trial::Blinding blinding) {
  trial::Measure pain;
  pain.id = "pain";
  pain.family = inference::Family::kOrdinal;
  pain.maximum = 10;
  pain.lower_is_better = true;
  pain.minimal_important_difference = 1;
  pain.primary = true;
  pain.question = "How bad is the pain?";
  pain.slots = {"morning", "evening"};
  pain.daily_rule = trial::DailyRule::kMax;

  trial::Measure sleep;
  sleep.id = "sleep";
  sleep.maximum = 100;
  sleep.refers_to = trial::RefersTo::kPreviousNight;

  trial::Protocol protocol;
  protocol.title = "Does magnesium help?";
  protocol.design.block_days = 3;
  protocol.design.pairs = 2;
  protocol.design.run_in_days = 2;
  protocol.design.blinding = blinding;
  protocol.measures = {pain, sleep};
  protocol.covariates = {{.id = "weekend", .binary = true, .question = "Weekend?"}};
  protocol.intervention = trial::Intervention{.name = "Magnesium",
                                              .on_instruction = "Take one capsule of magnesium",
                                              .off_instruction = "Take one capsule of starch",
                                              .dose_slots = {"morning", "evening"}};
  protocol.time_zone = "Europe/Berlin";
  return protocol;
}

trial::Trial SmallTrial(const std::string& allocation) {
  trial::Trial trial;
  trial.id = "8d8b2f6e-5e0c-4f57-9a52-0c6a6c1f7d11";
  trial.state = trial::Trial::State::kRunning;
  trial.start_date = kFirstDay;
  trial.allocation = allocation;
  trial.protocol_digest = std::string(32, '\x0f');
  trial.revision = 4;
  return trial;
}

trial::Entry EntryOf(int serial, Kind kind, Date date) {
  trial::Entry entry;
  entry.id = absl::StrFormat("01987000-0000-7000-8000-%012d", serial);
  entry.kind = kind;
  entry.date = date;
  entry.client_time = absl::FromCivil(absl::CivilHour(kFirstDay) + 11, absl::UTCTimeZone());
  entry.utc_offset_minutes = 60;
  entry.sequence = serial;
  return entry;
}

std::vector<trial::Entry> SomeEntries() {
  std::vector<trial::Entry> entries;
  const auto add = [&entries](Kind kind, int day, const std::string& subject,
                              const std::string& slot, double value, const std::string& text = "") {
    trial::Entry entry = EntryOf(static_cast<int>(entries.size()) + 1, kind, kFirstDay + day);
    entry.subject = subject;
    entry.slot = slot;
    entry.value = value;
    entry.text = text;
    entries.push_back(entry);
  };
  add(Kind::kScore, 2, "pain", "morning", 4);
  add(Kind::kScore, 2, "pain", "evening", 6);
  add(Kind::kScore, 3, "sleep", "", 71.5);
  add(Kind::kScore, 4, "pain", "evening", 3);
  add(Kind::kScore, 5, "pain", "morning", 7);
  add(Kind::kCovariate, 5, "weekend", "", 1);
  add(Kind::kDose, 2, "", "morning", 1);
  add(Kind::kDose, 2, "", "evening", 0.5);
  add(Kind::kDose, 3, "", "morning", 0);
  add(Kind::kEvent, 3, trial::kSideEffectType, "", trial::kGradeModerate, "Diarrhoea");
  add(Kind::kEvent, 3, trial::kNewTreatment, "", 0, "=HYPERLINK(\"x\")");
  add(Kind::kEvent, 1, "serum_magnesium", "", 0.82);
  add(Kind::kRescue, 4, "", "", 2, "Ibuprofen");
  add(Kind::kNote, 4, "", "", 0, "slept, but \"badly\"\nand little");
  add(Kind::kDeviation, 4, "3", "", 2, "In the mountains");
  entries.push_back(EntryOf(static_cast<int>(entries.size()) + 1, Kind::kGuess, kFirstDay + 4));
  trial::SetGuess(entries.back(), 1, true);
  return entries;
}

std::vector<std::string> AwkwardTexts() {
  std::string long_text;
  for (int i = 0; i < 10'000; ++i) long_text += "ä";
  return {"<script>alert('x')</script> & <b>",
          "مرحبا \u202Eabc\u202C שלום",
          "👩🏽‍🔬 slept 😴 well 🇩🇪",
          "\"quoted\", 'single'; semi: colon \\ backslash \\n",
          "=1+1",
          "+49 30 1234",
          "-1",
          "@SUM(A1)",
          "\tbegins with a tab",
          "two\r\nlines\rand\nmore",
          "'tis",
          "2026-03-01",
          long_text};
}

}  // namespace solotrial::report
