#include "engine/service/qr_code.h"

#include <qrencode.h>

#include <memory>

namespace solotrial::service {
namespace {

// In modules, on every side: ISO/IEC 18004 asks for four, readers are content with two.
constexpr int kQuietZone = 2;

}  // namespace

std::string QrCode(const std::string& text) {
  const std::unique_ptr<QRcode, decltype(&QRcode_free)> code(
      QRcode_encodeString8bit(text.c_str(), 0, QR_ECLEVEL_L), QRcode_free);
  if (code == nullptr) return "";
  const int width = code->width;
  const auto light = [&](int row, int column) {
    if (row < 0 || column < 0 || row >= width || column >= width) return true;
    return (code->data[row * width + column] & 1) == 0;
  };
  std::string drawn;
  for (int row = -kQuietZone; row < width + kQuietZone; row += 2) {
    for (int column = -kQuietZone; column < width + kQuietZone; ++column) {
      const bool upper = light(row, column);
      const bool lower = light(row + 1, column);
      drawn += upper ? (lower ? "█" : "▀") : (lower ? "▄" : " ");
    }
    drawn += '\n';
  }
  return drawn;
}

}  // namespace solotrial::service
