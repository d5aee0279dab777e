"""Scores -> points for events, conditions that give points while they hold, and what values are looked out for."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

import msgspec

from ripely.compiler.judged import by_people
from ripely.compiler.normalize import Kernels, predicate_id
from ripely.compiler.operators import number, text
from ripely.compiler.paths import lookup
from ripely.compiler.points import trend_id
from ripely.compiler.reaction import Rule
from ripely.engine.limits import NAME_MAX
from ripely.engine.parts import changed, changes, part, whole
from ripely.engine.ruleset import (
    Condition as Answer,
    EventPoints,
    Following,
    Keep,
    Key,
    Risers,
    ScoreTrigger,
    Scoring,
    Shape,
    Trend,
    Watch,
)
from ripely.model.condition import Condition
from ripely.model.ids import ScoreId, derive
from ripely.model.profile import Profile
from ripely.model.score import PARTS_MAX, Per, PointsFor, Score

CHANGES_MAX = 256
"""How many changes of a score a question about its trend looks back on, at most."""
LEVEL_CHANGED = "score.level_changed"
CHANGED = "score.changed"

Parts = Callable[[Mapping[str, object], Profile], list[ScoreId]]


def event_rules(score: Score, answer: Callable[[Condition], Answer]) -> Iterator[Rule]:
    """Return what gives points for events: the general table, and the individual rules."""
    parts = _parts(score.id, score.per) if score.per is not None else None
    general = [PointsFor(event, points) for event, points in score.general.items()]
    taken: set[str] = set()
    for rule in (*general, *score.events):
        if not rule.points:
            continue
        where = by_people(rule.on, rule.where)
        points = _points(score, rule, answer, parts)
        while points.key in taken:  # Rules that say the same have each their own limit.
            points = msgspec.structs.replace(points, key=f"{points.key}+")
        taken.add(points.key)
        yield Rule(rule.on, where, points=points)


def fact_watches(score: Score, answer: Callable[[Condition], Answer]) -> Iterator[Watch]:
    for number_, fact in enumerate(score.facts):
        asked = answer(fact.when)
        yield Watch(
            rank=0,
            key=f"fact/{score.id}/{number_}",
            kind="fact",
            subject=score.id,
            test=asked.test,
            lapse=asked.lapse,
            keys=asked.keys,
            points=fact.points,
            reason=fact.name or "a fact",
            rises=asked.rises,
            answer=asked.answer,
        )


def scoring(
    scores: Sequence[Score],
    triggers: Mapping[ScoreId, Sequence[ScoreTrigger]],
    kernels: Kernels,
    listened: frozenset[str],
    risers: Mapping[Key, Risers],
) -> Scoring:
    """Return what changes of scores lead to. `kernels` knows all that is asked of them."""
    windows: dict[ScoreId, int] = {}
    for asked in kernels.trends:
        windows[asked.id] = max(asked.within, windows.get(asked.id, 0))
    borders = {key: set(values) for key, values in kernels.borders.items()}
    for score, found in triggers.items():
        borders.setdefault(score, set()).update(trigger.value for trigger in found)
    trends = {
        score: Trend(trend_id(score), Keep(CHANGES_MAX, within_s))
        for score, within_s in windows.items()
    }
    return Scoring(
        triggers={key: tuple(found) for key, found in triggers.items()},
        shapes={score.id: _shape(score, triggers) for score in scores if is_shaped(score)},
        trends=trends,
        followed=_followed(borders, trends, kernels, risers),
        followed_parts={
            whole(key): Following(key=name, risers=risers.get(name))
            for name in kernels.followed
            if (key := changed(str(name))) != whole(key)
        },
        told=not listened.isdisjoint({CHANGED, LEVEL_CHANGED}),
    )


def _followed(
    borders: Mapping[ScoreId, Iterable[int]],
    trends: Mapping[ScoreId, Trend],
    kernels: Kernels,
    risers: Mapping[Key, Risers],
) -> dict[ScoreId, Following]:
    """Return what is asked about each score, and about parts of scores that are asked about by themselves."""
    asked = {changed(str(name)) for name in kernels.followed}
    followed = {}
    for key in {*borders, *trends, *(key for key in asked if key == whole(key))}:
        name = changes(key)
        found = Following(tuple(sorted(borders.get(key, ()))), trends.get(key))
        if name in kernels.followed:
            found = msgspec.structs.replace(found, key=name, risers=risers.get(name))
        followed[key] = found
    return followed


def is_shaped(score: Score) -> bool:
    """Whether more has to be kept of a score than a number."""
    return bool(score.half_life) or score.least is not None or score.most is not None


def _points(
    score: Score, rule: PointsFor, answer: Callable[[Condition], Answer], parts: Parts | None
) -> EventPoints:
    at_most, within_s = (1, 0) if rule.once else (rule.at_most or 0, int(rule.within or 0))
    expires_s = int(rule.expires or 0)
    apart = bool(at_most or rule.times or rule.when is not None or expires_s)
    plain = not apart and parts is None
    return EventPoints(
        key=f"{score.id}/{_name(rule)}/{at_most}/{within_s}",
        score=score.id,
        points=rule.points,
        reason=rule.name or rule.on,
        at_most=at_most,
        within_s=within_s,
        times=_times(rule.times) if rule.times else None,
        when=answer(rule.when) if rule.when is not None else None,
        expires_s=expires_s,
        parts=parts,
        apart=apart,
        simple=plain and not is_shaped(score),
        fade=plain and is_shaped(score),
    )


def _name(rule: PointsFor) -> str:
    """Name a rule by what it says, so that its limit outlives a change of the rules around it."""
    name = f"{predicate_id(rule.on, rule.where):x}"
    if rule.when is None:
        return name
    return f"{name}-{derive(msgspec.json.encode(rule.when, enc_hook=str).decode()) & 0xFFFF_FFFF:x}"


def _times(name: str) -> Callable[[Mapping[str, object]], float | None]:
    find = lookup(name)
    return lambda properties: number(find(properties))


def _shape(score: Score, triggers: Mapping[ScoreId, Sequence[ScoreTrigger]]) -> Shape:
    values = {score.id: {level.at_least for level in score.levels}}
    for key, found in triggers.items():
        if key == score.id or key.startswith(f"{score.id}/"):
            values.setdefault(key, set()).update(trigger.value for trigger in found)
    borders = {key: tuple(sorted(found)) for key, found in values.items() if found}
    return Shape(int(score.half_life or 0), score.least, score.most, borders)


def _parts(score: ScoreId, per: Per) -> Parts:
    """Return what tells which parts the points for an event go to as well, each once."""
    only = frozenset(text(name) for name in per.only)
    find = lookup(per.name)

    def parts(properties: Mapping[str, object], profile: Profile) -> list[ScoreId]:
        found: object = profile.tags
        if per.by == "property":
            found = find(properties)
        elif per.by == "attribute":
            found = profile.attributes.get(per.name)
        items = found if isinstance(found, (list, tuple)) else (found,)
        names = dict.fromkeys([text(one)[:NAME_MAX] for one in items if _is_name(one)])
        kept = [name for name in names if name and (not only or name in only)]
        return [part(score, name) for name in kept[:PARTS_MAX]]

    return parts


def _is_name(value: object) -> bool:
    return isinstance(value, (str, int, float)) and not isinstance(value, bool)
