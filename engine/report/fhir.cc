#include "engine/report/fhir.h"

#include "engine/base/digest.h"
#include "engine/report/fhir_parts.h"

namespace solotrial::report {
namespace fhir {

std::string DerivedUuid(const ExportedTrial& trial, const std::string& name) {
  std::string bytes = Sha256("solotrial/fhir/v1/" + trial.id + "/" + name).substr(0, 16);
  bytes[6] = static_cast<char>((bytes[6] & 0x0f) | 0x80);
  bytes[8] = static_cast<char>((bytes[8] & 0x3f) | 0x80);
  const std::string hex = Hex(bytes);
  return hex.substr(0, 8) + "-" + hex.substr(8, 4) + "-" + hex.substr(12, 4) + "-" +
         hex.substr(16, 4) + "-" + hex.substr(20);
}

Json Reference(const std::string& uuid) {
  Json reference;
  reference["reference"] = "urn:uuid:" + uuid;
  return reference;
}

Json Resource(const std::string& type, const std::string& uuid) {
  Json resource;
  resource["resourceType"] = type;
  resource["id"] = uuid;
  return resource;
}

void PutScore(const trial::Measure& measure, double value, const std::string& decimal,
              Json& element) {
  if (measure.family == inference::Family::kBernoulli) {
    element["valueBoolean"] = value != 0;
  } else if (!trial::IsContinuous(measure.family)) {
    element["valueInteger"] = static_cast<int>(value);
  } else if (decimal == "valueQuantity") {
    element[decimal] = Quantity(value, "{points}");
  } else {
    element[decimal] = value;
  }
}

}  // namespace fhir

std::string WriteFhirBundle(const FhirRequest& request) {
  using fhir::Json;
  std::vector<Json> resources;
  fhir::AddStudy(request.trial, resources);
  fhir::AddReport(request, resources);
  fhir::AddEntries(request.trial, resources);

  Json bundle;
  bundle["resourceType"] = "Bundle";
  bundle["type"] = "collection";
  bundle["timestamp"] = absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", request.time, absl::UTCTimeZone());
  Json& entries = bundle["entry"] = Json::array();
  for (Json& resource : resources) {
    Json& entry = entries.emplace_back();
    entry["fullUrl"] = "urn:uuid:" + resource["id"].get_ref<const std::string&>();
    entry["resource"] = std::move(resource);
  }
  return bundle.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace solotrial::report
