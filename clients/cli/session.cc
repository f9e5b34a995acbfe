#include "clients/cli/session.h"

#include "clients/cli/errors.h"
#include "clients/cli/json.h"
#include "clients/cli/trial_choice.h"

namespace solotrial::cli {
namespace {

// The trial that the credential is for.
absl::StatusOr<std::vector<v1::Trial>> OnlyTrial(Connection& engine) {
  CLIENT_ASSIGN_OR_RETURN(const v1::Access access,
                          engine.Access<v1::Access>("GetAccess", v1::GetAccessRequest()));
  v1::GetTrialRequest request;
  request.set_name(access.trial());
  CLIENT_ASSIGN_OR_RETURN(const v1::Trial trial, engine.GetTrial(request));
  return std::vector<v1::Trial>{trial};
}

}  // namespace

absl::StatusOr<Connection*> Session::Engine() {
  if (engine_ == nullptr) {
    CLIENT_ASSIGN_OR_RETURN(engine_, Connection::Open(settings_));
  }
  return engine_.get();
}

absl::StatusOr<std::vector<v1::Trial>> Session::AllTrials() {
  CLIENT_ASSIGN_OR_RETURN(Connection * engine, Engine());
  std::vector<v1::Trial> trials;
  v1::ListTrialsRequest request;
  request.set_page_size(100);
  do {
    const absl::StatusOr<v1::ListTrialsResponse> listed = engine->ListTrials(request);
    // A helper or clinician has one trial, and no list of the others.
    if (Describe(listed.status()).reason == "ROLE_NOT_ALLOWED") return OnlyTrial(*engine);
    CLIENT_ASSIGN_OR_RETURN(const v1::ListTrialsResponse page, listed);
    trials.insert(trials.end(), page.trials().begin(), page.trials().end());
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  return trials;
}

absl::StatusOr<v1::Trial> Session::FindTrial(const std::string& text,
                                             const std::vector<v1::TrialState>& states) {
  if (const std::string name = FullTrialName(text); !name.empty()) {
    CLIENT_ASSIGN_OR_RETURN(Connection * engine, Engine());
    v1::GetTrialRequest request;
    request.set_name(name);
    return engine->GetTrial(request);
  }
  CLIENT_ASSIGN_OR_RETURN(const std::vector<v1::Trial> trials, AllTrials());
  return ChooseTrial(trials, text, states);
}

absl::Status Session::Print(const google::protobuf::Message& message,
                            const std::string& text) const {
  return settings_.json ? PrintJson(message, false) : WriteStdout(text);
}

absl::Status Session::PrintJson(const google::protobuf::Message& message, bool one_line) const {
  return WriteStdout(ToJson(message, !one_line && StdoutIsTerminal()));
}

}  // namespace solotrial::cli
