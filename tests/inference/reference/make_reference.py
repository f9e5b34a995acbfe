#!/usr/bin/env python3
"""Reference posteriors for the latent families, by a method that shares nothing with the engine.

Model: engine/inference/MODEL.md, written down naively: the latent AR(1) process lives on every
calendar day and is integrated by a dense fixed grid in u / sigma_u; every level of an ORDINAL scale
keeps its own probability (no merging); the parameters are integrated by importance sampling.

Coordinates in which every prior is a standard normal: delta, gamma, beta_k over their prior sd;
sigma_u, rho and the sticks of the Dirichlet through their own distribution functions. Proposal: a
multivariate t (6 degrees of freedom) whose moments are adapted over several rounds. The latent path of every
draw is sampled backwards, so that the benefit is that of the days that were lived.

Usage: make_reference.py OUTPUT_DIRECTORY [record name ..]
Each file names the tools' versions, the seed, the draws and the effective draws; the tolerance a
test allows is section 8 of MODEL.md plus two standard errors, the error of a mean being
sd / sqrt(effective draws).
"""

import os
import sys

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
import scipy
from scipy import optimize, special

SEED = 20240607
T_DF = 6.0
# Beyond it (2e-5 of the prior) the fixed grid would need too many nodes.
RHO_END = 0.997


# ---------------------------------------------------------------- records


def exposure(assignment, onset, offset):
    e, out = 0.0, []
    for a in assignment:
        h = onset if a >= e else offset
        e += (a - e) * (1.0 if h == 0 else 1 - 2 ** (-1.0 / h))
        out.append(e)
    return np.array(out)


