// What other programs wrote, read by a mapping.
#include "engine/import/mapping.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/report/zip.h"
#include "tests/import/diaries.h"

namespace solotrial::import {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using testing::StartsWith;

DayZone Berlin() {
  absl::TimeZone zone;
  EXPECT_TRUE(absl::LoadTimeZone("Europe/Berlin", &zone));
  return {zone, 4 * 60};
}

std::vector<std::string> FieldsOf(const absl::Status& status) {
  std::vector<std::string> fields;
  for (const Violation& violation : FaultOf(status).violations) {
    fields.push_back(violation.field + " " + violation.description);
  }
  return fields;
}

std::vector<std::string> Days(const std::string& bytes, const Mapping& mapping) {
  const auto file = ReadMapped(bytes, mapping, DiaryProtocol(), Berlin());
  if (!file.ok()) return FieldsOf(file.status());
  return Told(file->rows);
}

// A mapping of a `date`, a `headache` and an arm.
Mapping Simple(const std::string& date, const std::string& headache, const std::string& on) {
  Mapping mapping;
  mapping.columns = {{.column = date, .target = "date"},
                     {.column = headache, .target = "headache"}};
  if (!on.empty()) mapping.columns.push_back({.column = on, .target = "on"});
  return mapping;
}

// --- Tables -------------------------------------------------------------------------------------

constexpr char kAttacks[] =
    "Date/Time Started,Date/Time Ended,Pain Level,Medication,Notes\n"
    "2026-03-02 21:10,2026-03-03 04:00,7,Ibuprofen,\"aura, left\"\n"
    "2026-03-05 06:00,2026-03-05 09:00,4,,\n"
    "2026-03-05 18:30,2026-03-05 22:00,8,Ibuprofen,again\n";

TEST(MappingTest, ReadsAListOfAttacks) {
  Mapping mapping = Simple("Date/Time Started", "Pain Level", "");
  mapping.columns[1].several = SeveralValues::kMax;
  mapping.columns[1].absent_value = 0;
  mapping.columns.push_back({.column = "", .target = "weekend", .several = SeveralValues::kMax});
  mapping.columns.push_back({.column = "Notes", .target = "note"});
  mapping.on_stretches = {{Date(2026, 3, 4), Date(2026, 3, 6)}};
  mapping.first_date = Date(2026, 3, 1);
  mapping.last_date = Date(2026, 3, 6);
  EXPECT_THAT(Days(kAttacks, mapping),
              ElementsAre("2026-03-01 on=0 headache@=0 note=",
                          "2026-03-02 on=0 headache@=7 weekend=1 note=aura, left",
                          "2026-03-03 on=0 headache@=0 note=", "2026-03-04 on=1 headache@=0 note=",
                          "2026-03-05 on=1 headache@=8 weekend=1 note=again",
                          "2026-03-06 on=1 headache@=0 note="));
}

TEST(MappingTest, RefusesTwoValuesOfADayWithoutARule) {
  Mapping mapping = Simple("Date/Time Started", "Pain Level", "");
  mapping.on_stretches = {{Date(2026, 3, 4), Date(2026, 3, 6)}};
  EXPECT_THAT(Days(kAttacks, mapping),
              ElementsAre(StartsWith("source:4:3 is a further value of one day")));
}

TEST(MappingTest, AsksAboutADateThatCanBeReadInTwoWays) {
  const std::string csv = "day;pain;pill\n03/04/2026;4;1\n05/04/2026;3;0\n";
  Mapping mapping = Simple("day", "pain", "pill");
  EXPECT_THAT(Days(csv, mapping), ElementsAre(StartsWith("mapping.date_order must say whether")));
  const auto preview = PreviewSource(csv, mapping, DiaryProtocol(), Berlin(), 5);
  ASSERT_TRUE(preview.ok());
  ASSERT_THAT(preview->questions, SizeIs(1));
  EXPECT_EQ(preview->questions[0].kind, Question::Kind::kDateOrder);
  EXPECT_THAT(preview->questions[0].examples, ElementsAre("03/04/2026", "05/04/2026"));
  EXPECT_THAT(preview->days, IsEmpty());

  mapping.date_order = DateOrder::kDayMonthYear;
  EXPECT_THAT(Days(csv, mapping), ElementsAre(StartsWith("2026-04-03"), StartsWith("2026-04-05")));
  mapping.date_order = DateOrder::kMonthDayYear;
  EXPECT_THAT(Days(csv, mapping), ElementsAre(StartsWith("2026-03-04"), StartsWith("2026-05-04")));
}

TEST(MappingTest, SeesTheOrderWhereOneDateShowsIt) {
  const Mapping mapping = Simple("day", "pain", "pill");
  EXPECT_THAT(Days("day;pain;pill\n03.04.2026;4;1\n13.04.2026;3;0\n", mapping),
              ElementsAre(StartsWith("2026-04-03"), StartsWith("2026-04-13")));
  EXPECT_THAT(Days("day;pain;pill\n3/4/2026 8:15 PM;4;1\n4/13/2026;3;0\n", mapping),
              ElementsAre(StartsWith("2026-03-04"), StartsWith("2026-04-13")));
  // Both at once is neither.
  EXPECT_THAT(Days("day;pain;pill\n13/4/2026;4;1\n4/13/2026;3;0\n", mapping),
              ElementsAre(StartsWith("mapping.date_order")));
  EXPECT_THAT(Days("day;pain;pill\n20260304;4;1\n2026/3/5;3;0\n", mapping),
              ElementsAre(StartsWith("2026-03-04"), StartsWith("2026-03-05")));
  EXPECT_THAT(Days("day;pain;pill\n3/4/26;4;1\n", mapping),
              ElementsAre(HasSubstr("no date with a year of four digits")));
}

TEST(MappingTest, TakesAnInstantToTheDayItWas) {
  const Mapping mapping = Simple("day", "pain", "pill");
  // 00:30 and 04:30 on 2 March in Berlin: the first belongs to the evening before.
  EXPECT_THAT(
      Days("day;pain;pill\n2026-03-01T23:30:00Z;4;1\n2026-03-02T03:30:00.5+00:00;3;0\n", mapping),
      ElementsAre(StartsWith("2026-03-01"), StartsWith("2026-03-02")));
  // With an offset it is the day it was there.
  EXPECT_THAT(Days("day;pain;pill\n2026-03-01T23:30:00-05:00;4;1\n", mapping),
              ElementsAre(StartsWith("2026-03-01")));
}

TEST(MappingTest, AsksWhatTheArmsAre) {
  const std::string csv = "day;pain;what\n2026-03-01;4;magnesium\n2026-03-02;3;nothing\n";
  Mapping mapping = Simple("day", "pain", "what");
  EXPECT_THAT(Days(csv, mapping), ElementsAre(StartsWith("mapping.on_values must say")));
  const auto preview = PreviewSource(csv, mapping, DiaryProtocol(), Berlin(), 5);
  EXPECT_THAT(preview->questions[0].examples, ElementsAre("magnesium", "nothing"));
  mapping.on_values = {"magnesium"};
  mapping.off_values = {"nothing"};
  EXPECT_THAT(Days(csv, mapping), ElementsAre("2026-03-01 on=1 headache@=4 note=",
                                              "2026-03-02 on=0 headache@=3 note="));
}

TEST(MappingTest, NamesEveryFaultWithItsPlace) {
  Mapping mapping = Simple("day", "pain", "pill");
  EXPECT_THAT(Days("day,pain,pill\n2026-03-01,much,1\nsoon,3,0\n2026-03-03,NA,1\n", mapping),
              ElementsAre("source:2:2 this text is not a number",
                          "source:3:1 this text is no date with a year of four digits",
                          StartsWith("source:4:2 'NA' is not a number; if it means that there is "
                                     "none, name it in mapping.missing_values")));
  mapping.missing_values = {"NA"};
  EXPECT_THAT(Days("day,pain,pill\n2026-03-03,NA,1\n", mapping),
              ElementsAre("2026-03-03 on=1 note="));
  EXPECT_THAT(Days("day,pain,pill\n2026-03-01,11,1\n2026-03-02,3,\n", mapping),
              ElementsAre("source:2:2 11 must be a whole number from 0 to 10",
                          "source:3:3 does not say whether the day was on"));
  EXPECT_THAT(Days("day,pain,pill\n2026-03-01,1,1\n2026-03-01,,0\n", mapping),
              ElementsAre("source:3:3 contradicts an earlier row of the same day"));
  EXPECT_THAT(Days("day,pain,pill\n1990-01-01,1,1\n2026-03-01,2,0\n", mapping),
              ElementsAre(HasSubstr("span more than 3,000")));
}

TEST(MappingTest, NamesWhatDoesNotFitTheFile) {
  Mapping mapping = Simple("day", "pian", "pill");
  mapping.columns.push_back({.column = "pain", .target = "mood"});
  mapping.columns.push_back({.column = "pill", .target = "on"});
  mapping.columns[1].absent_value = 12;
  mapping.filters = {{"who", "me"}};
  const auto file =
      ReadMapped("day,pain,pill\n2026-03-01,1,1\n", mapping, DiaryProtocol(), Berlin());
  EXPECT_EQ(FaultOf(file.status()).reason, Reason::kInvalidFields);
  EXPECT_THAT(
      FieldsOf(file.status()),
      ElementsAre(StartsWith("mapping.columns[1].column must be a column of the file"),
                  StartsWith("mapping.columns[1].absent_value must be a whole number from 0 to 10"),
                  StartsWith("mapping.columns[3].target must be one of date, on, block"),
                  StartsWith("mapping.columns[4].target must stand only once"),
                  StartsWith("mapping.filters[0].column must be a column of the file")));
  EXPECT_THAT(Days("day,pain,pill\n2026-03-01,1,1\n", {}),
              ElementsAre(HasSubstr("must have a column for `date`"),
                          StartsWith("mapping.on_stretches"), HasSubstr("for headache")));
}

TEST(MappingTest, PreviewsAFileThatNobodyMappedYet) {
  const auto preview = PreviewSource(
      "Date,Headache,Rest,Treatment,Notes,Weather,Day\n2026-03-01,4,0.5,1,hi,rain,1\n"
      "2026-03-02,,2.5,0,,sun,2\n",
      {}, DiaryProtocol(), Berlin(), 1);
  ASSERT_TRUE(preview.ok());
  EXPECT_EQ(preview->rows, 2);
  std::vector<std::string> columns;
  for (const ColumnPreview& column : preview->columns) {
    columns.push_back(column.name + "=" + column.suggestion + " " + std::to_string(column.filled));
  }
  EXPECT_THAT(columns, ElementsAre("Date=date 2", "Headache=headache 1", "Rest=rest 2",
                                   "Treatment=on 2", "Notes=note 1", "Weather= 2", "Day= 2"));
  EXPECT_EQ(preview->day_count, 2);
  EXPECT_THAT(Told(preview->days), ElementsAre("2026-03-01 on=1 headache@=4 rest@=0.5 note=hi"));
  EXPECT_THAT(preview->not_understood, IsEmpty());
}

// --- StudyU -------------------------------------------------------------------------------------

constexpr char kMeasurements[] = R"([
 {"completed_at": "2026-03-01T23:10:00+00:00", "subject_id": "s1", "intervention_id": "mg",
  "task_id": "survey", "result_type": "QuestionnaireState", "result": {"type":
  "QuestionnaireState", "periodId": "p", "result": [
   {"question": "pain", "timestamp": "2026-03-01T22:10:00.000", "response": 4},
   {"question": "slept", "timestamp": "2026-03-01T22:10:00.000", "response": 61.5}]}},
 {"completed_at": "2026-03-01T09:00:00+00:00", "subject_id": "s1", "intervention_id": "mg",
  "task_id": "took", "result_type": "bool", "result": {"type": "bool", "periodId": "p",
  "result": true}},
 {"completed_at": "2026-03-03T09:00:00+00:00", "subject_id": "s1", "intervention_id": "__baseline",
  "task_id": "survey", "result_type": "QuestionnaireState", "result":
  "{\"type\":\"QuestionnaireState\",\"result\":[{\"question\":\"pain\",\"timestamp\":\"2026-03-03T10:00:00\",\"response\":7}]}"},
 {"completed_at": "2026-03-04T09:00:00+00:00", "subject_id": "s1", "intervention_id": "mg",
  "task_id": "photo", "result_type": "Future", "result": {"type": "Future"}}
])";

