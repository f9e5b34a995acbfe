// The raw scores as a picture made of characters.
#ifndef SOLOTRIAL_CLIENTS_CLI_PLOT_H_
#define SOLOTRIAL_CLIENTS_CLI_PLOT_H_

#include <google/protobuf/repeated_ptr_field.h>

#include <optional>
#include <string>

#include "clients/cli/terminal.h"
#include "solotrial/v1/analysis.pb.h"

namespace solotrial::cli {

// The scale that the scores are on, where it is known.
struct PlotScale {
  std::optional<double> minimum;
  std::optional<double> maximum;
  bool levels = false;  // whole numbers: a short scale then gets a row for every level
};

// Every day is a column, on and off days with different marks; a record too long for two rows of
// panels is drawn by means of several days, and says so. Lines of at most `style.width` columns,
// with a legend of the marks that occur. One line of text when there is nothing to draw.
std::string PlotSeries(const google::protobuf::RepeatedPtrField<v1::DayValue>& values,
                       const PlotScale& scale, const Style& style);

}  // namespace solotrial::cli

#endif  // SOLOTRIAL_CLIENTS_CLI_PLOT_H_
