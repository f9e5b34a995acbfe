// The FHIR bundle: what it holds, what it must not, and what the published validators do not see.
// Those themselves: tests/report/fhir/validate.
#include "engine/report/fhir.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "engine/import/text.h"
#include "tests/report/fhir_bundles.h"
#include "tests/report/trials.h"

namespace solotrial::report {
namespace {

using Json = nlohmann::json;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

ExportedTrial Exported(Date today, trial::Blinding blinding = trial::Blinding::kOpen,
                       const std::string& allocation = "1001") {
  return ExportOfTrial(SmallProtocol(blinding), SmallTrial(allocation), SomeEntries(), today);
}

std::vector<Json> ResourcesIn(const std::string& bundle, const std::string& type) {
  std::vector<Json> resources;
  const Json json = Json::parse(bundle);
  for (const Json& entry : json["entry"]) {
    if (entry["resource"]["resourceType"] == type) resources.push_back(entry["resource"]);
  }
  return resources;
}

// What R4 forbids and schemas do not say: two values of one choice, nothing in an array, an object
// or a text.
void FindFaults(const Json& json, const std::string& path, std::vector<std::string>& faults) {
  if (json.is_array() || json.is_object()) {
    if (json.empty()) faults.push_back(path + " is empty");
  } else if (json.is_string() && import::Trim(json.get<std::string>()).empty()) {
    faults.push_back(path + " is blank");
  } else if (json.is_null()) {
    faults.push_back(path + " is null");
  }
  if (json.is_object()) {
    for (const std::string choice : {"value", "effective", "medication", "onset"}) {
      const auto count = std::count_if(json.items().begin(), json.items().end(), [&](auto item) {
        return item.key().size() > choice.size() &&
               item.key().compare(0, choice.size(), choice) == 0 &&
               item.key()[choice.size()] >= 'A' && item.key()[choice.size()] <= 'Z';
      });
      if (count > 1) faults.push_back(path + " has two of " + choice + "[x]");
    }
  }
  if (json.is_structured()) {
    for (const auto& item : json.items()) FindFaults(item.value(), path + "/" + item.key(), faults);
  }
}

std::vector<std::string> FaultsIn(const Json& bundle) {
  std::vector<std::string> faults;
  FindFaults(bundle, "", faults);
  std::set<std::string> urls;
  for (const Json& entry : bundle["entry"]) {
    const std::string url = entry["fullUrl"];
    if (!urls.insert(url).second) faults.push_back(url + " is there twice");
    if (url != "urn:uuid:" + entry["resource"]["id"].get<std::string>()) {
      faults.push_back(url + " is not the url of its resource");
    }
  }
  const std::function<void(const Json&)> check_references = [&](const Json& json) {
    if (json.is_object() && json.contains("reference") && !urls.contains(json["reference"])) {
      faults.push_back("nothing is called " + json["reference"].get<std::string>());
    }
    if (json.is_structured()) {
      for (const Json& item : json) check_references(item);
    }
  };
  check_references(bundle);
  return faults;
}

TEST(FhirTest, HasNoFaultThatSchemasDoNotSee) {
  for (const std::string& bundle : SampleBundles()) {
    EXPECT_THAT(FaultsIn(Json::parse(bundle)), IsEmpty());
  }
}

TEST(FhirTest, TheChecksFindPlantedFaults) {
  const Json good = Json::parse(BundleOf(Exported(kFirstDay + 20)));
  const auto with = [&good](const std::function<void(Json&)>& plant) {
    Json bad = good;
    plant(bad["entry"][0]["resource"]);
    return FaultsIn(bad);
  };
  EXPECT_THAT(with([](Json& r) { r["name"] = Json::array(); }), Not(IsEmpty()));
  EXPECT_THAT(with([](Json& r) { r["gender"] = " "; }), Not(IsEmpty()));
  EXPECT_THAT(with([](Json& r) { r["active"] = nullptr; }), Not(IsEmpty()));
  EXPECT_THAT(with([](Json& r) {
                r["extension"] = {{{"url", "x"}, {"valueString", "a"}, {"valueInteger", 1}}};
              }),
              Not(IsEmpty()));
  EXPECT_THAT(with([](Json& r) {
                r["link"] = {{{"other", {{"reference", "urn:uuid:none"}}}}};
              }),
              Not(IsEmpty()));
  EXPECT_THAT(with([](Json& r) { r["id"] = "another"; }), Not(IsEmpty()));
}

TEST(FhirTest, HoldsEveryEntry) {
  const std::string bundle = BundleOf(Exported(kFirstDay + 20));
  std::set<std::string> ids;
  const Json json = Json::parse(bundle);
  for (const Json& entry : json["entry"]) ids.insert(entry["resource"]["id"]);
  for (const trial::Entry& entry : SomeEntries()) {
    // A covariate stands among the answers of its day.
    EXPECT_EQ(ids.contains(entry.id), entry.kind != trial::Entry::Kind::kCovariate);
  }
  EXPECT_EQ(ResourcesIn(bundle, "QuestionnaireResponse").size(), 4u);
  EXPECT_EQ(ResourcesIn(bundle, "AdverseEvent").at(0)["severity"]["coding"][0]["code"], "moderate");
  EXPECT_EQ(ResourcesIn(bundle, "ResearchStudy").at(0)["status"], "completed");
  // Two doses were taken, one was skipped; and a rescue.
  std::map<std::string, int> doses;
  for (const Json& dose : ResourcesIn(bundle, "MedicationAdministration")) ++doses[dose["status"]];
  EXPECT_EQ(doses["completed"], 3);
  EXPECT_EQ(doses["not-done"], 1);
}

TEST(FhirTest, CarriesTheResult) {
  const std::string bundle = BundleOf(Exported(kFirstDay + 20), "%PDF-1.7\n");
  const Json report = ResourcesIn(bundle, "DiagnosticReport").at(0);
  EXPECT_EQ(report["status"], "final");
  EXPECT_THAT(report["conclusion"].get<std::string>(), Not(IsEmpty()));
  EXPECT_EQ(report["presentedForm"][0]["data"], "JVBERi0xLjcK");
  EXPECT_EQ(report["result"].size(), 6u);
  for (const Json& observation : ResourcesIn(bundle, "Observation")) {
    if (observation["code"]["coding"][0]["code"] != "benefit") continue;
    EXPECT_EQ(observation["valueQuantity"]["value"], 1.25);
    EXPECT_EQ(observation["component"][1]["valueQuantity"]["value"], 0.25);
    EXPECT_EQ(observation["component"][4]["code"]["coding"][0]["code"], "p_any_benefit");
    EXPECT_EQ(observation["component"][4]["valueQuantity"]["value"], 0.99);
  }
}

TEST(FhirTest, TellsNoArmOfABlindedTrialBeforeItsEnd) {
  const trial::Blinding blinded = trial::Blinding::kByHelper;
  const std::string running = BundleOf(Exported(kFirstDay + 6, blinded, "1001"));
  EXPECT_EQ(running, BundleOf(Exported(kFirstDay + 6, blinded, "0110")));
  EXPECT_THAT(running, HasSubstr("Envelope 1"));
  EXPECT_EQ(ResourcesIn(running, "DiagnosticReport").at(0)["status"], "registered");
  EXPECT_NE(BundleOf(Exported(kFirstDay + 14, blinded, "1001")),
            BundleOf(Exported(kFirstDay + 14, blinded, "0110")));
}

TEST(FhirTest, SaysWhatADoseWas) {
  const auto first_dose = [](const std::string& allocation) {
    const std::string bundle =
        BundleOf(Exported(kFirstDay + 14, trial::Blinding::kByHelper, allocation));
    return ResourcesIn(bundle, "MedicationAdministration")
        .at(0)["medicationCodeableConcept"]["text"];
  };
  EXPECT_EQ(first_dose("1001"), "Magnesium");
  EXPECT_EQ(first_dose("0110"), "Take one capsule of starch");
}

TEST(FhirTest, CarriesEveryTextIntact) {
  std::vector<trial::Entry> entries;
  for (const std::string& text : AwkwardTexts()) {
    entries.push_back(
        EntryOf(static_cast<int>(entries.size()), trial::Entry::Kind::kNote, kFirstDay));
    entries.back().text = text;
  }
  const std::string bundle =
      BundleOf(ExportOfTrial(SmallProtocol(), SmallTrial(), entries, kFirstDay + 3));
  std::set<std::string> texts;
  for (const Json& observation : ResourcesIn(bundle, "Observation")) {
    texts.insert(observation["valueString"]);
  }
  for (const std::string& text : AwkwardTexts()) EXPECT_TRUE(texts.contains(text)) << text;
}

TEST(FhirTest, NamesItsResourcesTheSameEveryTime) {
  EXPECT_EQ(BundleOf(Exported(kFirstDay + 20)), BundleOf(Exported(kFirstDay + 20)));
  trial::Trial other = SmallTrial();
  other.id = "00000000-5e0c-4f57-9a52-0c6a6c1f7d11";
  const std::string bundle =
      BundleOf(ExportOfTrial(SmallProtocol(), other, SomeEntries(), kFirstDay + 20));
  EXPECT_NE(ResourcesIn(bundle, "Patient").at(0)["id"],
            ResourcesIn(BundleOf(Exported(kFirstDay + 20)), "Patient").at(0)["id"]);
}

}  // namespace
}  // namespace solotrial::report
