// A whole trial lived through the real binaries in seconds, with the clock set by hand; and what
// happens when things go wrong.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>

#include "absl/time/civil_time.h"
#include "clients/cli/dates.h"
#include "clients/cli/errors.h"
#include "tests/cli/process.h"

namespace solotrial::cli {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class EndToEndTest : public testing::Test {
 protected:
  void SetUp() override {
    // Short: gRPC and SQLite are fine with long paths, but people read them in failures.
    folder_ = std::filesystem::path(testing::TempDir()) / ("solotrial_" + std::to_string(getpid()));
    std::filesystem::create_directories(folder_);
    SetDate(absl::CivilDay(2026, 3, 1));
    StartEngine();
  }

  void TearDown() override {
    if (engine_ != nullptr) StopEngine();
    std::filesystem::remove_all(folder_);
  }

  std::string Path(const std::string& name) const { return folder_ / name; }

  void StartEngine() {
    engine_ = std::make_unique<Process>(
        std::vector<std::string>{SOLOTRIAL_ENGINE_BINARY, "--data", Path("data"), "--listen",
                                 "127.0.0.1:0", "--clock=manual:" + Path("clock")},
        Variables{}, Process::Stream::kErr);
    std::string line = "...";
    while (!line.empty() && line.find("listening on ") == std::string::npos) {
      line = engine_->ReadLine();
    }
    ASSERT_NE(line, "") << "the engine ended before it listened";
  }

  void StopEngine() {
    engine_->Signal(SIGTERM);
    EXPECT_EQ(engine_->Wait(), 0);
    engine_.reset();
  }

  // The evening of `date` in Berlin, in winter time.
  void SetDate(absl::CivilDay date) {
    const std::string fresh = Path("clock.new");
    std::ofstream(fresh) << FormatIsoDate(date) << "T20:00:00+01:00\n";
    std::filesystem::rename(fresh, Path("clock"));
    today_ = date;
  }

  Variables Environment() const {
    return {{"SOLOTRIAL_DATA", Path("data")}, {"TZ", "Europe/Berlin"}, {"LC_ALL", "C.UTF-8"}};
  }

  static std::vector<std::string> Words(std::vector<std::string> words) {
    words.insert(words.begin(), SOLOTRIAL_CLIENT_BINARY);
    return words;
  }

  Ran Cli(const std::vector<std::string>& words, const std::string& input = "") {
    return RunToEnd(Words(words), Environment(), folder_, input);
  }

  // What it prints; must succeed.
  std::string Do(const std::vector<std::string>& words) {
    const Ran ran = Cli(words);
    EXPECT_EQ(ran.exit_code, kOk) << testing::PrintToString(words) << ran.err;
    EXPECT_EQ(ran.err, "");
    return ran.out;
  }

  json DoJson(std::vector<std::string> words) {
    words.emplace_back("--json");
    return json::parse(Do(words), nullptr, false);
  }

  // Must fail with this exit code; what it says.
  std::string Fail(int exit_code, const std::vector<std::string>& words) {
    const Ran ran = Cli(words);
    EXPECT_EQ(ran.exit_code, exit_code) << testing::PrintToString(words) << ran.out << ran.err;
    EXPECT_THAT(ran.err, HasSubstr("solotrial: "));
    return ran.err;
  }

  void WriteProtocol(const std::vector<std::string>& more = {}) {
    std::vector<std::string> words = {"protocol",
                                      "new",
                                      "--symptom",
                                      "restless-legs",
                                      "--region",
                                      "EU",
                                      "--has-none",
                                      "--pairs",
                                      "2",
                                      "--block-days",
                                      "7",
                                      "--onset",
                                      "0",
                                      "--offset",
                                      "0",
                                      "--mid",
                                      "1",
                                      "--run-in-days",
                                      "0",
                                      "-o",
                                      Path("p.json"),
                                      "--covariate",
                                      "weekend"};
    words.insert(words.end(), more.begin(), more.end());
    EXPECT_THAT(Do(words), HasSubstr("28 days in all"));
  }

