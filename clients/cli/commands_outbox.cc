// What this machine keeps of the engine that it was paired with.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "clients/cli/commands.h"
#include "clients/cli/desk.h"
#include "clients/cli/errors.h"
#include "clients/cli/json.h"
#include "clients/cli/render_diary.h"
#include "clients/cli/text.h"
#include "clients/cli/trial_choice.h"

namespace solotrial::cli {
namespace {

absl::StatusOr<std::unique_ptr<client::Outbox>> Open(const Session& session) {
  if (!KeepsEntries(session.settings())) {
    return UsageError(
        "Nothing is kept here of an engine on this machine: entries wait only for an engine that "
        "this machine was paired with (solotrial join).");
  }
  return OpenOutbox(session.settings(), std::make_shared<absl::Time>(absl::Now()));
}

absl::StatusOr<std::vector<v1::Trial>> Chosen(client::Outbox& outbox, const std::string& trial) {
  CLIENT_ASSIGN_OR_RETURN(const std::vector<v1::Trial> kept, outbox.Trials());
  if (trial.empty()) return kept;
  CLIENT_ASSIGN_OR_RETURN(const v1::Trial one, ChooseTrial(kept, trial, {}));
  return std::vector<v1::Trial>{one};
}

// The trials that this machine may keep.
absl::StatusOr<std::vector<v1::Trial>> AskFor(Session& session, const std::string& trial) {
  if (trial.empty()) return session.AllTrials();
  CLIENT_ASSIGN_OR_RETURN(const v1::Trial one, session.FindTrial(trial, kGoingOn));
  return std::vector<v1::Trial>{one};
}

nlohmann::json RefusedJson(const std::vector<client::Refused>& refused) {
  nlohmann::json rows = nlohmann::json::array();
  for (const client::Refused& one : refused) {
    rows.push_back({{"entry", nlohmann::json::parse(ToJson(one.entry, false))},
                    {"rejection", nlohmann::json::parse(ToJson(one.rejection, false))}});
  }
  return rows;
}

absl::Status PrintThis(const Session& session, const nlohmann::json& json,
                       const std::string& text) {
  return WriteStdout(session.settings().json ? json.dump() + "\n" : text);
}

std::string RefusedText(const std::vector<client::Refused>& refused) {
  std::string text;
  for (const client::Refused& one : refused) {
    text += RenderRejected(one.entry, one.rejection);
    if (!one.rejection.retryable()) text += "  solotrial outbox discard " + one.entry.id() + "\n";
  }
  return text;
}

}  // namespace

absl::StatusOr<int> SyncNow(Session& session, const std::string& trial) {
  CLIENT_ASSIGN_OR_RETURN(const auto outbox, Open(session));
  CLIENT_ASSIGN_OR_RETURN(Connection * engine, session.Engine());
  absl::StatusOr<std::vector<v1::Trial>> trials = Chosen(*outbox, trial);
  if (!trials.ok() || trials->empty()) {
    trials = AskFor(session, trial);
    CLIENT_RETURN_IF_ERROR(trials.status());
    for (const v1::Trial& one : *trials) CLIENT_RETURN_IF_ERROR(outbox->Follow(one));
  }
  client::SyncReport all;
  for (const v1::Trial& one : *trials) {
    CLIENT_ASSIGN_OR_RETURN(const client::SyncReport report, engine->Sync(*outbox, one.name()));
    all.sent += report.sent;
    all.received += report.received;
    all.refused.insert(all.refused.end(), report.refused.begin(), report.refused.end());
    all.notices.insert(all.notices.end(), report.notices.begin(), report.notices.end());
  }
  std::string text = fmt::format("Sent: {}. Received: {}.\n", all.sent, all.received);
  for (const std::string& notice : all.notices) {
    text += "\n" + Paragraph(Clean(notice), "", static_cast<size_t>(session.style().width));
  }
  CLIENT_RETURN_IF_ERROR(PrintThis(session,
                                   {{"sent", all.sent},
                                    {"received", all.received},
                                    {"notices", all.notices},
                                    {"refused", RefusedJson(all.refused)}},
                                   text));
  if (!session.settings().json) WriteStderr(RefusedText(all.refused));
  return all.refused.empty() ? kOk : kEntriesRejected;
}

absl::StatusOr<int> OutboxShow(Session& session, const std::string& trial) {
  CLIENT_ASSIGN_OR_RETURN(const auto outbox, Open(session));
  CLIENT_ASSIGN_OR_RETURN(const std::vector<v1::Trial> trials, Chosen(*outbox, trial));
  nlohmann::json json = {{"pending", nlohmann::json::array()},
                         {"refused", nlohmann::json::array()}};
  std::string text;
  for (const v1::Trial& one : trials) {
    CLIENT_ASSIGN_OR_RETURN(const std::vector<v1::Entry> pending, outbox->Pending(one.name()));
    CLIENT_ASSIGN_OR_RETURN(const std::vector<client::Refused> refused,
                            outbox->ListRefused(one.name()));
    for (const v1::Entry& entry : pending) {
      json["pending"].push_back(nlohmann::json::parse(ToJson(entry, false)));
    }
    for (const nlohmann::json& row : RefusedJson(refused)) json["refused"].push_back(row);
    if (!pending.empty()) {
      text += Clean(one.protocol().title()) + "\n" + RenderEntries(pending, false);
    }
    text += RefusedText(refused);
  }
  CLIENT_RETURN_IF_ERROR(PrintThis(session, json, text.empty() ? "Nothing waits.\n" : text));
  return kOk;
}

absl::StatusOr<int> OutboxDiscard(Session& session, const std::string& entry) {
  CLIENT_ASSIGN_OR_RETURN(const auto outbox, Open(session));
  CLIENT_RETURN_IF_ERROR(outbox->Discard(entry));
  CLIENT_RETURN_IF_ERROR(PrintThis(session, nlohmann::json::object(), "Discarded.\n"));
  return kOk;
}

absl::Status CheckNothingWaits(Session& session) {
  if (!KeepsEntries(session.settings())) return absl::OkStatus();
  CLIENT_ASSIGN_OR_RETURN(const auto outbox, Open(session));
  CLIENT_ASSIGN_OR_RETURN(const std::vector<v1::Trial> trials, outbox->Trials());
  size_t waiting = 0;
  for (const v1::Trial& one : trials) {
    CLIENT_ASSIGN_OR_RETURN(const std::vector<v1::Entry> pending, outbox->Pending(one.name()));
    waiting += pending.size();
  }
  if (waiting == 0) return absl::OkStatus();
  return WithHint(absl::FailedPreconditionError(
                      fmt::format("The engine does not have everything yet: {} waiting.", waiting)),
                  "Send it with solotrial sync, or lose it with solotrial outbox forget --yes.");
}

absl::StatusOr<int> OutboxForget(Session& session, const std::string& trial, bool yes) {
  if (!yes) CLIENT_RETURN_IF_ERROR(CheckNothingWaits(session));
  CLIENT_ASSIGN_OR_RETURN(const auto outbox, Open(session));
  CLIENT_ASSIGN_OR_RETURN(const std::vector<v1::Trial> trials, Chosen(*outbox, trial));
  for (const v1::Trial& one : trials) CLIENT_RETURN_IF_ERROR(outbox->Forget(one.name()));
  CLIENT_RETURN_IF_ERROR(PrintThis(session, nlohmann::json::object(),
                                   Count(trials.size(), "trial") + " forgotten here.\n"));
  return kOk;
}

}  // namespace solotrial::cli
