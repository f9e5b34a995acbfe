// The protocol as a page to sign: see summary_document.h.
#include <utility>

#include "engine/base/digest.h"
#include "engine/report/summary_document.h"
#include "engine/report/summary_words.h"
#include "engine/report/words.h"
#include "engine/trial/safety.h"

namespace solotrial::report {
namespace {

using Outcome = trial::SafetyScreen::Outcome;

const char* ScreenId(Outcome outcome) {
  switch (outcome) {
    case Outcome::kNotScreened:
      return "protocol.screen.not_screened";
    case Outcome::kClear:
      return "protocol.screen.clear";
    case Outcome::kWarned:
      return "protocol.screen.warned";
    case Outcome::kNeedsClinician:
      return "protocol.screen.needs_clinician";
    case Outcome::kRefused:
      return "protocol.screen.refused";
    case Outcome::kUnanswered:
      return "protocol.screen.unanswered";
  }
  return "";
}

// The reason of a finding with its amounts filled in.
std::string ReasonOf(const trial::SafetyFinding& finding, const Words& say) {
  std::string text = finding.finding->reason.In(
      say.language() == Language::kGerman ? trial::Locale::kGerman : trial::Locale::kEnglish);
  for (const auto& [name, value] : {std::pair<std::string, double>{"{mg}", finding.mg},
                                    std::pair<std::string, double>{"{limit}", finding.limit_mg}}) {
    if (const size_t at = text.find(name); at != std::string::npos) {
      text.replace(at, name.size(), say.Short(value, 0));
    }
  }
  return text;
}

// Items of the checklist that are fixed before day 1.
constexpr const char* kPlanned[] = {"2b", "3a", "5",   "6a",  "7a", "7b",
                                    "8a", "9",  "11a", "12a", "12b"};

}  // namespace

Document ProtocolDocument(const Summary& summary, Language language) {
  const Words say(language);
  Document document = EmptyDocument(summary, language, "protocol.eyebrow");
  document.parts.push_back(Paragraph{say("protocol.lead"), Paragraph::Style::kLead});

  const std::vector<ReportingItem> items = ReportingItems(summary, language);
  for (const char* number : kPlanned) {
    for (const ReportingItem& item : items) {
      if (item.number != number) continue;
      document.parts.push_back(Heading{item.topic});
      Facts facts;
      for (const ReportedFact& fact : item.facts) {
        facts.rows.push_back({fact.label, fact.text, !fact.recorded});
      }
      document.parts.push_back(std::move(facts));
    }
  }
  document.parts.push_back(Heading{say("protocol.safety")});
  const trial::SafetyScreen screen = trial::ScreenSafety(*summary.protocol);
  document.parts.push_back(Paragraph{say(ScreenId(screen.outcome))});
  if (!screen.findings.empty()) {
    Bullets findings;
    for (const trial::SafetyFinding& finding : screen.findings) {
      findings.items.push_back(ReasonOf(finding, say));
    }
    document.parts.push_back(std::move(findings));
  }
  if (summary.confirmation.has_value()) {
    document.parts.push_back(
        Paragraph{say("cent.attested", {{"name", Isolated(summary.confirmation->name)}})});
  }
  document.parts.push_back(Paragraph{say("protocol.stop_rule")});
  if (!summary.protocol_digest.empty()) {
    document.parts.push_back(
        Facts{{{say("label.protocol_digest"), Hex(summary.protocol_digest)}}, true});
  }
  document.parts.push_back(Heading{say("protocol.signatures")});
  Signatures signatures;
  for (const char* who : {"protocol.person", "protocol.doctor"}) {
    signatures.lines.push_back({say(who), say("protocol.sign_date"), say("protocol.sign")});
  }
  document.parts.push_back(std::move(signatures));
  return document;
}

}  // namespace solotrial::report
