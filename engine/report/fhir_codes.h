// The codes of the FHIR export: published ones where it is certain that one means just this, and
// our own for everything else.
#ifndef SOLOTRIAL_ENGINE_REPORT_FHIR_CODES_H_
#define SOLOTRIAL_ENGINE_REPORT_FHIR_CODES_H_

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "engine/trial/protocol.h"

namespace solotrial::report::fhir {

using Json = nlohmann::ordered_json;

inline constexpr char kLocalSystem[] = "urn:solotrial:codes";
inline constexpr char kUcum[] = "http://unitsofmeasure.org";
// Published with R4, https://hl7.org/fhir/R4/terminologies-systems.html
inline constexpr char kHl7Terminology[] = "http://terminology.hl7.org/CodeSystem/";

// Text as FHIR may hold it: without control characters but tab and line ends; empty when nothing
// but blanks is left.
std::string Text(const std::string& text);

Json Coding(const std::string& system, const std::string& code, const std::string& display = "");

// A CodeableConcept with our own code; `text` may be empty.
Json LocalConcept(const std::string& code, const std::string& text = "");

// A CodeableConcept with one published code.
Json Concept(const std::string& system, const std::string& code, const std::string& display);

// A Quantity; `unit` is UCUM.
Json Quantity(double value, const std::string& unit);

// What a measure scores: our own code and, where there is one, LOINC's.
Json MeasureConcept(const trial::Measure& measure);

// What is to get better; SNOMED CT where there is a code. nullopt for no symptom.
std::optional<Json> SymptomConcept(const std::string& symptom);

// A value of a laboratory; LOINC where there is a code.
Json LaboratoryConcept(const std::string& id);

// UCUM of a trial::BenefitUnit.
std::string BenefitUcum(inference::Family family);

}  // namespace solotrial::report::fhir

#endif  // SOLOTRIAL_ENGINE_REPORT_FHIR_CODES_H_