  std::filesystem::path folder_;
  absl::CivilDay today_;
  std::unique_ptr<Process> engine_;
};

// Better by 3 on, with some noise.
std::string ScoreOf(absl::CivilDay date, bool on) {
  const int noise = static_cast<int>(((date - absl::CivilDay(2026, 1, 1)) * 7) % 3);
  return std::to_string((on ? 2 : 5) + noise);
}

int Lines(const std::string& text) {
  return static_cast<int>(std::count(text.begin(), text.end(), '\n'));
}

TEST_F(EndToEndTest, AWholeTrialIsLived) {
  WriteProtocol();
  EXPECT_THAT(Do({"protocol", "check", Path("p.json")}), HasSubstr("no faults"));
  const json created = DoJson({"trial", "create", Path("p.json")});
  const std::string name = created["name"];
  EXPECT_EQ(created["state"], "TRIAL_STATE_DRAFT");
  EXPECT_EQ(created["protocol"]["timeZone"], "Europe/Berlin");

  const json started = DoJson({"trial", "start"});
  EXPECT_EQ(started["name"], name);
  EXPECT_EQ(started["startDate"], "2026-03-01");
  EXPECT_EQ(started["lastDate"], "2026-03-28");
  EXPECT_TRUE(started.contains("commitment"));
  EXPECT_FALSE(started.contains("seed"));
  EXPECT_THAT(Do({"trial", "list"}), HasSubstr("running"));
  EXPECT_THAT(Do({"trial", "schedule"}), HasSubstr("later"));

  // Days 1 to 10, then a pause of four days, then the other 18.
  const absl::CivilDay start = today_;
  const absl::CivilDay pause = start + 10;
  const absl::CivilDay resume = start + 14;
  const absl::CivilDay last = start + 31;
  for (absl::CivilDay date = start; date <= last; ++date) {
    SetDate(date);
    if (date == pause) {
      EXPECT_THAT(Do({"trial", "pause", "--reason", "flu"}), HasSubstr("Paused from Wed 11 Mar"));
      EXPECT_THAT(Do({"today"}), HasSubstr("paused"));
      EXPECT_THAT(Do({"trial", "schedule"}), HasSubstr("open"));
    }
    if (date >= pause && date < resume) continue;
    if (date == resume) {
      EXPECT_THAT(Do({"trial", "resume"}), HasSubstr("the last day is now Wed 1 Apr 2026"));
    }
    const json today = DoJson({"today"});
    EXPECT_EQ(today["date"], FormatIsoDate(date));
    EXPECT_EQ(today["phase"], "PHASE_BLOCK");
    const bool on = today["arm"] == "ARM_ON";
    // The 5th, 9th and 20th are missed; two of them are filled in later.
    if (date == start + 4 || date == start + 8 || date == start + 19) continue;
    if (date == start + 9) {
      EXPECT_THAT(Do({"today"}), HasSubstr("Still without a score: 9 Mar, 5 Mar."));
      const bool then = DoJson({"today", "--date", "yesterday"})["arm"] == "ARM_ON";
      EXPECT_THAT(Do({"record", "restless_legs=" + ScoreOf(date - 1, then), "--date", "yesterday"}),
                  HasSubstr("Mon 9 Mar 2026   restless_legs "));
    }
    if (date == start + 2) {
      Do({"record", "restless_legs=9"});
      EXPECT_THAT(Do({"record", "restless_legs=" + ScoreOf(date, on)}),
                  HasSubstr("restless_legs was 9, now " + ScoreOf(date, on)));
      Do({"record", "weekend=no"});
    } else {
      const bool weekend = absl::GetWeekday(date) == absl::Weekday::saturday ||
                           absl::GetWeekday(date) == absl::Weekday::sunday;
      Do({"record", "restless_legs=" + ScoreOf(date, on), weekend ? "weekend=yes" : "weekend=0"});
    }
    if (on) Do({"dose"});
    if (date < last) {
      EXPECT_FALSE(DoJson({"analyze"}).contains("result")) << "nothing is told while it runs";
    }
  }

  const json noted = DoJson({"note", "slept", "badly"});
  Do({"retract", noted["results"][0]["entryId"]});
  Do({"note", "The end, \"finally\""});

  SetDate(last + 1);
  EXPECT_EQ(DoJson({"trial", "show"})["state"], "TRIAL_STATE_COMPLETED");
  EXPECT_TRUE(DoJson({"trial", "show"}).contains("seed"));
  EXPECT_THAT(Do({"record", "restless_legs=4", "weekend=no", "--date", "2026-03-05"}),
              HasSubstr("Thu 5 Mar 2026   restless_legs 4"));

  const json entries = DoJson({"entries"});
  const json history = DoJson({"entries", "--history"});
  EXPECT_EQ(history["entries"].size(), entries["entries"].size() + 3)
      << "a corrected score, a retracted note, and its retraction";
  EXPECT_THAT(Do({"entries", "--history"}), HasSubstr("takes back no. "));

  // The same numbers from the engine, from the exported files, and from those imported again.
  const json online = DoJson({"analyze"})["result"];
  EXPECT_EQ(online["days"], 32);
  EXPECT_EQ(online["observedDays"], 27);
  EXPECT_GT(online["benefit"]["mean"], 1);
  Do({"export", "-o", Path("diary.csv")});
  const std::string csv = Do({"export"});
  EXPECT_EQ(Lines(csv), 1 + 32);
  EXPECT_THAT(csv, HasSubstr("\n2026-03-20,"));
  for (const std::string format : {"tidy", "json", "fhir", "calendar"}) {
    EXPECT_THAT(Do({"export", "--format", format, "-o", Path("out." + format)}),
                HasSubstr("Wrote "));
  }
  EXPECT_THAT(Do({"export", "--format", "calendar", "-o", "-"}), HasSubstr("BEGIN:VEVENT"));
  Fail(kWrongUsage, {"export", "--format", "word"});
  EXPECT_THAT(Do({"share", "calendar", "--remind", "score=21:00"}), HasSubstr("share revoke"));
  Fail(kWrongUsage, {"share", "calendar", "--remind", "21:00"});
  // By a mapping, to the same days.
  std::ofstream(Path("map.json")) << R"({"columns": [{"column": "date", "target": "date"},
    {"column": "on", "target": "on"}, {"column": "restless_legs", "target": "restless_legs"}]})";
  EXPECT_THAT(Do({"import", "--protocol", Path("p.json"), "--diary", Path("diary.csv"), "--mapping",
                  Path("map.json"), "--preview"}),
              AllOf(HasSubstr("It would be 32 days"), HasSubstr("Nothing is stored yet")));
  Fail(kWrongUsage, {"import", "--protocol", Path("p.json"), "--diary", Path("diary.csv"),
                     "--mapping", Path("diary.csv")});
  json offline = DoJson({"analyze", "--protocol", Path("p.json"), "--diary", Path("diary.csv"),
                         "--seed", std::to_string(online["seed"].get<int>())});
  EXPECT_THAT(Do({"import", "--protocol", Path("p.json"), "--diary", Path("diary.csv")}),
              HasSubstr("Imported."));
  const json list = DoJson({"trial", "list"});
  ASSERT_EQ(list["trials"].size(), 2U);
  const std::string imported_name =
      list["trials"][list["trials"][0]["name"] == name ? 1 : 0]["name"];
  const json imported = DoJson({"analyze", imported_name})["result"];
  for (const char* part : {"coefficients", "hyperparameters", "benefit", "randomizationTest",
                           "series", "missingOnDays", "missingOffDays", "exposureContrast"}) {
    EXPECT_EQ(offline[part], online[part]) << part;
    EXPECT_EQ(imported[part], online[part]) << part;
  }
  EXPECT_EQ(offline["verdict"]["decision"], online["verdict"]["decision"]);
  EXPECT_EQ(imported["verdict"]["decision"], online["verdict"]["decision"]);

  const std::string text = Do({"analyze", name});
  EXPECT_EQ(text.rfind(online["verdict"]["sentence"].get<std::string>().substr(0, 20), 0), 0U)
      << text;
  EXPECT_THAT(text, HasSubstr("●"));
  EXPECT_THAT(text, HasSubstr("mean of the block"));
  EXPECT_THAT(text, HasSubstr(online["digest"].get<std::string>()));

  // The same numbers in the summary, as data, as text and as pages.
  const json summary = DoJson({"summary", name});
  EXPECT_EQ(summary["result"]["benefit"], online["benefit"]);
  EXPECT_EQ(summary["result"]["digest"], online["digest"]);
  EXPECT_THAT(Do({"summary", name}), HasSubstr("17a Results"));
  EXPECT_THAT(Do({"summary", name, "--pdf", Path("summary.pdf"), "--paper", "letter"}),
              HasSubstr("Wrote "));
  EXPECT_THAT(Do({"summary", name, "--html", "-", "--lang", "de"}),
              HasSubstr("<html lang=\"de\">"));
  EXPECT_THAT(Do({"protocol", "print", name, "--html", "-"}), HasSubstr("Signature"));
  EXPECT_THAT(Fail(kWrongUsage, {"summary", name, "--html", "a", "--pdf", "b"}),
              HasSubstr("one of --html and --pdf"));
  EXPECT_THAT(Fail(kWrongUsage, {"summary", name, "--pdf", "b", "--paper", "a5"}),
              HasSubstr("a4 or letter"));
  EXPECT_THAT(Fail(kWrongUsage, {"protocol", "print", name}), HasSubstr("--pdf FILE"));
}

