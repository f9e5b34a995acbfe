// Any bytes as a record: the inference core answers or refuses, never with a number that is not
// one.
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <limits>

#include "engine/inference/inference.h"

namespace solotrial::inference {
namespace {

// Reads the input byte by byte; zeros after its end.
class Bytes {
 public:
  Bytes(const uint8_t* data, size_t size) : data_(data), size_(size) {}

  uint8_t Next() { return at_ < size_ ? data_[at_++] : 0; }
  bool Bit() { return (Next() & 1) != 0; }
  double Share() { return Next() / 255.0; }
  bool End() const { return at_ >= size_; }

 private:
  const uint8_t* data_;
  size_t size_;
  size_t at_ = 0;
};

double ScoreOf(Bytes& bytes, const Record& record, double scale) {
  const uint8_t byte = bytes.Next();
  if (byte >= 240) return std::numeric_limits<double>::quiet_NaN();
  switch (record.family) {
    case Family::kBernoulli:
      return byte & 1;
    case Family::kPoisson:
    case Family::kNegativeBinomial:
      return std::floor(byte * scale);
    case Family::kOrdinal:
      return record.minimum + byte % static_cast<int>(record.maximum - record.minimum + 1);
    default:
      return byte * scale;
  }
}

Record RecordOf(Bytes& bytes) {
  constexpr size_t kMostDays = 90;  // enough for every path, and quick
  constexpr double kScales[] = {0.01, 0.05, 1, 1000, 1e7};
  Record record;
  record.family = static_cast<Family>(bytes.Next() % 6);
  record.minimum = bytes.Bit() ? 0 : -3;
  record.maximum = record.minimum + 1 + bytes.Next() % 20;
  record.lower_is_better = bytes.Bit();
  record.minimal_important_difference = 0.01 + bytes.Share();
  record.kinetics = {6 * bytes.Share(), 6 * bytes.Share(), bytes.Share(), false};
  record.trend = bytes.Bit();
  record.autocorrelation = bytes.Bit();
  record.typical_daily_count = 0.1 + 10 * bytes.Share();
  record.arm_variance = record.family <= Family::kStudentT && bytes.Next() % 4 == 0;
  const double scale = kScales[bytes.Next() % 5];
  const int block_days = 1 + bytes.Next() % 14;
  const bool covariate = bytes.Bit();
  if (covariate) record.covariates.emplace_back();
  while (!bytes.End() && record.score.size() < kMostDays) {
    const size_t day = record.score.size();
    record.score.push_back(ScoreOf(bytes, record, scale));
    record.assignment.push_back(static_cast<double>((day / block_days) % 2));
    if (covariate) record.covariates[0].push_back(day % 7 < 2 ? 1 : 0);
  }
  record.planned_days = static_cast<double>(record.score.size());
  return record;
}

void Require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "%s\n", what);
  std::abort();
}

bool IsProbability(double p) { return p >= 0 && p <= 1; }

void Check(const Summary& s, const char* what) {
  Require(std::isfinite(s.mean) && std::isfinite(s.sd) && s.sd >= 0, what);
  Require(s.q025 <= s.q500 && s.q500 <= s.q975, what);
}

}  // namespace
}  // namespace solotrial::inference

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace solotrial::inference;
  Bytes bytes(data, size);
  const Record record = RecordOf(bytes);
  const absl::StatusOr<Fit> fit = Fit::Of(record);
  if (!fit.ok()) return 0;
  const Posterior& p = fit->posterior();
  if (!p.diagnostics.reliable) {
    Require(!p.diagnostics.problem.empty(), "an unreliable answer that does not say why");
    return 0;
  }
  Check(p.effect, "effect");
  Check(p.benefit, "benefit");
  Require(IsProbability(p.benefit.p_any) && IsProbability(p.benefit.p_important) &&
              IsProbability(p.benefit.p_worse) && IsProbability(p.p_better_day),
          "a probability outside 0 to 1");
  Require(std::abs(p.benefit.p_any + p.benefit.p_worse - 1) < 1e-6, "p_any + p_worse");
  if (p.latent_sd.has_value()) Check(*p.latent_sd, "latent_sd");
  if (p.latent_correlation.has_value()) Check(*p.latent_correlation, "latent_correlation");
  for (const PosteriorDraw& draw : fit->Draw(3, 1)) {
    Require(std::isfinite(draw.effect + draw.latent_sd + draw.latent_last), "a draw");
  }
  return 0;
}
