#include "engine/inference/latent_lattice.h"

#include <Eigen/QR>
#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <utility>

namespace solotrial::inference {
namespace {

// Nodes below e^-6 of the highest are left, and those that a straight line puts below e^-7.
constexpr double kActive = 6;
constexpr double kForeseen = 7;
constexpr int kMaxRows = 60;
constexpr int kMaxNodesPerRow = 60;
constexpr int kMaxRefinements = 4;
constexpr double kInfinity = std::numeric_limits<double>::infinity();

// Sets mass, mean and sd from the nodes.
void Measure(LatticeRow& row) {
  double best = -kInfinity;
  for (const auto& [key, node] : row.nodes) {
    if (node.good) best = std::max(best, node.log_weight);
  }
  double total = 0;
  double sum = 0;
  double square = 0;
  for (const auto& [key, node] : row.nodes) {
    if (!node.good) continue;
    const double w = std::exp(node.log_weight - best);
    total += w;
    sum += w * node.z;
    square += w * node.z * node.z;
  }
  row.log_mass = total > 0 ? best + std::log(row.step * total) : -kInfinity;
  row.mean = total > 0 ? sum / total : row.centre;
  row.sd = total > 0 ? std::sqrt(std::max(0.0, square / total - row.mean * row.mean)) : 0;
}

class LatticeBuilder {
 public:
  LatticeBuilder(const LatentProblem& problem, NodeSolver& solver, const Lattice* warm,
                 double floor, double spacing)
      : problem_(problem), solver_(solver), warm_(warm), floor_(floor), spacing_(spacing) {
    lattice_.highest = -kInfinity;
  }

  Lattice Build();

 private:
  bool Angle() const { return problem_.row_variable == RowVariable::kAngle; }
  int LastRow() const {
    return static_cast<int>(std::lround((Angle() ? M_PI_2 : kHighestLatentSd) / lattice_.row_step));
  }
  double Threshold() const { return std::max(lattice_.highest, floor_); }
  const LatticeRow* WarmRow(int key) const;
  NodeStart StartOf(int row_key, const LatticeRow& row, int key) const;
  const LatentNode* NearestNode(int row_key, double z) const;
  void SolveNode(int row_key, LatticeRow& row, int key);
  void AddRow(int key, double centre, double step);
  void Expand(int row_key, LatticeRow& row);
  void RefineRow(int row_key, LatticeRow& row);
  void ExpandRows();
  bool RefineRows();
  bool WorthContinuing(double end, double before, bool climbing) const;