TEST_F(EndToEndTest, WatchShowsEveryChangeUntilItIsInterrupted) {
  WriteProtocol();
  Do({"trial", "create", Path("p.json")});
  Do({"trial", "start"});
  Process watch(Words({"watch", "--json"}), Environment(), Process::Stream::kOut);
  const json before = json::parse(watch.ReadLine(), nullptr, false);
  EXPECT_EQ(before["state"], "TRIAL_STATE_RUNNING");
  EXPECT_EQ(before["progress"]["scoresRecorded"], 0);
  Do({"record", "restless_legs=4"});
  const json after = json::parse(watch.ReadLine(), nullptr, false);
  EXPECT_EQ(after["progress"]["scoresRecorded"], 1);
  watch.Signal(SIGINT);
  EXPECT_EQ(watch.Wait(), kOk);
}

TEST_F(EndToEndTest, TheDiaryOutlivesTheEngine) {
  WriteProtocol();
  Do({"trial", "create", Path("p.json")});
  Do({"trial", "start"});
  Do({"record", "restless_legs=4"});
  engine_->Signal(SIGKILL);
  engine_->Wait();
  EXPECT_THAT(Fail(kUnreachable, {"today"}), HasSubstr("Start it with: solotrial-engine --data "));
  StartEngine();
  EXPECT_EQ(DoJson({"entries"})["entries"].size(), 1U);
}

