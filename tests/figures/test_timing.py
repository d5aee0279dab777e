"""When people buy again, in a shop whose customers were followed for a year and a half."""

import json
from datetime import UTC, date, datetime, timedelta
from itertools import groupby

import pytest

from lake import Lake
from ripely.model.event import Event
from ripely.operations.worth.timing import timings

END = datetime(1998, 6, 30, 23, tzinfo=UTC)
CALIBRATED = datetime(1997, 9, 30, 23, tzinfo=UTC)


@pytest.fixture(scope="module")
def bought(data):
    """Each customer's days of purchase, in order."""
    lines = (data("cdnow") / "CDNOW_sample.txt").read_text().splitlines()
    rows = sorted((one[1], one[2]) for one in map(str.split, lines) if len(one) == 5)
    return {
        who: sorted({_day(day) for _, day in days})
        for who, days in groupby(rows, key=lambda row: row[0])
    }


@pytest.fixture(scope="module")
def published(data):
    return json.loads((data("cdnow") / "expected_sample.json").read_text())


@pytest.fixture(scope="module")
def lake(bought, tmp_path_factory):
    lake = Lake(tmp_path_factory.mktemp("cdnow"))
    lake.keep(_orders(bought))
    return lake


def test_everybody_is_there(lake, published):
    (each,) = timings(lake, END)
    assert each.purchases == published["sample"]["distinct_customer_days"]
    assert each.purchases - each.again == published["sample"]["customers"]


def test_those_who_never_came_back_are_as_many_as_published(lake, published):
    """At the end of the calibration period 1,411 of 2,357 had bought on one day alone."""
    (first,) = timings(lake, CALIBRATED, first=True)
    fitted = published["sample"]["bgnbd_calibration_to_1997-09-30_weeks"]
    assert first.purchases == fitted["customers"]
    assert first.purchases - first.again == fitted["zero_repeaters"]


def test_the_curve_is_that_of_the_published_model(lake, published):
    """Of new customers 57.4% buy nothing more in 39 weeks, say Fader, Hardie and Lee (2005)."""
    (first,) = timings(lake, END, first=True)
    weeks_39 = next(p for p in reversed(first.curve) if p.day <= 39 * 7)
    assert weeks_39.waiting == pytest.approx(
        published["published"]["bgnbd_P(0 in 39)"], abs=0.02
    )


def test_who_was_followed_long_enough_is_simply_counted(lake, bought):
    """Everybody was followed for more than a year, so that up to there nothing has to be estimated."""
    (first,) = timings(lake, END, first=True)
    for days in (7, 30, 90, 180, 365):
        back = sum(len(d) > 1 and (d[1] - d[0]).days <= days for d in bought.values())
        point = next(p for p in reversed(first.curve) if p.day <= days)
        assert point.waiting == pytest.approx(1 - back / len(bought))
        assert point.low < point.waiting < point.high


def test_half_of_those_who_come_back_have_by_the_suggested_day(lake, bought):
    (first,) = timings(lake, END, first=True)
    gaps = sorted((d[1] - d[0]).days for d in bought.values() if len(d) > 1)
    half = gaps[len(gaps) // 2]
    assert first.wait == pytest.approx(half, abs=3)
    assert first.quarters[0] == gaps[len(bought) // 4]


def _orders(bought):
    for number, days in enumerate(bought.values()):
        for day in days:
            at = int((day - date(1970, 1, 1)) / timedelta(milliseconds=1)) + 43_200_000
            yield Event(
                number * 1_000_000 + day.toordinal(), number + 1, "order.completed", at, at
            )


def _day(text):
    return date(int(text[:4]), int(text[4:6]), int(text[6:]))
