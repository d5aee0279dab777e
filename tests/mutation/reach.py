"""Which tests reach which lines, and how long each takes: one run of the tests under coverage tells."""

import json
import sys
import time
from collections import Counter, defaultdict
from pathlib import Path

import pytest
from coverage import Coverage

from mutation.trials import be_quick

AT_IMPORT = "import:"
"""Before the name of a test file: what was reached when it was read, as by a ruleset that it compiles then."""

ASKED_S, ASKED_MIN = 10.0, 20
"""So long, by what was measured, may the tests of one mutant take; and so many are asked at least."""

SLOWNESS = 30
"""A test of a second waits until so many tests of another function have been asked."""


class Watcher:
    """A plugin that says to coverage who runs, and notes how long it took."""

    def __init__(self, coverage: Coverage) -> None:
        self.coverage = coverage
        self.seconds: dict[str, float] = {}
        self.failed: list[str] = []

    @pytest.hookimpl(wrapper=True)
    def pytest_make_collect_report(self, collector):
        self.coverage.switch_context(AT_IMPORT + collector.nodeid.split("::")[0])
        return (yield)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item):
        self.coverage.switch_context(item.nodeid)
        began = time.process_time()
        done = yield
        self.seconds[item.nodeid] = round(time.process_time() - began, 4)
        return done

    def pytest_runtest_logreport(self, report):
        if report.failed or report.skipped:  # It says nothing of any mutant.
            self.failed.append(report.nodeid)


def measure(folders: list[str], args: list[str], into: Path) -> int:
    be_quick()
    coverage = Coverage(
        data_file=None, config_file=False, include=[f"{folder}/*" for folder in folders]
    )
    watcher = Watcher(coverage)
    coverage.start()
    outcome = pytest.main(args, plugins=[watcher])
    coverage.stop()
    left_out = set(watcher.failed)
    reached = {}
    for filename in coverage.get_data().measured_files():
        lines = coverage.get_data().contexts_by_lineno(filename)
        reached[filename] = {
            line: sorted(set(contexts) - left_out - {""}) for line, contexts in lines.items()
        }
    seconds = {test: spent for test, spent in watcher.seconds.items() if test not in left_out}
    told = {"reached": reached, "seconds": seconds, "left_out": sorted(left_out)}
    into.write_text(json.dumps(told))
    return int(outcome)


class Reach:
    """What was measured, asked for the tests of some lines of a file."""

    def __init__(self, measured: Path) -> None:
        told = json.loads(measured.read_text())
        self.seconds: dict[str, float] = told["seconds"]
        self.left_out: list[str] = told["left_out"]
        self._reached = {
            filename: {int(line): tests for line, tests in lines.items()}
            for filename, lines in told["reached"].items()
        }
        self._by_file = defaultdict(list)
        for test in self.seconds:
            self._by_file[test.split("::")[0]].append(test)

    def tests(self, filename: str, lines: range, function: range | None) -> tuple[str, ...]:
        """Return who is asked about a place: as many as the time allows, of every kind, the fastest first."""
        asked, spent = [], 0.0
        for test in self._in_order(self._who_comes(filename, lines, function)):
            spent += self.seconds[test]
            if spent > ASKED_S and len(asked) >= ASKED_MIN:
                break
            asked.append(test)
        return tuple(asked)

    def _who_comes(self, filename: str, lines: range, function: range | None) -> set[str]:
        reached = self._reached.get(filename, {})
        for span in (lines, function) if function is not None else (reached,):
            found = {context for line in span for context in reached.get(line, ())}
            if found:
                return set(self._named(found))
        return set(self.seconds) if function is None else set()

    def _in_order(self, tests: set[str]) -> list[str]:
        """Return one of each function's tests, then a second one of each, and so on; slow ones come later."""
        fastest = sorted(tests, key=lambda test: (self.seconds[test], test))
        before = Counter[str]()
        places = {}
        for test in fastest:
            function = test.split("[")[0]
            places[test] = before[function] + SLOWNESS * self.seconds[test]
            before[function] += 1
        return sorted(fastest, key=places.__getitem__)

    def _named(self, contexts: set[str]):
        for context in contexts:
            if context.startswith(AT_IMPORT):
                yield from self._by_file[context.removeprefix(AT_IMPORT)]
            elif context in self.seconds:
                yield context


if __name__ == "__main__":
    settings = json.loads(sys.argv[1])
    sys.exit(measure(settings["folders"], settings["args"], Path(settings["into"])))