TEST_F(EndToEndTest, ATrialCanBeStoppedAndDeleted) {
  WriteProtocol();
  Do({"trial", "create", Path("p.json")});
  Do({"trial", "start"});
  EXPECT_THAT(Fail(kWrongUsage, {"trial", "stop"}), HasSubstr("--reason"));
  EXPECT_THAT(Do({"trial", "stop", "--reason", "enough"}), HasSubstr("enough"));
  Fail(kWrongState, {"trial", "pause"});
  const std::string name = DoJson({"trial", "show"})["name"];
  EXPECT_THAT(Fail(kWrongUsage, {"trial", "delete", name}), HasSubstr("--yes"));
  Do({"trial", "delete", name.substr(7, 8), "--yes"});
  EXPECT_THAT(Fail(kNotFound, {"trial", "show", name}), HasSubstr("solotrial: "));
  EXPECT_THAT(Fail(kNotFound, {"today"}), HasSubstr("There is no trial yet."));
}

TEST_F(EndToEndTest, UnhappyEntriesNeverCostTheGoodOnes) {
  WriteProtocol();
  const std::string name = DoJson({"trial", "create", Path("p.json")})["name"];
  Fail(kWrongState, {"record", "restless_legs=4", "--date", "2026-03-01"});
  Do({"trial", "start"});
  Fail(kWrongState, {"trial", "start", name});

  const Ran mixed = Cli({"record", "restless_legs=11", "weekend=1"});
  EXPECT_EQ(mixed.exit_code, kEntriesRejected);
  EXPECT_THAT(mixed.out, HasSubstr("weekend 1"));
  EXPECT_THAT(mixed.err, HasSubstr("VALUE_OUT_OF_RANGE"));
  EXPECT_THAT(mixed.err, HasSubstr("score.value"));
  EXPECT_EQ(DoJson({"entries"})["entries"].size(), 1U);

  EXPECT_THAT(Fail(kEntriesRejected, {"record", "restless_legs=4", "--date", "2026-03-09"}),
              HasSubstr("DATE_IN_FUTURE"));
  EXPECT_THAT(Fail(kEntriesRejected, {"record", "restless_legs=4", "--date", "2026-02-01"}),
              HasSubstr("DATE_OUTSIDE_TRIAL"));
  EXPECT_THAT(Fail(kEntriesRejected, {"record", "restless_legs=4.5"}), HasSubstr("score.value"));
  EXPECT_THAT(Fail(kEntriesRejected, {"dose", "2"}), HasSubstr("dose"));
  EXPECT_THAT(Fail(kInvalidInput, {"record", "headache=4"}), HasSubstr("restless_legs, weekend"));
  EXPECT_THAT(Fail(kInvalidInput, {"record", "restless_legs=4,5"}), HasSubstr("decimal point"));
  EXPECT_THAT(Fail(kWrongUsage, {"record", "restless_legs=4", "restless_legs=5"}),
              HasSubstr("twice"));
  EXPECT_THAT(Fail(kWrongUsage, {"record", "restless_legs=4", "--date", "tomorrow"}),
              HasSubstr("YYYY-MM-DD"));
  EXPECT_THAT(Fail(kNotFound, {"retract", "0195ac1e"}), HasSubstr("solotrial entries"));
}

