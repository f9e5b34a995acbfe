#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <regex>
#include <set>

#include "absl/strings/escaping.h"
#include "engine/base/digest.h"
#include "engine/report/catalogue.h"
#include "engine/report/html.h"
#include "engine/report/pdf.h"
#include "engine/report/summary_document.h"
#include "engine/trial/catalog.h"
#include "tests/report/summaries.h"
#include "tests/report/trials.h"
#include "tests/trial/protocols.h"

namespace solotrial::report {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr Language kLanguages[] = {Language::kEnglish, Language::kGerman};

std::string Html(const Summary& summary, Language language = Language::kEnglish) {
  return WriteHtml(SummaryDocument(summary, language), Paper::kA4, {}).html;
}

// Every tag is closed in order, and no `<` or `&` stands for itself: what an XML reader would ask.
void ExpectWellFormed(const std::string& html) {
  std::vector<std::string> open;
  static const std::regex tag("<(/?)([a-z0-9]+)((?: [a-zA-Z0-9:-]+=\"[^\"<]*\")*)(/?)>");
  size_t at = html.find("<html");
  while (at != std::string::npos && at < html.size()) {
    std::smatch match;
    ASSERT_TRUE(std::regex_search(html.begin() + static_cast<std::ptrdiff_t>(at), html.end(), match,
                                  tag, std::regex_constants::match_continuous))
        << html.substr(at, 80);
    if (match[1].length() > 0) {
      ASSERT_FALSE(open.empty());
      EXPECT_EQ(open.back(), match[2]);
      open.pop_back();
    } else if (match[4].length() == 0) {
      open.push_back(match[2]);
    }
    at = html.find('<', at + static_cast<size_t>(match.length()));
  }
  EXPECT_TRUE(open.empty());
  static const std::regex entity("&(?!amp;|lt;|gt;|quot;|#39;)");
  EXPECT_FALSE(std::regex_search(html, entity));
}

// Nothing of the catalogue was left unfilled.
void ExpectNoIds(const std::string& html) {
  static const std::regex id(
      ">(page|cent|label|figure|check|plain|decision|arm|state|prior|rule|design|change|end|event|"
      "deviation|protocol|harm)\\.[a-zA-Z_.0-9]+<|\\{[a-z_]+\\}");
  std::smatch match;
  const std::string body = html.substr(html.find("<body"));
  EXPECT_FALSE(std::regex_search(body, match, id)) << match.str();
  // A number that is none.
  static const std::regex none("[^a-z](nan|inf)[^a-z]");
  EXPECT_FALSE(std::regex_search(body, match, none)) << match.str();
}

// As the PDF itself counts them.
int Pages(const std::string& pdf) {
  const size_t at = pdf.find("/Count ");
  return at == std::string::npos ? 0 : std::stoi(pdf.substr(at + 7, 6));
}

// A page in both languages, and a PDF that can be written.
void ExpectPages(const Life& life) {
  const Summary summary = SummaryOf(life);
  for (const Language language : kLanguages) {
    const std::string html = Html(summary, language);
    ExpectWellFormed(html);
    ExpectNoIds(html);
    const auto pdf = WritePdf(SummaryDocument(summary, language),
                              language == Language::kGerman ? Paper::kA4 : Paper::kLetter);
    ASSERT_TRUE(pdf.ok()) << pdf.status();
    EXPECT_EQ(pdf->substr(0, 5), "%PDF-");
  }
}

TEST(SummaryPageTest, TheFirstPageSaysWhatADoctorAsks) {
  const Summary summary = SummaryOf(MigraineLife());
  const std::string html = Html(summary);
  const std::string first = html.substr(0, html.find("new-page\">", html.find("<body")));
  EXPECT_THAT(first, HasSubstr("Does magnesium prevent my migraine?"));
  const trial::AnalysisOutcome& outcome = summary.results->record.outcome;
  EXPECT_THAT(first,
              HasSubstr("“Migraine today, or acute medicine for it?” was better in magnesium "
                        "periods by " +
                        outcome.verdict.message.parameters.at("mean") + " days"));
  EXPECT_THAT(first, HasSubstr("95 % interval"));
  EXPECT_THAT(first, HasSubstr("days in 4 weeks"));
  EXPECT_THAT(first, HasSubstr("Randomisation test"));
  EXPECT_THAT(first, HasSubstr(Hex(outcome.digest)));
  EXPECT_THAT(first, HasSubstr("No side effect was recorded."));
}

TEST(SummaryPageTest, UsualPagesAreWholeSmallAndPrintTheirFirstPageOnOneSheet) {
  for (const Life& life : {UsualLife(), MigraineLife()}) {
    ExpectPages(life);
    const Summary summary = SummaryOf(life);
    for (const Language language : kLanguages) {
      EXPECT_LT(Html(summary, language).size(), 150'000u);
      Document document = SummaryDocument(summary, language);
      // Up to where the second page begins.
      const auto is_new_page = [](const Part& part) {
        return std::holds_alternative<NewPage>(part);
      };
      document.parts.erase(std::find_if(document.parts.begin(), document.parts.end(), is_new_page),
                           document.parts.end());
      for (const Paper paper : {Paper::kA4, Paper::kLetter}) {
        EXPECT_EQ(Pages(*WritePdf(document, paper)), 1);
      }
    }
  }
}

TEST(SummaryPageTest, HasNoScriptAndItsPolicyAllowsItsOwnStyleOnly) {
  const HtmlPage page = WriteHtml(SummaryDocument(SummaryOf(UsualLife()), Language::kEnglish),
                                  Paper::kLetter, {{"PDF <now>", "summary.pdf?paper=letter"}});
  ExpectWellFormed(page.html);
  EXPECT_THAT(page.html, Not(HasSubstr("<script")));
  EXPECT_THAT(page.html, Not(HasSubstr(" style=")));
  EXPECT_THAT(page.html, Not(testing::ContainsRegex(" on[a-z]+=")));
  EXPECT_THAT(page.html, HasSubstr("<a href=\"summary.pdf?paper=letter\">PDF &lt;now&gt;</a>"));
  EXPECT_THAT(page.html, HasSubstr("size:letter"));
  const size_t begin = page.html.find("<style>") + 7;
  const std::string style = page.html.substr(begin, page.html.find("</style>") - begin);
  EXPECT_EQ(page.content_security_policy,
            "default-src 'none'; style-src 'sha256-" + absl::Base64Escape(Sha256(style)) +
                "'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
}

TEST(SummaryPageTest, TheSameSummaryGivesTheSameBytes) {
  const Document document = SummaryDocument(SummaryOf(UsualLife()), Language::kEnglish);
  EXPECT_EQ(WriteHtml(document, Paper::kA4, {}).html, WriteHtml(document, Paper::kA4, {}).html);
  EXPECT_EQ(*WritePdf(document, Paper::kA4), *WritePdf(document, Paper::kA4));
  EXPECT_NE(*WritePdf(document, Paper::kA4), *WritePdf(document, Paper::kLetter));
}

TEST(SummaryPageTest, WithoutAScore) {
  Life life = UsualLife();
  life.scored_days = 0;
  life.doses = false;
  ExpectPages(life);
  const std::string html = Html(SummaryOf(life));
  EXPECT_THAT(html, HasSubstr("Too little was recorded to give an answer."));
  EXPECT_THAT(html, HasSubstr("100 % of the scheduled scores are missing."));
  // The benefit would be that of the prior.
  EXPECT_THAT(html, HasSubstr("<dt>Benefit</dt><dd dir=\"auto\" class=\"muted\">not recorded"));
}

TEST(SummaryPageTest, OfOneDay) {
  Life life = UsualLife();
  life.stop_day = 0;
  ExpectPages(life);
  EXPECT_THAT(Html(SummaryOf(life)), HasSubstr("Stopped early; last day that counts: 2026-01-05."));
}

TEST(SummaryPageTest, OfOneArm) {
  Life life = UsualLife();
  life.stop_day = 9;
  ExpectPages(life);
  EXPECT_THAT(Html(SummaryOf(life)), HasSubstr("Only one kind of block was lived"));
}

TEST(SummaryPageTest, WithNineDaysOfTenMissing) {
  Life life = UsualLife();
  life.keep_every = 10;
  ExpectPages(life);
  EXPECT_THAT(Html(SummaryOf(life)), HasSubstr("of the scheduled scores are missing."));
}

TEST(SummaryPageTest, PausedTwiceAndStopped) {
  Life life = UsualLife();
  life.pauses = {{5, 4}, {30, 6}};
  life.stop_day = 60;
  ExpectPages(life);
  const std::string html = Html(SummaryOf(life));
  EXPECT_THAT(html, HasSubstr("2026-01-10 to 2026-01-13: paused. away"));
  EXPECT_THAT(html, HasSubstr("2026-02-04 to 2026-02-09: paused. away"));
  EXPECT_THAT(html, HasSubstr("had enough"));
}

TEST(SummaryPageTest, OfThreeThousandDays) {
  const Summary summary = SummaryOf(LongLife());
  ASSERT_EQ(summary.results->record.adherence.size(), 3000u);
  EXPECT_EQ(summary.results->record.evidence.size(), 3u);
  const std::string html = Html(summary);
  ExpectWellFormed(html);
  ExpectNoIds(html);
  EXPECT_TRUE(WritePdf(SummaryDocument(summary, Language::kEnglish), Paper::kA4).ok());
}

TEST(SummaryPageTest, AwkwardWordsStayWordsInEveryPlace) {
  Life life = UsualLife();
  life.protocol.title = "<b>שלום</b> 😀 & \"x\"";
  life.protocol.measures[0].question = "ما مدى الألم؟ <i>";
  life.protocol.intervention->name = "<script>alert(1)</script>";
  life.protocol.intervention->on_instruction = "]]> --> </style>";
  int serial = 9000;
  for (const std::string& text : AwkwardTexts()) {
    trial::Entry entry = trial::Score(++serial, Date(2026, 1, 9), 1);
    entry.kind = trial::Entry::Kind::kDeviation;
    entry.subject = "1";
    entry.text = text;
    life.more.push_back(entry);
    entry.id = trial::Id(++serial);
    entry.kind = trial::Entry::Kind::kEvent;
    entry.subject = trial::kSideEffectType;
    life.more.push_back(entry);
  }
  ExpectPages(life);
  const std::string html = Html(SummaryOf(life));
  EXPECT_THAT(html, Not(HasSubstr("<script")));
  EXPECT_THAT(html, Not(HasSubstr("<b>")));
  EXPECT_THAT(html, HasSubstr("&lt;script&gt;alert(1)&lt;/script&gt;"));
}

TEST(SummaryPageTest, ARunningTrialTellsNothingOfItsOrderOrItsScores) {
  Life life = UsualLife();
  life.today_day = 50;
  Life opposite = life;
  for (char& arm : opposite.allocation) arm = arm == '1' ? '0' : '1';
  for (const Language language : kLanguages) {
    const std::string html = Html(SummaryOf(life), language);
    ExpectWellFormed(html);
    ExpectNoIds(html);
    EXPECT_EQ(html, Html(SummaryOf(opposite), language));
    EXPECT_THAT(html, Not(HasSubstr("<svg")));
  }
}

TEST(SummaryPageTest, TheProtocolHasTwoLinesToSign) {
  const Summary summary = SummaryOf(UsualLife());
  for (const Language language : kLanguages) {
    const Document document = ProtocolDocument(summary, language);
    const std::string html = WriteHtml(document, Paper::kA4, {}).html;
    ExpectWellFormed(html);
    ExpectNoIds(html);
    EXPECT_THAT(html, HasSubstr(language == Language::kGerman ? "Unterschrift" : "Signature"));
    EXPECT_TRUE(WritePdf(document, Paper::kLetter).ok());
  }
}

TEST(SummaryPageTest, EveryLaboratoryValueOfTheCatalogueHasItsWords) {
  for (const trial::CatalogLaboratoryValue& value : trial::TheCatalog().laboratory_values) {
    EXPECT_TRUE(EnglishPages().contains("event.laboratory." + value.id)) << value.id;
  }
}

TEST(SummaryPageTest, BothLanguagesSayTheSameWithTheSameParameters) {
  const auto parameters = [](const std::string& text) {
    static const std::regex name("\\{[a-z_]+\\}");
    return std::multiset<std::string>(std::sregex_token_iterator(text.begin(), text.end(), name),
                                      {});
  };
  ASSERT_EQ(EnglishPages().size(), GermanPages().size());
  for (const auto& [id, text] : EnglishPages()) {
    ASSERT_TRUE(GermanPages().contains(id)) << id;
    EXPECT_EQ(parameters(text), parameters(GermanPages().at(id))) << id;
  }
}

}  // namespace
}  // namespace solotrial::report
