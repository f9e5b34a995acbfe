"""GAUSSIAN reference posteriors by brute-force quadrature: no sampling, no recursion over days.

The covariance of the scores is a dense matrix, C = sigma_u^2 K(rho) + sigma^2 D with D the identity, or with
arm variance diag(exp(2 lambda (e_d - 1/2))). For each (rho, lambda) one eigendecomposition of D^-1/2 K D^-1/2
makes C diagonal for every (sigma_u, sigma); the coefficients are integrated in closed form. The rest is
the trapezoidal rule on a product grid, in coordinates where the integrand is smooth and decays at both
ends, or is even about 0 (half weight there):

    sigma_u = b sinh(t), sigma = b sinh(s), rho = tanh(x), lambda = 0.5 v, half-life = median exp(0.5 w)

The box is what a coarse pass leaves above e^-22 of the highest node. Everything is computed on two grids, the
second with steps 1.4 times as long; the file says how far apart they are.
"""

import numpy as np
from scipy import interpolate, special


def exposures(assignment, onset, offset, start=0.0):
    """onset, offset: arrays of equal length; returns days x that length."""
    e = np.full(len(onset), float(start))
    rise = np.where(onset > 0, 1 - 2 ** (-1.0 / np.maximum(onset, 1e-9)), 1.0)
    fall = np.where(offset > 0, 1 - 2 ** (-1.0 / np.maximum(offset, 1e-9)), 1.0)
    out = []
    for a in assignment:
        e = e + (a - e) * np.where(a >= e, rise, fall)
        out.append(e)
    return np.array(out)


class Grid:
    def __init__(self, points, weights):
        self.points, self.weights = points, weights

    @staticmethod
    def even(low, high, n):
        """Trapezoid on [low, high]; low = 0 is a point of symmetry, otherwise the ends are negligible."""
        points = np.linspace(low, high, n)
        weights = np.full(n, points[1] - points[0])
        if low == 0:
            weights[0] /= 2
        return Grid(points, weights)

    @staticmethod
    def single(value):
        return Grid(np.array([value]), np.ones(1))


