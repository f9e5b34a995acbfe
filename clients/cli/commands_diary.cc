#include <charconv>
#include <cmath>
#include <map>

#include "clients/cli/commands.h"
#include "clients/cli/desk.h"
#include "clients/cli/errors.h"
#include "clients/cli/render_diary.h"
#include "clients/cli/text.h"
#include "clients/cli/trial_choice.h"
#include "clients/cpp/entries.h"

namespace solotrial::cli {
namespace {

// Of the day that the desk is about.
v1::Entry NewEntry(const Desk& desk) {
  v1::Entry entry;
  entry.set_date(desk.date());
  return entry;
}

absl::StatusOr<double> ParseNumber(const std::string& text, const std::string& what) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc() && end == text.data() + text.size() && std::isfinite(value)) {
    return value;
  }
  return InputError("'" + text + "' is no number for " + what +
                    ": write digits with a decimal point, for example 4 or 4.5.");
}

// With `yes_no` also `yes` for 1 and `no` for 0.
absl::StatusOr<double> ParseValue(const std::string& text, const std::string& what, bool yes_no) {
  if (yes_no && text == "yes") return 1;
  if (yes_no && text == "no") return 0;
  return ParseNumber(text, what);
}

// `headache`, `weekend`, ...
std::string KnownIds(const v1::Protocol& protocol) {
  std::string ids;
  const auto add = [&](const std::string& id) { ids += (ids.empty() ? "" : ", ") + id; };
  for (const v1::Measure& measure : protocol.measures()) add(measure.id());
  for (const v1::Covariate& covariate : protocol.covariates()) add(covariate.id());
  return ids;
}

// `headache=4`, `headache@evening=4` or `weekend=yes`.
absl::StatusOr<v1::Entry> ParseAssignment(const Desk& desk, const std::string& text,
                                          const std::string& slot) {
  const size_t equals = text.find('=');
  if (equals == std::string::npos || equals == 0) {
    return UsageError("'" + text + "' is no score: write ID=VALUE, for example headache=4.");
  }
  const size_t at = std::min(text.find('@'), equals);
  const std::string id = text.substr(0, at);
  const std::string value_text = text.substr(equals + 1);
  v1::Entry entry = NewEntry(desk);
  entry.set_slot(at < equals ? text.substr(at + 1, equals - at - 1) : slot);

  const v1::Protocol& protocol = desk.trial().protocol();
  for (const v1::Measure& measure : protocol.measures()) {
    if (measure.id() != id) continue;
    const bool yes_no = measure.family() == v1::Measure::BERNOULLI;
    CLIENT_ASSIGN_OR_RETURN(const double value, ParseValue(value_text, id, yes_no));
    if (entry.slot().empty() && measure.slots_size() == 1) entry.set_slot(measure.slots(0));
    entry.mutable_score()->set_measure_id(id);
    entry.mutable_score()->set_value(value);
    return entry;
  }
  for (const v1::Covariate& covariate : protocol.covariates()) {
    if (covariate.id() != id) continue;
    CLIENT_ASSIGN_OR_RETURN(const double value, ParseValue(value_text, id, true));
    // A covariate has one value a day: --slot is for the scores beside it.
    if (at == equals) entry.clear_slot();
    entry.mutable_covariate()->set_covariate_id(id);
    entry.mutable_covariate()->set_value(value);
    return entry;
  }
  return InputError("This trial does not record '" + id + "'. It records: " + KnownIds(protocol) +
                    ". For the intervention there is solotrial dose.");
}

}  // namespace

absl::StatusOr<int> Record(Session& session, const RecordOptions& options) {
  CLIENT_ASSIGN_OR_RETURN(Desk desk,
                          Desk::Open(session, options.trial, options.date, options.later));
  std::vector<v1::Entry> entries;
  for (const std::string& text : options.values) {
    CLIENT_ASSIGN_OR_RETURN(v1::Entry entry, ParseAssignment(desk, text, options.slot));
    for (const v1::Entry& other : entries) {
      if (client::KeyOf(other) == client::KeyOf(entry)) {
        return UsageError(EntryKey(entry) + " is given twice: leave one out.");
      }
    }
    entries.push_back(std::move(entry));
  }
  return desk.Record(std::move(entries));
}

absl::StatusOr<int> RecordDose(Session& session, const RecordOptions& options,
                               const std::string& fraction) {
  CLIENT_ASSIGN_OR_RETURN(const double taken, ParseNumber(fraction, "the share of the dose"));
  CLIENT_ASSIGN_OR_RETURN(Desk desk,
                          Desk::Open(session, options.trial, options.date, options.later));
  v1::Entry entry = NewEntry(desk);
  const v1::Intervention& intervention = desk.trial().protocol().intervention();
  entry.set_slot(options.slot);
  if (options.slot.empty() && intervention.dose_slots_size() == 1) {
    entry.set_slot(intervention.dose_slots(0));
  }
  entry.mutable_dose()->set_fraction(taken);
  return desk.Record({entry});
}

