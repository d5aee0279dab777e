"""Trying mutants: each in a process of its own, split off from one that has loaded all but our code."""

import gc
import importlib.util
import os
import resource
import signal
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.abc import MetaPathFinder
from importlib.machinery import SourceFileLoader
from pathlib import Path

import pytest
from hypothesis import Phase, settings

from mutation.mutants import mutated

PYTEST = ["-x", "-q", "--tb=no", "--assert=plain", "--no-header", "-p", "no:cacheprovider"]
FIRST, NEXT = 6, 20
"""So many tests are asked first, those that noticed a mistake near by; and so many then, the fastest."""
EXAMPLES = 15
CPU_S_MIN, CPU_S_TIMES = 4.0, 20
"""A test that needs far more time than without the mistake goes round in circles: it has noticed."""
MEMORY_BYTES = 4 << 30
PATIENCE_S = 600
SURVIVED, KILLED, TOO_LONG = 0, 1, 3
NO_MUTANT = -1


@dataclass(frozen=True)
class Trial:
    """A mutant, and who is asked about it, in this order."""

    source: Path
    module: str
    number: int
    function: str
    tests: tuple[str, ...]


def be_quick() -> None:
    """Let Hypothesis try little, and always the same."""
    quick = settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        phases=(Phase.explicit, Phase.generate),
    )
    settings.register_profile("mutation", quick)
    os.environ["HYPOTHESIS_PROFILE"] = "mutation"


def load(root: Path) -> None:
    """Load everything that the tests need, but not our own code."""
    be_quick()
    os.chdir(root)
    sys.path[:0] = [str(root / "src"), str(root / "tests")]
    _ask(["tests/engine", "tests/scenarios"], ["--collect-only", "-qqq"])
    for name, module in list(sys.modules.items()):
        path = getattr(module, "__file__", None) or ""
        if path.startswith(f"{root}/") or name.split(".")[0] in {"ripely", "tests"}:
            del sys.modules[name]
    gc.collect()
    gc.freeze()


def try_all(
    trials: Iterator[Trial], seconds: Mapping[str, float], at_once: int
) -> Iterator[tuple[Trial, int]]:
    """Try mutants and say what became of each, in any order."""
    running: dict[int, tuple[Trial, float, Path]] = {}
    killers: dict[str, dict[str, None]] = {}
    waiting = iter(trials)
    while True:
        while len(running) < at_once and (trial := next(waiting, None)) is not None:
            known = [test for test in killers.get(trial.function, ()) if test in trial.tests]
            note = Path(f"noticed-{time.monotonic_ns()}")
            pid = _split_off(trial, known, seconds, note)
            running[pid] = (trial, time.monotonic() + PATIENCE_S, note)
        if not running:
            return
        pid, status = os.waitpid(-1, os.WNOHANG)
        if not pid:
            _end_the_late(running)
            time.sleep(0.01)
            continue
        trial, _, note = running.pop(pid)
        if note.exists():
            noticed = killers.setdefault(trial.function, {})
            noticed.pop(test := note.read_text(), None)
            killers[trial.function] = {test: None, **noticed}
            note.unlink()
        yield trial, os.waitstatus_to_exitcode(status)


def _end_the_late(running: Mapping[int, tuple[Trial, float, Path]]) -> None:
    for pid, (_, until, _) in running.items():
        if time.monotonic() > until:
            os.kill(pid, signal.SIGKILL)


def _split_off(trial: Trial, known: list[str], seconds: Mapping[str, float], note: Path) -> int:
    pid = os.fork()
    if pid:
        return pid
    code = KILLED
    try:
        nowhere = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(nowhere, stream)
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
        code = _try(trial, known, seconds, note)
    finally:
        os._exit(code)


def _try(trial: Trial, known: list[str], seconds: Mapping[str, float], note: Path) -> int:
    if trial.number != NO_MUTANT:
        tree = mutated(trial.source.read_text(), trial.number, str(trial.source))
        code = compile(tree, str(trial.source), "exec", dont_inherit=True)
        sys.meta_path.insert(0, Finder(trial.module, trial.source, code))
    first, rest = (
        known[:FIRST],
        [test for test in trial.tests if test not in set(known[:FIRST])],
    )
    for tests in filter(None, (first, rest[:NEXT], rest[NEXT:])):
        files = sorted({test.split("::")[0] for test in tests})
        if _ask(files, [], Chosen(tests, seconds, note)) != pytest.ExitCode.OK:
            return KILLED
    return SURVIVED


def _ask(files: list[str], args: list[str], *plugins: object) -> int:
    return int(pytest.main([*PYTEST, *args, *files], plugins=plugins))


class Chosen:
    """A plugin that runs some tests in their order, each for a bounded time, and notes which one fails."""

    def __init__(self, tests: list[str], seconds: Mapping[str, float], note: Path) -> None:
        self.places = {test: place for place, test in enumerate(tests)}
        self.seconds = seconds
        self.note = note.absolute()
        signal.signal(signal.SIGVTALRM, lambda *_: os._exit(TOO_LONG))
        signal.setitimer(signal.ITIMER_VIRTUAL, 30)

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items):
        items[:] = [item for item in items if item.nodeid in self.places]
        items.sort(key=lambda item: self.places[item.nodeid])

    def pytest_runtest_logstart(self, nodeid):
        limit = max(CPU_S_MIN, CPU_S_TIMES * self.seconds.get(nodeid, 0))
        signal.setitimer(signal.ITIMER_VIRTUAL, limit)

    def pytest_runtest_logreport(self, report):
        if report.failed:
            self.note.write_text(report.nodeid)


class Finder(MetaPathFinder):
    """Gives the mutated code for one module."""

    def __init__(self, module: str, source: Path, code: object) -> None:
        self.module, self.source, self.code = module, source, code

    def find_spec(self, fullname, path=None, target=None):
        if fullname != self.module:
            return None
        loader = Changed(fullname, str(self.source))
        loader.code = self.code
        return importlib.util.spec_from_file_location(fullname, self.source, loader=loader)


class Changed(SourceFileLoader):
    code: object

    def get_code(self, fullname):
        return self.code
