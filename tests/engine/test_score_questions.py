"""What is asked about scores: bounds, levels, trends and the highest, each at its border."""

from collections.abc import Callable
from functools import partial

import pytest
from hypothesis import example, given, strategies as st

from company import ANN, INTEREST, START_S, event, rules
from engine.test_scores_in_time import DAY_S, HALF_LIFE, LEVELS, fading, in_hot, told
from ripely.engine.step import new_profile
from ripely.engine.timeline import live
from ripely.model.condition import (
    AttributeIs,
    Condition,
    Not,
    ScoreIs,
    ScoreLevel,
    ScoreTrend,
    TopScore,
)
from ripely.model.duration import Duration
from ripely.model.ids import ScoreId, SegmentId
from ripely.model.profile import Profile
from ripely.model.score import PointsFor, PointsWhile, Score
from ripely.model.segment import Segment

MEN, WOMEN, KIDS = map(ScoreId, ("men", "women", "kids"))


def holding(condition: Condition, *more: Score, names: str) -> list[int]:
    """Return after which of the events, one a day, a condition holds."""
    turns, inside, found = in_hot(condition, *more, names=names), False, []
    for number in range(len(names)):
        inside ^= number * DAY_S in turns
        found += [number] if inside else []
    return found


@pytest.mark.parametrize(
    ("levels", "points"),
    [
        (("cold",), range(1, 20)),
        (("warm",), range(20, 40)),
        (("ripe",), range(40, 45)),
        (("cold", "ripe"), [*range(1, 20), *range(40, 45)]),
        (("cold", "warm"), range(1, 40)),
    ],
)
def test_a_level_lasts_until_the_next_begins_up_and_down(levels, points) -> None:
    up = in_hot_by_steps(ScoreLevel(INTEREST, levels), 44)
    assert [n for n in range(1, 45) if up[n]] == list(points)


def in_hot_by_steps(condition: Condition, most: int) -> dict[int, bool]:
    """Say at which score somebody belongs; on the way down it must be the same."""
    score = Score(INTEREST, "I", (PointsFor("u", 1), PointsFor("d", -1)), levels=LEVELS)
    held = set(holding(condition, score, names="u" * most + "d" * (most - 1)))
    up = {n: n - 1 in held for n in range(1, most + 1)}
    down = {n: 2 * most - n - 1 in held for n in range(1, most)}
    assert down == {n: answer for n, answer in up.items() if n < most}
    return up


@pytest.mark.parametrize(
    ("asked", "points"),
    [
        (ScoreIs(INTEREST, at_least=3), [3, 4, 5]),
        (ScoreIs(INTEREST, at_most=3), [1, 2, 3]),
        (ScoreIs(INTEREST, at_least=2, at_most=3), [2, 3]),
    ],
)
def test_a_score_has_reached_its_bounds_at_them(asked, points) -> None:
    up = in_hot_by_steps(asked, 5)
    assert [n for n in up if up[n]] == points


def test_the_highest_is_so_among_those_that_are_named() -> None:
    three = [Score(one, one, (PointsFor(one[0], 10),)) for one in (MEN, WOMEN, KIDS)]
    assert holding(TopScore(MEN), *three, names="mkkm") == [0]
    assert holding(TopScore(MEN, among=(WOMEN,)), *three, names="mkkw") == [0, 1, 2]
    assert holding(TopScore(MEN, among=(MEN, WOMEN)), *three, names="mkkw") == [0, 1, 2]


def test_nothing_is_the_highest_at_no_points_and_a_lead_is_reached_at_it() -> None:
    two = [
        Score(one, one, (PointsFor(one[0], 10), PointsFor("x", -10))) for one in (MEN, WOMEN)
    ]
    assert holding(TopScore(MEN), *two, names="xm") == []
    assert holding(TopScore(MEN, lead=10), *two, names="mw") == [0]
    assert holding(TopScore(MEN, lead=11), *two, names="m") == []


@pytest.mark.parametrize(
    "asked", [ScoreIs(INTEREST, at_least=20), ScoreLevel(INTEREST, ("warm", "ripe"))]
)
def test_a_fading_score_falls_below_a_bound_by_time_alone(asked) -> None:
    score = fading(levels=LEVELS)
    entered_s, left_s = in_hot(asked, score, names=["liked"], until_s=3 * HALF_LIFE)
    assert (entered_s, left_s > HALF_LIFE) == (0, True)
    after = told([score], "liked", until_s=left_s)
    assert [after.profile.points(INTEREST, START_S + at) for at in (left_s - 1, left_s)] == [
        20,
        19,
    ]


def test_of_several_bounds_each_is_noticed_as_it_is_passed() -> None:
    cool = ScoreLevel(INTEREST, ("warm",))
    turns = in_hot(cool, fading(levels=LEVELS), names=["liked"], until_s=3 * HALF_LIFE)
    assert len(turns) == 2
    assert 0 < turns[0] < HALF_LIFE < turns[1] < 2 * HALF_LIFE
    assert in_hot(Not(cool), fading(levels=LEVELS), names=["liked"], until_s=3 * HALF_LIFE)[1:] == turns  # fmt: skip


def test_a_score_that_never_changed_has_a_trend_of_nothing() -> None:
    score = Score(INTEREST, "I", (PointsFor("a", 10),))
    for bounds, turns in (({"at_most": 0}, [0]), ({"at_least": 0}, [0]), ({"at_least": 1}, []), ({"at_most": -1}, [])):  # fmt: skip
        asked = ScoreTrend(INTEREST, Duration(DAY_S), **bounds)
        assert in_hot(asked, score, names="x", until_s=9 * DAY_S) == turns


