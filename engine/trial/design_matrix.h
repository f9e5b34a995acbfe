// From the days of a record to what the model is computed from.
#ifndef SOLOTRIAL_ENGINE_TRIAL_DESIGN_MATRIX_H_
#define SOLOTRIAL_ENGINE_TRIAL_DESIGN_MATRIX_H_

#include <optional>
#include <vector>

#include "engine/base/civil_time.h"
#include "engine/inference/inference.h"
#include "engine/trial/protocol.h"
#include "engine/trial/record.h"

namespace solotrial::trial {

// One day as it was analysed.
struct DayValue {
  Date date;
  double assignment = 0;
  std::optional<double> score;
  int block = 0;
  bool excluded = false;  // run-in or washout
};

// The first `days` days after each change of assignment, `initial` being that of the day before
// the record.
std::vector<bool> DaysAfterSwitch(const Record& record, double initial, int days);

// Every day of `record` with its score of `measure`; excluded are run-in and the days of the
// protocol's classic washout.
std::vector<DayValue> SeriesOf(const Protocol& protocol, const Record& record,
                               const Measure& measure);

// The model's view of `record`; `series` is its SeriesOf.
inference::Record DesignMatrix(const Protocol& protocol, const Record& record,
                               const Measure& measure, const std::vector<DayValue>& series);

// Mean exposure over the days of on blocks less that over the days of off blocks; 0 when the
// record has only one kind.
double ExposureContrast(const Record& record, const std::vector<double>& assignment,
                        const inference::Kinetics& kinetics);

}  // namespace solotrial::trial

#endif  // SOLOTRIAL_ENGINE_TRIAL_DESIGN_MATRIX_H_