TEST_F(EndToEndTest, UnhappyFilesAreExplained) {
  std::ofstream(Path("bad.json")) << R"({"title": "x", "colour": 1})";
  EXPECT_THAT(Fail(kInvalidInput, {"protocol", "check", Path("bad.json")}), HasSubstr("colour"));
  std::ofstream(Path("not.json")) << R"({"title": )";
  Fail(kInvalidInput, {"protocol", "check", Path("not.json")});
  std::ofstream(Path("faults.json"))
      << R"({"title": "x", "design": {"blockDays": 0, "pairs": 2}, "timeZone": "Mars/Base",
             "measures": [{"id": "a", "family": "ORDINAL", "minimum": 5, "maximum": 5,
                           "lowerIsBetter": true, "minimalImportantDifference": 0}]})";
  const std::string faults = Fail(kInvalidInput, {"protocol", "check", Path("faults.json")});
  EXPECT_GE(Lines(faults), 4) << faults;
  EXPECT_EQ(faults, Fail(kInvalidInput, {"trial", "create", Path("faults.json")}));
  EXPECT_THAT(Fail(kInvalidInput, {"trial", "create", Path("none.json")}),
              HasSubstr("No such file"));

  WriteProtocol();
  EXPECT_THAT(Fail(kInvalidInput, {"protocol", "new", "--symptom", "sleep", "-o", Path("p.json")}),
              HasSubstr("--force"));
  std::ofstream(Path("bad.csv")) << "date,on,restless_legs\n2026-03-01,1,4\n2026-03-02,1,four\n";
  const std::string diary =
      Fail(kInvalidInput, {"import", "--protocol", Path("p.json"), "--diary", Path("bad.csv")});
  EXPECT_THAT(diary, HasSubstr("diary_csv:3:3"));
  EXPECT_EQ(diary, Fail(kInvalidInput,
                        {"analyze", "--protocol", Path("p.json"), "--diary", Path("bad.csv")}));
  std::ofstream(Path("large.csv")) << std::string((3 << 20) + 1, ' ');
  EXPECT_THAT(
      Fail(kInvalidInput, {"import", "--protocol", Path("p.json"), "--diary", Path("large.csv")}),
      HasSubstr("too large"));
}

TEST_F(EndToEndTest, UnhappyConnectionsAreExplained) {
  EXPECT_THAT(Fail(kUnreachable, {"info", "--engine", "127.0.0.1:1"}),
              HasSubstr("cannot be reached"));
  EXPECT_THAT(Fail(kWrongUsage, {"info", "--engine", "dns:///localhost:1"}),
              HasSubstr("HOST:PORT"));
  std::ofstream(Path("token")) << "not-the-token\n";
  EXPECT_THAT(Fail(kNotAllowed, {"trial", "list", "--token-file", Path("token")}),
              HasSubstr("The token was read from "));
  EXPECT_THAT(Fail(kNotAllowed, {"trial", "list", "--token-file", Path("nothing")}),
              HasSubstr("No such file"));
  // Which engine it is may be asked by anyone.
  EXPECT_THAT(Do({"info", "--token-file", Path("nothing")}), HasSubstr("set by hand"));
  EXPECT_THAT(Fail(kNotFound, {"trial", "show", "3f2a9c10-0000-4000-8000-000000000001"}),
              HasSubstr("solotrial: "));
}

TEST_F(EndToEndTest, FailuresAreJsonWhenAsked) {
  const Ran ran = Cli({"--json", "trial", "show", "3f2a9c10-0000-4000-8000-000000000001"});
  EXPECT_EQ(ran.exit_code, kNotFound);
  EXPECT_EQ(ran.out, "");
  const json error = json::parse(ran.err, nullptr, false);
  EXPECT_EQ(error["error"]["code"], "NOT_FOUND");
  EXPECT_EQ(error["error"]["reason"], "TRIAL_NOT_FOUND");
}

TEST_F(EndToEndTest, TheDecisionCanBeAnExitCode) {
  WriteProtocol();
  std::ofstream diary(Path("d.csv"));
  diary << "date,on,restless_legs\n";
  for (int d = 0; d < 14; ++d) {
    diary << FormatIsoDate(today_ + d) << (d < 7 ? ",1,4\n" : ",0,5\n");
  }
  diary.close();
  const std::vector<std::string> words = {"analyze", "--protocol",  Path("p.json"),
                                          "--diary", Path("d.csv"), "--exit-code"};
  const Ran ran = Cli(words);
  EXPECT_EQ(ran.exit_code, 12) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("insufficient data"));
}

