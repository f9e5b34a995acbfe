// My data: out of one engine, into another, and away.
#include <gmock/gmock.h>
#include <grpcpp/channel.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "engine/base/fault.h"
#include "engine/base/uuid.h"
#include "engine/service/archive.h"
#include "engine/service/data_handlers.h"
#include "engine/store/backup.h"
#include "engine/store/encryption.h"
#include "engine/store/sqlite_trial_store.h"
#include "solotrial/v1/data_service.grpc.pb.h"
#include "tests/service/engine.h"

namespace solotrial::service {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class DataTest : public EngineTest {
 protected:
  void SetUp() override {
    auto other = store::OpenSqliteTrialStore(directory_ + "/other.db");
    ASSERT_TRUE(other.ok()) << other.status();
    other_ = *std::move(other);
    ASSERT_TRUE(EnsureOwner(*other_, directory_ + "/other.token", clock_.Now()).ok());
  }
  static access::Caller OwnerOf(store::TrialStore& store) {
    access::Caller caller;
    EXPECT_TRUE(store
                    .Read([&caller](store::ReadTransaction& t) -> absl::Status {
                      SOLOTRIAL_ASSIGN_OR_RETURN(const auto owner, t.FindOwner());
                      const access::Credential credential = owner.value_or(access::Credential{});
                      caller.role = credential.role;
                      caller.person_id = credential.person_id;
                      caller.device_id = credential.device_id;
                      return absl::OkStatus();
                    })
                    .ok());
    return caller;
  }
  std::string backups() const { return directory_ + "/backups"; }
  DataHandlers HandlersOf(store::TrialStore& store) const { return {store, clock_, backups()}; }
  v1::ExportArchiveResponse Export(store::TrialStore& store) {
    v1::ExportArchiveRequest request;
    request.set_passphrase("words");
    v1::ExportArchiveResponse response;
    const absl::Status status = HandlersOf(store).ExportArchive(OwnerOf(store), request, &response);
    EXPECT_TRUE(status.ok()) << status;
    return response;
  }
  absl::Status Import(const std::string& archive, v1::ImportArchiveResponse* response) {
    v1::ImportArchiveRequest request;
    request.set_archive(archive);
    request.set_passphrase("words");
    return HandlersOf(*other_).ImportArchive(OwnerOf(*other_), request, response);
  }
  static TrialData Load(store::TrialStore& store, const std::string& name) {
    TrialData data;
    const access::Caller owner = OwnerOf(store);
    EXPECT_TRUE(store
                    .Read([&](store::ReadTransaction& t) -> absl::Status {
                      SOLOTRIAL_ASSIGN_OR_RETURN(data,
                                                 LoadTrialData(t, owner.person_id, name.substr(7)));
                      return absl::OkStatus();
                    })
                    .ok());
    return data;
  }
  // Every file below the data directory that holds one of `secrets`.
  std::vector<std::string> FilesWith(const std::vector<std::string>& secrets) const {
    std::vector<std::string> found;
    for (const auto& file : std::filesystem::recursive_directory_iterator(directory_)) {
      if (!file.is_regular_file()) continue;
      std::ifstream stream(file.path(), std::ios::binary);
      const std::string bytes{std::istreambuf_iterator<char>(stream), {}};
      for (const std::string& secret : secrets) {
        if (bytes.find(secret) != std::string::npos) found.push_back(file.path().filename());
      }
    }
    return found;
  }