absl::StatusOr<int> RecordNote(Session& session, const RecordOptions& options,
                               const std::string& text) {
  CLIENT_ASSIGN_OR_RETURN(Desk desk,
                          Desk::Open(session, options.trial, options.date, options.later));
  v1::Entry entry = NewEntry(desk);
  entry.mutable_note()->set_text(text);
  return desk.Record({entry});
}

absl::StatusOr<int> RecordGuess(Session& session, const RecordOptions& options,
                                const std::string& arm, int block) {
  CLIENT_ASSIGN_OR_RETURN(Desk desk,
                          Desk::Open(session, options.trial, options.date, options.later));
  v1::Entry entry = NewEntry(desk);
  if (arm != "on" && arm != "off" && arm != "unknown") {
    return UsageError("'" + arm + "' is no guess: write on, off or unknown.");
  }
  if (arm != "unknown") entry.mutable_guess()->set_arm(arm == "on" ? v1::ARM_ON : v1::ARM_OFF);
  if (block == 0) {
    if (!desk.online()) return UsageError("Name the block with --block: only the engine knows.");
    CLIENT_ASSIGN_OR_RETURN(Connection * engine, session.Engine());
    v1::GetTodayRequest request;
    request.set_name(desk.trial().name());
    request.set_date(desk.date());
    CLIENT_ASSIGN_OR_RETURN(const v1::Today today, engine->GetToday(request));
    for (const v1::DueItem& item : today.due()) {
      if (item.kind() == v1::DueItem::KIND_GUESS) block = item.block_number();
    }
    if (block == 0) {
      return InputError("No guess is due: name the block with --block, or wait for its last day.");
    }
  }
  entry.mutable_guess()->set_block_number(block);
  return desk.Record({entry});
}

absl::StatusOr<int> RecordMark(Session& session, const RecordOptions& options) {
  CLIENT_ASSIGN_OR_RETURN(Desk desk,
                          Desk::Open(session, options.trial, options.date, options.later));
  v1::Entry entry = NewEntry(desk);
  entry.mutable_mark();
  return desk.Record({entry});
}

absl::StatusOr<int> RecordDeviation(Session& session, const RecordOptions& options,
                                    const std::string& kind, int days, const std::string& text) {
  static const std::map<std::string, v1::Deviation::Kind> kinds = {
      {"", v1::Deviation::KIND_OTHER},
      {"other", v1::Deviation::KIND_OTHER},
      {"illness", v1::Deviation::KIND_ILLNESS},
      {"travel", v1::Deviation::KIND_TRAVEL},
      {"wrong-treatment", v1::Deviation::KIND_WRONG_TREATMENT},
      {"untold-pause", v1::Deviation::KIND_UNTOLD_PAUSE}};
  const auto found = kinds.find(kind);
  if (found == kinds.end()) {
    return UsageError("'" + kind +
                      "' is no kind of deviation: write illness, travel, "
                      "wrong-treatment, untold-pause or other.");
  }
  CLIENT_ASSIGN_OR_RETURN(Desk desk,
                          Desk::Open(session, options.trial, options.date, options.later));
  v1::Entry entry = NewEntry(desk);
  entry.mutable_deviation()->set_kind(found->second);
  entry.mutable_deviation()->set_text(text);
  entry.mutable_deviation()->set_days(days);
  return desk.Record({entry});
}

