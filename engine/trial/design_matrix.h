// What the days of a record say about exposure.
#ifndef SOLOTRIAL_ENGINE_TRIAL_DESIGN_MATRIX_H_
#define SOLOTRIAL_ENGINE_TRIAL_DESIGN_MATRIX_H_

#include <vector>

#include "engine/inference/inference.h"
#include "engine/trial/record.h"

namespace solotrial::trial {

// The first `days` days after each change of assignment, `initial` being that of the day before
// the record.
std::vector<bool> DaysAfterSwitch(const Record& record, double initial, int days);

// Mean exposure over the days of on blocks less that over the days of off blocks; 0 when the
// record has only one kind.
double ExposureContrast(const Record& record, const std::vector<double>& assignment,
                        const inference::Kinetics& kinetics);

}  // namespace solotrial::trial

#endif  // SOLOTRIAL_ENGINE_TRIAL_DESIGN_MATRIX_H_