  std::unique_ptr<store::TrialStore> other_;
};

TEST_F(DataTest, MovesToAnotherEngineWithNothingLost) {
  const std::string name = StartedTrial();
  Record(name, {Score(1, kMonday, 3), Score(2, kMonday + 0, 4)});
  const v1::ExportArchiveResponse exported = Export(*store_);
  EXPECT_EQ(exported.file_name(), "solotrial-2026-01-05.zip");
  v1::ImportArchiveResponse imported;
  absl::Status status = Import(exported.archive(), &imported);
  ASSERT_TRUE(status.ok()) << status;
  EXPECT_THAT(imported.imported(), ElementsAre(name));
  EXPECT_TRUE(SameTrialData(Load(*store_, name), Load(*other_, name)));
  // And back again: the same trials.
  const v1::ExportArchiveResponse again = Export(*other_);
  imported.Clear();
  status = Import(again.archive(), &imported);
  ASSERT_TRUE(status.ok()) << status;
  EXPECT_THAT(imported.imported(), IsEmpty());
  EXPECT_THAT(imported.unchanged(), ElementsAre(name));
}

TEST_F(DataTest, ImportsAllOrNothing) {
  const std::string first = StartedTrial();
  v1::ImportArchiveResponse imported;
  ASSERT_TRUE(Import(Export(*store_).archive(), &imported).ok());
  // The other engine goes on with its copy; this one gets a second trial.
  Record(first, {Score(1, kMonday, 3)});
  const std::string second = StartedTrial();
  imported.Clear();
  const absl::Status status = Import(Export(*store_).archive(), &imported);
  EXPECT_EQ(FaultOf(status).reason, Reason::kConflict) << status;
  EXPECT_THAT(std::string(status.message()), HasSubstr(first));
  EXPECT_THAT(imported.imported(), IsEmpty());
  ASSERT_TRUE(other_
                  ->Read([&](store::ReadTransaction& t) {
                    const std::string person = OwnerOf(*other_).person_id;
                    EXPECT_FALSE(t.GetTrial(person, second.substr(7)).ok());
                    return absl::OkStatus();
                  })
                  .ok());
}

TEST_F(DataTest, ExportsOnlyWhatIsAskedForAndOnlyOnesOwn) {
  const std::string first = StartedTrial();
  const std::string second = StartedTrial();
  v1::ExportArchiveRequest request;
  request.set_passphrase("words");
  request.add_trials(second);
  v1::ExportArchiveResponse response;
  ASSERT_TRUE(HandlersOf(*store_).ExportArchive(OwnerOf(*store_), request, &response).ok());
  v1::ImportArchiveResponse imported;
  ASSERT_TRUE(Import(response.archive(), &imported).ok());
  EXPECT_THAT(imported.imported(), ElementsAre(second));
  const access::Caller stranger{.role = access::Role::kParticipant, .person_id = MakeUuid4()};
  ASSERT_TRUE(store_
                  ->WriteAndWait([&](store::WriteTransaction& t) {
                    return t.InsertPerson(stranger.person_id, stranger.role, clock_.Now());
                  })
                  .ok());
  EXPECT_EQ(FaultOf(HandlersOf(*store_).ExportArchive(stranger, request, &response)).reason,
            Reason::kTrialNotFound);
  request.clear_trials();
  request.clear_passphrase();
  ASSERT_TRUE(HandlersOf(*store_).ExportArchive(stranger, request, &response).ok());
  imported.Clear();
  ASSERT_TRUE(Import(response.archive(), &imported).ok());
  EXPECT_THAT(imported.imported(), IsEmpty());
}

TEST_F(DataTest, RefusesArchivesThatAreNone) {
  v1::ImportArchiveResponse imported;
  EXPECT_EQ(FaultOf(Import("no zip", &imported)).reason, Reason::kUnreadableArchive);
  EXPECT_EQ(FaultOf(Import(std::string(4'000'001, 'x'), &imported)).reason, Reason::kInvalidFields);
}

TEST_F(DataTest, DeletesEverythingWithNothingLeft) {
  const std::string secret = "zwanzig Kniebeugen";
  v1::Protocol protocol = PairedProtocol();
  protocol.set_title("SECRET-TITLE");
  const std::string name = StartedTrial(protocol);
  v1::Entry note = Score(1, kMonday, 0);
  note.mutable_note()->set_text(secret);
  note.set_device("SECRET-DEVICE");
  Record(name, {note});
  ASSERT_TRUE(store::AddBackup(directory_ + "/solotrial.db", backups(), clock_.Now(), 7).ok());
  ASSERT_EQ(FilesWith({secret}).size(), 2);

  const access::Caller owner = OwnerOf(*store_);
  v1::DeleteEverythingRequest request;
  EXPECT_EQ(FaultOf(HandlersOf(*store_).DeleteEverything(owner, request)).violations.front().field,
            "confirmation");
  EXPECT_EQ(FilesWith({secret}).size(), 2);
  request.set_confirmation("delete everything");
  const absl::Status status = HandlersOf(*store_).DeleteEverything(owner, request);
  ASSERT_TRUE(status.ok()) << status;
  EXPECT_THAT(FilesWith({secret, "SECRET-TITLE", "SECRET-DEVICE", owner.person_id, name.substr(7)}),
              IsEmpty());
  EXPECT_EQ(store::CheckDatabase(store::ListBackups(backups()).front().path)->people, 0);
}

// Over the channel: what the devices of a deleted person hear from then on.
TEST_F(DataTest, TellsTheDevicesOfADeletedPersonSo) {
  const auto data = v1::DataService::NewStub(channel_);
  const std::string token = ConfirmedToken(access::Role::kParticipant);
  v1::ListTrialsRequest list;
  v1::ListTrialsResponse trials;
  ASSERT_TRUE(CallAs(token, *trials_, &v1::TrialService::Stub::ListTrials, list, &trials).ok());
  v1::DeleteEverythingRequest request;
  request.set_confirmation("delete everything");
  google::protobuf::Empty nothing;
  const grpc::Status deleted =
      CallAs(token, *data, &v1::DataService::Stub::DeleteEverything, request, &nothing);
  ASSERT_TRUE(deleted.ok()) << deleted.error_message();
  for (int restart = 0; restart < 2; ++restart) {
    const grpc::Status status =
        CallAs(token, *trials_, &v1::TrialService::Stub::ListTrials, list, &trials);
    EXPECT_EQ(FaultIn(status).reason, "PERSON_DELETED");
    Restart();
  }
  // The owner goes on.
  EXPECT_TRUE(Call(*trials_, &v1::TrialService::Stub::ListTrials, list, &trials).ok());
}

TEST_F(DataTest, AnswersEngineLockedUntilItIsUnlocked) {
  const std::string name = StartedTrial();
  server_.reset();
  store_.reset();
  const std::string database = directory_ + "/solotrial.db";
  ASSERT_TRUE(store::EncryptStore(database, backups(), "correct horse").ok());
  Restart();
  v1::ServerInfo info;
  ASSERT_TRUE(Call(*info_, &v1::ServerService::Stub::GetServerInfo, {}, &info).ok());
  EXPECT_TRUE(info.locked());
  EXPECT_EQ(info.api_level(), v1::API_LEVEL_CURRENT);
  EXPECT_LE(info.oldest_client_level(), info.api_level());
  v1::GetTodayRequest today;
  today.set_name(name);
  v1::Today answer;
  const auto ask = [&] {
    return Call(*trials_, &v1::TrialService::Stub::GetToday, today, &answer);
  };
  EXPECT_EQ(FaultIn(ask()).reason, "ENGINE_LOCKED");
  EXPECT_TRUE(FaultIn(ask()).retry);
  const auto data = v1::DataService::NewStub(channel_);
  v1::UnlockRequest unlock;
  google::protobuf::Empty nothing;
  const auto try_words = [&](const std::string& words) {
    unlock.set_passphrase(words);
    return Call(*data, &v1::DataService::Stub::Unlock, unlock, &nothing);
  };
  EXPECT_EQ(FaultIn(try_words("wrong")).reason, "WRONG_PASSPHRASE");
  EXPECT_EQ(FaultIn(ask()).reason, "ENGINE_LOCKED");
  ASSERT_TRUE(try_words("correct horse").ok());
  EXPECT_TRUE(ask().ok());
  Restart();
  EXPECT_EQ(FaultIn(ask()).reason, "ENGINE_LOCKED");
}

}  // namespace
}  // namespace solotrial::service
