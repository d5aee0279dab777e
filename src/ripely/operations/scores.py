"""Scores for reading: what gives and takes points, in words."""

from collections.abc import Sequence

import msgspec

from ripely.model.score import Level, PointsFor, Score
from ripely.operations.contacts import Count, Wanted, count
from ripely.operations.names import Names, spoken
from ripely.operations.wording.conditions import say
from ripely.operations.wording.phrases import compared, long_duration


class Rule(msgspec.Struct, frozen=True):
    name: str
    words: str
    points: int


class Band(msgspec.Struct, frozen=True):
    """A level, the points that it spans, and how many contacts show it; None: lists show another score."""

    level: Level
    points: str
    contacts: Count | None


class Detail(msgspec.Struct, frozen=True):
    score: Score
    rules: Sequence[Rule]
    bands: Sequence[Band]


def lines(names: Names) -> Sequence[Detail]:
    found = sorted(names.scores.values(), key=lambda s: (not s.main, not s.levels, s.name))
    return [detail(score, names) for score in found]


def detail(score: Score, names: Names) -> Detail:
    rules = [_event_rule(rule) for rule in score.events]
    rules += [
        Rule(fact.name, f"For as long as {say(fact.when, names)}", fact.points)
        for fact in score.facts
    ]
    return Detail(
        score=score,
        rules=sorted(rules, key=lambda rule: -rule.points),
        bands=_bands(score, shown=score.main or not any(s.main for s in names.scores.values())),
    )


def _bands(score: Score, *, shown: bool) -> Sequence[Band]:
    """Return the levels, the ripest first."""
    levels = sorted(score.levels, key=lambda level: -level.at_least)
    above = [None, *(level.at_least for level in levels)]
    return [
        Band(
            level,
            _span(level, limit, levels),
            count(Wanted(level=level.name)) if shown else None,
        )
        for level, limit in zip(levels, above, strict=False)
    ]


def _span(level: Level, limit: int | None, levels: Sequence[Level]) -> str:
    """Say from how many points on a level counts, up to the next one."""
    if limit is None:
        return f"{level.at_least} or more"
    return f"below {limit}" if level is levels[-1] else f"{level.at_least} to {limit - 1}"


def _event_rule(rule: PointsFor) -> Rule:
    tests = [f"{spoken(w.property).lower()} {compared(w.op, w.value)}" for w in rule.where]
    where = f" where {' and '.join(tests)}" if tests else ""
    limit = f", at most {rule.at_most} times" if rule.at_most else ""
    window = f" in {long_duration(rule.within)}" if rule.within else ""
    return Rule(
        rule.name, f"Each time “{spoken(rule.on)}” happens{where}{limit}{window}", rule.points
    )
