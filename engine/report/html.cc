#include "engine/report/html.h"

#include "absl/strings/escaping.h"
#include "engine/base/digest.h"

namespace solotrial::report {
namespace {

// No inline style anywhere: the policy allows this block only. Sizes of the paper come after it.
constexpr char kStyle[] =
    ":root{color-scheme:light}"
    "*{box-sizing:border-box}"
    "body{margin:0;background:#fff;color:#1a1a1a;"
    "font:16px/1.5 'Noto Sans',system-ui,-apple-system,'Segoe UI',Roboto,sans-serif}"
    "main{max-width:46rem;margin:0 auto;padding:1rem 1rem 3rem}"
    "nav{display:flex;flex-wrap:wrap;gap:.5rem;margin-bottom:1rem}"
    "nav a{border:1px solid #0b5394;border-radius:.4rem;padding:.35rem .8rem;color:#0b5394;"
    "text-decoration:none}"
    "nav a:focus-visible{outline:3px solid #0b5394;outline-offset:2px}"
    ".eyebrow{margin:0;color:#5a5a5a;font-size:.85rem}"
    "h1{font-size:1.5rem;line-height:1.25;margin:.15rem 0 .25rem;overflow-wrap:anywhere}"
    ".sub{margin:0 0 1rem;color:#444;overflow-wrap:anywhere}"
    "h2{font-size:1.05rem;line-height:1.3;margin:1.5rem 0 .4rem;padding-bottom:.15rem;"
    "border-bottom:1px solid #bbb;break-after:avoid}"
    "p{margin:.4rem 0;overflow-wrap:anywhere}"
    ".lead{font-size:1.05rem}"
    ".small{font-size:.8rem;color:#444}"
    ".answer{border:2px solid #1a1a1a;border-radius:.4rem;padding:.7rem .9rem;margin:.5rem 0}"
    ".answer .plain{font-size:1.2rem;font-weight:700;line-height:1.35;margin:0 0 .3rem}"
    ".answer p{margin:0}"
    "ul{margin:.4rem 0;padding-left:1.2rem}"
    "li{margin:.15rem 0;overflow-wrap:anywhere}"
    "dl{display:grid;grid-template-columns:minmax(8rem,11rem) 1fr;gap:.25rem 1rem;margin:.4rem 0}"
    "dt{color:#444;overflow-wrap:anywhere}"
    "dd{margin:0;overflow-wrap:anywhere;white-space:pre-line}"
    "dd.muted{color:#5a5a5a;font-style:italic}"
    "dl.fine{font-size:.8rem}"
    ".scroll{overflow-x:auto}"
    "table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}"
    "th,td{padding:.25rem .5rem;border-bottom:1px solid #ddd;text-align:left;vertical-align:top;"
    "overflow-wrap:anywhere}"
    "thead th{border-bottom:1px solid #1a1a1a;font-weight:600}"
    "table.n td,table.n thead th:not(:first-child){text-align:right;white-space:nowrap}"
    "th{font-weight:400}"
    "figure{margin:1.1rem 0 0;break-inside:avoid}"
    "figure h3{font-size:1rem;margin:0 0 .3rem}"
    "figure svg{display:block;width:100%;max-width:36rem;height:auto}"
    "figcaption{font-size:.85rem;color:#444;max-width:36rem;margin-top:.2rem}"
    ".sign{display:grid;grid-template-columns:2fr 1fr 2fr;gap:1rem;margin:3rem 0 0;"
    "break-inside:avoid}"
    ".sign span{border-top:1px solid #1a1a1a;padding-top:.2rem;font-size:.85rem}"
    "footer{margin-top:2rem;border-top:1px solid #bbb;padding-top:.5rem;font-size:.8rem;"
    "color:#444;overflow-wrap:anywhere}"
    "@media(max-width:30rem){dl{grid-template-columns:1fr;gap:0}dd{margin:0 0 .5rem}"
    ".sign{grid-template-columns:1fr}}"
    "@media print{body{font-size:9.5pt;line-height:1.35}main{max-width:none;padding:0}"
    "nav{display:none}.new-page{break-before:page}h1{font-size:15pt}h2{margin:.8rem 0 .25rem}"
    "dl{gap:.1rem .8rem;margin:.2rem 0}p,ul{margin:.2rem 0}"
    "figure svg{max-width:135mm}*{print-color-adjust:exact;-webkit-print-color-adjust:exact}}";

class HtmlWriter {
 public:
  explicit HtmlWriter(const Document& document) : document_(document) {}

