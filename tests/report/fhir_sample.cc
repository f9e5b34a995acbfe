// Prints FHIR bundles, one on a line: of an ended trial with a result, of a running blinded one, of
// one that has not begun, of one with texts that formats trip over, and of a year of entries.
#include <iostream>

#include "tests/report/fhir_bundles.h"

int main() {
  for (const std::string& bundle : solotrial::report::SampleBundles()) std::cout << bundle;
  return 0;
}
