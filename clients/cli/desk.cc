#include "clients/cli/desk.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include "clients/cli/dates.h"
#include "clients/cli/errors.h"
#include "clients/cli/render_diary.h"
#include "clients/cli/text.h"
#include "clients/cli/trial_choice.h"
#include "clients/cpp/days.h"
#include "clients/cpp/entries.h"
#include "clients/cpp/versions.h"

namespace solotrial::cli {
namespace {

std::string DeviceName() {
  std::array<char, 65> name{};
  if (gethostname(name.data(), name.size() - 1) != 0) return "";
  return name.data();
}

absl::StatusOr<absl::Time> Now(const Settings& settings) {
  if (settings.now.empty()) return absl::Now();
  absl::Time now;
  if (absl::ParseTime(absl::RFC3339_full, settings.now, &now, nullptr)) return now;
  return UsageError("SOLOTRIAL_NOW: '" + settings.now +
                    "' is no instant: write it as 2026-03-01T20:00:00+01:00.");
}

bool IsUnreachable(const absl::Status& status) {
  return client::ReadFault(status).kind == client::FaultKind::kUnreachable;
}

// What counted of the same key as `entry`, or what it takes back; null when nothing did.
const v1::Entry* Previous(const std::vector<v1::Entry>& current, const v1::Entry& entry) {
  const auto found = std::find_if(current.begin(), current.end(), [&](const v1::Entry& other) {
    return entry.has_retraction()
               ? other.id() == entry.supersedes()
               : client::SharesItsKey(entry) && client::KeyOf(other) == client::KeyOf(entry);
  });
  return found == current.end() ? nullptr : &*found;
}

}  // namespace

bool KeepsEntries(const Settings& settings) { return settings.outbox != ":memory:"; }

absl::StatusOr<std::unique_ptr<client::Outbox>> OpenOutbox(const Settings& settings,
                                                           std::shared_ptr<absl::Time> now) {
  client::OutboxOptions options;
  options.device = DeviceName();
  options.clock = [now = std::move(now)] { return *now; };
  return client::Outbox::Open(settings.outbox, options);
}

absl::StatusOr<Desk> Desk::Open(Session& session, const std::string& trial, const std::string& date,
                                bool later) {
  const bool keeps = KeepsEntries(session.settings());
  if (later && !keeps) {
    return UsageError(
        "Nothing is kept here of an engine on this machine: start it. Entries wait only for an "
        "engine that this machine was paired with (solotrial join).");
  }
  Desk desk(session);
  CLIENT_ASSIGN_OR_RETURN(const absl::Time now, Now(session.settings()));
  desk.now_ = std::make_shared<absl::Time>(now);
  CLIENT_ASSIGN_OR_RETURN(desk.outbox_, OpenOutbox(session.settings(), desk.now_));
  absl::Status met = absl::OkStatus();
  if (!later) met = desk.MeetEngine(trial);
  if (!met.ok() && !(keeps && IsUnreachable(met))) return met;
  if (!desk.online()) {
    CLIENT_ASSIGN_OR_RETURN(const std::vector<v1::Trial> kept, desk.outbox_->Trials());
    absl::StatusOr<v1::Trial> known = ChooseTrial(kept, trial, kGoingOn);
    // The first time the trial itself has to be asked for.
    if (!known.ok() && later) known = desk.AskForTrial(trial);
    if (!known.ok()) return met.ok() ? known.status() : met;
    desk.trial_ = *std::move(known);
  }
  CLIENT_ASSIGN_OR_RETURN(const std::string today, client::DayOfTrial(desk.trial_, *desk.now_));
  CLIENT_ASSIGN_OR_RETURN(desk.date_, ResolveDate(date.empty() ? "today" : date, today));
  return desk;
}

absl::Status Desk::MeetEngine(const std::string& trial) {
  CLIENT_ASSIGN_OR_RETURN(Connection * engine, session_->Engine());
  CLIENT_ASSIGN_OR_RETURN(const v1::ServerInfo info, engine->GetServerInfo());
  CLIENT_RETURN_IF_ERROR(client::CheckVersion(info));
  if (info.manual_clock() && session_->settings().now.empty()) {
    // With a clock set by hand the engine's time is the only one that makes sense.
    *now_ = absl::FromUnixSeconds(info.server_time().seconds()) +
            absl::Nanoseconds(info.server_time().nanos());
  }
  CLIENT_ASSIGN_OR_RETURN(trial_, AskForTrial(trial));
  // What was said before decides what a new entry corrects.
  CLIENT_ASSIGN_OR_RETURN(const client::SyncReport report, engine->Sync(*outbox_, trial_.name()));
  notices_ = report.notices;
  engine_ = engine;
  return absl::OkStatus();
}

absl::StatusOr<v1::Trial> Desk::AskForTrial(const std::string& trial) {
  CLIENT_ASSIGN_OR_RETURN(const v1::Trial found, session_->FindTrial(trial, kGoingOn));
  CLIENT_RETURN_IF_ERROR(outbox_->Follow(found));
  return found;
}

absl::StatusOr<int> Desk::Record(const std::vector<v1::Entry>& contents) {
  CLIENT_ASSIGN_OR_RETURN(const std::vector<v1::Entry> before, Current());
  std::vector<v1::Entry> entries;
  for (const v1::Entry& content : contents) {
    CLIENT_ASSIGN_OR_RETURN(const v1::Entry entry, outbox_->Record(trial_.name(), content));
    entries.push_back(entry);
  }
  absl::Status sent = absl::UnavailableError("");
  std::map<std::string, v1::EntryRejection> refused;
  if (online()) {
    const absl::StatusOr<client::SyncReport> report = engine_->Sync(*outbox_, trial_.name());
    sent = report.status();
    if (!sent.ok() && !(KeepsEntries(session_->settings()) && IsUnreachable(sent))) return sent;
    if (sent.ok()) {
      for (const client::Refused& one : report->refused) refused[one.entry.id()] = one.rejection;
      notices_.insert(notices_.end(), report->notices.begin(), report->notices.end());
    }
  }

  v1::RecordEntriesResponse answer;
  std::string accepted;
  std::string rejected;
  std::string kept;
  for (const v1::Entry& entry : entries) {
    v1::EntryResult& result = *answer.add_results();
    result.set_entry_id(entry.id());
    const std::string said = RenderRecorded(entry, Previous(before, entry));
    if (const auto why = refused.find(entry.id()); why != refused.end()) {
      *result.mutable_rejection() = why->second;
      rejected += RenderRejected(entry, why->second);
      // The person is told here and now: nothing is left to decide later.
      CLIENT_RETURN_IF_ERROR(outbox_->Discard(entry.id()));
    } else if (sent.ok()) {
      result.set_accepted(true);
      accepted += said;
    } else {
      kept += said;
    }
  }
  if (!kept.empty()) {
    accepted += kept + "Kept on this machine; solotrial sync sends it, as does the next entry.\n";
  }
  for (const std::string& notice : notices_) {
    answer.add_notices()->set_text(notice);
    accepted += "\n" + Paragraph(Clean(notice), "", static_cast<size_t>(session_->style().width));
  }
  CLIENT_RETURN_IF_ERROR(session_->Print(answer, accepted));
  if (!session_->settings().json) WriteStderr(rejected);
  return rejected.empty() ? kOk : kEntriesRejected;
}

}  // namespace solotrial::cli
