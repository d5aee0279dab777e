"""Curves and bars as the points of a drawing, where a look tells more than numbers."""

from collections.abc import Sequence

import msgspec

from ripely.operations.worth.timing import Point, Timing

WIDTH, HEIGHT = 640, 240
_TICKS = (0, 0.25, 0.5, 0.75, 1)


class Drawing(msgspec.Struct, frozen=True):
    """A survival curve: the line, the band it lies in, and what stands along the edges."""

    line: str
    band: str
    wait_x: float | None
    days: Sequence[tuple[float, int]]
    shares: Sequence[tuple[float, str]]
    width: int = WIDTH
    height: int = HEIGHT


def drawing(timing: Timing) -> Drawing | None:
    """Draw the share who have not bought again yet, day by day; None where nothing can be said."""
    if not timing.curve:
        return None
    last = timing.curve[-1].day or 1
    line = _stairs([(p.day, p.waiting) for p in timing.curve], last)
    above = _stairs([(p.day, p.high) for p in timing.curve], last)
    below = _stairs([(p.day, p.low) for p in timing.curve], last)
    return Drawing(
        line=_points(line),
        band=_points([*above, *reversed(below)]),
        wait_x=None if timing.wait is None else timing.wait / last * WIDTH,
        days=[(share * WIDTH, round(share * last)) for share in _TICKS],
        shares=[(HEIGHT * (1 - share), f"{share:.0%}") for share in _TICKS],
    )


def _stairs(points: Sequence[tuple[int, float]], last: int) -> list[tuple[float, float]]:
    """Between two days the share stays as it was."""
    found = [(0.0, 0.0)]
    for day, share in points:
        x, y = day / last * WIDTH, HEIGHT * (1 - share)
        found += [(x, found[-1][1]), (x, y)]
    return found


def _points(points: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in points)


def table(curve: Sequence[Point], rows: int = 12) -> Sequence[Point]:
    """Return some points of a curve, evenly spread, the last among them."""
    every = max(1, -(-len(curve) // rows))
    return [*curve[:-1:every], *curve[-1:]]