// Yes or no with a 0-10 score beside it, from the template to both answers.
TEST_F(EndToEndTest, AMigraineDiaryIsKeptInDays) {
  EXPECT_THAT(Do({"protocol", "new", "--symptom", "migraine", "--region", "EU", "--has-none",
                  "--pairs", "2", "--block-days", "7", "--run-in-days", "0", "--onset", "0",
                  "--offset", "0", "-o", Path("m.json")}),
              HasSubstr("and headache (0 to 10). The verdict is about migraine_day, where 2"));
  Do({"trial", "create", Path("m.json")});
  Do({"trial", "start"});
  EXPECT_THAT(Do({"today"}), HasSubstr("migraine_day"));
  const std::string refused = Fail(kEntriesRejected, {"record", "migraine_day=2", "headache=3"});
  EXPECT_THAT(refused, HasSubstr("score.value: must be 0 (no) or 1 (yes)"));
  EXPECT_THAT(refused, Not(HasSubstr("headache")));
  EXPECT_THAT(Do({"record", "migraine_day=yes"}), HasSubstr("migraine_day 1"));
  EXPECT_THAT(Do({"record", "migraine_day=no"}), HasSubstr("migraine_day was 1, now 0"));

  std::ofstream diary(Path("m.csv"));
  diary << "date,on,migraine_day,headache\n";
  for (int d = 0; d < 28; ++d) {
    const bool on = d / 7 == 0 || d / 7 == 3;
    diary << FormatIsoDate(today_ + d) << (on ? ",1," : ",0,")
          << (!on && d % 3 != 0 ? "1,6" : "0,0") << "\n";
  }
  diary.close();
  const std::vector<std::string> words = {"analyze", "--protocol", Path("m.json"), "--diary",
                                          Path("m.csv")};
  const json days = DoJson(words);
  EXPECT_EQ(days["family"], "BERNOULLI");
  EXPECT_EQ(days["benefit"]["unit"], "days per 28 days");
  EXPECT_LT(days["oddsRatio"]["mean"], 1);
  EXPECT_TRUE(days["pBetterDay"].is_number());
  const std::string text = Do(words);
  EXPECT_THAT(text, HasSubstr("days per 28 days better"));
  EXPECT_THAT(text, HasSubstr("odds ratio"));
  EXPECT_THAT(text, HasSubstr("Scores, day by day (1 yes, 0 no; no is better)"));
}

// Every symptom with every intervention: drafted, checked, created.
TEST_F(EndToEndTest, EverythingInTheCatalogueCanBeSetUp) {
  const json catalog = DoJson({"catalog"});
  EXPECT_EQ(catalog["symptoms"].size(), 13u);
  EXPECT_EQ(catalog["interventions"].size(), 8u);
  for (const json& symptom : catalog["symptoms"]) {
    for (const json& intervention : catalog["interventions"]) {
      const std::string id = intervention["id"];
      if (id == "iv_push") continue;
      std::vector<std::string> words = {"protocol",       "new",     "--symptom", symptom["id"],
                                        "--intervention", id,        "--region",  "US",
                                        "--has-none",     "--force", "-o",        Path("all.json")};
      if (intervention["forms"].size() > 1) {
        words.insert(words.end(), {"--form", intervention["forms"][0]});
      }
      if (id == "label_dose") words.insert(words.end(), {"--dose", "300"});
      EXPECT_THAT(Do(words), HasSubstr("Why it is so:")) << symptom["id"] << id;
      EXPECT_THAT(Do({"protocol", "check", Path("all.json")}), HasSubstr("no faults"));
      EXPECT_EQ(DoJson({"trial", "create", Path("all.json")})["state"], "TRIAL_STATE_DRAFT");
    }
  }
}

// A person with kidney failure, one on diuretics, one at 900 mg a day, one asking for IV at home.
// What engine/start does with it.
TEST_F(EndToEndTest, TheTrialOfTheDemonstrationStarts) {
  Do({"trial", "create", SOLOTRIAL_SOURCE_DIR "/engine/demo/magnesium.json"});
  Do({"safety", "answer", "--region", "EU", "--has-none"});
  Do({"trial", "start"});
  EXPECT_THAT(Do({"today"}), HasSubstr("day 1 of 126"));
}

TEST_F(EndToEndTest, ATrialByCyclesIsTheSameOffline) {
  Do({"protocol", "new", "--symptom", "pms", "--intervention", "glycinate", "--region", "EU",
      "--has-none", "--pairs", "2", "-o", Path("pms.json")});
  const std::string name = DoJson({"trial", "create", Path("pms.json")})["name"];
  Do({"trial", "start"});
  const absl::CivilDay first(2026, 3, 1);
  int day = 0;
  for (const int begins : {25, 52, 83, 109, 138}) {
    for (; day < begins; ++day) {
      SetDate(first + day);
      Do({"record", "pms=" + std::to_string(3 + day % 5)});
    }
    SetDate(first + begins);
    Do({"mark"});
  }
  EXPECT_THAT(Do({"trial", "schedule"}), HasSubstr("Sat 23 May 2026"));
  const json lived = DoJson({"analyze", name})["result"];
  Do({"export", name, "-o", Path("pms.csv")});
  const json offline =
      DoJson({"analyze", "--protocol", Path("pms.json"), "--diary", Path("pms.csv")});
  EXPECT_EQ(lived["benefit"], offline["benefit"]);
  EXPECT_EQ(lived["verdict"]["decision"], offline["verdict"]["decision"]);
  EXPECT_EQ(lived["days"], offline["days"]);
}

