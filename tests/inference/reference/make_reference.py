#!/usr/bin/env python3
"""Reference posteriors of all families, by methods that share nothing with the engine.

Model: engine/inference/MODEL.md, written down naively.

GAUSSIAN: gaussian_quadrature.py, brute force with dense covariance matrices; nothing is drawn. With arm variance and
learned half-lives together the dimensions are too many: importance sampling, also with dense matrices.

The other families: the latent AR(1) process lives on every calendar day and is integrated by a dense fixed grid
in u / sigma_u; every level of an ORDINAL scale keeps its own probability (no merging); the parameters
are integrated by importance sampling, in coordinates in which every prior is a standard normal: delta,
gamma, beta_k over their prior sd; sigma_u, rho, nu and the sticks of the Dirichlet through their own distribution
functions; the half-lives through their logarithm. Learned half-lives: the exposure is computed anew for each draw.
Proposal: a multivariate t (6 degrees of freedom) whose moments are adapted over several rounds. In the records that
say `proposal="mixture"` it is two mixtures of such, fitted to the weighted draws of those rounds, one to the posterior and
one to its square root (ridges from a small sigma_u to a large one with rho near 1 reach far out), and the half-normal
parameters (sigma_u, sigma, dispersion) are |x|: where two of them can stand in for each other (STUDENT_T,
NEGATIVE_BINOMIAL, GAUSSIAN), one t in the coordinates of the distribution functions misses part of the mass near 0
without its weights showing it (10 % of the sd of sigma; found against the quadrature). The latent path of every
draw is sampled backwards, so that the benefit is that of the days that were lived.

Where the noise of STUDENT_T is narrower than the cells of the finest grid, a day's density is averaged over each
cell (difference of distribution functions) instead of taken at its node.

reference_p_better_day: the posterior mean of P(an on-day is better than an off-day), eta = alpha +- delta/2 + m + u, with u and
the noise drawn independently for each of the two days, m the average of the trend and covariate terms over the days that have
a score, ties half. With arm variance the noise sd is sigma exp(+-lambda/2). GAUSSIAN: in closed form per
node; the others: 64 simulated pairs of days per draw, from a random stream of their own.

Arm variance: noise sd of day d = sigma exp(lambda (e_d - 1/2)), lambda ~ Normal(0, 0.5).

Usage: make_reference.py OUTPUT_DIRECTORY [record name ..]
Each file names the tools' versions, the seed, the draws and the effective draws; the tolerance a
test allows is section 8 of the contract plus two standard errors, the error of a mean being
sd / sqrt(effective draws).
"""

import itertools
import os
import sys
import time

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
import scipy
from scipy import optimize, special

import gaussian_quadrature

SEED = 20240607
T_DF = 6.0
# Beyond it (2e-5 of the prior) the fixed grid would need too many nodes.
RHO_END = 0.997
MOST_NODES = 401


# ---------------------------------------------------------------- records


def exposure(assignment, onset, offset, start=0.0):
    e, out = float(start), []
    for a in assignment:
        h = onset if a >= e else offset
        e += (a - e) * (1.0 if h == 0 else 1 - 2 ** (-1.0 / h))
        out.append(e)
    return np.array(out)


