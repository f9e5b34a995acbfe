#include <fmt/format.h>

#include <cstdlib>

#include "clients/cli/commands.h"
#include "clients/cli/errors.h"
#include "clients/cli/files.h"
#include "clients/cli/json.h"
#include "clients/cli/measures.h"
#include "clients/cli/offline.h"
#include "clients/cli/render_safety.h"
#include "clients/cli/render_trial.h"
#include "clients/cli/settings.h"
#include "clients/cli/text.h"

namespace solotrial::cli {

absl::StatusOr<v1::Protocol> LoadProtocol(const std::string& file) {
  CLIENT_ASSIGN_OR_RETURN(const std::string json, ReadFile(file, kMaxProtocolBytes));
  return ReadProtocol(json);
}

absl::StatusOr<int> ProtocolNew(Session& session, const ProtocolNewOptions& options) {
  TemplateOptions contents = options.contents;
  if (contents.time_zone.empty()) contents.time_zone = MachineTimeZone(&std::getenv);
  contents.locale = session.settings().locale;
  CLIENT_ASSIGN_OR_RETURN(v1::ProtocolDraft draft, MakeProtocol(contents));
  const v1::Protocol& protocol = draft.protocol();
  // A file that the engine would refuse helps nobody; better to say so before it is written.
  CLIENT_RETURN_IF_ERROR(CheckProtocol(protocol));
  const std::string json = ToJson(protocol, true);
  const bool to_stdout =
      options.output == "-" || (session.settings().json && !options.output_given);
  if (to_stdout) {
    CLIENT_RETURN_IF_ERROR(WriteStdout(json));
    return kOk;
  }
  CLIENT_RETURN_IF_ERROR(WriteFile(options.output, json, options.force));
  if (session.settings().json) {
    CLIENT_RETURN_IF_ERROR(session.PrintJson(protocol, false));
    return kOk;
  }
  const v1::Design& design = protocol.design();
  const v1::Measure& primary = protocol.measures(0);
  std::string scores;
  for (const v1::Measure& measure : protocol.measures()) {
    scores += (scores.empty() ? "" : " and ") + measure.id() + " (" + ScaleText(measure) + ")";
  }
  const int days = 2 * design.pairs() * design.block_days() + design.run_in_days();
  const std::string unit = design.block_unit() == v1::Design::VISITS ? "visit" : "day";
  std::string text = fmt::format("Wrote {}: {}\n\n", options.output, Clean(protocol.title()));
  text += Paragraph(
      fmt::format("{} on and {} off blocks of {}{}: {} in all. Every {}: {}. The verdict is about "
                  "{}, where {} is the smallest difference that matters. Days are counted in {}.",
                  design.pairs(), design.pairs(), BlockWords(design),
                  design.run_in_days() > 0
                      ? fmt::format(" after a run-in of {} days", design.run_in_days())
                      : "",
                  Count(static_cast<size_t>(days), unit), unit, scores, primary.id(),
                  DifferenceText(primary), Clean(protocol.time_zone())),
      "  ", static_cast<size_t>(session.style().width));
  text += "\nWhy it is so:\n" + RenderReasons(draft, session.style()) + "\n";
  CLIENT_ASSIGN_OR_RETURN(const v1::SafetyScreen screen,
                          ScreenSafety(protocol, session.settings().locale));
  text += RenderSafety(screen, session.style());
  text += fmt::format(
      "\nRead it through and edit it, above all what is to be taken; ask your doctor or\n"
      "pharmacist first. Then:\n"
      "  solotrial protocol check {0}\n"
      "  solotrial trial create {0}\n",
      options.output);
  CLIENT_RETURN_IF_ERROR(WriteStdout(text));
  return kOk;
}

absl::StatusOr<int> ProtocolCheck(Session& session, const std::string& file) {
  CLIENT_ASSIGN_OR_RETURN(const v1::Protocol protocol, LoadProtocol(file));
  CLIENT_RETURN_IF_ERROR(CheckProtocol(protocol));
  CLIENT_RETURN_IF_ERROR(
      session.Print(protocol, (file == "-" ? "The protocol" : file) +
                                  ": no faults. Title: " + Clean(protocol.title()) + "\n"));
  return kOk;
}

}  // namespace solotrial::cli