TEST_F(EndToEndTest, WhoShouldNotStartAloneIsTold) {
  const auto create = [this](std::vector<std::string> words) -> std::string {
    words.insert(words.begin(), {"protocol", "new", "--symptom", "migraine", "--region", "EU",
                                 "--has-none", "--force", "-o", Path("r.json")});
    Do(words);
    return DoJson({"trial", "create", Path("r.json")})["name"];
  };
  const std::string kidney = create({"--has", "kidney-failure"});
  const std::string refused = Fail(kWrongState, {"trial", "start", kidney});
  EXPECT_THAT(refused, HasSubstr("talk to your doctor first"));
  EXPECT_THAT(Do({"safety", "show", kidney}), HasSubstr("REFUSED"));
  const std::string diuretics = create({"--has", "diuretics"});
  EXPECT_THAT(Fail(kWrongState, {"trial", "start", diuretics}), HasSubstr("clinician"));
  const std::string much = create({"--intervention", "three-times", "--form", "oxide"});
  EXPECT_THAT(Fail(kWrongState, {"trial", "start", much}), HasSubstr("above_600_mg"));
  EXPECT_THAT(Do({"safety", "show", much}), HasSubstr("900 mg a day"));
  EXPECT_THAT(Do({"protocol", "new", "--symptom", "migraine", "--intervention", "iv-push", "--form",
                  "sulfate", "-o", Path("iv.json")}),
              testing::AllOf(HasSubstr("8 visits in all"), HasSubstr("never at home")));
  Fail(kNotAllowed, {"safety", "confirm", kidney, "--as", "Myself", "--yes"});

  const std::string warned = create({"--dose", "300"});
  EXPECT_THAT(Fail(kWrongState, {"trial", "start", warned}), HasSubstr("above_limit"));
  EXPECT_THAT(Do({"safety", "answer", warned, "--understood", "above-limit"}),
              HasSubstr("The trial may start."));
  Do({"trial", "start", warned});
  EXPECT_THAT(Do({"event", "side-effect", "--grade", "severe", "Diarrhoea", "--trial", warned}),
              HasSubstr("The trial is paused because of a severe side effect."));
  EXPECT_THAT(Do({"entries", warned}), HasSubstr("side effect"));
  Fail(kWrongState, {"trial", "resume", warned});
  Do({"trial", "resume", warned, "--acknowledge-side-effect"});
  Do({"rescue", "--doses", "2", "Ibuprofen", "400", "mg", "--trial", warned});
  EXPECT_THAT(Do({"event", "laboratory", "--laboratory", "serum-magnesium", "--value", "0.82",
                  "--trial", warned}),
              HasSubstr("serum_magnesium 0.82"));
  Fail(kWrongUsage, {"event", "party", "--trial", warned});
}

TEST_F(EndToEndTest, FilesMayBeStandardInputAndOutput) {
  const std::string protocol = Do({"protocol", "new", "--symptom", "migraine", "-o", "-"});
  EXPECT_EQ(Cli({"protocol", "check", "-"}, protocol).exit_code, kOk);
  EXPECT_EQ(Cli({"trial", "create", "-"}, protocol).exit_code, kOk);
}

// Out with everything, in somewhere else, and away.
TEST_F(EndToEndTest, MovesAndDeletesEverything) {
  WriteProtocol();
  Do({"trial", "create", Path("p.json")});
  Do({"trial", "start"});
  Do({"record", "restless_legs=4"});
  std::ofstream(Path("words")) << "the helper's words\n";
  const std::string archive = Path("my-data.zip");
  EXPECT_THAT(Fail(kInvalidInput, {"export", "--archive", "-o", archive}),
              HasSubstr("--passphrase-file"));
  EXPECT_THAT(Do({"export", "--archive", "-o", archive, "--passphrase-file", Path("words")}),
              HasSubstr(archive));
  const json before = DoJson({"entries", "--history"});

  EXPECT_THAT(Do({"import", "--archive", archive, "--passphrase-file", Path("words")}),
              HasSubstr("was here already"));
  Fail(kWrongUsage, {"delete-everything"});
  Do({"delete-everything", "--yes"});
  EXPECT_THAT(Fail(kNotAllowed, {"trial", "list"}), HasSubstr("deleted everything"));
  StopEngine();
  StartEngine();
  EXPECT_EQ(DoJson({"trial", "list"}).value("trials", json::array()).size(), 0);

  std::ofstream(Path("wrong")) << "other words\n";
  Fail(kNotAllowed, {"import", "--archive", archive, "--passphrase-file", Path("wrong")});
  EXPECT_THAT(Do({"import", "--archive", archive, "--passphrase-file", Path("words")}),
              HasSubstr("Brought in trials/"));
  EXPECT_EQ(DoJson({"entries", "--history"}), before);
  Fail(kInvalidInput, {"import", "--archive", Path("p.json")});
  Fail(kWrongUsage, {"import", "--archive", archive, "--diary", Path("p.json")});
  Fail(kWrongState, {"unlock", "--passphrase-file", Path("words")});
}

