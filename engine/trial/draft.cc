#include "engine/trial/draft.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <set>

#include "absl/strings/str_format.h"
#include "engine/base/fault.h"
#include "engine/trial/plan_checks.h"
#include "engine/trial/safety.h"

namespace solotrial::trial {
namespace {

constexpr double kMostMg = 100'000;
constexpr int kMostCount = 1'000;
const std::vector<std::string> kThreeTimes = {"morning", "noon", "evening"};

template <typename T>
std::string IdsOf(const std::vector<T>& list) {
  std::string ids;
  for (const T& item : list) ids += (ids.empty() ? "" : ", ") + item.id;
  return ids;
}

std::string Joined(const std::vector<std::string>& list) {
  std::string joined;
  for (const std::string& item : list) joined += (joined.empty() ? "" : ", ") + item;
  return joined;
}

// `text` with every `{name}` replaced.
std::string Filled(std::string text, const std::string& name, const std::string& value) {
  const std::string place = "{" + name + "}";
  for (size_t at = text.find(place); at != std::string::npos;
       at = text.find(place, at + value.size())) {
    text.replace(at, place.size(), value);
  }
  return text;
}

// Milligrams as they are said: one decimal at most.
std::string MgText(double mg, Locale locale) {
  std::string text = absl::StrFormat("%.1f", mg);
  if (text.ends_with(".0")) text.resize(text.size() - 2);
  if (locale == Locale::kGerman) std::replace(text.begin(), text.end(), '.', ',');
  return text;
}

// Fills in one protocol; every step adds what it decided to the reasons.
class Drafter {
 public:
  explicit Drafter(const DraftRequest& request) : request_(request) {}

  absl::StatusOr<Draft> Run() {
    SOLOTRIAL_RETURN_IF_ERROR(Find());
    draft_.protocol.catalog_version = TheCatalog().version;
    draft_.protocol.symptom = symptom_->id;
    draft_.protocol.time_zone = request_.time_zone;
    draft_.protocol.screening = request_.screening;
    FillDesign();
    SOLOTRIAL_RETURN_IF_ERROR(FillMeasures());
    SOLOTRIAL_RETURN_IF_ERROR(FillCovariates());
    SOLOTRIAL_RETURN_IF_ERROR(known_ != nullptr ? FillKnown() : FillOwn());
    FillTitle();
    std::vector<Violation> violations = CheckProtocol(draft_.protocol, Purpose::kTrial);
    for (Violation& violation : violations) {
      // What was asked for by the same name; the rest was drafted.
      const bool is_asked =
          violation.field == "time_zone" || violation.field.compare(0, 10, "screening.") == 0;
      if (!is_asked) violation.field = "protocol." + violation.field;
    }
    SOLOTRIAL_RETURN_IF_ERROR(InvalidFields(std::move(violations)));
    return std::move(draft_);
  }

 private:
  bool german() const { return request_.locale == Locale::kGerman; }

  void Because(const std::string& field, const std::string& en, const std::string& de,
               const Provenance& provenance = {}) {
    draft_.reasons.push_back({field, german() ? de : en, provenance});
  }

  absl::Status Find() {
    const Catalog& catalog = TheCatalog();
    symptom_ = FindById(catalog.symptoms, request_.symptom);
    if (symptom_ == nullptr) {
      return FieldFault(Reason::kUnknownId, "symptom",
                        "must be one of: " + IdsOf(catalog.symptoms));
    }
    if (request_.intervention.empty() == request_.own_intervention.empty()) {
      return InvalidField(
          "intervention",
          "is required, or own_intervention, and not both: one of " + IdsOf(catalog.interventions));
    }
    if (request_.intervention.empty()) return absl::OkStatus();
    known_ = FindById(catalog.interventions, request_.intervention);
    if (known_ == nullptr) {
      return FieldFault(Reason::kUnknownId, "intervention",
                        "must be one of: " + IdsOf(catalog.interventions));
    }
    return absl::OkStatus();
  }

