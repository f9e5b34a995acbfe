// A text as a table of cells: RFC 4180, strictly.
#ifndef SOLOTRIAL_ENGINE_IMPORT_TABLE_H_
#define SOLOTRIAL_ENGINE_IMPORT_TABLE_H_

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace solotrial::import {

// Something wrong at one place of a table.
struct TableFault {
  int line = 0;    // from 1, as an editor counts: a line end inside quotes counts too
  int column = 0;  // number of the cell in its row, from 1
  std::string description;
};

// As many faults are told at once; after that many nothing more is looked for.
inline constexpr size_t kMaxFaults = 100;

struct Cell {
  std::string text;  // without its quotes
  int line = 0;      // on which it begins
};

struct Row {
  std::vector<Cell> cells;  // at least one
  int line = 0;             // on which it begins
};

// The most cells that a row may have.
inline constexpr size_t kMaxCells = 1000;

// The first comma, semicolon or tab of the first row that is not inside quotes; a comma when there
// is none.
char SeparatorOf(const std::string& text);

// Hands the rows of `text` to `take` in order until it returns false. Lines end with LF, CRLF or
// CR; blank lines are passed over. Returns the fault after which the table could not be followed
// any further; the rows before it have been handed over.
std::optional<TableFault> ReadTable(const std::string& text, char separator,
                                    const std::function<bool(const Row&)>& take);

}  // namespace solotrial::import

#endif  // SOLOTRIAL_ENGINE_IMPORT_TABLE_H_
