// Two machines, an engine with TLS between them, and a doctor, through the real binaries.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>

#include "clients/cli/errors.h"
#include "tests/cli/process.h"

namespace solotrial::cli {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

class AccessEndToEndTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::path(testing::TempDir()) / ("access_" + std::to_string(getpid()));
    std::filesystem::create_directories(folder_);
    std::ofstream(Path("clock")) << "2026-03-01T20:00:00+01:00\n";
    StartEngine();
  }

  void StartEngine() {
    engine_ = std::make_unique<Process>(
        std::vector<std::string>{SOLOTRIAL_ENGINE_BINARY, "--data", Path("engine"), "--listen",
                                 "127.0.0.1:0", "--tls", "--clock=manual:" + Path("clock")},
        Variables{}, Process::Stream::kErr);
    std::string line = "...";
    while (!line.empty() && line.find("with TLS") == std::string::npos) line = engine_->ReadLine();
    ASSERT_NE(line, "") << "the engine ended before it listened";
  }

  void TearDown() override {
    engine_->Signal(SIGTERM);
    EXPECT_EQ(engine_->Wait(), 0);
    std::filesystem::remove_all(folder_);
  }

  std::string Path(const std::string& name) const { return folder_ / name; }

  // A command on the machine whose data folder is `machine`.
  Ran Cli(const std::string& machine, std::vector<std::string> words,
          const std::string& input = "") {
    words.insert(words.begin(), SOLOTRIAL_CLIENT_BINARY);
    Variables environment = {{"SOLOTRIAL_DATA", Path(machine)}, {"TZ", "UTC"}};
    if (!now_.empty()) environment["SOLOTRIAL_NOW"] = now_;
    return RunToEnd(words, environment, folder_, input);
  }
  std::string Do(const std::string& machine, const std::vector<std::string>& words,
                 const std::string& input = "") {
    const Ran ran = Cli(machine, words, input);
    EXPECT_EQ(ran.exit_code, kOk) << testing::PrintToString(words) << ran.err;
    return ran.out;
  }
  json DoJson(const std::string& machine, std::vector<std::string> words,
              const std::string& input = "") {
    words.emplace_back("--json");
    return json::parse(Do(machine, words, input), nullptr, false);
  }
  std::string Fail(int exit_code, const std::string& machine, const std::vector<std::string>& words,
                   const std::string& input = "") {
    const Ran ran = Cli(machine, words, input);
    EXPECT_EQ(ran.exit_code, exit_code) << testing::PrintToString(words) << ran.out << ran.err;
    return ran.err;
  }
  // A started trial on the engine.
  std::string StartTrial() {
    Do("engine", {"protocol", "new", "--symptom", "restless-legs", "--region", "EU", "--has-none",
                  "-o", Path("protocol.json")});
    Do("engine", {"trial", "create", Path("protocol.json")});
    return DoJson("engine", {"trial", "start"})["name"];
  }

  std::filesystem::path folder_;
  std::string now_;  // of the machines that are joined, when it is not the engine's
  std::unique_ptr<Process> engine_;
};

