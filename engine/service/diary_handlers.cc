#include "engine/service/diary_handlers.h"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "engine/base/fault.h"
#include "engine/service/convert.h"
#include "engine/service/loaded_trial.h"
#include "engine/service/newer_content.h"
#include "engine/trial/adverse_events.h"
#include "engine/trial/diary.h"

namespace solotrial::service {
namespace {

constexpr int kMaxBatch = 500;
constexpr int kLargestPage = 1000;

// What the entries of one trial are checked against.
struct Rules {
  trial::EntryWindow window;
  std::optional<std::set<Date>> dates;  // of an imported record: the days that it has
};

absl::StatusOr<Rules> RulesOf(store::ReadTransaction& transaction, const LoadedTrial& loaded,
                              absl::Time now) {
  Rules rules;
  rules.window.latest_on_earth = LatestDateOnEarth(now);
  if (loaded.state == trial::EffectiveState::kDraft) {
    return FaultStatus(Reason::kWrongState, "the trial has not been started; start it first");
  }
  if (loaded.state != trial::EffectiveState::kImported) {
    const trial::Schedule schedule(loaded.protocol, loaded.trial);
    rules.window.first = schedule.first_date();
    rules.window.last = schedule.end_date();
    return rules;
  }
  SOLOTRIAL_ASSIGN_OR_RETURN(const std::vector<store::ImportedDay> days,
                             transaction.ListImportedDays(loaded.trial.person_id, loaded.trial.id));
  rules.dates.emplace();
  for (const store::ImportedDay& day : days) rules.dates->insert(day.date);
  rules.window.first = days.front().date;
  rules.window.last = days.back().date;
  return rules;
}

absl::Status CheckAgainst(const Rules& rules, const trial::Entry& entry,
                          const trial::Protocol& protocol) {
  SOLOTRIAL_RETURN_IF_ERROR(trial::CheckEntry(entry, protocol, rules.window));
  if (rules.dates.has_value() && !rules.dates->contains(entry.date)) {
    return FieldFault(Reason::kDateOutsideTrial, "date",
                      "the imported record has no row for this date");
  }
  return absl::OkStatus();
}

// Whether `status` speaks of the entry itself and not of the engine: only then do the other entries
// of the batch go on.
bool IsRejection(const absl::Status& status) {
  const Reason reason = FaultOf(status).reason;
  return reason != Reason::kInternal && reason != Reason::kStorageUnavailable;
}

// Refuses to move the blocks of a trial whose order is known.
absl::Status CheckMayMark(store::ReadTransaction& transaction, const access::Caller& caller,
                          const LoadedTrial& loaded, const trial::Entry& entry) {
  if (!trial::HasEnded(loaded.state)) return absl::OkStatus();
  bool marks = entry.kind == trial::Entry::Kind::kMark;
  if (entry.kind == trial::Entry::Kind::kRetraction) {
    SOLOTRIAL_ASSIGN_OR_RETURN(const auto target,
                               transaction.FindEntry(caller.person_id, entry.supersedes));
    marks = target.has_value() && target->entry.kind == trial::Entry::Kind::kMark;
  }
  if (!marks) return absl::OkStatus();
  return FaultStatus(Reason::kWrongState,
                     "the trial has ended and its order is known: its blocks stay as they are");
}

// What is stored of a batch: what it brought, and what had come before with a lost answer.
struct StoredEntries {
  std::vector<trial::Entry> added;
  std::vector<trial::Entry> repeated;
};

// Stores one entry, or finds it stored; its sequence.
absl::StatusOr<int64_t> StoreEntry(store::WriteTransaction& transaction,
                                   const access::Caller& caller, const LoadedTrial& loaded,
                                   const Rules& rules, const v1::Entry& proto, absl::Time now,
                                   StoredEntries& stored) {
  SOLOTRIAL_ASSIGN_OR_RETURN(trial::Entry entry, ToDomain(proto));
  SOLOTRIAL_RETURN_IF_ERROR(CheckAgainst(rules, entry, loaded.protocol));
  SOLOTRIAL_ASSIGN_OR_RETURN(const auto found, transaction.FindEntry(caller.person_id, entry.id));
  if (found.has_value()) {
    if (found->trial_id == loaded.trial.id &&
        trial::EntryDigest(found->entry) == trial::EntryDigest(entry)) {
      stored.repeated.push_back(found->entry);
      return found->entry.sequence;
    }
    return FieldFault(Reason::kEntryIdReused, "id",
                      "was used before with another content; make a new id");
  }
  SOLOTRIAL_RETURN_IF_ERROR(CheckMayMark(transaction, caller, loaded, entry));
  entry.record_time = now;
  SOLOTRIAL_RETURN_IF_ERROR(transaction.AppendEntry(caller.person_id, loaded.trial.id, entry));
  stored.added.push_back(std::move(entry));
  return stored.added.back().sequence;
}

const trial::Entry* FindEntry(const std::vector<trial::Entry>& entries, const std::string& id) {
  const auto found = std::find_if(entries.begin(), entries.end(),
                                  [&id](const trial::Entry& entry) { return entry.id == id; });
  return found == entries.end() ? nullptr : &*found;
}

bool ConcernsSafety(const trial::Entry& entry) {
  return entry.kind == trial::Entry::Kind::kEvent || entry.kind == trial::Entry::Kind::kRescue ||
         entry.subject == "acute_medication";
}

bool IsPausedBySideEffect(const trial::Trial& trial) {
  return !trial.pauses.empty() && !trial.pauses.back().resume_date.has_value() &&
         trial.pauses.back().cause == trial::Pause::Cause::kSideEffect;
}

// Pauses the trial where what was added asks for it, and says what the person has to be told. What
// was repeated pauses nothing, but is told again while it matters: the answer may have been lost.
absl::Status ApplySafetyRules(store::WriteTransaction& transaction, LoadedTrial& loaded,
                              const StoredEntries& stored, report::Language language,
                              v1::RecordEntriesResponse* response) {
  if (loaded.state == trial::EffectiveState::kImported) return absl::OkStatus();
  std::vector<trial::Entry> concerned;
  std::copy_if(stored.added.begin(), stored.added.end(), std::back_inserter(concerned),
               ConcernsSafety);
  const size_t added = concerned.size();
  for (const trial::Entry& entry : stored.repeated) {
    const bool matters = loaded.today - entry.date < trial::kOveruseWindowDays;
    if (matters && ConcernsSafety(entry)) concerned.push_back(entry);
  }
  if (concerned.empty()) return absl::OkStatus();
  SOLOTRIAL_ASSIGN_OR_RETURN(
      const std::vector<trial::Entry> log,
      transaction.ListEntries(loaded.trial.person_id, loaded.trial.id, 0, -1));
  const std::vector<trial::Entry> current = trial::CurrentEntries(log);
  loaded.trial.marks = trial::MarksOf(current);
  const trial::Schedule schedule(loaded.protocol, loaded.trial);
  const bool was_paused = IsPausedBySideEffect(loaded.trial);
  std::optional<trial::Message> pause;
  std::optional<trial::Message> overuse;
  bool has_to_pause = false;
  for (size_t i = 0; i < concerned.size(); ++i) {
    const trial::Entry& entry = concerned[i];
    if (FindEntry(current, entry.id) == nullptr) continue;
    const trial::Entry* const superseded =
        entry.supersedes.empty() ? nullptr : FindEntry(log, entry.supersedes);
    const auto reason = trial::PauseReason(schedule, current, entry, superseded);
    const bool is_new = i < added;
    if (reason.has_value() && (is_new || was_paused)) {
      // A severe side effect says more than two moderate ones.
      if (!pause.has_value() || reason->id == "notice.paused_severe") pause = reason;
      has_to_pause = has_to_pause || is_new;
    }
    if (const auto warning = trial::OveruseWarning(current, entry); warning.has_value()) {
      overuse = warning;
    }
  }
  // Where nothing can be paused (it is paused, or its last day is over) the warning remains.
  const bool pauses =
      has_to_pause && trial::PauseFrom(loaded.trial, loaded.protocol, loaded.today, "",
                                       loaded.today, trial::Pause::Cause::kSideEffect)
                          .ok();
  if (pauses) SOLOTRIAL_RETURN_IF_ERROR(transaction.UpdateTrial(loaded.trial));
  if (pause.has_value()) {
    const bool says_so = pauses || (!has_to_pause && was_paused);
    *response->add_notices() =
        ToProto(says_so ? *pause : trial::Message{"notice.side_effect", {}}, language);
  }
  if (overuse.has_value()) *response->add_notices() = ToProto(*overuse, language);
  return absl::OkStatus();
}

void Reject(const absl::Status& status, v1::EntryResult& result) {
  const Fault fault = FaultOf(status);
  v1::EntryRejection& rejection = *result.mutable_rejection();
  rejection.set_reason(ReasonName(fault.reason));
  rejection.set_retryable(fault.retryable);
  if (!fault.violations.empty()) {
    rejection.set_field(fault.violations.front().field);
    rejection.set_message(fault.violations.front().description);
  } else {
    rejection.set_message(std::string(status.message()));
  }
}

int PageSize(int asked) { return asked == 0 ? kLargestPage : std::min(asked, kLargestPage); }

absl::StatusOr<size_t> OffsetOf(const std::string& token) {
  if (token.empty()) return 0;
  size_t offset = 0;
  const auto parsed = std::from_chars(token.data(), token.data() + token.size(), offset);
  if (parsed.ec != std::errc() || parsed.ptr != token.data() + token.size()) {
    return InvalidField("page_token", "must be the next_page_token of an earlier answer");
  }
  return offset;
}

absl::StatusOr<std::optional<Date>> OptionalDate(const std::string& field,
                                                 const std::string& text) {
  if (text.empty()) return std::optional<Date>();
  const std::optional<Date> date = ParseDate(text);
  if (!date.has_value()) return InvalidField(field, "must be an ISO 8601 date, YYYY-MM-DD");
  return date;
}

}  // namespace

absl::Status DiaryHandlers::RecordEntries(const access::Caller& caller,
                                          store::WriteTransaction& transaction,
                                          const v1::RecordEntriesRequest& request,
                                          v1::RecordEntriesResponse* response) const {
  if (request.entries_size() < 1 || request.entries_size() > kMaxBatch) {
    return InvalidField("entries", absl::StrFormat("has %d entries; must have 1 to %d",
                                                   request.entries_size(), kMaxBatch));
  }
  SOLOTRIAL_ASSIGN_OR_RETURN(LoadedTrial loaded,
                             LoadTrial(caller, transaction, request.trial(), clock_));
  const absl::Time now = clock_.Now();
  StoredEntries stored;
  SOLOTRIAL_ASSIGN_OR_RETURN(const Rules rules, RulesOf(transaction, loaded, now));
  for (const v1::Entry& entry : request.entries()) {
    v1::EntryResult& result = *response->add_results();
    result.set_entry_id(entry.id());
    const absl::StatusOr<int64_t> sequence =
        StoreEntry(transaction, caller, loaded, rules, entry, now, stored);
    if (sequence.ok()) {
      result.set_accepted(true);
      result.set_sequence(*sequence);
    } else if (IsRejection(sequence.status())) {
      Reject(sequence.status(), result);
      v1::EntryRejection& rejection = *result.mutable_rejection();
      if (FaultOf(sequence.status()).reason == Reason::kInvalidFields && HasNewerContent(entry)) {
        // Worth keeping: an engine that is updated takes it.
        rejection.set_retryable(true);
        rejection.set_message(
            "is not known to this engine, which is older than the app: update it");
      }
    } else {
      return sequence.status();
    }
  }
  SOLOTRIAL_RETURN_IF_ERROR(ApplySafetyRules(transaction, loaded, stored,
                                             report::LanguageOf(request.locale()), response));
  SOLOTRIAL_ASSIGN_OR_RETURN(const int64_t last,
                             transaction.LastSequence(caller.person_id, loaded.trial.id));
  response->mutable_cursor()->set_epoch(epoch_);
  response->mutable_cursor()->set_sequence(last);
  return absl::OkStatus();
}

absl::Status DiaryHandlers::ListEntries(const access::Caller& caller,
                                        store::ReadTransaction& transaction,
                                        const v1::ListEntriesRequest& request,
                                        v1::ListEntriesResponse* response) const {
  if (request.page_size() < 0) return InvalidField("page_size", "must not be negative");
  SOLOTRIAL_ASSIGN_OR_RETURN(const size_t offset, OffsetOf(request.page_token()));
  SOLOTRIAL_ASSIGN_OR_RETURN(const auto from, OptionalDate("from_date", request.from_date()));
  SOLOTRIAL_ASSIGN_OR_RETURN(const auto to, OptionalDate("to_date", request.to_date()));
  SOLOTRIAL_ASSIGN_OR_RETURN(const LoadedTrial loaded,
                             LoadTrial(caller, transaction, request.trial(), clock_));
  SOLOTRIAL_ASSIGN_OR_RETURN(std::vector<trial::Entry> current,
                             LoadCurrentEntries(transaction, loaded.trial));
  std::erase_if(current, [&](const trial::Entry& entry) {
    return (from.has_value() && entry.date < *from) || (to.has_value() && entry.date > *to);
  });
  const size_t end =
      std::min(current.size(), offset + static_cast<size_t>(PageSize(request.page_size())));
  for (size_t i = offset; i < end; ++i) *response->add_entries() = ToProto(current[i]);
  if (end < current.size()) response->set_next_page_token(std::to_string(end));
  return absl::OkStatus();
}

absl::Status DiaryHandlers::ListChanges(const access::Caller& caller,
                                        store::ReadTransaction& transaction,
                                        const v1::ListChangesRequest& request,
                                        v1::ListChangesResponse* response) const {
  if (request.page_size() < 0) return InvalidField("page_size", "must not be negative");
  if (request.cursor().sequence() < 0) {
    return InvalidField("cursor.sequence", "must not be negative");
  }
  if (!request.cursor().epoch().empty() && request.cursor().epoch() != epoch_) {
    return FaultStatus(Reason::kEpochChanged,
                       "the engine was restored: send all entries again, then read from the start");
  }
  SOLOTRIAL_ASSIGN_OR_RETURN(const LoadedTrial loaded,
                             LoadTrial(caller, transaction, request.trial(), clock_));
  const int limit = PageSize(request.page_size());
  const int64_t after = request.cursor().epoch().empty() ? 0 : request.cursor().sequence();
  SOLOTRIAL_ASSIGN_OR_RETURN(
      const std::vector<trial::Entry> entries,
      transaction.ListEntries(caller.person_id, loaded.trial.id, after, limit));
  SOLOTRIAL_ASSIGN_OR_RETURN(const int64_t last,
                             transaction.LastSequence(caller.person_id, loaded.trial.id));
  for (const trial::Entry& entry : entries) *response->add_entries() = ToProto(entry);
  const int64_t reached = entries.empty() ? after : entries.back().sequence;
  response->mutable_cursor()->set_epoch(epoch_);
  response->mutable_cursor()->set_sequence(reached);
  response->set_more(reached < last);
  return absl::OkStatus();
}

}  // namespace solotrial::service
