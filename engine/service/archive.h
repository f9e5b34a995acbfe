// Archives (archive.proto): from what the store holds to files and back.
#ifndef SOLOTRIAL_ENGINE_SERVICE_ARCHIVE_H_
#define SOLOTRIAL_ENGINE_SERVICE_ARCHIVE_H_

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "engine/base/civil_time.h"
#include "engine/store/trial_store.h"
#include "engine/trial/trial.h"

namespace solotrial::service {

// Everything that the store holds of a trial.
struct TrialData {
  trial::Trial trial;
  std::vector<trial::Entry> log;  // in its order
  std::vector<store::ImportedDay> days;
  std::vector<store::LookRow> looks;
};

absl::StatusOr<TrialData> LoadTrialData(store::ReadTransaction& transaction,
                                        const std::string& person_id, const std::string& trial_id);

// The trial must be new to the person. What is stored is what was loaded.
absl::Status StoreTrialData(store::WriteTransaction& transaction, const TrialData& data);

// Whether both hold the same, bit by bit, whoever they belong to.
bool SameTrialData(const TrialData& a, const TrialData& b);

// What seals the order of a concealed trial in archives, made of the helper's passphrase:
// trial::ArchiveKey. Takes up to a second. INVALID_FIELDS (`archive_passphrase`) for one that is no
// passphrase.
absl::StatusOr<std::string> NewArchiveKey(const std::string& passphrase);

// The archive's files of `trials` by name. The order of a trial that has not ended is sealed: of a
// concealed one with its archive key (HELPER_NEEDED without one), else with `passphrase`
// (INVALID_FIELDS when it is empty).
absl::StatusOr<std::map<std::string, std::string>> ArchiveFiles(
    const std::vector<TrialData>& trials, const std::string& passphrase, const Clock& clock);

// The trials in an archive's files, as those of `person_id`. UNREADABLE_ARCHIVE names file and
// field of what does not fit: a digest, an order that its seed does not give, a log with a gap, an
// entry that the protocol does not know. Computes a key for every sealed order.
absl::StatusOr<std::vector<TrialData>> ReadArchiveFiles(
    const std::map<std::string, std::string>& files, const std::string& person_id,
    const std::string& passphrase);

}  // namespace solotrial::service

#endif  // SOLOTRIAL_ENGINE_SERVICE_ARCHIVE_H_
