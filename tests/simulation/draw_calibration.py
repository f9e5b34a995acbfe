#!/usr/bin/env python3
"""Draws the calibration counts of a folder as one SVG: ECDF differences with their envelopes.

    tests/simulation/draw_calibration.py tests/results/simulation

reads every calibration_*.txt there (calibration_test.cc writes them) and writes calibration.svg
beside them. One row per file, one panel per quantity: the empirical distribution function of the
posterior's distribution function at the true value, less the uniform one; dark the simultaneous
95 % envelope, light the 99.9 % envelope. Standard library only.
"""
import pathlib
import sys
from xml.sax.saxutils import escape

QUANTITIES = ["delta", "B", "sigma_u", "rho"]
WIDTH, HEIGHT = 190, 96  # of a panel
LEFT, TOP, GAP = 150, 48, 14
LIMIT = 0.03  # of the vertical axis, for 10,000 people; wider for fewer


class Calibration:
    def __init__(self, path):
        lines = path.read_text().splitlines()
        self.title = lines[0].split(": ", 1)[1]
        start = next(i for i, line in enumerate(lines) if line.split()[:1] == ["edge"])
        rows = [[float(x) for x in line.split()] for line in lines[start + 1 :] if line.strip()]
        self.edges = [row[0] for row in rows]
        self.envelopes = {
            "usual": [(row[1], row[2]) for row in rows],
            "wide": [(row[3], row[4]) for row in rows],
        }
        self.counts = [[row[5 + q] for row in rows] for q in range(len(QUANTITIES))]
        self.total = sum(self.counts[0])

    def differences(self, quantity):
        below = 0
        for edge, count in zip(self.edges, self.counts[quantity]):
            below += count
            yield edge, below / self.total - edge

    def band(self, name):
        low = [(e, b[0] / self.total - e) for e, b in zip(self.edges, self.envelopes[name])]
        high = [(e, b[1] / self.total - e) for e, b in zip(self.edges, self.envelopes[name])]
        return [(0, 0)] + low + high[::-1] + [(0, 0)]


def draw(calibrations):
    height = TOP + len(calibrations) * (HEIGHT + GAP) + 30
    width = LEFT + len(QUANTITIES) * (WIDTH + GAP)
    svg = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="12">',
        f'<rect width="{width}" height="{height}" fill="white"/>',
        '<text x="8" y="18" font-size="14">Calibration: ECDF of the posterior\'s distribution '
        "function at the true value, less uniform</text>",
    ]
    for column, name in enumerate(QUANTITIES):
        x = LEFT + column * (WIDTH + GAP) + WIDTH / 2
        svg.append(f'<text x="{x}" y="{TOP - 8}" text-anchor="middle">{name}</text>')
    for line, calibration in enumerate(calibrations):
        top = TOP + line * (HEIGHT + GAP)
        limit = LIMIT * max(1.0, (10000 / calibration.total) ** 0.5)
        family, _, design = calibration.title.partition(", ")
        for i, text in enumerate([family, design, f"n = {calibration.total:.0f}"]):
            svg.append(f'<text x="8" y="{top + 34 + 16 * i}">{escape(text)}</text>')
        for column in range(len(QUANTITIES)):
            left = LEFT + column * (WIDTH + GAP)

            def points(values):
                return " ".join(
                    f"{left + x * WIDTH:.1f},"
                    f"{top + HEIGHT / 2 - max(-1, min(1, y / limit)) * HEIGHT / 2:.1f}"
                    for x, y in values
                )

            middle = top + HEIGHT / 2
            svg += [
                f'<polygon points="{points(calibration.band("wide"))}" fill="#dde6f0"/>',
                f'<polygon points="{points(calibration.band("usual"))}" fill="#b9cbe0"/>',
                f'<line x1="{left}" y1="{middle}" x2="{left + WIDTH}" y2="{middle}" '
                'stroke="#777" stroke-width="0.5"/>',
                f'<polyline points="{points([(0, 0)] + list(calibration.differences(column)))}" '
                'fill="none" stroke="#a02020" stroke-width="1.3"/>',
                f'<rect x="{left}" y="{top}" width="{WIDTH}" height="{HEIGHT}" fill="none" '
                'stroke="#999" stroke-width="0.7"/>',
            ]
            if column == 0:
                for y, text in ((top + 9, limit), (top + HEIGHT, -limit)):
                    svg.append(
                        f'<text x="{left - 4}" y="{y}" text-anchor="end" font-size="10">'
                        f"{text:+.2f}</text>"
                    )
    svg.append(
        f'<text x="{LEFT}" y="{height - 8}" font-size="11">Dark: simultaneous 95 % envelope; '
        "light: 99.9 %. Horizontal axis 0 to 1.</text>"
    )
    svg.append("</svg>")
    return "\n".join(svg) + "\n"


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    folder = pathlib.Path(sys.argv[1])
    paths = sorted(folder.glob("calibration_*.txt"))
    if not paths:
        sys.exit(f"{folder}: no calibration_*.txt")
    (folder / "calibration.svg").write_text(draw([Calibration(path) for path in paths]))


if __name__ == "__main__":
    main()
