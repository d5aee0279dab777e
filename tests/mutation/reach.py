"""Which tests reach which lines, and how long each takes: one run of the tests under coverage tells."""

import json
import sys
import time
from collections import defaultdict
from pathlib import Path

import pytest
from coverage import Coverage

from mutation.trials import be_quick

AT_IMPORT = "import:"
"""Before the name of a test file: what was reached when it was read, as by a ruleset that it compiles then."""


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

    def tests(self, filename: str, lines: range, function: range | None) -> set[str]:
        """Return who reaches a place; whatever is outside functions can matter to everybody."""
        if function is None:
            return set(self.seconds)
        reached = self._reached.get(filename, {})
        for span in (lines, function):
            found = {context for line in span for context in reached.get(line, ())}
            if found:
                return set(self._named(found))
        return set()

    def _named(self, contexts: set[str]):
        for context in contexts:
            if context.startswith(AT_IMPORT):
                yield from self._by_file[context.removeprefix(AT_IMPORT)]
            elif context in self.seconds:
                yield context


if __name__ == "__main__":
    settings = json.loads(sys.argv[1])
    sys.exit(measure(settings["folders"], settings["args"], Path(settings["into"])))
