#include "clients/cli/render_safety.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <utility>
#include <vector>

#include "clients/cli/text.h"

namespace solotrial::cli {
namespace {

// ` [unverified]`, ` [peikert_1996]`.
std::string SourceText(const v1::Provenance& provenance) {
  std::string text;
  for (const std::string& id : provenance.sources()) text += (text.empty() ? "" : ", ") + id;
  if (provenance.unverified()) text += text.empty() ? "unverified" : "; unverified";
  return text.empty() ? "" : " [" + text + "]";
}

template <typename List>
std::string Joined(const List& list) {
  std::string text;
  for (const std::string& item : list) text += (text.empty() ? "" : ", ") + item;
  return text;
}

class CatalogText {
 public:
  CatalogText(const v1::Catalog& catalog, const Style& style)
      : catalog_(catalog), style_(style), width_(static_cast<size_t>(style.width)) {}

  std::string Interventions() const {
    std::string text = Bold(style_, "Interventions") + "\n";
    for (const v1::CatalogIntervention& row : catalog_.interventions()) {
      text += Item(TypedId(row.id()), row.title());
      std::string dose = fmt::format("{}{}.", row.said(), SourceText(row.provenance()));
      if (row.forms_size() > 1) dose += " Forms: " + Joined(row.forms()) + ".";
      if (row.needs_clinician()) dose += " Only with a clinician.";
      text += Paragraph(dose, "      ", width_);
      text += Paragraph("Compared with: " + row.comparator(), "      ", width_);
    }
    text += "\n" + Bold(style_, "Forms") + " (share of magnesium itself by weight)\n";
    for (const v1::CatalogForm& row : catalog_.forms()) {
      const std::string share =
          row.elemental_share() > 0
              ? fmt::format("{} %{}", Number(row.elemental_share() * 100),
                            SourceText(row.provenance()))
              : std::string("not known: the label says how much magnesium it holds");
      text += fmt::format("  {}  {}: {}\n", PadRight(row.id(), 12), row.title(), share);
    }
    return text;
  }

  std::string Symptoms() const {
    std::string text = Bold(style_, "Symptoms") + "\n";
    for (const v1::CatalogSymptom& row : catalog_.symptoms()) {
      text += Item(TypedId(row.id()), row.title());
      text += Paragraph(
          fmt::format("Blocks of {}{} days, {} pairs, run-in {} days, half of the effect after {} "
                      "days{}. Records: {}.",
                      row.design().block_days(),
                      row.longest_block_days() > row.design().block_days()
                          ? fmt::format(" to {}", row.longest_block_days())
                          : "",
                      row.design().pairs(), row.design().run_in_days(),
                      Number(row.kinetics().onset_half_life_days()), SourceText(row.provenance()),
                      Joined(row.measures())),
          "      ", width_);
    }
    return text;
  }

  std::string Measures() const {
    std::string text = Bold(style_, "Measures") + "\n";
    for (const v1::CatalogMeasure& row : catalog_.measures()) {
      const v1::Measure& measure = row.measure();
      text += Item(measure.id(), measure.question());
      std::string facts = fmt::format(
          "{}, smallest difference that matters {}{}.", v1::Measure::Family_Name(measure.family()),
          Number(measure.minimal_important_difference()), SourceText(row.provenance()));
      if (measure.has_literature_prior()) {
        facts += fmt::format(
            " Trials lead to expect Normal({}, {}){}.", Number(measure.literature_prior().mean()),
            Number(measure.literature_prior().sd()), SourceText(row.prior_provenance()));
      }
      text += Paragraph(facts, "      ", width_);
    }
    return text;
  }

  std::string Covariates() const {
    std::string text = Bold(style_, "Recorded beside the scores") + "\n";
    for (const v1::CatalogCovariate& row : catalog_.covariates()) {
      text += Item(row.covariate().id(), row.covariate().question());
    }
    for (const v1::CatalogLaboratoryValue& row : catalog_.laboratory_values()) {
      text += Item(row.id(), row.title() + ", " + row.unit() + " (solotrial event laboratory)");
    }
    return text;
  }

  std::string Safety() const {
    std::string text;
    using Part = std::pair<v1::SafetyAction, const char*>;
    for (const auto& [action, title] :
         {Part{v1::SAFETY_ACTION_REFUSE, "Refused without a clinician"},
          Part{v1::SAFETY_ACTION_CONFIRM, "A clinician has to confirm"},
          Part{v1::SAFETY_ACTION_WARN, "A warning, to be acknowledged"}}) {
      text += Bold(style_, title) + "\n";
      for (const v1::CatalogFinding& row : catalog_.findings()) {
        if (row.action() != action) continue;
        text += Item(TypedId(row.id()), row.question().empty() ? "(computed)" : row.question());
        text += Paragraph(row.reason() + SourceText(row.provenance()), "      ", width_);
      }
      text += "\n";
    }
    for (const v1::CatalogLimit& row : catalog_.limits()) {
      text += fmt::format("Limit in {}: {} mg of supplemental magnesium a day{}\n", row.region(),
                          Number(row.elemental_mg()), SourceText(row.provenance()));
    }
    text += fmt::format("Above {} mg a day, or into a vein: only with a clinician's account\n",
                        Number(catalog_.clinician_above_mg()));
    for (const v1::CatalogAllowance& row : catalog_.allowances()) {
      text += fmt::format("Recommended, food included, for orientation: {} {} mg a day{}\n",
                          row.group(), Number(row.mg()), SourceText(row.provenance()));
    }
    return text;
  }

