#include "clients/cpp/entries.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace solotrial::client {
namespace {

v1::Entry Score(const std::string& id, int64_t seconds, const std::string& supersedes = "") {
  v1::Entry entry;
  entry.set_id(id);
  entry.set_date("2026-03-01");
  entry.mutable_client_time()->set_seconds(seconds);
  entry.set_supersedes(supersedes);
  entry.mutable_score()->set_measure_id("legs");
  entry.mutable_score()->set_value(4);
  return entry;
}

v1::Entry Retraction(const std::string& id, const std::string& supersedes) {
  v1::Entry entry;
  entry.set_id(id);
  entry.set_date("2026-03-01");
  entry.set_supersedes(supersedes);
  entry.mutable_retraction();
  return entry;
}

std::vector<std::string> Counting(const std::vector<v1::Entry>& log) {
  std::vector<std::string> ids;
  for (const v1::Entry& entry : CurrentEntries(log)) ids.push_back(entry.id());
  return ids;
}

using Ids = std::vector<std::string>;

TEST(EntriesTest, TheLatestThatNoneSupersedesCounts) {
  EXPECT_EQ(Counting({Score("a", 1), Score("b", 2)}), Ids{"b"});
  EXPECT_EQ(Counting({Score("a", 9), Score("b", 2, "a")}), Ids{"b"});
  EXPECT_EQ(Counting({Score("b", 2, "not here yet")}), Ids{"b"});
}

TEST(EntriesTest, WhatWasTakenBackCountsNoMore) {
  EXPECT_EQ(Counting({Score("a", 1), Retraction("r", "a")}), Ids{});
  EXPECT_EQ(Counting({Score("a", 1), Retraction("r", "a"), Score("b", 0, "a")}), Ids{"b"});
  // The head is what was taken back, not what it had corrected.
  const std::vector<v1::Entry> log = {Score("a", 1), Score("b", 2, "a"), Retraction("r", "b")};
  EXPECT_EQ(Counting(log), Ids{});
  EXPECT_EQ(Heads(log).at(KeyOf(log[0])).id(), "b");
}

TEST(EntriesTest, InACircleTheLatestCounts) {
  EXPECT_EQ(Counting({Score("a", 1, "b"), Score("b", 2, "a")}), Ids{"b"});
}

TEST(EntriesTest, AnotherKeyIsNotSuperseded) {
  v1::Entry evening = Score("e", 2, "a");
  evening.set_slot("evening");
  EXPECT_EQ(Counting({Score("a", 1), evening}), (Ids{"a", "e"}));
}

TEST(EntriesTest, NotesAndWhatIsNotKnownCountEachByThemselves) {
  v1::Entry note = Score("n", 1);
  note.mutable_note()->set_text("slept badly");
  v1::Entry other = note;
  other.set_id("o");
  v1::Entry unknown = note;
  unknown.set_id("u");
  unknown.clear_content();
  EXPECT_EQ(Counting({note, other, unknown}), (Ids{"n", "o", "u"}));
  other.set_supersedes("n");
  EXPECT_EQ(Counting({note, other}), Ids{"o"});
}

TEST(EntriesTest, TheOrderOfTheLogDoesNotMatter) {
  std::vector<v1::Entry> log = {Score("a", 1),           Score("b", 2, "a"), Score("c", 3, "a"),
                                Retraction("r", "c"),    Score("d", 4, "c"), Score("e", 5, "d"),
                                Retraction("s", "gone"), Score("f", 5)};
  const Ids expected = Counting(log);
  std::mt19937 random(20261122);
  for (int i = 0; i < 200; ++i) {
    std::shuffle(log.begin(), log.end(), random);
    ASSERT_EQ(Counting(log), expected);
  }
}

}  // namespace
}  // namespace solotrial::client
