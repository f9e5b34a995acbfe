#include "engine/service/thread_priority.h"

#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace solotrial::service {

// Linux keeps a nice value for every thread; threads that are started later have it too.
void LowerPriority() {
  constexpr int kLowPriority = 10;
  static_cast<void>(
      setpriority(PRIO_PROCESS, static_cast<id_t>(syscall(SYS_gettid)), kLowPriority));
}

}  // namespace solotrial::service
