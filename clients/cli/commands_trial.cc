#include <fmt/format.h>

#include <algorithm>
#include <iostream>

#include "clients/cli/commands.h"
#include "clients/cli/dates.h"
#include "clients/cli/errors.h"
#include "clients/cli/files.h"
#include "clients/cli/render_safety.h"
#include "clients/cli/render_trial.h"
#include "clients/cli/text.h"
#include "clients/cli/trial_answers.h"
#include "clients/cli/trial_choice.h"
#include "clients/cpp/versions.h"

namespace solotrial::cli {
absl::StatusOr<int> TrialCreate(Session& session, const std::string& file) {
  CLIENT_ASSIGN_OR_RETURN(v1::Protocol protocol, LoadProtocol(file));
  CLIENT_ASSIGN_OR_RETURN(Connection * engine, session.Engine());
  v1::CreateTrialRequest request;
  *request.mutable_protocol() = std::move(protocol);
  CLIENT_ASSIGN_OR_RETURN(const v1::Trial trial, engine->CreateTrial(request));
  const std::string id = IdOf(trial);
  const std::string next =
      IsBlinded(trial)
          ? "Invite who is to pack the envelopes:\n  solotrial invite new helper " + id +
                "\nWhen they have joined, start it, for tomorrow or later:\n"
                "  solotrial trial start " +
                id + " --date YYYY-MM-DD"
          : "Start it with:\n  solotrial trial start " + id;
  CLIENT_RETURN_IF_ERROR(PrintTrial(
      session, trial, "Created as a draft; nothing is drawn yet.",
      RenderSafety(trial.safety(), session.style()) +
          (trial.safety().may_start() ? next : "What is open: solotrial safety show " + id)));
  return kOk;
}

absl::StatusOr<int> TrialStart(Session& session, const std::string& trial,
                               const std::string& date) {
  CLIENT_ASSIGN_OR_RETURN(const v1::Trial chosen, session.FindTrial(trial, kDraft));
  CLIENT_ASSIGN_OR_RETURN(Connection * engine, session.Engine());
  if (!date.empty() && !ParseIsoDate(date).has_value() && date != "today") {
    return UsageError("'" + date + "' is no first day: write YYYY-MM-DD, or nothing for today.");
  }
  v1::StartTrialRequest request;
  request.set_name(chosen.name());
  request.set_start_date(date == "today" ? "" : date);
  CLIENT_ASSIGN_OR_RETURN(const v1::Trial started, engine->StartTrial(request));
  CLIENT_RETURN_IF_ERROR(PrintTrial(
      session, started, "Started. The order of the blocks is drawn and cannot be changed.",
      "Keep the commitment: when the trial is over and the seed is shown, it proves\n"
      "that the order was not changed in between. What to do each day:\n"
      "  solotrial today" +
          std::string(IsBlinded(started) ? "\nYour helper now packs the envelopes, from:\n"
                                           "  solotrial packing-list"
                                         : "")));
  return kOk;
}

absl::StatusOr<int> TrialToday(Session& session, const std::string& trial,
                               const std::string& date) {
  CLIENT_ASSIGN_OR_RETURN(const v1::Trial chosen, session.FindTrial(trial, kGoingOn));
  CLIENT_ASSIGN_OR_RETURN(Connection * engine, session.Engine());
  v1::GetTodayRequest request;
  request.set_name(chosen.name());
  request.set_locale(session.settings().locale);
  CLIENT_ASSIGN_OR_RETURN(std::string day, DateOf(session, chosen, date));
  request.set_date(day);
  CLIENT_ASSIGN_OR_RETURN(const v1::Today today, engine->GetToday(request));

  // A missed day is best filled in while it is remembered; not worth failing for.
  std::vector<std::string> missing;
  if (day.empty() && !session.settings().json) {
    v1::AnalyzeRequest analyze;
    analyze.set_trial(chosen.name());
    const absl::StatusOr<v1::Analysis> analysis = engine->Analyze(analyze);
    if (analysis.ok()) {
      for (const std::string& missed : analysis->progress().missing_dates()) {
        if (missed < today.date()) missing.push_back(missed);
      }
    }
  }
  CLIENT_RETURN_IF_ERROR(
      session.Print(today, RenderToday(today, chosen, missing, session.style())));
  return kOk;
}

absl::StatusOr<int> TrialSchedule(Session& session, const std::string& trial) {
  CLIENT_ASSIGN_OR_RETURN(const v1::Trial chosen, session.FindTrial(trial, kGoingOn));
  CLIENT_ASSIGN_OR_RETURN(Connection * engine, session.Engine());
  v1::GetScheduleRequest request;
  request.set_name(chosen.name());
  CLIENT_ASSIGN_OR_RETURN(const v1::Schedule schedule, engine->GetSchedule(request));
  CLIENT_RETURN_IF_ERROR(
      session.Print(schedule, RenderSchedule(schedule, chosen, session.style())));
  return kOk;
}

absl::StatusOr<int> TrialList(Session& session) {
  CLIENT_ASSIGN_OR_RETURN(const std::vector<v1::Trial> trials, session.AllTrials());
  v1::ListTrialsResponse all;
  for (const v1::Trial& trial : trials) *all.add_trials() = trial;
  CLIENT_RETURN_IF_ERROR(session.Print(all, RenderTrialList(trials)));
  return kOk;
}

absl::StatusOr<int> TrialShow(Session& session, const std::string& trial) {
  CLIENT_ASSIGN_OR_RETURN(const v1::Trial chosen, session.FindTrial(trial, kGoingOn));
  CLIENT_RETURN_IF_ERROR(session.Print(chosen, RenderTrial(chosen, session.style())));
  return kOk;
}

absl::StatusOr<int> TrialDelete(Session& session, const std::string& trial, bool yes) {
  CLIENT_ASSIGN_OR_RETURN(const v1::Trial chosen, session.FindTrial(trial, {}));
  CLIENT_ASSIGN_OR_RETURN(Connection * engine, session.Engine());
  if (!yes) {
    if (!StdinIsTerminal()) {
      return UsageError("Deleting cannot be undone: say --yes if you mean it.");
    }
    WriteStderr(Paragraph(fmt::format("Delete '{}' with everything recorded in it? This cannot be "
                                      "undone.",
                                      Clean(chosen.protocol().title())),
                          "", static_cast<size_t>(session.style().width)) +
                chosen.name() + " [y/N] ");
    std::string answer;
    std::getline(std::cin, answer);
    if (answer != "y" && answer != "yes") {
      WriteStderr("Nothing was deleted.\n");
      return kWrongUsage;
    }
  }
  v1::DeleteTrialRequest request;
  request.set_name(chosen.name());
  CLIENT_RETURN_IF_ERROR(engine->DeleteTrial(request));
  CLIENT_RETURN_IF_ERROR(
      session.Print(google::protobuf::Empty(), "Deleted " + chosen.name() + " with its diary.\n"));
  return kOk;
}

absl::StatusOr<int> Import(Session& session, const ImportOptions& options) {
  if (options.protocol_file == "-" && options.diary_file == "-") {
    return UsageError("Only one of the two files can be standard input.");
  }
  CLIENT_ASSIGN_OR_RETURN(v1::Protocol protocol, LoadProtocol(options.protocol_file));
  CLIENT_ASSIGN_OR_RETURN(std::string diary, ReadFile(options.diary_file, kMaxDiaryBytes));
  CLIENT_ASSIGN_OR_RETURN(Connection * engine, session.Engine());
  v1::ImportTrialRequest request;
  *request.mutable_protocol() = std::move(protocol);
  request.set_diary_csv(std::move(diary));
  if (!options.mapping_file.empty()) {
    CLIENT_ASSIGN_OR_RETURN(*request.mutable_mapping(), LoadMapping(options.mapping_file));
  }
  CLIENT_ASSIGN_OR_RETURN(const v1::Trial trial, engine->ImportTrial(request));
  CLIENT_RETURN_IF_ERROR(PrintTrial(session, trial, "Imported.",
                                    "See what it says with:\n  solotrial analyze " + IdOf(trial)));
  return kOk;
}

absl::StatusOr<int> Export(Session& session, const std::string& trial, const std::string& output,
                           bool force) {
  CLIENT_ASSIGN_OR_RETURN(const v1::Trial chosen, session.FindTrial(trial, kGoingOn));
  CLIENT_ASSIGN_OR_RETURN(Connection * engine, session.Engine());
  v1::ExportDiaryRequest request;
  request.set_name(chosen.name());
  CLIENT_ASSIGN_OR_RETURN(const v1::ExportDiaryResponse diary, engine->ExportDiary(request));
  const std::string& csv = diary.diary_csv();
  if (session.settings().json) {
    CLIENT_RETURN_IF_ERROR(session.PrintJson(diary, false));
    return kOk;
  }
  CLIENT_RETURN_IF_ERROR(WriteFile(output, csv, force));
  if (output != "-") {
    const auto lines = std::max<std::ptrdiff_t>(std::count(csv.begin(), csv.end(), '\n') - 1, 0);
    CLIENT_RETURN_IF_ERROR(WriteStdout(
        fmt::format("Wrote {} to {}.\n", Count(static_cast<size_t>(lines), "line"), output)));
  }
  return kOk;
}

absl::StatusOr<int> Info(Session& session) {
  CLIENT_ASSIGN_OR_RETURN(Connection * engine, session.Engine());
  CLIENT_ASSIGN_OR_RETURN(const v1::ServerInfo info, engine->GetServerInfo());
  CLIENT_RETURN_IF_ERROR(
      session.Print(info, RenderServerInfo(info, session.settings().engine, session.style())));
  CLIENT_RETURN_IF_ERROR(client::CheckVersion(info));
  return kOk;
}

}  // namespace solotrial::cli
