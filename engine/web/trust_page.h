// How a phone comes to trust an engine that has a certificate of its own authority:
//
//   /trust                what to do, for people
//   /trust/solotrial.crt  the authority's certificate (DER), for the phone
#ifndef SOLOTRIAL_ENGINE_WEB_TRUST_PAGE_H_
#define SOLOTRIAL_ENGINE_WEB_TRUST_PAGE_H_

#include <string>

#include "engine/web/http.h"

namespace solotrial::web {

// The authority behind the door's certificate (service::LocalAuthority).
struct Authority {
  std::string der;          // its certificate; empty: the certificate is somebody else's
  std::string fingerprint;  // as phones show it
};

bool IsTrustPath(const std::string& path);

// `path` is one of those above. Without an authority nothing has to be installed, and the page says
// so.
Response TrustPage(const std::string& path, const Authority& authority,
                   const std::string& language);

}  // namespace solotrial::web

#endif  // SOLOTRIAL_ENGINE_WEB_TRUST_PAGE_H_
