#include "engine/report/fhir_codes.h"

#include <array>

#include "absl/strings/ascii.h"

namespace solotrial::report::fhir {
namespace {

constexpr char kLoinc[] = "http://loinc.org";
constexpr char kSnomed[] = "http://snomed.info/sct";

struct PublishedCode {
  const char* id;  // of the catalogue
  const char* system;
  const char* code;
  const char* display;
};

// https://loinc.org/72514-3 and https://loinc.org/2601-3. The first is about pain as such, so it
// stands for the measure of pain alone, not for that of headaches or cramps. For magnesium in red
// blood cells, in mmol/L, none was found that is certain.
constexpr PublishedCode kPain = {"pain", kLoinc, "72514-3",
                                 "Pain severity - 0-10 verbal numeric rating [Score] - Reported"};
constexpr PublishedCode kSerumMagnesium = {"serum_magnesium", kLoinc, "2601-3",
                                           "Magnesium [Moles/volume] in Serum or Plasma"};
// https://browser.ihtsdotools.org
constexpr std::array kSymptoms = {
    PublishedCode{"migraine", kSnomed, "37796009", "Migraine"},
    PublishedCode{"restless_legs", kSnomed, "32914008", "Restless legs"}};

Json WithPublished(const PublishedCode& code, const std::string& text) {
  Json concept_of;
  concept_of["coding"] = {Coding(code.system, code.code, code.display),
                          Coding(kLocalSystem, code.id)};
  if (!text.empty()) concept_of["text"] = text;
  return concept_of;
}

}  // namespace

std::string Text(const std::string& text) {
  std::string clean;
  bool blank = true;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (absl::ascii_iscntrl(byte) && c != '\t' && c != '\n' && c != '\r') continue;
    blank = blank && absl::ascii_isspace(byte);
    clean += c;
  }
  return blank ? "" : clean;
}

Json Coding(const std::string& system, const std::string& code, const std::string& display) {
  Json coding;
  coding["system"] = system;
  coding["code"] = code;
  if (!display.empty()) coding["display"] = display;
  return coding;
}

Json LocalConcept(const std::string& code, const std::string& text) {
  Json concept_of;
  concept_of["coding"] = Json::array({Coding(kLocalSystem, code)});
  if (const std::string clean = Text(text); !clean.empty()) concept_of["text"] = clean;
  return concept_of;
}

Json Concept(const std::string& system, const std::string& code, const std::string& display) {
  Json concept_of;
  concept_of["coding"] = Json::array({Coding(system, code, display)});
  return concept_of;
}

Json Quantity(double value, const std::string& unit) {
  Json quantity;
  quantity["value"] = value;
  quantity["unit"] = unit;
  quantity["system"] = kUcum;
  quantity["code"] = unit;
  return quantity;
}

Json MeasureConcept(const trial::Measure& measure) {
  const std::string text = Text(measure.question.empty() ? measure.id : measure.question);
  const bool zero_to_ten = measure.family == inference::Family::kOrdinal && measure.minimum == 0 &&
                           measure.maximum == 10 && measure.lower_is_better;
  if (measure.id == kPain.id && zero_to_ten) return WithPublished(kPain, text);
  return LocalConcept(measure.id, text);
}

std::optional<Json> SymptomConcept(const std::string& symptom) {
  if (symptom.empty()) return std::nullopt;
  for (const PublishedCode& code : kSymptoms) {
    if (symptom == code.id) return WithPublished(code, "");
  }
  return LocalConcept(symptom);
}

Json LaboratoryConcept(const std::string& id) {
  if (id == kSerumMagnesium.id) return WithPublished(kSerumMagnesium, "");
  return LocalConcept(id);
}

std::string BenefitUcum(inference::Family family) {
  if (family == inference::Family::kBernoulli) return "d/(28.d)";
  return trial::IsCount(family) ? "{events}/(7.d)" : "{points}";
}

}  // namespace solotrial::report::fhir
