// All of a person's data at once.
#include <fmt/format.h>
#include <google/protobuf/empty.pb.h>

#include <algorithm>
#include <iostream>
#include <optional>
#include <utility>

#include "clients/cli/commands.h"
#include "clients/cli/errors.h"
#include "clients/cli/files.h"
#include "clients/cli/terminal.h"
#include "clients/cli/text.h"

namespace solotrial::cli {
namespace {

constexpr char kConfirmation[] = "delete everything";
constexpr size_t kMaxPassphraseBytes = 1024;

// The first line of the file.
absl::StatusOr<std::string> ReadPassphrase(const std::string& file) {
  CLIENT_ASSIGN_OR_RETURN(std::string text, ReadFile(file, kMaxPassphraseBytes + 2));
  text.erase(std::min(text.find_first_of("\r\n"), text.size()));
  return text;
}

// Whether the engine refused only because it needs a passphrase.
bool NeedsPassphrase(const absl::Status& status) {
  const Fault fault = Describe(status);
  return fault.reason == "INVALID_FIELDS" && fault.violations.size() == 1 &&
         fault.violations.front().field == "passphrase";
}

// Calls `call` with the passphrase of the options; without one it is asked for when it is needed.
template <typename Request, typename Call>
auto CallWithPassphrase(const ArchiveOptions& options, const char* question, Request& request,
                        const Call& call) -> decltype(call()) {
  if (!options.passphrase_file.empty()) {
    CLIENT_ASSIGN_OR_RETURN(*request.mutable_passphrase(), ReadPassphrase(options.passphrase_file));
  }
  auto answer = call();
  if (answer.ok() || !options.passphrase_file.empty() || !NeedsPassphrase(answer.status())) {
    return answer;
  }
  std::optional<std::string> typed = AskSecret(question);
  if (!typed.has_value()) {
    return WithHint(answer.status(), "Give it with --passphrase-file FILE, - for standard input.");
  }
  request.set_passphrase(*std::move(typed));
  return call();
}

}  // namespace

absl::StatusOr<int> ExportArchive(Session& session, const ArchiveOptions& options) {
  v1::ExportArchiveRequest request;
  if (!options.trial.empty()) {
    CLIENT_ASSIGN_OR_RETURN(const v1::Trial chosen, session.FindTrial(options.trial, {}));
    request.add_trials(chosen.name());
  }
  CLIENT_ASSIGN_OR_RETURN(Connection * engine, session.Engine());
  CLIENT_ASSIGN_OR_RETURN(
      const v1::ExportArchiveResponse archive,
      CallWithPassphrase(options, "Passphrase to seal the order of running trials", request,
                         [&] { return engine->ExportArchive(request); }));
  const std::string file = options.file.empty() ? archive.file_name() : options.file;
  CLIENT_RETURN_IF_ERROR(WriteFile(file, archive.archive(), options.force));
  if (file == "-") return kOk;
  v1::ExportArchiveResponse shown;
  shown.set_file_name(file);
  CLIENT_RETURN_IF_ERROR(session.Print(shown, fmt::format("Wrote everything to {}.\n", file)));
  return kOk;
}

absl::StatusOr<int> ImportArchive(Session& session, const ArchiveOptions& options) {
  v1::ImportArchiveRequest request;
  CLIENT_ASSIGN_OR_RETURN(*request.mutable_archive(), ReadFile(options.file, kMaxArchiveBytes));
  CLIENT_ASSIGN_OR_RETURN(Connection * engine, session.Engine());
  CLIENT_ASSIGN_OR_RETURN(const v1::ImportArchiveResponse answer,
                          CallWithPassphrase(options, "Passphrase of the archive", request,
                                             [&] { return engine->ImportArchive(request); }));
  std::string text;
  for (const std::string& name : answer.imported()) text += "Brought in " + name + "\n";
  for (const std::string& name : answer.unchanged()) text += name + " was here already\n";
  if (text.empty()) text = "The archive holds no trial.\n";
  CLIENT_RETURN_IF_ERROR(session.Print(answer, text));
  return kOk;
}

absl::StatusOr<int> DeleteEverything(Session& session, bool yes) {
  CLIENT_ASSIGN_OR_RETURN(Connection * engine, session.Engine());
  if (!yes) {
    if (!StdinIsTerminal()) {
      return UsageError("Deleting cannot be undone: say --yes if you mean it.");
    }
    WriteStderr(Paragraph(fmt::format("Delete every trial, diary, device and link of yours, in the "
                                      "engine's backups too? This cannot be undone. Type: {}",
                                      kConfirmation),
                          "", static_cast<size_t>(session.style().width)) +
                "> ");
    std::string answer;
    std::getline(std::cin, answer);
    if (answer != kConfirmation) {
      WriteStderr("Nothing was deleted.\n");
      return kWrongUsage;
    }
  }
  v1::DeleteEverythingRequest request;
  request.set_confirmation(kConfirmation);
  CLIENT_RETURN_IF_ERROR(engine->DeleteEverything(request));
  CLIENT_RETURN_IF_ERROR(
      session.Print(google::protobuf::Empty(),
                    "Everything of yours is deleted. To begin anew, start the engine again.\n"));
  return kOk;
}

absl::StatusOr<int> Unlock(Session& session, const std::string& passphrase_file) {
  v1::UnlockRequest request;
  if (!passphrase_file.empty()) {
    CLIENT_ASSIGN_OR_RETURN(*request.mutable_passphrase(), ReadPassphrase(passphrase_file));
  } else {
    std::optional<std::string> typed = AskSecret("Passphrase of the engine");
    if (!typed.has_value()) {
      return UsageError("Give the passphrase with --passphrase-file FILE, - for standard input.");
    }
    request.set_passphrase(*std::move(typed));
  }
  CLIENT_ASSIGN_OR_RETURN(Connection * engine, session.Engine());
  CLIENT_RETURN_IF_ERROR(engine->Unlock(request));
  CLIENT_RETURN_IF_ERROR(session.Print(google::protobuf::Empty(), "The engine is unlocked.\n"));
  return kOk;
}

}  // namespace solotrial::cli