  const LatentProblem& problem_;
  NodeSolver& solver_;
  const Lattice* warm_;
  const double floor_;
  const double spacing_;
  Lattice lattice_;
};

const LatticeRow* LatticeBuilder::WarmRow(int key) const {
  if (warm_ == nullptr || warm_->row_step != lattice_.row_step) return nullptr;
  const auto at = warm_->rows.find(key);
  return at == warm_->rows.end() ? nullptr : &at->second;
}

const LatentNode* LatticeBuilder::NearestNode(int row_key, double z) const {
  const auto at = lattice_.rows.find(row_key);
  if (at == lattice_.rows.end()) return nullptr;
  const LatentNode* nearest = nullptr;
  for (const auto& [key, node] : at->second.nodes) {
    if (!node.good) continue;
    if (nearest == nullptr || std::abs(node.z - z) < std::abs(nearest->z - z)) nearest = &node;
  }
  return nearest;
}

// A warm node whose parameters and days are those of this problem.
bool Fits(const LatentNode& node, const CollapsedModel& model) {
  return node.phi.size() == model.parameters() && node.latent_mode.size() == model.rows();
}

const LatentNode* Find(const std::map<int, LatentNode>& nodes, int key) {
  const auto at = nodes.find(key);
  return at == nodes.end() || !at->second.good ? nullptr : &at->second;
}

// Where the mode of a node not yet solved is expected.
NodeStart LatticeBuilder::StartOf(int row_key, const LatticeRow& row, int key) const {
  const auto line = [](const LatentNode& a, double share, const LatentNode& b) {
    return NodeStart{a.phi + share * (b.phi - a.phi),
                     a.latent_mode + share * (b.latent_mode - a.latent_mode), &a.root};
  };
  const LatentNode* left = Find(row.nodes, key - 1);
  const LatentNode* right = Find(row.nodes, key + 1);
  if (left != nullptr && right != nullptr) return line(*left, 0.5, *right);
  const LatentNode* known = left != nullptr ? left : right;
  const int direction = left != nullptr ? 1 : -1;
  // As the warm lattice's mode moves from the known node to this one.
  if (const LatticeRow* warm = WarmRow(row_key);
      warm != nullptr && warm->centre == row.centre && warm->step == row.step &&
      Fits(warm->nodes.begin()->second, solver_.model())) {
    const LatentNode* here = Find(warm->nodes, key);
    if (here != nullptr && known == nullptr) {
      // The first of the row: as the row before moved.
      for (const int other : {row_key - 1, row_key + 1}) {
        const LatticeRow* warm_other = WarmRow(other);
        const auto found = lattice_.rows.find(other);
        if (warm_other == nullptr || found == lattice_.rows.end()) continue;
        const LatentNode* a = Find(found->second.nodes, key);
        const LatentNode* b = Find(warm_other->nodes, key);
        if (a == nullptr || b == nullptr || found->second.centre != warm_other->centre) continue;
        return {here->phi + a->phi - b->phi, here->latent_mode + a->latent_mode - b->latent_mode,
                &here->root};
      }
      return {here->phi, here->latent_mode, &here->root};
    }
    const LatentNode* there = Find(warm->nodes, key - direction);
    if (here != nullptr && there != nullptr) {
      return {known->phi + here->phi - there->phi,
              known->latent_mode + here->latent_mode - there->latent_mode, &known->root};
    }
  }
  if (known != nullptr) {
    const LatentNode* beyond = Find(row.nodes, key - 2 * direction);
    if (beyond == nullptr) return {known->phi, known->latent_mode, &known->root};
    return line(*beyond, 2, *known);  // carry on along the line of the last two
  }
  // The first of the row: from the rows beside it.
  const double z = row.centre + key * row.step;
  const LatentNode* below = NearestNode(row_key - 1, z);
  const LatentNode* above = NearestNode(row_key + 1, z);
  if (below != nullptr && above != nullptr) return line(*below, 0.5, *above);
  const LatentNode* beside = below != nullptr ? below : above;
  if (beside == nullptr) {
    return {problem_.start, Eigen::VectorXd::Zero(solver_.model().rows())};
  }
  const LatentNode* farther = NearestNode(below != nullptr ? row_key - 2 : row_key + 2, z);
  if (farther == nullptr || row_key == 0) return {beside->phi, beside->latent_mode, &beside->root};
  return line(*farther, 2, *beside);
}

void LatticeBuilder::SolveNode(int row_key, LatticeRow& row, int key) {
  const double z = row.centre + key * row.step;
  LatentNode node = solver_.Solve(row.value, z, StartOf(row_key, row, key));
  // Once more from each good node beside it.
  const LatentNode* const neighbours[] = {Find(row.nodes, key - 1), Find(row.nodes, key + 1),
                                          NearestNode(row_key - 1, z), NearestNode(row_key + 1, z)};
  for (const LatentNode* other : neighbours) {
    if (node.good) break;
    if (other == nullptr) continue;
    node = solver_.Solve(row.value, z, {other->phi, other->latent_mode, &other->root});
  }
  if (!node.good) {
    // Of no use, but counted against the result, as much as its best neighbour.
    node.log_weight = -kInfinity;
    for (const LatentNode* other : neighbours) {
      if (other != nullptr) node.log_weight = std::max(node.log_weight, other->log_weight);
    }
    if (!std::isfinite(node.log_weight)) node.log_weight = 0;
  } else {
    lattice_.highest = std::max(lattice_.highest, node.log_weight);
  }
  row.nodes.insert_or_assign(key, std::move(node));
}

// `end`, `before`: the log weights of the last node and the one before it (NaN: none); `climbing`:
// the end is the highest so far.
bool LatticeBuilder::WorthContinuing(double end, double before, bool climbing) const {
  const double depth = Threshold() - end;
  if (climbing) return depth < 4 * kActive;
  if (depth > kActive) return false;
  // Where the log weight is concave the line lies above it.
  return std::isnan(before) || Threshold() - (2 * end - before) <= kForeseen;
}

void LatticeBuilder::Expand(int row_key, LatticeRow& row) {
  if (row_key == 0) return;
  bool open[2] = {true, true};
  while ((open[0] || open[1]) && static_cast<int>(row.nodes.size()) < kMaxNodesPerRow) {
    for (int side = 0; side < 2; ++side) {
      if (!open[side]) continue;
      const int direction = side == 0 ? -1 : 1;
      const int end = side == 0 ? row.nodes.begin()->first : row.nodes.rbegin()->first;
      const LatentNode& last = row.nodes.at(end);
      const auto inner = row.nodes.find(end - direction);
      const double before = inner == row.nodes.end() ? NAN : inner->second.log_weight;
      double best = -kInfinity;
      for (const auto& [key, node] : row.nodes) best = std::max(best, node.log_weight);
      const bool climbing = last.good && last.log_weight == best &&
                            (row.nodes.size() == 1 || last.log_weight > before);
      if (!last.good || std::abs(row.centre + (end + direction) * row.step) > kHighestZ ||
          !WorthContinuing(last.log_weight, before, climbing)) {
        open[side] = false;
        continue;
      }
      SolveNode(row_key, row, end + direction);
      // A new peak may reopen the other side.
      if (row.nodes.at(end + direction).log_weight > best) open[1 - side] = true;
    }
  }
}

// Halves the spacing while it is wide against the row's own spread. At 1.5 sds the trapezoidal
// rule's error is 2 exp(-2 pi^2 / 2.25) = 3e-4 of a normal density.
void LatticeBuilder::RefineRow(int row_key, LatticeRow& row) {
  Measure(row);
  if (row_key == 0) return;
  for (int k = 0; k < kMaxRefinements && row.step > 1.6 * spacing_ * row.sd; ++k) {
    // A row that matters little is not worth it.
    if (row.log_mass < std::log(row.step) + Threshold() - kActive) return;
    std::map<int, LatentNode> nodes;
    for (auto& [key, node] : row.nodes) nodes.emplace(2 * key, std::move(node));
    row.nodes = std::move(nodes);
    row.step /= 2;
    std::vector<int> between;
    for (const auto& [key, node] : row.nodes) {
      if (node.log_weight > Threshold() - kForeseen) {
        between.push_back(key - 1);
        between.push_back(key + 1);
      }
    }
    for (const int key : between) {
      if (row.nodes.count(key) > 0 || std::abs(row.centre + key * row.step) > kHighestZ) continue;
      SolveNode(row_key, row, key);
    }
    // What is left apart from the rest by a gap would be counted with the wrong spacing.
    std::vector<int> apart;
    for (const auto& [key, node] : row.nodes) {
      if (row.nodes.count(key - 1) == 0 && row.nodes.count(key + 1) == 0) apart.push_back(key);
    }
    if (apart.size() < row.nodes.size()) {
      for (const int key : apart) row.nodes.erase(key);
    }
    Expand(row_key, row);
    Measure(row);
  }
}

void LatticeBuilder::AddRow(int key, double centre, double step) {
  LatticeRow& row = lattice_.rows[key];
  // At pi/2 there would be no noise: as near as the chain's nodes can go.
  row.value = Angle() ? std::min(key * lattice_.row_step, kHighestAngle) : key * lattice_.row_step;
  row.centre = key == 0 ? 0 : centre;
  row.step = key == 0 ? 1 : step;
  if (const LatticeRow* warm = WarmRow(key); warm != nullptr) {
    row.centre = warm->centre;
    row.step = warm->step;
  }
  SolveNode(key, row, 0);
  Expand(key, row);
  RefineRow(key, row);
}

// The spacing for the row after `row`, whose spread changes as it did from `before` (unless null):
// a little under what RefineRow would halve.
double StepBeside(const LatticeRow& row, const LatticeRow* before) {
  if (!(row.sd > 0)) return row.step;
  const double change =
      before != nullptr && before->sd > 0 ? std::clamp(row.sd / before->sd, 0.6, 1.3) : 1;
  return std::clamp(1.35 * change * row.sd, 0.25 * row.step, 2 * row.step);
}

void LatticeBuilder::ExpandRows() {
  for (const int direction : {1, -1}) {
    while (static_cast<int>(lattice_.rows.size()) < kMaxRows) {
      const int end = direction > 0 ? lattice_.rows.rbegin()->first : lattice_.rows.begin()->first;
      const int next = end + direction;
      if (next < 0 || next > LastRow()) break;
      const LatticeRow& row = lattice_.rows.at(end);
      double best = -kInfinity;
      for (const auto& [key, other] : lattice_.rows) best = std::max(best, other.log_mass);
      const auto inner = lattice_.rows.find(end - direction);
      const double before = inner == lattice_.rows.end() ? NAN : inner->second.log_mass;
      // In the units of a node's log weight.
      const double unit = std::log(row.step);
      const bool climbing = row.log_mass == best;
      if (!WorthContinuing(row.log_mass - unit, before - unit, climbing)) break;
      // The peak moves on as it moved from row to row.
      const double moved =
          inner == lattice_.rows.end() ? 0 : std::clamp(row.mean - inner->second.mean, -0.5, 0.5);
      AddRow(next, std::clamp(row.mean + moved, -kHighestZ, kHighestZ),
             StepBeside(row, inner == lattice_.rows.end() ? nullptr : &inner->second));
    }
  }
}

// Halves the spacing of the rows where it is wide against the posterior. False: nothing to refine.
bool LatticeBuilder::RefineRows() {
  double best = -kInfinity;
  for (const auto& [key, row] : lattice_.rows) best = std::max(best, row.log_mass);
  double total = 0;
  double sum = 0;
  double square = 0;
  for (const auto& [key, row] : lattice_.rows) {
    const double w = lattice_.EndWeight(key) * std::exp(row.log_mass - best);
    total += w;
    sum += w * row.value;
    square += w * row.value * row.value;
  }
  const double sd = std::sqrt(std::max(0.0, square / total - sum * sum / (total * total)));
  if (lattice_.row_step <= 1.5 * spacing_ * sd) return false;
  std::map<int, LatticeRow> rows;
  for (auto& [key, row] : lattice_.rows) rows.emplace(2 * key, std::move(row));
  lattice_.rows = std::move(rows);
  lattice_.row_step /= 2;
  std::vector<int> between;
  for (const auto& [key, row] : lattice_.rows) {
    if (row.log_mass - std::log(row.step) < Threshold() - kForeseen) continue;
    if (key > 0) between.push_back(key - 1);
    if (key + 1 <= LastRow()) between.push_back(key + 1);
  }
  for (const int key : between) {
    if (lattice_.rows.count(key) > 0) continue;
    const auto above = lattice_.rows.find(key + 1);
    const auto below = lattice_.rows.find(key - 1);
    const bool both =
        above != lattice_.rows.end() && below != lattice_.rows.end() && below->first != 0;
    const LatticeRow& beside = above != lattice_.rows.end() ? above->second : below->second;
    AddRow(key, both ? 0.5 * (above->second.mean + below->second.mean) : beside.mean,
           StepBeside(beside, nullptr));
  }
  std::vector<int> apart;
  for (const auto& [key, row] : lattice_.rows) {
    if (lattice_.rows.count(key - 1) == 0 && lattice_.rows.count(key + 1) == 0)
      apart.push_back(key);
  }
  if (apart.size() < lattice_.rows.size()) {
    for (const int key : apart) lattice_.rows.erase(key);
  }
  ExpandRows();
  return true;
}

Lattice LatticeBuilder::Build() {
  const double rows = std::max(1, solver_.model().rows());
  const bool angle = problem_.row_variable == RowVariable::kAngle;
  lattice_.angle = angle;
  lattice_.row_step = angle ? M_PI / 12 : std::clamp(9 / std::sqrt(rows), 0.2, 1.0);
  if (!problem_.autocorrelation) {
    AddRow(0, 0, 1);
    return std::move(lattice_);
  }
  if (warm_ != nullptr) {
    lattice_.row_step = warm_->row_step;
    // From the warm lattice's heaviest row.
    const auto heaviest = std::max_element(
        warm_->rows.begin(), warm_->rows.end(),
        [](const auto& a, const auto& b) { return a.second.log_mass < b.second.log_mass; });
    AddRow(heaviest->first, 0, 1);
  } else {
    const double start = angle ? M_PI_4 : 0.7;
    AddRow(std::max(1, static_cast<int>(std::lround(start / lattice_.row_step))), 0.5,
           std::clamp(13 * std::pow(rows, -0.7), 0.1, 0.6));
  }
  if (lattice_.highest == -kInfinity) return std::move(lattice_);
  ExpandRows();
  // What lies far below the floor counts for nothing, however roughly it is known.
  for (int k = 0; k < kMaxRefinements && lattice_.highest > floor_ - 3 && RefineRows(); ++k) {
  }
  return std::move(lattice_);
}

}  // namespace

double Lattice::Weight(int row_key, const LatticeRow& row, const LatentNode& node) const {
  return EndWeight(row_key) * row.step * row_step * std::exp(node.log_weight - highest);
}

// The integrand is even in the row variable about 0, and in an angle about pi/2.
double Lattice::EndWeight(int row_key) const {
  if (rows.size() == 1) return 1;
  if (row_key == 0) return 0.5;
  return angle && row_key == static_cast<int>(std::lround(M_PI_2 / row_step)) ? 0.5 : 1;
}

const LatentNode& Lattice::HighestNode(double last_row) const {
  const LatentNode* best = nullptr;
  for (const auto& [row_key, row] : rows) {
    if (best != nullptr && row.value > last_row) break;
    for (const auto& [key, node] : row.nodes) {
      if (node.good && (best == nullptr || node.log_weight > best->log_weight)) best = &node;
    }
  }
  return *best;
}

namespace {

// Up to `count` quadratics in two variables, least squares.
class QuadraticSurface {
 public:
  // `at`: the points, `value`: a row for every point.
  // and weight.
  QuadraticSurface(const std::vector<std::array<double, 2>>& at, const Eigen::MatrixXd& value,
                   const Eigen::VectorXd& weight)
      : lowest_(value.colwise().minCoeff()), highest_(value.colwise().maxCoeff()) {
    Eigen::Vector2d mean = Eigen::Vector2d::Zero();
    for (const auto& p : at) mean += Eigen::Vector2d(p[0], p[1]);
    mean /= static_cast<double>(at.size());
    Eigen::Vector2d square = Eigen::Vector2d::Zero();
    for (const auto& p : at) square += (Eigen::Vector2d(p[0], p[1]) - mean).cwiseAbs2();
    centre_ = mean;
    scale_ = (square / static_cast<double>(at.size())).cwiseSqrt().cwiseMax(1e-6);
    Eigen::MatrixXd terms(static_cast<Eigen::Index>(at.size()), kTerms);
    for (std::size_t i = 0; i < at.size(); ++i)
      terms.row(static_cast<Eigen::Index>(i)) = Terms(at[i]);
    coefficients_ = (weight.asDiagonal() * terms)
                        .completeOrthogonalDecomposition()
                        .solve(weight.asDiagonal() * value);
  }

