"""Real histories, brought in through the product and asked for through the product."""

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from ripely.cli.main import ripely
from ripely.runtime.rules import open_rules
from ripely.runtime.worker import work_once
from ripely.settings import read_settings
from ripely.wiring import App, assemble

DATA = Path(__file__).parents[3] / "shared" / "data"

Run = Callable[..., str]


@pytest.fixture(scope="module")
def run(module_database_url: str) -> Run:
    """Run a command as a person would; what it prints, once it has ended well."""

    def command(*words: object) -> str:
        answer = CliRunner(env={"DATABASE_URL": module_database_url}).invoke(
            ripely, [*map(str, words)]
        )
        assert answer.exit_code == 0, answer.output
        return answer.stdout

    return command


@pytest.fixture(scope="module")
def ask(run: Run) -> Callable[..., list[dict[str, object]]]:
    return lambda *words: json.loads(run("events", *words, "--format", "json"))


@pytest.fixture(scope="module")
def app(module_database_url: str) -> Iterator[App]:
    with assemble(read_settings(os.environ), module_database_url) as opened:
        yield opened


@pytest.fixture(scope="module")
def fold(app: App) -> Callable[[], None]:
    def until_caught_up() -> None:
        rules_of = open_rules(app.rulesets)
        with app.fold_store() as store:
            while work_once(app.log, store, rules_of):
                pass

    return until_caught_up


@pytest.fixture(scope="session")
def data() -> Callable[[str], Path]:
    """Where a real history lies; a test that needs one which is not there is skipped."""

    def find(name: str) -> Path:
        path = DATA / name
        if not path.exists():
            pytest.skip(f"the history {name} is not there: it is not part of the project")
        return path

    return find
