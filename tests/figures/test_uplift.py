"""Uplift reckoned from look-alikes, where the truth is known: an experiment that was divided by chance."""

import csv
import gzip
import json
from collections import Counter

import pytest

from ripely.operations.worth.uplift import Cell, uplift


@pytest.fixture(scope="module")
def truth(data):
    return json.loads((data("hillstrom") / "expected_overall.json").read_text())["contrasts_vs_no_email"]  # fmt: skip


@pytest.fixture(scope="module")
def rows(data):
    with gzip.open(data("hillstrom") / "hillstrom.csv.gz", "rt") as file:
        return list(csv.DictReader(file))


def alike(row):
    return (
        "recent" if int(row["recency"]) <= 4 else "past",
        row["history_segment"],
        row["newbie"],
    )


def cells(rows, arm, outcome):
    counted = Counter()
    for row in rows:
        if row["segment"] in {arm, "No E-Mail"}:
            side = row["segment"] == arm
            counted[alike(row), side, "all"] += 1
            counted[alike(row), side, "hit"] += int(row[outcome])
    keys = {key for key, _, _ in counted}
    return [
        Cell(
            key,
            counted[key, True, "all"],
            counted[key, True, "hit"],
            counted[key, False, "all"],
            counted[key, False, "hit"],
        )
        for key in sorted(keys)
    ]


@pytest.mark.parametrize("arm", ["Mens E-Mail", "Womens E-Mail"])
@pytest.mark.parametrize("outcome", ["visit", "conversion"])
def test_look_alikes_of_an_experiment_tell_what_the_experiment_tells(rows, truth, arm, outcome):
    found, known = uplift(cells(rows, arm, outcome)), truth[arm][outcome]
    low, high = known["ci95_wald"]
    assert found.plain == pytest.approx(known["abs_lift"], abs=1e-6)
    assert found.expected == pytest.approx(known["abs_lift"], abs=(high - low) / 8)
    assert (found.low, found.high) == pytest.approx((low, high), abs=(high - low) / 8)
    assert found.sure


@pytest.mark.parametrize("arm", ["Mens E-Mail", "Womens E-Mail"])
def test_it_finds_the_truth_where_the_plain_comparison_is_misled(rows, truth, arm):
    """Mail is taken from most who bought long ago, and its absence from most who bought lately."""
    chosen = [row for row in rows if _seen(row, arm)]
    found, known = uplift(cells(chosen, arm, "visit")), truth[arm]["visit"]["abs_lift"]
    assert not found.low <= found.plain <= found.high
    assert abs(found.plain - known) > 3 * abs(found.expected - known)
    assert found.low < known < found.high


def _seen(row, arm):
    """One of ten is kept on the unlikely side, by the number of the customer."""
    lately = int(row["recency"]) <= 4
    usual = lately == (row["segment"] == arm)
    return usual or int(row["customer_id"]) % 10 == 0
