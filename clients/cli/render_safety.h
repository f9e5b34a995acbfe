// The catalogue and the screening as text.
#ifndef SOLOTRIAL_CLIENTS_CLI_RENDER_SAFETY_H_
#define SOLOTRIAL_CLIENTS_CLI_RENDER_SAFETY_H_

#include <string>

#include "clients/cli/terminal.h"
#include "solotrial/v1/catalog.pb.h"
#include "solotrial/v1/catalog_service.pb.h"

namespace solotrial::cli {

// `topic` is a part of the catalogue or empty for all of it; empty when there is no such part.
std::string RenderCatalog(const v1::Catalog& catalog, const std::string& topic, const Style& style);

// What was found, what is open and what to do.
std::string RenderSafety(const v1::SafetyScreen& screen, const Style& style);

// Why a drafted protocol is as it is.
std::string RenderReasons(const v1::ProtocolDraft& draft, const Style& style);

}  // namespace solotrial::cli

#endif  // SOLOTRIAL_CLIENTS_CLI_RENDER_SAFETY_H_
