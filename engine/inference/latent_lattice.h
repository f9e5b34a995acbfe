// The quadrature lattice over the latent process's sd (or share of the spread) and correlation.
#ifndef SOLOTRIAL_ENGINE_INFERENCE_LATENT_LATTICE_H_
#define SOLOTRIAL_ENGINE_INFERENCE_LATENT_LATTICE_H_

#include <functional>
#include <map>
#include <optional>
#include <vector>

#include "engine/inference/latent_node.h"
#include "engine/inference/latent_problem.h"

namespace solotrial::inference {

// One row: the trapezoidal rule in z = atanh(rho), its nodes where the row's mass is.
struct LatticeRow {
  double value = 0;   // sigma_u or theta
  double centre = 0;  // z of node 0
  double step = 0;
  std::map<int, LatentNode> nodes;
  double log_mass = 0;  // log of the integral over z
  double mean = 0;      // of z
  double sd = 0;
};

// Rows at the multiples of `row_step`. Where a row and the next put their nodes does not matter to
// the trapezoidal rule, so that every row follows its own peak with its own spacing.
struct Lattice {
  bool angle = false;  // the rows are angles
  double row_step = 0;
  std::map<int, LatticeRow> rows;
  double highest = 0;  // log weight of the highest node

  // The trapezoidal rule's half weights.
  double EndWeight(int row_key) const;
  // Weight of a node relative to exp(highest): the cell's area times the density.
  double Weight(int row_key, const LatticeRow& row, const LatentNode& node) const;
  // `last_row`: of the rows up to this value, where one of them has a good node.
  const LatentNode& HighestNode(double last_row) const;
};

// Follows the mass of `problem`'s posterior to e^-6 of its highest node, or of `floor` (a log
// weight), whichever is more. `warm`, unless null: the lattice of a similar problem, whose rows and
// modes start the search. `spacing`: how wide, 1 being what usually does.
Lattice BuildLattice(const LatentProblem& problem, NodeSolver& solver, const Lattice* warm,
                     double floor, double spacing);

// The lattice of a problem near that of `anchor`: solved at a quarter of its nodes (more where that
// does not foretell the others), and what moved
// between the two problems (log weight, mode, spread, response) carried to the others by a
// quadratic in row and z. `anchor_mode_of`: turns a latent mode of the anchor's days into one of
// the problem's. nullopt where the mass moved to the anchor's rim or a node failed: then build it.
std::optional<Lattice> ShiftLattice(
    const LatentProblem& problem, NodeSolver& solver, const Lattice& anchor,
    const std::function<Eigen::VectorXd(const Eigen::VectorXd&)>& anchor_mode_of);

// Of the two halves of a lattice by parity, each the same rule with wider spacing.
inline int Parity(int row_key, int node_key) { return (row_key + node_key) & 1; }

inline constexpr double kHighestLatentSd = 6;  // six prior sds
inline constexpr double kHighestAngle = 1.49;  // noise 8 % of the spread; stands for pi/2
inline constexpr double kHighestZ = 6;         // |rho| < 1 - 1.2e-5

}  // namespace solotrial::inference

#endif  // SOLOTRIAL_ENGINE_INFERENCE_LATENT_LATTICE_H_
