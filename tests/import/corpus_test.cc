// Replays the inputs from which the fuzzer starts.
#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace {

TEST(DiaryCorpusTest, EveryInputIsReadOrRefused) {
  int inputs = 0;
  for (const auto& entry :
       std::filesystem::directory_iterator(SOLOTRIAL_SOURCE_DIR "/tests/import/corpus")) {
    std::ifstream file(entry.path(), std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(file), {}};
    LLVMFuzzerTestOneInput(reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size());
    // Every beginning of it is a file that was cut off.
    for (size_t size = 0; size < bytes.size(); ++size) {
      LLVMFuzzerTestOneInput(reinterpret_cast<const uint8_t*>(bytes.data()), size);
    }
    ++inputs;
  }
  EXPECT_GE(inputs, 10);
}

}  // namespace
