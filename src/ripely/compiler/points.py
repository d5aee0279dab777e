"""Questions about scores: their values, levels, trends, and which of them is the highest."""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from math import inf

import msgspec

from ripely.compiler.kernel import Scored
from ripely.engine.decay import ahead, next_change, passes_after
from ripely.engine.parts import border, changes, part, parts_of
from ripely.engine.ruleset import Answer, Condition, Key, Lapse, Rising
from ripely.model.condition import OfScores, ScoreIs, ScoreLevel, ScoreTrend, TopPart, TopScore
from ripely.model.ids import ScoreId, SeriesId, derive
from ripely.model.profile import Decaying, Enrollment, Profile
from ripely.model.score import Score

Bounds = tuple[int | None, int | None]


def known_score(asked: OfScores, scores: Mapping[ScoreId, Score]) -> Scored:
    """Return a question with what its answer needs of the definitions of scores."""
    rivals: tuple[ScoreId, ...] = ()
    levels: tuple[Bounds, ...] = ()
    match asked:
        case TopScore(score, among):
            rivals = tuple(other for other in among or scores if other != score)
        case ScoreLevel(score, names):
            levels = tuple(_levels(scores.get(score), names))
        case _:
            pass
    definitions = (scores.get(score) for score in (asked.id, *rivals))
    fading = any(score is not None and score.half_life for score in definitions)
    return Scored(asked, rivals, levels, fading)


def followed_by(scored: Scored) -> dict[Key, Rising | None]:
    """Return what the answer depends on beside borders: any change, and what those upward can do."""
    asked, fading = scored.asked, scored.fading
    match asked:
        case ScoreIs(id=score, of=of) | ScoreLevel(id=score, of=of):
            # How soon time passes a border depends on all that fades: no rise hastens it.
            return {changes(part(score, of)): "none"} if fading else {}
        case ScoreTrend(score, _, None, _):
            return {changes(score): "down" if asked.at_most is not None else None}
        case ScoreTrend(score):
            return {changes(score): "up" if asked.at_most is None else None}
        case TopScore(score):
            rivals: dict[Key, Rising | None] = {changes(one): "down" for one in scored.rivals}
            return rivals | {changes(score): "up"}
        case TopPart(score, of):
            return {changes(part(score, of)): None}


def borders_of(scored: Scored) -> list[tuple[ScoreId, int]]:
    """Return the values whose passing can change the answer."""
    asked = scored.asked
    if not isinstance(asked, (ScoreIs, ScoreLevel)):
        return []
    key = part(asked.id, asked.of)
    bounds = ((asked.at_least, asked.at_most),) if isinstance(asked, ScoreIs) else scored.levels
    return [(key, value) for value in _values(bounds)]


def compile_score(scored: Scored) -> Condition:
    followed = followed_by(scored)
    keys = frozenset[Key](border(key, value) for key, value in borders_of(scored))
    made = _compiled(scored)
    return msgspec.structs.replace(
        made,
        lapse=made.lapse if scored.fading or isinstance(scored.asked, ScoreTrend) else None,
        keys=keys.union(followed),
        rises={key: rising for key, rising in followed.items() if rising is not None},
    )


def trend_id(score: ScoreId) -> SeriesId:
    """Return where the changes of a score are kept."""
    return SeriesId(derive("trend", score) & 0xFFFF_FFFF)


def _levels(score: Score | None, names: Sequence[str]) -> Iterable[Bounds]:
    """Return what each of the levels reaches from and to."""
    levels = sorted(score.levels, key=lambda level: level.at_least) if score else []
    for level, above in zip(levels, [*levels[1:], None], strict=True):
        if level.name in names:
            yield level.at_least, above.at_least - 1 if above else None


def _compiled(scored: Scored) -> Condition:
    asked = scored.asked
    match asked:
        case ScoreIs(score, least, most, of):
            return _within(part(score, of), ((least, most),), fading=scored.fading)
        case ScoreLevel(score, _, of):
            return _within(part(score, of), scored.levels, fading=scored.fading)
        case ScoreTrend():
            return _both(_trend(asked))
        case TopScore(score, _, lead):
            return _both(_highest(score, lambda _: scored.rivals, lead))
        case TopPart(score, of):
            key = part(score, of)
            return _both(_highest(key, partial(_other_parts, score, key), 1))


def _both(answer: Answer) -> Condition:
    return Condition(
        lambda profile, now, place: answer(profile, now, place)[0],
        lambda profile, now, place: answer(profile, now, place)[1],
        frozenset(),
        answer=answer,
    )


