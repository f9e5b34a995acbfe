#include "engine/inference/outer_quadrature.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <map>
#include <utility>

namespace solotrial::inference {
namespace {

constexpr double kActive = 5.5;
constexpr double kForeseen = 6.5;
constexpr std::size_t kMaxNodes = 400;
constexpr int kMaxRefinements = 3;

using Key = std::vector<int>;

class Lattice {
 public:
  Lattice(std::vector<OuterAxis> axes, const LogEvidence& log_evidence)
      : axes_(std::move(axes)), log_evidence_(log_evidence) {}

  OuterResult Integrate() {
    Key start(axes_.size(), 0);
    for (std::size_t a = 0; a < axes_.size(); ++a) {
      if (!axes_[a].even) continue;
      start[a] = static_cast<int>(std::lround(axes_[a].start / axes_[a].step));
      axes_[a].start = 0;
    }
    Add(start);
    Flood();
    for (int k = 0; k < kMaxRefinements && Refine(); ++k) Flood();
    return Result();
  }

 private:
  std::vector<double> At(const Key& key) const {
    std::vector<double> at;
    for (std::size_t a = 0; a < key.size(); ++a) {
      at.push_back(axes_[a].start + key[a] * axes_[a].step);
    }
    return at;
  }

  bool Inside(const Key& key) const {
    for (std::size_t a = 0; a < key.size(); ++a) {
      if (axes_[a].even && key[a] < 0) return false;
      const double at = axes_[a].start + key[a] * axes_[a].step;
      if (at < axes_[a].lowest || at > axes_[a].highest) return false;
    }
    return true;
  }

  void Add(const Key& key) {
    const double value = log_evidence_(At(key));
    nodes_[key] = value;
    highest_ = std::max(highest_, value);
  }

  // Every neighbour of a node that matters, the highest first, so that the search climbs before it
  // spreads.
  void Flood() {
    for (bool grown = true; grown && nodes_.size() < kMaxNodes;) {
      grown = false;
      std::vector<std::pair<double, Key>> order;
      for (const auto& [key, value] : nodes_) order.push_back({-value, key});
      std::sort(order.begin(), order.end());
      for (const auto& [negative, key] : order) {
        if (!(-negative >= highest_ - kActive)) break;
        for (std::size_t a = 0; a < axes_.size(); ++a) {
          for (const int direction : {1, -1}) {
            Key next = key;
            next[a] += direction;
            if (!Inside(next) || nodes_.count(next) > 0) continue;
            Key beyond = key;
            beyond[a] -= direction;
            // Where the log evidence is concave the line lies above it.
            const auto known = nodes_.find(beyond);
            if (known != nodes_.end() && -2 * negative - known->second < highest_ - kForeseen) {
              continue;
            }
            Add(next);
            grown = true;
          }
        }
      }
    }
  }

  double Weight(const Key& key, double value) const {
    double weight = std::exp(value - highest_);
    for (std::size_t a = 0; a < axes_.size(); ++a) {
      if (axes_[a].even && key[a] == 0) weight *= 0.5;
    }
    return weight;
  }

  bool Refine() {
    bool refined = false;
    for (std::size_t a = 0; a < axes_.size(); ++a) {
      double total = 0;
      double sum = 0;
      double square = 0;
      for (const auto& [key, value] : nodes_) {
        const double w = Weight(key, value);
        const double at = key[a] * axes_[a].step;
        total += w;
        sum += w * at;
        square += w * at * at;
      }
      const double sd = std::sqrt(std::max(0.0, square / total - sum * sum / (total * total)));
      if (axes_[a].step <= 1.5 * sd) continue;
      axes_[a].step /= 2;
      std::map<Key, double> nodes;
      for (const auto& [key, value] : nodes_) {
        Key finer = key;
        finer[a] *= 2;
        nodes.emplace(finer, value);
      }
      nodes_ = std::move(nodes);
      refined = true;
    }
    return refined;
  }

  OuterResult Result() const {
    OuterResult result;
    result.axes = axes_;
    std::vector<std::map<int, double>> sums(axes_.size());
    for (const auto& [key, value] : nodes_) {
      if (!std::isfinite(value)) continue;
      double rule = 1;
      for (std::size_t a = 0; a < axes_.size(); ++a) {
        if (axes_[a].even && key[a] == 0) rule *= 0.5;
      }
      result.nodes.push_back({At(key), rule, value});
      for (std::size_t a = 0; a < axes_.size(); ++a) sums[a][key[a]] += Weight(key, value);
    }
    for (std::size_t a = 0; a < axes_.size(); ++a) {
      std::vector<double> log_density;
      if (sums[a].empty()) {
        result.marginal.emplace_back();
        continue;
      }
      const int first = sums[a].begin()->first;
      for (int k = first; k <= sums[a].rbegin()->first; ++k) {
        const auto at = sums[a].find(k);
        const double half = axes_[a].even && k == 0 ? 2 : 1;
        log_density.push_back(at != sums[a].end() ? std::log(half * at->second)
                                                  : -std::numeric_limits<double>::infinity());
      }
      std::vector<WeightedPoint> points =
          InterpolateDensity(log_density, axes_[a].even && first == 0);
      for (WeightedPoint& p : points) {
        p.value = axes_[a].start + (first + p.value) * axes_[a].step;
      }
      if (axes_[a].even) std::erase_if(points, [](const WeightedPoint& p) { return p.value < 0; });
      result.marginal.push_back(std::move(points));
    }
    return result;
  }

  std::vector<OuterAxis> axes_;
  const LogEvidence& log_evidence_;
  std::map<Key, double> nodes_;
  double highest_ = -std::numeric_limits<double>::infinity();
};

}  // namespace

OuterResult IntegrateOuter(std::vector<OuterAxis> axes, const LogEvidence& log_evidence) {
  return Lattice(std::move(axes), log_evidence).Integrate();
}

}  // namespace solotrial::inference
