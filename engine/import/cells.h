// What a cell says: dates and numbers. Nothing is guessed; what is wrong is told together with what
// would be right.
#ifndef SOLOTRIAL_ENGINE_IMPORT_CELLS_H_
#define SOLOTRIAL_ENGINE_IMPORT_CELLS_H_

#include <string>

#include "absl/status/statusor.h"
#include "engine/base/civil_time.h"

namespace solotrial::import {

// Whether `cell` is a common way to say that there is no value, such as `NA`: here only the empty
// cell says so.
bool IsMissingMarker(const std::string& cell);

// `cell` as an error may show it: quoted and short where it looks like a value, else without its
// words, since a cell that slipped out of its column may be somebody's note.
std::string Shown(const std::string& cell);

// The date that `cell` is. The message of an error is for the person who wrote it.
absl::StatusOr<Date> ReadDate(const std::string& cell);

// Reads the numbers of one file.
class NumberReader {
 public:
  explicit NumberReader(char separator) : separator_(separator) {}

  // The finite number that `cell` on `line` is. The message of an error says what is wrong beyond
  // "is not a number"; it may be empty. A decimal comma is taken only where commas do not separate
  // cells, and a file that has used one decimal mark must keep to it.
  absl::StatusOr<double> Read(const std::string& cell, int line);

 private:
  char separator_;
  char decimal_mark_ = '\0';  // none seen yet
  int decimal_mark_line_ = 0;
};

// Shortest text of a number.
std::string NumberText(double number);

}  // namespace solotrial::import

#endif  // SOLOTRIAL_ENGINE_IMPORT_CELLS_H_
