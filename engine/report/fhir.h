// A trial as HL7 FHIR R4 (4.0.1), for other systems of a clinic.
#ifndef SOLOTRIAL_ENGINE_REPORT_FHIR_H_
#define SOLOTRIAL_ENGINE_REPORT_FHIR_H_

#include <string>

#include "absl/time/time.h"
#include "engine/report/exported_trial.h"
#include "engine/report/messages.h"
#include "engine/trial/analysis.h"

namespace solotrial::report {

struct FhirRequest {
  const ExportedTrial& trial;
  // Of a trial that has ended, into the trial's protocol; nullptr: there is no result to tell.
  const trial::AnalysisOutcome* analysis = nullptr;
  std::string summary_pdf;                 // empty: nothing is attached
  Language language = Language::kEnglish;  // of the conclusion
  absl::Time time;                         // when it is made
};

// A Bundle of type `collection`, as JSON. In order:
//
//   Patient                   pseudonymous: known by a name made of the trial's id alone
//   ResearchStudy, ResearchSubject
//   Questionnaire             what is asked
//   MedicationStatement       the treatment
//   DiagnosticReport          with the summary as PDF, and, where there is a result, the
//   Observations
//                             of it: verdict, benefit (posterior mean, sd, 95 % interval,
//                             probabilities), effect, exposure contrast, randomisation test
//   QuestionnaireResponse     the scores and covariates of one date
//   Observation               a score, with the block and, where it may be known, the arm; a
//                             laboratory value; a guess, note, deviation, illness or journey
//   MedicationAdministration  a dose or rescue medication
//   MedicationStatement       a new treatment
//   AdverseEvent              a side effect, with its grade
//
// Codes: LOINC, SNOMED CT and UCUM where fhir_codes.h lists one, else `urn:solotrial:codes`.
// Resources are named by UUIDs that follow from the trial's and the entries' ids: the same trial
// gives the same names. Texts lose the control characters that FHIR does not have. Nothing in it
// tells an arm that `request.trial` does not tell.
std::string WriteFhirBundle(const FhirRequest& request);

}  // namespace solotrial::report

#endif  // SOLOTRIAL_ENGINE_REPORT_FHIR_H_
