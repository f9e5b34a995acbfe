// Another program's hands on a database file.
#ifndef SOLOTRIAL_TESTS_STORE_RAW_DATABASE_H_
#define SOLOTRIAL_TESTS_STORE_RAW_DATABASE_H_

#include <sqlite3.h>

#include <cstdlib>
#include <iostream>
#include <string>

namespace solotrial::store {

class RawDatabase {
 public:
  explicit RawDatabase(const std::string& path) {
    if (sqlite3_open(path.c_str(), &database_) != SQLITE_OK) Die();
  }
  RawDatabase(const RawDatabase&) = delete;
  RawDatabase& operator=(const RawDatabase&) = delete;
  ~RawDatabase() { sqlite3_close(database_); }

  // Runs statements and gives what they select, column after column with spaces between.
  std::string Run(const std::string& sql) {
    std::string text;
    const auto append = [](void* out, int columns, char** values, char**) {
      for (int i = 0; i < columns; ++i) {
        if (!static_cast<std::string*>(out)->empty()) *static_cast<std::string*>(out) += ' ';
        *static_cast<std::string*>(out) += values[i] == nullptr ? "NULL" : values[i];
      }
      return 0;
    };
    if (sqlite3_exec(database_, sql.c_str(), append, &text, nullptr) != SQLITE_OK) Die();
    return text;
  }

 private:
  void Die() {
    std::cerr << sqlite3_errmsg(database_) << '\n';
    std::abort();
  }

  sqlite3* database_ = nullptr;
};

}  // namespace solotrial::store

#endif  // SOLOTRIAL_TESTS_STORE_RAW_DATABASE_H_
