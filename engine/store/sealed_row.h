// Rows whose content may be encrypted.
//
// What identifies a row (its key, its place in the log) stays readable. The rest, its content, is
// written and read by one function over something that binds or reads values in order; that is the
// statement itself, or one sealed value of the column `sealed`. In the second case the columns of
// the content hold neutral values.
#ifndef SOLOTRIAL_ENGINE_STORE_SEALED_ROW_H_
#define SOLOTRIAL_ENGINE_STORE_SEALED_ROW_H_

#include <cmath>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>

#include "absl/time/time.h"
#include "engine/base/civil_time.h"
#include "engine/store/sqlite.h"
#include "engine/store/vault.h"

namespace solotrial::store {

// What a row is, so that no sealed value can stand for another: its table and its key.
std::string RowContext(const std::string& table, std::initializer_list<std::string> key);
// Adds one more part of the key.
void AppendToContext(std::string& context, const std::string& part);

// Binds like a Statement, into bytes.
class ContentWriter {
 public:
  ContentWriter& BindInt(int64_t value);
  ContentWriter& BindReal(double value);
  ContentWriter& BindText(const std::string& value) { return Put('t', value); }
  ContentWriter& BindBlob(const std::string& value) { return Put('b', value); }
  ContentWriter& BindTime(absl::Time value) { return BindInt(absl::ToUnixMicros(value)); }
  ContentWriter& BindDate(Date value) { return BindText(FormatDate(value)); }
  ContentWriter& BindNull() { return Put('n', ""); }

  const std::string& bytes() const { return bytes_; }

 private:
  ContentWriter& Put(char type, const std::string& value);

  std::string bytes_;
};

// Reads like a Statement, from the bytes of a ContentWriter. What does not fit is a fault of
// `connection`.
class ContentReader {
 public:
  ContentReader(Connection& connection, std::string bytes)
      : connection_(connection), bytes_(std::move(bytes)) {}

  int64_t Int();
  double Real();
  std::string Text() { return Take('t'); }
  std::string Blob() { return Take('b'); }
  absl::Time Time() { return absl::FromUnixMicros(Int()); }
  Date ReadDate();
  std::optional<int64_t> OptionalInt();
  std::optional<std::string> OptionalText();
  // Binds everything that is left to `binder`.
  template <typename Binder>
  void CopyTo(Binder& binder);

 private:
  std::string Take(char type);
  bool NextIsNull();
  void FailDamaged();

  Connection& connection_;
  const std::string bytes_;
  size_t position_ = 0;
};

// Binds neutral values of the same types; NULL stays NULL.
class NeutralBinder {
 public:
  explicit NeutralBinder(Statement& statement) : statement_(statement) {}

  NeutralBinder& BindInt(int64_t /*value*/) { return statement_.BindInt(0), *this; }
  // What is no number is refused by the column, as it is in the open.
  NeutralBinder& BindReal(double value) {
    return statement_.BindReal(std::isnan(value) ? value : 0), *this;
  }
  NeutralBinder& BindText(const std::string& /*value*/) { return statement_.BindText(""), *this; }
  NeutralBinder& BindBlob(const std::string& /*value*/) { return statement_.BindBlob(""), *this; }
  NeutralBinder& BindTime(absl::Time /*value*/) { return BindInt(0); }
  NeutralBinder& BindDate(Date /*value*/) { return BindText(""); }
  NeutralBinder& BindNull() { return statement_.BindNull(), *this; }

 private:
  Statement& statement_;
};

// Binds the column `sealed`, then the content's columns. `bind` takes a Statement, a ContentWriter
// or a NeutralBinder.
template <typename Bind>
void BindContent(const Vault& vault, Statement& statement, const std::string& context,
                 const Bind& bind) {
  if (!vault.encrypted()) {
    statement.BindNull();
    bind(statement);
    return;
  }
  ContentWriter content;
  bind(content);
  statement.BindBlob(vault.Seal(content.bytes(), context));
  NeutralBinder neutral(statement);
  bind(neutral);
}

// Reads the column `sealed`, then the content: `read` takes a Statement or a ContentReader.
template <typename Read>
void ReadContent(const Vault& vault, Connection& connection, Statement& row,
                 const std::string& context, const Read& read) {
  const std::optional<std::string> sealed = row.OptionalBlob();
  if (!sealed.has_value()) return read(row);
  std::optional<std::string> plain = vault.Open(*sealed, context);
  if (!plain.has_value()) return connection.Fail(DamagedRow());
  ContentReader content(connection, *std::move(plain));
  read(content);
}

template <typename Binder>
void ContentReader::CopyTo(Binder& binder) {
  while (position_ < bytes_.size()) {
    switch (bytes_[position_]) {
      case 'i':
        binder.BindInt(Int());
        break;
      case 'r':
        binder.BindReal(Real());
        break;
      case 't':
        binder.BindText(Text());
        break;
      case 'b':
        binder.BindBlob(Blob());
        break;
      case 'n':
        Take('n');
        binder.BindNull();
        break;
      default:
        return FailDamaged();
    }
    if (!connection_.fault().ok()) return;
  }
}

}  // namespace solotrial::store

#endif  // SOLOTRIAL_ENGINE_STORE_SEALED_ROW_H_
