// Every form of a diary that is accepted, and every fault with its place.
#include "engine/import/diary_csv.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "engine/base/fault.h"
#include "tests/import/diaries.h"

namespace solotrial::import {
namespace {

using testing::Contains;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;
using testing::StartsWith;

std::vector<std::string> RowsIn(const std::string& bytes) {
  const absl::StatusOr<trial::DiaryFile> file = ReadDiaryCsv(bytes, DiaryProtocol());
  EXPECT_TRUE(file.ok()) << file.status();
  return file.ok() ? Told(file->rows) : std::vector<std::string>();
}

// A file whose only row has `cell` in its last column, `column`.
std::vector<std::string> FaultsOfCell(const std::string& column, const std::string& cell) {
  const std::string header = column == "headache" ? "date,on,headache\n" : "date,on,headache,";
  const std::string row = column == "headache" ? "2026-03-01,1," : "2026-03-01,1,4,";
  return FaultsIn(header + (column == "headache" ? "" : column + "\n") + row + cell + "\n");
}

TEST(DiaryCsvTest, ReadsEveryColumn) {
  EXPECT_THAT(RowsIn("date,on,block,headache,rest,legs@evening,legs@night,weekend,steps,dose,note\n"
                     "2026-03-01,1,1,4,55.5,2,3,1,-8123,0.5,\"slept, but \"\"badly\"\"\"\n"
                     "2026-03-03,0.25,,,,,,,,,\n"),
              ElementsAre("2026-03-01 on=1 block=1 dose=0.5 headache@=4 legs@evening=2 "
                          "legs@night=3 rest@=55.5 steps=-8123 weekend=1 "
                          "note=slept, but \"badly\"",
                          "2026-03-03 on=0.25 note="));
}

TEST(DiaryCsvTest, TakesColumnsInAnyOrder) {
  EXPECT_THAT(RowsIn("headache,date,on\n4,2026-03-01,1\n"),
              ElementsAre("2026-03-01 on=1 headache@=4 note="));
}

TEST(DiaryCsvTest, SaysWhetherThereAreBlocksAndOnWhichLineARowStands) {
  const auto file =
      ReadDiaryCsv("date,on,block,headache,note\n2026-03-01,1,,4,\"a\nb\"\n\n2026-03-02,0,2,4,\n",
                   DiaryProtocol());
  ASSERT_TRUE(file.ok()) << file.status();
  EXPECT_TRUE(file->has_block_column);
  EXPECT_EQ(file->rows[0].block, std::nullopt);
  EXPECT_EQ(file->rows[0].line, 2);
  EXPECT_EQ(file->rows[1].block, 2);
  EXPECT_EQ(file->rows[1].line, 5);
  EXPECT_FALSE(
      ReadDiaryCsv("date,on,headache\n2026-03-01,1,4\n", DiaryProtocol())->has_block_column);
}

TEST(DiaryCsvTest, TakesEverySeparatorLineEndAndEncoding) {
  const auto expected = ElementsAre("2026-03-01 on=0.5 headache@=4 rest@=2.5 note=ü");
  EXPECT_THAT(RowsIn("date,on,headache,rest,note\n2026-03-01,0.5,4,2.5,ü"), expected);
  EXPECT_THAT(RowsIn("date;on;headache;rest;note\r\n2026-03-01;0,5;4;2,5;ü\r\n"), expected);
  EXPECT_THAT(RowsIn("date;on;headache;rest;note\n2026-03-01;0.5;4;2.5;ü\n"), expected);
  EXPECT_THAT(RowsIn("date\ton\theadache\trest\tnote\r2026-03-01\t0,5\t4\t2,5\tü\r"), expected);
  EXPECT_THAT(RowsIn("\xEF\xBB\xBF"
                     "date,on,headache,rest,note\n2026-03-01,.5,4,25e-1,ü\n"),
              expected);
  std::string utf16 = "\xFE\xFF";
  for (const char c : std::string("date,on,headache,rest,note\r\n2026-03-01,0.5,4,2.5,\xFC\r\n")) {
    utf16 += '\0';
    utf16 += c;
  }
  EXPECT_THAT(RowsIn(utf16), expected);
}

TEST(DiaryCsvTest, PassesOverBlanksAndBlankLines) {
  EXPECT_THAT(RowsIn("\n date , on,headache,note\n\n2026-03-01 , 1,\t4 , kept \n\n\n"),
              ElementsAre("2026-03-01 on=1 headache@=4 note= kept "));
  EXPECT_THAT(RowsIn("date,on,headache\n2026-03-01,1,  \n"), ElementsAre("2026-03-01 on=1 note="));
}

TEST(DiaryCsvTest, TakesADaysValueOfAMeasureWithSlots) {
  EXPECT_THAT(RowsIn("date,on,headache,legs\n2026-03-01,1,4,2\n"),
              ElementsAre("2026-03-01 on=1 headache@=4 legs@=2 note="));
}

TEST(DiaryCsvTest, TakesWhatTheFamilyOfAMeasureAllows) {
  trial::Protocol protocol;
  trial::Measure migraine;
  migraine.id = "migraine";
  migraine.family = inference::Family::kBernoulli;
  migraine.maximum = 1;
  trial::Measure cramps;
  cramps.id = "cramps";
  cramps.family = inference::Family::kNegativeBinomial;
  cramps.maximum = trial::LargestCount(cramps);
  trial::Measure attacks = cramps;
  attacks.id = "attacks";
  attacks.maximum = 24;
  trial::Measure minutes;
  minutes.id = "minutes";
  minutes.family = inference::Family::kStudentT;
  minutes.maximum = 600;
  protocol.measures = {migraine, cramps, attacks, minutes};
  const auto faults = [&protocol](const std::string& cells) {
    const auto file = ReadDiaryCsv(
        "date,on,migraine,cramps,attacks,minutes\n2026-03-01,1," + cells + "\n", protocol);
    std::vector<std::string> words;
    for (const Violation& violation : FaultOf(file.status()).violations) {
      words.push_back(violation.field.substr(10) + " " + violation.description);
    }
    return words;
  };
  EXPECT_THAT(faults("1,1000000000,24,17.5"), IsEmpty());
  EXPECT_THAT(faults("0,0,,"), IsEmpty());
  EXPECT_THAT(faults("2,-1,25,601"),
              ElementsAre("2:3 migraine: '2' is not 0 (no) or 1 (yes)",
                          "2:4 cramps: '-1' is not a whole number from 0 to 1000000000",
                          "2:5 attacks: '25' is not a whole number from 0 to 24",
                          "2:6 minutes: '601' is not a number from 0 to 600"));
  EXPECT_THAT(faults("0.5,1.5,2.5,"), SizeIs(3));
}

TEST(DiaryCsvTest, TakesAwayTheApostropheOfTheWriterOnly) {
  EXPECT_THAT(
      RowsIn("date,on,headache,note\n2026-03-01,1,4,'=1+1\n2026-03-02,1,4,'tis\n"
             "2026-03-03,1,4,''tis\n2026-03-04,1,4,'\n"),
      ElementsAre("2026-03-01 on=1 headache@=4 note==1+1", "2026-03-02 on=1 headache@=4 note='tis",
                  "2026-03-03 on=1 headache@=4 note='tis", "2026-03-04 on=1 headache@=4 note='"));
}

TEST(DiaryCsvTest, TakesTheLongestRecord) {
  std::string csv = "date,on,headache\n";
  const Date first(2000, 1, 1);
  for (int d = 0; d < inference::kMaxDays; ++d) csv += FormatDate(first + d) + ",1,4\n";
  EXPECT_THAT(RowsIn(csv), SizeIs(inference::kMaxDays));
  EXPECT_THAT(FaultsIn(csv + FormatDate(first + inference::kMaxDays) + ",1,4\n"),
              ElementsAre("3002:1 2008-03-19 is 3000 days after 2000-01-01; a record has at most "
                          "3000 days"));
}

TEST(DiaryCsvTest, RefusesFilesWithoutDays) {
  const std::string empty =
      "1:1 the file is empty; it needs a header such as date,on and a row for each day";
  EXPECT_THAT(FaultsIn(""), ElementsAre(empty));
  EXPECT_THAT(FaultsIn("\r\n\n"), ElementsAre(empty));
  EXPECT_THAT(FaultsIn("\xEF\xBB\xBF"), ElementsAre(empty));
  EXPECT_THAT(FaultsIn("\ndate,on,headache\n"),
              ElementsAre("2:1 there are no days below the header; write one row for each day"));
  EXPECT_THAT(FaultsIn(std::string(kMaxDiaryBytes + 1, 'x')),
              ElementsAre("1:1 the file is larger than 3 MiB"));
}

TEST(DiaryCsvTest, RefusesColumnsThatItDoesNotKnow) {
  EXPECT_THAT(FaultsIn("date,on,headache,headach,Rest,mood,,weekend,weekend,legs@noon\n"
                       "2026-03-01,1,4,4,4,4,4,1,1,1\n"),
              ElementsAre("1:4 unknown column 'headach'; did you mean headache?",
                          "1:5 unknown column 'Rest'; did you mean rest?",
                          "1:6 unknown column 'mood'; known are date, on, block, dose, note, "
                          "headache, rest, legs, legs@evening, legs@night, weekend, steps",
                          "1:7 this column has no name; name it or remove it",
                          "1:9 weekend is already the name of column 8; keep one of the two",
                          StartsWith("1:10 unknown column 'legs@noon'; known are date,")));
}

TEST(DiaryCsvTest, RefusesADaysValueBesideItsSlots) {
  EXPECT_THAT(FaultsIn("date,legs,on,headache,legs@night\n2026-03-01,1,1,4,1\n"),
              ElementsAre("1:2 legs and legs@night cannot both be columns; keep the day's value or "
                          "the slots"));
}

TEST(DiaryCsvTest, NamesColumnsThatAreNeeded) {
  EXPECT_THAT(
      FaultsIn("rest,steps\n4,4\n"),
      ElementsAre("1:1 there is no column date, the day as 2026-03-01",
                  "1:1 there is no column on, which is 0, 1 or a fraction between",
                  "1:1 there is no column headache, the measure that the verdict is about"));
  EXPECT_THAT(FaultsIn("date|on|headache\n2026-03-01|1|4\n"),
              Contains("1:1 the header has only one column; put commas, semicolons or tabs between "
                       "the names"));
}

TEST(DiaryCsvTest, RefusesRowsOfAnotherLength) {
  EXPECT_THAT(
      FaultsIn("date,on,headache\n2026-03-01,1\n2026-03-02,1,NA,5\n2026-03-03,1,11\n"),
      ElementsAre("2:3 this row has 2 cells, the header has 3; leave cells empty, but keep their "
                  "separators",
                  "3:4 this row has 4 cells, the header has 3; put a text with commas in quotes, "
                  "and write decimals with a point",
                  "4:3 headache: '11' is not a whole number from 0 to 10"));
  EXPECT_THAT(FaultsIn("date;on;headache\n2026-03-01;1;4;\n"),
              ElementsAre("2:4 this row has 4 cells, the header has 3; put a text with separators "
                          "in quotes"));
}

TEST(DiaryCsvTest, RefusesDatesThatAreNotIso) {
  const auto fault = [](const std::string& date) {
    const std::vector<std::string> faults = FaultsIn("on,date,headache\n1," + date + ",4\n");
    EXPECT_THAT(faults, ElementsAre(StartsWith("2:2 "))) << date;
    return faults.empty() ? "" : faults[0].substr(4);
  };
  EXPECT_EQ(fault(""), "the date is missing; write it like 2026-03-01");
  EXPECT_EQ(fault("28/02/2026"), "'28/02/2026' is not an ISO 8601 date; write 2026-02-28");
  EXPECT_EQ(fault("2/28/2026"), "'2/28/2026' is not an ISO 8601 date; write 2026-02-28");
  EXPECT_EQ(fault("28.2.2026"), "'28.2.2026' is not an ISO 8601 date; write 2026-02-28");
  EXPECT_EQ(fault("2.2.2026"), "'2.2.2026' is not an ISO 8601 date; write 2026-02-02");
  EXPECT_EQ(fault("20260228"), "'20260228' is not an ISO 8601 date; write 2026-02-28");
  EXPECT_EQ(fault("2026/2/3"), "'2026/2/3' is not an ISO 8601 date; write 2026-02-03");
  EXPECT_EQ(fault("03/04/2026"),
            "'03/04/2026' is not an ISO 8601 date; write year-month-day; which number is the day "
            "is not clear here");
  EXPECT_EQ(fault("2026-02-28T21:00:00+01:00"),
            "'2026-02-28T21:00:00+01:00' is not an ISO 8601 date; write the day alone, without a "
            "time of day");
  EXPECT_EQ(fault("2026-02-30"), "'2026-02-30' is not a day that exists between 1900 and 2200");
  EXPECT_EQ(fault("0026-02-03"), "'0026-02-03' is not a day that exists between 1900 and 2200");
  EXPECT_EQ(fault("28/02/26"), "'28/02/26' is not an ISO 8601 date; write it like 2026-03-01");
  EXPECT_EQ(fault("31/04/2026"), "'31/04/2026' is not an ISO 8601 date; write it like 2026-03-01");
  EXPECT_EQ(fault("46081"), "'46081' is not an ISO 8601 date; write it like 2026-03-01");
  EXPECT_EQ(fault("Sunday"), "this text is not an ISO 8601 date; write it like 2026-03-01");
}

TEST(DiaryCsvTest, RefusesDatesThatDoNotIncrease) {
  EXPECT_THAT(FaultsIn("date,on,headache\n2026-03-02,1,4\n2026-03-05,1,4\n\n2026-03-02,1,4\n"
                       "2026-03-04,1,4\n2026-03-06,1,4\n2026-03-06,1,4\n"),
              ElementsAre("5:1 2026-03-02 is here a second time; it is already on line 2",
                          "6:1 2026-03-04 comes after 2026-03-05 on line 3; the earliest day comes "
                          "first",
                          "8:1 2026-03-06 is here a second time; it is already on line 7"));
}

TEST(DiaryCsvTest, RefusesTwoDatesTwoHundredYearsApart) {
  EXPECT_THAT(FaultsIn("date,on,headache\n1950-03-01,1,4\n2150-03-01,1,4\n2150-03-02,1,4\n"),
              ElementsAre("3:1 2150-03-01 is 73049 days after 1950-03-01; a record has at most "
                          "3000 days"));
}

TEST(DiaryCsvTest, NeedsOnEveryDay) {
  EXPECT_THAT(FaultsIn("date,headache,on\n2026-03-01,4,\n2026-03-02,4,NA\n2026-03-03,4,2\n"
                       "2026-03-04,4,-0.1\n2026-03-05,4,yes\n"),
              ElementsAre("2:3 on is empty; on every day it is 0, 1 or a fraction between",
                          "3:3 on: 'NA' is not 0, 1 or a fraction between; it is known for every "
                          "day",
                          "4:3 on: '2' is not 0, 1 or a fraction between",
                          "5:3 on: '-0.1' is not 0, 1 or a fraction between",
                          "6:3 on: this text is not 0, 1 or a fraction between"));
}

TEST(DiaryCsvTest, RefusesOtherWaysToSayThatAValueIsMissing) {
  for (const std::string marker : {"NA", "na", "NaN", "nan", "null", "NULL", "-", "?", "n/a"}) {
    EXPECT_THAT(FaultsOfCell("headache", marker),
                ElementsAre("2:3 headache: '" + marker +
                            "' is not a whole number from 0 to 10; leave the cell empty where a "
                            "value is missing"));
  }
}

TEST(DiaryCsvTest, RefusesWhatIsNoNumber) {
  const std::string is_not = " is not a number from 0 to 100";
  EXPECT_THAT(
      FaultsOfCell("rest", "1e999"),
      ElementsAre("2:4 rest: '1e999'" + is_not + "; it is too large or too small for a number"));
  EXPECT_THAT(FaultsOfCell("rest", "-1e999"), ElementsAre(HasSubstr("too large or too small")));
  for (const std::string text : {"0x10", "1 000", "+5", "1e", "--1", "5%", "1;5", "٣4"}) {
    EXPECT_THAT(FaultsOfCell("rest", text), ElementsAre("2:4 rest: '" + text + "'" + is_not));
  }
  for (const std::string text : {"inf", "-inf", "infinity", "nan(x)"}) {
    EXPECT_THAT(FaultsOfCell("rest", text),
                ElementsAre("2:4 rest: this text" + is_not + "; a value must be finite"));
  }
  EXPECT_THAT(FaultsOfCell("rest", "1.000.5"),
              ElementsAre("2:4 rest: '1.000.5'" + is_not + "; it has more than one decimal mark"));
  EXPECT_THAT(FaultsOfCell("rest", "bad"), ElementsAre("2:4 rest: this text" + is_not));
}

TEST(DiaryCsvTest, ChecksValuesAgainstTheirColumn) {
  EXPECT_THAT(FaultsOfCell("headache", "10"), IsEmpty());
  EXPECT_THAT(FaultsOfCell("headache", "4.0"), IsEmpty());
  EXPECT_THAT(FaultsOfCell("headache", "11"),
              ElementsAre("2:3 headache: '11' is not a whole number from 0 to 10"));
  EXPECT_THAT(FaultsOfCell("headache", "-1"), SizeIs(1));
  EXPECT_THAT(FaultsOfCell("headache", "4.5"),
              ElementsAre("2:3 headache: '4.5' is not a whole number from 0 to 10"));
  EXPECT_THAT(FaultsOfCell("rest", "100"), IsEmpty());
  EXPECT_THAT(FaultsOfCell("rest", "100.0000001"), SizeIs(1));
  EXPECT_THAT(FaultsOfCell("legs@night", "5"),
              ElementsAre("2:4 legs@night: '5' is not a whole number from 0 to 4"));
  EXPECT_THAT(FaultsOfCell("weekend", "0.5"), ElementsAre("2:4 weekend: '0.5' is not 0 or 1"));
  EXPECT_THAT(FaultsOfCell("steps", "-1.5e300"), IsEmpty());
  EXPECT_THAT(FaultsOfCell("steps", "many"), ElementsAre("2:4 steps: this text is not a number"));
  EXPECT_THAT(FaultsOfCell("dose", "1.5"),
              ElementsAre("2:4 dose: '1.5' is not the part of the dose that was taken, 0 to 1"));
  for (const std::string block : {"0", "1.5", "3001", "1e9"}) {
    EXPECT_THAT(FaultsOfCell("block", block),
                ElementsAre("2:4 block: '" + block + "' is not the number of a block, 1 or more"));
  }
}

TEST(DiaryCsvTest, KeepsToOneDecimalMark) {
  EXPECT_THAT(FaultsOfCell("rest", "\"3,5\""),
              ElementsAre("2:4 rest: '3,5' is not a number from 0 to 100; a decimal comma needs a "
                          "file with semicolons or tabs between the cells"));
  EXPECT_THAT(FaultsIn("date;on;headache;rest\n2026-03-01;1;4;3\n2026-03-02;1;4;3,5\n"
                       "2026-03-03;0.5;4;3,5\n"),
              ElementsAre("4:2 on: '0.5' is not 0, 1 or a fraction between; line 3 writes decimals "
                          "with a comma; keep to one mark"));
  EXPECT_THAT(FaultsIn("date;on;headache;rest\n2026-03-01;1;4;1.234,5\n"),
              ElementsAre(HasSubstr("it has more than one decimal mark")));
}

TEST(DiaryCsvTest, FindsTextThatIsNotUnicode) {
  EXPECT_THAT(FaultsIn("date,on,headache,note\n2026-03-01,1,4,\n2026-03-02,1,4,m\xFC"
                       "de\n"),
              ElementsAre("3:4 this cell is not valid UTF-8; save the file as UTF-8"));
  EXPECT_THAT(FaultsIn("date,on,headache,\xFC\n2026-03-01,1,4,1\n"),
              ElementsAre("1:4 the name of this column is not text; save the file as UTF-8"));
  EXPECT_THAT(FaultsIn(std::string("date,on,headache\n2026-03-01,1,4\0\n", 33)),
              ElementsAre("2:3 this cell has a NUL character; save the file as UTF-8"));
}

TEST(DiaryCsvTest, FindsQuotesThatDoNotMatchAndWhatIsWrongBefore) {
  EXPECT_THAT(FaultsIn("date,on,headache,note\n2026-03-01,1,11,\n2026-03-02,1,4,\"a\nb\n"),
              ElementsAre(StartsWith("2:3 headache: '11'"),
                          "3:4 a quote is opened here and never closed; write \" inside quotes as "
                          "\"\""));
  EXPECT_THAT(FaultsIn("date,on,headache,note\n2026-03-01,1,4,a\"b\n"),
              ElementsAre(StartsWith("2:4 a quote stands inside a cell")));
  EXPECT_THAT(FaultsIn("date,on,headache,note\n2026-03-01,1,4,\"a\"b\n"),
              ElementsAre(StartsWith("2:4 something stands between a closing quote")));
}

TEST(DiaryCsvTest, LimitsNotes) {
  const std::string longest(10000, 'x');
  const std::string csv = "date,on,headache,note\n2026-03-01,1,4,";
  EXPECT_THAT(FaultsIn(csv + longest), IsEmpty());
  EXPECT_THAT(FaultsIn(csv + longest + "x"),
              ElementsAre("2:4 this note is too long; at most 10,000 characters"));
}

TEST(DiaryCsvTest, NeverShowsWords) {
  EXPECT_THAT(FaultsIn("date,on,headache,note\n"
                       "2026-03-01,1,very sad,very sad\n"
                       "very sad,1,4,\n"
                       "2026-03-03,1,4,very sad, very sad\n"
                       "2026-03-03,1,slept 4 hours and sad,\n"
                       "2026-03-04,1,4,\"very sad\n"),
              testing::AllOf(SizeIs(5), Each(Not(HasSubstr("sad")))));
}

TEST(DiaryCsvTest, NeedsAHeader) {
  EXPECT_THAT(FaultsIn("2026-03-01,1,4,very sad\n2026-03-02,1,4,\n"),
              ElementsAre("1:1 the first line must name the columns, such as date,on, and holds a "
                          "day"));
}

TEST(DiaryCsvTest, TellsAHundredFaultsAtMost) {
  std::string csv = "date,on,headache\n";
  for (int d = 0; d < 200; ++d) csv += FormatDate(Date(2026, 1, 1) + d) + ",2,NA\n";
  EXPECT_THAT(FaultsIn(csv), SizeIs(100));
  std::string header = "date";
  for (int i = 0; i < 900; ++i) header += ",no_such_column_" + std::to_string(i);
  EXPECT_THAT(FaultsIn(header), SizeIs(100));
}

TEST(DiaryCsvTest, SaysTheFirstFaultInItsMessage) {
  const auto file = ReadDiaryCsv("date,on,headache\n2026-03-01,2,11\n", DiaryProtocol());
  EXPECT_EQ(file.status().message(),
            "the diary cannot be read: line 2, column 2: on: '2' is not 0, 1 or a fraction between "
            "(1 more)");
}

}  // namespace
}  // namespace solotrial::import