def simulate(spec, rng):
    """A record from the model, or from something close to it: scores are only data here."""
    days = spec["days"]
    block = spec.get("block", 14)
    a = np.array([(d // block) % 2 for d in range(days)], float)
    e = exposure(a, spec.get("onset", 3), spec.get("offset", 4))
    tau = (np.arange(1, days + 1) - (days + 1) / 2) / days
    z = np.array([[1.0 * (d % 7 >= 5) for d in range(days)]]) if spec.get("covariate") else np.zeros((0, days))
    u = np.zeros(days)
    u[0] = rng.normal()
    for d in range(1, days):
        u[d] = spec["rho"] * u[d - 1] + np.sqrt(1 - spec["rho"] ** 2) * rng.normal()
    eta = spec.get("alpha", 0.0) + spec["delta"] * (e - 0.5) + spec.get("gamma", 0.0) * tau + spec["latent_sd"] * u
    if len(z):
        eta = eta + spec["beta"] * z[0]
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
        y = np.round(eta + spec["sigma"] * rng.standard_t(spec["nu"], size=days), 2)
    else:
        raise ValueError(family)
    y[rng.uniform(size=days) < spec.get("missing", 0.1)] = np.nan
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
        self.names = ["delta", "gamma"] + [f"beta{k}" for k in range(len(record["z"]))]
        wide = self.family == "STUDENT_T"
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
        self.names += ["latent_sd", "rho"]
        self.dim = len(self.names)

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
                if self.family == "STUDENT_T":
                    p[name] = (s["minimum"] + s["maximum"]) / 2 + R / 2 * v
                elif self.family in ("POISSON", "NEGATIVE_BINOMIAL"):
                    p[name] = np.log(s.get("typical", 1.0)) + 2.5 * v
                else:
                    p[name] = 2.5 * v
            elif name == "latent_sd":
                p[name] = -self.sd_scale * special.ndtri(0.5 * special.ndtr(-v))
            elif name == "sigma":
                p[name] = -R / 4 * special.ndtri(0.5 * special.ndtr(-v))
            elif name == "dispersion":  # 1 / sqrt(phi)
                p[name] = -special.ndtri(0.5 * special.ndtr(-v))
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
        return p

    def log_density_of_day(self, p, y, eta):
        """eta: draws x nodes."""
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
            return (special.gammaln((nu + 1) / 2) - special.gammaln(nu / 2) - 0.5 * np.log(nu * np.pi)
                    - np.log(sigma) - (nu + 1) / 2 * np.log1p(((y - eta) / sigma) ** 2 / nu))
        raise ValueError(self.family)

    def fixed_eta(self, p):
        r = self.r
        eta = p["delta"][:, None] * (r["e"] - 0.5)[None, :] + p["gamma"][:, None] * r["tau"][None, :]
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
        for d in range(self.days):
            if d > 0:
                f = np.matmul(kernel, f[:, :, None])[:, :, 0]
            if self.obs[d]:
                l = self.log_density_of_day(p, self.r["y"][d], eta0[:, d][:, None] + u)
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
        r = self.r
        eta_off = eta0 - p["delta"][:, None] * r["e"][None, :] + path
        return target, p, self.benefit(p, eta_off[:, self.obs])


# ---------------------------------------------------------------- importance sampling


def log_t(x, mean, chol):
    dim = x.shape[1]
    z = np.linalg.solve(chol, (x - mean).T)
    q = (z**2).sum(axis=0)
    return -np.log(np.diag(chol)).sum() - (T_DF + dim) / 2 * np.log1p(q / T_DF)


def draw_t(n, mean, chol, rng):
    z = rng.normal(size=(n, len(mean))) @ chol.T
    return mean + z * np.sqrt(T_DF / rng.chisquare(T_DF, size=n))[:, None]


def evaluate_all(model, x, nodes, rng=None, batch=128):
    # Nodes enough for the sharpest kernel of each batch: batches are sorted by |rho|.
    rho = np.abs(model.natural(x)["rho"])
    order = np.argsort(rho)
    target = np.zeros(len(x))
    values = {}
    for i in range(0, len(x), batch):
        part = order[i : i + batch]
        sharp = np.sqrt(max(1 - rho[part].max() ** 2, 1e-9))
        n = int(min(max(nodes, 12 / (0.9 * sharp)), 401)) | 1
        if rng is None:
            target[part] = model.evaluate(x[part], n)
        else:
            target[part], p, b = model.evaluate(x[part], n, rng)
            for name in ("delta", "gamma", "latent_sd", "rho", "alpha", "beta0", "dispersion", "sigma", "nu"):
                if name in p:
                    values.setdefault(name, np.zeros(len(x)))[part] = p[name]
            values.setdefault("benefit", np.zeros(len(x)))[part] = b
    return target if rng is None else (target, values)


def reference(record, rng, nodes=61, wanted=40000):
    model = Model(record)
    dim = model.dim
    negative = lambda x: -model.evaluate(x[None, :], nodes)[0]

    def gradient(x):
        step = 1e-4
        points = np.concatenate([x + step * np.eye(dim), x - step * np.eye(dim)])
        t = model.evaluate(points, nodes)
        return -(t[:dim] - t[dim:]) / (2 * step)

    start = np.zeros(dim)
    mode = optimize.minimize(negative, start, jac=gradient, method="BFGS", options={"maxiter": 200, "gtol": 1e-2}).x
    step = 1e-3
    hessian = np.array([(gradient(mode + step * e) - gradient(mode - step * e)) / (2 * step) for e in np.eye(dim)])
    hessian = (hessian + hessian.T) / 2
    w, q = np.linalg.eigh(hessian)
    mean = mode
    cov = q @ np.diag(1 / np.maximum(w, 0.5)) @ q.T * 1.3
    for n in (3000, 4000, 6000, 8000):
        chol = np.linalg.cholesky(cov)
        x = draw_t(n, mean, chol, rng)
        t = evaluate_all(model, x, nodes)
        lw = t - log_t(x, mean, chol)
        w = np.exp(lw - lw.max())
        w = np.minimum(w, np.sort(w)[-max(10, n // 200)])  # tamed weights, for the moments only
        w /= w.sum()
        mean = w @ x
        cov = (x - mean).T @ ((x - mean) * w[:, None])
        cov = cov * 1.05 + 1e-4 * np.eye(dim)
    chol = np.linalg.cholesky(cov)
    draws, effective = [], 0.0
    while effective < wanted and len(draws) < 20:
        x = draw_t(10000, mean, chol, rng)
        t, values = evaluate_all(model, x, nodes, rng)
        draws.append((t - log_t(x, mean, chol), values))
        lw = np.concatenate([d[0] for d in draws])
        w = np.exp(lw - lw.max())
        effective = w.sum() ** 2 / (w**2).sum()
    w /= w.sum()
    out = {"draws": len(w), "effective": effective, "largest_weight": w.max()}
    for name in draws[0][1]:
        v = np.concatenate([d[1][name] for d in draws])
        m = w @ v
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
    "poisson_56_large": dict(COUNT, family="POISSON", days=56, block=7, alpha=3.5, delta=-0.3, latent_sd=0.4, rho=0.8, typical=20.0),
    "negative_binomial_84": dict(COUNT, family="NEGATIVE_BINOMIAL", days=84, alpha=1.0, delta=-0.6, latent_sd=0.4, rho=0.6, phi=2.0),
    "negative_binomial_56_negative": dict(COUNT, family="NEGATIVE_BINOMIAL", days=56, block=7, alpha=1.5, delta=-0.3, latent_sd=0.6, rho=-0.4, phi=8.0, missing=0.2),
    "student_t_84": dict(WIDE, days=84, alpha=45.0, delta=-8.0, latent_sd=8.0, rho=0.6, sigma=6.0, nu=4.0),
    "student_t_56_outliers": dict(WIDE, days=56, block=7, alpha=50.0, delta=-5.0, latent_sd=6.0, rho=0.4, sigma=4.0, nu=1.7),
}


def write(path, name, record, out):
    s = record["spec"]
    with open(path, "w") as f:
        f.write(f"# {name}: reference posterior. Generator: make_reference.py; numpy {np.__version__}, scipy {scipy.__version__}.\n")
        f.write(f"# seed {SEED} with the name's bytes; {out['draws']} draws, {out['effective']:.0f} effective, largest weight {out['largest_weight']:.2g}.\n")
        f.write(f"family {s['family']}\nminimum {s['minimum']}\nmaximum {s['maximum']}\n")
        f.write(f"mid {s['mid']}\nlower {int(s['lower'])}\nonset {s.get('onset', 3)}\noffset {s.get('offset', 4)}\n")
        f.write(f"typical {s.get('typical', 1.0)}\n")
        f.write("score " + " ".join("nan" if np.isnan(v) else f"{v:g}" for v in record["y"]) + "\n")
        f.write("assignment " + " ".join(f"{v:g}" for v in record["a"]) + "\n")
        for z in record["z"]:
            f.write("covariate " + " ".join(f"{v:g}" for v in z) + "\n")
        f.write(f"effective_draws {out['effective']:.1f}\n")
        for key in out:
            if key in ("draws", "effective", "largest_weight"):
                continue
            v = np.atleast_1d(out[key])
            f.write(f"reference_{key} " + " ".join(f"{x:.6g}" for x in v) + "\n")


def main():
    folder = sys.argv[1]
    names = sys.argv[2:] or list(SPECS)
    for name in names:
        rng = np.random.default_rng([SEED] + list(name.encode()))
        record = simulate(SPECS[name], rng)
        out = reference(record, rng, wanted=SPECS[name].get("wanted", 40000))
        write(os.path.join(folder, name + ".txt"), name, record, out)
        print(name, {k: np.round(v, 4) for k, v in out.items()}, flush=True)


if __name__ == "__main__":
    main()
