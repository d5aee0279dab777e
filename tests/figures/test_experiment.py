"""An experiment with mail: 64,000 customers in three arms, who visited, bought and spent."""

import json
import shutil
import subprocess
import sys

import pytest

ARM = "Experiment Assigned:arm"
EVENTS = 180_666

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def arms(data):
    return json.loads((data("hillstrom") / "expected_overall.json").read_text())["arms"]


@pytest.fixture(scope="module", autouse=True)
def history(arms, data, run, fold, tmp_path_factory):
    folder = tmp_path_factory.mktemp("hillstrom")
    for name in ("make_events.py", "hillstrom.csv.gz"):
        shutil.copy(data("hillstrom") / name, folder)
    lines = folder / "replay.jsonl"
    with lines.open("wb") as file:
        subprocess.run([sys.executable, folder / "make_events.py"], stdout=file, check=True)
    run("import", "events", lines)
    fold()


def test_every_event_is_there(ask, arms):
    assert sum(row["events"] for row in ask("count")) == EVENTS
    assert ask("contacts") == [{"contacts": sum(arm["n"] for arm in arms.values())}]


def test_visits_of_each_arm(ask, arms):
    visitors = ask("contacts", "--event", "page.viewed", "--per", ARM)
    assert {row[ARM]: row["contacts"] for row in visitors} == each(arms, "visits")


def test_conversions_and_spend_of_each_arm(ask, arms):
    spent = ask("sum", "total", "--event", "Order Completed", "--per", ARM)
    assert {row[ARM]: row["events"] for row in spent} == each(arms, "conversions")
    assert {row[ARM]: row["sum"] for row in spent} == each(arms, "spend_total")


def each(arms, what):
    return {name: arm[what] for name, arm in arms.items()}