  void FillDesign() {
    const CatalogDesign& from =
        known_ != nullptr && known_->design.has_value() ? *known_->design : symptom_->design;
    Design& design = draft_.protocol.design;
    design.randomization = Randomization::kPaired;
    design.block_days = from.block_days;
    design.pairs = from.pairs;
    design.run_in_days = from.run_in_days;
    draft_.protocol.kinetics.onset_half_life_days = from.onset_half_life_days;
    draft_.protocol.kinetics.offset_half_life_days = from.offset_half_life_days;
    design.block_unit = from.block_unit;
    if (by_days() && request_.menstruates.value_or(false)) {
      design.block_unit = BlockUnit::kCycles;
      design.block_days = kCycleDays;
    }
    if (design.block_unit == BlockUnit::kCycles) design.run_in_days = kRunInOfCycles;
    Because("design.randomization",
            "Each pair has one block with and one without, in an order that is drawn by chance: "
            "what changes slowly then hits both alike.",
            "Jedes Paar hat einen Block mit und einen ohne, in ausgeloster Reihenfolge: was sich "
            "langsam ändert, trifft beide gleich.");
    ExplainBlocks(from);
    Because("design.pairs",
            absl::StrFormat("%d pairs are the fewest that usually say something here; more say "
                            "more.",
                            design.pairs),
            absl::StrFormat("%d Paare sind das Wenigste, was hier meist etwas aussagt; mehr sagen "
                            "mehr.",
                            design.pairs),
            from.provenance);
    if (design.run_in_days > 0) ExplainRunIn(from);
    if (by_visits()) return;
    Because("kinetics",
            absl::StrFormat("Half of the effect is expected to be there after %g days and gone "
                            "after %g.",
                            from.onset_half_life_days, from.offset_half_life_days),
            absl::StrFormat("Die halbe Wirkung wird nach %g Tagen erwartet, und nach %g Tagen "
                            "wieder fort.",
                            from.onset_half_life_days, from.offset_half_life_days),
            from.provenance);
  }

  bool by_days() const { return draft_.protocol.design.block_unit == BlockUnit::kDays; }
  bool by_visits() const { return draft_.protocol.design.block_unit == BlockUnit::kVisits; }

  void ExplainRunIn(const CatalogDesign& from) {
    const int days = draft_.protocol.design.run_in_days;
    if (by_days()) {
      Because("design.run_in_days",
              absl::StrFormat("%d days without treatment show how it is before anything is tried.",
                              days),
              absl::StrFormat("%d Tage ohne Behandlung zeigen, wie es vorher ist.", days),
              from.provenance);
      return;
    }
    Because("design.run_in_days",
            absl::StrFormat("The first block begins with the first cycle that starts at least %d "
                            "days after you begin: one cycle without treatment, if you begin on "
                            "its first day.",
                            days),
            absl::StrFormat("Der erste Block beginnt mit dem ersten Zyklus, der mindestens %d Tage "
                            "nach Ihrem Beginn anfängt: ein Zyklus ohne Behandlung, wenn Sie an "
                            "seinem ersten Tag beginnen.",
                            days),
            from.provenance);
  }

  void ExplainBlocks(const CatalogDesign& from) {
    if (by_visits()) {
      Because("design.block_unit",
              "A block is one visit, on whatever day it takes place: you record the visit and "
              "score it on that day.",
              "Ein Block ist ein Besuch, an welchem Tag er auch stattfindet: Sie tragen den Besuch "
              "ein und bewerten ihn am selben Tag.",
              from.provenance);
      return;
    }
    if (!by_days()) {
      Because(
          "design.block_unit",
          "A block is one menstrual cycle, so that every block has every phase: you record its "
          "first day. 28 days is only what is planned with; write your usual length.",
          "Ein Block ist ein Zyklus, damit jeder Block jede Phase hat: Sie tragen seinen ersten "
          "Tag ein. Mit 28 Tagen wird nur geplant; schreiben Sie Ihre übliche Länge.",
          from.provenance);
      return;
    }
    const int days = draft_.protocol.design.block_days;
    const bool longer = from.longest_block_days > days;
    Because("design.block_days",
            absl::StrFormat("%d days let the effect build up and fade; shorter blocks hide a real "
                            "effect.%s",
                            days,
                            longer ? absl::StrFormat(" %d days would show a slow effect better.",
                                                     from.longest_block_days)
                                   : ""),
            absl::StrFormat("In %d Tagen kann die Wirkung kommen und gehen; kürzere Blöcke "
                            "verstecken eine echte Wirkung.%s",
                            days,
                            longer ? absl::StrFormat(" %d Tage zeigten eine langsame Wirkung "
                                                     "besser.",
                                                     from.longest_block_days)
                                   : ""),
            from.provenance);
  }

