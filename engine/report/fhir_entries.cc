// What was recorded: an Observation, administration or event for every entry.
#include <map>
#include <string>
#include <utility>

#include "engine/report/fhir_parts.h"
#include "engine/report/names.h"
#include "engine/trial/guess.h"
#include "engine/trial/safety.h"

namespace solotrial::report::fhir {
namespace {

using Kind = trial::Entry::Kind;

class EntryWriter {
 public:
  EntryWriter(const ExportedTrial& trial, std::vector<Json>& resources)
      : trial_(trial),
        names_(trial),
        resources_(resources),
        subject_(Reference(names_.Patient())) {}

  void Add(const trial::Entry& entry) {
    switch (entry.kind) {
      case Kind::kScore:
        AddScore(entry);
        break;
      case Kind::kDose:
        AddDose(entry);
        break;
      case Kind::kRescue:
        AddRescue(entry);
        break;
      case Kind::kEvent:
        AddEvent(entry);
        break;
      case Kind::kNote:
        PutText(entry.text, ObservationOf(entry, LocalConcept("note")));
        break;
      case Kind::kDeviation:
        PutText(entry.text,
                ObservationOf(entry, LocalConcept("deviation_" + DeviationName(entry))));
        break;
      case Kind::kMark:
        ObservationOf(entry, LocalConcept("block_begins"));
        break;
      case Kind::kGuess:
        AddGuess(entry);
        break;
      case Kind::kCovariate:  // stands in the QuestionnaireResponse alone
      case Kind::kRetraction:
        break;
    }
  }

 private:
  Json& Put(Json resource) { return resources_.emplace_back(std::move(resource)); }

  static void PutText(const std::string& said, Json& observation) {
    if (const std::string text = Text(said); !text.empty()) observation["valueString"] = text;
  }

  Json& ObservationOf(const trial::Entry& entry, const Json& code,
                      const std::string& category = "survey") {
    Json observation = Resource("Observation", entry.id);
    observation["status"] = "final";
    observation["category"] =
        Json::array({Concept(std::string(kHl7Terminology) + "observation-category", category,
                             category == "survey" ? "Survey" : "Laboratory")});
    observation["code"] = code;
    observation["subject"] = subject_;
    observation["effectiveDateTime"] = FormatDate(entry.date);
    observation["issued"] = LocalTimeText(entry);
    return Put(std::move(observation));
  }

  void AddScore(const trial::Entry& entry) {
    const trial::Measure* measure = trial::FindMeasure(trial_.protocol, entry.subject);
    if (measure == nullptr) return;
    Json& observation = ObservationOf(entry, MeasureConcept(*measure));
    PutScore(*measure, entry.value, "valueQuantity", observation);
    observation["derivedFrom"] = Json::array({Reference(names_.Answers(entry.date))});
    Json components = Json::array();
    const auto component = [&components](const std::string& code) -> Json& {
      Json& added = components.emplace_back();
      added["code"] = LocalConcept(code);
      return added;
    };
    if (const std::string slot = Text(entry.slot); !slot.empty()) {
      component("slot")["valueString"] = slot;
    }
    const ExportedDay* day = DayOf(trial_, trial::AnalysisDate(*measure, entry.date));
    if (day != nullptr && day->block > 0) {
      component("block")["valueInteger"] = day->block;
      // A share of a treatment is no arm.
      if (day->on == 0.0 || day->on == 1.0) {
        component("arm")["valueCodeableConcept"] = LocalConcept(*day->on == 1 ? "on" : "off");
      }
    }
    if (!components.empty()) observation["component"] = std::move(components);
  }

  // What a dose of that day was, as far as it may be known.
  Json MedicationOn(const ExportedDay* day) const {
    const trial::Intervention& intervention = *trial_.protocol.intervention;
    const ExportedBlock* block = day == nullptr || day->block == 0
                                     ? nullptr
                                     : &trial_.blocks[static_cast<size_t>(day->block - 1)];
    if (block != nullptr && block->envelope > 0 && !block->on.has_value()) {
      return LocalConcept("envelope", "Envelope " + std::to_string(block->envelope));
    }
    const bool blinded = trial_.protocol.design.blinding == trial::Blinding::kByHelper;
    if (blinded && block != nullptr && block->on == false) {
      return LocalConcept("comparator", intervention.off_instruction);
    }
    return LocalConcept(intervention.catalog_id.empty() ? "treatment" : intervention.catalog_id,
                        intervention.name);
  }

  // The whole dose of that day in mg of elemental magnesium; 0 where it is not known.
  double ElementalMg(const ExportedDay* day) const {
    if (day == nullptr || day->on != 1.0) return 0;
    const trial::DoseStep* step = trial::StepOn(*trial_.protocol.intervention, day->day_in_block);
    return step == nullptr ? 0 : step->elemental_mg;
  }

  void AddDose(const trial::Entry& entry) {
    if (!trial_.protocol.intervention.has_value()) return;
    const ExportedDay* day = DayOf(trial_, entry.date);
    Json dose = Resource("MedicationAdministration", entry.id);
    dose["status"] = entry.value > 0 ? "completed" : "not-done";
    dose["medicationCodeableConcept"] = MedicationOn(day);
    dose["subject"] = subject_;
    dose["effectiveDateTime"] = FormatDate(entry.date);
    Json dosage = Json::object();
    if (const std::string slot = Text(entry.slot); !slot.empty()) dosage["text"] = slot;
    if (entry.value > 0) {
      const double mg = ElementalMg(day);
      // Else the share of what was prescribed.
      dosage["dose"] = mg > 0 ? Quantity(entry.value * mg, "mg") : Quantity(entry.value, "1");
      dose["dosage"] = std::move(dosage);
    }
    Put(std::move(dose));
  }

