// Independent pieces of work on several processors.
#ifndef SOLOTRIAL_ENGINE_BASE_PARALLEL_H_
#define SOLOTRIAL_ENGINE_BASE_PARALLEL_H_

#include <cstddef>
#include <functional>

namespace solotrial {

// As many threads as are worth it here: one for every processor, 1 to 8.
int UsefulThreads();

// Calls `task` once for every index below `count`, on so many threads (> 0), in no particular
// order, and returns when all are done. Fewer threads do it where no more can be had. `task` must
// not throw.
void InParallel(size_t count, int threads, const std::function<void(size_t)>& task);

}  // namespace solotrial

#endif  // SOLOTRIAL_ENGINE_BASE_PARALLEL_H_
