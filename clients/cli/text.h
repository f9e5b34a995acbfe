// Laying out plain text in columns.
#ifndef SOLOTRIAL_CLIENTS_CLI_TEXT_H_
#define SOLOTRIAL_CLIENTS_CLI_TEXT_H_

#include <cstddef>
#include <string>
#include <vector>

namespace solotrial::cli {

// Columns that `text`, UTF-8, takes on a terminal.
size_t DisplayWidth(const std::string& text);

// Whether `text` is UTF-8 throughout.
bool IsUtf8(const std::string& text);

// `text` with control characters and bytes that are no UTF-8 replaced by `?`, so that words from
// elsewhere cannot steer the terminal. Line ends and tabs become spaces.
std::string Clean(const std::string& text);

// `text` filled with spaces to `width` columns; longer text stays as it is.
std::string PadRight(const std::string& text, size_t width);
std::string PadLeft(const std::string& text, size_t width);

// `text` cut to `width` columns, ending in `...` when something was cut.
std::string Shorten(const std::string& text, size_t width);

// `text` broken at spaces into lines of at most `width` columns. A longer word gets its own line.
std::vector<std::string> Wrap(const std::string& text, size_t width);

// Wrapped text with `first` before the first line and as many spaces before the others; every line
// ends with a line feed.
std::string Paragraph(const std::string& text, const std::string& first, size_t width);

// `4`, `4.5`, `0.25`: as few digits as say the number, at most six.
std::string Number(double value);

// `100,000`.
std::string WholeNumber(double value);

// `1 day`, `2 days`; the plural adds an s.
std::string Count(size_t count, const std::string& noun);

// A table: columns separated by two spaces, lines ending without spaces. `align` has one character
// for each column, `l` or `r`. The first row is the heading.
std::string Table(const std::vector<std::vector<std::string>>& rows, const std::string& align,
                  const std::string& indent);

// Ids of the catalogue have underscores; what is typed has hyphens.
std::string IdOfTyped(std::string name);
std::string TypedId(std::string id);

}  // namespace solotrial::cli

#endif  // SOLOTRIAL_CLIENTS_CLI_TEXT_H_
