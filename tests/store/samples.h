// What the tests of the store put into it.
#ifndef SOLOTRIAL_TESTS_STORE_SAMPLES_H_
#define SOLOTRIAL_TESTS_STORE_SAMPLES_H_

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "engine/access/caller.h"
#include "engine/base/civil_time.h"
#include "engine/store/trial_store.h"
#include "engine/trial/diary.h"
#include "engine/trial/trial.h"

namespace solotrial::store {

inline const char kAnna[] = "a0000000-0000-4000-8000-000000000001";
inline const char kBert[] = "b0000000-0000-4000-8000-000000000002";
inline const char kSleep[] = "50000000-0000-4000-8000-000000000011";
inline const char kPain[] = "90000000-0000-4000-8000-000000000012";

// Of the tests that let every operation on the disk fail, one after the other: every fifth under a
// sanitizer, where each takes much longer.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr int kOperationStep = 5;
#else
inline constexpr int kOperationStep = 1;
#endif

// What `status` says to a person.
std::string MessageOf(const absl::Status& status);

// A directory that goes with the test.
class TemporaryDirectory {
 public:
  TemporaryDirectory();
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  ~TemporaryDirectory();

  const std::filesystem::path& path() const { return path_; }
  // The path of a file in it.
  std::string File(const std::string& name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

std::string ReadFile(const std::string& path);
void WriteFile(const std::string& path, const std::string& bytes);

// Noon UTC of the n-th day of 2026.
absl::Time Noon(int n);

access::Credential SampleCredential(const std::string& person_id);
// A draft.
trial::Trial SampleTrial(const std::string& person_id, const std::string& trial_id);
// Running, with everything set that a trial can have.
trial::Trial FullTrial(const std::string& person_id, const std::string& trial_id);
// The n-th version 7 UUID.
std::string EntryId(int64_t n);
// A note with the id EntryId(n).
trial::Entry SampleEntry(int64_t n);
LookRow SampleLook(int pair);

// Opens the store; the test ends when it cannot be opened.
std::unique_ptr<TrialStore> OpenOrDie(const std::string& path);
// With Anna as the owner and a draft kSleep of hers.
std::unique_ptr<TrialStore> OpenWithTrial(const std::string& path);

// A body that appends `entry` to Anna's kSleep.
std::function<absl::Status(WriteTransaction&)> Appending(const trial::Entry& entry);

// The ids of the entries of Anna's kSleep in log order.
std::vector<std::string> EntryIds(TrialStore& store);

}  // namespace solotrial::store

#endif  // SOLOTRIAL_TESTS_STORE_SAMPLES_H_