  // Whether one number about one day is meant.
  static bool FitsVisits(const std::string& id) {
    const Measure& measure = FindCatalogMeasure(id)->measure;
    const bool scored =
        IsContinuous(measure.family) || measure.family == inference::Family::kOrdinal;
    return scored && measure.refers_to == RefersTo::kSameDay;
  }

  static std::vector<std::string> FirstThatFitsVisits(const std::vector<std::string>& ids) {
    const auto found = std::find_if(ids.begin(), ids.end(), FitsVisits);
    return found == ids.end() ? std::vector<std::string>() : std::vector<std::string>{*found};
  }

  absl::Status FillMeasures() {
    std::vector<std::string> ids = symptom_->default_measures;
    std::string primary = symptom_->primary;
    if (by_visits()) {
      std::erase_if(ids, [](const std::string& id) { return !FitsVisits(id); });
      if (ids.empty()) ids = FirstThatFitsVisits(symptom_->measures);
      if (ids.empty()) {
        return InvalidField("symptom", "has no measure that can be scored visit by visit");
      }
      primary = ids.front();
    }
    for (size_t i = 0; i < request_.measures.size(); ++i) {
      const std::string& id = request_.measures[i];
      if (std::find(symptom_->measures.begin(), symptom_->measures.end(), id) ==
          symptom_->measures.end()) {
        return FieldFault(Reason::kUnknownId, absl::StrFormat("measures[%d]", i),
                          "must be one of: " + Joined(symptom_->measures));
      }
      if (std::find(ids.begin(), ids.end(), id) == ids.end()) ids.push_back(id);
    }
    for (size_t i = 0; i < ids.size(); ++i) {
      const CatalogMeasure& from = *FindCatalogMeasure(ids[i]);
      Measure measure = from.measure;
      measure.question = from.question.In(request_.locale);
      measure.primary = ids[i] == primary;
      if (IsCount(measure.family) && measure.maximum <= 0) measure.maximum = LargestCount(measure);
      if (measure.primary) SOLOTRIAL_RETURN_IF_ERROR(FitToPerson(from, measure));
      const std::string path = absl::StrFormat("measures[%d]", i);
      if (measure.primary) ExplainPrimary(path, from);
      ExplainPrior(path, from);
      draft_.protocol.measures.push_back(std::move(measure));
    }
    return absl::OkStatus();
  }

  // What this person said about the primary measure.
  absl::Status FitToPerson(const CatalogMeasure& from, Measure& measure) const {
    const std::optional<double>& usual = request_.usual_score;
    if (usual.has_value() && !IsUsualScore(measure, *usual)) {
      return InvalidField("usual_score", absl::StrFormat("must be a usual level of %s in %s",
                                                         measure.id, BenefitUnit(measure.family)));
    }
    if (usual.has_value() && from.mid_run_in_share.has_value()) {
      measure.minimal_important_difference =
          std::max(kSmallestShare, std::round(10 * *from.mid_run_in_share * *usual) / 10);
    }
    if (usual.has_value() && IsCount(measure.family)) measure.typical_daily_count = *usual / 7;
    if (request_.minimal_important_difference.has_value()) {
      measure.minimal_important_difference = request_.minimal_important_difference;
    }
    if (!usual.has_value()) return absl::OkStatus();
    return InvalidFields(CheckDifference(measure, *usual));
  }

