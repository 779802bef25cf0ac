"""Time over the number of applicants on two logarithmic axes: its slope, and a plot."""

from collections.abc import Callable, Iterator, Sequence
from math import log10
from statistics import linear_regression, median

from benchmarks.row import Row

Scale = Callable[[float], float]

WIDTH, HEIGHT = 640, 400
LEFT, RIGHT, TOP, BOTTOM = 80, 90, 20, 50

STYLE = """
text { font: 14px system-ui, sans-serif; fill: #1f2328 }
.axis { stroke: #59636e; stroke-width: 1 } .grid { stroke: #d1d9e0; stroke-width: 1 }
.ours { stroke: #0550ae; fill: #0550ae } .ortools { stroke: #a04100; fill: #a04100 }
polyline { fill: none !important; stroke-width: 2.5 } polyline.ortools { stroke-dasharray: 7 5 }
@media (prefers-color-scheme: dark) {
  text { fill: #f0f6fc } .axis { stroke: #9198a1 } .grid { stroke: #3d444d }
  .ours { stroke: #79c0ff; fill: #79c0ff } .ortools { stroke: #ffa657; fill: #ffa657 }
}
"""


def points(rows: Sequence[Row], solver: str) -> list[tuple[int, float]]:
    """Median seconds by size, over the cells that both solvers did at every size."""
    sizes = sorted({row.size for row in rows})
    done = {(row.size, row.cell): row for row in rows if row.has("ours", "ortools")}
    cells = [
        cell
        for cell in sorted({row.cell for row in rows})
        if all((size, cell) in done for size in sizes)
    ]
    if not cells:
        return []
    return [
        (size, median(done[size, cell].figures[solver]["warm"] for cell in cells)) for size in sizes
    ]


def slope(rows: Sequence[Row], solver: str) -> float:
    """The exponent of n that fits best; by least squares on the logarithms."""
    found = points(rows, solver)
    return linear_regression([log10(n) for n, _ in found], [log10(t) for _, t in found]).slope


def svg(rows: Sequence[Row]) -> str:
    lines = {solver: points(rows, solver) for solver in ("ours", "ortools")}
    times = [seconds for line in lines.values() for _, seconds in line]
    sizes = [n for n, _ in lines["ours"]]
    x = _scale(log10(min(sizes)), log10(max(sizes)), LEFT, WIDTH - RIGHT)
    low, high = int(log10(min(times)) // 1), int(-(-log10(max(times)) // 1))
    y = _scale(low, high, HEIGHT - BOTTOM, TOP)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img">',
        "<title>Seconds to solve by number of applicants, ours and OR-Tools</title>",
        f"<style>{STYLE}</style>",
        *_axes(sizes, range(low, high + 1), x, y),
        *_line(lines["ours"], "ours", "ours", x, y),
        *_line(lines["ortools"], "ortools", "OR-Tools", x, y),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _scale(first: float, last: float, begin: float, end: float) -> Scale:
    """From the logarithm of a value to a place in the picture."""
    step = (end - begin) / (last - first)
    return lambda logarithm: round(begin + (logarithm - first) * step, 1)


def _axes(sizes: Sequence[int], decades: range, x: Scale, y: Scale) -> Iterator[str]:
    for decade in decades:
        at = y(decade)
        yield f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{at}" y2="{at}"/>'
        label = f"{10**decade:g} s" if decade >= 0 else f"{10 ** (decade + 3):g} ms"
        yield f'<text x="{LEFT - 8}" y="{at + 5}" text-anchor="end">{label}</text>'
    floor = HEIGHT - BOTTOM
    yield f'<line class="axis" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{floor}" y2="{floor}"/>'
    for n in sizes:
        at = x(log10(n))
        yield f'<line class="axis" x1="{at}" x2="{at}" y1="{floor}" y2="{floor + 5}"/>'
        yield f'<text x="{at}" y="{floor + 20}" text-anchor="middle">{n:,}</text>'
    middle = (LEFT + WIDTH - RIGHT) / 2
    yield f'<text x="{middle}" y="{HEIGHT - 8}" text-anchor="middle">applicants</text>'


def _line(
    line: Sequence[tuple[int, float]], name: str, title: str, x: Scale, y: Scale
) -> Iterator[str]:
    places = [(x(log10(n)), y(log10(seconds))) for n, seconds in line]
    joined = " ".join(f"{across},{down}" for across, down in places)
    yield f'<polyline class="{name}" points="{joined}"/>'
    for across, down in places:
        if name == "ours":
            yield f'<circle class="{name}" cx="{across}" cy="{down}" r="4"/>'
        else:
            box = f'x="{across - 4}" y="{down - 4}" width="8" height="8"'
            yield f'<rect class="{name}" {box}/>'
    across, down = places[-1]
    yield f'<text x="{across + 10}" y="{down + 5}">{title}</text>'
