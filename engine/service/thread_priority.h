// What may wait for everything else.
#ifndef SOLOTRIAL_ENGINE_SERVICE_THREAD_PRIORITY_H_
#define SOLOTRIAL_ENGINE_SERVICE_THREAD_PRIORITY_H_

namespace solotrial::service {

// Lets the calling thread, and those that it starts from now on, give way to the others. Where that
// is not allowed they compete: slower for both, and right.
void LowerPriority();

}  // namespace solotrial::service

#endif  // SOLOTRIAL_ENGINE_SERVICE_THREAD_PRIORITY_H_
