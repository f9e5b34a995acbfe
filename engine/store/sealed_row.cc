#include "engine/store/sealed_row.h"

#include <bit>
#include <cstring>

namespace solotrial::store {
namespace {

// Eight bytes, least significant first.
void PutNumber(std::string& out, uint64_t value) {
  for (int shift = 0; shift < 64; shift += 8) out += static_cast<char>((value >> shift) & 0xff);
}

uint64_t NumberAt(const std::string& bytes, size_t position) {
  uint64_t value = 0;
  for (size_t i = 0; i < sizeof value; ++i) {
    value |= uint64_t{static_cast<unsigned char>(bytes[position + i])} << (8 * i);
  }
  return value;
}

std::string NumberBytes(uint64_t value) {
  std::string bytes;
  PutNumber(bytes, value);
  return bytes;
}

}  // namespace

std::string RowContext(const std::string& table, std::initializer_list<std::string> key) {
  std::string context = "solotrial/row/v1/" + table;
  for (const std::string& part : key) AppendToContext(context, part);
  return context;
}

void AppendToContext(std::string& context, const std::string& part) {
  PutNumber(context, part.size());
  context += part;
}

ContentWriter& ContentWriter::BindInt(int64_t value) {
  return Put('i', NumberBytes(static_cast<uint64_t>(value)));
}

ContentWriter& ContentWriter::BindReal(double value) {
  // -0 as 0, as SQLite keeps it.
  return Put('r', NumberBytes(std::bit_cast<uint64_t>(value == 0 ? 0.0 : value)));
}

ContentWriter& ContentWriter::Put(char type, const std::string& value) {
  bytes_ += type;
  PutNumber(bytes_, value.size());
  bytes_ += value;
  return *this;
}

std::string ContentReader::Take(char type) {
  constexpr size_t kHeader = 1 + sizeof(uint64_t);
  if (bytes_.size() - position_ < kHeader || bytes_[position_] != type) return FailDamaged(), "";
  const uint64_t size = NumberAt(bytes_, position_ + 1);
  if (size > bytes_.size() - position_ - kHeader) return FailDamaged(), "";
  std::string value = bytes_.substr(position_ + kHeader, size);
  position_ += kHeader + size;
  return value;
}

int64_t ContentReader::Int() {
  const std::string bytes = Take('i');
  if (bytes.size() != sizeof(int64_t)) return FailDamaged(), 0;
  return static_cast<int64_t>(NumberAt(bytes, 0));
}

double ContentReader::Real() {
  const std::string bytes = Take('r');
  if (bytes.size() != sizeof(double)) return FailDamaged(), 0;
  return std::bit_cast<double>(NumberAt(bytes, 0));
}

Date ContentReader::ReadDate() {
  const std::optional<Date> date = ParseDate(Text());
  if (!date.has_value()) FailDamaged();
  return date.value_or(Date());
}

bool ContentReader::NextIsNull() {
  if (position_ >= bytes_.size() || bytes_[position_] != 'n') return false;
  Take('n');
  return true;
}

std::optional<int64_t> ContentReader::OptionalInt() {
  if (NextIsNull()) return std::nullopt;
  return Int();
}

std::optional<std::string> ContentReader::OptionalText() {
  if (NextIsNull()) return std::nullopt;
  return Text();
}

void ContentReader::FailDamaged() {
  connection_.Fail(DamagedRow());
  position_ = bytes_.size();
}

}  // namespace solotrial::store
