// Bundles to be looked at, by tests here and by validators that are not ours.
#ifndef SOLOTRIAL_TESTS_REPORT_FHIR_BUNDLES_H_
#define SOLOTRIAL_TESTS_REPORT_FHIR_BUNDLES_H_

#include <string>
#include <vector>

#include "engine/report/exported_trial.h"

namespace solotrial::report {

// As fhir_sample.cc says.
std::vector<std::string> SampleBundles();

// The bundle of `trial`; with a result where it has ended.
std::string BundleOf(const ExportedTrial& trial, const std::string& pdf = "");

// A trial of a year with two measures, a covariate and two doses a day, all of them recorded; it
// has ended.
ExportedTrial YearOfEntries();

}  // namespace solotrial::report

#endif  // SOLOTRIAL_TESTS_REPORT_FHIR_BUNDLES_H_
