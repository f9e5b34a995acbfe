#include "engine/trial/record.h"

#include <gtest/gtest.h>

#include "engine/base/fault.h"
#include "tests/trial/protocols.h"

namespace solotrial::trial {
namespace {

const Date kStart(2026, 3, 2);

// One row a day from kStart on, '1' on, '0' off, '.' no row; the score is the day's index.
DiaryFile File(const std::string& days) {
  DiaryFile file;
  for (size_t i = 0; i < days.size(); ++i) {
    if (days[i] == '.') continue;
    DiaryRow row;
    row.date = kStart + static_cast<int>(i);
    row.on = days[i] == '1' ? 1 : 0;
    row.scores["legs"][""] = static_cast<double>(i);
    row.line = static_cast<int>(file.rows.size()) + 2;
    file.rows.push_back(row);
  }
  return file;
}

Protocol ProtocolWith(Randomization randomization, int block_days, int pairs, int run_in = 0) {
  Protocol protocol = PairedProtocol();
  protocol.measures[0].maximum = 20;
  protocol.design = {.randomization = randomization,
                     .block_days = block_days,
                     .pairs = pairs,
                     .run_in_days = run_in};
  return protocol;
}

std::string Blocks(const Record& record) {
  std::string text;
  for (const RecordDay& day : record.days) text += static_cast<char>('0' + day.block);
  return text;
}

std::string Arms(const Record& record) {
  std::string text;
  for (const RecordDay& day : record.days) text += day.assignment == 0 ? '0' : '1';
  return text;
}

Record Made(const Protocol& protocol, const DiaryFile& file) {
  const absl::StatusOr<Record> record = RecordOfFile(protocol, file);
  EXPECT_TRUE(record.ok()) << record.status();
  return record.ok() ? *record : Record{};
}

TEST(RecordOfFileTest, TilesBlocksOverTheCalendarAndFillsGapsWithTheirArm) {
  const Record record = Made(ProtocolWith(Randomization::kPaired, 3, 2), File("1.100.0001.1"));
  EXPECT_EQ(Blocks(record), "111222333444");
  EXPECT_EQ(Arms(record), "111000000111");
  EXPECT_EQ(record.days.size(), 12U);
  EXPECT_FALSE(record.days[1].scores.contains("legs"));
  ASSERT_EQ(record.blocks.size(), 4U);
  EXPECT_TRUE(record.blocks[0].on);
  EXPECT_EQ(record.blocks[3].pair, 2);
  EXPECT_EQ(record.planned_days, 12);
}

TEST(RecordOfFileTest, TheRunInComesFirst) {
  const Record record = Made(ProtocolWith(Randomization::kPaired, 2, 1, 3), File("0001100"));
  EXPECT_EQ(Blocks(record), "0001122");
  EXPECT_TRUE(record.days[2].run_in);
  EXPECT_FALSE(record.days[3].run_in);
}

TEST(RecordOfFileTest, ARecordLongerThanItsDesignIsTiledByRows) {
  const Record record = Made(ProtocolWith(Randomization::kBalanced, 1, 2), File("1..0.1....0"));
  EXPECT_EQ(Blocks(record), "10020300004");
  EXPECT_EQ(Arms(record), "10000100000");
}

TEST(RecordOfFileTest, WithoutADrawBlocksAreRuns) {
  const Record record = Made(ProtocolWith(Randomization::kNone, 0, 0), File("11.100.1"));
  EXPECT_EQ(Blocks(record), "11112203");
  EXPECT_EQ(Arms(record), "11110001");
  EXPECT_EQ(record.blocks[1].pair, 0);
}

TEST(RecordOfFileTest, TheBlockColumnSaysWhichRowsBelongTogether) {
  DiaryFile file = File("11.100000");
  file.has_block_column = true;
  const int blocks[] = {1, 1, 1, 0, 2, 2, 2, 2};  // the fourth row is a paused day
  for (size_t i = 0; i < file.rows.size(); ++i) {
    if (blocks[i] > 0) file.rows[i].block = blocks[i];
  }
  const Record record = Made(ProtocolWith(Randomization::kPaired, 4, 1), file);
  EXPECT_EQ(Blocks(record), "111102222");
  EXPECT_EQ(Arms(record), "111100000");
}

TEST(RecordOfFileTest, NeverGuessesWhenDesignAndOrderDisagree) {
  const auto line_at_fault = [](const Protocol& protocol, const DiaryFile& file) {
    const absl::StatusOr<Record> record = RecordOfFile(protocol, file);
    EXPECT_FALSE(record.ok());
    const Fault fault = FaultOf(record.status());
    EXPECT_EQ(fault.reason, Reason::kUnreadableDiary);
    return fault.violations.empty() ? "" : fault.violations.front().field;
  };
  // `on` changes inside a block.
  EXPECT_EQ(line_at_fault(ProtocolWith(Randomization::kPaired, 3, 1), File("110001")),
            "diary_csv:4:1");
  // Two on blocks in one pair.
  EXPECT_EQ(line_at_fault(ProtocolWith(Randomization::kPaired, 1, 1), File("11")), "diary_csv:2:1");
  // Longer than the design by days and by rows.
  EXPECT_EQ(line_at_fault(ProtocolWith(Randomization::kPaired, 1, 1), File("100")),
            "diary_csv:4:1");
  // A block without a row has no known arm.
  EXPECT_EQ(line_at_fault(ProtocolWith(Randomization::kPaired, 2, 2), File("1100..11")),
            "diary_csv:7:1");
  DiaryFile gap = File("10");
  gap.has_block_column = true;
  gap.rows[0].block = 1;
  gap.rows[1].block = 3;
  EXPECT_EQ(line_at_fault(ProtocolWith(Randomization::kPaired, 1, 2), gap), "diary_csv:3:1");
}

TEST(RecordOfFileTest, APartOfATrialIsARecordToo) {
  const Record record = Made(ProtocolWith(Randomization::kPaired, 2, 3), File("110000"));
  EXPECT_EQ(record.blocks.size(), 3U);
  EXPECT_EQ(record.design.pairs, 3);
}

TEST(RecordOfFileTest, PairsAreCountedWhereTheProtocolNamesNone) {
  const Record record = Made(ProtocolWith(Randomization::kPaired, 2, 0), File("1100001"));
  EXPECT_EQ(record.design.pairs, 2);
}

TEST(RecordOfFileTest, ANightIsSetAgainstTheDayBefore) {
  Protocol protocol = ProtocolWith(Randomization::kPaired, 2, 1);
  protocol.measures[0].refers_to = RefersTo::kPreviousNight;
  const Record record = Made(protocol, File("1100"));
  EXPECT_EQ(record.days[0].scores.at("legs"), 1);
  EXPECT_FALSE(record.days[3].scores.contains("legs"));
}

TEST(RecordOfTrialTest, KeepsMissedAndPausedDaysOnTheCalendar) {
  Protocol protocol = PairedProtocol();
  Trial trial = StartedTrial(protocol, kStart, "100110");
  trial.pauses = {{kStart + 3, kStart + 5, ""}};
  const std::vector<Entry> current = {Score(1, kStart, 4), Score(2, kStart + 3, 6),
                                      Score(3, kStart + 10, 2)};
  const Record record = RecordOfTrial(protocol, trial, current, kStart + 10);
  EXPECT_EQ(Blocks(record), "11100111122");
  EXPECT_EQ(Arms(record), "11100111100");
  EXPECT_EQ(record.days[0].scores.at("legs"), 4);
  EXPECT_FALSE(record.days[1].scores.contains("legs"));
  EXPECT_EQ(record.days[3].scores.at("legs"), 6);
  EXPECT_EQ(record.planned_days, 44);
  EXPECT_EQ(record.blocks.size(), 2U);
}

// What is exported can be analysed elsewhere and gives the same record.
TEST(RowsOfTrialTest, ExportAndReadingBackGiveTheSameRecord) {
  Protocol protocol = PairedProtocol();
  Trial trial = StartedTrial(protocol, kStart, "100110");
  trial.pauses = {{kStart + 3, kStart + 5, ""}, {kStart + 20, kStart + 21, ""}};
  std::vector<Entry> current;
  for (int i = 0; i < 45; ++i) {
    if (i % 4 != 1) current.push_back(Score(i + 1, kStart + i, i % 11));
  }
  const Date last = kStart + 44;
  DiaryFile file{RowsOfTrial(protocol, trial, current, last), true};
  const Record lived = RecordOfTrial(protocol, trial, current, last);
  const Record read = Made(protocol, file);
  EXPECT_EQ(Blocks(read), Blocks(lived));
  EXPECT_EQ(Arms(read), Arms(lived));
  EXPECT_EQ(read.planned_days, lived.planned_days);
  ASSERT_EQ(read.days.size(), lived.days.size());
  for (size_t i = 0; i < lived.days.size(); ++i) {
    EXPECT_EQ(read.days[i].scores, lived.days[i].scores) << i;
  }
}

TEST(RowsOfTrialTest, CarriesDosesAndNotes) {
  Protocol protocol = PairedProtocol();
  protocol.intervention->dose_slots = {"noon", "night"};
  const Trial trial = StartedTrial(protocol, kStart, "100110");
  Entry dose = Score(1, kStart, 1);
  dose.kind = Entry::Kind::kDose;
  dose.subject = "";
  dose.slot = "noon";
  Entry note = Score(2, kStart, 0);
  note.kind = Entry::Kind::kNote;
  note.text = "a";
  Entry second = note;
  second.text = "b";
  const std::vector<DiaryRow> rows = RowsOfTrial(protocol, trial, {dose, note, second}, kStart + 1);
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[0].dose, 0.5);
  EXPECT_EQ(rows[0].note, "a\nb");
  EXPECT_FALSE(rows[1].dose.has_value());

