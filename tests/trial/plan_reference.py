"""Chances of a trial's answers, simulated without the engine: the reference of PlanReferenceTest.

Shares no code with the engine. The posterior of a GAUSSIAN measure is integrated on a fixed grid of
(sigma_u, sigma, rho) with dense covariances (engine/inference/MODEL.md, sections 1 to 3), the decision is
that of its rule with one look after pair 3 of 4, and the people are those that
engine/trial/simulated_person.h describes in words.

    pip install numpy==2.4.6 scipy==1.17.1
    python3 plan_reference.py 500
"""

import sys

import numpy as np
from scipy.special import ndtr
from scipy.stats import beta

PAIRS, BLOCK, HALF_LIFE = 4, 14, 3.0
LOW, HIGH, MID = 0.0, 100.0, 6.0
USUAL, SCORE_SD, CORRELATION, MISSING = 50.0, 12.0, 0.3, 0.1
RANGE = HIGH - LOW

SIGMA_U = np.exp(np.linspace(np.log(0.4), np.log(40), 28))
SIGMA = np.exp(np.linspace(np.log(2), np.log(40), 28))
RHO = np.linspace(-0.94, 0.98, 25)


def exposure(assigned, onset, offset):
    level, path = 0.0, []
    for a in assigned:
        half_life = onset if a >= level else offset
        level += (a - level) * (1 - 2 ** (-1 / half_life)) if half_life > 0 else a - level
        path.append(level)
    return np.array(path)


def posterior(score, assigned, planned):
    """(p_any, p_mid) of the benefit, lower scores being better."""
    days = np.arange(1, len(score) + 1)
    seen = ~np.isnan(score)
    design = np.column_stack([
        np.ones(len(score)),
        exposure(assigned, HALF_LIFE, HALF_LIFE) - 0.5,
        (days - (planned + 1) / 2) / planned,
    ])[seen]
    y = score[seen] - (LOW + HIGH) / 2
    prior_precision = np.diag(1 / np.array([RANGE / 2, RANGE / 4, RANGE / 4]) ** 2)
    lag = np.abs(days[seen][:, None] - days[seen][None, :])
    su2, s2 = SIGMA_U[:, None] ** 2, SIGMA[None, :] ** 2
    # Half-normal priors and the grid's logarithmic spacing.
    log_prior = (-0.5 * (su2 + s2) / (RANGE / 4) ** 2 + np.log(SIGMA_U)[:, None] + np.log(SIGMA)[None, :])
    weights, means, sds = [], [], []
    for rho in RHO:
        values, vectors = np.linalg.eigh(np.sign(rho) ** lag * np.abs(rho) ** lag)
        x, z = vectors.T @ design, vectors.T @ y
        variance = su2[..., None] * np.maximum(values, 0) + s2[..., None]
        weighted = x / variance[..., None]
        precision = np.einsum("ijnk,nl->ijkl", weighted, x) + prior_precision
        covariance = np.linalg.inv(precision)
        right = np.einsum("ijnk,n->ijk", weighted, z)
        coefficient = np.einsum("ijkl,ijl->ijk", covariance, right)
        log_density = (-0.5 * np.log(variance).sum(-1) - 0.5 * (z**2 / variance).sum(-1)
                       - 0.5 * np.linalg.slogdet(precision)[1]
                       + 0.5 * np.einsum("ijk,ijk->ij", right, coefficient))
        weights.append(log_density + log_prior + beta.logpdf((rho + 1) / 2, 4, 2))
        means.append(coefficient[..., 1])
        sds.append(np.sqrt(covariance[..., 1, 1]))
    weights, means, sds = np.array(weights), np.array(means), np.array(sds)
    weights = np.exp(weights - weights.max())
    weights /= weights.sum()
    benefit = -means
    return (weights * ndtr(benefit / sds)).sum(), (weights * ndtr((benefit - MID) / sds)).sum()


def decide(score, assigned, planned, look):
    p_any, p_mid = posterior(score, assigned, planned)
    responds, important, worse, none = (0.995, 0.90, 0.99, 0.01) if look else (0.975, 0.80, 0.975, 0.05)
    if p_any >= responds and p_mid >= important:
        return "RESPONDS"
    if 1 - p_any >= worse:
        return "WORSENS"
    if look:
        return "DOES_NOT_RESPOND" if p_mid <= none else None
    if p_any >= 0.975:
        return "BENEFIT_TOO_SMALL" if p_mid <= 0.20 else "BENEFIT_SIZE_OPEN"
    return "DOES_NOT_RESPOND" if p_mid <= none else "UNDECIDED"


def live(benefit, random):
    sd = SCORE_SD * np.exp(0.2 * random.standard_normal())
    correlation = np.clip(CORRELATION + 0.1 * random.standard_normal(), 0, 0.8)
    slowest, quickest = 0.95, max(0.5, correlation / 0.9)
    rho = random.uniform(quickest, slowest)
    missing = min(0.9, MISSING * np.exp(0.3 * random.standard_normal()))
    onset, offset = HALF_LIFE * np.exp(0.5 * random.standard_normal(2))
    order = np.concatenate([random.permutation([0.0, 1.0]) for _ in range(PAIRS)])
    assigned = np.repeat(order, BLOCK)
    days = len(assigned)
    u = np.empty(days)
    share = correlation / rho
    u[0] = random.standard_normal()
    for day in range(1, days):
        u[day] = rho * u[day - 1] + np.sqrt(1 - rho**2) * random.standard_normal()
    score = (USUAL - benefit * exposure(assigned, onset, offset) + sd * np.sqrt(share) * u
             + sd * np.sqrt(1 - share) * random.standard_normal(days))
    score = np.clip(score, LOW, HIGH)
    score[random.uniform(size=days) < missing] = np.nan
    early = 6 * BLOCK
    decision = decide(score[:early], assigned[:early], days, True)
    return (decision, early) if decision else (decide(score, assigned, days, False), days)


def main():
    trials = int(sys.argv[1])
    random = np.random.default_rng(20261121)
    for times in (0.0, 0.5, 1.0, 2.0):
        counts, days = {}, 0
        for _ in range(trials):
            decision, lived = live(times * MID, random)
            counts[decision] = counts.get(decision, 0) + 1
            days += lived
        print(f"times {times} trials {trials} mean_days {days / trials:.1f}",
              *(f"{name} {count}" for name, count in sorted(counts.items())), flush=True)


main()