def test_a_trend_ends_when_what_made_it_leaves_its_time() -> None:
    score = Score(INTEREST, "I", (PointsFor("a", 10), PointsFor("b", -10)))
    three_days = Duration(3 * DAY_S)
    steady = ScoreTrend(INTEREST, three_days, at_least=0, at_most=5)
    assert in_hot(steady, score, names="aab", until_s=9 * DAY_S) == [
        3 * DAY_S,
        4 * DAY_S,
        5 * DAY_S,
    ]


MEN_LAST = Score(MEN, "M", (PointsFor("m", 20), PointsFor("n", -7)))
OWNER = AttributeIs("role", value="owner")
WOMEN_FADE = Score(
    WOMEN,
    "W",
    (PointsFor("w", 40), PointsFor("v", -25)),
    (PointsWhile(OWNER, 30),),
    half_life=Duration(10 * DAY_S),
    levels=LEVELS,
)
KIDS_FADE = Score(
    KIDS,
    "K",
    (PointsFor("k", 30), PointsFor("j", -60)),
    (PointsWhile(OWNER, 25),),
    half_life=Duration(3 * DAY_S),
)
ALL = (MEN_LAST, WOMEN_FADE, KIDS_FADE)
OWNS = "contact.identified", {"role": "owner"}
Known = Callable[[ScoreId], int]


def highest(known: Known, score: ScoreId, *others: ScoreId, lead: int = 1) -> bool:
    own = known(score)
    return own > 0 and all(own - known(other) >= lead for other in others)


ASKED: dict[str, tuple[Condition, Callable[[Known], bool]]] = {
    "some": (ScoreIs(WOMEN, at_least=10), lambda known: known(WOMEN) >= 10),
    "few": (ScoreIs(WOMEN, at_most=-5), lambda known: known(WOMEN) <= -5),
    "middle": (ScoreIs(KIDS, at_least=-10, at_most=12), lambda known: -10 <= known(KIDS) <= 12),
    "ends": (ScoreLevel(WOMEN, ("cold", "ripe")), lambda known: not 20 <= known(WOMEN) < 40 and known(WOMEN) >= 0),
    "men": (TopScore(MEN), lambda known: highest(known, MEN, WOMEN, KIDS)),
    "women": (TopScore(WOMEN), lambda known: highest(known, WOMEN, MEN, KIDS)),
    "women by far": (TopScore(WOMEN, lead=9), lambda known: highest(known, WOMEN, MEN, KIDS, lead=9)),
    "kids": (TopScore(KIDS, (WOMEN,), 5), lambda known: highest(known, KIDS, WOMEN, lead=5)),
}  # fmt: skip
ALL_ASKED = rules(*ALL, *(Segment(SegmentId(name), name, one) for name, (one, _) in ASKED.items()))  # fmt: skip


@given(
    st.lists(
        st.tuples(st.sampled_from("mnwvkjo"), st.integers(0, 200)), min_size=1, max_size=9
    ),
    st.lists(st.integers(1, 90 * 24), min_size=1, max_size=12),
)
@example([("m", 0), ("m", 1), ("w", 1)], list(range(1, 40 * 24, 7)))
@example([("w", 0), ("k", 1), ("m", 1)], list(range(1, 40 * 24, 7)))
@example([("m", 0), ("v", 1), ("j", 1)], list(range(1, 40 * 24, 7)))
@example([("w", 0), ("w", 1), ("k", 1), ("k", 1)], list(range(1, 60 * 24, 7)))
@example([("w", 0), ("v", 1), ("v", 1), ("k", 1)], list(range(1, 60 * 24, 7)))
@example([("o", 0), ("v", 1), ("v", 1)], list(range(1, 60 * 24, 7)))
@example([("o", 0), ("j", 1)], list(range(1, 30 * 24, 3)))
@example([("m", 0), ("o", 1), ("v", 1)], list(range(1, 60 * 24, 7)))
@example([("o", 0), ("v", 1), ("j", 1), ("m", 0)], list(range(1, 60 * 24, 7)))
@example([("o", 0), ("j", 1), ("w", 0), ("v", 1)], list(range(1, 60 * 24, 7)))
def test_who_belongs_by_what_fades_is_who_would_if_asked_just_then(happened, hours) -> None:
    at_s, events = START_S, []
    for number, (name, gap) in enumerate(happened):
        at_s += gap * 3_600
        kind, facts = OWNS if name == "o" else (name, {})
        events.append(event(number, ANN, kind, at_s, **facts))
    profile = live(ALL_ASKED, new_profile(ANN, START_S), events, at_s).profile
    for hour in sorted(hours):
        now_s = at_s + hour * 3_600
        profile = live(ALL_ASKED, profile, [], now_s).profile
        known = partial(points_at, profile, now_s)
        expected = {name for name, (_, plainly) in ASKED.items() if plainly(known)}
        assert set(profile.segments) == expected


def points_at(profile: Profile, now_s: int, score: ScoreId) -> int:
    return profile.points(score, now_s)


def test_a_score_that_rises_by_fading_passes_its_upper_bound_to_the_second() -> None:
    low = ScoreIs(WOMEN, at_most=-5)
    entered_s, left_s = in_hot(low, WOMEN_FADE, names="v", until_s=60 * DAY_S)
    assert entered_s == 0
    after = told([WOMEN_FADE], "v", until_s=left_s).profile
    moments = (START_S + left_s - 1, START_S + left_s)
    assert [points_at(after, at_s, WOMEN) for at_s in moments] == [-5, -4]