def _within(key: ScoreId, bounds: tuple[Bounds, ...], *, fading: bool) -> Condition:
    """A score lies within one of some bounds."""
    holds = _between(*bounds[0]) if len(bounds) == 1 else _any_between(bounds)
    lapse = _passing(key, _values(bounds))
    if not fading:
        return Condition(
            lambda profile, _now, _place: holds(profile.scores.get(key, 0)), lapse, frozenset()
        )
    return Condition(
        lambda profile, now, _place: holds(profile.points(key, now)), lapse, frozenset()
    )


def _values(bounds: Iterable[Bounds]) -> set[int]:
    """Return the values at which the answer turns when a score comes up to them or falls below."""
    values = {least for least, _ in bounds if least is not None}
    return values | {most + 1 for _, most in bounds if most is not None}


def _between(least: int | None, most: int | None) -> Callable[[float], bool]:
    return lambda value: (least is None or value >= least) and (most is None or value <= most)


def _any_between(bounds: tuple[Bounds, ...]) -> Callable[[float], bool]:
    tests = [_between(least, most) for least, most in bounds]
    return lambda value: any(test(value) for test in tests)


def _passing(key: ScoreId, values: Iterable[int]) -> Lapse:
    """Say when a fading score next passes one of some values: the nearest on its way to 0."""
    borders = sorted(values)

    def lapse(profile: Profile, now: int, _place: Enrollment) -> int:
        kept = profile.decaying.get(key)
        if kept is None:
            return 0
        nearest = ahead(kept, borders, now)
        return passes_after(kept, borders[nearest], now) if 0 <= nearest < len(borders) else 0

    return lapse


def _trend(asked: ScoreTrend) -> Answer:
    """Tell by the sum of the changes in the window, and when one of them leaves it with effect."""
    series, within_s = trend_id(asked.id), asked.within
    least = -inf if asked.at_least is None else asked.at_least
    most = inf if asked.at_most is None else asked.at_most

    def answer(profile: Profile, now: int, _place: Enrollment) -> tuple[bool, int]:
        kept = profile.series.get(series)
        if kept is None:
            return least <= 0 <= most, 0
        moments, begun = kept.moments, now - within_s
        first = bisect_right(moments, begun) if moments and moments[0] <= begun else 0
        moves: list[int] = kept.values[first:]  # type: ignore[assignment]
        together = sum(moves)
        holds = least <= together <= most
        if not holds and most == inf and (not moves or min(moves) >= 0):
            return False, 0  # What leaves the window takes only away.
        for at, move in enumerate(moves, first):
            together -= move
            if (least <= together <= most) != holds:
                return holds, moments[at] + within_s
        return holds, 0

    return answer


def _highest(key: ScoreId, rivals: Callable[[Profile], Iterable[ScoreId]], lead: int) -> Answer:
    """A score is above 0, and above each of its rivals by `lead` or more.

    Fading alone can turn that at the earliest: what is asked too early is asked again.
    Points fade toward 0. So the highest stays it until it has fallen to what its rivals are now;
    and who is not the highest cannot be before each rival above it has fallen to what it is now.
    Where some points are below 0, and rise, the next change of any of them can turn it.
    """

    def answer(profile: Profile, now: int, _place: Enrollment) -> tuple[bool, int]:
        scores, decaying = profile.scores, profile.decaying
        mine = decaying.get(key)
        own = scores.get(key, 0) if mine is None else mine.value(now)
        rises, needed = mine is not None and mine.points < 0, 1
        above: list[Decaying | None] = []
        for rival in rivals(profile):
            kept = decaying.get(rival)
            if kept is None:
                enough = lead + scores.get(rival, 0)
            else:
                rises = rises or kept.points < 0
                enough = lead + kept.value(now)
            if enough <= own:
                needed = max(needed, enough)
            elif kept is None and not rises:
                return False, 0
            else:
                above.append(kept)
        holds = own >= needed and not above
        if rises:
            return holds, _next_change(profile, (key, *rivals(profile)), now)
        if holds:
            return True, passes_after(mine, needed, now) if mine is not None else 0
        return False, _all_fallen(above, own - lead + 1, now) if own > 0 else 0

    return answer


def _other_parts(score: ScoreId, but: ScoreId, profile: Profile) -> list[ScoreId]:
    return [one for one in parts_of(profile.scores, score) if one != but]


def _next_change(profile: Profile, keys: Iterable[ScoreId], now: int) -> int:
    fading = (kept for key in keys if (kept := profile.decaying.get(key)))
    return min(filter(None, (next_change(kept, now) for kept in fading)), default=0)


def _all_fallen(scores: Iterable[Decaying | None], value: int, now: int) -> int:
    """Return when the last of some scores has fallen below a value; 0 if one never does."""
    latest = 0
    for kept in scores:
        due = passes_after(kept, value, now) if kept is not None else 0
        if not due:
            return 0
        latest = max(latest, due)
    return latest