Mapping StudyUMapping() {
  Mapping mapping = Simple("date", "pain", "intervention");
  mapping.columns.push_back({.column = "slept", .target = "rest"});
  mapping.columns.push_back({.column = "took", .target = "dose"});
  mapping.on_values = {"mg"};
  mapping.off_values = {"__baseline"};
  return mapping;
}

TEST(MappingTest, ReadsMeasurementsOfStudyU) {
  const std::vector<std::string> expected = {
      "2026-03-01 on=1 dose=1 headache@=4 rest@=61.5 note=", "2026-03-03 on=0 headache@=7 note=",
      "2026-03-04 on=1 note="};
  EXPECT_EQ(Days(kMeasurements, StudyUMapping()), expected);

  const auto zip = report::WriteZip(
      {{"export/measurements.json", kMeasurements},
       {"export/study_definition.json",
        R"({"observations": [{"questions": [{"id": "pain", "prompt": "How bad?"}]}],
            "interventions": [{"tasks": [{"id": "took", "title": "Took it"}]}]})"}},
      absl::UnixEpoch());
  ASSERT_TRUE(zip.ok());
  EXPECT_EQ(Days(*zip, StudyUMapping()), expected);
  const auto preview = PreviewSource(*zip, StudyUMapping(), DiaryProtocol(), Berlin(), 5);
  EXPECT_EQ(preview->format, SourceFormat::kStudyU);
  EXPECT_EQ(preview->columns[3].name, "pain");
  EXPECT_EQ(preview->columns[3].label, "How bad?");
  ASSERT_THAT(preview->not_understood, SizeIs(1));
  EXPECT_EQ(preview->not_understood[0].field, "source:4:1");
}

