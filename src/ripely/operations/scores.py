"""Scores for reading: what gives and takes points, in words."""

from collections.abc import Iterator, Sequence

import msgspec

from ripely.model.catalog import BY_NAME
from ripely.model.score import Level, PointsFor, Score
from ripely.operations.dossiers.contacts import Count, Wanted, count
from ripely.operations.wording.conditions import say
from ripely.operations.wording.names import Names, spoken
from ripely.operations.wording.phrases import long_duration, often, tested


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
    """A score in words: its general table, its own rules, and `terms`, which hold for all points."""

    score: Score
    general: Sequence[Rule]
    rules: Sequence[Rule]
    bands: Sequence[Band]
    terms: Sequence[str]


def lines(names: Names) -> Sequence[Detail]:
    found = sorted(names.scores.values(), key=lambda s: (not s.main, not s.levels, s.name))
    return [detail(score, names) for score in found]


def detail(score: Score, names: Names) -> Detail:
    rules = [_event_rule(rule, names) for rule in score.events]
    general = [
        Rule("", BY_NAME[event].about if event in BY_NAME else spoken(event), points)
        for event, points in score.general.items()
        if points
    ]
    rules += [
        Rule(fact.name, f"For as long as {say(fact.when, names)}", fact.points)
        for fact in score.facts
    ]
    return Detail(
        score=score,
        general=sorted(general, key=lambda rule: -rule.points),
        rules=sorted(rules, key=lambda rule: -rule.points),
        bands=_bands(score, shown=score.main or not any(s.main for s in names.scores.values())),
        terms=list(_terms(score)),
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


def _event_rule(rule: PointsFor, names: Names) -> Rule:
    each = "The first time" if rule.once else "Each time"
    parts = [f"{each} “{spoken(rule.on)}” happens{tested(rule.where)}"]
    if rule.when is not None:
        parts.append(f" while {say(rule.when, names)}")
    if rule.times:
        parts.append(f", times its {spoken(rule.times).lower()}")
    if rule.at_most:
        parts.append(f", at most {often(rule.at_most)}")
    if rule.within:
        parts.append(f" in {long_duration(rule.within)}")
    if rule.expires:
        parts.append(f", for {long_duration(rule.expires)}")
    return Rule(rule.name, "".join(parts), rule.points)


def _terms(score: Score) -> Iterator[str]:
    """Say what holds for all points of a score."""
    if score.half_life:
        yield f"Points for what happened lose half of their worth in {long_duration(score.half_life)}."
    if score.most is not None:
        yield f"It is never more than {score.most}."
    if score.least is not None:
        yield f"It is never less than {score.least}."
    if score.per is not None:
        by = "tag" if score.per.by == "tag" else spoken(score.per.name).lower()
        only = f": {', '.join(score.per.only)}" if score.per.only else ""
        yield f"Parts are kept for each {by}{only}."
