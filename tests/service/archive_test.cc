// An archive holds everything, comes back as it was, and is believed in nothing.
#include "engine/service/archive.h"

#include <gmock/gmock.h>
#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "engine/base/digest.h"
#include "engine/base/fault.h"
#include "engine/service/loaded_trial.h"
#include "engine/service/protocol_json.h"
#include "solotrial/v1/archive.pb.h"
#include "tests/service/engine.h"
#include "tests/store/raw_database.h"

namespace solotrial::service {
namespace {

using ::testing::AllOf;
using ::testing::AnyOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Key;
using ::testing::Not;

using Files = std::map<std::string, std::string>;
const char kPassphrase[] = "the helper's words";

class ArchiveTest : public EngineTest {
 protected:
  TrialData Load(const std::string& name) {
    TrialData data;
    const absl::Status status = store_->Read([&](store::ReadTransaction& t) -> absl::Status {
      SOLOTRIAL_ASSIGN_OR_RETURN(const auto owner, t.FindOwner());
      SOLOTRIAL_ASSIGN_OR_RETURN(const std::string id, TrialId(name));
      SOLOTRIAL_ASSIGN_OR_RETURN(data, LoadTrialData(t, owner->person_id, id));
      return absl::OkStatus();
    });
    EXPECT_TRUE(status.ok()) << status;
    return data;
  }
  // A running trial with corrections, a retraction, every kind of entry and a pause.
  TrialData RunningTrial() {
    const std::string name = StartedTrial();
    v1::Entry correction = Score(2, kMonday, 0.30000000000000004 * 10);
    correction.mutable_score()->set_value(4);
    correction.set_supersedes(Score(1, kMonday, 3).id());
    correction.set_device("Annas Händy");
    correction.set_utc_offset_minutes(-210);
    correction.mutable_client_time()->set_nanos(123'456'789);
    v1::Entry note = Score(3, kMonday, 0);
    note.mutable_note()->set_text("first line\nsecond \"line\", with \xf0\x9f\x98\xb4 and \\u0000");
    v1::Entry dose = Score(4, kMonday, 0);
    dose.mutable_dose()->set_fraction(1.0 / 3);
    v1::Entry weekend = Score(5, kMonday, 0);
    weekend.mutable_covariate()->set_covariate_id("weekend");
    weekend.mutable_covariate()->set_value(1);
    v1::Entry retraction = Score(6, kMonday, 0);
    retraction.mutable_retraction();
    retraction.set_supersedes(dose.id());
    v1::Entry side_effect = Score(11, kMonday, 0);
    side_effect.mutable_event()->set_type(v1::Event::TYPE_SIDE_EFFECT);
    side_effect.mutable_event()->set_grade(v1::Event::GRADE_MODERATE);
    side_effect.mutable_event()->set_text("Durchfall");
    v1::Entry laboratory = Score(12, kMonday, 0);
    laboratory.mutable_event()->set_type(v1::Event::TYPE_LABORATORY);
    laboratory.mutable_event()->set_laboratory_id("serum_magnesium");
    laboratory.mutable_event()->set_laboratory_value(0.82);
    v1::Entry rescue = Score(13, kMonday, 0);
    rescue.mutable_rescue()->set_name("Ibuprofen");
    rescue.mutable_rescue()->set_doses(2);
    const auto recorded = Record(name, {Score(1, kMonday, 3), correction, note, dose, weekend,
                                        retraction, side_effect, laboratory, rescue});
    for (const v1::EntryResult& result : recorded.results()) EXPECT_TRUE(result.accepted());
    v1::PauseTrialRequest pause;
    pause.set_name(name);
    pause.set_reason("travel");
    v1::Trial trial;
    EXPECT_TRUE(Call(*trials_, &v1::TrialService::Stub::PauseTrial, pause, &trial).ok());
    return Load(name);
  }
  TrialData EndedTrial() {
    const std::string name = StartedTrial();
    Record(name, {Score(7, kMonday, 3)});
    v1::StopTrialRequest stop;
    stop.set_name(name);
    stop.set_reason("enough");
    v1::Trial trial;
    EXPECT_TRUE(Call(*trials_, &v1::TrialService::Stub::StopTrial, stop, &trial).ok());
    TrialData data = Load(name);
    data.trial.safety_confirmation =
        trial::SafetyConfirmation{"Dr. A. Example", absl::FromUnixMicros(1'767'600'000'123'456),
                                  std::string(31, '\0') + "\xff"};
    data.trial.pauses = {{kMonday, kMonday + 1, "", trial::Pause::Cause::kSideEffect}};
    data.looks = {{.pair = 3,
                   .data_date = kMonday,
                   .recording_may_end = true,
                   .decision = "RESPONDS",
                   .data_digest = std::string(31, '\0') + "\xff",
                   .record_time = absl::FromUnixMicros(1'767'600'000'123'456)}};
    return data;
  }
  TrialData ImportedTrial() {
    v1::ImportTrialRequest request;
    *request.mutable_protocol() = PairedProtocol();
    request.set_diary_csv("date,on,block,legs,note\n2025-01-01,1,1,3,calm\n2025-01-02,0.25,2,,\n");
    v1::Trial trial;
    const grpc::Status status =
        Call(*trials_, &v1::TrialService::Stub::ImportTrial, request, &trial);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return Load(trial.name());
  }
  TrialData Draft() {
    v1::CreateTrialRequest request;
    *request.mutable_protocol() = PairedProtocol();
    v1::Trial trial;
    EXPECT_TRUE(Call(*trials_, &v1::TrialService::Stub::CreateTrial, request, &trial).ok());
    return Load(trial.name());
  }
  Files Write(const std::vector<TrialData>& trials) {
    auto files = ArchiveFiles(trials, kPassphrase, clock_);
    EXPECT_TRUE(files.ok()) << files.status();
    return *std::move(files);
  }
  static absl::StatusOr<std::vector<TrialData>> Read(const Files& files,
                                                     const std::string& passphrase = kPassphrase) {
    return ReadArchiveFiles(files, "somebody", passphrase);
  }
  static std::string FileOf(const TrialData& data, const std::string& name) {
    return "trials/" + data.trial.id + "/" + name;
  }
  // What is said of the archive once `name` has been changed, and the manifest with it.
  static std::string Refusal(Files files, const std::string& name,
                             const std::function<void(std::string&)>& change) {
    change(files[name]);
    v1::ArchiveManifest manifest;
    EXPECT_TRUE(
        google::protobuf::util::JsonStringToMessage(files["manifest.json"], &manifest).ok());
    for (v1::ArchivedFile& file : *manifest.mutable_files()) {
      if (file.name() == name) file.set_sha256(Sha256(files[name]));
    }
    files["manifest.json"].clear();
    EXPECT_TRUE(
        google::protobuf::util::MessageToJsonString(manifest, &files["manifest.json"]).ok());
    const auto read = Read(files);
    if (read.ok()) return "was read";
    EXPECT_EQ(FaultOf(read.status()).reason, Reason::kUnreadableArchive) << read.status();
    return std::string(read.status().message());
  }
  // The same for a change of trial.json.
  static std::string Refusal(const Files& files, const TrialData& data,
                             const std::function<void(v1::ArchivedTrial&)>& change) {
    return Refusal(files, FileOf(data, "trial.json"), [&change](std::string& json) {
      v1::ArchivedTrial archived;
      EXPECT_TRUE(google::protobuf::util::JsonStringToMessage(json, &archived).ok());
      change(archived);
      json.clear();
      EXPECT_TRUE(google::protobuf::util::MessageToJsonString(archived, &json).ok());
    });
  }
};

TEST_F(ArchiveTest, ComesBackBitByBit) {
  const std::vector<TrialData> trials = {RunningTrial(), EndedTrial(), ImportedTrial(), Draft()};
  const auto read = Read(Write(trials));
  ASSERT_TRUE(read.ok()) << read.status();
  ASSERT_EQ(read->size(), trials.size());
  std::set<size_t> found;
  for (const TrialData& data : *read) {
    EXPECT_EQ(data.trial.person_id, "somebody");
    for (size_t i = 0; i < trials.size(); ++i) {
      if (SameTrialData(data, trials[i])) found.insert(i);
    }
  }
  EXPECT_EQ(found.size(), trials.size());
  EXPECT_FALSE(SameTrialData(trials[0], trials[1]));
}

// Every column that holds something of a trial: whoever adds one decides here whether it goes into
// the archive, and then makes it go there and come back.
TEST_F(ArchiveTest, HoldsEveryColumn) {
  store::RawDatabase database(directory_ + "/solotrial.db");
  const std::map<std::string, std::string> columns = {
      {"trial",
       "person_id trial_id state protocol_document create_time protocol_digest start_date seed "
       "commitment allocation stop_date stop_reason revision sealed"},
      {"pause", "person_id trial_id number pause_date resume_date reason sealed cause"},
      {"amendment", "person_id trial_id number kind date time sealed reason text pairs secret"},
      {"safety_confirmation", "person_id trial_id confirm_time sealed name digest"},
      {"entry",
       "person_id trial_id sequence entry_id date slot client_time utc_offset_minutes device "
       "supersedes kind subject value text record_time sealed"},
      {"imported_day", "person_id trial_id date on_fraction block sealed"},
      {"look",
       "person_id trial_id pair data_date recording_may_end decision data_digest record_time "
       "sealed"},
  };
  for (const auto& [table, expected] : columns) {
    EXPECT_EQ(database.Run("SELECT name FROM pragma_table_info('" + table + "')"), expected);
  }
  // Of the rest, which is this engine's own and no part of a diary, new tables must be looked at.
  std::istringstream tables(
      database.Run("SELECT m.name FROM sqlite_schema m JOIN pragma_table_info(m.name) c ON c.name "
                   "= 'trial_id' WHERE m.type = 'table' ORDER BY m.name"));
  // simulated_power follows from the protocol, wherever it goes.
  const std::set<std::string> own = {"device", "invitation", "reply", "share_link",
                                     "simulated_power"};
  for (std::string table; tables >> table;) {
    EXPECT_TRUE(columns.contains(table) || own.contains(table))
        << table << " is not in the archive";
  }
}

// Anybody may have made an archive: a draft is confirmed where it is started.
TEST_F(ArchiveTest, ADraftComesWithoutItsConfirmation) {
  TrialData data = Draft();
  data.trial.safety_confirmation =
      trial::SafetyConfirmation{"Dr. A. Example", clock_.Now(), std::string(32, 'd')};
  const auto read = Read(Write({data}));
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_FALSE(read->front().trial.safety_confirmation.has_value());
}

TEST_F(ArchiveTest, KeepsTheOrderOfARunningTrialSealed) {
  const TrialData data = RunningTrial();
  const Files files = Write({data});
  v1::ArchivedTrial archived;
  ASSERT_TRUE(
      google::protobuf::util::JsonStringToMessage(files.at(FileOf(data, "trial.json")), &archived)
          .ok());
  EXPECT_FALSE(archived.has_order());
  EXPECT_EQ(archived.commitment(), data.trial.commitment);
  for (const auto& [name, content] : files) {
    EXPECT_THAT(content, Not(HasSubstr(data.trial.allocation))) << name;
    EXPECT_THAT(content, Not(HasSubstr(data.trial.seed))) << name;
  }
  EXPECT_EQ(FaultOf(ArchiveFiles({data}, "", clock_).status()).violations.front().field,
            "passphrase");
  EXPECT_EQ(FaultOf(Read(files, "another").status()).reason, Reason::kWrongPassphrase);
  EXPECT_EQ(FaultOf(Read(files, "").status()).violations.front().field, "passphrase");
  // An ended one needs none.
  EXPECT_TRUE(ArchiveFiles({EndedTrial()}, "", clock_).ok());
}

TEST_F(ArchiveTest, HoldsTheDiaryForPeople) {
  const TrialData running = RunningTrial();
  const Files files = Write({running, Draft()});
  EXPECT_THAT(files.at("README.txt"), AllOf(HasSubstr("diary.csv"), HasSubstr("--archive")));
  EXPECT_THAT(files.at(FileOf(running, "diary.csv")), HasSubstr("2026-01-05"));
  EXPECT_EQ(files.at(FileOf(running, "protocol.json")), running.trial.protocol_document);
}

TEST_F(ArchiveTest, BelievesNothing) {
  const TrialData running = RunningTrial();
  const TrialData ended = EndedTrial();
  const TrialData record = ImportedTrial();
  const Files files = Write({running, ended, record});
  using T = v1::ArchivedTrial;
  const auto refusal = [&](const TrialData& data, const std::function<void(T&)>& change) {
    return Refusal(files, data, change);
  };
  EXPECT_EQ(refusal(ended, [](T&) {}), "was read");
  EXPECT_THAT(refusal(ended, [](T& t) { t.mutable_order()->set_allocation("111000"); }),
              HasSubstr("trial.json: order"));
  // One of eight orders is that of the other seed as well.
  EXPECT_THAT(refusal(ended, [](T& t) { t.mutable_order()->set_seed(std::string(32, 's')); }),
              AnyOf(HasSubstr("order"), HasSubstr("commitment")));
  EXPECT_THAT(refusal(ended, [](T& t) { t.clear_order(); }), HasSubstr("order"));
  EXPECT_THAT(refusal(ended, [](T& t) { t.set_commitment(std::string(32, 'c')); }),
              HasSubstr("commitment"));
  EXPECT_THAT(refusal(ended, [](T& t) { t.set_protocol_digest(""); }), HasSubstr("protocolDigest"));
  EXPECT_THAT(refusal(ended, [](T& t) { t.set_state(T::STATE_DRAFT); }), HasSubstr("trial.json"));
  EXPECT_THAT(refusal(ended, [](T& t) { t.set_state(static_cast<T::State>(77)); }),
              HasSubstr("state"));
  EXPECT_THAT(refusal(ended, [](T& t) { t.clear_stop(); }), HasSubstr("stop"));
  EXPECT_THAT(refusal(ended, [](T& t) { t.clear_start_date(); }), HasSubstr("startDate"));
  EXPECT_THAT(refusal(ended, [](T& t) { t.set_start_date("2026-02-30"); }), HasSubstr("startDate"));
  EXPECT_THAT(refusal(ended, [](T& t) { t.set_trial_id("../../etc"); }), HasSubstr("folder"));
  EXPECT_THAT(refusal(ended, [](T& t) { t.add_days()->set_date("2026-01-05"); }),
              HasSubstr("days"));
  EXPECT_THAT(refusal(ended, [](T& t) { *t.add_looks() = t.looks(0); }), HasSubstr("looks"));
  EXPECT_THAT(refusal(ended, [](T& t) { t.set_revision(-1); }), HasSubstr("revision"));
  EXPECT_THAT(refusal(record, [](T& t) { t.mutable_days(0)->set_on(1.5); }), HasSubstr("days"));
  EXPECT_THAT(refusal(record, [](T& t) { t.clear_days(); }), HasSubstr("days"));
  EXPECT_THAT(refusal(running, [](T& t) { t.clear_pauses(); }), HasSubstr("pauses"));
  EXPECT_THAT(refusal(running, [](T& t) { *t.add_pauses() = t.pauses(0); }), HasSubstr("pauses"));
  EXPECT_THAT(refusal(running, [](T& t) { t.mutable_sealed_order()->set_memory_bytes(1LL << 50); }),
              HasSubstr("out of bounds"));

  const auto edited = [&](const std::string& from, const std::string& to) {
    return Refusal(files, FileOf(running, "entries.json"), [&](std::string& json) {
      ASSERT_NE(json.find(from), std::string::npos) << from;
      json.replace(json.find(from), from.size(), to);
    });
  };
  EXPECT_THAT(edited("\"sequence\": \"2\"", "\"sequence\": \"3\""),
              HasSubstr("entries[1]: sequence"));
  EXPECT_THAT(edited("\"legs\"", "\"arms\""), HasSubstr("entries[0]: score.measure_id"));
  EXPECT_THAT(edited("\"value\": 3", "\"value\": 33"), HasSubstr("entries[0]: score.value"));
  EXPECT_THAT(edited(Score(3, kMonday, 0).id(), Score(5, kMonday, 0).id()),
              HasSubstr("an entry id twice"));
  EXPECT_THAT(edited("\"entries\"", "\"remarks\""), HasSubstr("is not the JSON"));
  EXPECT_THAT(
      Refusal(files, FileOf(running, "protocol.json"), [](std::string& json) { json = ""; }),
      HasSubstr("protocol.json"));

  Files other = files;
  other[FileOf(ended, "diary.csv")] += "2026-01-06,1,9\n";
  EXPECT_THAT(std::string(Read(other).status().message()), HasSubstr("was changed after"));
  other = files;
  other["more.txt"] = "hidden";
  EXPECT_THAT(std::string(Read(other).status().message()), HasSubstr("does not list every file"));
  other = files;
  other.erase(FileOf(ended, "diary.csv"));
  EXPECT_THAT(std::string(Read(other).status().message()), HasSubstr("lists a file"));
  other.erase("manifest.json");
  EXPECT_THAT(std::string(Read(other).status().message()), HasSubstr("manifest.json: is missing"));
  other = files;
  other["manifest.json"] = R"({"formatVersion": 2})";
  EXPECT_THAT(std::string(Read(other).status().message()), HasSubstr("newer"));
}

}  // namespace
}  // namespace solotrial::service