TEST_F(AccessEndToEndTest, ASecondMachineJoinsOverTlsAndIsRevoked) {
  const std::string trial = StartTrial();
  const std::string link = DoJson("engine", {"pair"})["link"];
  EXPECT_THAT(link, HasSubstr("&pin="));
  EXPECT_THAT(Do("laptop", {"join", link, "--name", "laptop"}), HasSubstr("as owner"));
  struct stat info = {};
  ASSERT_EQ(stat(Path("laptop/joined/token").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600U);
  EXPECT_THAT(Do("laptop", {"trial", "show"}), HasSubstr(trial));
  EXPECT_THAT(Do("laptop", {"devices", "rotate"}), HasSubstr("new token"));
  const json devices = DoJson("laptop", {"devices", "list"})["devices"];
  ASSERT_EQ(devices.size(), 2U);
  const size_t laptop = devices[0]["displayName"] == "laptop" ? 0 : 1;
  EXPECT_EQ(devices[laptop]["current"], true);
  const std::string id = devices[laptop]["name"];
  Do("engine", {"devices", "name", id, "old laptop"});
  EXPECT_THAT(Do("engine", {"devices", "list"}), HasSubstr("old laptop"));
  Do("engine", {"devices", "revoke", id});
  EXPECT_THAT(Fail(kNotAllowed, "laptop", {"trial", "show"}), HasSubstr("credential"));
  // The code was for once.
  EXPECT_THAT(Fail(kNotAllowed, "another", {"join", link}), HasSubstr("not valid"));
}

TEST_F(AccessEndToEndTest, AJoinedMachineKeepsWhatIsRecordedWhileTheEngineIsAway) {
  StartTrial();
  Do("laptop", {"join", DoJson("engine", {"pair"})["link"], "--name", "laptop"});
  Do("laptop", {"record", "restless_legs=4"});
  now_ = "2026-03-01T20:30:00+01:00";
  EXPECT_THAT(Do("laptop", {"record", "restless_legs=6", "--later"}),
              HasSubstr("was 4, now 6\nKept on this machine"));
  EXPECT_THAT(Do("laptop", {"outbox", "list"}), HasSubstr("restless_legs"));
  EXPECT_THAT(Do("laptop", {"entries"}), HasSubstr(" 4 "));
  EXPECT_THAT(Do("laptop", {"entries", "--here"}), HasSubstr(" 6 "));
  EXPECT_THAT(Fail(kWrongState, "laptop", {"devices", "sign-out"}), HasSubstr("1 waiting"));
  Fail(kWrongState, "laptop", {"outbox", "forget"});
  EXPECT_THAT(Do("laptop", {"sync"}), HasSubstr("Sent: 1."));
  EXPECT_THAT(Do("laptop", {"entries"}), HasSubstr(" 6 "));
  EXPECT_THAT(Do("laptop", {"outbox", "list"}), HasSubstr("Nothing waits"));

  // Refused later, as nobody was there to ask: it is told until it is discarded.
  Do("laptop", {"record", "restless_legs=60", "--later"});
  const json refused = json::parse(Cli("laptop", {"sync", "--json"}).out)["refused"];
  ASSERT_EQ(refused.size(), 1U);
  EXPECT_EQ(refused[0]["rejection"]["reason"], "VALUE_OUT_OF_RANGE");
  Do("laptop", {"outbox", "discard", refused[0]["entry"]["id"]});
  EXPECT_THAT(Do("laptop", {"outbox", "list"}), HasSubstr("Nothing waits"));

  // The engine's own machine keeps no copy.
  EXPECT_THAT(Fail(kWrongUsage, "engine", {"record", "restless_legs=1", "--later"}),
              HasSubstr("engine on this machine"));
  engine_->Signal(SIGTERM);
  EXPECT_EQ(engine_->Wait(), 0);
  EXPECT_THAT(Do("laptop", {"dose"}), HasSubstr("Kept on this machine"));
  Fail(kUnreachable, "laptop", {"sync"});
  Fail(kUnreachable, "engine", {"dose"});
  StartEngine();
}

TEST_F(AccessEndToEndTest, TheExampleInCppKeepsAndSends) {
  const std::string trial = StartTrial();
  const json link = DoJson("engine", {"pair"})["link"];
  const std::vector<std::string> words = {SOLOTRIAL_CPP_EXAMPLE, link, Path("outbox.db"), trial,
                                          "restless_legs",       "3"};
  const Ran ran = RunToEnd(words, {{"TZ", "UTC"}}, folder_, "");
  // It dates by the machine's clock, which is long after this trial.
  EXPECT_EQ(ran.exit_code, 0) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("kept for 20"));
  EXPECT_THAT(ran.out, HasSubstr("refused: "));
  EXPECT_THAT(Do("engine", {"devices", "list"}), HasSubstr("example"));
}

TEST_F(AccessEndToEndTest, NothingIsSentToWhatHasAnotherCertificate) {
  std::string link = DoJson("engine", {"pair"})["link"];
  link[link.size() - 1] = link.back() == '0' ? '1' : '0';
  EXPECT_THAT(Fail(kNotAllowed, "laptop", {"join", link}), HasSubstr("nothing was sent"));
  EXPECT_FALSE(std::filesystem::exists(Path("laptop/joined")));
  Fail(kWrongUsage, "laptop", {"join", "solotrial:share?engine=127.0.0.1:1&token=x"});
  Fail(kWrongUsage, "laptop", {"join", "solotrial:pair?code=K7Q2-9XMV-4T8P"});
  Fail(kUnreachable, "laptop",
       {"join", "solotrial:pair?engine=127.0.0.1:1&code=K7Q2-9XMV-4T8P&pin=00"});
}