  std::string Run(const std::string& style, const std::vector<Link>& links) {
    const char* language = document_.language == Language::kGerman ? "de" : "en";
    page_.Open("html", {{"lang", language}}).Open("head");
    page_.Empty("meta", {{"charset", "utf-8"}});
    page_.Empty("meta", {{"name", "viewport"}, {"content", "width=device-width, initial-scale=1"}});
    page_.Empty("meta", {{"name", "referrer"}, {"content", "no-referrer"}});
    page_.Empty("meta", {{"name", "robots"}, {"content", "noindex"}});
    page_.Element("title", {}, document_.title);
    page_.Style(style);
    page_.Close().Open("body").Open("main");
    if (!links.empty()) {
      page_.Open("nav");
      for (const Link& link : links) page_.Element("a", {{"href", link.href}}, link.label);
      page_.Close();
    }
    page_.Element("p", {{"class", "eyebrow"}}, document_.eyebrow);
    page_.Element("h1", {{"dir", "auto"}}, document_.title);
    if (!document_.subtitle.empty()) {
      page_.Element("p", {{"class", "sub"}, {"dir", "auto"}}, document_.subtitle);
    }
    for (const Part& part : document_.parts) {
      std::visit([this](const auto& known) { Put(known); }, part);
    }
    page_.Element("footer", {}, document_.footer);
    page_.Close().Close().Close();
    return "<!DOCTYPE html>\n" + page_.str() + "\n";
  }

 private:
  // The class of the first element after a NewPage.
  Markup::Attributes Attributes(const std::string& name) {
    std::string classes = name;
    if (new_page_) classes += classes.empty() ? "new-page" : " new-page";
    new_page_ = false;
    return classes.empty() ? Markup::Attributes() : Markup::Attributes{{"class", classes}};
  }

  void Put(const Heading& heading) { page_.Element("h2", Attributes(""), heading.text); }

  void Put(const Paragraph& paragraph) {
    Markup::Attributes attributes =
        Attributes(paragraph.style == Paragraph::Style::kLead    ? "lead"
                   : paragraph.style == Paragraph::Style::kSmall ? "small"
                                                                 : "");
    attributes.emplace_back("dir", "auto");
    page_.Element("p", attributes, paragraph.text);
  }

  void Put(const Answer& answer) {
    page_.Open("div", Attributes("answer"));
    page_.Element("p", {{"class", "plain"}}, answer.plain);
    page_.Element("p", {}, answer.exact);
    page_.Close();
  }

  void Put(const Bullets& bullets) {
    page_.Open("ul", Attributes(""));
    for (const std::string& item : bullets.items) page_.Element("li", {{"dir", "auto"}}, item);
    page_.Close();
  }

  void Put(const Facts& facts) {
    page_.Open("dl", Attributes(facts.small ? "fine" : ""));
    for (const Facts::Row& row : facts.rows) {
      page_.Element("dt", {}, row.label);
      Markup::Attributes attributes = {{"dir", "auto"}};
      if (row.muted) attributes.emplace_back("class", "muted");
      page_.Element("dd", attributes, row.text);
    }
    page_.Close();
  }

  void Put(const Table& table) {
    page_.Open("div", Attributes("scroll"));
    page_.Open("table", table.numeric ? Markup::Attributes{{"class", "n"}} : Markup::Attributes());
    page_.Open("thead").Open("tr");
    for (const std::string& column : table.columns) {
      page_.Element("th", {{"scope", "col"}}, column);
    }
    page_.Close().Close().Open("tbody");
    for (const std::vector<std::string>& row : table.rows) {
      page_.Open("tr");
      for (size_t i = 0; i < row.size(); ++i) {
        if (i == 0) {
          page_.Element("th", {{"scope", "row"}, {"dir", "auto"}}, row[i]);
        } else {
          page_.Element("td", {{"dir", "auto"}}, row[i]);
        }
      }
      page_.Close();
    }
    page_.Close().Close().Close();
  }

  void Put(const Figure& figure) {
    page_.Open("figure", Attributes(""));
    if (!figure.title.empty()) page_.Element("h3", {}, figure.title);
    page_.Raw(figure.svg);
    if (!figure.caption.empty()) page_.Element("figcaption", {}, figure.caption);
    page_.Close();
  }

  void Put(const Signatures& signatures) {
    for (const Signatures::Line& line : signatures.lines) {
      page_.Open("div", Attributes("sign"));
      page_.Element("span", {}, line.who);
      page_.Element("span", {}, line.date);
      page_.Element("span", {}, line.signature);
      page_.Close();
    }
  }

  void Put(const NewPage&) { new_page_ = true; }

  const Document& document_;
  Markup page_;
  bool new_page_ = false;
};

}  // namespace

HtmlPage WriteHtml(const Document& document, Paper paper, const std::vector<Link>& links) {
  const std::string style =
      std::string(kStyle) + (paper == Paper::kLetter ? "@page{size:letter;margin:14mm 15mm}"
                                                     : "@page{size:A4;margin:14mm 15mm}");
  return {HtmlWriter(document).Run(style, links),
          "default-src 'none'; style-src 'sha256-" + absl::Base64Escape(Sha256(style)) +
              "'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"};
}

}  // namespace solotrial::report