def simulate(spec, rng):
    """A record from the model, or from something close to it: scores are only data here."""
    days = spec["days"]
    block = spec.get("block", 14)
    order = spec.get("order", [0, 1])
    a = np.array([order[(d // block) % len(order)] for d in range(days)], float)
    e = exposure(a, spec.get("onset", 3) * spec.get("slower", 1.0), spec.get("offset", 4) * spec.get("slower", 1.0),
                 spec.get("initial_exposure", 0))
    tau = (np.arange(1, days + 1) - (days + 1) / 2) / days
    z = np.array([[1.0 * (d % 7 >= 5) for d in range(days)]]) if spec.get("covariate") else np.zeros((0, days))
    u = np.zeros(days)
    u[0] = rng.normal()
    for d in range(1, days):
        u[d] = spec["rho"] * u[d - 1] + np.sqrt(1 - spec["rho"] ** 2) * rng.normal()
    eta = spec.get("alpha", 0.0) + spec["delta"] * (e - 0.5) + spec.get("gamma", 0.0) * tau + spec["latent_sd"] * u
    if len(z):
        eta = eta + spec["beta"] * z[0]
    if spec.get("numeric"):  # a second covariate, standardised, that says nothing
        v = rng.normal(size=days)
        z = np.concatenate([z, np.round((v - v.mean()) / v.std(), 3)[None, :]])
    family = spec["family"]
    if family == "ORDINAL":
        cuts = special.logit(np.cumsum(spec["levels"])[:-1] / np.sum(spec["levels"]))
        noise = special.logit(rng.uniform(size=days))
        y = (eta + noise)[:, None] > cuts[None, :]
        y = y.sum(axis=1).astype(float)
    elif family == "BERNOULLI":
        y = (rng.uniform(size=days) < special.expit(eta)).astype(float)
    elif family == "POISSON":
        y = rng.poisson(np.exp(eta)).astype(float)
    elif family == "NEGATIVE_BINOMIAL":
        phi = spec["phi"]
        y = rng.poisson(np.exp(eta) * rng.gamma(phi, 1 / phi, size=days)).astype(float)
    elif family == "STUDENT_T":
        noise = rng.standard_t(spec["nu"], size=days) * np.exp(spec.get("lambda", 0.0) * (e - 0.5))
        y = np.round(eta + spec["sigma"] * noise, 2)
    elif family == "GAUSSIAN":
        noise = rng.normal(size=days) * np.exp(spec.get("lambda", 0.0) * (e - 0.5))
        y = np.round(eta + spec["sigma"] * noise, 2)
    else:
        raise ValueError(family)
    if spec.get("separable"):
        y = 1 - a
    y[rng.uniform(size=days) < spec.get("missing", 0.1)] = np.nan
    # As the model sees the half-lives, not as the record was made.
    e = exposure(a, spec.get("onset", 3), spec.get("offset", 4), spec.get("initial_exposure", 0))
    return {"spec": spec, "a": a, "e": e, "tau": tau, "z": z, "y": y}


# ---------------------------------------------------------------- the model, in prior-normal coordinates


class Model:
    def __init__(self, record):
        self.r = record
        s = record["spec"]
        self.family = s["family"]
        self.R = s["maximum"] - s["minimum"]
        self.days = len(record["y"])
        self.obs = ~np.isnan(record["y"])
        self.latent = s.get("autocorrelation", True)
        self.learn = bool(s.get("learn"))
        self.arm = bool(s.get("arm_variance"))
        self.names = ["delta", "gamma"] + [f"beta{k}" for k in range(len(record["z"]))]
        wide = self.family in ("GAUSSIAN", "STUDENT_T")
        R = self.R
        self.scale = {"delta": R / 4 if wide else 1.0, "gamma": R / 4 if wide else 1.0}
        for k in range(len(record["z"])):
            self.scale[f"beta{k}"] = R / 8 if wide else 0.5
        self.sd_scale = R / 4 if wide else 1.0
        if self.family != "ORDINAL":
            self.names.append("alpha")
        else:
            self.K = int(round(R)) + 1
            self.a = 1 / (0.8 + 0.35 * max(self.K, 3))
            self.names += [f"stick{k}" for k in range(self.K - 1)]
        if self.family == "NEGATIVE_BINOMIAL":
            self.names.append("dispersion")
        if self.family == "STUDENT_T":
            self.names += ["sigma", "nu"]
        if self.arm:
            self.names.append("lambda")
        if self.learn:
            self.names += ["onset_half_life", "offset_half_life"]
        if self.latent:
            self.names += ["latent_sd", "rho"]
        self.number()

    def number(self):
        self.dim = len(self.names)
        # Folded coordinates: the half-normal parameters as |x| times their scale. Through their distribution function the
        # values near 0 are a long thin tail, which a proposal can miss.
        self.folds = self.r["spec"].get("proposal") == "mixture"
        self.folded = [i for i, name in enumerate(self.names) if self.folds and name in ("latent_sd", "sigma", "dispersion")]

    def half_normal(self, v):
        return np.abs(v) if self.folds else -special.ndtri(0.5 * special.ndtr(-v))

    def natural(self, x):
        """x: draws x dim, to a dictionary of arrays."""
        p = {}
        R, s = self.R, self.r["spec"]
        sticks = []
        for i, name in enumerate(self.names):
            v = x[:, i]
            if name.startswith("stick"):
                k = int(name[5:])
                sticks.append(special.betaincinv(self.a, self.a * (self.K - 1 - k), special.ndtr(v)))
            elif name == "alpha":
                if self.family in ("GAUSSIAN", "STUDENT_T"):
                    p[name] = (s["minimum"] + s["maximum"]) / 2 + R / 2 * v
                elif self.family in ("POISSON", "NEGATIVE_BINOMIAL"):
                    p[name] = np.log(s.get("typical", 1.0)) + 2.5 * v
                else:
                    p[name] = 2.5 * v
            elif name == "latent_sd":
                p[name] = self.sd_scale * self.half_normal(v)
            elif name == "sigma":
                p[name] = R / 4 * self.half_normal(v)
            elif name == "lambda":
                p[name] = 0.5 * v
            elif name in ("onset_half_life", "offset_half_life"):
                p[name] = s.get("onset", 3) * np.exp(0.5 * v) if name[1] == "n" else s.get("offset", 4) * np.exp(0.5 * v)
            elif name == "dispersion":  # 1 / sqrt(phi)
                p[name] = self.half_normal(v)
            elif name == "nu":  # Gamma(shape 2, rate 0.1) restricted to nu > 1
                low = special.gammainc(2, 0.1)
                p[name] = special.gammaincinv(2, np.minimum(low + (1 - low) * special.ndtr(v), 1 - 1e-12)) / 0.1
            elif name == "rho":
                p[name] = np.clip(2 * special.betaincinv(4, 2, special.ndtr(v)) - 1, -RHO_END, RHO_END)
            else:
                p[name] = self.scale[name] * v
        if self.family == "ORDINAL":
            rest = np.ones(len(x))
            below = np.zeros(len(x))
            cuts = []
            for v in sticks:
                below = below + rest * v
                rest = rest * (1 - v)
                cuts.append(np.log(np.maximum(below, 1e-300)) - np.log(np.maximum(rest, 1e-300)))
            p["cuts"] = np.array(cuts).T
        if self.learn:
            p["e"] = gaussian_quadrature.exposures(self.r["a"], p["onset_half_life"], p["offset_half_life"],
                                                   s.get("initial_exposure", 0)).T
        else:
            p["e"] = self.r["e"][None, :]
        return p

    def log_density_of_day(self, p, d, eta, cell=None):
        """eta: draws x nodes; cell: width of a node's cell per draw, where the density must be averaged over it."""
        y = self.r["y"][d]
        c = lambda name: p[name][:, None]
        if self.family == "ORDINAL":
            k = int(round(y - self.r["spec"]["minimum"]))
            up = special.expit(p["cuts"][:, k][:, None] - eta) if k < self.K - 1 else 1.0
            lo = special.expit(p["cuts"][:, k - 1][:, None] - eta) if k > 0 else 0.0
            return np.log(np.maximum(up - lo, 1e-300))
        if self.family == "BERNOULLI":
            return special.log_expit(eta if y == 1 else -eta)
        if self.family == "POISSON":
            return y * eta - np.exp(eta) - special.gammaln(y + 1)
        if self.family == "NEGATIVE_BINOMIAL":
            phi = np.minimum(c("dispersion") ** -2.0, 1e12)
            return (special.gammaln(y + phi) - special.gammaln(phi) - special.gammaln(y + 1)
                    + phi * np.log(phi) + y * eta - (y + phi) * np.logaddexp(np.log(phi), eta))
        if self.family == "STUDENT_T":
            nu, sigma = c("nu"), c("sigma")
            if self.arm:
                sigma = sigma * np.exp(c("lambda") * (p["e"][:, [d]] - 0.5))
            if cell is not None:
                half, z = cell[:, None] / 2, np.abs(y - eta)
                # Upper tails, so that nothing cancels far out.
                mass = special.stdtr(nu, (half - z) / sigma) - special.stdtr(nu, (-half - z) / sigma)
                return np.log(np.maximum(mass, 1e-300)) - np.log(2 * half)
            return (special.gammaln((nu + 1) / 2) - special.gammaln(nu / 2) - 0.5 * np.log(nu * np.pi)
                    - np.log(sigma) - (nu + 1) / 2 * np.log1p(((y - eta) / sigma) ** 2 / nu))
        raise ValueError(self.family)

    def fixed_eta(self, p):
        r = self.r
        eta = p["delta"][:, None] * (p["e"] - 0.5) + p["gamma"][:, None] * r["tau"][None, :]
        for k in range(len(r["z"])):
            eta = eta + p[f"beta{k}"][:, None] * r["z"][k][None, :]
        if "alpha" in p:
            eta = eta + p["alpha"][:, None]
        return eta

    def benefit(self, p, eta_off):
        """eta_off: draws x observed days, at e = 0."""
        d = p["delta"][:, None]
        if self.family == "ORDINAL":
            total = 0
            for k in range(self.K - 1):
                c = p["cuts"][:, k][:, None]
                total = total + special.expit(eta_off + d - c) - special.expit(eta_off - c)
        elif self.family == "BERNOULLI":
            total = 28 * (special.expit(eta_off + d) - special.expit(eta_off))
        elif self.family in ("POISSON", "NEGATIVE_BINOMIAL"):
            total = 7 * (np.exp(eta_off + d) - np.exp(eta_off))
        else:
            total = d + 0 * eta_off
        b = total.mean(axis=1)
        return -b if self.r["spec"].get("lower", True) else b

    def evaluate(self, x, nodes, rng=None):
        """Log target; with rng also the benefit under a sampled latent path."""
        n = len(x)
        p = self.natural(x)
        eta0 = self.fixed_eta(p)
        if not self.latent:
            target = -0.5 * (x**2).sum(axis=1)
            for d in np.flatnonzero(self.obs):
                target = target + self.log_density_of_day(p, d, eta0[:, [d]])[:, 0]
            target = np.nan_to_num(target, nan=-1e300)
            if rng is None:
                return target
            return target, p, self.benefit(p, (eta0 - p["delta"][:, None] * p["e"])[:, self.obs])
        grid = np.linspace(-6, 6, nodes)
        h = grid[1] - grid[0]
        rho = p["rho"]
        v = (1 - rho**2)[:, None, None]
        kernel = np.exp(-((grid[None, :, None] - rho[:, None, None] * grid[None, None, :]) ** 2) / (2 * v))
        kernel *= h / np.sqrt(2 * np.pi * v)
        u = p["latent_sd"][:, None] * grid[None, :]
        f = np.repeat((h * np.exp(-grid**2 / 2) / np.sqrt(2 * np.pi))[None, :], n, axis=0)
        ll = np.zeros(n)
        keep = []
        cell = None
        if self.family == "STUDENT_T" and nodes >= MOST_NODES:
            cell = p["latent_sd"] * h
        for d in range(self.days):
            if d > 0:
                f = np.matmul(kernel, f[:, :, None])[:, :, 0]
            if self.obs[d]:
                l = self.log_density_of_day(p, d, eta0[:, d][:, None] + u, cell)
                top = l.max(axis=1)
                f = f * np.exp(l - top[:, None])
                ll += top
            s = f.sum(axis=1)
            f = f / s[:, None]
            ll += np.log(s)
            if rng is not None:
                keep.append(f)
        target = np.nan_to_num(ll, nan=-1e300) - 0.5 * (x**2).sum(axis=1)
        if rng is None:
            return target
        path = np.zeros((n, self.days))
        at = None
        rows = np.arange(n)
        for d in range(self.days - 1, -1, -1):
            w = keep[d] if at is None else keep[d] * kernel[rows, at, :]
            c = np.cumsum(w, axis=1)
            at = (c < rng.uniform(size=n)[:, None] * c[:, -1:]).sum(axis=1)
            # Uniform within the cell: the path is continuous, not on the grid.
            path[:, d] = p["latent_sd"] * grid[np.minimum(at, nodes - 1)]
        eta_off = eta0 - p["delta"][:, None] * p["e"] + path
        return target, p, self.benefit(p, eta_off[:, self.obs])

    def nodes_needed(self, x, nodes):
        """Cells no wider than 0.9 innovation sds, for STUDENT_T than 0.7 of the noise's scale, for POISSON than an sd."""
        p = self.natural(x)
        need = np.maximum(nodes, 12 / (0.9 * np.sqrt(np.maximum(1 - p["rho"] ** 2, 1e-9))))
        if self.family == "STUDENT_T":
            sigma = p["sigma"] * (np.exp(-0.5 * np.abs(p["lambda"])) if self.arm else 1.0)
            width = 0.7 * sigma * np.minimum(np.sqrt(p["nu"]), 1.7)
            need = np.maximum(need, 12 * p["latent_sd"] / np.maximum(width, 1e-12))
        if self.family == "POISSON":  # the likelihood of the largest count, in sds of its log mean
            need = np.maximum(need, 12 * p["latent_sd"] * np.sqrt(np.nanmax(self.r["y"]) + 1))
        return np.minimum(need, MOST_NODES)

    def better_day(self, p, rng, pairs=64):
        """Share of simulated pairs of days in which the on-day is better, ties half, per draw."""
        r = self.r
        obs = self.obs
        n = len(p["delta"])
        m = np.full(n, 0.0)
        m += p["gamma"] * r["tau"][obs].mean()
        for k in range(len(r["z"])):
            m += p[f"beta{k}"] * r["z"][k][obs].mean()
        if "alpha" in p:
            m += p["alpha"]
        c = lambda v: v[:, None]
        y = []
        for arm in (0.5, -0.5):
            eta = c(m + arm * p["delta"]) + np.zeros((n, pairs))
            if self.latent:
                eta += c(p["latent_sd"]) * rng.normal(size=(n, pairs))
            if self.family == "ORDINAL":
                eta += special.logit(rng.uniform(size=(n, pairs)))
                y.append((eta[:, :, None] > p["cuts"][:, None, :]).sum(axis=2))
            elif self.family == "BERNOULLI":
                y.append(1 * (rng.uniform(size=(n, pairs)) < special.expit(eta)))
            elif self.family in ("POISSON", "NEGATIVE_BINOMIAL"):
                log_mean = eta
                if self.family == "NEGATIVE_BINOMIAL":
                    phi = c(np.minimum(np.maximum(p["dispersion"], 1e-6) ** -2.0, 1e12)) + 0 * eta
                    log_mean = eta + np.log(np.maximum(rng.gamma(phi), 1e-300)) - np.log(phi)
                y.append(rng.poisson(np.exp(np.minimum(log_mean, 40))))
            else:
                sigma = p["sigma"] * (np.exp(arm * p["lambda"]) if self.arm else 1.0)
                if self.family == "GAUSSIAN":
                    y.append(eta + c(sigma) * rng.normal(size=(n, pairs)))
                else:
                    y.append(eta + c(sigma) * rng.standard_t(c(p["nu"]) + 0 * eta))
        on, off = y if r["spec"].get("lower", True) else y[::-1]
        return (on < off).mean(axis=1) + 0.5 * (on == off).mean(axis=1)


class DrawnGaussian(Model):
    """GAUSSIAN where the quadrature has too many dimensions: importance sampling of the variance parameters and
    the half-lives, with dense covariance matrices and the coefficients in closed form."""

    def __init__(self, record):
        super().__init__(record)
        betas = [name for name in self.names if name.startswith("beta")]
        self.coefficients = ["alpha", "delta", "gamma"] + betas
        self.names = ["sigma", "latent_sd", "rho"]
        if self.arm:
            self.names.append("lambda")
        if self.learn:
            self.names += ["onset_half_life", "offset_half_life"]
        self.number()
        R = self.R
        self.precision = np.array([R / 2, R / 4, R / 4] + [R / 8] * len(betas)) ** -2.0
        self.day = np.flatnonzero(self.obs)

    def nodes_needed(self, x, nodes):
        return np.full(len(x), 61)

    def evaluate(self, x, nodes, rng=None):
        n = len(x)
        s, r = self.r["spec"], self.r
        p = self.natural(x)
        e = (p["e"] + np.zeros((n, 1)))[:, self.obs] - 0.5
        m = e.shape[1]
        noise = p["sigma"][:, None] * (np.exp(p["lambda"][:, None] * e) if self.arm else np.ones((1, m)))
        gap = np.abs(self.day[:, None] - self.day[None, :])
        C = p["latent_sd"][:, None, None] ** 2 * p["rho"][:, None, None] ** gap
        C = C + np.eye(m) * (noise**2 + 1e-11 * p["latent_sd"][:, None] ** 2)[:, None, :]
        others = [r["tau"][self.obs]] + [z[self.obs] for z in r["z"]]
        X = np.stack([np.ones((n, m)), e] + [np.tile(o, (n, 1)) for o in others], axis=2)
        y = r["y"][self.obs] - (s["minimum"] + s["maximum"]) / 2
        L = np.linalg.cholesky(C)
        solved = np.linalg.solve(L, np.concatenate([X, np.tile(y[None, :, None], (n, 1, 1))], axis=2))
        A, b = solved[:, :, :-1], solved[:, :, -1]
        M = np.einsum("nik,nil->nkl", A, A) + np.diag(self.precision)
        right = np.einsum("nik,ni->nk", A, b)
        inverse = np.linalg.inv(M)
        mean = np.einsum("nkl,nl->nk", inverse, right)
        target = (-np.log(np.diagonal(L, axis1=1, axis2=2)).sum(axis=1) - 0.5 * np.linalg.slogdet(M)[1]
                  - 0.5 * ((b**2).sum(axis=1) - (right * mean).sum(axis=1)) - 0.5 * (x**2).sum(axis=1))
        target = np.nan_to_num(target, nan=-1e300)
        if rng is None:
            return target
        draw = mean + np.einsum("nkl,nl->nk", np.linalg.cholesky(inverse), rng.normal(size=mean.shape))
        for k, name in enumerate(self.coefficients):
            p[name] = draw[:, k] + ((s["minimum"] + s["maximum"]) / 2 if name == "alpha" else 0.0)
        return target, p, -p["delta"] if s.get("lower", True) else p["delta"]


# ---------------------------------------------------------------- importance sampling


def log_t(x, mean, chol):
    dim = x.shape[1]
    z = np.linalg.solve(chol, (x - mean).T)
    q = (z**2).sum(axis=0)
    return -np.log(np.diag(chol)).sum() - (T_DF + dim) / 2 * np.log1p(q / T_DF)


def draw_t(n, mean, chol, rng):
    z = rng.normal(size=(n, len(mean))) @ chol.T
    return mean + z * np.sqrt(T_DF / rng.chisquare(T_DF, size=n))[:, None]


KEPT = ("delta", "gamma", "latent_sd", "rho", "alpha", "beta0", "beta1", "dispersion", "sigma", "nu", "lambda",
        "onset_half_life", "offset_half_life")


def evaluate_all(model, x, nodes, rng=None, days_rng=None, batch=128):
    # Nodes enough for the sharpest draw of each batch: batches are sorted by what they need.
    plain = model.r["spec"].get("proposal") != "mixture"
    if not model.latent:
        need = np.full(len(x), nodes)
        order = np.arange(len(x))
        batch = 2048
    elif plain:
        rho = np.abs(model.natural(x)["rho"])
        need = np.maximum(nodes, 12 / (0.9 * np.sqrt(np.maximum(1 - rho**2, 1e-9))))
        order = np.argsort(rho)
    else:
        need = model.nodes_needed(x, nodes)
        order = np.argsort(need)
    target = np.zeros(len(x))
    values = {}
    i = 0
    while i < len(x):
        size = batch
        if not plain and model.latent:  # kernels of a batch within 4 MB
            size = int(np.clip(5e5 / need[order[min(i + 64, len(x) - 1)]] ** 2, 3, batch))
        part = order[i : i + size]
        i += size
        n = int(min(need[part].max(), MOST_NODES)) | 1
        if rng is None:
            target[part] = model.evaluate(x[part], n)
        else:
            target[part], p, b = model.evaluate(x[part], n, rng)
            for name in KEPT:
                if name in p:
                    key = "noise_sd" if name == "sigma" else name
                    values.setdefault(key, np.zeros(len(x)))[part] = p[name]
            values.setdefault("benefit", np.zeros(len(x)))[part] = b
            values.setdefault("p_better_day", np.zeros(len(x)))[part] = model.better_day(p, days_rng)
    return target if rng is None else (target, values)


class Proposal:
    """Multivariate t's with shares, folded: the named coordinates are made positive."""

    def __init__(self, parts, folded=()):
        # parts: (share, mean, covariance)
        self.share = np.array([p[0] for p in parts])
        self.mean = [p[1] for p in parts]
        self.chol = [np.linalg.cholesky(p[2]) for p in parts]
        self.folded = list(folded)

    def draw(self, n, rng):
        if len(self.share) == 1:
            counts = [n]
        else:
            counts = rng.multinomial(n, self.share)
        x = np.concatenate([draw_t(c, m, L, rng) for c, m, L in zip(counts, self.mean, self.chol)])
        x[:, self.folded] = np.abs(x[:, self.folded])
        return x

    def log(self, x):
        terms = []
        for signs in itertools.product((1.0, -1.0), repeat=len(self.folded)):
            y = x.copy()
            y[:, self.folded] *= np.array(signs)
            terms += [np.log(s) + log_t(y, m, L) for s, m, L in zip(self.share, self.mean, self.chol)]
        return terms[0] if len(terms) == 1 else special.logsumexp(terms, axis=0)


def fit_mixture(x, weights, rng, folded, count=10):
    """Several multivariate t's, fitted to weighted draws by the EM algorithm for normal distributions, and a wide one."""
    dim = x.shape[1]
    mean = weights @ x
    whole = (x - mean).T @ ((x - mean) * weights[:, None])
    sample = x[rng.choice(len(x), size=6000, p=weights)]
    centres = sample[rng.choice(len(sample), size=count, replace=False)]
    covs = [whole * 0.5] * count
    share = np.full(count, 1 / count)
    # Every draw and its mirror images in the folded coordinates: each image is the component's own in part.
    images = []
    for signs in itertools.product((1.0, -1.0), repeat=len(folded)):
        y = sample.copy()
        y[:, folded] *= np.array(signs)
        images.append(y)
    for _ in range(30):
        log_r = np.empty((len(images), count, len(sample)))
        for c in range(count):
            inverse = np.linalg.inv(np.linalg.cholesky(covs[c]))
            for k, y in enumerate(images):
                z = (y - centres[c]) @ inverse.T
                log_r[k, c] = np.log(share[c]) + np.log(np.diag(inverse)).sum() - 0.5 * (z**2).sum(axis=1)
        r = np.exp(log_r - special.logsumexp(log_r, axis=(0, 1), keepdims=True))
        total = r.sum(axis=(0, 2)) + 1e-9
        share = np.maximum(total / total.sum(), 1e-3)
        for c in range(count):
            centres[c] = sum(r[k, c] @ y for k, y in enumerate(images)) / total[c]
            # Shrunk to the whole: a component of few draws must not be narrow.
            prior = 4.0 * dim
            square = prior * 0.5 * whole
            for k, y in enumerate(images):
                z = y - centres[c]
                square = square + z.T @ (z * r[k, c][:, None])
            covs[c] = square / (total[c] + prior)
    share = share / share.sum() * 0.85
    parts = [(share[c], centres[c], covs[c] * 1.15 + 1e-4 * np.eye(dim)) for c in range(count)]
    return parts + [(0.15, mean, whole * 1.5 + 1e-2 * np.eye(dim))]


def tamed(log_weights, rank):
    """Weights, none greater than the one of the given rank."""
    w = np.exp(log_weights - log_weights.max())
    return np.minimum(w, np.sort(w)[-rank])


def reference(record, rng, days_rng, nodes=61, wanted=40000):
    model = DrawnGaussian(record) if record["spec"]["family"] == "GAUSSIAN" else Model(record)
    dim = model.dim
    spec = record["spec"]
    mixture = spec.get("proposal") == "mixture"
    negative = lambda x: -model.evaluate(x[None, :], nodes)[0]

    def gradient(x):
        step = 1e-4
        points = np.concatenate([x + step * np.eye(dim), x - step * np.eye(dim)])
        t = model.evaluate(points, nodes)
        return -(t[:dim] - t[dim:]) / (2 * step)

    start = np.zeros(dim)
    start[model.folded] = 0.3
    mode = optimize.minimize(negative, start, jac=gradient, method="BFGS", options={"maxiter": 200, "gtol": 1e-2}).x
    step = 1e-3
    hessian = np.array([(gradient(mode + step * e) - gradient(mode - step * e)) / (2 * step) for e in np.eye(dim)])
    hessian = (hessian + hessian.T) / 2
    w, q = np.linalg.eigh(hessian)
    mean = mode
    mean[model.folded] = np.abs(mean[model.folded])
    cov = q @ np.diag(1 / np.maximum(w, 0.5)) @ q.T * 1.3
    seen = []
    for n in (3000, 4000, 6000, 8000):
        proposal = Proposal([(1.0, mean, cov)], model.folded)
        x = proposal.draw(n, rng)
        t = evaluate_all(model, x, nodes)
        w = tamed(t - proposal.log(x), max(10, n // 200))  # for the moments only
        w /= w.sum()
        mean = w @ x
        cov = (x - mean).T @ ((x - mean) * w[:, None])
        cov = cov * 1.05 + 1e-4 * np.eye(dim)
        flat = tamed(t / 2 - proposal.log(x), max(10, n // 200))
        seen.append((x, w, flat / flat.sum() * n))
    proposal = Proposal([(1.0, mean, cov)], model.folded)
    if mixture:
        # From the last two rounds, then from rounds of the mixture's own. Two fifths of the draws from a
        # mixture fitted to the square root of the posterior, for a thin ridge that reaches far out.
        x = np.concatenate([s[0] for s in seen[2:]])
        w = np.concatenate([s[1] * len(s[1]) for s in seen[2:]])
        flat = np.concatenate([s[2] for s in seen[2:]])

        def fit():
            parts = fit_mixture(x, w / w.sum(), rng, model.folded)
            wide = fit_mixture(x, flat / flat.sum(), rng, model.folded)
            parts = [(0.6 * p[0],) + p[1:] for p in parts] + [(0.4 * p[0],) + p[1:] for p in wide]
            return Proposal(parts, model.folded)

        for n in (8000, 10000, 15000):
            proposal = fit()
            x = proposal.draw(n, rng)
            t = evaluate_all(model, x, nodes)
            w, flat = tamed(t - proposal.log(x), 20), tamed(t / 2 - proposal.log(x), 20)
        proposal = fit()
    draws, effective = [], 0.0
    while effective < wanted and len(draws) < (60 if mixture else 20):
        x = proposal.draw(10000, rng)
        t, values = evaluate_all(model, x, nodes, rng, days_rng)
        draws.append((t - proposal.log(x), values))
        lw = np.concatenate([d[0] for d in draws])
        w = np.exp(lw - lw.max())
        effective = w.sum() ** 2 / (w**2).sum()
    w /= w.sum()
    out = {"draws": len(w), "effective": effective, "largest_weight": w.max()}
    for name in draws[0][1]:
        v = np.concatenate([d[1][name] for d in draws])
        m = w @ v
        if name == "p_better_day":
            out[name] = m
            continue
        order = np.argsort(v)
        c = np.cumsum(w[order])
        quantile = lambda q: v[order][np.searchsorted(c, q)]
        out[name] = [m, np.sqrt(w @ (v - m) ** 2), quantile(0.025), quantile(0.5), quantile(0.975)]
        if name == "benefit":
            mid = record["spec"]["mid"]
            out["p_any"] = w @ (v > 0)
            out["p_important"] = w @ (v >= mid)
    return out


ELEVEN = dict(family="ORDINAL", minimum=0, maximum=10, mid=1.0, lower=True)
BINARY = dict(family="BERNOULLI", minimum=0, maximum=1, mid=2.0, lower=True)
COUNT = dict(minimum=0, maximum=100, mid=3.0, lower=True)
WIDE = dict(family="STUDENT_T", minimum=0, maximum=100, mid=5.0, lower=True)
NORMAL = dict(family="GAUSSIAN", minimum=0, maximum=100, mid=5.0, lower=True)
MILD = [10, 14, 16, 14, 12, 10, 8, 6, 5, 3, 2]
ZEROS = [70, 5, 5, 4, 4, 3, 3, 2, 2, 1, 1]

SPECS = {
    "ordinal_84": dict(ELEVEN, days=84, delta=-1.0, latent_sd=1.0, rho=0.6, levels=MILD, gamma=0.3),
    "ordinal_84_zeros": dict(ELEVEN, days=84, delta=0.0, latent_sd=1.0, rho=0.7, levels=ZEROS),
    "ordinal_84_strong": dict(ELEVEN, days=84, delta=-2.0, latent_sd=2.0, rho=0.9, levels=MILD, missing=0.2),
    "ordinal_56_negative": dict(ELEVEN, days=56, block=7, delta=-0.5, latent_sd=1.5, rho=-0.4, levels=MILD, covariate=True, beta=0.5),
    "ordinal_28_short": dict(ELEVEN, days=28, block=7, delta=-1.5, latent_sd=0.5, rho=0.5, levels=MILD),
    "ordinal_168_binary": dict(family="ORDINAL", minimum=0, maximum=1, mid=0.1, lower=True, days=168, block=14, delta=-1.0, latent_sd=1.0, rho=0.8, levels=[60, 40]),
    "ordinal_84_four": dict(family="ORDINAL", minimum=0, maximum=3, mid=0.3, lower=True, days=84, block=7, delta=-1.0, latent_sd=1.0, rho=0.3, levels=[30, 30, 25, 15], missing=0.4),
    "ordinal_365": dict(ELEVEN, days=365, block=14, delta=-0.7, latent_sd=1.2, rho=0.7, levels=MILD, wanted=20000),
    "bernoulli_84": dict(BINARY, days=84, alpha=-0.5, delta=-1.0, latent_sd=1.0, rho=0.6),
    "bernoulli_84_rare": dict(BINARY, days=84, alpha=-2.5, delta=0.0, latent_sd=1.0, rho=0.7),
    "bernoulli_28_strong": dict(BINARY, days=28, block=7, alpha=0.5, delta=-3.0, latent_sd=0.5, rho=0.5),
    "bernoulli_168_missing": dict(BINARY, days=168, alpha=0.3, delta=-1.0, latent_sd=1.5, rho=0.9, missing=0.4, covariate=True, beta=0.5),
    "poisson_84": dict(COUNT, family="POISSON", days=84, alpha=0.7, delta=-0.5, latent_sd=0.5, rho=0.6),
    "poisson_84_low": dict(COUNT, family="POISSON", days=84, alpha=-1.5, delta=-0.5, latent_sd=0.7, rho=0.7, typical=0.3),
    "poisson_56_large": dict(COUNT, family="POISSON", days=56, block=7, alpha=3.5, delta=-0.3, latent_sd=0.4, rho=0.8, typical=20.0, proposal="mixture"),
    "negative_binomial_84": dict(COUNT, family="NEGATIVE_BINOMIAL", days=84, alpha=1.0, delta=-0.6, latent_sd=0.4, rho=0.6, phi=2.0, proposal="mixture"),
    "negative_binomial_56_negative": dict(COUNT, family="NEGATIVE_BINOMIAL", days=56, block=7, alpha=1.5, delta=-0.3, latent_sd=0.6, rho=-0.4, phi=8.0, missing=0.2, proposal="mixture"),
    # Added later, with the mixture as proposal.
    "student_t_14": dict(WIDE, days=14, block=7, alpha=45.0, delta=-10.0, latent_sd=6.0, rho=0.5, sigma=6.0, nu=5.0, proposal="mixture"),
    "student_t_28": dict(WIDE, days=28, block=7, order=[1, 0, 0, 1], alpha=40.0, delta=0.0, latent_sd=10.0, rho=0.3, sigma=5.0, nu=3.0, proposal="mixture"),
    "student_t_56_outliers": dict(WIDE, days=56, block=7, alpha=50.0, delta=-5.0, latent_sd=6.0, rho=0.4, sigma=4.0, nu=1.7, proposal="mixture"),
    "student_t_84": dict(WIDE, days=84, alpha=45.0, delta=-8.0, latent_sd=8.0, rho=0.6, sigma=6.0, nu=4.0, proposal="mixture"),
    "student_t_84_negative": dict(WIDE, days=84, block=7, alpha=45.0, delta=-4.0, latent_sd=8.0, rho=-0.4, sigma=4.0, nu=6.0, missing=0.25, proposal="mixture"),
    "student_t_84_arm": dict(WIDE, days=84, alpha=45.0, delta=-15.0, latent_sd=6.0, rho=0.5, sigma=6.0, nu=4.0, arm_variance=True, **{"lambda": -0.7}, proposal="mixture"),
    "student_t_84_learn": dict(WIDE, days=84, alpha=50.0, delta=-30.0, latent_sd=6.0, rho=0.5, sigma=5.0, nu=4.0, learn=True, slower=1.6, proposal="mixture"),
    "student_t_168": dict(WIDE, days=168, order=[0, 1, 1, 0], alpha=45.0, delta=-10.0, latent_sd=10.0, rho=0.8, sigma=5.0, nu=3.0, missing=0.2, covariate=True, beta=4.0, proposal="mixture"),
    "student_t_56_independent": dict(WIDE, days=56, block=7, order=[1, 0], alpha=45.0, delta=-6.0, latent_sd=0.0, rho=0.0, sigma=8.0, nu=4.0, lower=False, autocorrelation=False, initial_exposure=1, proposal="mixture"),
    "gaussian_14": dict(NORMAL, days=14, block=7, alpha=45.0, delta=-10.0, latent_sd=6.0, rho=0.5, sigma=6.0),
    "gaussian_28_large": dict(NORMAL, days=28, block=7, alpha=55.0, delta=-40.0, latent_sd=6.0, rho=0.5, sigma=6.0, missing=0.0),
    "gaussian_84_null": dict(NORMAL, days=84, block=7, order=[0, 1, 1, 0], alpha=40.0, delta=0.0, latent_sd=10.0, rho=0.6, sigma=8.0, gamma=10.0),
    "gaussian_84_negative": dict(NORMAL, days=84, block=7, alpha=45.0, delta=-6.0, latent_sd=9.0, rho=-0.4, sigma=4.0, covariate=True, beta=5.0),
    "gaussian_84_far": dict(NORMAL, maximum=10, mid=1.0, days=84, alpha=40.0, delta=-4.0, latent_sd=3.0, rho=0.5, sigma=2.0),
    "gaussian_84_beyond": dict(NORMAL, maximum=10, mid=1.0, days=84, block=7, alpha=14.0, delta=-3.0, latent_sd=2.0, rho=0.5, sigma=1.5, missing=0.25),
    "gaussian_84_narrow": dict(NORMAL, mid=0.2, days=84, alpha=50.0, delta=-0.3, latent_sd=0.3, rho=0.5, sigma=0.4),
    "gaussian_84_smooth": dict(NORMAL, days=84, alpha=50.0, delta=-5.0, latent_sd=12.0, rho=0.9, sigma=0.3),
    "gaussian_84_arm": dict(NORMAL, days=84, alpha=50.0, delta=-20.0, latent_sd=5.0, rho=0.5, sigma=8.0, arm_variance=True, **{"lambda": -0.8}),
    "gaussian_84_learn": dict(NORMAL, days=84, alpha=50.0, delta=-15.0, latent_sd=8.0, rho=0.5, sigma=6.0, learn=True),
    "gaussian_168_learn": dict(NORMAL, days=168, alpha=50.0, delta=-35.0, latent_sd=5.0, rho=0.5, sigma=5.0, learn=True, slower=1.8, missing=0.2),
    "gaussian_56_arm_learn": dict(NORMAL, days=56, block=7, order=[1, 0], alpha=50.0, delta=-20.0, latent_sd=4.0, rho=0.4, sigma=8.0, arm_variance=True, learn=True, **{"lambda": 0.6}, initial_exposure=1, proposal="mixture"),
    "gaussian_56_independent": dict(NORMAL, days=56, block=7, order=[1, 0], alpha=45.0, delta=7.0, latent_sd=0.0, rho=0.0, sigma=10.0, lower=False, autocorrelation=False, initial_exposure=1),
    "gaussian_168_missing": dict(NORMAL, days=168, alpha=45.0, delta=-10.0, latent_sd=10.0, rho=0.9, sigma=6.0, missing=0.4, covariate=True, beta=4.0, numeric=True),
    "gaussian_365": dict(NORMAL, days=365, order=[0, 1, 1, 0], alpha=45.0, delta=-5.0, latent_sd=10.0, rho=0.7, sigma=8.0),
    "ordinal_14": dict(ELEVEN, days=14, block=7, delta=-1.0, latent_sd=0.5, rho=0.5, levels=MILD, proposal="mixture"),
    "ordinal_84_learn": dict(ELEVEN, days=84, delta=-3.5, latent_sd=0.5, rho=0.5, levels=MILD, learn=True, slower=1.6, proposal="mixture"),
    "ordinal_56_independent": dict(ELEVEN, days=56, block=7, order=[1, 0], delta=-1.0, latent_sd=0.0, rho=0.0, levels=MILD, autocorrelation=False, initial_exposure=1, proposal="mixture"),
    "bernoulli_84_learn": dict(BINARY, days=84, alpha=0.0, delta=-3.0, latent_sd=0.5, rho=0.5, learn=True, proposal="mixture"),
    "bernoulli_84_sticky": dict(BINARY, days=84, alpha=0.0, delta=-0.5, latent_sd=2.5, rho=0.9, missing=0.4, proposal="mixture"),
    "bernoulli_28_separable": dict(BINARY, days=28, block=7, delta=0.0, latent_sd=0.0, rho=0.0, onset=0, offset=0, separable=True, proposal="mixture"),
    "bernoulli_365": dict(BINARY, days=365, order=[0, 1, 1, 0], alpha=-0.7, delta=-0.6, latent_sd=1.0, rho=0.7, proposal="mixture"),
    "poisson_84_sticky": dict(COUNT, family="POISSON", days=84, alpha=1.0, delta=-0.5, latent_sd=0.7, rho=0.85, proposal="mixture"),
    "poisson_28_learn": dict(COUNT, family="POISSON", days=28, block=7, alpha=1.5, delta=-1.0, latent_sd=0.3, rho=0.5, learn=True, proposal="mixture"),
    "negative_binomial_168_over": dict(COUNT, family="NEGATIVE_BINOMIAL", days=168, alpha=1.2, delta=-0.7, latent_sd=0.5, rho=0.6, phi=0.5, proposal="mixture"),
}

def write(path, name, record, out):
    s = record["spec"]
    quadrature = s["family"] == "GAUSSIAN" and s.get("proposal") != "mixture"
    with open(path, "w") as f:
        f.write(f"# {name}: reference posterior. Generator: make_reference.py; numpy {np.__version__}, scipy {scipy.__version__}.\n")
        if quadrature:
            f.write(f"# Record from seed {SEED} with the name's bytes; posterior by quadrature, {out['nodes']} nodes above e^-17 of the highest, nothing drawn.\n")
            f.write(f"# Largest difference to the quadrature with steps 1.4 times as long: {out['difference']:.1e} (means and sds in posterior sds, probabilities as they are).\n")
            f.write("# effective_draws stands for an error of 0.001 sd: what a test allows beyond section 8 of the contract is two such errors.\n")
        else:
            f.write(f"# seed {SEED} with the name's bytes; {out['draws']} draws, {out['effective']:.0f} effective, largest weight {out['largest_weight']:.2g}.\n")
            f.write("# A mean here is known to sd / sqrt(effective draws): what a test allows beyond section 8 of the contract is two such errors.\n")
        f.write(f"family {s['family']}\nminimum {s['minimum']}\nmaximum {s['maximum']}\n")
        f.write(f"mid {s['mid']}\nlower {int(s['lower'])}\nonset {s.get('onset', 3)}\noffset {s.get('offset', 4)}\n")
        f.write(f"typical {s.get('typical', 1.0)}\n")
        for key in ("learn", "arm_variance", "initial_exposure"):
            if s.get(key):
                f.write(f"{key} 1\n")
        if not s.get("autocorrelation", True):
            f.write("autocorrelation 0\n")
        f.write("score " + " ".join("nan" if np.isnan(v) else f"{v:g}" for v in record["y"]) + "\n")
        f.write("assignment " + " ".join(f"{v:g}" for v in record["a"]) + "\n")
        for z in record["z"]:
            f.write("covariate " + " ".join(f"{v:g}" for v in z) + "\n")
        f.write(f"effective_draws {1e6 if quadrature else out['effective']:.1f}\n")
        for key in out:
            if key in ("draws", "effective", "largest_weight", "nodes", "difference"):
                continue
            v = np.atleast_1d(out[key])
            f.write(f"reference_{key} " + " ".join(f"{x:.6g}" for x in v) + "\n")


def main():
    folder = sys.argv[1]
    names = sys.argv[2:] or list(SPECS)
    for name in names:
        began = time.time()
        spec = SPECS[name]
        rng = np.random.default_rng([SEED] + list(name.encode()))
        days_rng = np.random.default_rng([SEED, 1] + list(name.encode()))
        record = simulate(spec, rng)
        if spec["family"] == "GAUSSIAN" and spec.get("proposal") != "mixture":
            out = gaussian_quadrature.reference(record)
        else:
            out = reference(record, rng, days_rng, wanted=spec.get("wanted", 40000))
        write(os.path.join(folder, name + ".txt"), name, record, out)
        print(name, f"{time.time() - began:.0f} s", {k: np.round(v, 4) for k, v in out.items()}, flush=True)


if __name__ == "__main__":
    main()
