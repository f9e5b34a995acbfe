#include "engine/service/situation.h"

#include <algorithm>
#include <utility>

#include "engine/base/fault.h"
#include "engine/inference/inference.h"
#include "engine/trial/amendment.h"
#include "engine/trial/guess.h"

namespace solotrial::service {

absl::StatusOr<Situation> LoadSituation(const access::Caller& caller,
                                        store::ReadTransaction& transaction,
                                        const std::string& name, const Clock& clock) {
  Situation situation;
  SOLOTRIAL_ASSIGN_OR_RETURN(situation.loaded, LoadTrial(caller, transaction, name, clock));
  const LoadedTrial& loaded = situation.loaded;
  if (loaded.state == trial::EffectiveState::kDraft) return situation;
  SOLOTRIAL_ASSIGN_OR_RETURN(situation.current, LoadCurrentEntries(transaction, loaded.trial));
  if (loaded.state == trial::EffectiveState::kImported) {
    trial::DiaryFile file;
    SOLOTRIAL_ASSIGN_OR_RETURN(file.rows, LoadRows(transaction, loaded));
    file.has_block_column =
        std::any_of(file.rows.begin(), file.rows.end(),
                    [](const trial::DiaryRow& row) { return row.block.has_value(); });
    SOLOTRIAL_ASSIGN_OR_RETURN(situation.record, trial::RecordOfFile(loaded.protocol, file));
    return situation;
  }
  situation.record =
      trial::RecordOfTrial(loaded.protocol, loaded.trial, situation.current, RecordEnd(loaded));
  SOLOTRIAL_ASSIGN_OR_RETURN(
      situation.power,
      transaction.FindPower(caller.person_id, loaded.trial.id, inference::kModelVersion));
  SOLOTRIAL_ASSIGN_OR_RETURN(situation.looks,
                             transaction.ListLooks(caller.person_id, loaded.trial.id));
  return situation;
}

trial::AnalysisRequest RequestFor(const Situation& situation) {
  const LoadedTrial& loaded = situation.loaded;
  trial::AnalysisRequest request;
  request.protocol_digest = loaded.trial.protocol_digest;
  request.stopped_early = loaded.state == trial::EffectiveState::kStopped;
  request.recorded_elsewhere = loaded.state == trial::EffectiveState::kImported;
  if (request.recorded_elsewhere) return request;
  request.guesses = trial::GuessesOf(loaded.protocol, loaded.trial, situation.current);
  const trial::Amendment* unblinding =
      trial::LastOf(loaded.trial, trial::Amendment::Kind::kUnblinding);
  if (unblinding != nullptr) request.unblinded_date = unblinding->date;
  return request;
}

}  // namespace solotrial::service
