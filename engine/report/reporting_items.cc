// The CENT 2015 checklist, filled in from the trial: see summary.h.
#include <algorithm>
#include <utility>

#include "engine/base/digest.h"
#include "engine/report/summary.h"
#include "engine/report/summary_words.h"
#include "engine/report/words.h"
#include "engine/trial/catalog.h"

namespace solotrial::report {
namespace {

using trial::EffectiveState;

trial::Locale LocaleOf(Language language) {
  return language == Language::kGerman ? trial::Locale::kGerman : trial::Locale::kEnglish;
}

class Checklist {
 public:
  Checklist(const Summary& summary, Language language)
      : summary_(summary),
        protocol_(*summary.protocol),
        primary_(trial::PrimaryMeasure(protocol_)),
        say_(language),
        words_(summary, language) {}

  std::vector<ReportingItem> Run() {
    AddQuestion();
    AddDesign();
    AddPerson();
    AddIntervention();
    AddMeasures();
    AddSize();
    AddOrder();
    AddBlinding();
    AddMethods();
    AddFlow();
    AddResults();
    AddDiscussion();
    return std::move(items_);
  }

 private:
  void Begin(const std::string& number) { items_.push_back({number, say_("cent." + number), {}}); }
  // `label` is the part of an id after `label.`; empty: none.
  void Add(const std::string& label, const std::string& text) {
    items_.back().facts.push_back({LabelOf(label), text, true});
  }
  void AddUnknown(const std::string& label) {
    items_.back().facts.push_back({LabelOf(label), say_("page.not_recorded"), false});
  }
  void AddOrUnknown(const std::string& label, const std::string& text) {
    text.empty() ? AddUnknown(label) : Add(label, text);
  }
  std::string LabelOf(const std::string& label) const {
    return label.empty() ? "" : say_("label." + label);
  }
  // True when results may be told; else says that they may not, or that there are none.
  bool HasResults() {
    if (summary_.results.has_value()) return true;
    Add("", say_(trial::HasEnded(summary_.state) ? "page.no_days" : "page.not_before_the_end"));
    return false;
  }
  const SummaryResults& results() const { return *summary_.results; }
  bool imported() const { return summary_.state == EffectiveState::kImported; }

  // 1, 2
  void AddQuestion() {
    Begin("1a");
    Add("", say_("cent.title", {{"title", Isolated(protocol_.title)}}));
    Begin("1b");
    Add("", words_.Abstract());
    Begin("2a");
    Add("condition", words_.Condition().value_or(say_("page.not_recorded")));
    items_.back().facts.back().recorded = words_.Condition().has_value();
    Add("reason", say_("cent.reason"));
    Begin("2b");
    Add("question", Isolated(protocol_.title));
    Add("measure", NameOf(primary_));
    Add("direction", say_(primary_.lower_is_better ? "cent.lower" : "cent.higher"));
    AddOrUnknown("mid", words_.Mid());
  }

  // 3
  void AddDesign() {
    Begin("3a");
    Add("design", words_.Design());
    if (protocol_.design.run_in_days > 0) {
      Add("run_in", say_("cent.days", {{"days", std::to_string(protocol_.design.run_in_days)}}));
    }
    Add("washout", words_.Kinetics());
    Begin("3b");
    const std::vector<std::string> changes = words_.Changes();
    for (const std::string& change : changes) Add("", change);
    if (changes.empty()) Add("", say_("cent.no_changes"));
  }

  // 4
  void AddPerson() {
    Begin("4a");
    AddOrUnknown("condition", words_.Condition().value_or(""));
    AddOrUnknown("conditions", Answered());
    std::string treatments;
    if (summary_.results.has_value()) {
      for (const NotedEvent& event : results().events) {
        if (event.kind.id != "event.new_treatment") continue;
        treatments +=
            (treatments.empty() ? "" : "; ") + FormatDate(event.date) + " " + Isolated(event.text);
      }
    }
    AddOrUnknown("other_treatments", treatments);
    Begin("4b");
    Add("setting", say_(imported() ? "cent.setting.imported" : "cent.setting"));
    AddUnknown("ethics");
  }

  // The questions about safety that were answered with yes or "not sure".
  std::string Answered() const {
    if (protocol_.screening.answers.empty()) return "";
    std::string text;
    for (const trial::SafetyAnswer& answer : protocol_.screening.answers) {
      const trial::CatalogFinding* finding =
          trial::FindById(trial::TheCatalog().findings, answer.finding);
      if (finding == nullptr || answer.answer == trial::SafetyAnswer::Answer::kNo) continue;
      text +=
          (text.empty() ? "" : " ") + finding->question.In(LocaleOf(say_.language())) + " " +
          say_(answer.answer == trial::SafetyAnswer::Answer::kYes ? "page.yes" : "page.not_sure") +
          ".";
    }
    return text.empty() ? say_("cent.no_conditions") : text;
  }

