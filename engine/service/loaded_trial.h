// A trial as the handlers work with it: the stored row and its protocol in both forms.
#ifndef SOLOTRIAL_ENGINE_SERVICE_LOADED_TRIAL_H_
#define SOLOTRIAL_ENGINE_SERVICE_LOADED_TRIAL_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/access/caller.h"
#include "engine/base/civil_time.h"
#include "engine/store/trial_store.h"
#include "engine/trial/protocol.h"
#include "engine/trial/record.h"
#include "engine/trial/schedule.h"
#include "engine/trial/trial.h"
#include "solotrial/v1/protocol.pb.h"
#include "solotrial/v1/trial.pb.h"

namespace solotrial::service {

struct LoadedTrial {
  trial::Trial trial;
  v1::Protocol proto;        // as it was frozen at the start
  trial::Protocol protocol;  // as it is lived: see trial::AsLived
  Date today;                // the trial's day now
  trial::EffectiveState state = trial::EffectiveState::kDraft;
};

// The uuid of `trials/{uuid}`; TRIAL_NOT_FOUND when `name` is no such name.
absl::StatusOr<std::string> TrialId(const std::string& name);

// The trial's day at `now`; UTC where the protocol names no zone.
absl::StatusOr<Date> TodayOf(const trial::Protocol& protocol, absl::Time now);

// The caller's trial `name`; TRIAL_NOT_FOUND for anything else.
absl::StatusOr<LoadedTrial> LoadTrial(const access::Caller& caller,
                                      store::ReadTransaction& transaction, const std::string& name,
                                      const Clock& clock);
// The same for a row that was read before.
absl::StatusOr<LoadedTrial> ParseTrial(trial::Trial row, const Clock& clock);

// As it may be shown to whoever lives the trial.
v1::Trial ToProto(const LoadedTrial& loaded);

// Stores the changed `loaded.trial`, and answers with it as it is from now on.
absl::Status SaveTrial(store::WriteTransaction& transaction, LoadedTrial& loaded,
                       const Clock& clock, v1::Trial* response);

// The entries of the trial that count.
absl::StatusOr<std::vector<trial::Entry>> LoadCurrentEntries(store::ReadTransaction& transaction,
                                                             const trial::Trial& trial);

// The last day of a started trial's record: today or the trial's end, whichever comes first; before
// the first day, the day before it.
Date RecordEnd(const LoadedTrial& loaded);

// The diary of a started or imported trial, one row per day.
absl::StatusOr<std::vector<trial::DiaryRow>> LoadRows(store::ReadTransaction& transaction,
                                                      const LoadedTrial& loaded);

}  // namespace solotrial::service

#endif  // SOLOTRIAL_ENGINE_SERVICE_LOADED_TRIAL_H_