TEST(MappingTest, ReadsTheTableInAZipFileOfStudyU) {
  const auto zip = report::WriteZip(
      {{"measurements.csv",
        "completed_at,subject_id,intervention_id,task_id,result_type,result\n"
        "2026-03-01T09:00:00+00:00,s1,mg,took,bool,\"{\"\"type\"\":\"\"bool\"\",\"\"result\"\":"
        "true}\"\n"}},
      absl::UnixEpoch());
  Mapping mapping = Simple("date", "took", "intervention");
  mapping.on_values = {"mg"};
  mapping.columns[1].target = "weekend";
  mapping.columns.push_back({.column = "", .target = "headache"});
  EXPECT_THAT(Days(*zip, mapping), ElementsAre("2026-03-01 on=1 headache@=1 weekend=1 note="));
}

TEST(MappingTest, AsksWhosePersonsRecordItIs) {
  std::string two = kMeasurements;
  two.replace(two.rfind("\"s1\""), 4, "\"s2\"");
  Mapping mapping = StudyUMapping();
  EXPECT_THAT(Days(two, mapping), ElementsAre(StartsWith("mapping.filters must name one")));
  mapping.filters = {{"subject", "s1"}};
  EXPECT_THAT(Days(two, mapping), SizeIs(2));
}

// --- nof1, Trialist -----------------------------------------------------------------------------