TEST_F(AccessEndToEndTest, WhatAThiefWouldWantNeedsThePhraseOrTheOtherMachine) {
  StartTrial();
  Do("laptop", {"join", DoJson("engine", {"pair"})["link"], "--name", "laptop"});
  EXPECT_THAT(Fail(kNotAllowed, "laptop", {"pair"}), HasSubstr("solotrial confirm"));
  EXPECT_THAT(Fail(kNotAllowed, "laptop", {"export", "-o", "-"}), HasSubstr("confirm"));
  const std::string phrase = DoJson("engine", {"recovery", "new"})["recoveryPhrase"];
  Fail(kNotAllowed, "laptop", {"confirm"}, "00000-00000-00000-00000-00000-00000\n");
  Do("laptop", {"confirm"}, phrase + "\n");
  Do("laptop", {"pair"});

  // A third machine has neither, and asks.
  Do("tablet", {"join", DoJson("engine", {"pair"})["link"], "--name", "tablet"});
  const json asked = DoJson("tablet", {"confirm", "--ask"});
  EXPECT_THAT(Do("engine", {"approve"}), HasSubstr("tablet"));
  Fail(kWrongUsage, "engine", {"approve", std::string(asked["name"])});
  Do("engine", {"approve", asked["name"], asked["number"]});
  Do("tablet", {"pair"});

  // And a lost machine is replaced.
  const std::string link = DoJson("engine", {"pair"})["link"];
  const std::string pin = link.substr(link.find("&pin=") + 5);
  const std::string address = link.substr(22, link.find("&code=") - 22);
  Do("new", {"recovery", "use", "--engine", address, "--pin", pin, "--revoke-others"},
     phrase + "\n");
  Do("new", {"trial", "list"});
  Fail(kNotAllowed, "laptop", {"trial", "list"});
  Do("new", {"devices", "sign-out"});
}

TEST_F(AccessEndToEndTest, ADoctorReadsOneTrialByLinkOrInvitation) {
  const std::string trial = StartTrial();
  const json link = DoJson("engine", {"share", "create", "--for", "my doctor", "--days", "14"});
  EXPECT_THAT(Do("doctor", {"share", "open", link["link"]}), HasSubstr(trial));
  EXPECT_THAT(Do("engine", {"share", "list"}), HasSubstr("my doctor"));
  EXPECT_THAT(Do("engine", {"share", "openings", link["name"]}), HasSubstr("2026-03-01 19:00"));
  Do("engine", {"share", "revoke", link["name"]});
  Fail(kNotAllowed, "doctor", {"share", "open", link["link"]});

  const json invitation = DoJson("engine", {"invite", "new", "clinician"});
  EXPECT_THAT(Do("engine", {"invite", "list"}), HasSubstr("clinician"));
  Do("doctor", {"join", invitation["link"], "--name", "my doctor"});
  EXPECT_THAT(Do("doctor", {"trial", "show"}), HasSubstr(trial));
  Fail(kNotAllowed, "doctor", {"trial", "pause"});
  const json second = DoJson("engine", {"invite", "new", "helper"});
  Do("engine", {"invite", "revoke", second["name"]});
  Fail(kNotAllowed, "helper", {"join", second["link"]});
  Fail(kWrongUsage, "engine", {"invite", "new", "doctor"});
  EXPECT_THAT(Do("engine", {"audit", "list"}), HasSubstr("ShareLinkOpened"));
  EXPECT_THAT(Do("engine", {"audit", "verify"}), HasSubstr("as they were written"));
}

