#include "engine/web/days_page.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <vector>

#include "engine/web/page.h"

namespace solotrial::web {
namespace {

using Json = nlohmann::ordered_json;

// What a page says, in one language.
struct Words {
  const char* title;
  const char* back;
  const char* run_in;
  const char* block;
  const char* outside;
  const char* date;
  const char* treatment;
  const char* on;
  const char* off;
  const char* dose;
  const char* notes;
  const char* paused;
  const char* missing;
  const char* legend;
  const char* none;
  const char* pages;
};

const Words& WordsOf(const std::string& language) {
  static const Words kEnglish = {
      "Day by day",
      "Back to the summary",
      "Run-in",
      "Block",
      "Days",
      "Date",
      "Treatment",
      "on",
      "off",
      "Dose taken",
      "Notes",
      "paused",
      "no score",
      "The treatment is empty where it may not be known yet, and outside blocks. The dose is the "
      "share of what was prescribed; empty: none was logged.",
      "Nothing has been recorded yet.",
      "Blocks"};
  static const Words kGerman = {
      "Tag für Tag",
      "Zurück zur Zusammenfassung",
      "Vorlauf",
      "Block",
      "Tage",
      "Datum",
      "Behandlung",
      "mit",
      "ohne",
      "Dosis genommen",
      "Notizen",
      "pausiert",
      "kein Wert",
      "Die Behandlung ist leer, wo sie noch nicht bekannt sein darf, und außerhalb der Blöcke. Die "
      "Dosis ist der genommene Anteil des Verordneten; leer: keine eingetragen.",
      "Es wurde noch nichts aufgezeichnet.",
      "Blöcke"};
  return language == "de" ? kGerman : kEnglish;
}

// One day of the table.
struct Day {
  std::string date;
  bool paused = false;
  Json on;
  Json dose;
  std::map<std::string, Json> values;  // by measure
  std::string notes;                   // HTML
};

struct Part {
  std::string label;
  std::vector<Day> days;
};

std::string Number(const Json& value, const std::string& language) {
  if (!value.is_number()) return "";
  std::string text = Json(std::round(value.get<double>() * 1000) / 1000).dump();
  if (text.size() > 2 && text.compare(text.size() - 2, 2, ".0") == 0) text.resize(text.size() - 2);
  if (language == "de") std::replace(text.begin(), text.end(), '.', ',');
  return text;
}

std::string Share(const Json& value) {
  if (!value.is_number()) return "";
  return std::to_string(std::lround(value.get<double>() * 100)) + " %";
}

std::string Text(const Json& row, const char* key) {
  const auto found = row.find(key);
  return found != row.end() && found->is_string() ? found->get<std::string>() : "";
}

Json Value(const Json& row, const char* key) { return row.contains(key) ? row[key] : Json(); }

// What was noted on each date beside the scores, as HTML.
std::map<std::string, std::string> NotesByDate(const Json& entries) {
  std::map<std::string, std::string> notes;
  for (const Json& entry : entries) {
    const std::string kind = Text(entry, "kind");
    if (kind == "score" || kind == "covariate" || kind == "dose") continue;
    std::string line = kind;
    for (const char* key : {"subject", "code"}) {
      std::string part = Text(entry, key);
      std::replace(part.begin(), part.end(), '_', ' ');
      if (!part.empty()) line += " " + part;
    }
    const std::string text = Text(entry, "text");
    std::string& all = notes[Text(entry, "date")];
    all += (all.empty() ? "" : "<br>") + EscapeHtml(line) +
           (text.empty() ? "" : ": <span dir=\"auto\">" + EscapeHtml(text) + "</span>");
  }
  return notes;
}

std::vector<Part> PartsOf(const Json& tables, const Words& words) {
  std::map<std::string, std::string> notes = NotesByDate(tables.at("entries"));
  std::vector<Part> parts;
  for (const Json& row : tables.at("scores")) {
    const Json block = Value(row, "block");
    const std::string phase = Text(row, "phase");
    std::string label;
    if (block.is_number()) {
      label = words.block + (" " + block.dump());
    } else if (phase == "run_in") {
      label = words.run_in;
    } else {
      // A paused day stands where it fell.
      label = parts.empty() ? words.outside : parts.back().label;
    }
    if (parts.empty() || parts.back().label != label) parts.push_back({label, {}});
    std::vector<Day>& days = parts.back().days;
    const std::string date = Text(row, "date");
    if (days.empty() || days.back().date != date) {
      Day& day = days.emplace_back();
      day.date = date;
      day.paused = phase == "paused";
      day.on = Value(row, "on");
      day.dose = Value(row, "dose");
      day.notes = notes[date];
    }
    days.back().values[Text(row, "measure")] = Value(row, "value");
  }
  return parts;
}

std::string Table(const Part& part, const Json& measures, const Words& words,
                  const std::string& language) {
  std::string html = "<div class=\"scroll\"><table>\n<caption>" + EscapeHtml(part.label) +
                     "</caption>\n<thead><tr><th scope=\"col\">" + words.date +
                     "</th><th scope=\"col\">" + words.treatment + "</th><th scope=\"col\">" +
                     words.dose + "</th>";
  for (const Json& measure : measures) {
    const std::string question = Text(measure, "question");
    html += "<th scope=\"col\" dir=\"auto\">" +
            EscapeHtml(question.empty() ? Text(measure, "measure") : question) + "</th>";
  }
  html += std::string("<th scope=\"col\">") + words.notes + "</th></tr></thead>\n<tbody>\n";
  for (const Day& day : part.days) {
    std::string treatment = Share(day.on);
    if (day.on.is_number() && day.on.get<double>() == 1) treatment = words.on;
    if (day.on.is_number() && day.on.get<double>() == 0) treatment = words.off;
    if (day.paused) treatment = words.paused;
    html += "<tr><th scope=\"row\">" + EscapeHtml(day.date) + "</th><td>" + treatment +
            "</td><td class=\"number\">" + Share(day.dose) + "</td>";
    for (const Json& measure : measures) {
      const auto value = day.values.find(Text(measure, "measure"));
      const std::string number = value == day.values.end() ? "" : Number(value->second, language);
      html += "<td class=\"number\">" +
              (number.empty() ? "<span aria-label=\"" + std::string(words.missing) + "\">–</span>"
                              : number) +
              "</td>";
    }
    html += "<td>" + day.notes + "</td></tr>\n";
  }
  return html + "</tbody>\n</table></div>\n<p>" + words.legend + "</p>\n";
}

std::string Navigation(const std::vector<Part>& parts, size_t chosen, const Words& words,
                       const std::string& language) {
  std::string html = std::string("<nav aria-label=\"") + words.pages + "\"><ul>\n";
  for (size_t i = 0; i < parts.size(); ++i) {
    html += "<li><a href=\"?part=" + std::to_string(i + 1) + "&amp;lang=" + language + "\"" +
            (i == chosen ? " aria-current=\"page\"" : "") + ">" + EscapeHtml(parts[i].label) +
            "</a></li>\n";
  }
  return html + "</ul></nav>\n";
}

}  // namespace

Response DaysPage(const std::string& tables, int part, const std::string& back,
                  const std::string& language) {
  const Words& words = WordsOf(language);
  const std::string head = std::string("<main><h1>") + words.title + "</h1>\n<p><a href=\"" +
                           EscapeHtml(back) + "\">" + words.back + "</a></p>\n";
  try {
    const Json json = Json::parse(tables);
    const std::vector<Part> parts = PartsOf(json, words);
    if (parts.empty()) {
      return Page(200, language, words.title, head + "<p>" + words.none + "</p></main>\n");
    }
    const size_t chosen =
        static_cast<size_t>(std::clamp(part, 1, static_cast<int>(parts.size()))) - 1;
    return Page(200, language, words.title,
                head + Navigation(parts, chosen, words, language) +
                    Table(parts[chosen], json.at("measures"), words, language) + "</main>\n");
  } catch (const Json::exception&) {
    return Page(500, language, words.title, head + "</main>\n");
  }
}

}  // namespace solotrial::web
