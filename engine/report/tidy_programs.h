// What lies beside the tidy tables: how to read them, in words, in Python and in R.
#ifndef SOLOTRIAL_ENGINE_REPORT_TIDY_PROGRAMS_H_
#define SOLOTRIAL_ENGINE_REPORT_TIDY_PROGRAMS_H_

#include <string>

namespace solotrial::report {

// `list` names the tables, a line each.
std::string TidyReadme(const std::string& list);

// Programs that lie in the folder of the tables, read all of them as the dictionary says, and print
// for every measure how many days have a value and the means on and off: the same lines in both
// languages.
std::string PythonReader();
std::string RReader();

}  // namespace solotrial::report

#endif  // SOLOTRIAL_ENGINE_REPORT_TIDY_PROGRAMS_H_
