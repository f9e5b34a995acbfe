// What is written is what is read, by the person it belongs to and by nobody else.
#include "engine/store/trial_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/fault.h"
#include "engine/base/uuid.h"
#include "engine/store/sqlite_trial_store.h"
#include "tests/store/samples.h"

namespace solotrial::store {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class TrialStoreTest : public ::testing::Test {
 protected:
  absl::Status Write(std::function<absl::Status(WriteTransaction&)> body) {
    return store_->WriteAndWait(std::move(body));
  }
  absl::Status Read(const std::function<absl::Status(ReadTransaction&)>& body) {
    return store_->Read(body);
  }
  // What `get` finds in a snapshot.
  template <typename T>
  absl::StatusOr<T> Get(const std::function<absl::StatusOr<T>(ReadTransaction&)>& get) {
    absl::StatusOr<T> result = absl::UnknownError("not called");
    const absl::Status status = Read([&](ReadTransaction& transaction) {
      result = get(transaction);
      return result.status();
    });
    EXPECT_EQ(result.status(), status);
    return result;
  }
  absl::StatusOr<trial::Trial> GetTrial(const std::string& person, const std::string& id) {
    return Get<trial::Trial>([&](ReadTransaction& t) { return t.GetTrial(person, id); });
  }
  absl::StatusOr<std::vector<trial::Entry>> ListEntries(const std::string& person,
                                                        const std::string& trial, int64_t after = 0,
                                                        int limit = -1) {
    return Get<std::vector<trial::Entry>>(
        [&](ReadTransaction& t) { return t.ListEntries(person, trial, after, limit); });
  }
  // Bert beside Anna, each with a trial of the same id.
  void AddBert() {
    ASSERT_TRUE(Write([](WriteTransaction& t) {
                  SOLOTRIAL_RETURN_IF_ERROR(t.PutOwner(SampleCredential(kBert), Noon(1)));
                  return t.InsertTrial(SampleTrial(kBert, kSleep));
                }).ok());
  }

