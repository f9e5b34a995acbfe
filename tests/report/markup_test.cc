#include "engine/report/markup.h"

#include <gtest/gtest.h>

#include "engine/report/words.h"

namespace solotrial::report {
namespace {

TEST(MarkupTest, EscapesTextAndAttributes) {
  Markup markup;
  markup.Open("p", {{"title", "\"><script>'&"}}).Text("<b>&amp;</b> \"x\" 'y'").Close();
  EXPECT_EQ(markup.str(),
            "<p title=\"&quot;&gt;&lt;script&gt;&#39;&amp;\">&lt;b&gt;&amp;amp;&lt;/b&gt; "
            "&quot;x&quot; &#39;y&#39;</p>");
}

TEST(MarkupTest, LeavesOutWhatIsNoCharacterAndReplacesWhatIsNoText) {
  EXPECT_EQ(Escaped(std::string("a\0b\x01\x7F\tc\n", 8)), "ab\tc\n");
  EXPECT_EQ(Escaped("\xC2\x85"), "");                                          // a C1 control
  EXPECT_EQ(Escaped("\xEF\xBF\xBF"), "");                                      // U+FFFF
  EXPECT_EQ(Escaped("\xC3"), "\xEF\xBF\xBD");                                  // cut
  EXPECT_EQ(Escaped("\xC0\xBC"), "\xEF\xBF\xBD\xEF\xBF\xBD");                  // `<`, overlong
  EXPECT_EQ(Escaped("\xED\xA0\x80"), "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD");  // a surrogate
  EXPECT_EQ(Escaped("é – 😀"), "é – 😀");
}

TEST(WordsTest, RightToLeftWordsAreIsolatedAndControlsOfDirectionTakenAway) {
  EXPECT_EQ(Isolated("plain – ü 😀"), "plain – ü 😀");
  EXPECT_EQ(Isolated("שלום"), "\u2068שלום\u2069");
  // An override without an end would turn around the rest of the page.
  EXPECT_EQ(Isolated("a\u202Eb\u2066c\x07"), "abc");
}

TEST(WordsTest, ProbabilitiesAreNeverCertain) {
  const Words say(Language::kEnglish);
  EXPECT_EQ(say.Percent(0), "<1");
  EXPECT_EQ(say.Percent(0.004), "<1");
  EXPECT_EQ(say.Percent(0.5), "50");
  EXPECT_EQ(say.Percent(0.9951), ">99");
  EXPECT_EQ(say.PValue(0.0001), "<0.001");
  EXPECT_EQ(Words(Language::kGerman).PValue(0.03125), "0,031");
  EXPECT_EQ(say.Count(924), "924");
  EXPECT_EQ(say.Count(137846528820), "1.38 × 10¹¹");
  EXPECT_EQ(Words(Language::kGerman).Count(1.2e20), "1,20 × 10²⁰");
  EXPECT_EQ(say.Number(-0.04, 1), "0.0");
}

}  // namespace
}  // namespace solotrial::report