  // Held within the values it was made from, but for the first column.
  Eigen::RowVectorXd At(const std::array<double, 2>& point) const {
    const Eigen::RowVectorXd value = Terms(point) * coefficients_;
    Eigen::RowVectorXd held = value.cwiseMax(lowest_).cwiseMin(highest_);
    held(0) = value(0);
    return held;
  }

 private:
  static constexpr int kTerms = 6;
  Eigen::Matrix<double, 1, kTerms> Terms(const std::array<double, 2>& p) const {
    const double x = (p[0] - centre_(0)) / scale_(0);
    const double y = (p[1] - centre_(1)) / scale_(1);
    Eigen::Matrix<double, 1, kTerms> terms;
    terms << 1, x, y, x * x, x * y, y * y;
    return terms;
  }

  Eigen::RowVectorXd lowest_;
  Eigen::RowVectorXd highest_;
  Eigen::Vector2d centre_;
  Eigen::Vector2d scale_;
  Eigen::MatrixXd coefficients_;
};

// What moves between two problems, in one row.
Eigen::RowVectorXd Movement(const LatentNode& from, const LatentNode& to) {
  const Eigen::Index size = from.phi.size();
  Eigen::RowVectorXd moved(2 * size + 4);
  moved << to.log_weight - from.log_weight, (to.phi - from.phi).transpose(),
      (to.sd.array() / from.sd.array()).log().matrix().transpose(), std::log(to.slope / from.slope),
      to.latent_last - from.latent_last,
      std::log((to.latent_last_variance + 1e-12) / (from.latent_last_variance + 1e-12));
  return moved;
}

LatentNode Move(const LatentNode& from, const Eigen::RowVectorXd& moved) {
  const Eigen::Index size = from.phi.size();
  LatentNode to = from;
  to.log_weight += moved(0);
  to.phi += moved.segment(1, size).transpose();
  const Eigen::VectorXd ratio = moved.segment(1 + size, size).transpose().array().exp();
  to.sd = from.sd.cwiseProduct(ratio);
  to.path = from.path.cwiseProduct(ratio);
  to.root = ratio.cwiseInverse().asDiagonal() * from.root;
  to.slope *= std::exp(moved(2 * size + 1));
  to.latent_last += moved(2 * size + 2);
  to.latent_last_variance *= std::exp(moved(2 * size + 3));
  return to;
}

}  // namespace

std::optional<Lattice> ShiftLattice(
    const LatentProblem& problem, NodeSolver& solver, const Lattice& anchor,
    const std::function<Eigen::VectorXd(const Eigen::VectorXd&)>& anchor_mode_of) {
  constexpr double kSolved = 5;  // of the anchor's nodes, those above e^-5 of the highest
  constexpr std::size_t kFewest = 9;
  struct Choice {
    int row_key;
    int key;
    const LatentNode* node;
  };
  std::vector<Choice> all;
  Choice top{0, 0, nullptr};
  for (const auto& [row_key, row] : anchor.rows) {
    for (const auto& [key, node] : row.nodes) {
      if (!node.good) return std::nullopt;
      if (node.log_weight < anchor.highest - kSolved) continue;
      all.push_back({row_key, key, &node});
      if (node.log_weight == anchor.highest) top = all.back();
    }
  }
  if (top.node == nullptr || top.node->phi.size() != solver.model().parameters())
    return std::nullopt;
  // A quarter of them, about the highest; half, or all, where that is too few or does not foretell
  // the others well.
  std::stable_sort(all.begin(), all.end(), [](const Choice& a, const Choice& b) {
    return a.node->log_weight > b.node->log_weight;
  });
  const auto density_of = [&](const Choice& c) {
    const int i = std::abs(c.row_key - top.row_key);
    const int j = std::abs(c.key - top.key);
    return i % 2 == 0 && j % 2 == 0 ? 4 : (i + j) % 2 == 0 ? 2 : 1;
  };
  std::vector<std::array<double, 2>> at;
  std::vector<Eigen::RowVectorXd> movements;
  std::vector<double> weight;
  Eigen::VectorXd phi_shift = Eigen::VectorXd::Zero(top.node->phi.size());
  Eigen::VectorXd mode_shift = Eigen::VectorXd::Zero(solver.model().rows());
  // From the highest outwards, each starting from what moved so far.
  const auto solve = [&](const Choice& c) {
    const Eigen::VectorXd mode = anchor_mode_of(c.node->latent_mode);
    const LatentNode node =
        solver.Solve(c.node->row, c.node->z,
                     {c.node->phi + phi_shift,
                      c.row_key == 0 ? mode : Eigen::VectorXd(mode + mode_shift), &c.node->root});
    if (!node.good) return false;
    movements.push_back(Movement(*c.node, node));
    weight.push_back(node.log_weight);
    at.push_back({c.node->row, c.node->z});
    phi_shift = node.phi - c.node->phi;
    if (c.row_key != 0) mode_shift = node.latent_mode - mode;
    return true;
  };
  // The heavy nodes are to be foretold well.
  const auto stacked_weight = [&] {
    const double highest = *std::max_element(weight.begin(), weight.end());
    Eigen::VectorXd stack(static_cast<Eigen::Index>(weight.size()));
    for (std::size_t i = 0; i < weight.size(); ++i) {
      stack(static_cast<Eigen::Index>(i)) = std::exp(0.25 * (weight[i] - highest));
    }
    return stack;
  };
  const auto stacked = [&] {
    Eigen::MatrixXd moved(static_cast<Eigen::Index>(movements.size()), movements.front().size());
    for (std::size_t i = 0; i < movements.size(); ++i) {
      moved.row(static_cast<Eigen::Index>(i)) = movements[i];
    }
    return moved;
  };
  constexpr double kWorstMiss = 0.03;  // of a log weight
  constexpr std::size_t kForetold = 3;
  bool settled = false;
  for (const int density : {4, 2, 1}) {
    std::vector<const Choice*> fresh;
    for (const Choice& c : all) {
      if (density_of(c) == density) fresh.push_back(&c);
    }
    std::size_t first = 0;
    if (at.size() >= kFewest) {
      const QuadraticSurface surface(at, stacked(), stacked_weight());
      settled = true;
      for (; first < std::min(kForetold, fresh.size()); ++first) {
        const Choice& c = *fresh[first];
        if (!solve(c)) return std::nullopt;
        const double miss = movements.back()(0) - surface.At(at.back())(0);
        if (std::abs(miss) > kWorstMiss) settled = false;
      }
      if (settled) break;
    }
    for (; first < fresh.size(); ++first) {
      if (!solve(*fresh[first])) return std::nullopt;
    }
  }
  if (at.size() < kFewest && problem.autocorrelation) return std::nullopt;
  if (!settled && at.size() < all.size()) return std::nullopt;
  const Eigen::MatrixXd moved = stacked();
  const QuadraticSurface surface(at, moved, stacked_weight());
  Lattice lattice = anchor;
  lattice.highest = -kInfinity;
  for (auto& [row_key, row] : lattice.rows) {
    for (auto& [key, node] : row.nodes) {
      // What was solved is known.
      const auto known = std::find(at.begin(), at.end(), std::array<double, 2>{node.row, node.z});
      node = Move(node, known != at.end() ? movements[static_cast<std::size_t>(known - at.begin())]
                                          : surface.At({node.row, node.z}));
      node.latent_mode = anchor_mode_of(node.latent_mode);
      lattice.highest = std::max(lattice.highest, node.log_weight);
    }
    Measure(row);
  }
  // The anchor's rim is where its own weight was small.
  double rim = 0;
  double total = 0;
  for (const auto& [row_key, row] : lattice.rows) {
    for (const auto& [key, node] : row.nodes) {
      const double w = lattice.Weight(row_key, row, node);
      total += w;
      if (anchor.rows.at(row_key).nodes.at(key).log_weight < anchor.highest - kSolved) rim += w;
    }
  }
  constexpr double kMostOnRim = 0.03;
  if (problem.autocorrelation && !(rim < kMostOnRim * total)) return std::nullopt;
  return lattice;
}

Lattice BuildLattice(const LatentProblem& problem, NodeSolver& solver, const Lattice* warm,
                     double floor, double spacing) {
  return LatticeBuilder(problem, solver, warm, floor, spacing).Build();
}

}  // namespace solotrial::inference
