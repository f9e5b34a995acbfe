// libcsv does the tokenising. It keeps no count of lines and cells, so it is fed one byte at a time
// and the counting is done here: then every fault has its place.
#include "engine/import/table.h"

#include <csv.h>

#include <memory>
#include <utility>

namespace solotrial::import {
namespace {

constexpr size_t kBufferBlock = 1 << 16;

bool EndsLine(char c) { return c == '\r' || c == '\n'; }

struct FreeParser {
  void operator()(csv_parser* parser) const {
    csv_free(parser);
    delete parser;
  }
};

class TableReader {
 public:
  explicit TableReader(char separator) : parser_(new csv_parser) {
    // Fails only for options that do not exist.
    csv_init(parser_.get(), CSV_STRICT | CSV_STRICT_FINI);
    csv_set_delim(parser_.get(), static_cast<unsigned char>(separator));
    // RFC 4180: spaces are part of a cell.
    csv_set_space_func(parser_.get(), [](unsigned char) { return 0; });
    csv_set_blk_size(parser_.get(), kBufferBlock);
  }

  std::optional<TableFault> Read(const std::string& text,
                                 const std::function<bool(const Row&)>& take) {
    char previous = '\0';
    for (const char c : text) {
      const bool between_rows = !in_cell_ && row_.cells.empty();
      if (!in_cell_ && !(between_rows && EndsLine(c))) BeginCell(c);
      if (csv_parse(parser_.get(), &c, 1, &OnCell, &OnRow, this) != 1) return QuoteFault();
      if (row_.cells.size() > kMaxCells) {
        return TableFault{cell_line_, static_cast<int>(kMaxCells) + 1,
                          "this row has more than 1000 cells"};
      }
      if (row_is_over_ && !HandOver(take)) return std::nullopt;
      if (c == '\r' || (c == '\n' && previous != '\r')) ++line_;
      previous = c;
    }
    if (!in_cell_) BeginCell('\0');
    if (csv_fini(parser_.get(), &OnCell, &OnRow, this) != 0) {
      return TableFault{cell_line_, Column(),
                        "a quote is opened here and never closed; write \" inside quotes as \"\""};
    }
    if (row_is_over_) HandOver(take);
    return std::nullopt;
  }

 private:
  static void OnCell(void* bytes, size_t size, void* self) {
    auto* reader = static_cast<TableReader*>(self);
    reader->row_.cells.push_back(
        {size == 0 ? "" : std::string(static_cast<const char*>(bytes), size), reader->cell_line_});
    reader->in_cell_ = false;
  }
  static void OnRow(int /*line_end*/, void* self) {
    static_cast<TableReader*>(self)->row_is_over_ = true;
  }

  void BeginCell(char first) {
    in_cell_ = true;
    cell_is_quoted_ = first == '"';
    cell_line_ = line_;
  }

  bool HandOver(const std::function<bool(const Row&)>& take) {
    row_.line = row_.cells.front().line;
    const bool more = take(row_);
    row_.cells.clear();
    row_is_over_ = false;
    return more;
  }

  int Column() const { return static_cast<int>(row_.cells.size()) + 1; }

  TableFault QuoteFault() const {
    return {cell_line_, Column(),
            cell_is_quoted_
                ? "something stands between a closing quote and the next separator; write \" "
                  "inside quotes as \"\""
                : "a quote stands inside a cell that does not begin with one; put the whole cell "
                  "in quotes and write \" as \"\""};
  }

  std::unique_ptr<csv_parser, FreeParser> parser_;
  Row row_;
  int line_ = 1;
  int cell_line_ = 1;
  bool in_cell_ = false;
  bool cell_is_quoted_ = false;
  bool row_is_over_ = false;
};

}  // namespace

char SeparatorOf(const std::string& text) {
  bool quoted = false;
  bool begun = false;
  for (const char c : text) {
    if (c == '"') quoted = !quoted;
    if (!quoted && (c == ',' || c == ';' || c == '\t')) return c;
    if (!quoted && begun && EndsLine(c)) break;
    begun = begun || !EndsLine(c);
  }
  return ',';
}

std::optional<TableFault> ReadTable(const std::string& text, char separator,
                                    const std::function<bool(const Row&)>& take) {
  return TableReader(separator).Read(text, take);
}

}  // namespace solotrial::import