  void ExplainPrimary(const std::string& path, const CatalogMeasure& from) {
    if (from.measure.id == "migraine_day") {
      Because(path,
              "A day counts when there was a migraine or acute medicine was taken: otherwise the "
              "medicine would hide what it was taken for.",
              "Ein Tag zählt bei Migräne oder Akutmittel: sonst verdeckte das Mittel, wogegen es "
              "genommen wurde.",
              from.provenance);
    } else {
      Because(path, "The verdict is about this measure.", "Um dieses Maß geht es beim Urteil.",
              from.provenance);
    }
    const std::string field = path + ".minimal_important_difference";
    if (request_.minimal_important_difference.has_value()) {
      Because(field, "Your own smallest difference that matters.",
              "Ihr eigener kleinster Unterschied, der zählt.");
    } else if (from.mid_run_in_share.has_value() && request_.usual_score.has_value()) {
      Because(field,
              absl::StrFormat("%g %% of the %g days in 28 that you usually have.",
                              *from.mid_run_in_share * 100, *request_.usual_score),
              absl::StrFormat("%g %% der %g Tage in 28, die Sie sonst haben.",
                              *from.mid_run_in_share * 100, *request_.usual_score),
              from.provenance);
    } else if (from.mid_run_in_share.has_value()) {
      const double percent = *from.mid_run_in_share * 100;
      Because(field,
              absl::StrFormat("%g days in 28. If you know how many you usually have, %g %% of "
                              "them fits you better.",
                              *from.measure.minimal_important_difference, percent),
              absl::StrFormat("%g Tage in 28. Wenn Sie wissen, wie viele Sie sonst haben, passen "
                              "%g %% davon besser.",
                              *from.measure.minimal_important_difference, percent),
              from.provenance);
    } else {
      Because(field, "The usual smallest difference that matters; set your own.",
              "Der übliche kleinste Unterschied, der zählt; setzen Sie Ihren eigenen.",
              from.provenance);
    }
  }

  void ExplainPrior(const std::string& path, const CatalogMeasure& from) {
    if (from.prior.empty()) return;
    Because(path + ".literature_prior",
            "What published trials lead to expect; shown beside the verdict, never deciding it.",
            "Was veröffentlichte Studien erwarten lassen; steht neben dem Urteil und entscheidet "
            "es nie.",
            FindById(TheCatalog().priors, from.prior)->provenance);
  }

  absl::Status FillCovariates() {
    std::set<std::string> seen;
    for (size_t i = 0; i < request_.covariates.size(); ++i) {
      const CatalogCovariate* const from =
          FindById(TheCatalog().covariates, request_.covariates[i]);
      if (from == nullptr) {
        return FieldFault(Reason::kUnknownId, absl::StrFormat("covariates[%d]", i),
                          "must be one of: " + IdsOf(TheCatalog().covariates));
      }
      if (!seen.insert(from->id).second) continue;
      draft_.protocol.covariates.push_back({.id = from->id,
                                            .binary = from->binary,
                                            .question = from->question.In(request_.locale),
                                            .beside_only = !from->calendar});
      const std::string field =
          absl::StrFormat("covariates[%d]", draft_.protocol.covariates.size() - 1);
      if (from->calendar) {
        Because(field, "Treatment cannot change it, so it enters the model.",
                "Die Behandlung kann es nicht ändern, also geht es ins Modell ein.");
      } else {
        Because(field,
                "Recorded beside the score and left out of the model: treatment might change it "
                "too.",
                "Wird neben dem Wert notiert und bleibt aus dem Modell: die Behandlung könnte es "
                "mit verändern.");
      }
    }
    return absl::OkStatus();
  }

  absl::Status FindForm() {
    if (request_.form.empty() && known_->forms.size() == 1) {
      form_ = FindById(TheCatalog().forms, known_->forms.front());
      return absl::OkStatus();
    }
    const bool fits =
        std::find(known_->forms.begin(), known_->forms.end(), request_.form) != known_->forms.end();
    if (!fits) {
      return request_.form.empty()
                 ? InvalidField("form", "is required: one of " + Joined(known_->forms))
                 : FieldFault(Reason::kUnknownId, "form",
                              "must be one of: " + Joined(known_->forms));
    }
    form_ = FindById(TheCatalog().forms, request_.form);
    return absl::OkStatus();
  }

