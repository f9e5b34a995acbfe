// The catalogue, and what stands in the way of starting a trial.
#include <fmt/format.h>

#include <iostream>

#include "clients/cli/commands.h"
#include "clients/cli/errors.h"
#include "clients/cli/offline.h"
#include "clients/cli/render_safety.h"
#include "clients/cli/text.h"
#include "clients/cli/trial_choice.h"

namespace solotrial::cli {
namespace {

const std::vector<v1::TrialState> kAny = {v1::TRIAL_STATE_DRAFT, v1::TRIAL_STATE_RUNNING,
                                          v1::TRIAL_STATE_PAUSED, v1::TRIAL_STATE_COMPLETED,
                                          v1::TRIAL_STATE_STOPPED};

// What the screening says, in the person's language where it has been said before the start.
absl::StatusOr<v1::SafetyScreen> ScreenOf(const Session& session, const v1::Trial& trial) {
  if (session.settings().locale.empty() || trial.state() != v1::TRIAL_STATE_DRAFT) {
    return trial.safety();
  }
  CLIENT_ASSIGN_OR_RETURN(v1::SafetyScreen screen,
                          ScreenSafety(trial.protocol(), session.settings().locale));
  if (trial.safety().has_confirmation()) {
    *screen.mutable_confirmation() = trial.safety().confirmation();
  }
  screen.set_may_start(trial.safety().may_start());
  return screen;
}

}  // namespace

absl::StatusOr<int> CatalogShow(Session& session, const std::string& topic) {
  const v1::Catalog catalog = ListCatalog(session.settings().locale);
  const std::string text = RenderCatalog(catalog, topic, session.style());
  if (text.empty()) {
    return UsageError("'" + topic +
                      "' is no part of the catalogue: write interventions, symptoms, "
                      "measures, covariates, safety or sources, or nothing for all.");
  }
  CLIENT_RETURN_IF_ERROR(session.Print(catalog, text));
  return kOk;
}

absl::StatusOr<int> SafetyQuestions(Session& session) {
  const v1::Catalog catalog = ListCatalog(session.settings().locale);
  CLIENT_RETURN_IF_ERROR(session.Print(catalog, RenderCatalog(catalog, "safety", session.style())));
  return kOk;
}

absl::StatusOr<int> SafetyShow(Session& session, const std::string& trial) {
  CLIENT_ASSIGN_OR_RETURN(const v1::Trial chosen, session.FindTrial(trial, kAny));
  CLIENT_ASSIGN_OR_RETURN(const v1::SafetyScreen screen, ScreenOf(session, chosen));
  CLIENT_RETURN_IF_ERROR(session.Print(screen, RenderSafety(screen, session.style())));
  return kOk;
}

absl::StatusOr<int> SafetyAnswer(Session& session, const std::string& trial,
                                 const SafetyOptions& options) {
  CLIENT_ASSIGN_OR_RETURN(v1::Trial chosen, session.FindTrial(trial, kDraft));
  CLIENT_ASSIGN_OR_RETURN(Connection * engine, session.Engine());
  v1::UpdateTrialRequest request;
  request.set_name(chosen.name());
  request.set_etag(chosen.etag());
  *request.mutable_protocol() = chosen.protocol();
  CLIENT_RETURN_IF_ERROR(AddAnswers(options, *request.mutable_protocol()->mutable_screening()));
  CLIENT_ASSIGN_OR_RETURN(const v1::Trial updated, engine->UpdateTrial(request));
  CLIENT_ASSIGN_OR_RETURN(const v1::SafetyScreen screen, ScreenOf(session, updated));
  CLIENT_RETURN_IF_ERROR(session.Print(screen, RenderSafety(screen, session.style())));
  return kOk;
}

absl::StatusOr<int> SafetyConfirm(Session& session, const std::string& trial,
                                  const std::string& name, bool yes) {
  CLIENT_ASSIGN_OR_RETURN(const v1::Trial chosen, session.FindTrial(trial, kAny));
  CLIENT_ASSIGN_OR_RETURN(Connection * engine, session.Engine());
  v1::ConfirmSafetyRequest request;
  request.set_name(chosen.name());
  request.set_clinician(name);
  request.set_etag(chosen.etag());
  for (const v1::SafetyFinding& found : chosen.safety().findings()) {
    if (found.action() != v1::SAFETY_ACTION_WARN) request.add_findings(found.finding());
  }
  if (!yes) {
    WriteStderr(RenderSafety(chosen.safety(), session.style()) +
                "\nWhat is taken: " + Clean(chosen.protocol().intervention().on_instruction()) +
                "\nConfirm that this trial may start with all of this? Type yes: ");
    std::string answer;
    if (!std::getline(std::cin, answer) || answer != "yes") {
      return UsageError(
          "Not confirmed. Type yes, or give --yes after reading: solotrial safety "
          "show");
    }
  }
  CLIENT_ASSIGN_OR_RETURN(const v1::Trial confirmed, engine->ConfirmSafety(request));
  CLIENT_RETURN_IF_ERROR(session.Print(
      confirmed, "Confirmed: " + Clean(confirmed.safety().confirmation().attestation()) + ".\n"));
  return kOk;
}

}  // namespace solotrial::cli
