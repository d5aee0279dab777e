"""Scores for reading: what gives and takes points, in words."""

from collections.abc import Sequence

import msgspec

from ripely.model.score import Level, PointsFor, Score
from ripely.operations.contacts import Count, Wanted, count
from ripely.operations.names import Names, spoken
from ripely.operations.wording import compared, long_duration, say


class Rule(msgspec.Struct, frozen=True):
    name: str
    words: str
    points: int


class Band(msgspec.Struct, frozen=True):
    """A level, and how many contacts show it."""

    level: Level
    contacts: Count


class Detail(msgspec.Struct, frozen=True):
    score: Score
    rules: Sequence[Rule]
    bands: Sequence[Band]


def lines(names: Names) -> Sequence[Detail]:
    found = sorted(names.scores.values(), key=lambda score: score.name)
    return [detail(score, names) for score in found]


def detail(score: Score, names: Names) -> Detail:
    rules = [_event_rule(rule) for rule in score.events]
    rules += [
        Rule(fact.name, f"For as long as {say(fact.when, names)}", fact.points)
        for fact in score.facts
    ]
    levels = sorted(score.levels, key=lambda level: -level.at_least)
    return Detail(
        score=score,
        rules=sorted(rules, key=lambda rule: -rule.points),
        bands=[Band(level, count(Wanted(level=level.name))) for level in levels],
    )


def _event_rule(rule: PointsFor) -> Rule:
    tests = [f"{spoken(w.property).lower()} {compared(w.op, w.value)}" for w in rule.where]
    where = f" where {' and '.join(tests)}" if tests else ""
    limit = f", at most {rule.at_most} times" if rule.at_most else ""
    window = f" in {long_duration(rule.within)}" if rule.within else ""
    return Rule(
        rule.name, f"Each time “{spoken(rule.on)}” happens{where}{limit}{window}", rule.points
    )