  absl::Status FillKnown() {
    SOLOTRIAL_RETURN_IF_ERROR(FindForm());
    Intervention& taken = draft_.protocol.intervention.emplace();
    taken.catalog_id = known_->id;
    taken.form = form_->id;
    taken.name = known_->route == CatalogIntervention::Route::kOral
                     ? form_->title.In(request_.locale)
                     : known_->title.In(request_.locale);
    if (known_->doses == 3) taken.dose_slots = kThreeTimes;
    Because("intervention", known_->said.en, known_->said.de, known_->provenance);
    return known_->count.has_value() ? FillCounted(taken) : FillWeighed(taken);
  }

  absl::Status FillCounted(Intervention& taken) {
    if (request_.dose_mg.has_value()) {
      return InvalidField("dose_mg",
                          "does not apply: what the skin takes in is unknown, so it is counted");
    }
    const int count = request_.count.value_or(*known_->count);
    if (count < 1 || count > kMostCount) {
      return InvalidField("count", absl::StrFormat("must be from 1 to %d", kMostCount));
    }
    const std::string number = absl::StrFormat("%d", count);
    taken.on_instruction = Filled(known_->on.In(request_.locale), "count", number);
    taken.off_instruction = Filled(known_->off.In(request_.locale), "count", number);
    taken.steps = {{.from_day = 1, .count = static_cast<double>(count), .instruction = ""}};
    Because("intervention.steps[0].count",
            number + " " + known_->count_unit.en + ": counted, never converted to milligrams.",
            number + " " + known_->count_unit.de + ": gezählt, nie in Milligramm umgerechnet.",
            known_->provenance);
    return absl::OkStatus();
  }

  absl::Status FillWeighed(Intervention& taken) {
    if (request_.count.has_value()) {
      return InvalidField("count", "does not apply: give dose_mg, in mg a day");
    }
    const std::optional<double> dose =
        request_.dose_mg.has_value() ? request_.dose_mg : known_->dose_mg;
    if (!dose.has_value()) {
      return InvalidField("dose_mg", "is required: mg a day, as the label says");
    }
    if (!(*dose > 0 && *dose <= kMostMg)) {
      return InvalidField("dose_mg", absl::StrFormat("must be above 0 and at most %g", kMostMg));
    }
    const bool compound = request_.dose_of_compound.value_or(known_->dose_of_compound);
    if (compound && !form_->elemental_share.has_value()) {
      return InvalidField("dose_of_compound",
                          "cannot be converted for this form: give the magnesium itself, which the "
                          "label names");
    }
    for (const CatalogStep& step : known_->steps) {
      if (step.from_day > draft_.protocol.design.block_days) continue;
      AddStep(step, *dose, compound, taken);
    }
    taken.on_instruction = taken.steps.front().instruction;
    const std::string amount = AmountText(taken.steps.back());
    taken.off_instruction = Filled(known_->off.In(request_.locale), "amount", amount);
    if (taken.steps.size() == 1) taken.steps.front().instruction.clear();
    ExplainDose(*dose, compound, taken);
    return absl::OkStatus();
  }

  // Two steps of the same dose are one.
  void AddStep(const CatalogStep& step, double dose, bool compound, Intervention& taken) {
    const double a_day = step.mg.has_value() ? std::min(*step.mg, dose) : dose * step.share;
    const double amount = a_day / known_->doses;
    const double share = form_->elemental_share.value_or(1);
    DoseStep next{.from_day = step.from_day,
                  .elemental_mg = compound ? amount * share : amount,
                  .compound_mg = compound ? amount : 0,
                  .instruction = ""};
    if (!taken.steps.empty() && taken.steps.back().elemental_mg == next.elemental_mg) return;
    next.instruction = Filled(known_->on.In(request_.locale), "amount", AmountText(next));
    taken.steps.push_back(std::move(next));
  }

  std::string AmountText(const DoseStep& step) const {
    const std::string elemental = MgText(step.elemental_mg, request_.locale);
    const std::string form = form_->title.In(request_.locale);
    if (step.compound_mg == 0) {
      return elemental + (german() ? " mg Magnesium (als " : " mg of magnesium (as ") + form + ")";
    }
    const std::string compound = MgText(step.compound_mg, request_.locale);
    return german() ? compound + " mg " + form + " (" + elemental + " mg Magnesium)"
                    : compound + " mg of " + form + " (" + elemental + " mg of magnesium)";
  }