  // 5
  void AddIntervention() {
    Begin("5");
    if (!protocol_.intervention.has_value()) {
      AddUnknown("treatment");
      return;
    }
    const trial::Intervention& intervention = *protocol_.intervention;
    Add("treatment", Isolated(intervention.name));
    const trial::CatalogForm* form = trial::FindById(trial::TheCatalog().forms, intervention.form);
    AddOrUnknown("form", form == nullptr ? "" : form->title.In(LocaleOf(say_.language())));
    const std::optional<double> mg = trial::ElementalMgPerDay(intervention);
    AddOrUnknown("elemental",
                 mg.has_value() && *mg > 0 ? say_("cent.mg_a_day", {{"mg", Plain(*mg, 0)}}) : "");
    for (const trial::DoseStep& step : intervention.steps) Add("step", words_.Step(step));
    const auto doses = trial::SlotsOrOne(intervention.dose_slots);
    std::string times;
    for (const std::string& slot : intervention.dose_slots) {
      times += (times.empty() ? "" : ", ") + Isolated(slot);
    }
    Add("timing", say_("cent.doses_a_day", {{"doses", std::to_string(doses.size())}}) +
                      (times.empty() ? "" : " (" + times + ")"));
    AddOrUnknown("on_instruction", Isolated(intervention.on_instruction));
    Add("comparator", words_.Comparator());
  }

  // 6
  void AddMeasures() {
    Begin("6a");
    for (const trial::Measure& measure : protocol_.measures) {
      Add(&measure == &primary_ ? "primary" : "secondary", words_.Measure(measure));
    }
    for (const trial::Covariate& covariate : protocol_.covariates) {
      Add("covariate", (covariate.question.empty() ? covariate.id : Isolated(covariate.question)) +
                           (covariate.beside_only ? " " + say_("cent.beside_only") : ""));
    }
    Begin("6b");
    Add("", say_("cent.measures_frozen"));
  }

  void AddPower() {
    if (!summary_.power.has_value()) {
      return imported() ? Add("power", say_("cent.power.none")) : AddUnknown("power");
    }
    const trial::SimulatedPower& power = *summary_.power;
    Add("power", say_("cent.power", {{"twice", say_.Percent(power.right_twice)},
                                     {"difference", say_.Percent(power.right_difference)},
                                     {"wrong", say_.Percent(power.wrong_nothing)},
                                     {"trials", std::to_string(power.trials)}}));
  }

  // 7
  void AddSize() {
    Begin("7a");
    AddOrUnknown("planned", summary_.progress.has_value()
                                ? say_("cent.days",
                                       {{"days", std::to_string(summary_.progress->days_planned)}})
                                : "");
    AddPower();
    Begin("7b");
    Add("looks", say_(imported()                   ? "cent.looks.imported"
                      : trial::HasLooks(protocol_) ? "cent.looks"
                                                   : "cent.looks.none"));
    for (const SummaryLook& look : summary_.looks) {
      Add("look",
          say_("cent.look",
               {{"pair", std::to_string(look.pair)}, {"date", FormatDate(look.data_date)}}) +
              " " + say_(look.recording_may_end ? "look.recording_may_end" : "look.keep_going"));
    }
  }

  // 8, 9, 10
  void AddOrder() {
    Begin("8a");
    Add("", words_.Randomization());
    if (summary_.allocations > 0) {
      Add("orders", say_("cent.orders", {{"orders", say_.Count(summary_.allocations)}}));
    }
    Begin("8b");
    AddOrUnknown("sequence", words_.IntendedSequence());
    Begin("9");
    AddOrUnknown("commitment", Hex(summary_.commitment));
    if (!summary_.seed.empty()) {
      Add("seed", Hex(summary_.seed));
      Add("", say_("cent.verify"));
    }
    Begin("10");
    if (imported()) {
      AddUnknown("");
    } else {
      Add("", say_("cent.drawn_by_engine", {{"version", summary_.engine_version}}));
    }
    if (summary_.confirmation.has_value()) {
      Add("clinician", say_("cent.attested", {{"name", Isolated(summary_.confirmation->name)}}));
    }
  }

