// Records that go on: further blocks that nobody has lived yet, for simulation.
#ifndef SOLOTRIAL_ENGINE_TRIAL_FUTURE_H_
#define SOLOTRIAL_ENGINE_TRIAL_FUTURE_H_

#include <cstddef>
#include <vector>

#include "engine/base/random.h"
#include "engine/inference/inference.h"
#include "engine/trial/allocation.h"
#include "engine/trial/record.h"

namespace solotrial::trial {

// Blocks that a record still needs to have as many on as off: the second of a pair that was begun,
// for example.
int LackingBlocks(const Record& record);

// The arms ('1' on, '0' off) of the LackingBlocks and of `pairs` further pairs, drawn as the design
// draws: COUNTERBALANCED finishes a foursome that was begun before it draws another; BALANCED and
// RESTRICTED draw a balanced order of the further blocks, RESTRICTED one that keeps to its longest
// run where it meets the blocks before. The record's design is not NONE.
Allocation DrawFurtherBlocks(const Record& record, int pairs, RandomStream& random);

// `record` with the days that its last block lacks and then the blocks of `further`, on consecutive
// days and without scores or doses. A day has the covariates of the latest lived day that is a
// whole number of weeks before it. The planned days grow where the record outgrows them, and the
// design has as many pairs as the record then has. The record has a block.
Record Continued(const Record& record, const Allocation& further);

// The first `blocks` blocks of a continued record, with the design and the planned days that they
// need; `planned_days` are those of the record before it was continued.
Record FirstBlocks(const Record& continued, size_t blocks, int planned_days);

// The design matrix `matrix` of a record, continued over all days of `continued`. The planned days
// stay: gamma keeps its meaning.
inference::Record ContinuedMatrix(const inference::Record& matrix, const Record& continued);

}  // namespace solotrial::trial

#endif  // SOLOTRIAL_ENGINE_TRIAL_FUTURE_H_