  void ExplainDose(double dose, bool compound, const Intervention& taken) {
    const std::string mg = MgText(ElementalMgPerDay(taken).value_or(0), request_.locale);
    const std::string usual =
        known_->lowest_mg.has_value() && (dose < *known_->lowest_mg || dose > *known_->highest_mg)
            ? absl::StrFormat(german() ? " Üblich sind %g bis %g mg." : " Usual are %g to %g mg.",
                              *known_->lowest_mg, *known_->highest_mg)
            : "";
    Because("intervention.steps",
            (compound ? mg + " mg of magnesium itself a day: the salt's weight times its share "
                             "of magnesium."
                      : mg + " mg a day, taken as magnesium itself, as most labels say it. If "
                             "yours gives the weight of the salt, say so.") +
                usual,
            (compound ? mg + " mg reines Magnesium am Tag: das Gewicht des Salzes mal seinem "
                             "Anteil an Magnesium."
                      : mg + " mg am Tag, als reines Magnesium verstanden, wie die meisten "
                             "Packungen es angeben. Nennt Ihre das Gewicht des Salzes, sagen Sie "
                             "es.") +
                usual,
            compound ? form_->provenance : known_->provenance);
    if (taken.steps.size() > 1) {
      Because("intervention.steps[1]",
              "Every on block starts lower and goes up; the analysis counts all of its days as on.",
              "Jeder Block mit beginnt niedriger und steigert; die Auswertung zählt alle seine "
              "Tage als mit.",
              known_->provenance);
    }
  }

  absl::Status FillOwn() {
    for (const auto& [field, given] : {std::pair{"dose_mg", request_.dose_mg.has_value()},
                                       std::pair{"count", request_.count.has_value()},
                                       std::pair{"form", !request_.form.empty()}}) {
      if (given) return InvalidField(field, "is for interventions of the catalogue");
    }
    Intervention& taken = draft_.protocol.intervention.emplace();
    taken.name = request_.own_intervention;
    taken.on_instruction = german() ? "Wie geplant nehmen: " + taken.name + "."
                                    : "Take your " + taken.name + " as you planned it.";
    taken.off_instruction =
        german() ? "Nicht nehmen: " + taken.name + "." : "Take no " + taken.name + ".";
    if (ScreenSafety(draft_.protocol).outcome != SafetyScreen::Outcome::kNotScreened) {
      return InvalidField("own_intervention", "is magnesium: choose intervention instead, one of " +
                                                  IdsOf(TheCatalog().interventions));
    }
    Because("intervention",
            "Your own, not in the catalogue: the engine knows nothing about it and asks no "
            "questions about its safety. Talk to your doctor or pharmacist first.",
            "Ihr eigenes, nicht im Katalog: darüber weiß das Programm nichts und fragt nicht nach "
            "Gefahren. Sprechen Sie zuerst mit Ärztin, Arzt oder Apotheke.");
    return absl::OkStatus();
  }

  void FillTitle() {
    const std::string& name = draft_.protocol.intervention->name;
    const std::string symptom = symptom_->title.In(request_.locale);
    draft_.protocol.title = german() ? "Hilft " + name + " gegen " + symptom + "?"
                                     : "Does " + name + " help my " + symptom + "?";
    if (german() && (symptom_->id == "sleep" || symptom_->id == "mood")) {
      draft_.protocol.title = "Verbessert " + name + " " +
                              (symptom_->id == "sleep" ? "meinen Schlaf?" : "meine Stimmung?");
    }
  }

  static constexpr int kCycleDays = 28;
  static constexpr double kSmallestShare = 0.1;  // of a day in 28
  // Shorter than most cycles, so that of one that is lived from its first day on nothing is lost.
  static constexpr int kRunInOfCycles = 21;

  const DraftRequest& request_;
  const CatalogSymptom* symptom_ = nullptr;
  const CatalogIntervention* known_ = nullptr;
  const CatalogForm* form_ = nullptr;
  Draft draft_;
};

}  // namespace

absl::StatusOr<Draft> DraftProtocol(const DraftRequest& request) { return Drafter(request).Run(); }

}  // namespace solotrial::trial
