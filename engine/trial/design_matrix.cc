#include "engine/trial/design_matrix.h"

#include <cstddef>

namespace solotrial::trial {

std::vector<bool> DaysAfterSwitch(const Record& record, double initial, int days) {
  std::vector<bool> after(record.days.size(), false);
  double before = initial;
  int left = 0;
  for (size_t i = 0; i < record.days.size(); ++i) {
    if (record.days[i].assignment != before) left = days;
    before = record.days[i].assignment;
    after[i] = left > 0;
    if (left > 0) --left;
  }
  return after;
}

double ExposureContrast(const Record& record, const std::vector<double>& assignment,
                        const inference::Kinetics& kinetics) {
  const std::vector<double> exposure = inference::Exposure(assignment, kinetics);
  double sum[2] = {0, 0};
  int count[2] = {0, 0};
  for (size_t i = 0; i < record.days.size(); ++i) {
    const RecordDay& day = record.days[i];
    if (day.block == 0 || day.run_in) continue;
    const size_t arm = record.blocks[static_cast<size_t>(day.block - 1)].on ? 1 : 0;
    sum[arm] += exposure[i];
    ++count[arm];
  }
  if (count[0] == 0 || count[1] == 0) return 0;
  return sum[1] / count[1] - sum[0] / count[0];
}

}  // namespace solotrial::trial
