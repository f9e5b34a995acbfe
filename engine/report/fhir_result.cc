// What came out: the report with its Observations.
#include <cmath>

#include "absl/strings/escaping.h"
#include "engine/report/fhir_parts.h"
#include "engine/trial/schedule.h"

namespace solotrial::report::fhir {
namespace {

Json Component(const std::string& code, double value, const std::string& unit) {
  Json component;
  component["code"] = LocalConcept(code);
  component["valueQuantity"] = Quantity(value, unit);
  return component;
}

class ResultWriter {
 public:
  ResultWriter(const ExportedTrial& trial, const trial::AnalysisOutcome& outcome,
               std::vector<Json>& resources)
      : trial_(trial), outcome_(outcome), resources_(resources) {}

  // References to the Observations that were added.
  Json Add() {
    const inference::Posterior& posterior = outcome_.posterior;
    const std::string unit = BenefitUcum(outcome_.measure->family);
    AddVerdict();
    // An unreliable posterior has numbers that mean nothing.
    if (outcome_.verdict.decision != trial::Decision::kNotComputed) {
      Json& benefit = AddEstimate("benefit", posterior.benefit, unit);
      Json& components = benefit["component"];
      components.push_back(Component("p_any_benefit", posterior.benefit.p_any, "1"));
      if (outcome_.measure->minimal_important_difference.has_value()) {
        components.push_back(Component("p_important_benefit", posterior.benefit.p_important, "1"));
      }
      components.push_back(Component("p_worse", posterior.benefit.p_worse, "1"));
      components.push_back(Component("p_better_day", posterior.p_better_day, "1"));
      AddEstimate("effect", posterior.effect, "1");
    }
    AddNumber("exposure_contrast", outcome_.exposure_contrast);
    if (outcome_.randomization_test.has_value()) {
      AddNumber("randomization_p_one_sided", outcome_.randomization_test->p_one_sided);
      AddNumber("randomization_p_two_sided", outcome_.randomization_test->p_two_sided);
    }
    return references_;
  }

 private:
  Json& AddObservation(const std::string& code) {
    const std::string uuid = Names(trial_).Other("Observation/" + code);
    Json observation = Resource("Observation", uuid);
    observation["status"] = "final";
    observation["code"] = LocalConcept(code);
    observation["subject"] = Reference(Names(trial_).Patient());
    Json period;
    period["start"] = FormatDate(*trial_.start_date);
    if (trial_.last_date.has_value()) period["end"] = FormatDate(*trial_.last_date);
    observation["effectivePeriod"] = period;
    references_.push_back(Reference(uuid));
    return resources_.emplace_back(std::move(observation));
  }

  void AddVerdict() {
    AddObservation("verdict")["valueCodeableConcept"] =
        LocalConcept(trial::DecisionName(outcome_.verdict.decision));
  }

  Json& AddEstimate(const std::string& code, const inference::Summary& summary,
                    const std::string& unit) {
    Json& observation = AddObservation(code);
    observation["valueQuantity"] = Quantity(summary.mean, unit);
    observation["component"] = {Component("posterior_sd", summary.sd, unit),
                                Component("quantile_2_5_percent", summary.q025, unit),
                                Component("quantile_50_percent", summary.q500, unit),
                                Component("quantile_97_5_percent", summary.q975, unit)};
    return observation;
  }

  void AddNumber(const std::string& code, double value) {
    AddObservation(code)["valueQuantity"] = Quantity(value, "1");
  }

  const ExportedTrial& trial_;
  const trial::AnalysisOutcome& outcome_;
  std::vector<Json>& resources_;
  Json references_ = Json::array();
};

}  // namespace

void AddReport(const FhirRequest& request, std::vector<Json>& resources) {
  const ExportedTrial& trial = request.trial;
  const bool final = request.analysis != nullptr && trial::HasEnded(trial.state);
  Json report = Resource("DiagnosticReport", Names(trial).Other("DiagnosticReport"));
  report["status"] = final ? "final" : request.summary_pdf.empty() ? "registered" : "partial";
  report["code"] = LocalConcept("n_of_1_summary", "Summary of an N-of-1 trial");
  report["subject"] = Reference(Names(trial).Patient());
  if (trial.start_date.has_value()) {
    report["effectivePeriod"]["start"] = FormatDate(*trial.start_date);
    if (trial.last_date.has_value()) {
      report["effectivePeriod"]["end"] = FormatDate(*trial.last_date);
    }
  }
  report["issued"] = absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", request.time, absl::UTCTimeZone());
  std::vector<Json> results;
  if (final) {
    report["result"] = ResultWriter(trial, *request.analysis, results).Add();
    if (const std::string conclusion =
            Text(Render(request.analysis->verdict.message, request.language));
        !conclusion.empty()) {
      report["conclusion"] = conclusion;
    }
  }
  if (!request.summary_pdf.empty()) {
    Json attachment;
    attachment["contentType"] = "application/pdf";
    attachment["data"] = absl::Base64Escape(request.summary_pdf);
    attachment["title"] = "Summary";
    report["presentedForm"] = Json::array({attachment});
  }
  resources.push_back(std::move(report));
  for (Json& result : results) resources.push_back(std::move(result));
}

}  // namespace solotrial::report::fhir
