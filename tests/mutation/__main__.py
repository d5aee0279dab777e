"""Makes small mistakes in the engine and the compiler, one at a time, and lists those that no test notices.

python -m mutation [--every n] [--at-once n] [file or folder ...]      (in tests/; `make mutate` does it)
"""

import argparse
import ast
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from mutation.mutants import Mutant, mutants
from mutation.reach import Reach
from mutation.trials import KILLED, NO_MUTANT, SURVIVED, TOO_LONG, Trial, load, try_all

HERE = Path(__file__).parents[2]
FOLDERS = ("src/ripely/engine", "src/ripely/compiler")
TESTS = ("engine", "compiler", "differential", "scenarios", "operations")
ONLY = [
    "-m",
    "not db and not slow and not browser",
    "-q",
    "--tb=no",
    "--assert=plain",
    "-p",
    "no:cacheprovider",
]
NOT_NEEDED = (
    ".git",
    ".venv",
    ".data",
    "node_modules",
    "__pycache__",
    ".mypy_cache",
    ".ruff_cache",
)


def main(args: list[str]) -> int:
    asked = _asked(args)
    with tempfile.TemporaryDirectory(prefix="mutation-") as folder:
        root = Path(folder).resolve() / "copy"  # What is edited meanwhile is not in it.
        shutil.copytree(HERE, root, ignore=shutil.ignore_patterns(*NOT_NEEDED))
        reach = Reach(_measured(root))
        if not reach.seconds:
            sys.exit("mutation: the tests cannot be read as things are")
        for test in reach.left_out:
            print(f"left out, it does not pass as things are: {test}")
        sources = _sources(root, asked.names)
        found = [place for source in sources for place in places(source, asked.every)]
        load(root)
        nothing = Trial(root, "", NO_MUTANT, "", reach.tests("", range(0), None))
        if next(try_all(iter([nothing]), reach.seconds, 1))[1] != SURVIVED:
            sys.exit("mutation: the tests fail, or are too slow, without any mutant")
        return _report(root, found, reach, asked.at_once)


def _asked(args: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="mutation")
    parser.add_argument("names", nargs="*", metavar="file or folder")
    parser.add_argument(
        "--every", type=int, default=1, help="try only each nth mutant of a file"
    )
    parser.add_argument(
        "--at-once", type=int, default=os.cpu_count() or 1, help="so many processes"
    )
    return parser.parse_args(args)


def _measured(root: Path) -> Path:
    into = root / "reach.json"
    folders = [str(root / folder) for folder in FOLDERS]
    args = [*ONLY, *(f"tests/{folder}" for folder in TESTS)]
    told = json.dumps({"folders": folders, "args": args, "into": str(into)})
    paths = os.pathsep.join(str(path) for path in (root / "src", HERE / "tests"))
    command = [sys.executable, "-m", "mutation.reach", told]
    subprocess.run(command, cwd=root, env={**os.environ, "PYTHONPATH": paths}, check=False)
    return into


def _sources(root: Path, names: list[str]) -> Iterator[Path]:
    for name in names or FOLDERS:
        path = root / name
        yield from sorted(path.rglob("*.py")) if path.is_dir() else [path]


def places(source: Path, every: int) -> Iterator[tuple[Path, int, Mutant]]:
    numbered = enumerate(mutants(ast.parse(source.read_text())))
    for number, mutant in islice(numbered, 0, None, every):
        yield source, number, mutant


def _report(
    root: Path, found: list[tuple[Path, int, Mutant]], reach: Reach, at_once: int
) -> int:
    outcomes: dict[Path, Counter[str]] = {}
    mutant_of = {(source, number): mutant for source, number, mutant in found}
    trials = (_trial(root, *place, reach) for place in found)
    expected = Counter(source.relative_to(root) for source, _, _ in found)
    for trial, code in try_all(trials, reach.seconds, at_once):
        mutant, name = mutant_of[trial.source, trial.number], trial.source.relative_to(root)
        outcome = "survived" if code == SURVIVED else "killed"
        outcomes.setdefault(name, Counter())[outcome] += 1
        if outcome == "survived":
            unasked = "" if trial.tests else "   (no test comes here)"
            print(f"{name}:{mutant.lines.start}: {mutant}{unasked}", flush=True)
        elif code not in {KILLED, TOO_LONG}:
            print(f"{name}:{mutant.lines.start}: {mutant}   (ended with {code})", flush=True)
        if outcomes[name].total() == expected[name]:
            print(f"{name}: {_said(outcomes[name])}", flush=True)
    print(f"mutation: {_said(sum(outcomes.values(), Counter()))}")
    return 0


def _trial(root: Path, source: Path, number: int, mutant: Mutant, reach: Reach) -> Trial:
    within = mutant.function
    span = None if within is None else range(within.lineno, within.end_lineno + 1)
    tests = reach.tests(str(source), mutant.lines, span)
    module = ".".join(source.relative_to(root / "src").with_suffix("").parts)
    place = f"{module}.{within.name if within else ''}"
    return Trial(source, module, number, place, tests)


def _said(counted: Counter[str]) -> str:
    killed, survived = counted["killed"], counted["survived"]
    score = 100 * killed / max(killed + survived, 1)
    return f"{killed + survived} mutants, {killed} killed, {survived} survived, score {score:.1f} %"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