absl::StatusOr<int> RecordEvent(Session& session, const RecordOptions& about,
                                const EventOptions& options) {
  static const std::map<std::string, v1::Event::Type> types = {
      {"side-effect", v1::Event::TYPE_SIDE_EFFECT},
      {"illness", v1::Event::TYPE_ILLNESS},
      {"travel", v1::Event::TYPE_TRAVEL},
      {"new-treatment", v1::Event::TYPE_NEW_TREATMENT},
      {"laboratory", v1::Event::TYPE_LABORATORY},
      {"other", v1::Event::TYPE_OTHER},
  };
  static const std::map<std::string, v1::Event::Grade> grades = {
      {"mild", v1::Event::GRADE_MILD},
      {"moderate", v1::Event::GRADE_MODERATE},
      {"severe", v1::Event::GRADE_SEVERE},
      {"", v1::Event::GRADE_UNSPECIFIED},
  };
  const auto type = types.find(options.type);
  if (type == types.end()) {
    return UsageError("'" + options.type +
                      "' is no event: write side-effect, illness, travel, "
                      "new-treatment, laboratory or other.");
  }
  const auto grade = grades.find(options.grade);
  if (grade == grades.end()) {
    return UsageError("'" + options.grade + "' is no grade: write mild, moderate or severe.");
  }
  if (!options.text.empty() && !IsUtf8(options.text)) return InputError("The text is no UTF-8.");
  CLIENT_ASSIGN_OR_RETURN(Desk desk, Desk::Open(session, about.trial, about.date, about.later));
  v1::Entry entry = NewEntry(desk);
  v1::Event& event = *entry.mutable_event();
  event.set_type(type->second);
  event.set_grade(grade->second);
  event.set_text(options.text);
  event.set_laboratory_id(IdOfTyped(options.laboratory));
  if (options.value.has_value()) event.set_laboratory_value(*options.value);
  return desk.Record({entry});
}

absl::StatusOr<int> RecordRescue(Session& session, const RecordOptions& about,
                                 const std::string& name, int doses) {
  CLIENT_ASSIGN_OR_RETURN(Desk desk, Desk::Open(session, about.trial, about.date, about.later));
  v1::Entry entry = NewEntry(desk);
  entry.mutable_rescue()->set_name(name);
  entry.mutable_rescue()->set_doses(doses);
  return desk.Record({entry});
}

absl::StatusOr<int> Retract(Session& session, const RecordOptions& about,
                            const std::string& entry) {
  CLIENT_ASSIGN_OR_RETURN(Desk desk, Desk::Open(session, about.trial, "", about.later));
  CLIENT_ASSIGN_OR_RETURN(const std::vector<v1::Entry> current, desk.Current());
  std::vector<v1::Entry> fitting;
  for (const v1::Entry& candidate : current) {
    if (!entry.empty() && candidate.id().rfind(entry, 0) == 0) fitting.push_back(candidate);
  }
  if (fitting.empty()) {
    return WithHint(
        MissingError("No entry that counts has an id that begins with '" + entry + "'."),
        "See them with: solotrial entries");
  }
  if (fitting.size() > 1) {
    return UsageError(Count(fitting.size(), "entry id") + " begin with '" + entry +
                      "': write more of it.");
  }
  v1::Entry retraction;
  retraction.set_date(fitting.front().date());
  retraction.set_slot(fitting.front().slot());
  retraction.set_supersedes(fitting.front().id());
  retraction.mutable_retraction();
  return desk.Record({retraction});
}

absl::StatusOr<int> Entries(Session& session, const EntriesOptions& options) {
  if (options.here) {
    CLIENT_ASSIGN_OR_RETURN(Desk desk, Desk::Open(session, options.trial, "", true));
    CLIENT_ASSIGN_OR_RETURN(const std::vector<v1::Entry> entries, desk.Current());
    v1::ListEntriesResponse all;
    for (const v1::Entry& entry : entries) *all.add_entries() = entry;
    CLIENT_RETURN_IF_ERROR(session.Print(all, RenderEntries(entries, false)));
    return kOk;
  }
  CLIENT_ASSIGN_OR_RETURN(const v1::Trial trial, session.FindTrial(options.trial, kGoingOn));
  CLIENT_ASSIGN_OR_RETURN(Connection * engine, session.Engine());
  if (options.history) {
    v1::ListChangesRequest request;
    request.set_trial(trial.name());
    v1::ListChangesResponse all;
    bool more = true;
    while (more) {
      CLIENT_ASSIGN_OR_RETURN(const v1::ListChangesResponse page, engine->ListChanges(request));
      all.MergeFrom(page);
      *request.mutable_cursor() = page.cursor();
      more = page.more();
    }
    all.set_more(false);
    const std::vector<v1::Entry> entries(all.entries().begin(), all.entries().end());
    CLIENT_RETURN_IF_ERROR(session.Print(all, RenderEntries(entries, true)));
    return kOk;
  }
  v1::ListEntriesRequest request;
  request.set_trial(trial.name());
  request.set_from_date(options.from_date);
  request.set_to_date(options.to_date);
  v1::ListEntriesResponse all;
  do {
    CLIENT_ASSIGN_OR_RETURN(const v1::ListEntriesResponse page, engine->ListEntries(request));
    all.mutable_entries()->MergeFrom(page.entries());
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  const std::vector<v1::Entry> entries(all.entries().begin(), all.entries().end());
  CLIENT_RETURN_IF_ERROR(session.Print(all, RenderEntries(entries, false)));
  return kOk;
}

}  // namespace solotrial::cli
