#include "clients/cli/trial_answers.h"

#include "clients/cli/dates.h"
#include "clients/cli/errors.h"
#include "clients/cli/render_trial.h"

namespace solotrial::cli {

absl::StatusOr<std::string> DateOf(Session& session, const v1::Trial& trial,
                                   const std::string& word) {
  if (word.empty() || ParseIsoDate(word).has_value()) return word;
  CLIENT_ASSIGN_OR_RETURN(Connection * engine, session.Engine());
  v1::GetTodayRequest request;
  request.set_name(trial.name());
  CLIENT_ASSIGN_OR_RETURN(const v1::Today today, engine->GetToday(request));
  return ResolveDate(word, today.date());
}

absl::Status PrintTrial(const Session& session, const v1::Trial& trial, const std::string& first,
                        const std::string& next) {
  return session.Print(trial, first + "\n\n" + RenderTrial(trial, session.style()) +
                                  (next.empty() ? "" : "\n" + next + "\n"));
}

bool IsBlinded(const v1::Trial& trial) {
  return trial.protocol().design().blinding() == v1::Design::BLINDED_BY_HELPER;
}

std::string IdOf(const v1::Trial& trial) { return trial.name().substr(trial.name().find('/') + 1); }

}  // namespace solotrial::cli