class Posterior:
    def __init__(self, record):
        s = record["spec"]
        self.r, self.s = record, s
        self.R = s["maximum"] - s["minimum"]
        self.obs = ~np.isnan(record["y"])
        self.day = np.flatnonzero(self.obs)
        self.y = record["y"][self.obs] - (s["minimum"] + s["maximum"]) / 2
        columns = [np.ones(len(self.y)), record["tau"][self.obs]] + [z[self.obs] for z in record["z"]]
        self.base = np.array(columns).T
        self.names = ["alpha", "gamma"] + [f"beta{k}" for k in range(len(record["z"]))]
        scale = [self.R / 2, self.R / 4] + [self.R / 8] * len(record["z"])
        self.precision = np.array(scale) ** -2.0
        self.latent = s.get("autocorrelation", True)
        self.learn = bool(s.get("learn"))
        self.arm = bool(s.get("arm_variance"))
        self.gap = np.abs(self.day[:, None] - self.day[None, :])

    def exposure_columns(self, w_on, w_off):
        s = self.s
        on, off = np.meshgrid(s.get("onset", 3) * np.exp(0.5 * w_on), s.get("offset", 4) * np.exp(0.5 * w_off), indexing="ij")
        e = exposures(self.r["a"], on.ravel(), off.ravel(), s.get("initial_exposure", 0))
        return e[self.obs] - 0.5

    def slice(self, x, lam, e, su, sg):
        """One rho and lambda, every (su, sg) and exposure column. Arrays nodes x columns."""
        rho = np.tanh(x)
        # Arm variance makes D depend on the exposure: then e has one column.
        log_d = lam * e[:, 0] if lam is not None else np.zeros(len(self.y))
        scale = np.exp(-log_d)
        corr = np.sign(rho) ** self.gap * np.abs(rho) ** self.gap if self.latent else np.zeros(self.gap.shape)
        value, q = np.linalg.eigh(scale[:, None] * corr * scale[None, :])
        value = np.maximum(value, 0)
        turn = lambda m: q.T @ (scale[:, None] * m)
        y, x0, xe = turn(self.y[:, None]), turn(self.base), turn(e)
        k, J = self.base.shape[1], e.shape[1]
        c = np.maximum(su[:, None] ** 2 * value[None, :] + sg[:, None] ** 2, 1e-280)
        w = 1 / c
        log_det = np.log(c).sum(axis=1) + 2 * log_d.sum()
        n = len(su)
        A = (w @ (x0[:, :, None] * x0[:, None, :]).reshape(len(y), -1)).reshape(n, k, k) + np.diag(self.precision)
        r = w @ (x0 * y)
        yy = w @ (y[:, 0] ** 2)
        ee = w @ (xe**2) + (self.R / 4) ** -2.0
        ey = w @ (xe * y)
        ex = np.stack([w @ (xe * x0[:, [i]]) for i in range(k)], axis=2)  # n x J x k
        inverse = np.linalg.inv(A)
        g = np.einsum("njk,nkl->njl", ex, inverse)
        schur = ee - (g * ex).sum(axis=2)
        mean = (ey - np.einsum("njk,nk->nj", g, r)) / schur
        _, det = np.linalg.slogdet(A)
        fit = np.einsum("nk,nkl,nl->n", r, inverse, r)
        log_like = -0.5 * log_det[:, None] - 0.5 * (det[:, None] + np.log(schur)) - 0.5 * (
            yy[:, None] - fit[:, None] - mean**2 * schur)
        log_like += 0.5 * (np.log(self.precision).sum() - 2 * np.log(self.R / 4)) - 0.5 * len(self.y) * np.log(2 * np.pi)
        rest_mean = np.einsum("nkl,nl->nk", inverse, r)[:, None, :] - g * mean[:, :, None]
        rest_var = np.diagonal(inverse, axis1=1, axis2=2)[:, None, :] + g**2 / schur[:, :, None]
        return log_like, mean, schur**-0.5, rest_mean, np.sqrt(rest_var)

    def integrate(self, grids, b, collect):
        """Sums over the product grid; collect False gives only the log density per node."""
        t, s, x, v, w1, w2 = (grids[name] for name in ("t", "s", "x", "v", "w_on", "w_off"))
        T, S = np.meshgrid(t.points, s.points, indexing="ij")
        su, sg = b * np.sinh(T).ravel(), b * np.sinh(S).ravel()
        log_prior = -0.5 * (sg / (self.R / 4)) ** 2 + np.log(b * np.cosh(S).ravel())
        if self.latent:
            log_prior = log_prior - 0.5 * (su / (self.R / 4)) ** 2 + np.log(b * np.cosh(T).ravel())
        with np.errstate(divide="ignore"):
            log_prior += np.log(np.outer(t.weights, s.weights).ravel())
        usable = (su > 0) | (sg > 0)
        su, sg, log_prior = su[usable], sg[usable], log_prior[usable]
        where_t = np.repeat(np.arange(len(t.points)), len(s.points))[usable]
        where_s = np.tile(np.arange(len(s.points)), len(t.points))[usable]
        e_all = self.exposure_columns(w1.points, w2.points)
        log_w = (np.log(w1.weights)[:, None] + np.log(w2.weights)[None, :]).ravel()
        if self.learn:
            log_w = log_w - 0.5 * (w1.points[:, None] ** 2 + w2.points[None, :] ** 2).ravel()
        parts, best = [], -np.inf
        for i, xi in enumerate(x.points):
            rho = np.tanh(xi)
            # (rho + 1) / 2 ~ Beta(4, 2), times d rho / d x
            log_x = np.log(x.weights[i])
            if self.latent:
                log_x += 4 * np.log1p(rho) + 2 * np.log1p(-rho)
            for j, vj in enumerate(v.points):
                log_v = np.log(v.weights[j]) - (0.5 * vj**2 if self.arm else 0)
                columns = [(e_all, 0, log_w)]
                if self.arm:
                    columns = [(e_all[:, [m]], m, log_w[[m]]) for m in range(e_all.shape[1])]
                for e, first, lw in columns:
                    lam = 0.5 * vj if self.arm else None
                    ll, mean, sd, rm, rs = self.slice(xi, lam, e, su, sg)
                    ll = ll + (log_prior + log_x + log_v)[:, None] + lw[None, :]
                    ll = np.where(np.isnan(ll), -np.inf, ll)
                    best = max(best, ll.max())
                    node, col = np.nonzero(ll > best - (22 if not collect else 17))
                    at = (node, col)
                    part = [ll[at], su[node], sg[node], where_t[node], where_s[node],
                            np.full(len(node), i), np.full(len(node), j), col + first]
                    if collect:
                        part += [mean[at], sd[at], rm[at].T, rs[at].T]
                    parts.append(part)
        out = [np.concatenate([p[m] for p in parts], axis=-1) for m in range(len(parts[0]))]
        keep = out[0] > best - (22 if not collect else 17)
        out = [o[..., keep] for o in out]
        out[0] = np.exp(out[0] - best)
        return out

    def grids(self, box, steps):
        """steps: number of points along t, s, x, v, w."""
        def make(name, n):
            return Grid.even(box[name][0], box[name][1], n)
        g = {"s": make("s", steps[1])}
        g["t"] = make("t", steps[0]) if self.latent else Grid.single(0.0)
        g["x"] = make("x", steps[2]) if self.latent else Grid.single(0.0)
        g["v"] = make("v", steps[3]) if self.arm else Grid.single(0.0)
        for name in ("w_on", "w_off"):
            g[name] = make(name, steps[4]) if self.learn and steps[4] > 1 else Grid.single(0.0)
        return g

    def box(self):
        b = max(np.std(self.y) / 3, 1e-3 * self.R / 4)
        top = np.arcsinh(12 * self.R / 4 / b)
        box = {"t": (0, top), "s": (0, top), "x": (-5, 6.5), "v": (-5, 5), "w_on": (-5, 5), "w_off": (-5, 5)}
        rounds = [(32, 32, 26, 11, 1), (32, 32, 26, 15, 1), (32, 32, 26, 15, 1)]
        if self.learn:  # the first rounds know the half-lives' prior medians only
            rounds += [(16, 16, 14, 9, 17), (20, 20, 16, 9, 15), (20, 20, 16, 9, 15)]
        for steps in rounds:
            g = self.grids(box, steps)
            out = self.integrate(g, b, False)
            if self.learn and steps[4] > 1:
                n = len(g["w_off"].points)
                out += [out[7] // n, out[7] % n]
            for name, index in (("t", 3), ("s", 4), ("x", 5), ("v", 6), ("w_on", 8), ("w_off", 9)):
                points = g[name].points
                if len(points) == 1:
                    continue
                step = points[1] - points[0]
                low = points[out[index].min()] - step
                high = points[out[index].max()] + step
                if name in ("t", "s"):
                    low = 0 if low < 0.1 * high or low < 2 * step else low
                box[name] = (low, high)
        return b, box


def marginal(points, mass, step):
    """Quantiles of a marginal density known on an equidistant grid: the integral of its spline."""
    density = mass / (mass.sum() * step)
    spline = interpolate.CubicSpline(points, density).antiderivative()
    fine = np.linspace(points[0], points[-1], 200001)
    c = spline(fine)
    c = np.maximum.accumulate(c - c[0])
    c /= c[-1]
    return lambda q: fine[min(np.searchsorted(c, q), len(fine) - 1)]


def mixture_quantile(w, mean, sd, q):
    low, high = (mean - 9 * sd).min(), (mean + 9 * sd).max()
    for _ in range(50):
        middle = (low + high) / 2
        if w @ special.ndtr((middle - mean) / sd) < q:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def summarise(model, g, b, out, record):
    w = out[0] / out[0].sum()
    s = record["spec"]
    result = {}

    def normal(name, mean, sd, sign=1.0):
        m = w @ mean
        second = np.sqrt(w @ (sd**2 + (mean - m) ** 2))
        heavy = w > 1e-10
        ww, mm, ss = w[heavy] / w[heavy].sum(), sign * mean[heavy], sd[heavy]
        result[name] = [sign * m, second] + [mixture_quantile(ww, mm, ss, q) for q in (0.025, 0.5, 0.975)]

    def grid(name, value, coordinate, index, transform):
        m = w @ value
        points, weights = g[coordinate].points, g[coordinate].weights
        mass = np.bincount(out[index], weights=w, minlength=len(points)) / weights
        q = marginal(points, mass, points[1] - points[0])
        result[name] = [m, np.sqrt(w @ (value - m) ** 2)] + [float(transform(q(p))) for p in (0.025, 0.5, 0.975)]

    delta, sd = out[8], out[9]
    normal("delta", delta, sd)
    for k, name in enumerate(model.names):
        shift = (s["minimum"] + s["maximum"]) / 2 if name == "alpha" else 0.0
        normal(name, out[10][k] + shift, out[11][k])
    if model.latent:
        grid("latent_sd", out[1], "t", 3, lambda t: b * np.sinh(t))
        x = g["x"].points[out[5]]
        grid("rho", np.tanh(x), "x", 5, np.tanh)
    grid("noise_sd", out[2], "s", 4, lambda t: b * np.sinh(t))
    lam = np.zeros(len(w))
    if model.arm:
        lam = 0.5 * g["v"].points[out[6]]
        grid("lambda", lam, "v", 6, lambda v: 0.5 * v)
    if model.learn:
        n = len(g["w_off"].points)
        for name, median, position in (("onset", s.get("onset", 3), out[7] // n), ("offset", s.get("offset", 4), out[7] % n)):
            axis = g["w_on" if name == "onset" else "w_off"]
            value = median * np.exp(0.5 * axis.points[position])
            m = w @ value
            mass = np.bincount(position, weights=w, minlength=n)
            q = marginal(axis.points, mass, axis.points[1] - axis.points[0])
            result[name + "_half_life"] = [m, np.sqrt(w @ (value - m) ** 2)] + [float(median * np.exp(0.5 * q(p))) for p in (0.025, 0.5, 0.975)]
    sign = -1.0 if s.get("lower", True) else 1.0
    normal("benefit", delta, sd, sign)
    mid = s["mid"]
    result["p_any"] = w @ special.ndtr(sign * delta / sd)
    result["p_important"] = w @ special.ndtr((sign * delta - mid) / sd)
    # On-day less off-day: two latent levels and two noises, with arm variance each arm's own.
    spread = 2 * out[1] ** 2 + out[2] ** 2 * (np.exp(lam) + np.exp(-lam)) + sd**2
    result["p_better_day"] = w @ special.ndtr(sign * delta / np.sqrt(spread))
    return result


def reference(record):
    model = Posterior(record)
    b, box = model.box()
    steps = {(False, False): (120, 120, 90, 1, 1), (False, True): (48, 48, 84, 1, 25),
             (True, False): (70, 70, 76, 49, 1), (True, True): (44, 44, 34, 15, 11)}[(model.arm, model.learn)]
    results, nodes = [], []
    for coarser in (1.0, 1.4):
        n = [max(1, int(round((k - 1) / coarser)) + 1) for k in steps]
        g = model.grids(box, n)
        out = model.integrate(g, b, True)
        nodes.append(len(out[0]))
        results.append(summarise(model, g, b, out, record))
    result, rough = results
    gap = 0.0
    for name, v in result.items():
        if isinstance(v, list):
            gap = max(gap, np.abs(np.array(v[:2]) - np.array(rough[name][:2])).max() / v[1])
        else:
            gap = max(gap, abs(v - rough[name]))
    return {"nodes": nodes[0], "difference": gap, **result}
