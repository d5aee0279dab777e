"""What a bench is, and how one is run: several times, its median told in one line of JSON."""

import json
import os
import platform
import sys
import time
from collections.abc import Callable, Sequence
from statistics import median

import msgspec

from ripely.engine import step

RUNS = 3


class Figure(msgspec.Struct, frozen=True):
    """What was measured, and the physical limit beside it. `load` says what was done."""

    value: float
    unit: str
    limit: float
    load: str
    lower_is_better: bool = False

    @property
    def ratio(self) -> float:
        return self.limit / self.value if self.lower_is_better else self.value / self.limit


Bench = Callable[[], Figure]
BENCHES: dict[str, Bench] = {}


def bench(name: str) -> Callable[[Bench], Bench]:
    """Register a bench under the name that `make bench ONLY=name` takes."""

    def register(measure: Bench) -> Bench:
        BENCHES[name] = measure
        return measure

    return register


def runs(measure: Callable[[], float], times: int = RUNS) -> float:
    """Return the median of several runs, each told as it ends."""
    values = []
    for number in range(1, times + 1):
        values.append(measure())
        say(f"  run {number} of {times}: {values[-1]:,.1f}")
    return median(values)


def paired(value: Callable[[], float], limit: Callable[[], float]) -> tuple[float, float]:
    """Return the medians of a measure and of its limit, run in turns so that noise hits both alike."""
    pairs = []
    for number in range(1, RUNS + 1):
        pairs.append((value(), limit()))
        say(f"  run {number} of {RUNS}: {pairs[-1][0]:,.1f} (limit {pairs[-1][1]:,.1f})")
    values, limits = zip(*pairs, strict=True)
    return median(values), median(limits)


def run(names: Sequence[str]) -> int:
    unknown = set(names) - set(BENCHES)
    if unknown:
        say(f"There is no bench {', '.join(sorted(unknown))}; there are {', '.join(BENCHES)}.")
        return 2
    say(machine())
    began = time.monotonic()
    for name in names or BENCHES:
        _run_one(name)
    say(f"all in {(time.monotonic() - began) / 60:.0f} min")
    return 0


def _run_one(name: str) -> None:
    started, load = time.monotonic(), os.getloadavg()[0]
    figure = BENCHES[name]()
    seconds = time.monotonic() - started
    say(f"{name}: {figure.load} ({seconds:.0f} s; load average before: {load:.1f})")
    told = {
        "name": name,
        "value": round(figure.value, 2),
        "unit": figure.unit,
        "limit": round(figure.limit, 2),
        "ratio": round(figure.ratio, 3),
    }
    print(json.dumps(told), flush=True)


def machine() -> str:
    python = f"Python {platform.python_version()}"
    fold = "Python" if f"{step.__file__}".endswith(".py") else "machine code"
    return f"{os.cpu_count()} cores, {platform.machine()}, {python}, the fold is {fold}"


def say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