  TemporaryDirectory directory_;
  std::unique_ptr<TrialStore> store_ = OpenWithTrial(directory_.File("trial.db"));
};

Reason ReasonOf(const absl::Status& status) {
  EXPECT_FALSE(status.ok());
  return FaultOf(status).reason;
}

void ExpectSame(const trial::Trial& a, const trial::Trial& b) {
  EXPECT_EQ(a.id, b.id);
  EXPECT_EQ(a.person_id, b.person_id);
  EXPECT_EQ(a.state, b.state);
  EXPECT_EQ(a.protocol_document, b.protocol_document);
  EXPECT_EQ(a.create_time, b.create_time);
  EXPECT_EQ(a.protocol_digest, b.protocol_digest);
  EXPECT_EQ(a.start_date, b.start_date);
  EXPECT_EQ(a.seed, b.seed);
  EXPECT_EQ(a.commitment, b.commitment);
  EXPECT_EQ(a.allocation, b.allocation);
  ASSERT_EQ(a.amendments.size(), b.amendments.size());
  for (size_t i = 0; i < a.amendments.size(); ++i) {
    EXPECT_EQ(a.amendments[i].kind, b.amendments[i].kind);
    EXPECT_EQ(a.amendments[i].date, b.amendments[i].date);
    EXPECT_EQ(a.amendments[i].time, b.amendments[i].time);
    EXPECT_EQ(a.amendments[i].reason, b.amendments[i].reason);
    EXPECT_EQ(a.amendments[i].text, b.amendments[i].text);
    EXPECT_EQ(a.amendments[i].pairs, b.amendments[i].pairs);
    EXPECT_EQ(a.amendments[i].secret, b.amendments[i].secret);
  }
  ASSERT_EQ(a.pauses.size(), b.pauses.size());
  for (size_t i = 0; i < a.pauses.size(); ++i) {
    EXPECT_EQ(a.pauses[i].pause_date, b.pauses[i].pause_date);
    EXPECT_EQ(a.pauses[i].resume_date, b.pauses[i].resume_date);
    EXPECT_EQ(a.pauses[i].reason, b.pauses[i].reason);
    EXPECT_EQ(a.pauses[i].cause, b.pauses[i].cause);
  }
  ASSERT_EQ(a.safety_confirmation.has_value(), b.safety_confirmation.has_value());
  if (a.safety_confirmation.has_value()) {
    EXPECT_EQ(a.safety_confirmation->name, b.safety_confirmation->name);
    EXPECT_EQ(a.safety_confirmation->time, b.safety_confirmation->time);
    EXPECT_EQ(a.safety_confirmation->digest, b.safety_confirmation->digest);
  }
  ASSERT_EQ(a.stop.has_value(), b.stop.has_value());
  if (a.stop.has_value()) {
    EXPECT_EQ(a.stop->stop_date, b.stop->stop_date);
    EXPECT_EQ(a.stop->reason, b.stop->reason);
  }
  EXPECT_EQ(a.revision, b.revision);
}

void ExpectSame(const trial::Entry& a, const trial::Entry& b) {
  EXPECT_EQ(a.id, b.id);
  EXPECT_EQ(a.date, b.date);
  EXPECT_EQ(a.slot, b.slot);
  EXPECT_EQ(a.client_time, b.client_time);
  EXPECT_EQ(a.utc_offset_minutes, b.utc_offset_minutes);
  EXPECT_EQ(a.device, b.device);
  EXPECT_EQ(a.supersedes, b.supersedes);
  EXPECT_EQ(a.kind, b.kind);
  EXPECT_EQ(a.subject, b.subject);
  EXPECT_EQ(a.value, b.value);
  EXPECT_EQ(std::signbit(a.value), std::signbit(b.value));
  EXPECT_EQ(a.text, b.text);
  EXPECT_EQ(a.sequence, b.sequence);
  EXPECT_EQ(a.record_time, b.record_time);
}

TEST_F(TrialStoreTest, TellsItsEpochAndSchema) {
  EXPECT_TRUE(IsUuid(store_->Epoch()));
  EXPECT_EQ(store_->SchemaVersion(), kSchemaVersion);
}

TEST_F(TrialStoreTest, KeepsADraft) {
  const auto trial = GetTrial(kAnna, kSleep);
  ASSERT_TRUE(trial.ok()) << trial.status();
  ExpectSame(*trial, SampleTrial(kAnna, kSleep));
}

TEST_F(TrialStoreTest, KeepsAFullTrial) {
  ASSERT_TRUE(
      Write([](WriteTransaction& t) { return t.InsertTrial(FullTrial(kAnna, kPain)); }).ok());
  const auto trial = GetTrial(kAnna, kPain);
  ASSERT_TRUE(trial.ok()) << trial.status();
  ExpectSame(*trial, FullTrial(kAnna, kPain));
}

TEST_F(TrialStoreTest, KeepsEverythingAcrossAReopening) {
  const std::string epoch = store_->Epoch();
  ASSERT_TRUE(Write(Appending(SampleEntry(1))).ok());
  store_.reset();
  store_ = OpenOrDie(directory_.File("trial.db"));
  EXPECT_EQ(store_->Epoch(), epoch);
  EXPECT_THAT(EntryIds(*store_), ElementsAre(EntryId(1)));
}

TEST_F(TrialStoreTest, RefusesASecondTrialOfAnId) {
  EXPECT_FALSE(
      Write([](WriteTransaction& t) { return t.InsertTrial(FullTrial(kAnna, kSleep)); }).ok());
  ExpectSame(*GetTrial(kAnna, kSleep), SampleTrial(kAnna, kSleep));
}

TEST_F(TrialStoreTest, RefusesATrialOfAnUnknownPerson) {
  EXPECT_FALSE(
      Write([](WriteTransaction& t) { return t.InsertTrial(SampleTrial(kBert, kPain)); }).ok());
}

TEST_F(TrialStoreTest, UpdatesATrial) {
  trial::Trial trial = FullTrial(kAnna, kSleep);
  ASSERT_TRUE(Write([&](WriteTransaction& t) { return t.UpdateTrial(trial); }).ok());
  EXPECT_GT(trial.revision, 0);
  ExpectSame(*GetTrial(kAnna, kSleep), trial);
  // And back: what was set is gone.
  trial::Trial draft = SampleTrial(kAnna, kSleep);
  draft.revision = trial.revision;
  ASSERT_TRUE(Write([&](WriteTransaction& t) { return t.UpdateTrial(draft); }).ok());
  EXPECT_GT(draft.revision, trial.revision);
  ExpectSame(*GetTrial(kAnna, kSleep), draft);
}

TEST_F(TrialStoreTest, RefusesAnUpdateOfAnOlderRevision) {
  trial::Trial first = *GetTrial(kAnna, kSleep);
  trial::Trial second = first;
  first.allocation = "01";
  second.allocation = "10";
  ASSERT_TRUE(Write([&](WriteTransaction& t) { return t.UpdateTrial(first); }).ok());
  const absl::Status status = Write([&](WriteTransaction& t) { return t.UpdateTrial(second); });
  EXPECT_EQ(ReasonOf(status), Reason::kConflict);
  EXPECT_EQ(GetTrial(kAnna, kSleep)->allocation, "01");
}

TEST_F(TrialStoreTest, FindsNoTrialThatIsNotThere) {
  EXPECT_EQ(ReasonOf(GetTrial(kAnna, kPain).status()), Reason::kTrialNotFound);
  trial::Trial trial = SampleTrial(kAnna, kPain);
  const auto expect_not_found = [&](std::function<absl::Status(WriteTransaction&)> body) {
    EXPECT_EQ(ReasonOf(Write(std::move(body))), Reason::kTrialNotFound);
  };
  expect_not_found([&](WriteTransaction& t) { return t.UpdateTrial(trial); });
  expect_not_found([](WriteTransaction& t) { return t.DeleteTrial(kAnna, kPain); });
  trial::Entry entry = SampleEntry(1);
  expect_not_found([&](WriteTransaction& t) { return t.AppendEntry(kAnna, kPain, entry); });
  expect_not_found([](WriteTransaction& t) { return t.InsertImportedDays(kAnna, kPain, {}); });
  expect_not_found([](WriteTransaction& t) { return t.InsertLook(kAnna, kPain, {}); });
  expect_not_found([](WriteTransaction& t) {
    return t.InsertReply(kAnna, "r", {.request_digest = "", .reply = "", .trial_id = kPain},
                         Noon(1));
  });
}

TEST_F(TrialStoreTest, ListsTrialsNewestFirstInPages) {
  ASSERT_TRUE(Write([](WriteTransaction& t) {
                for (const auto& [id, day] :
                     std::vector<std::pair<std::string, int>>{{"t1", 2}, {"t3", 3}, {"t2", 3}}) {
                  trial::Trial trial = FullTrial(kAnna, id);
                  trial.create_time = Noon(day);
                  SOLOTRIAL_RETURN_IF_ERROR(t.InsertTrial(trial));
                }
                return absl::OkStatus();
              }).ok());
  const auto page = [&](int limit, const std::string& after) {
    const auto result =
        Get<TrialPage>([&](ReadTransaction& t) { return t.ListTrials(kAnna, limit, after); });
    std::vector<std::string> ids;
    if (!result.ok()) return std::vector<std::string>{result.status().ToString()};
    for (const trial::Trial& trial : result->trials) ids.push_back(trial.id);
    if (result->more) ids.emplace_back("more");
    return ids;
  };
  EXPECT_THAT(page(10, ""), ElementsAre("t3", "t2", "t1", kSleep));
  EXPECT_THAT(page(4, ""), ElementsAre("t3", "t2", "t1", kSleep));
  EXPECT_THAT(page(2, ""), ElementsAre("t3", "t2", "more"));
  EXPECT_THAT(page(1, "t3"), ElementsAre("t2", "more"));
  EXPECT_THAT(page(2, "t2"), ElementsAre("t1", kSleep));
  EXPECT_THAT(page(2, kSleep), IsEmpty());
  EXPECT_THAT(page(2, "gone"), ElementsAre(HasSubstr("no such trial")));
  const auto first = Get<TrialPage>([](ReadTransaction& t) { return t.ListTrials(kAnna, 1, ""); });
  EXPECT_EQ(first->trials.front().pauses.size(), 2);
}

TEST_F(TrialStoreTest, ATrialComesWithTheMarksThatCount) {
  ASSERT_TRUE(Write([](WriteTransaction& t) {
                int serial = 0;
                const auto append = [&](trial::Entry::Kind kind, Date date,
                                        const std::string& supersedes) {
                  trial::Entry entry = SampleEntry(++serial);
                  entry.kind = kind;
                  entry.date = date;
                  entry.slot = entry.subject = entry.text = "";
                  entry.supersedes = supersedes;
                  return t.AppendEntry(kAnna, kSleep, entry);
                };
                using Kind = trial::Entry::Kind;
                SOLOTRIAL_RETURN_IF_ERROR(append(Kind::kMark, Date(2026, 2, 9), ""));
                SOLOTRIAL_RETURN_IF_ERROR(append(Kind::kMark, Date(2026, 2, 4), ""));
                SOLOTRIAL_RETURN_IF_ERROR(append(Kind::kScore, Date(2026, 2, 5), ""));
                SOLOTRIAL_RETURN_IF_ERROR(append(Kind::kMark, Date(2026, 2, 9), ""));
                SOLOTRIAL_RETURN_IF_ERROR(append(Kind::kMark, Date(2026, 2, 7), ""));
                return append(Kind::kRetraction, Date(2026, 2, 7), SampleEntry(5).id);
              }).ok());
  EXPECT_THAT(GetTrial(kAnna, kSleep)->marks, ElementsAre(Date(2026, 2, 4), Date(2026, 2, 9)));
  const auto page = Get<TrialPage>([](ReadTransaction& t) { return t.ListTrials(kAnna, 1, ""); });
  EXPECT_EQ(page->trials.front().marks.size(), 2);
}

TEST_F(TrialStoreTest, NumbersEntriesAndKeepsThem) {
  std::vector<trial::Entry> entries;
  for (int n = 1; n <= 5; ++n) entries.push_back(SampleEntry(10 - n));
  entries[0].value = std::numeric_limits<double>::denorm_min();
  entries[1].value = 1e300;
  entries[1].kind = trial::Entry::Kind::kScore;
  entries[2].value = -7;
  entries[2].text = "";
  entries[2].slot = "";
  entries[2].supersedes = "";
  entries[3].text = std::string("zero \0 and \xc3\xa4 and \xff", 17);
  entries[3].client_time = Noon(-100'000);
  ASSERT_TRUE(Write([&](WriteTransaction& t) {
                for (trial::Entry& entry : entries) {
                  SOLOTRIAL_RETURN_IF_ERROR(t.AppendEntry(kAnna, kSleep, entry));
                }
                return absl::OkStatus();
              }).ok());
  const auto stored = ListEntries(kAnna, kSleep);
  ASSERT_TRUE(stored.ok()) << stored.status();
  ASSERT_EQ(stored->size(), 5);
  for (size_t i = 0; i < 5; ++i) {
    EXPECT_EQ((*stored)[i].sequence, static_cast<int64_t>(i) + 1);
    ExpectSame((*stored)[i], entries[i]);
  }
  EXPECT_EQ(ListEntries(kAnna, kSleep, 2)->front().id, entries[2].id);
  EXPECT_EQ(ListEntries(kAnna, kSleep, 1, 2)->back().id, entries[2].id);
  EXPECT_THAT(*ListEntries(kAnna, kSleep, 5), IsEmpty());
  EXPECT_THAT(*ListEntries(kAnna, kSleep, 0, 0), IsEmpty());
}

TEST_F(TrialStoreTest, KeepsMinusZeroAsZeroAndInstantsToTheMicrosecond) {
  trial::Entry entry = SampleEntry(1);
  entry.value = -0.0;
  entry.client_time += absl::Nanoseconds(900);
  ASSERT_TRUE(Write(Appending(entry)).ok());
  const auto stored = ListEntries(kAnna, kSleep);
  EXPECT_FALSE(std::signbit(stored->front().value));
  EXPECT_EQ(stored->front().client_time, SampleEntry(1).client_time);
}

TEST_F(TrialStoreTest, TellsTheLastSequence) {
  const auto last = [&](const std::string& trial_id) {
    return *Get<int64_t>([&](ReadTransaction& t) { return t.LastSequence(kAnna, trial_id); });
  };
  EXPECT_EQ(last(kSleep), 0);
  ASSERT_TRUE(Write(Appending(SampleEntry(1))).ok());
  ASSERT_TRUE(Write(Appending(SampleEntry(2))).ok());
  EXPECT_EQ(last(kSleep), 2);
  EXPECT_EQ(last(kPain), 0);
}

TEST_F(TrialStoreTest, FindsAnEntryByItsId) {
  ASSERT_TRUE(Write(Appending(SampleEntry(1))).ok());
  const auto find = [&](const std::string& person, const std::string& id) {
    return *Get<std::optional<ReadTransaction::FoundEntry>>(
        [&](ReadTransaction& t) { return t.FindEntry(person, id); });
  };
  const auto found = find(kAnna, EntryId(1));
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->trial_id, kSleep);
  trial::Entry expected = SampleEntry(1);
  expected.sequence = 1;
  ExpectSame(found->entry, expected);
  EXPECT_FALSE(find(kAnna, EntryId(2)).has_value());
  EXPECT_FALSE(find(kBert, EntryId(1)).has_value());
}

TEST_F(TrialStoreTest, RefusesASecondEntryOfAnIdAndWhatIsNoNumber) {
  ASSERT_TRUE(Write(Appending(SampleEntry(1))).ok());
  const absl::Status again = Write(Appending(SampleEntry(1)));
  EXPECT_FALSE(again.ok());
  EXPECT_THAT(MessageOf(again), ::testing::Not(HasSubstr("note")));
  trial::Entry entry = SampleEntry(2);
  entry.value = std::nan("");
  EXPECT_FALSE(Write(Appending(entry)).ok());
  EXPECT_THAT(EntryIds(*store_), ElementsAre(EntryId(1)));
}

TEST_F(TrialStoreTest, ABodyMayGoOnAfterARefusedRow) {
  ASSERT_TRUE(Write(Appending(SampleEntry(1))).ok());
  ASSERT_TRUE(Write([](WriteTransaction& t) {
                for (const int n : {2, 1, 3}) {
                  trial::Entry entry = SampleEntry(n);
                  EXPECT_EQ(t.AppendEntry(kAnna, kSleep, entry).ok(), n != 1);
                }
                return absl::OkStatus();
              }).ok());
  EXPECT_THAT(EntryIds(*store_), ElementsAre(EntryId(1), EntryId(2), EntryId(3)));
}

TEST_F(TrialStoreTest, KeepsImportedDaysByDate) {
  const std::vector<ImportedDay> days = {{Date(2025, 12, 31), 1, 2},
                                         {Date(1900, 1, 1), 0.25, std::nullopt},
                                         {Date(2200, 12, 31), 0, 1}};
  ASSERT_TRUE(
      Write([&](WriteTransaction& t) { return t.InsertImportedDays(kAnna, kSleep, days); }).ok());
  const auto stored = Get<std::vector<ImportedDay>>(
      [](ReadTransaction& t) { return t.ListImportedDays(kAnna, kSleep); });
  ASSERT_TRUE(stored.ok());
  ASSERT_EQ(stored->size(), 3);
  const std::vector<size_t> order = {1, 0, 2};
  for (size_t i = 0; i < 3; ++i) {
    EXPECT_EQ((*stored)[i].date, days[order[i]].date);
    EXPECT_EQ((*stored)[i].on, days[order[i]].on);
    EXPECT_EQ((*stored)[i].block, days[order[i]].block);
  }
}

TEST_F(TrialStoreTest, KeepsLooksByPairAndNeverChangesOne) {
  const LookRow first = SampleLook(1);
  const LookRow second = SampleLook(2);
  for (const LookRow& look : {second, first}) {
    ASSERT_TRUE(Write([&](WriteTransaction& t) { return t.InsertLook(kAnna, kSleep, look); }).ok());
  }
  EXPECT_FALSE(
      Write([&](WriteTransaction& t) { return t.InsertLook(kAnna, kSleep, SampleLook(1)); }).ok());
  const auto looks =
      Get<std::vector<LookRow>>([](ReadTransaction& t) { return t.ListLooks(kAnna, kSleep); });
  ASSERT_TRUE(looks.ok());
  ASSERT_EQ(looks->size(), 2);
  for (size_t i = 0; i < 2; ++i) {
    const LookRow& expected = i == 0 ? first : second;
    EXPECT_EQ((*looks)[i].pair, expected.pair);
    EXPECT_EQ((*looks)[i].data_date, expected.data_date);
    EXPECT_EQ((*looks)[i].recording_may_end, expected.recording_may_end);
    EXPECT_EQ((*looks)[i].decision, expected.decision);
    EXPECT_EQ((*looks)[i].data_digest, expected.data_digest);
    EXPECT_EQ((*looks)[i].record_time, expected.record_time);
  }
}

TEST_F(TrialStoreTest, KeepsThePowerOfATrialByVersionOfTheModel) {
  const auto find = [&](const std::string& version) {
    return *Get<std::optional<trial::SimulatedPower>>(
        [&](ReadTransaction& t) { return t.FindPower(kAnna, kSleep, version); });
  };
  const auto put = [&](const std::string& version, const trial::SimulatedPower& power) {
    return Write([&](WriteTransaction& t) { return t.PutPower(kAnna, kSleep, version, power); });
  };
  EXPECT_FALSE(find("1").has_value());
  ASSERT_TRUE(put("1", {100, 0.9, 0.6, 0.02}).ok());
  ASSERT_TRUE(find("1").has_value());
  EXPECT_EQ(find("1")->trials, 100);
  EXPECT_EQ(find("1")->right_twice, 0.9);
  EXPECT_EQ(find("1")->right_difference, 0.6);
  EXPECT_EQ(find("1")->wrong_nothing, 0.02);
  ASSERT_TRUE(put("2", {200, 0.8, 0.5, 0.01}).ok());
  EXPECT_FALSE(find("1").has_value());
  EXPECT_EQ(find("2")->trials, 200);
  EXPECT_FALSE(Write([](WriteTransaction& t) { return t.PutPower(kBert, kSleep, "1", {}); }).ok());
  ASSERT_TRUE(Write([](WriteTransaction& t) { return t.DeleteTrial(kAnna, kSleep); }).ok());
  EXPECT_FALSE(find("2").has_value());
}

TEST_F(TrialStoreTest, KeepsReplies) {
  const StoredReply reply{std::string(32, '\0'), std::string("\0\xff", 2), kSleep};
  const StoredReply free_reply{std::string(32, '\1'), "", ""};
  ASSERT_TRUE(Write([&](WriteTransaction& t) {
                SOLOTRIAL_RETURN_IF_ERROR(t.InsertReply(kAnna, "r1", reply, Noon(1)));
                return t.InsertReply(kAnna, "r2", free_reply, Noon(1));
              }).ok());
  const auto find = [&](const std::string& person, const std::string& id) {
    return *Get<std::optional<StoredReply>>(
        [&](ReadTransaction& t) { return t.FindReply(person, id); });
  };
  ASSERT_TRUE(find(kAnna, "r1").has_value());
  EXPECT_EQ(find(kAnna, "r1")->request_digest, reply.request_digest);
  EXPECT_EQ(find(kAnna, "r1")->reply, reply.reply);
  EXPECT_EQ(find(kAnna, "r1")->trial_id, kSleep);
  EXPECT_EQ(find(kAnna, "r2")->trial_id, "");
  EXPECT_FALSE(find(kAnna, "r3").has_value());
  EXPECT_FALSE(find(kBert, "r1").has_value());
  EXPECT_FALSE(Write([&](WriteTransaction& t) {
                 return t.InsertReply(kAnna, "r1", free_reply, Noon(1));
               }).ok());
}

TEST_F(TrialStoreTest, ReplacesTheOwnersCredential) {
  const auto owner = [&] {
    return *Get<std::optional<access::Credential>>(
        [](ReadTransaction& t) { return t.FindOwner(); });
  };
  const auto find = [&](const std::string& digest) {
    return *Get<std::optional<access::Credential>>(
        [&](ReadTransaction& t) { return t.FindCredential(digest); });
  };
  const access::Credential old = SampleCredential(kAnna);
  access::Credential fresh = old;
  fresh.token_digest = std::string(32, '\0');
  fresh.device_id = "laptop";
  EXPECT_EQ(owner()->token_digest, old.token_digest);
  EXPECT_EQ(find(old.token_digest)->person_id, kAnna);
  EXPECT_EQ(find(old.token_digest)->role, access::Role::kOwner);
  ASSERT_TRUE(Write([&](WriteTransaction& t) { return t.PutOwner(fresh, Noon(2)); }).ok());
  EXPECT_EQ(owner()->token_digest, fresh.token_digest);
  EXPECT_EQ(owner()->device_id, "laptop");
  EXPECT_FALSE(find(old.token_digest).has_value());
  EXPECT_TRUE(GetTrial(kAnna, kSleep).ok());
}

TEST_F(TrialStoreTest, HasNoOwnerBeforeTheFirstStart) {
  const std::unique_ptr<TrialStore> fresh = OpenOrDie(directory_.File("fresh.db"));
  ASSERT_TRUE(fresh
                  ->Read([](ReadTransaction& t) {
                    SOLOTRIAL_ASSIGN_OR_RETURN(const auto owner, t.FindOwner());
                    EXPECT_FALSE(owner.has_value());
                    return absl::OkStatus();
                  })
                  .ok());
}

TEST_F(TrialStoreTest, KeepsPersonsApart) {
  AddBert();
  ASSERT_TRUE(Write(Appending(SampleEntry(1))).ok());
  ASSERT_TRUE(
      Write([](WriteTransaction& t) {
        SOLOTRIAL_RETURN_IF_ERROR(t.InsertImportedDays(kAnna, kSleep, {{Date(2026, 1, 1), 1, 1}}));
        SOLOTRIAL_RETURN_IF_ERROR(t.InsertLook(kAnna, kSleep, SampleLook(1)));
        return t.InsertTrial(FullTrial(kAnna, kPain));
      }).ok());
  EXPECT_EQ(ReasonOf(GetTrial(kBert, kPain).status()), Reason::kTrialNotFound);
  EXPECT_THAT(*ListEntries(kBert, kSleep), IsEmpty());
  ASSERT_TRUE(Read([](ReadTransaction& t) {
                EXPECT_THAT(*t.ListImportedDays(kBert, kSleep), IsEmpty());
                EXPECT_THAT(*t.ListLooks(kBert, kSleep), IsEmpty());
                EXPECT_EQ(*t.LastSequence(kBert, kSleep), 0);
                EXPECT_EQ(t.ListTrials(kBert, 10, "")->trials.size(), 1);
                EXPECT_EQ(ReasonOf(t.ListTrials(kBert, 10, kPain).status()),
                          Reason::kTrialNotFound);
                return absl::OkStatus();
              }).ok());
  // The same ids are Bert's to use.
  ASSERT_TRUE(Write([](WriteTransaction& t) {
                trial::Entry entry = SampleEntry(1);
                SOLOTRIAL_RETURN_IF_ERROR(t.AppendEntry(kBert, kSleep, entry));
                EXPECT_EQ(entry.sequence, 1);
                return t.InsertTrial(SampleTrial(kBert, kPain));
              }).ok());
  // And what Bert does reaches nothing of Anna's.
  trial::Trial update = FullTrial(kBert, kPain);
  ASSERT_TRUE(Write([&](WriteTransaction& t) { return t.UpdateTrial(update); }).ok());
  ASSERT_TRUE(Write([](WriteTransaction& t) { return t.DeleteTrial(kBert, kPain); }).ok());
  ASSERT_TRUE(Write([](WriteTransaction& t) { return t.DeleteTrial(kBert, kSleep); }).ok());
  ExpectSame(*GetTrial(kAnna, kPain), FullTrial(kAnna, kPain));
  EXPECT_THAT(EntryIds(*store_), ElementsAre(EntryId(1)));
}

TEST_F(TrialStoreTest, DeletesATrialWithEverythingInIt) {
  const StoredReply reply{std::string(32, '\0'), "answer", kSleep};
  const StoredReply other_reply{std::string(32, '\0'), "answer", ""};
  ASSERT_TRUE(
      Write([&](WriteTransaction& t) {
        SOLOTRIAL_RETURN_IF_ERROR(Appending(SampleEntry(1))(t));
        SOLOTRIAL_RETURN_IF_ERROR(t.InsertImportedDays(kAnna, kSleep, {{Date(2026, 1, 1), 1, 1}}));
        SOLOTRIAL_RETURN_IF_ERROR(t.InsertLook(kAnna, kSleep, SampleLook(1)));
        SOLOTRIAL_RETURN_IF_ERROR(t.InsertReply(kAnna, "r1", reply, Noon(1)));
        SOLOTRIAL_RETURN_IF_ERROR(t.InsertReply(kAnna, "r2", other_reply, Noon(1)));
        trial::Trial trial = FullTrial(kAnna, kSleep);
        return t.UpdateTrial(trial);
      }).ok());
  ASSERT_TRUE(Write([](WriteTransaction& t) { return t.DeleteTrial(kAnna, kSleep); }).ok());
  EXPECT_EQ(ReasonOf(GetTrial(kAnna, kSleep).status()), Reason::kTrialNotFound);
  // A trial of the same id finds nothing of the old one.
  ASSERT_TRUE(
      Write([](WriteTransaction& t) { return t.InsertTrial(SampleTrial(kAnna, kSleep)); }).ok());
  ASSERT_TRUE(Read([](ReadTransaction& t) {
                EXPECT_THAT(t.GetTrial(kAnna, kSleep)->pauses, IsEmpty());
                EXPECT_THAT(*t.ListEntries(kAnna, kSleep, 0, -1), IsEmpty());
                EXPECT_FALSE(t.FindEntry(kAnna, EntryId(1))->has_value());
                EXPECT_THAT(*t.ListImportedDays(kAnna, kSleep), IsEmpty());
                EXPECT_THAT(*t.ListLooks(kAnna, kSleep), IsEmpty());
                EXPECT_FALSE(t.FindReply(kAnna, "r1")->has_value());
                EXPECT_TRUE(t.FindReply(kAnna, "r2")->has_value());
                return absl::OkStatus();
              }).ok());
}

TEST_F(TrialStoreTest, AReadSeesOneSnapshot) {
  ASSERT_TRUE(Write(Appending(SampleEntry(1))).ok());
  ASSERT_TRUE(Read([&](ReadTransaction& t) {
                EXPECT_EQ(*t.LastSequence(kAnna, kSleep), 1);
                EXPECT_TRUE(Write(Appending(SampleEntry(2))).ok());
                EXPECT_EQ(*t.LastSequence(kAnna, kSleep), 1);
                return absl::OkStatus();
              }).ok());
  EXPECT_THAT(EntryIds(*store_), ElementsAre(EntryId(1), EntryId(2)));
}

TEST_F(TrialStoreTest, AReadWithinAReadWorks) {
  ASSERT_TRUE(Read([&](ReadTransaction& outer) {
                EXPECT_TRUE(outer.GetTrial(kAnna, kSleep).ok());
                return Read(
                    [&](ReadTransaction& inner) { return inner.GetTrial(kAnna, kSleep).status(); });
              }).ok());
}

TEST_F(TrialStoreTest, AWriteSeesWhatItWrote) {
  ASSERT_TRUE(Write([](WriteTransaction& t) {
                SOLOTRIAL_RETURN_IF_ERROR(Appending(SampleEntry(1))(t));
                EXPECT_EQ(*t.LastSequence(kAnna, kSleep), 1);
                return absl::OkStatus();
              }).ok());
}

}  // namespace
}  // namespace solotrial::store
