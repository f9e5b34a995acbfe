#include "clients/cli/render_trial.h"

#include <fmt/format.h>
#include <google/protobuf/util/time_util.h>

#include <algorithm>

#include "clients/cli/access_names.h"
#include "clients/cli/dates.h"
#include "clients/cli/measures.h"
#include "clients/cli/text.h"
#include "clients/cli/trial_choice.h"

namespace solotrial::cli {
namespace {

using Rows = std::vector<std::vector<std::string>>;

size_t Width(const Style& style) { return static_cast<size_t>(style.width); }

std::string Hex(const std::string& bytes) {
  std::string hex;
  for (const char c : bytes) hex += fmt::format("{:02x}", static_cast<unsigned char>(c));
  return hex;
}

// `label` in a column of its own, the text wrapped beside it.
std::string Field(const std::string& label, const std::string& text, const Style& style) {
  if (text.empty()) return "";
  return Paragraph(text, "  " + PadRight(label, 12) + "  ", Width(style));
}

std::string DesignText(const v1::Design& design) {
  if (design.randomization() == v1::Design::NONE) return "not drawn by chance";
  std::string text = fmt::format("{} on and {} off blocks of {}", design.pairs(), design.pairs(),
                                 BlockWords(design));
  switch (design.randomization()) {
    case v1::Design::COUNTERBALANCED:
      text += ", the order drawn for each foursome";
      break;
    case v1::Design::RESTRICTED:
      text += fmt::format(", any balanced order with at most {} equal blocks in a row",
                          design.longest_run());
      break;
    case v1::Design::BALANCED:
      text += ", any balanced order";
      break;
    default:
      text += ", the order drawn for each pair";
  }
  if (design.run_in_days() > 0) {
    text += fmt::format(", after a run-in of {}{} days",
                        design.block_unit() == v1::Design::CYCLES ? "at least " : "",
                        design.run_in_days());
  }
  if (design.blinding() == v1::Design::BLINDED_BY_HELPER) {
    text += ", blinded: a helper packs numbered envelopes";
  }
  if (design.washout_days() > 0) {
    text += fmt::format("; the first {} after a switch are not analysed",
                        Count(static_cast<size_t>(design.washout_days()), "day"));
  }
  return text;
}

std::string MeasureText(const v1::Measure& measure) {
  std::string text =
      fmt::format("{} ({}, {}", measure.id(), ScaleText(measure), BetterText(measure));
  if (measure.has_minimal_important_difference()) {
    text += ", " + DifferenceText(measure) + " matters";
  }
  text += ")";
  if (!measure.slots().empty()) {
    text += ", scored:";
    for (const std::string& slot : measure.slots()) text += " " + slot;
  }
  if (!measure.question().empty()) text += ": " + measure.question();
  return Clean(text);
}

std::string ArmWord(v1::Arm arm) {
  return arm == v1::ARM_ON ? "on" : arm == v1::ARM_OFF ? "off" : "later";
}

// What is known of a block's arm, or the envelope to take from.
std::string ShownArm(const v1::Block& block) {
  if (block.arm() == v1::ARM_UNSPECIFIED && block.envelope() > 0) {
    return fmt::format("envelope {}", block.envelope());
  }
  return ArmWord(block.arm());
}

std::string RangeText(const v1::DueItem& item) {
  if (!item.has_maximum()) return item.whole() ? "how many" : "a number";
  if (item.whole() && item.minimum() == 0 && item.maximum() == 1) return "0 no, 1 yes";
  return Number(item.minimum()) + " to " + Number(item.maximum());
}

// Many questions name their scale; saying it twice only costs reading time.
bool SaysRange(const std::string& question, const v1::DueItem& item) {
  return item.kind() == v1::DueItem::KIND_SCORE && item.has_maximum() &&
         question.find(Number(item.minimum()) + " ") != std::string::npos &&
         question.find(" " + Number(item.maximum())) != std::string::npos;
}

std::string KeyOf(const v1::DueItem& item) {
  return Clean(item.slot().empty() ? item.id() : item.id() + "@" + item.slot());
}

// What to type to record what is still open.
std::string NextCommand(const v1::Today& today) {
  std::string values;
  bool dose = false;
  bool guess = false;
  bool mark = false;
  for (const v1::DueItem& item : today.due()) {
    if (item.has_recorded() || item.guessed() || item.marked()) continue;
    if (item.kind() == v1::DueItem::KIND_MARK) {
      mark = true;
    } else if (item.kind() == v1::DueItem::KIND_GUESS) {
      guess = true;
    } else if (item.kind() == v1::DueItem::KIND_DOSE) {
      dose = true;
    } else {
      values += " " + KeyOf(item) + "=...";
    }
  }
  std::string command;
  if (!values.empty()) command = "solotrial record" + values;
  if (dose) command += std::string(command.empty() ? "" : "   and   ") + "solotrial dose";
  if (guess) {
    command += std::string(command.empty() ? "" : "   and   ") + "solotrial guess on|off|unknown";
  }
  // Not a thing of every day: only where there is nothing else to do.
  return command.empty() && mark ? "solotrial mark" : command;
}

std::string DueTable(const v1::Today& today, const Style& style) {
  if (today.due().empty()) return "";
  std::string text = "\n";
  // Questions are wrapped rather than cut: they are the instrument.
  size_t key_width = 0;
  for (const v1::DueItem& item : today.due()) {
    key_width = std::max(key_width, DisplayWidth(KeyOf(item)));
  }
  key_width = std::min<size_t>(key_width, 24);
  for (const v1::DueItem& item : today.due()) {
    const bool done = item.has_recorded() || item.guessed() || item.marked();
    const std::string box = done ? (style.utf8 ? "✓" : "x") : (style.utf8 ? "○" : " ");
    const std::string mark = style.utf8 ? box : "[" + box + "]";
    const std::string value = item.has_recorded() ? Number(item.recorded()) : "";
    std::string question = Clean(item.question());
    if (item.kind() == v1::DueItem::KIND_DOSE) {
      question = (question.empty() ? "the dose" : question) + ": how much you took, 0 to 1";
    } else if (item.kind() == v1::DueItem::KIND_MARK) {
      if (!done) question += " Then: solotrial mark";
    } else if (item.kind() != v1::DueItem::KIND_GUESS && !SaysRange(question, item)) {
      question = (question.empty() || question == item.id() ? "" : question + " ") + "(" +
                 RangeText(item) + ")";
    }
    const std::string before =
        "  " + mark + " " + PadRight(KeyOf(item), key_width) + "  " + PadLeft(value, 4) + "  ";
    text += Paragraph(question, before, Width(style));
  }
  return text;
}

// What was done to the trial, with date and reason.
std::string ChangesText(const v1::Trial& trial, const Style& style) {
  std::string text;
  const auto add = [&](const std::string& label, const std::string& date, const std::string& what,
                       const std::string& reason) {
    text += Field(label,
                  (date.empty() ? "" : ReadableDate(date) + ": ") + what +
                      (reason.empty() ? "" : " (" + Clean(reason) + ")"),
                  style);
  };
  for (const v1::Extension& extension : trial.extensions()) {
    add("extended", extension.date(),
        Count(static_cast<size_t>(std::max(extension.pairs(), 0)), "further pair"),
        extension.reason());
  }
  for (const v1::TimeZoneChange& change : trial.time_zone_changes()) {
    add("time zone", change.date(), Clean(change.time_zone()), change.reason());
  }
  for (const v1::PackingListOpening& opening : trial.packing_list_openings()) {
    add("packing list", "",
        "shown to " + Clean(opening.device()) + " on " + ReadableTime(opening.time()), "");
  }
  const bool packed = trial.packing_list_openings_size() > 0;
  const bool blinded = trial.protocol().design().blinding() == v1::Design::BLINDED_BY_HELPER;
  if (blinded && !packed && !trial.commitment().empty()) {
    add("packing list", "", "not opened by a helper yet", "");
  }
  if (trial.has_unblinding()) {
    add("unblinded", trial.unblinding().date(), "before the end", trial.unblinding().reason());
  }
  return text;
}

}  // namespace

std::string RenderTrial(const v1::Trial& trial, const Style& style) {
  const v1::Protocol& protocol = trial.protocol();
  std::string text = Bold(style, Clean(protocol.title())) + "\n";
  text += Field("trial", Clean(trial.name()), style);
  std::string state = StateWord(trial.state());
  if (!trial.start_date().empty()) {
    state += ", " + ReadableDate(trial.start_date());
    if (!trial.last_date().empty()) state += " to " + ReadableDate(trial.last_date());
  }
  text += Field("state", state, style);
  for (const v1::Pause& pause : trial.pauses()) {
    text +=
        Field("paused",
              ReadableDate(pause.pause_date()) +
                  (pause.resume_date().empty() ? ", not resumed yet"
                                               : ", resumed " + ReadableDate(pause.resume_date())) +
                  (pause.cause() == v1::Pause::CAUSE_SIDE_EFFECT ? ": a side effect" : "") +
                  (pause.reason().empty() ? "" : ": " + Clean(pause.reason())),
              style);
  }
  if (trial.has_stop()) {
    text +=
        Field("stopped",
              ReadableDate(trial.stop().stop_date()) + ": " + Clean(trial.stop().reason()), style);
  }
  text += Field("design", DesignText(protocol.design()), style);
  if (trial.allocations() > 0) {
    text +=
        Field("orders", "one of " + Number(trial.allocations()) + " that could be drawn", style);
  }
  text += ChangesText(trial, style);
  for (const v1::Measure& measure : protocol.measures()) {
    text += Field("measure", MeasureText(measure), style);
  }
  for (const v1::Covariate& covariate : protocol.covariates()) {
    text += Field("covariate",
                  Clean(covariate.id() +
                        (covariate.kind() == v1::Covariate::BINARY ? " (0 or 1)" : " (a number)") +
                        (covariate.question().empty() ? "" : ": " + covariate.question())),
                  style);
  }
  if (protocol.has_kinetics()) {
    text += Field("effect",
                  fmt::format("half there after {} days, half gone after {} days",
                              Number(protocol.kinetics().onset_half_life_days()),
                              Number(protocol.kinetics().offset_half_life_days())),
                  style);
  }
  if (protocol.has_intervention()) {
    const v1::Intervention& intervention = protocol.intervention();
    text += Field("on", Clean(intervention.on_instruction()), style);
    for (const v1::DoseStep& step : intervention.steps()) {
      if (step.from_day() < 2) continue;
      text += Field(fmt::format("  day {}", step.from_day()), Clean(step.instruction()), style);
    }
    text += Field("off",
                  intervention.off_instruction().empty() ? "Take nothing."
                                                         : Clean(intervention.off_instruction()),
                  style);
  }
  if (trial.safety().has_confirmation()) {
    text += Field("safety", Clean(trial.safety().confirmation().attestation()), style);
  }
  if (!protocol.time_zone().empty()) {
    text += Field("days",
                  "begin at " +
                      (protocol.has_day_starts_at() ? Clean(protocol.day_starts_at()) : "04:00") +
                      " in " + Clean(protocol.time_zone()),
                  style);
  }
  // 64 digits do not fit beside a label of every length: they get their own line.
  const auto digest = [&](const std::string& label, const std::string& bytes) {
    if (!bytes.empty()) text += "  " + label + "\n    " + Hex(bytes) + "\n";
  };
  digest("digest of the protocol", trial.protocol_digest());
  digest("commitment to the order", trial.commitment());
  digest("seed of the order", trial.seed());
  return text;
}

std::string RenderTrialList(const std::vector<v1::Trial>& trials) {
  if (trials.empty()) {
    return "There is no trial yet. Set one up with:\n"
           "  solotrial protocol new --symptom restless-legs\n"
           "  solotrial trial create protocol.json\n";
  }
  Rows rows = {{"trial", "state", "first day", "last day", "title"}};
  for (const v1::Trial& trial : trials) {
    rows.push_back({ShortTrialId(trial, trials), StateWord(trial.state()),
                    trial.start_date().empty() ? "-" : Clean(trial.start_date()),
                    trial.last_date().empty() ? "-" : Clean(trial.last_date()),
                    Shorten(Clean(trial.protocol().title()), 32)});
  }
  return Table(rows, "lllll", "");
}

namespace {

// Where a day of a block lies.
std::string BlockPlace(const v1::Today& today, const v1::Design& design) {
  if (design.block_unit() == v1::Design::VISITS) {
    return fmt::format("visit {} of {}", today.block_number(), today.planned_days());
  }
  if (design.block_unit() == v1::Design::CYCLES) {
    return fmt::format("cycle {}, day {}", today.block_number(), today.day_in_block());
  }
  return fmt::format("day {} of {}, block {} (day {} of {})", today.day_number(),
                     today.planned_days(), today.block_number(), today.day_in_block(),
                     today.block_days());
}

}  // namespace

std::string BlockWords(const v1::Design& design) {
  switch (design.block_unit()) {
    case v1::Design::VISITS:
      return "one visit";
    case v1::Design::CYCLES:
      return fmt::format("one cycle (about {} days)", design.block_days());
    default:
      return Count(static_cast<size_t>(std::max(design.block_days(), 0)), "day");
  }
}

std::string RenderToday(const v1::Today& today, const v1::Trial& trial,
                        const std::vector<std::string>& missing_dates, const Style& style) {
  std::string where;
  switch (today.phase()) {
    case v1::Today::PHASE_BEFORE:
      where = "the trial has not begun";
      break;
    case v1::Today::PHASE_RUN_IN:
      where = fmt::format("day {} of {}, run-in", today.day_number(), today.planned_days());
      break;
    case v1::Today::PHASE_BLOCK:
      where = BlockPlace(today, trial.protocol().design());
      break;
    case v1::Today::PHASE_WAITING:
      where = trial.protocol().design().block_unit() == v1::Design::VISITS ? "between visits"
                                                                           : "between cycles";
      break;
    case v1::Today::PHASE_PAUSED:
      where = "paused";
      break;
    case v1::Today::PHASE_AFTER:
      where = "the trial is over";
      break;
    default:
      break;
  }
  std::string text = Bold(style, ReadableDate(Clean(today.date()))) + "  " + where + "\n";
  text += Dim(style, Shorten(Clean(trial.protocol().title()), Width(style))) + "\n\n";
  std::string arm;
  if (today.phase() == v1::Today::PHASE_BLOCK) {
    arm = today.arm() == v1::ARM_ON    ? "ON"
          : today.arm() == v1::ARM_OFF ? "OFF"
          : today.envelope() > 0       ? fmt::format("{}", today.envelope())
                                       : "?";
  }
  const std::string label = arm.empty() ? "  " : "  " + arm + "  ";
  std::string instruction = Paragraph(Clean(today.instruction()), label, Width(style));
  if (!arm.empty() && instruction.rfind(label, 0) == 0) {
    const std::string shown = arm == "ON" ? OnColor(style, arm) : OffColor(style, arm);
    instruction.replace(2, arm.size(), shown);
  }
  text += instruction;
  text += DueTable(today, style);
  if (const std::string command = NextCommand(today); !command.empty()) {
    text += "\n  " + Dim(style, command) + "\n";
  }
  if (!missing_dates.empty()) {
    constexpr size_t kMostDates = 7;
    std::string dates;
    for (size_t i = 0; i < std::min(missing_dates.size(), kMostDates); ++i) {
      dates += (i == 0 ? "" : ", ") + ShortDate(missing_dates[i]);
    }
    if (missing_dates.size() > kMostDates) dates += " and more";
    text +=
        "\n" + Paragraph("Still without a score: " + dates + ". They can be filled in with --date.",
                         "  ", Width(style));
  }
  return text;
}

std::string RenderSchedule(const v1::Schedule& schedule, const v1::Trial& trial,
                           const Style& style) {
  Rows rows = {{"block", "pair", "arm", "from", "to", "days"}};
  if (!schedule.run_in_start_date().empty()) {
    rows.push_back(
        {"run-in", "", "", ReadableDate(schedule.run_in_start_date()),
         ReadableDate(schedule.run_in_end_date()),
         std::to_string(DaysBetween(schedule.run_in_start_date(), schedule.run_in_end_date()))});
  }
  const bool pairs = std::any_of(schedule.blocks().begin(), schedule.blocks().end(),
                                 [](const v1::Block& block) { return block.pair() > 0; });
  for (const v1::Block& block : schedule.blocks()) {
    rows.push_back({std::to_string(block.number()),
                    block.pair() > 0 ? std::to_string(block.pair()) : "", ShownArm(block),
                    block.start_date().empty() ? "open" : ReadableDate(block.start_date()),
                    block.end_date().empty() ? "open" : ReadableDate(block.end_date()),
                    std::to_string(block.days())});
  }
  std::string text = Bold(style, Clean(trial.protocol().title())) + "\n";
  if (!pairs) {
    for (auto& row : rows) row.erase(row.begin() + 1);
  }
  text += Table(rows, pairs ? "rrlllr" : "rlllr", "  ");
  if (!schedule.online_before_date().empty()) {
    text += "\n" + Paragraph("Ask again before " + ReadableDate(schedule.online_before_date()) +
                                 " to be told what to take from then on.",
                             "", Width(style));
  }
  return text;
}

std::string RenderServerInfo(const v1::ServerInfo& info, const std::string& address,
                             const Style& style) {
  std::string text = Field("engine", address, style);
  text += Field(
      "version",
      fmt::format("{} (API {}, model {}, schema {})", Clean(info.engine_version()),
                  Clean(info.api_version()), Clean(info.model_version()), info.schema_version()),
      style);
  text += Field("clock",
                google::protobuf::util::TimeUtil::ToString(info.server_time()) +
                    (info.manual_clock() ? " (set by hand: for rehearsals only)" : ""),
                style);
  text += Field("store", Clean(info.store_epoch()), style);
  std::string capabilities;
  for (const std::string& name : info.capabilities()) {
    capabilities += (capabilities.empty() ? "" : ", ") + Clean(name);
  }
  text += Field("can also", capabilities, style);
  return text;
}

}  // namespace solotrial::cli