constexpr char kWrap2[] = R"({"data": [
  {"treatment": "control", "response": {"afib_episode_yn": [0, 1, null]}},
  {"treatment": "trigger", "response": {"afib_episode_yn": [1, 1, 0]}}],
  "metadata": {"trigger": "caffeine", "trial_start_date": "2026-03-01"}})";

TEST(MappingTest, ReadsWhatWrap2Takes) {
  Mapping mapping = Simple("date", "afib_episode_yn", "treatment");
  mapping.columns.push_back({.column = "block", .target = "block"});
  mapping.on_values = {"trigger"};
  mapping.off_values = {"control"};
  EXPECT_THAT(
      Days(kWrap2, mapping),
      ElementsAre(
          "2026-03-01 on=0 block=1 headache@=0 note=", "2026-03-02 on=0 block=1 headache@=1 note=",
          "2026-03-03 on=0 block=1 note=", "2026-03-04 on=1 block=2 headache@=1 note=",
          "2026-03-05 on=1 block=2 headache@=1 note=",
          "2026-03-06 on=1 block=2 headache@=0 note="));
  // Without a day to begin on there is no date.
  std::string undated = kWrap2;
  undated.replace(undated.find("2026-03-01"), 10, "last week!");
  EXPECT_THAT(Days(undated, mapping).at(0),
              StartsWith("mapping.columns[0].column must be a column of the file"));
  mapping.first_date = Date(2026, 5, 1);
  EXPECT_THAT(Days(undated, mapping), SizeIs(6));
}

