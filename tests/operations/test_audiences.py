"""Audiences of drafts: counted by queries, and explained from history."""

from datetime import UTC, date, datetime, timedelta

import pytest

from company import ANN, BOB, CAROL, DAN, QUIET, START_S, rules
from differential.columns import Click, Duck, Lived
from ripely.model.acts import Did, Page
from ripely.model.company import Company
from ripely.model.condition import All, HasTag, Not
from ripely.model.duration import Duration
from ripely.model.ids import SegmentId
from ripely.operations.audience.audiences import (
    Ground,
    in_common,
    members_on,
    parts,
    reason,
    samples,
    size,
    sizes,
)
from ripely.operations.wording.names import Names
from ripely.ports import Answered, Story

DAY_S = 86_400
NOW = datetime.fromtimestamp(START_S + 3 * DAY_S, UTC)
LOOKED = Page("contains", "/pricing", at_least=2)
BOUGHT = Did("order.completed")
EAGER = All((LOOKED, Not(BOUGHT)))


class Lake:
    def __init__(self, engine: Duck | Click) -> None:
        self.engine, self.asked, self.dialect = engine, 0, engine.dialect

    def ask(self, sql: str, rows_max: int = 10_000) -> Answered:
        self.asked += 1
        return Answered((), self.engine.ask(sql)[:rows_max])


class Told:
    """The history of lived lives."""

    def __init__(self, lived: Lived) -> None:
        self.lived = lived

    def of(self, contact, before, limit):
        stories = [
            (one.position, Story(one.events, one.notes))
            for one in self.lived.folded
            if one.contact == contact and one.position < before
        ]
        return stories[::-1][:limit]


@pytest.fixture(scope="module")
def lived() -> Lived:
    """Ann looked twice, Bob bought after that; Carol looked once, and once more as Dan, who is she."""
    lived = Lived(rules(), with_past=True)
    for who, days in ((ANN, (0, 1)), (BOB, (0, 0)), (CAROL, (0,)), (DAN, (2,))):
        lived.tell(who, "contact.identified", START_S, city="Kyiv" if who == ANN else "Lviv")
        for day in days:
            lived.tell(
                who,
                "page.viewed",
                START_S + day * DAY_S + 60,
                url="https://x.example/Pricing",
                path="/p",
            )
    lived.tell(BOB, "order.completed", START_S + DAY_S, total=5)
    lived.tell(DAN, "contact.merged", START_S + 2 * DAY_S + 120, into=CAROL)
    return lived


@pytest.fixture(scope="module", params=["duckdb", "clickhouse"])
def engine(request, lived, tmp_path_factory) -> Duck | Click:
    duckdb = request.param == "duckdb"
    engine = Duck(tmp_path_factory.mktemp("lake")) if duckdb else Click()
    engine.fill(lived.rows())
    return engine


@pytest.fixture
def ground(engine) -> Ground:
    return Ground(Lake(engine), Names(company=Company("company", timezone="UTC")), NOW)


def test_a_draft_is_counted_with_one_question(ground):
    found = size(EAGER, ground)
    assert (found.people, found.inside, ground.warehouse.asked) == (3, 2, 1)


def test_each_row_says_how_many_it_takes_away(ground):
    assert [(part.alone, part.left) for part in parts(EAGER, ground)] == [(3, 3), (2, 2)]
    assert ground.warehouse.asked == 1


def test_of_very_many_rows_the_first_are_told(ground):
    told = parts(All(tuple(HasTag(f"t{n}") for n in range(90))), ground)
    assert 20 < len(told) < 90


def test_a_large_condition_is_asked_of_fewer_days(ground):
    many = All(tuple(HasTag(f"t{n}") for n in range(90)))
    told = sizes(many, date(2029, 11, 1), date(2030, 1, 4), ground)
    assert [len(told), told[-1][0]] == [10, date(2030, 1, 4)]


def test_people_of_a_draft_are_shown_with_what_they_did(lived, ground):
    found = samples(EAGER, ground, lived.profiles.get, Told(lived))
    assert {one.contact for one in found} == {ANN, CAROL}
    assert all(one.why.holds for one in found)
    assert {one.why.inner[0].evidence for one in found} == {"2 times or more"}


def test_who_is_not_in_is_told_why(lived, ground):
    told = reason(EAGER, lived.profiles[BOB], ground, Told(lived))
    assert [told.holds, *(row.holds for row in told.inner)] == [False, True, False]
    assert told.inner[1].inner[0].evidence == "once or more"


def test_what_one_has_in_common_with_all_others_is_one_question_the_largest_first(
    lived, ground
):
    looked = in_common(LOOKED, [SegmentId("nobody"), QUIET], ground)
    living = [one for one in lived.profiles.values() if one.merged_into is None]
    quiet = sum(QUIET in one.segments for one in living)
    assert quiet
    assert looked == (3, [(QUIET, quiet), ("nobody", 0)])
    assert ground.warehouse.asked == 1


def test_a_tag_that_nobody_has_is_nobody(ground):
    assert size(HasTag("partner"), ground).inside == 0


def test_how_many_there_were_on_each_day(ground):
    days = sizes(EAGER, date(2029, 12, 31), date(2030, 1, 4), ground)
    assert [inside for _, inside in days] == [None, 1, 1, 2, 2]
    assert ground.warehouse.asked == 1


def test_who_was_in_it_on_a_given_day(ground):
    assert members_on(EAGER, date(2030, 1, 1), ground, 10) == [BOB]
    assert members_on(EAGER, date(2030, 1, 2), ground, 10) == [ANN]


@pytest.mark.parametrize(
    "condition",
    [
        EAGER,
        BOUGHT,
        HasTag("partner"),
        Page("contains", "/pricing", within=Duration.parse("36h")),
        Not(Did("page.viewed", within=Duration.parse("1d"))),
    ],
)
def test_many_days_at_once_are_told_as_each_day_alone(ground, condition):
    days = [date(2029, 12, 31) + timedelta(days=n) for n in range(5)]
    alone = [one for day in days for one in sizes(condition, day, day, ground)]
    assert sizes(condition, days[0], days[-1], ground) == alone
