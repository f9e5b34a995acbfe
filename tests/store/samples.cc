#include "tests/store/samples.h"

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>
#include <utility>

#include "absl/strings/str_format.h"
#include "engine/base/fault.h"
#include "engine/store/backup.h"
#include "engine/store/encryption.h"
#include "engine/store/sqlite_trial_store.h"

namespace solotrial::store {

std::string MessageOf(const absl::Status& status) {
  const auto message = status.message();
  return {message.data(), message.size()};
}

TemporaryDirectory::TemporaryDirectory() {
  std::string name = std::filesystem::temp_directory_path() / "solotrial-store-XXXXXX";
  if (mkdtemp(name.data()) == nullptr) {
    std::cerr << "cannot make " << name << '\n';
    std::abort();
  }
  path_ = name;
}

TemporaryDirectory::~TemporaryDirectory() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

void WriteFile(const std::string& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
}

absl::Time Noon(int n) {
  return absl::FromCivil(absl::CivilHour(2026, 1, n, 12), absl::UTCTimeZone());
}

access::Credential SampleCredential(const std::string& person_id) {
  return {.token_digest = std::string(31, '\xfe') + person_id.front(),
          .role = access::Role::kOwner,
          .person_id = person_id,
          .device_id = "d0000000-0000-4000-8000-000000000003"};
}

trial::Trial SampleTrial(const std::string& person_id, const std::string& trial_id) {
  trial::Trial trial;
  trial.id = trial_id;
  trial.person_id = person_id;
  trial.protocol_document = R"({"title":"Magnesium for sleep"})";
  trial.create_time = Noon(1);
  return trial;
}

trial::Trial FullTrial(const std::string& person_id, const std::string& trial_id) {
  trial::Trial trial = SampleTrial(person_id, trial_id);
  trial.state = trial::Trial::State::kStopped;
  trial.protocol_digest = std::string(32, '\x01');
  trial.start_date = Date(2026, 1, 2);
  // Bytes that are no text, among them zeros.
  trial.seed = std::string("\0\xff\x80\0", 4) + std::string(28, '\0');
  trial.commitment = std::string(32, '\x03');
  trial.allocation = "0110";
  trial.pauses = {{Date(2026, 1, 5), Date(2026, 1, 7), "travel"},
                  {Date(2026, 2, 1), std::nullopt, "", trial::Pause::Cause::kSideEffect}};
  trial.safety_confirmation =
      trial::SafetyConfirmation{"Dr. A. Example", Noon(1), std::string("\0\xff", 2)};
  trial.stop = trial::Stop{Date(2026, 2, 3), "enough"};
  trial::Amendment& made = trial.amendments.emplace_back();
  made.kind = trial::Amendment::Kind::kExtension;
  made.date = Date(2026, 1, 9);
  made.time = Noon(9) + absl::Microseconds(1);
  made.reason = "a week was lost";
  made.text = "phone";
  made.pairs = 2;
  made.secret = std::string("\0\xff", 2);
  return trial;
}

std::string EntryId(int64_t n) { return absl::StrFormat("00000000-0000-7000-8000-%012x", n); }

trial::Entry SampleEntry(int64_t n) {
  trial::Entry entry;
  entry.id = EntryId(n);
  entry.date = Date(2026, 1, 2);
  entry.slot = "evening";
  entry.client_time = Noon(2) + absl::Microseconds(n);
  entry.utc_offset_minutes = -210;
  entry.device = "phone";
  entry.supersedes = EntryId(n + 1'000'000);
  entry.kind = trial::Entry::Kind::kNote;
  entry.subject = "sleep";
  entry.value = 0.1;
  entry.text = absl::StrFormat("note %d", n);
  entry.record_time = Noon(3);
  return entry;
}

LookRow SampleLook(int pair) {
  return {.pair = pair,
          .data_date = Date(2026, 2, pair),
          .recording_may_end = pair % 2 == 0,
          .decision = "UNDECIDED",
          .data_digest = std::string(31, '\0') + static_cast<char>(pair),
          .record_time = Noon(40)};
}

std::unique_ptr<TrialStore> OpenOrDie(const std::string& path) {
  auto store = OpenSqliteTrialStore(path);
  // The same tests again, over a store that is encrypted.
  if (const char* passphrase = std::getenv("SOLOTRIAL_TEST_PASSPHRASE");
      store.ok() && passphrase != nullptr) {
    store->reset();
    const absl::Status status = EncryptStore(path, DefaultBackupDirectory(path), passphrase);
    store = status.ok() ? OpenSqliteTrialStore(path) : status;
    if (store.ok() && !(*store)->Unlock(passphrase).ok()) std::abort();
  }
  if (!store.ok()) {
    std::cerr << store.status() << '\n';
    std::abort();
  }
  return *std::move(store);
}

std::unique_ptr<TrialStore> OpenWithTrial(const std::string& path) {
  std::unique_ptr<TrialStore> store = OpenOrDie(path);
  const absl::Status status = store->WriteAndWait([](WriteTransaction& transaction) {
    SOLOTRIAL_RETURN_IF_ERROR(transaction.PutOwner(SampleCredential(kAnna), Noon(1)));
    return transaction.InsertTrial(SampleTrial(kAnna, kSleep));
  });
  if (!status.ok()) {
    std::cerr << status << '\n';
    std::abort();
  }
  return store;
}

std::function<absl::Status(WriteTransaction&)> Appending(const trial::Entry& entry) {
  return [entry](WriteTransaction& transaction) {
    trial::Entry copy = entry;
    return transaction.AppendEntry(kAnna, kSleep, copy);
  };
}

std::vector<std::string> EntryIds(TrialStore& store) {
  std::vector<std::string> ids;
  const absl::Status status = store.Read([&ids](ReadTransaction& transaction) {
    SOLOTRIAL_ASSIGN_OR_RETURN(const std::vector<trial::Entry> entries,
                               transaction.ListEntries(kAnna, kSleep, 0, -1));
    for (const trial::Entry& entry : entries) ids.push_back(entry.id);
    return absl::OkStatus();
  });
  if (!status.ok()) ids = {status.ToString()};
  return ids;
}

}  // namespace solotrial::store
