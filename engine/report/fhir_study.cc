// What the trial is: study, subject, questionnaire, treatment.
#include <string>

#include "absl/strings/str_format.h"
#include "engine/report/fhir_parts.h"
#include "engine/report/names.h"
#include "engine/trial/schedule.h"

namespace solotrial::report::fhir {
namespace {

Json PatientOf(const ExportedTrial& trial) {
  Json patient = Resource("Patient", Names(trial).Patient());
  patient["meta"]["security"] = Json::array(
      {Coding(std::string(kHl7Terminology) + "v3-ObservationValue", "PSEUDED", "pseudonymized")});
  Json identifier;
  identifier["system"] = "urn:solotrial:patients";
  identifier["value"] = Names(trial).Patient();
  patient["identifier"] = Json::array({identifier});
  return patient;
}

const char* StudyStatus(trial::EffectiveState state) {
  switch (state) {
    case trial::EffectiveState::kDraft:
      return "in-review";
    case trial::EffectiveState::kRunning:
      return "active";
    case trial::EffectiveState::kPaused:
      return "temporarily-closed-to-accrual-and-intervention";
    case trial::EffectiveState::kStopped:
      return "administratively-completed";
    case trial::EffectiveState::kCompleted:
    case trial::EffectiveState::kImported:
      break;
  }
  return "completed";
}

Json PeriodOf(const ExportedTrial& trial) {
  Json period = Json::object();
  if (trial.start_date.has_value()) period["start"] = FormatDate(*trial.start_date);
  if (trial.last_date.has_value()) period["end"] = FormatDate(*trial.last_date);
  return period;
}

Json ArmOf(const std::string& name, const std::string& type, const std::string& instruction) {
  Json arm;
  arm["name"] = name;
  arm["type"] = LocalConcept(type);
  if (const std::string text = Text(instruction); !text.empty()) arm["description"] = text;
  return arm;
}

std::string DesignText(const ExportedTrial& trial) {
  const trial::Design& design = trial.protocol.design;
  return absl::StrFormat(
      "N-of-1 trial: on and off blocks of one person. Order of blocks: %s. Blocks: %d. Run-in: %d "
      "days. %s.",
      RandomizationName(design.randomization), trial.blocks.size(), design.run_in_days,
      design.blinding == trial::Blinding::kByHelper ? "Blinded by a helper" : "Open");
}

Json StudyOf(const ExportedTrial& trial) {
  Json study = Resource("ResearchStudy", Names(trial).Study());
  Json identifier;
  identifier["system"] = "urn:solotrial:trials";
  identifier["value"] = trial.id;
  study["identifier"] = Json::array({identifier});
  if (const std::string title = Text(trial.protocol.title); !title.empty()) study["title"] = title;
  study["status"] = StudyStatus(trial.state);
  study["primaryPurposeType"] = Concept(
      std::string(kHl7Terminology) + "research-study-prim-purp-type", "treatment", "Treatment");
  if (const auto symptom = SymptomConcept(trial.protocol.symptom)) {
    study["condition"] = Json::array({*symptom});
  }
  study["description"] = DesignText(trial);
  if (const Json period = PeriodOf(trial); !period.empty()) study["period"] = period;
  if (trial.stop.has_value()) {
    study["reasonStopped"] = LocalConcept("stopped", trial.stop->reason);
  }
  std::string on;
  std::string off;
  if (trial.protocol.intervention.has_value()) {
    on = trial.protocol.intervention->on_instruction;
    off = trial.protocol.intervention->off_instruction;
  }
  study["arm"] = Json::array({ArmOf("on", "experimental", on), ArmOf("off", "comparator", off)});
  return study;
}

Json SubjectOf(const ExportedTrial& trial) {
  Json subject = Resource("ResearchSubject", Names(trial).Other("ResearchSubject"));
  subject["status"] = trial::HasEnded(trial.state) ? "off-study" : "on-study";
  if (const Json period = PeriodOf(trial); !period.empty()) subject["period"] = period;
  subject["study"] = Reference(Names(trial).Study());
  subject["individual"] = Reference(Names(trial).Patient());
  return subject;
}

Json Bound(const std::string& name, const trial::Measure& measure, double value) {
  Json extension;
  extension["url"] = "http://hl7.org/fhir/StructureDefinition/" + name;
  PutScore(measure, value, "valueDecimal", extension);
  return extension;
}

Json ItemOf(const trial::Measure& measure, const std::string& slot) {
  Json item;
  const bool yes_or_no = measure.family == inference::Family::kBernoulli;
  if (!yes_or_no) {
    item["extension"] = Json::array(
        {Bound("minValue", measure, measure.minimum), Bound("maxValue", measure, measure.maximum)});
  }
  item["linkId"] = measure.id + (slot.empty() ? "" : "/" + slot);
  item["code"] = MeasureConcept(measure)["coding"];
  std::string text = Text(measure.question.empty() ? measure.id : measure.question);
  if (!slot.empty()) text += " (" + Text(slot) + ")";
  item["text"] = text;
  item["type"] = yes_or_no                             ? "boolean"
                 : trial::IsContinuous(measure.family) ? "decimal"
                                                       : "integer";
  return item;
}

Json QuestionnaireOf(const ExportedTrial& trial) {
  const std::string uuid = Names(trial).Questionnaire();
  Json questionnaire = Resource("Questionnaire", uuid);
  questionnaire["url"] = "urn:uuid:" + uuid;
  questionnaire["status"] = "active";
  questionnaire["subjectType"] = Json::array({"Patient"});
  Json& items = questionnaire["item"] = Json::array();
  for (const trial::Measure& measure : trial.protocol.measures) {
    for (const std::string& slot : trial::SlotsOrOne(measure.slots)) {
      items.push_back(ItemOf(measure, slot));
    }
  }
  for (const trial::Covariate& covariate : trial.protocol.covariates) {
    Json& item = items.emplace_back();
    item["linkId"] = covariate.id;
    item["code"] = Json::array({Coding(kLocalSystem, covariate.id)});
    item["text"] = Text(covariate.question.empty() ? covariate.id : covariate.question);
    item["type"] = covariate.binary ? "boolean" : "decimal";
  }
  return questionnaire;
}

Json TreatmentOf(const ExportedTrial& trial) {
  const trial::Intervention& intervention = *trial.protocol.intervention;
  Json treatment = Resource("MedicationStatement", Names(trial).Treatment());
  treatment["status"] = trial::HasEnded(trial.state) ? "completed" : "active";
  treatment["medicationCodeableConcept"] = LocalConcept(
      intervention.catalog_id.empty() ? "treatment" : intervention.catalog_id, intervention.name);
  treatment["subject"] = Reference(Names(trial).Patient());
  if (const Json period = PeriodOf(trial); !period.empty()) treatment["effectivePeriod"] = period;
  if (const std::string text = Text(intervention.on_instruction); !text.empty()) {
    Json dosage;
    dosage["text"] = "In on blocks: " + text;
    treatment["dosage"] = Json::array({dosage});
  }
  return treatment;
}

}  // namespace

void AddStudy(const ExportedTrial& trial, std::vector<Json>& resources) {
  resources.push_back(PatientOf(trial));
  resources.push_back(StudyOf(trial));
  resources.push_back(SubjectOf(trial));
  resources.push_back(QuestionnaireOf(trial));
  if (trial.protocol.intervention.has_value()) resources.push_back(TreatmentOf(trial));
}

}  // namespace solotrial::report::fhir