  // 11
  void AddBlinding() {
    Begin("11a");
    const bool blinded = protocol_.design.blinding == trial::Blinding::kByHelper;
    Add("", words_.Blinding());
    for (const trial::Amendment& made : summary_.amendments) {
      if (made.kind == trial::Amendment::Kind::kPackingList) {
        Add("packing_list", FormatDate(made.date) + " " + Isolated(made.text));
      } else if (made.kind == trial::Amendment::Kind::kUnblinding) {
        Add("unblinded", FormatDate(made.date) + " " + Isolated(made.reason));
      }
    }
    if (blinded && summary_.results.has_value()) AddOrUnknown("guesses", words_.Guesses());
    Begin("11b");
    AddUnknown("");
  }

  // 12
  void AddMethods() {
    Begin("12a");
    Add("model", words_.Model());
    Add("prior", words_.Priors());
    Add("exposure", words_.Kinetics());
    Add("rule", say_("cent.rule"));
    Begin("12b");
    Add("", words_.ModelTerms());
    Add("", say_("cent.additional"));
  }

  // 13, 14
  void AddFlow() {
    Begin("13a");
    if (HasResults()) Add("lived", words_.LivedSequence());
    Begin("13b");
    if (HasResults()) {
      Add("scores", words_.ScoresRecorded());
      AddOrUnknown("doses", words_.DosesTaken());
    } else if (summary_.progress.has_value()) {
      Add("scores", words_.ScoresSoFar());
    }
    Begin("13c");
    const std::vector<std::string> pauses = words_.Pauses();
    for (const std::string& pause : pauses) Add("pause", pause);
    if (pauses.empty()) Add("", say_("cent.no_pauses"));
    Begin("14a");
    AddOrUnknown("first_day",
                 summary_.start_date.has_value() ? FormatDate(*summary_.start_date) : "");
    AddOrUnknown("last_day", summary_.last_date.has_value() ? FormatDate(*summary_.last_date) : "");
    Begin("14b");
    Add("", words_.WhyEnded());
  }

  // 15 to 19
  void AddResults() {
    Begin("15");
    if (HasResults()) {
      for (const trial::MeasureLevels& level : results().record.levels) {
        const bool known = level.run_in.mean.has_value();
        items_.back().facts.push_back(
            {LabelOf("baseline") + ", " + NameOf(*level.measure),
             known ? words_.Level(*level.measure, level.run_in) : say_("page.not_recorded"),
             known});
      }
      for (const NotedEvent& event : results().events) {
        if (event.kind.id.rfind("event.laboratory.", 0) == 0) {
          Add("laboratory", FormatDate(event.date) + " " + say_.Of(event.kind));
        }
      }
    }
    Begin("16");
    if (HasResults()) {
      for (const trial::MeasureLevels& level : results().record.levels) {
        Add("analysed", words_.Observed(level));
      }
    }
    Begin("17a");
    if (HasResults()) {
      Add("benefit", words_.Benefit());
      Add("certainty", words_.Certainty());
      for (const std::string& row : words_.BlockRows()) Add("block", row);
    }
    Begin("17b");
    if (HasResults()) {
      AddOrUnknown("absolute", words_.Absolute());
      AddOrUnknown("relative", words_.Relative());
    }
    Begin("18");
    if (HasResults()) {
      for (const std::string& row : words_.PriorRows()) Add("prior", row);
      AddOrUnknown("randomisation_test", words_.RandomizationTest());
      AddOrUnknown("carry_over", words_.CarryOver());
    }
    Begin("19");
    if (HasResults()) {
      for (const std::string& row : words_.HarmRows()) Add("", row);
      const RescueDays& rescue = results().rescue;
      Add("rescue", say_("cent.rescue_days", {{"on", std::to_string(rescue.on)},
                                              {"off", std::to_string(rescue.off)},
                                              {"outside", std::to_string(rescue.outside)}}));
    }
  }

  // 20 to 25
  void AddDiscussion() {
    Begin("20");
    if (HasResults()) {
      for (const std::string& limit : words_.Limits()) Add("", limit);
    }
    Begin("21");
    Add("", say_("cent.this_person_only"));
    Begin("22");
    if (HasResults()) Add("", words_.Verdict());
    Begin("23");
    AddUnknown("");
    Begin("24");
    AddOrUnknown("protocol_digest", Hex(summary_.protocol_digest));
    if (summary_.results.has_value()) {
      Add("result_digest", Hex(results().record.outcome.digest));
    }
    Begin("25");
    AddUnknown("");
  }

  const Summary& summary_;
  const trial::Protocol& protocol_;
  const trial::Measure& primary_;
  const Words say_;
  const SummaryWords words_;
  std::vector<ReportingItem> items_;
};

}  // namespace

std::vector<ReportingItem> ReportingItems(const Summary& summary, Language language) {
  return Checklist(summary, language).Run();
}

}  // namespace solotrial::report