TEST(MappingTest, LeavesOutWhatWrapDoesNotSayTheDaysOf) {
  const std::string wrap = R"({"data": [{"treatment": "A",
    "parent_response": {"stress": [1, 2, 3]},
    "child_response": {"stool": [4, 5, 6], "promis": {"t-score": [50]}}}]})";
  Mapping mapping = Simple("date", "child_response.stool", "treatment");
  mapping.on_values = {"A"};
  mapping.first_date = Date(2026, 3, 1);
  const auto preview = PreviewSource(wrap, mapping, DiaryProtocol(), Berlin(), 5);
  ASSERT_TRUE(preview.ok());
  EXPECT_THAT(Told(preview->days), ElementsAre(HasSubstr("headache@=4"), HasSubstr("headache@=5"),
                                               HasSubstr("headache@=6")));
  ASSERT_THAT(preview->not_understood, SizeIs(1));
  EXPECT_THAT(preview->not_understood[0].description,
              HasSubstr("'child_response.promis.t-score' has 1 values where the block has 3 days"));
}

TEST(MappingTest, ReadsWhatTrialistTakes) {
  const std::string json = R"({"data": [
    {"timestamp": "2026-03-01T20:00:00", "regimen": "A", "cycle": 1, "scores": {"pain": 3}},
    {"timestamp": "2026-03-02T20:00:00", "regimen": "B", "cycle": 1, "scores": {"pain": 5}}]})";
  Mapping mapping = Simple("timestamp", "scores.pain", "regimen");
  mapping.on_values = {"A"};
  mapping.off_values = {"B"};
  EXPECT_THAT(Days(json, mapping), ElementsAre("2026-03-01 on=1 headache@=3 note=",
                                               "2026-03-02 on=0 headache@=5 note="));
}

// --- What is none of them -----------------------------------------------------------------------

TEST(MappingTest, SaysWhatItCannotRead) {
  const auto first = [](const std::string& bytes) {
    const auto preview = PreviewSource(bytes, {}, DiaryProtocol(), Berlin(), 5);
    return preview.ok() ? std::string("read") : FieldsOf(preview.status()).at(0);
  };
  EXPECT_THAT(first(""), StartsWith("source:1:1 the file is empty"));
  EXPECT_THAT(first("{\"data\": 3}"), StartsWith("source:1:1 known JSON is"));
  EXPECT_THAT(first("{nonsense"), StartsWith("source:1:1 the file begins like JSON"));
  EXPECT_THAT(first("[1, 2]"), StartsWith("source:1:1 there is no measurement"));
  EXPECT_THAT(first("PK\x03\x04 broken"), StartsWith("source:1:1 "));
  EXPECT_THAT(first(std::string("a,b\0c", 5)), StartsWith("source:1:1 the file is no text"));
  EXPECT_THAT(first("a,a\n1,2\n"), StartsWith("source:1:2 has the same name as column 1"));
  EXPECT_THAT(first("a,b\n1,2,3\n"), StartsWith("source:2:3 the row has more cells"));
  EXPECT_THAT(first(std::string(kMaxSourceBytes + 1, 'a')), HasSubstr("more than 3 MiB"));
  // So deep that whoever walked through it would not come back.
  EXPECT_NE(first(std::string(1'000'000, '[')), "read");
  EXPECT_NE(first(std::string(1'000'000, '[') + std::string(1'000'000, ']')), "read");
}

TEST(MappingTest, CarriesEveryNoteIntact) {
  const std::string note = "<b>مرحبا</b> 👩🏽‍🔬, \"quoted\"";
  Mapping mapping = Simple("day", "pain", "pill");
  mapping.columns.push_back({.column = "note", .target = "note"});
  std::string csv =
      "day,pain,pill,note\n2026-03-01,1,1,\"<b>مرحبا</b> 👩🏽‍🔬, \"\"quoted\"\"\"\n";
  EXPECT_THAT(Days(csv, mapping), ElementsAre("2026-03-01 on=1 headache@=1 note=" + note));
}

}  // namespace
}  // namespace solotrial::import
