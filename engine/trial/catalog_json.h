// The text of catalog.json, embedded at build (see CMakeLists.txt).
#ifndef SOLOTRIAL_ENGINE_TRIAL_CATALOG_JSON_H_
#define SOLOTRIAL_ENGINE_TRIAL_CATALOG_JSON_H_

namespace solotrial::trial {

extern const char kCatalogJson[];

}  // namespace solotrial::trial

#endif  // SOLOTRIAL_ENGINE_TRIAL_CATALOG_JSON_H_
