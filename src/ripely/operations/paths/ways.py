"""What would have to happen for a condition to hold, or not to: some ways, the likeliest first."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import combinations, islice, product

from ripely.compiler.shorthand import rfm_in_full
from ripely.engine.calendar import WEEKDAYS
from ripely.model.acts import Act, OfActs
from ripely.model.company import Company
from ripely.model.condition import (
    All,
    AnyOf,
    AtLeast,
    Condition,
    DateIs,
    InJourney,
    InSegment,
    Not,
    Now,
    OfScores,
    Rfm,
    ScoreIs,
    ScoreLevel,
    ScoreTrend,
)
from ripely.model.score import PointsFor, Score
from ripely.operations.paths.causes import Add, Causes, Clock, Ground
from ripely.operations.paths.causes_of_acts import happen, of_act
from ripely.operations.paths.causes_of_facts import of_fact

WAYS_MAX = 12
"""How many ways are thought of to bring one condition about."""
DEPTH_MAX = 8
_CLOCKS = ("09:00", "14:00", "19:00", "23:00", "03:00")
_NOTHING: Causes = ()


def causes(
    condition: Condition, ground: Ground, *, holds: bool = True, depth: int = 0
) -> list[Causes]:
    """Return ways to bring it about that a condition holds, or does not; none when none is known."""
    if depth > DEPTH_MAX:
        return []
    found: list[Causes] = []
    for way in islice(_ways(condition, ground, depth, holds=holds), 2 * WAYS_MAX):
        if way not in found:
            found.append(way)
    return found[:WAYS_MAX]


def _ways(condition: Condition, ground: Ground, depth: int, *, holds: bool) -> Iterator[Causes]:
    match condition:
        case All() | AnyOf() | AtLeast() | Not():
            yield from _of_group(condition, ground, depth, holds=holds)
        case InSegment(name):
            segment = ground.segments.get(name)
            if segment is not None:
                yield from causes(segment.when, ground, holds=holds, depth=depth + 1)
        case Rfm():
            in_full = rfm_in_full(condition, Company("company"))
            yield from causes(in_full, ground, holds=holds, depth=depth + 1)
        case DateIs() | Now():
            yield from _of_time(condition, ground, holds=holds)
        case InJourney(name, "inside" | "been") if holds and name in ground.journeys:
            asked = {"journey": name, "by": "hand"}
            yield (Add("journey.requested", asked, fact=True),)
        case _ if isinstance(condition, OfActs):
            yield from of_act(condition, ground, holds=holds)
        case _ if isinstance(condition, OfScores):
            yield from _of_score(condition, ground, depth, holds=holds)
        case _:
            yield from of_fact(condition, ground, holds=holds)


def _of_group(
    group: All | AnyOf | AtLeast | Not, ground: Ground, depth: int, *, holds: bool
) -> Iterator[Causes]:
    match group:
        case Not(inner):
            yield from causes(inner, ground, holds=not holds, depth=depth + 1)
        case All(inners):
            yield from (
                _together(inners, ground, depth, holds=True)
                if holds
                else _one_of(inners, ground, depth, holds=False)
            )
        case AnyOf(inners):
            yield from (
                _one_of(inners, ground, depth, holds=True)
                if holds
                else _together(inners, ground, depth, holds=False)
            )
        case AtLeast(count, inners):
            enough = count if holds else len(inners) - count + 1
            for chosen in combinations(inners, enough):
                yield from islice(_together(chosen, ground, depth, holds=holds), 3)


def _together(
    inners: Sequence[Condition], ground: Ground, depth: int, *, holds: bool
) -> Iterator[Causes]:
    """Bring all of them about: those that need something done are done together."""
    each = [causes(inner, ground, holds=holds, depth=depth + 1) or [()] for inner in inners]
    for chosen in product(*(ways[:3] for ways in each)):
        yield tuple(cause for one in chosen for cause in one)


def _one_of(
    inners: Sequence[Condition], ground: Ground, depth: int, *, holds: bool
) -> Iterator[Causes]:
    """Bring one of them about; the first way of each comes before the second of any."""
    each = [causes(inner, ground, holds=holds, depth=depth + 1) for inner in inners]
    for number in range(WAYS_MAX):
        yield from (ways[number] for ways in each if number < len(ways))


def _of_time(asked: DateIs | Now, ground: Ground, *, holds: bool) -> Iterator[Causes]:
    match asked:
        case DateIs(name, from_days, to_days):
            days = (from_days, to_days) if holds else (to_days + 20, from_days - 20)
            for number in days:
                day = ground.today - timedelta(days=number)
                yield (Add("attributes.set", {name: day.isoformat()}, fact=True),)
            if not holds:
                yield (Add("attributes.set", {name: None}, fact=True),)
        case Now(weekdays=weekdays):
            wanted = [n for n, day in enumerate(WEEKDAYS) if not weekdays or day in weekdays]
            first = [*wanted, *(n for n in range(7) if n not in wanted)]
            for later in first if holds else reversed(first):
                yield from ((Clock(clock, later),) for clock in _CLOCKS[: 2 if weekdays else 5])


def _of_score(asked: OfScores, ground: Ground, depth: int, *, holds: bool) -> Iterator[Causes]:
    score = ground.scores.get(asked.id)
    if score is None:
        return
    low, high = _bounds(asked, score)
    if not holds:
        low, high = (None, low - 1) if low is not None else ((high or 0) + 1, None)
    if low is None or low <= 0:
        yield _NOTHING
    wanted = low if low is not None else high if high is not None else 1
    yield from _points(score, wanted, ground)
    for rule in score.facts:
        if (rule.points > 0) == (wanted > 0):
            yield from causes(rule.when, ground, depth=depth + 1)


def _bounds(asked: OfScores, score: Score) -> tuple[int | None, int | None]:
    match asked:
        case ScoreIs(at_least=low, at_most=high) | ScoreTrend(at_least=low, at_most=high):
            return low, high
        case ScoreLevel(levels=levels):
            rising = sorted(score.levels, key=lambda level: level.at_least)
            for number, level in enumerate(rising):
                if level.name in levels:
                    above = rising[number + 1 :]
                    return level.at_least, above[0].at_least - 1 if above else None
            return None, None
        case _:
            return 1, None


def _points(score: Score, wanted: int, ground: Ground) -> Iterator[Causes]:
    """Collect points for what gives them: the rule that gives the most, before those with a limit."""
    rules = [rule for rule in score.events if (rule.points > 0) == (wanted > 0)]
    for rule in sorted(rules, key=_worth):
        times = -(-abs(wanted) // abs(rule.points)) if rule.points else 0
        if _limit(rule) is None or times <= (_limit(rule) or 0):
            yield happen(Act(rule.on, rule.where), ground, times)
    for event, points in score.general.items():
        if points and (points > 0) == (wanted > 0):
            yield happen(Act(event), ground, -(-abs(wanted) // abs(points)))


def _worth(rule: PointsFor) -> tuple[bool, int]:
    return _limit(rule) is not None or bool(rule.when or rule.times), -abs(rule.points)


def _limit(rule: PointsFor) -> int | None:
    return 1 if rule.once else rule.at_most
