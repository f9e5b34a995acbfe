// The parts of a FHIR bundle; see fhir.h.
#ifndef SOLOTRIAL_ENGINE_REPORT_FHIR_PARTS_H_
#define SOLOTRIAL_ENGINE_REPORT_FHIR_PARTS_H_

#include <string>
#include <vector>

#include "engine/report/fhir.h"
#include "engine/report/fhir_codes.h"

namespace solotrial::report::fhir {

// A UUID (version 8, RFC 9562) that follows from the trial's id and `name`.
std::string DerivedUuid(const ExportedTrial& trial, const std::string& name);

// A Reference to the resource `uuid`.
Json Reference(const std::string& uuid);

// References of the resources that others speak of.
class Names {
 public:
  explicit Names(const ExportedTrial& trial) : trial_(trial) {}
  std::string Patient() const { return DerivedUuid(trial_, "Patient"); }
  std::string Study() const { return DerivedUuid(trial_, "ResearchStudy"); }
  std::string Questionnaire() const { return DerivedUuid(trial_, "Questionnaire"); }
  std::string Treatment() const { return DerivedUuid(trial_, "MedicationStatement"); }
  std::string Answers(Date date) const {
    return DerivedUuid(trial_, "QuestionnaireResponse/" + FormatDate(date));
  }
  std::string Other(const std::string& name) const { return DerivedUuid(trial_, name); }

 private:
  const ExportedTrial& trial_;
};

// Each appends resources with their ids. fhir_study.cc:
void AddStudy(const ExportedTrial& trial, std::vector<Json>& resources);
// fhir_result.cc:
void AddReport(const FhirRequest& request, std::vector<Json>& resources);
// fhir_entries.cc:
void AddEntries(const ExportedTrial& trial, std::vector<Json>& resources);

// A resource of that type and id.
Json Resource(const std::string& type, const std::string& uuid);

// A value of `measure` as the element that its kind has: puts `valueInteger`, `valueBoolean` or
// `decimal` into `element`.
void PutScore(const trial::Measure& measure, double value, const std::string& decimal,
              Json& element);

}  // namespace solotrial::report::fhir

#endif  // SOLOTRIAL_ENGINE_REPORT_FHIR_PARTS_H_
