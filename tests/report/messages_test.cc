// The message catalogue: complete in every language, and careful in what it says.
#include "engine/report/messages.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>

#include "absl/strings/ascii.h"
#include "engine/report/catalogue.h"

namespace solotrial::report {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Not;

constexpr Language kLanguages[] = {Language::kEnglish, Language::kGerman};

// The contract with the rooms that make messages, as the table in messages.h has it.
const std::map<std::string, std::set<std::string>>& Parameters() {
  static const auto* const parameters = new std::map<std::string, std::set<std::string>>{
      {"verdict.responds", {"treatment", "measure", "unit", "mean", "low", "high"}},
      {"verdict.worsens", {"treatment", "measure", "unit", "mean", "low", "high"}},
      {"verdict.benefit_too_small", {"treatment", "measure", "unit", "mean", "low", "high", "mid"}},
      {"verdict.benefit_size_open", {"treatment", "measure", "unit", "mean", "low", "high", "mid"}},
      {"verdict.does_not_respond", {"treatment", "measure", "unit", "mid", "percent"}},
      {"verdict.benefit_size_open.no_mid", {"treatment", "measure", "unit", "mean", "low", "high"}},
      {"verdict.undecided", {"treatment", "measure", "unit", "mean", "low", "high"}},
      {"verdict.undecided_low_contrast", {"treatment", "measure", "contrast"}},
      {"verdict.insufficient_data.going_on", {}},
      {"verdict.insufficient_data.ended", {}},
      {"verdict.not_randomised", {"treatment", "measure", "unit", "mean", "low", "high"}},
      {"verdict.not_computed.unreliable", {"problem"}},
      {"verdict.not_computed.autocorrelation_off", {}},
      {"remark.open_label", {}},
      {"remark.not_confirmed_by_block_means", {}},
      {"remark.recording_may_end", {}},
      {"remark.further_pairs", {"pairs"}},
      {"remark.stopped_early", {}},
      {"remark.not_adjusted_for_looks", {}},
      {"remark.talk_to_doctor", {}},
      {"remark.unblinded", {"date"}},
      {"remark.new_treatment", {"dates"}},
      {"notice.paused_severe", {}},
      {"notice.paused_moderate", {}},
      {"notice.side_effect", {}},
      {"notice.medication_overuse", {"days"}},
      {"look.keep_going", {}},
      {"look.recording_may_end", {}},
      {"today.before", {"date"}},
      {"today.run_in", {}},
      {"today.off", {}},
      {"today.paused", {}},
      {"today.after", {}},
      {"today.not_shown", {}},
      {"today.envelope", {"envelope"}},
      {"today.guess", {"block"}},
      {"calendar.dose", {}},
      {"calendar.score", {}},
      {"today.next_visit", {"visit", "visits"}},
      {"today.next_visit_known", {"visit", "visits", "instruction"}},
      {"today.next_visit_envelope", {"visit", "visits"}},
      {"today.next_cycle", {}},
      {"today.visit", {}},
      {"today.cycle", {}},
      {"sensitivity.left_out.as_taken", {}},
      {"sensitivity.left_out.missing", {}},
      {"sensitivity.left_out.tipping_point.missing", {}},
      {"sensitivity.left_out.tipping_point.verdict", {}},
      {"sensitivity.left_out.washout.none", {}},
      {"sensitivity.left_out.washout.too_long", {"days", "block_days"}},
      {"sensitivity.left_out.carry_over", {}},
      {"sensitivity.left_out.blinding", {}},
  };
  return *parameters;
}

std::set<std::string> PlaceholdersOf(const std::string& text) {
  std::set<std::string> names;
  for (size_t open = text.find('{'); open != std::string::npos; open = text.find('{', open + 1)) {
    names.insert(text.substr(open + 1, text.find('}', open) - open - 1));
  }
  return names;
}

// Lower-case words of letters; letters beyond ASCII stay as they are.
std::set<std::string> WordsOf(const std::string& text) {
  std::set<std::string> words;
  std::string word;
  for (const char c : text + " ") {
    const auto byte = static_cast<unsigned char>(c);
    if (absl::ascii_isalpha(byte) || !absl::ascii_isascii(byte)) {
      word += absl::ascii_tolower(byte);
    } else {
      words.insert(word);
      word.clear();
    }
  }
  return words;
}

trial::Message Filled(const std::string& id) {
  trial::Message message{id, {}};
  for (const std::string& name : PlaceholdersOf(CatalogueOf(Language::kEnglish).texts.at(id))) {
    message.parameters[name] = "1.5";
  }
  return message;
}

std::map<std::string, std::set<std::string>> ParametersIn(Language language) {
  std::map<std::string, std::set<std::string>> found;
  for (const auto& [id, text] : CatalogueOf(language).texts) found[id] = PlaceholdersOf(text);
  return found;
}

const trial::Message kResponds{"verdict.responds",
                               {{"treatment", "magnesium"},
                                {"measure", "headache"},
                                {"unit", "points"},
                                {"mean", "1.4"},
                                {"low", "-0.5"},
                                {"high", "2"}}};

TEST(MessagesTest, EveryLanguageHasEveryIdWithItsParameters) {
  const auto english = ParametersIn(Language::kEnglish);
  EXPECT_EQ(english, ParametersIn(Language::kGerman));
  EXPECT_EQ(english.size(), MessageIds().size());
  for (const auto& [id, parameters] : Parameters()) EXPECT_EQ(english.at(id), parameters) << id;
}

bool IsQuestion(const std::string& id) {
  return id == "today.guess" || id == "today.visit" || id == "today.cycle";
}

TEST(MessagesTest, EveryMessageRendersInEveryLanguage) {
  for (const std::string& id : MessageIds()) {
    for (const Language language : kLanguages) {
      const std::string text = Render(Filled(id), language);
      EXPECT_NE(text, id);
      EXPECT_THAT(text, Not(HasSubstr("{")));
      EXPECT_EQ(text.find("  "), std::string::npos) << text;
      // The words of pages are also headings and labels, the same in both languages at times.
      if (!Parameters().contains(id)) continue;
      EXPECT_TRUE(text.ends_with(IsQuestion(id) ? '?' : '.')) << text;
    }
    if (!Parameters().contains(id)) continue;
    EXPECT_NE(Render(Filled(id), Language::kEnglish), Render(Filled(id), Language::kGerman));
  }
}

TEST(MessagesTest, AVerdictIsOneSentence) {
  for (const std::string& id : MessageIds()) {
    if (!id.starts_with("verdict.")) continue;
    for (const Language language : kLanguages) {
      EXPECT_EQ(Render(Filled(id), language).find(". "), std::string::npos) << id;
    }
  }
}

TEST(MessagesTest, PromisesNothing) {
  const std::set<std::string> forbidden = {
      "prove",    "proves",     "proven",     "proved",      "proof",       "exact",
      "exactly",  "cure",       "cures",      "cured",       "guarantee",   "guaranteed",
      "certain",  "certainly",  "definite",   "definitely",  "significant", "significantly",
      "bewiesen", "beweis",     "beweist",    "beweisen",    "exakt",       "genau",
      "heilt",    "garantiert", "sicherlich", "signifikant", "nachgewiesen"};
  for (const Language language : kLanguages) {
    for (const auto& [id, text] : CatalogueOf(language).texts) {
      for (const std::string& word : WordsOf(text)) {
        EXPECT_THAT(forbidden, Not(Contains(word))) << id;
      }
    }
  }
}

TEST(MessagesTest, WritesNumbersAsTheLanguageDoes) {
  EXPECT_EQ(
      Render(kResponds, Language::kEnglish),
      "In this trial, “headache” was better in magnesium periods by 1.4 points (95 % interval "
      "-0.5 to 2), an amount that matters to this person.");
  EXPECT_EQ(Render(kResponds, Language::kGerman),
            "In diesem Versuch war „headache“ in den Zeiten mit magnesium um 1,4 Punkte besser "
            "(95-%-Intervall -0,5 bis 2), und so viel ist für diese Person von Bedeutung.");
}

TEST(MessagesTest, LeavesOtherTextAsItIs) {
  trial::Message message = kResponds;
  message.parameters["measure"] = "How bad (0.5 to 10) was it on 1.2.2026, {treatment}?";
  EXPECT_THAT(Render(message, Language::kGerman),
              HasSubstr("„How bad (0.5 to 10) was it on 1.2.2026, {treatment}?“"));
  EXPECT_THAT(Render({"today.before", {{"date", "2026-03-01"}}}, Language::kGerman),
              HasSubstr("2026-03-01"));
  message.parameters["unit"] = "furlongs";
  EXPECT_THAT(Render(message, Language::kGerman), HasSubstr("1,4 furlongs"));
}

TEST(MessagesTest, UnitsAreCalledAsTheirNumberAsks) {
  const auto says = [](const std::string& id, const std::string& unit, const std::string& mid,
                       Language language) {
    trial::Message message = kResponds;
    message.id = id;
    message.parameters["unit"] = unit;
    message.parameters["mid"] = mid;
    message.parameters["percent"] = "3";
    return Render(message, language);
  };
  const std::string small = "verdict.benefit_too_small";
  const std::string none = "verdict.does_not_respond";
  const std::string open = "verdict.undecided";
  EXPECT_THAT(says(small, "points", "1", Language::kEnglish),
              testing::AllOf(HasSubstr("by 1.4 points"), HasSubstr("(1 point).")));
  EXPECT_THAT(says(small, "days per 28 days", "2", Language::kEnglish),
              testing::AllOf(HasSubstr("by 1.4 days per 28 days (95 %"),
                             HasSubstr("(2 days per 28 days).")));
  EXPECT_THAT(says(none, "days per 28 days", "1", Language::kEnglish),
              HasSubstr("as large as 1 day per 28 days is unlikely (3 %)."));
  EXPECT_THAT(says(none, "events per 7 days", "1", Language::kEnglish),
              HasSubstr("as large as 1 event per 7 days is"));
  EXPECT_THAT(says(none, "events per 7 days", "0.5", Language::kEnglish),
              HasSubstr("as large as 0.5 events per 7 days is"));
  EXPECT_THAT(says(small, "points", "1", Language::kGerman),
              testing::AllOf(HasSubstr("um 1,4 Punkte besser"), HasSubstr("(1 Punkt).")));
  EXPECT_THAT(says(none, "days per 28 days", "1", Language::kGerman),
              HasSubstr("1 Tag je 28 Tage oder mehr beträgt."));
  EXPECT_THAT(says(open, "days per 28 days", "1", Language::kGerman),
              HasSubstr("Der Nutzen betrug 1,4 Tage je 28 Tage (95"));
  EXPECT_THAT(says(none, "events per 7 days", "1", Language::kGerman),
              HasSubstr("1 Ereignis je 7 Tage oder mehr"));
  EXPECT_THAT(says(open, "events per 7 days", "1", Language::kGerman),
              HasSubstr("betrug 1,4 Ereignisse je 7 Tage"));
}

TEST(MessagesTest, NamesAMeasureInWords) {
  trial::Message message = Filled("verdict.does_not_respond");
  message.parameters["measure"] = "restless_legs";
  EXPECT_THAT(Render(message, Language::kEnglish), HasSubstr("“restless legs”"));
}

TEST(MessagesTest, NamesATreatmentWithoutAName) {
  trial::Message message = kResponds;
  message.parameters["treatment"] = "";
  EXPECT_THAT(Render(message, Language::kEnglish), HasSubstr("in treatment periods"));
  EXPECT_THAT(Render(message, Language::kGerman), HasSubstr("mit Behandlung um"));
}

TEST(MessagesTest, AnswersAMistakeWithTheId) {
  EXPECT_EQ(Render({"verdict.no_such", {}}, Language::kEnglish), "verdict.no_such");
  trial::Message message = kResponds;
  message.parameters.erase("low");
  EXPECT_EQ(Render(message, Language::kGerman), "verdict.responds");
}

TEST(MessagesTest, KnowsTheLanguageOfATag) {
  for (const std::string tag : {"de", "DE", "de-AT", "de-Latn-DE", "de_DE.UTF-8"}) {
    EXPECT_EQ(LanguageOf(tag), Language::kGerman) << tag;
  }
  for (const std::string tag : {"", "en", "en-GB", "den", "fr", "C", "nds-DE", "und-DE"}) {
    EXPECT_EQ(LanguageOf(tag), Language::kEnglish) << tag;
  }
}

TEST(MessagesTest, GivesTheSafetySentenceWhereRecordingMayEnd) {
  for (const std::string id : {"remark.recording_may_end", "look.recording_may_end"}) {
    EXPECT_THAT(Render({id, {}}, Language::kEnglish),
                HasSubstr("Change no medicine without your doctor."));
  }
}

}  // namespace
}  // namespace solotrial::report