TEST_F(EndToEndTest, LogsOneJsonObjectALine) {
  const Ran ran = RunToEnd(
      {SOLOTRIAL_ENGINE_BINARY, "--data", Path("no\"where/data"), "--log", "json", "check"},
      Environment(), folder_, "");
  EXPECT_NE(ran.exit_code, 0);
  const json line = json::parse(ran.err, nullptr, false);
  ASSERT_TRUE(line.is_object()) << ran.err;
  EXPECT_EQ(line["level"], "error");
  EXPECT_THAT(line["message"].get<std::string>(), HasSubstr("no\"where/data"));
}

// The operator's commands, beside a running engine and without one.
TEST_F(EndToEndTest, TheOperatorBacksUpRestoresAndEncrypts) {
  WriteProtocol();
  Do({"trial", "create", Path("p.json")});
  Do({"trial", "start"});
  const auto engine = [this](std::vector<std::string> words, const std::string& input = "") {
    words.insert(words.begin(), {SOLOTRIAL_ENGINE_BINARY, "--data", Path("data")});
    return RunToEnd(words, Environment(), folder_, input);
  };
  const Ran backup = engine({"backup", Path("kept.db")});
  EXPECT_EQ(backup.exit_code, 0) << backup.err;
  Do({"record", "restless_legs=4"});
  EXPECT_THAT(engine({"check"}).out, HasSubstr("trials 1, entries 1"));
  EXPECT_THAT(engine({"check", Path("kept.db")}).out, HasSubstr("trials 1, entries 0"));
  EXPECT_THAT(engine({"restore", Path("kept.db")}).err, HasSubstr("Another engine"));
  EXPECT_THAT(engine({"encrypt"}, "words\n").err, HasSubstr("Another engine"));
  EXPECT_NE(engine({"check", Path("p.json")}).exit_code, 0);
  StopEngine();

  EXPECT_THAT(engine({"restore", Path("kept.db")}).out,
              HasSubstr("The database that it replaces is kept"));
  EXPECT_EQ(engine({"encrypt"}, "words\n").exit_code, 0);
  StartEngine();
  EXPECT_THAT(Fail(kWrongState, {"entries"}), HasSubstr("solotrial unlock"));
  EXPECT_EQ(Cli({"unlock", "--passphrase-file", "-"}, "other\n").exit_code, kNotAllowed);
  EXPECT_EQ(Cli({"unlock", "--passphrase-file", "-"}, "words\n").exit_code, kOk);
  EXPECT_EQ(DoJson({"entries"}).value("entries", json::array()).size(), 0);
  StopEngine();
  EXPECT_EQ(engine({"change-passphrase"}, "words\nnew words\n").exit_code, 0);
  EXPECT_NE(engine({"decrypt"}, "words\n").exit_code, 0);
  EXPECT_EQ(engine({"decrypt"}, "new words\n").exit_code, 0);
  StartEngine();
  Do({"entries"});
}

TEST_F(EndToEndTest, OptionsComeFromAFileAndTheCommandLineWins) {
  std::ofstream(Path("engine.conf")) << "keep-backups = 3\nbackup-hours = 12\n";
  const auto options = [this](const std::vector<std::string>& more) {
    std::vector<std::string> words = {SOLOTRIAL_ENGINE_BINARY, "--config", Path("engine.conf"),
                                      "--check-config"};
    words.insert(words.end(), more.begin(), more.end());
    return RunToEnd(words, Environment(), folder_, "");
  };
  EXPECT_THAT(options({}).out, HasSubstr("keep-backups=3"));
  const Ran ran = options({"--keep-backups", "5"});
  EXPECT_EQ(ran.exit_code, 0);
  EXPECT_THAT(ran.out, HasSubstr("keep-backups=5"));
  EXPECT_THAT(ran.out, HasSubstr("backup-hours=12"));
  std::ofstream(Path("engine.conf")) << "keep-bakups = 3\n";
  EXPECT_NE(options({}).exit_code, 0);
  std::ofstream(Path("engine.conf")) << "keep-backups = many\n";
  EXPECT_NE(options({}).exit_code, 0);
}

}  // namespace
}  // namespace solotrial::cli
