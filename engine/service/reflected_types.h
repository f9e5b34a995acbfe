// Types that others define and that tools look for when they ask this server what it is.
#ifndef SOLOTRIAL_ENGINE_SERVICE_REFLECTED_TYPES_H_
#define SOLOTRIAL_ENGINE_SERVICE_REFLECTED_TYPES_H_

namespace solotrial::service {

// Has the health service and the details of errors known to the server's reflection.
void LinkReflectedTypes();

}  // namespace solotrial::service

#endif  // SOLOTRIAL_ENGINE_SERVICE_REFLECTED_TYPES_H_