// Another person on the same engine: a person of their own, who sees nothing of the owner's.
TEST_F(AccessEndToEndTest, AParticipantHasTrialsOfTheirOwn) {
  const std::string trial = StartTrial();
  const json invitation = DoJson("engine", {"invite", "new", "participant"});
  EXPECT_THAT(Do("bert", {"join", invitation["link"]}), HasSubstr("recovery phrase"));
  EXPECT_THAT(Do("bert", {"trial", "list"}), Not(HasSubstr(trial.substr(7, 8))));
  Fail(kNotFound, "bert", {"trial", "show", trial});
}

// A blinded trial from invitation to proof: the helper's machine, and the person's.
TEST_F(AccessEndToEndTest, AHelperPacksAndThePersonSeesEnvelopes) {
  std::vector<std::string> words = {"protocol",
                                    "new",
                                    "--symptom",
                                    "restless-legs",
                                    "--region",
                                    "EU",
                                    "--has-none",
                                    "--blinded",
                                    "--block-days",
                                    "7",
                                    "--pairs",
                                    "2",
                                    "--run-in-days",
                                    "0",
                                    "--time-zone",
                                    "UTC",
                                    "-o",
                                    Path("blinded.json")};
  EXPECT_THAT(Fail(kWrongUsage, "engine", words), HasSubstr("--off"));
  words.insert(words.end(), {"--off", "Take the other capsule."});
  Do("engine", words);
  const std::string trial = DoJson("engine", {"trial", "create", Path("blinded.json")})["name"];
  Fail(kWrongState, "engine", {"trial", "start", trial, "--date", "2026-03-02"});
  const std::string link = DoJson("engine", {"invite", "new", "helper", trial})["link"];
  Do("helper", {"join", link, "--name", "helper's laptop"});
  EXPECT_THAT(Fail(kInvalidInput, "engine", {"trial", "start", trial}), HasSubstr("2026-03-02"));
  const std::string commitment =
      DoJson("engine", {"trial", "start", trial, "--date", "2026-03-02"})["commitment"];
  EXPECT_THAT(Do("helper", {"packing-list"}), HasSubstr("Take the other capsule."));
  Fail(kNotAllowed, "helper", {"trial", "list"});
  Fail(kNotAllowed, "engine", {"packing-list"});
  EXPECT_THAT(Do("engine", {"trial", "show", trial}), HasSubstr("shown to helper's laptop"));

  std::ofstream(Path("clock")) << "2026-03-08T20:00:00Z\n";
  const std::string today = Do("engine", {"today"});
  EXPECT_THAT(today, HasSubstr("envelope 1"));
  EXPECT_THAT(today, HasSubstr("guess"));
  EXPECT_THAT(Do("engine", {"guess", "off"}), HasSubstr("guess block 1"));
  Fail(kWrongUsage, "engine", {"guess", "perhaps"});
  EXPECT_THAT(Do("engine", {"deviation", "flu", "--kind", "illness", "--days", "2"}),
              HasSubstr("2 days: flu"));
  EXPECT_THAT(Do("engine", {"trial", "extend", "--pairs", "1", "--reason", "more"}),
              HasSubstr("12 Apr"));
  EXPECT_THAT(Do("engine", {"trial", "skip", "--date", "2026-03-20", "--days", "2"}),
              HasSubstr("14 Apr"));
  Do("engine", {"trial", "zone", "Europe/Berlin"});
  EXPECT_THAT(Do("engine", {"trial", "schedule"}), Not(HasSubstr(" on ")));
  EXPECT_THAT(Fail(kWrongState, "engine", {"export", "--archive", "-o", Path("data.zip")}),
              HasSubstr("helper"));
  std::ofstream(Path("words")) << "known to the helper\n";
  Do("helper", {"packing-list", "--passphrase-file", Path("words")});
  Do("engine", {"export", "--archive", "-o", Path("data.zip")});

  std::ofstream(Path("clock")) << "2026-04-20T20:00:00Z\n";
  EXPECT_THAT(Do("engine", {"verify", trial, "-o", Path("proof.json")}), Not(HasSubstr("NO")));
  Do("nobody", {"verify", "--file", Path("proof.json")});
  EXPECT_THAT(Fail(kInvalidInput, "nobody", {"verify", "--file", Path("words")}),
              HasSubstr("verify"));
}

}  // namespace
}  // namespace solotrial::cli
