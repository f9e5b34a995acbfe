// The tidy tables: what they hold, what they must not, and that Python and R read them.
#include "engine/report/tidy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "engine/import/table.h"
#include "tests/report/trials.h"

namespace solotrial::report {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

constexpr char kProtocolJson[] = R"({"title":"Does magnesium help?"})";

std::vector<std::string> LinesOf(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

ExportedTrial Exported(Date today, trial::Blinding blinding = trial::Blinding::kOpen,
                       const std::string& allocation = "1001") {
  return ExportOfTrial(SmallProtocol(blinding), SmallTrial(allocation), SomeEntries(), today);
}

TEST(TidyTest, HasARowForEveryDayAndMeasure) {
  const auto files = TidyFiles(Exported(kFirstDay + 20), kProtocolJson);
  const std::vector<std::string> lines = LinesOf(files.at("scores.csv"));
  ASSERT_EQ(lines.size(), 1u + 14 * 2);
  EXPECT_EQ(
      lines[0],
      "date,score_date,day_number,phase,block,pair,day_in_block,on,dose,measure,value,missing,"
      "slots_recorded,slots_due,covariate_weekend");
  EXPECT_EQ(lines[1], "2026-01-05,2026-01-05,1,run_in,,,,,,pain,,1,0,2,");
  // The worst of two slots; one and a half of two doses; the night is scored the next day.
  EXPECT_EQ(lines[5], "2026-01-07,2026-01-07,3,block,1,1,1,1,0.75,pain,6,0,2,2,");
  EXPECT_EQ(lines[6], "2026-01-07,2026-01-08,3,block,1,1,1,1,0.75,sleep,71.5,0,1,1,");
  // A skipped dose is no missing one.
  EXPECT_EQ(lines[7], "2026-01-08,2026-01-08,4,block,1,1,2,1,0,pain,,1,0,2,");
  EXPECT_EQ(lines[11], "2026-01-10,2026-01-10,6,block,2,1,1,0,,pain,7,0,1,2,1");
  EXPECT_EQ(lines[28], "2026-01-18,2026-01-19,14,block,4,2,3,1,,sleep,,1,0,1,");
}

TEST(TidyTest, HasARowForEveryEntry) {
  const auto files = TidyFiles(Exported(kFirstDay + 20), kProtocolJson);
  const std::string& csv = files.at("entries.csv");
  EXPECT_THAT(csv, StartsWith("entry,date,block,kind,subject,slot,value,code,days,text,made\n"));
  const std::string made = "2026-01-05T12:00:00+01:00\n";
  EXPECT_THAT(csv, HasSubstr(",2026-01-07,1,score,pain,evening,6,,,," + made));
  EXPECT_THAT(csv, HasSubstr(",2026-01-07,1,dose,,evening,0.5,,,," + made));
  EXPECT_THAT(csv, HasSubstr(",2026-01-08,1,event,side_effect,,,moderate,,Diarrhoea," + made));
  EXPECT_THAT(csv, HasSubstr(",2026-01-06,,event,serum_magnesium,,0.82,,,," + made));
  EXPECT_THAT(csv, HasSubstr(",2026-01-09,1,rescue,,,2,,,Ibuprofen," + made));
  EXPECT_THAT(csv, HasSubstr(",2026-01-09,1,deviation,travel,,,,2,In the mountains," + made));
  EXPECT_THAT(csv, HasSubstr(",2026-01-09,1,guess,1,,,on,,," + made));
  // No formula for a spreadsheet.
  EXPECT_THAT(csv, HasSubstr(",new_treatment,,,,,\"'=HYPERLINK(\"\"x\"\")\","));
}

TEST(TidyTest, SaysEveryColumnInItsDictionary) {
  const std::vector<DataTable> tables = TidyTables(Exported(kFirstDay + 20));
  std::set<std::string> said;
  for (const auto& row : DictionaryOf(tables).rows) {
    EXPECT_FALSE(row[6].text().empty());
    EXPECT_TRUE(said.insert(row[0].text() + "." + row[1].text()).second);
  }
  size_t columns = 0;
  for (const DataTable& table : tables) {
    columns += table.columns.size();
    for (const auto& row : table.rows) EXPECT_EQ(row.size(), table.columns.size()) << table.name;
    // What a column holds is what it says.
    for (size_t i = 0; i < table.columns.size(); ++i) {
      for (const auto& row : table.rows) {
        const bool number = table.columns[i].type == TableColumn::Type::kInteger ||
                            table.columns[i].type == TableColumn::Type::kNumber;
        if (row[i].kind() == TableValue::Kind::kNone) continue;
        EXPECT_EQ(row[i].kind() == TableValue::Kind::kNumber, number)
            << table.name << "." << table.columns[i].name;
        if (table.columns[i].codes.empty()) continue;
        EXPECT_THAT("; " + table.columns[i].codes + ";", HasSubstr("; " + row[i].text() + ";"));
      }
    }
  }
  EXPECT_EQ(said.size(), columns);
}

TEST(TidyTest, TellsNoArmOfABlindedTrialBeforeItsEnd) {
  const trial::Blinding blinded = trial::Blinding::kByHelper;
  const ExportedTrial running = Exported(kFirstDay + 6, blinded, "1001");
  const ExportedTrial other = Exported(kFirstDay + 6, blinded, "0110");
  EXPECT_EQ(TidyFiles(running, kProtocolJson), TidyFiles(other, kProtocolJson));
  EXPECT_EQ(TidyJson(running, kProtocolJson), TidyJson(other, kProtocolJson));

  const ExportedTrial ended = Exported(kFirstDay + 14, blinded, "1001");
  EXPECT_NE(TidyJson(ended, kProtocolJson),
            TidyJson(Exported(kFirstDay + 14, blinded, "0110"), kProtocolJson));
}

TEST(TidyTest, TellsOfAnOpenTrialTheCurrentAndTheNextBlock) {
  // On day 6, block 2 of 4 has begun.
  const auto files = TidyFiles(Exported(kFirstDay + 6), kProtocolJson);
  EXPECT_EQ(files.at("blocks.csv"),
            "block,pair,arm,envelope,start_date,end_date,days\n"
            "1,1,on,,2026-01-07,2026-01-09,3\n"
            "2,1,off,,2026-01-10,2026-01-12,3\n"
            "3,2,off,,2026-01-13,2026-01-15,3\n"
            "4,2,,,2026-01-16,2026-01-18,3\n");
  EXPECT_EQ(LinesOf(files.at("scores.csv")).size(), 1u + 7 * 2);
}

TEST(TidyTest, TellsWhatWasDoneToTheTrial) {
  trial::Trial trial = SmallTrial();
  trial.pauses = {{.pause_date = kFirstDay + 3,
                   .resume_date = kFirstDay + 5,
                   .reason = "flu",
                   .cause = trial::Pause::Cause::kSideEffect}};
  trial.stop = trial::Stop{kFirstDay + 7, "enough"};
  trial.state = trial::Trial::State::kStopped;
  trial::Amendment key{.kind = trial::Amendment::Kind::kArchiveKey, .secret = "never told"};
  trial::Amendment opened{.kind = trial::Amendment::Kind::kPackingList,
                          .date = kFirstDay,
                          .text = "Ann's phone",
                          .secret = "device"};
  trial.amendments = {opened, key};
  const ExportedTrial exported =
      ExportOfTrial(SmallProtocol(), trial, SomeEntries(), kFirstDay + 30);
  const auto files = TidyFiles(exported, kProtocolJson);
  EXPECT_EQ(files.at("changes.csv"),
            "date,change,resume_date,cause,pairs,detail,reason\n"
            "2026-01-05,packing_list_opened,,,,Ann's phone,\n"
            "2026-01-08,pause,2026-01-10,side_effect,,,flu\n"
            "2026-01-12,stop,,,,,enough\n");
  EXPECT_THAT(files.at("scores.csv"), HasSubstr("2026-01-08,2026-01-08,,paused,,,,,"));
  EXPECT_THAT(LinesOf(files.at("scores.csv")).back(), StartsWith("2026-01-12,"));
  for (const auto& [name, content] : files)
    EXPECT_EQ(content.find("never told"), std::string::npos);
}

TEST(TidyTest, ExportsATrialThatHasNotBegun) {
  const auto files =
      TidyFiles(ExportOfTrial(SmallProtocol(), SmallTrial(), {}, kFirstDay - 3), kProtocolJson);
  EXPECT_EQ(LinesOf(files.at("scores.csv")).size(), 1u);
  EXPECT_EQ(LinesOf(files.at("blocks.csv")).size(), 5u);
}

TEST(TidyTest, ExportsAnImportedRecord) {
  trial::Protocol protocol = SmallProtocol();
  protocol.design = {.randomization = trial::Randomization::kNone};
  trial::Trial trial = SmallTrial("");
  trial.state = trial::Trial::State::kImported;
  trial.start_date.reset();
  std::vector<trial::DiaryRow> rows;
  for (int day : {0, 1, 3}) rows.push_back({.date = kFirstDay + day, .on = day < 2 ? 0.0 : 1.0});
  const auto exported = ExportOfRecord(protocol, trial, rows, SomeEntries());
  ASSERT_TRUE(exported.ok()) << exported.status();
  // The day without a row is there.
  EXPECT_EQ(exported->days.size(), 4u);
  EXPECT_EQ(exported->days[3].on, 1);
  EXPECT_EQ(exported->blocks.size(), 2u);
  EXPECT_EQ(LinesOf(TidyFiles(*exported, kProtocolJson).at("scores.csv")).size(), 1u + 4 * 2);
}

TEST(TidyTest, CarriesEveryTextIntact) {
  std::vector<trial::Entry> entries;
  for (const std::string& text : AwkwardTexts()) {
    entries.push_back(
        EntryOf(static_cast<int>(entries.size()), trial::Entry::Kind::kNote, kFirstDay));
    entries.back().text = text;
  }
  const ExportedTrial exported =
      ExportOfTrial(SmallProtocol(), SmallTrial(), entries, kFirstDay + 3);
  const auto json = nlohmann::json::parse(TidyJson(exported, kProtocolJson));
  std::vector<std::string> cells;
  import::ReadTable(TidyFiles(exported, kProtocolJson).at("entries.csv"), ',',
                    [&cells](const import::Row& row) {
                      cells.push_back(row.cells[9].text);
  return true;
});
ASSERT_EQ(cells.size(), entries.size() + 1);
for (size_t i = 0; i < entries.size(); ++i) {
  EXPECT_EQ(json["entries"][i]["text"], entries[i].text);
  const bool escaped = cells[i + 1] != entries[i].text;
  EXPECT_EQ(cells[i + 1], (escaped ? "'" : "") + entries[i].text);
  EXPECT_EQ(std::string("=+-@\t'").find(cells[i + 1][0]) != std::string::npos, escaped);
}
}  // namespace

TEST(TidyTest, IsOneJsonObject) {
  const auto json = nlohmann::json::parse(TidyJson(Exported(kFirstDay + 20), kProtocolJson));
  EXPECT_EQ(json["format"], "solotrial-tidy-1");
  EXPECT_EQ(json["trial"]["protocol"]["title"], "Does magnesium help?");
  EXPECT_EQ(json["trial"]["state"], "completed");
  EXPECT_EQ(json["scores"][4]["value"], 6);
  EXPECT_TRUE(json["scores"][0]["value"].is_null());
  EXPECT_EQ(json["scores"].size(), 28u);
  EXPECT_EQ(json["entries"].size(), SomeEntries().size());
}

// --- The programs ---------------------------------------------------------------------------

// What `program` prints in the folder of the files of `trial`; nothing where it is not there.
std::string Printed(const ExportedTrial& trial, const std::string& interpreter,
                    const std::string& program) {
  const std::string folder = testing::TempDir() + "tidy_" + program;
  std::filesystem::remove_all(folder);
  std::filesystem::create_directories(folder);
  for (const auto& [name, content] : TidyFiles(trial, kProtocolJson)) {
    std::ofstream(folder + "/" + name, std::ios::binary) << content;
  }
  const std::string command =
      interpreter + " " + folder + "/" + program + " > " + folder + "/printed 2>&1";
  const int exit_code = std::system(command.c_str());  // NOLINT(concurrency-mt-unsafe)
  std::ifstream file(folder + "/printed", std::ios::binary);
  const std::string printed{std::istreambuf_iterator<char>(file), {}};
  std::filesystem::remove_all(folder);
  return (exit_code == 0 ? "" : "failed: ") + printed;
}

constexpr char kExpected[] =
    "pain: 3 of 14 days, mean on 4.5000, mean off 7.0000\n"
    "sleep: 1 of 14 days, mean on 71.5000, mean off NA\n"
    "16 entries\n";

TEST(TidyTest, PythonReadsIt) {
  EXPECT_EQ(Printed(Exported(kFirstDay + 20), "python3", "read.py"), kExpected);
}

TEST(TidyTest, RReadsIt) {
  const int found = std::system("command -v Rscript > /dev/null");  // NOLINT
  if (found != 0) GTEST_SKIP() << "there is no R";
  EXPECT_EQ(Printed(Exported(kFirstDay + 20), "Rscript --vanilla", "read.R"), kExpected);
}

}  // namespace solotrial::report
}  // namespace solotrial::report
