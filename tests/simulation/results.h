// What a simulation prints, and the file that keeps it.
#ifndef SOLOTRIAL_TESTS_SIMULATION_RESULTS_H_
#define SOLOTRIAL_TESTS_SIMULATION_RESULTS_H_

#include <cstdint>
#include <fstream>
#include <string>

namespace solotrial::simulation {

// Prints to standard output and, where the environment names a folder SOLOTRIAL_RESULTS, to the
// file `simulation/<name>.txt` in it. The first lines say with what it was computed; nothing in it
// depends on when.
class Results {
 public:
  Results(const std::string& name, const std::string& title, uint64_t seed);
  void Line(const std::string& text);

 private:
  std::ofstream file_;
};

// `count` simulations, or fewer for a quick look: times SOLOTRIAL_SIMULATION_SHARE, where the
// environment has that.
int Simulations(int count);

}  // namespace solotrial::simulation

#endif  // SOLOTRIAL_TESTS_SIMULATION_RESULTS_H_