  std::string Sources() const {
    std::string text = Bold(style_, "Sources") + "\n";
    for (const v1::CatalogSource& row : catalog_.sources()) {
      text += "  " + row.id() + "\n" + Paragraph(row.text(), "      ", width_);
    }
    return text;
  }

 private:
  std::string Item(const std::string& name, const std::string& title) const {
    return Paragraph(title, "  " + PadRight(name, 16) + "  ", width_);
  }

  const v1::Catalog& catalog_;
  const Style& style_;
  const size_t width_;
};

}  // namespace

std::string RenderCatalog(const v1::Catalog& catalog, const std::string& topic,
                          const Style& style) {
  const CatalogText text(catalog, style);
  const std::vector<std::pair<std::string, std::function<std::string()>>> parts = {
      {"interventions", [&] { return text.Interventions(); }},
      {"symptoms", [&] { return text.Symptoms(); }},
      {"measures", [&] { return text.Measures(); }},
      {"covariates", [&] { return text.Covariates(); }},
      {"safety", [&] { return text.Safety(); }},
      {"sources", [&] { return text.Sources(); }},
  };
  std::string all;
  for (const auto& [name, part] : parts) {
    if (topic.empty() || topic == name) all += (all.empty() ? "" : "\n") + part();
  }
  return all.empty() ? ""
                     : all + "\nCatalogue " + catalog.version() +
                           ". No medical advice: talk to your doctor or pharmacist first.\n";
}

std::string RenderSafety(const v1::SafetyScreen& screen, const Style& style) {
  const auto width = static_cast<size_t>(style.width);
  std::string text;
  switch (screen.outcome()) {
    case v1::SafetyScreen::OUTCOME_NOT_SCREENED:
      return Paragraph(
          "Safety: not screened. This is not about magnesium, and the engine knows nothing about "
          "what is taken. Talk to your doctor or pharmacist first.",
          "", width);
    case v1::SafetyScreen::OUTCOME_UNANSWERED:
      text = "Safety: some questions are open; the trial cannot start.\n";
      break;
    case v1::SafetyScreen::OUTCOME_REFUSED:
      text = "Safety: REFUSED, unless a clinician takes it on.\n";
      break;
    case v1::SafetyScreen::OUTCOME_NEEDS_CLINICIAN:
      text = "Safety: a clinician has to confirm it.\n";
      break;
    case v1::SafetyScreen::OUTCOME_WARNED:
      text = "Safety: there are warnings.\n";
      break;
    default:
      text = "Safety: nothing was found. Still talk to your doctor or pharmacist first.\n";
  }
  for (const v1::SafetyFinding& found : screen.findings()) {
    text += Paragraph(Clean(found.reason()) + (found.not_sure() ? " (You were not sure.)" : ""),
                      "  " + TypedId(found.finding()) + ": ", width);
    text += Paragraph(Clean(found.advice()), "      ", width);
  }
  if (screen.elemental_mg_per_day() > 0) {
    text += fmt::format(
        "  Magnesium itself: {} mg a day{}\n", Number(screen.elemental_mg_per_day()),
        screen.limit_mg() > 0 ? fmt::format(", limit {} mg", Number(screen.limit_mg())) : "");
  }
  if (screen.unanswered_size() > 0) {
    std::vector<std::string> names;
    for (const std::string& id : screen.unanswered()) names.push_back(TypedId(id));
    text += Paragraph("Open: " + Joined(names), "  ", width);
    text += "  Answer with: solotrial safety answer --region EU --has-none (or --has ID)\n";
  } else if (screen.unacknowledged_size() > 0) {
    std::string flags;
    for (const std::string& id : screen.unacknowledged()) flags += " --understood " + TypedId(id);
    text += Paragraph("Acknowledge with: solotrial safety answer" + flags, "  ", width);
  }
  const bool grave = std::any_of(
      screen.findings().begin(), screen.findings().end(),
      [](const v1::SafetyFinding& found) { return found.action() != v1::SAFETY_ACTION_WARN; });
  if (screen.has_confirmation()) {
    text += "  " + Clean(screen.confirmation().attestation()) +
            (screen.confirmation().is_void() ? "; void: something was changed since" : "") + "\n";
  }
  if (grave && (!screen.has_confirmation() || screen.confirmation().is_void())) {
    text += Paragraph(
        "Invite a clinician with solotrial invite new clinician; they confirm with solotrial "
        "safety confirm --as NAME.",
        "  ", width);
  }
  if (screen.may_start()) text += "  The trial may start.\n";
  return text;
}

std::string RenderReasons(const v1::ProtocolDraft& draft, const Style& style) {
  std::string text;
  for (const v1::DraftReason& reason : draft.reasons()) {
    text += Paragraph(Clean(reason.text()) + SourceText(reason.provenance()),
                      "  " + reason.field() + ": ", static_cast<size_t>(style.width));
  }
  return text;
}

}  // namespace solotrial::cli