  void AddRescue(const trial::Entry& entry) {
    Json rescue = Resource("MedicationAdministration", entry.id);
    rescue["status"] = "completed";
    rescue["category"] = LocalConcept("rescue");
    rescue["medicationCodeableConcept"] = LocalConcept("rescue_medication", entry.text);
    rescue["subject"] = subject_;
    rescue["effectiveDateTime"] = FormatDate(entry.date);
    rescue["dosage"]["dose"] = Quantity(entry.value, "{doses}");
    Put(std::move(rescue));
  }

  void AddEvent(const trial::Entry& entry) {
    if (entry.subject == trial::kSideEffectType) {
      AddSideEffect(entry);
    } else if (entry.subject == trial::kNewTreatment) {
      Json treatment = Resource("MedicationStatement", entry.id);
      treatment["status"] = "active";
      treatment["medicationCodeableConcept"] = LocalConcept("new_treatment", entry.text);
      treatment["subject"] = subject_;
      treatment["effectiveDateTime"] = FormatDate(entry.date);
      Put(std::move(treatment));
    } else if (entry.subject == trial::kIllness || entry.subject == trial::kTravel ||
               entry.subject == trial::kOtherEvent) {
      PutText(entry.text, ObservationOf(entry, LocalConcept("event_" + entry.subject)));
    } else {
      Json& observation = ObservationOf(entry, LaboratoryConcept(entry.subject), "laboratory");
      observation["valueQuantity"] = Quantity(entry.value, "mmol/L");
      if (const std::string text = Text(entry.text); !text.empty()) {
        observation["note"] = Json::array({{{"text", text}}});
      }
    }
  }

  void AddSideEffect(const trial::Entry& entry) {
    Json event = Resource("AdverseEvent", entry.id);
    event["actuality"] = "actual";
    event["event"] = LocalConcept("side_effect", entry.text);
    event["subject"] = subject_;
    event["date"] = FormatDate(entry.date);
    event["recordedDate"] = LocalTimeText(entry);
    const std::string grade = GradeName(entry.value);
    event["severity"] = Concept(std::string(kHl7Terminology) + "adverse-event-severity", grade,
                                grade == "mild"       ? "Mild"
                                : grade == "moderate" ? "Moderate"
                                                      : "Severe");
    event["study"] = Json::array({Reference(names_.Study())});
    Put(std::move(event));
  }

  void AddGuess(const trial::Entry& entry) {
    Json& observation = ObservationOf(entry, LocalConcept("guess"));
    observation["valueCodeableConcept"] =
        LocalConcept(ArmName(trial::GuessedArm(entry), "unknown"));
    Json block;
    block["code"] = LocalConcept("block");
    block["valueInteger"] = trial::GuessedBlock(entry);
    observation["component"] = Json::array({block});
  }

  const ExportedTrial& trial_;
  const Names names_;
  std::vector<Json>& resources_;
  const Json subject_;
};

// The scores and covariates of every date, as answers.
void AddAnswers(const ExportedTrial& trial, std::vector<Json>& resources) {
  std::map<Date, std::pair<Json, absl::Time>> items;  // with the time of the latest
  std::map<Date, std::string> authored;
  for (const trial::Entry& entry : trial.entries) {
    Json answer;
    if (entry.kind == Kind::kScore) {
      const trial::Measure* measure = trial::FindMeasure(trial.protocol, entry.subject);
      if (measure == nullptr) continue;
      PutScore(*measure, entry.value, "valueDecimal", answer);
    } else if (entry.kind == Kind::kCovariate) {
      const trial::Covariate* covariate = trial::FindCovariate(trial.protocol, entry.subject);
      if (covariate == nullptr) continue;
      if (covariate->binary) {
        answer["valueBoolean"] = entry.value != 0;
      } else {
        answer["valueDecimal"] = entry.value;
      }
    } else {
      continue;
    }
    Json item;
    item["linkId"] = entry.subject + (entry.slot.empty() ? "" : "/" + entry.slot);
    item["answer"] = Json::array({answer});
    auto& [list, latest] = items[entry.date];
    if (list.empty() || entry.client_time > latest) {
      latest = entry.client_time;
      authored[entry.date] = LocalTimeText(entry);
    }
    list.push_back(std::move(item));
  }
  const Names names(trial);
  for (auto& [date, item] : items) {
    Json response = Resource("QuestionnaireResponse", names.Answers(date));
    response["questionnaire"] = "urn:uuid:" + names.Questionnaire();
    response["status"] = "completed";
    response["subject"] = Reference(names.Patient());
    response["authored"] = authored[date];
    response["item"] = std::move(item.first);
    resources.push_back(std::move(response));
  }
}

}  // namespace

void AddEntries(const ExportedTrial& trial, std::vector<Json>& resources) {
  AddAnswers(trial, resources);
  EntryWriter writer(trial, resources);
  for (const trial::Entry& entry : trial.entries) writer.Add(entry);
}

}  // namespace solotrial::report::fhir
