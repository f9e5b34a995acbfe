// What tells the order of a trial's blocks: the helper's packing list, and the proof at the end.
#include <utility>

#include "engine/access/audit.h"
#include "engine/base/digest.h"
#include "engine/base/fault.h"
#include "engine/service/archive.h"
#include "engine/service/convert.h"
#include "engine/service/loaded_trial.h"
#include "engine/service/protocol_json.h"
#include "engine/service/trial_handlers.h"
#include "engine/trial/amendment.h"

namespace solotrial::service {
namespace {

constexpr size_t kDigestBytes = 32;
constexpr int kMostPairs = 200;

v1::PackingList PackingListOf(const LoadedTrial& loaded) {
  const trial::Intervention& intervention = *loaded.protocol.intervention;
  const auto doses = static_cast<int>(trial::SlotsOrOne(intervention.dose_slots).size());
  v1::PackingList list;
  list.set_trial("trials/" + loaded.trial.id);
  list.set_title(loaded.protocol.title);
  const trial::Schedule schedule(loaded.protocol, loaded.trial);
  for (const trial::Block& block : schedule.blocks()) {
    v1::Envelope& envelope = *list.add_envelopes();
    envelope.set_number(block.number);
    envelope.set_arm(block.on ? v1::ARM_ON : v1::ARM_OFF);
    envelope.set_contents(block.on ? intervention.on_instruction : intervention.off_instruction);
    // A cycle can be longer than usual.
    const int days = trial::LongestBlockDays(loaded.protocol.design);
    envelope.set_days(days);
    envelope.set_doses(days * doses);
  }
  list.set_archive_passphrase_set(!trial::ArchiveKey(loaded.trial).empty());
  return list;
}

absl::Status CheckPackable(const LoadedTrial& loaded) {
  if (loaded.protocol.design.blinding != trial::Blinding::kByHelper) {
    return FaultStatus(Reason::kWrongState, "the trial is not blinded: there is nothing to pack");
  }
  if (loaded.state == trial::EffectiveState::kDraft) {
    return FaultStatus(Reason::kWrongState,
                       "the trial has not been started: its order is drawn then");
  }
  return absl::OkStatus();
}

// The trial that `revealed` tells of, as far as its order goes.
absl::StatusOr<trial::Trial> TrialOfSeed(const v1::Trial& revealed,
                                         const trial::Protocol& protocol) {
  trial::Trial trial;
  trial.seed = revealed.seed();
  if (trial.seed.empty()) {
    return FaultStatus(Reason::kWrongState,
                       "the seed is shown when the trial has ended: verify its order then");
  }
  if (trial.seed.size() != kDigestBytes) {
    return InvalidField("revealed.seed", "must have 32 bytes");
  }
  int pairs = protocol.design.pairs;
  const bool by_twos = protocol.design.randomization == trial::Randomization::kCounterbalanced;
  for (const v1::Extension& extension : revealed.extensions()) {
    pairs += extension.pairs();
    if (extension.pairs() < 1 || pairs > kMostPairs || (by_twos && extension.pairs() % 2 != 0)) {
      return InvalidField("revealed.extensions", "are none that this design could have had");
    }
    trial::Amendment& made = trial.amendments.emplace_back();
    made.kind = trial::Amendment::Kind::kExtension;
    made.pairs = extension.pairs();
  }
  return trial;
}

}  // namespace

absl::Status VerifyOrder(const v1::VerifyOrderRequest& request, v1::OrderVerification* response) {
  const v1::Trial& revealed = request.revealed();
  absl::StatusOr<trial::Protocol> protocol = ToDomain(revealed.protocol(), trial::Purpose::kTrial);
  if (!protocol.ok()) return WithFieldPrefix(protocol.status(), "revealed.");
  SOLOTRIAL_ASSIGN_OR_RETURN(const trial::Trial trial, TrialOfSeed(revealed, *protocol));
  const std::string& digest = revealed.protocol_digest();
  const std::string& commitment =
      request.commitment().empty() ? revealed.commitment() : request.commitment();
  const trial::Allocation order = trial::OrderOf(*protocol, trial);
  bool same = request.schedule().blocks_size() == static_cast<int>(order.size());
  for (size_t i = 0; i < order.size(); ++i) {
    const v1::Arm arm = order[i] == '1' ? v1::ARM_ON : v1::ARM_OFF;
    response->add_order(arm);
    same = same && request.schedule().blocks(static_cast<int>(i)).arm() == arm;
  }
  response->set_protocol_digest_matches(Sha256(CanonicalProtocolJson(revealed.protocol())) ==
                                        digest);
  response->set_commitment_matches(Sha256(trial.seed + digest) == commitment);
  response->set_order_matches(same);
  return absl::OkStatus();
}

absl::Status TrialHandlers::GetPackingList(const access::Caller& caller, store::TrialStore& store,
                                           const v1::GetPackingListRequest& request,
                                           v1::PackingList* response) const {
  // Not while the writer waits.
  std::string archive_key;
  if (!request.archive_passphrase().empty()) {
    SOLOTRIAL_ASSIGN_OR_RETURN(archive_key, NewArchiveKey(request.archive_passphrase()));
  }
  return store.WriteAndWait([&](store::WriteTransaction& transaction) -> absl::Status {
    SOLOTRIAL_ASSIGN_OR_RETURN(LoadedTrial loaded,
                               LoadTrial(caller, transaction, request.name(), clock_));
    SOLOTRIAL_RETURN_IF_ERROR(CheckPackable(loaded));
    const trial::Occasion occasion{loaded.today, clock_.Now(), ""};
    SOLOTRIAL_ASSIGN_OR_RETURN(const auto device,
                               transaction.FindDevice(caller.person_id, caller.device_id));
    bool changed = trial::NotePackingList(loaded.trial, caller.device_id,
                                          device.has_value() ? device->name : "", occasion);
    if (!archive_key.empty()) {
      trial::SetArchiveKey(loaded.trial, archive_key, occasion);
      changed = true;
    }
    if (changed) SOLOTRIAL_RETURN_IF_ERROR(transaction.UpdateTrial(loaded.trial));
    *response = PackingListOf(loaded);
    return transaction.AppendAuditEvent(access::MakeAuditEvent(
        caller, occasion.time, "TrialService.GetPackingList", request.name()));
  });
}

}  // namespace solotrial::service