  const Record lived = RecordOfTrial(protocol, trial, {dose, note, second}, kStart + 1);
  EXPECT_EQ(lived.days[0].dose, 0.5);
  EXPECT_FALSE(lived.days[1].dose.has_value());
  EXPECT_EQ(Made(protocol, DiaryFile{rows, true}).days[0].dose, 0.5);
}

// --- Visits and cycles ------------------------------------------------------------------------

TEST(RecordOfVisitsTest, HasOneRowForEveryVisitAndNoneBetween) {
  Protocol protocol = ProtocolWith(Randomization::kPaired, 1, 2);
  protocol.design.block_unit = BlockUnit::kVisits;
  Trial trial = StartedTrial(protocol, kStart, "0110");
  trial.marks = {kStart + 3, kStart + 20, kStart + 21};
  const std::vector<Entry> entries = {Score(1, kStart + 3, 7), Score(2, kStart + 10, 1),
                                      Score(3, kStart + 21, 4)};
  const Record record = RecordOfTrial(protocol, trial, entries, kStart + 40);
  EXPECT_EQ(Blocks(record), "123");
  EXPECT_EQ(Arms(record), "011");
  EXPECT_EQ(record.planned_days, 4);
  EXPECT_EQ(record.days[0].scores.at("legs"), 7);
  EXPECT_FALSE(record.days[1].scores.contains("legs")) << "a score of another day is of no visit";
  EXPECT_EQ(record.days[2].scores.at("legs"), 4);
}

TEST(RecordOfVisitsTest, AFileHasARowForEveryVisitOrABlockColumn) {
  Protocol protocol = ProtocolWith(Randomization::kPaired, 1, 2);
  protocol.design.block_unit = BlockUnit::kVisits;
  const Record record = Made(protocol, File("0...1..1.....0"));
  EXPECT_EQ(Blocks(record), "1234");
  EXPECT_EQ(Arms(record), "0110");

  DiaryFile exported = File("00001..1.....0");
  exported.has_block_column = true;
  exported.rows[0].block = 1;
  exported.rows[4].block = 2;
  exported.rows[5].block = 3;
  exported.rows[6].block = 4;
  EXPECT_EQ(Blocks(Made(protocol, exported)), "1234");
  for (DiaryRow& row : exported.rows) row.block.reset();
  EXPECT_FALSE(RecordOfFile(protocol, exported).ok());
  EXPECT_FALSE(RecordOfFile(protocol, File("01100")).ok()) << "five visits of four";
}

TEST(RecordOfCyclesTest, TheBlockColumnSaysWhenACycleBegan) {
  Protocol protocol = ProtocolWith(Randomization::kPaired, 15, 1, 10);
  protocol.design.block_unit = BlockUnit::kCycles;
  EXPECT_FALSE(RecordOfFile(protocol, File("000111000")).ok());
  DiaryFile file = File("00011110000000000");
  file.has_block_column = true;
  for (size_t i = 3; i < file.rows.size(); ++i) file.rows[i].block = i < 7 ? 1 : 2;
  const Record record = Made(protocol, file);
  EXPECT_EQ(Blocks(record), "00011112222222222");
  EXPECT_TRUE(record.days[2].run_in);
  EXPECT_FALSE(record.days[3].run_in) << "the run-in was as long as it was";
}

}  // namespace
}  // namespace solotrial::trial
