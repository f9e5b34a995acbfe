#include "engine/trial/amendment.h"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "absl/strings/str_format.h"
#include "engine/base/digest.h"
#include "engine/base/fault.h"
#include "engine/inference/inference.h"
#include "engine/trial/schedule.h"

namespace solotrial::trial {
namespace {

constexpr int kMostPairs = 200;

absl::Status WrongState(const std::string& message) {
  return FaultStatus(Reason::kWrongState, message);
}

Amendment Made(Amendment::Kind kind, const Occasion& occasion) {
  Amendment amendment;
  amendment.kind = kind;
  amendment.date = occasion.today;
  amendment.time = occasion.time;
  amendment.reason = occasion.reason;
  return amendment;
}

std::string ExtensionSeed(const std::string& seed, uint64_t number) {
  std::string bytes(8, '\0');
  for (size_t i = 0; i < 8; ++i) bytes[i] = static_cast<char>((number >> (56 - 8 * i)) & 0xff);
  return Sha256("solotrial/extension/v1" + seed + bytes);
}

bool IsGoingOn(const Trial& trial, const Protocol& protocol, Date today) {
  const EffectiveState state = StateOn(trial, protocol, today);
  return state == EffectiveState::kRunning || state == EffectiveState::kPaused;
}

}  // namespace

const Amendment* LastOf(const Trial& trial, Amendment::Kind kind) {
  const auto found = std::find_if(trial.amendments.rbegin(), trial.amendments.rend(),
                                  [kind](const Amendment& made) { return made.kind == kind; });
  return found == trial.amendments.rend() ? nullptr : &*found;
}

int ExtraPairs(const Trial& trial) {
  int pairs = 0;
  for (const Amendment& made : trial.amendments) {
    if (made.kind == Amendment::Kind::kExtension) pairs += made.pairs;
  }
  return pairs;
}

Protocol AsLived(Protocol protocol, const Trial& trial) {
  protocol.design.pairs += ExtraPairs(trial);
  if (const Amendment* zone = LastOf(trial, Amendment::Kind::kTimeZone)) {
    protocol.time_zone = zone->text;
  }
  return protocol;
}

Allocation OrderOf(const Protocol& protocol, const Trial& trial) {
  Allocation order = DrawAllocation(protocol.design, trial.seed);
  uint64_t number = 0;
  for (const Amendment& made : trial.amendments) {
    if (made.kind != Amendment::Kind::kExtension) continue;
    Design design = protocol.design;
    design.pairs = made.pairs;
    order += DrawAllocation(design, ExtensionSeed(trial.seed, ++number));
  }
  return order;
}

absl::Status Extend(Trial& trial, const Protocol& protocol, int pairs, const Occasion& occasion) {
  if (!IsGoingOn(trial, protocol, occasion.today)) {
    return WrongState(
        "only a running or paused trial can be extended: after the end its result is known");
  }
  Design extension = protocol.design;
  if (PairOf(extension, 0) == 0) {
    return WrongState(
        "the design draws its whole order at once; only PAIRED and COUNTERBALANCED "
        "can be extended");
  }
  const bool by_twos = extension.randomization == Randomization::kCounterbalanced;
  if (pairs < 1 || protocol.design.pairs + pairs > kMostPairs || (by_twos && pairs % 2 != 0)) {
    return InvalidField(
        "pairs", absl::StrFormat("must be from %d to %d%s", by_twos ? 2 : 1,
                                 kMostPairs - protocol.design.pairs, by_twos ? ", and even" : ""));
  }
  const double days = protocol.design.run_in_days +
                      2.0 * (protocol.design.pairs + pairs) * LongestBlockDays(extension);
  if (days > inference::kMaxDays) {
    return InvalidField("pairs",
                        absl::StrFormat("would make the trial %g days long; at most %d are "
                                        "possible",
                                        days, inference::kMaxDays));
  }
  uint64_t number = 1;
  for (const Amendment& made : trial.amendments) {
    if (made.kind == Amendment::Kind::kExtension) ++number;
  }
  extension.pairs = pairs;
  trial.allocation += DrawAllocation(extension, ExtensionSeed(trial.seed, number));
  trial.amendments.push_back(Made(Amendment::Kind::kExtension, occasion));
  trial.amendments.back().pairs = pairs;
  return absl::OkStatus();
}

absl::Status Unblind(Trial& trial, const Protocol& protocol, const Occasion& occasion) {
  if (!IsConcealed(protocol, trial, occasion.today)) {
    return WrongState("only a blinded trial that is running or paused can be unblinded, once");
  }
  trial.amendments.push_back(Made(Amendment::Kind::kUnblinding, occasion));
  return absl::OkStatus();
}

absl::Status ChangeTimeZone(Trial& trial, const Protocol& protocol, const std::string& zone,
                            const Occasion& occasion) {
  if (!IsGoingOn(trial, protocol, occasion.today)) {
    return WrongState("the time zone of a running or paused trial can be changed, of no other");
  }
  SOLOTRIAL_RETURN_IF_ERROR(LoadZone(zone).status());
  if (zone == protocol.time_zone) {
    return InvalidField("time_zone", "is the one that the trial has already");
  }
  trial.amendments.push_back(Made(Amendment::Kind::kTimeZone, occasion));
  trial.amendments.back().text = zone;
  return absl::OkStatus();
}

bool NotePackingList(Trial& trial, const std::string& device, const std::string& name,
                     const Occasion& occasion) {
  for (const Amendment& made : trial.amendments) {
    if (made.kind == Amendment::Kind::kPackingList && made.secret == device) return false;
  }
  trial.amendments.push_back(Made(Amendment::Kind::kPackingList, occasion));
  trial.amendments.back().text = name;
  trial.amendments.back().secret = device;
  return true;
}

std::string ArchiveKey(const Trial& trial) {
  const Amendment* key = LastOf(trial, Amendment::Kind::kArchiveKey);
  return key == nullptr ? "" : key->secret;
}

void SetArchiveKey(Trial& trial, const std::string& key, const Occasion& occasion) {
  std::erase_if(trial.amendments,
                [](const Amendment& made) { return made.kind == Amendment::Kind::kArchiveKey; });
  trial.amendments.push_back(Made(Amendment::Kind::kArchiveKey, occasion));
  trial.amendments.back().secret = key;
}

bool IsConcealed(const Protocol& protocol, const Trial& trial, Date today) {
  return protocol.design.blinding == Blinding::kByHelper &&
         LastOf(trial, Amendment::Kind::kUnblinding) == nullptr &&
         trial.state != Trial::State::kDraft && IsGoingOn(trial, protocol, today);
}

}  // namespace solotrial::trial
