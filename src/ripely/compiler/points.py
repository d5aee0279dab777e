"""Questions about scores: their values, levels, trends, and which of them is the highest."""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial

from ripely.compiler.kernel import Scored
from ripely.engine.decay import ahead, next_change, passes_after
from ripely.engine.parts import border, changes, part, parts_of
from ripely.engine.ruleset import Condition, Key, Lapse, Rising, Test
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
    if not isinstance(asked, ScoreIs | ScoreLevel):
        return []
    key = part(asked.id, asked.of)
    bounds = ((asked.at_least, asked.at_most),) if isinstance(asked, ScoreIs) else scored.levels
    return [(key, value) for value in _values(bounds)]


def compile_score(scored: Scored) -> Condition:
    test, lapse = _compiled(scored)
    followed = followed_by(scored)
    keys = frozenset[Key](border(key, value) for key, value in borders_of(scored))
    rises = {key: rising for key, rising in followed.items() if rising is not None}
    return Condition(test, lapse, keys | followed.keys(), rises)


def trend_id(score: ScoreId) -> SeriesId:
    """Return where the changes of a score are kept."""
    return SeriesId(derive("trend", score) & 0xFFFF_FFFF)


def _levels(score: Score | None, names: Sequence[str]) -> Iterable[Bounds]:
    """Return what each of the levels reaches from and to."""
    levels = sorted(score.levels, key=lambda level: level.at_least) if score else []
    for level, above in zip(levels, [*levels[1:], None], strict=True):
        if level.name in names:
            yield level.at_least, above.at_least - 1 if above else None


def _compiled(scored: Scored) -> tuple[Test, Lapse | None]:
    asked = scored.asked
    match asked:
        case ScoreIs(score, least, most, of):
            return _within(part(score, of), ((least, most),), scored)
        case ScoreLevel(score, _, of):
            return _within(part(score, of), scored.levels, scored)
        case ScoreTrend():
            return _trend(asked)
        case TopScore(score, _, lead):
            return _highest(score, lambda _: scored.rivals, lead, scored)
        case TopPart(score, of):
            return _highest(part(score, of), partial(_parts_known, score), 1, scored)


def _within(
    key: ScoreId, bounds: tuple[Bounds, ...], scored: Scored
) -> tuple[Test, Lapse | None]:
    """A score lies within one of some bounds."""
    holds = _between(*bounds[0]) if len(bounds) == 1 else _any_between(bounds)
    if not scored.fading:
        return lambda profile, _now, _place: holds(profile.scores.get(key, 0)), None
    return (
        lambda profile, now, _place: holds(profile.points(key, now)),
        _passing(key, _values(bounds)),
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


def _trend(asked: ScoreTrend) -> tuple[Test, Lapse]:
    """Tell by the sum of the changes in the window, and when one of them leaves it with effect."""
    series, within_s = trend_id(asked.id), asked.within
    holds = _between(asked.at_least, asked.at_most)

    def test(profile: Profile, now: int, _place: Enrollment) -> bool:
        kept = profile.series.get(series)
        if kept is None:
            return holds(0)
        return holds(sum(kept.values[bisect_right(kept.moments, now - within_s) :]))  # type: ignore[arg-type]

    def lapse(profile: Profile, now: int, _place: Enrollment) -> int:
        kept = profile.series.get(series)
        if kept is None:
            return 0
        first = bisect_right(kept.moments, now - within_s)
        moves: list[int] = kept.values[first:]  # type: ignore[assignment]
        together = sum(moves)
        was = holds(together)
        if not was and asked.at_most is None and min(moves, default=0) >= 0:
            return 0  # What leaves the window takes only away.
        for at, move in enumerate(moves, first):
            together -= move
            if holds(together) != was:
                return kept.moments[at] + within_s
        return 0

    return test, lapse


def _highest(
    key: ScoreId, rivals: Callable[[Profile], Iterable[ScoreId]], lead: int, scored: Scored
) -> tuple[Test, Lapse | None]:
    """A score is above 0, and above each of its rivals by `lead` or more."""

    def test(profile: Profile, now: int, _place: Enrollment) -> bool:
        own = profile.points(key, now) - lead
        if own + lead <= 0:
            return False
        scores, fading = profile.scores, profile.decaying
        for rival in rivals(profile):
            kept = fading.get(rival)
            points = scores.get(rival, 0) if kept is None else kept.value(now)
            if points > own and rival != key:
                return False
        return True

    return test, _first_turn(key, rivals, lead) if scored.fading else None


def _parts_known(score: ScoreId, profile: Profile) -> list[ScoreId]:
    return parts_of(profile.scores, score)


def _first_turn(
    key: ScoreId, rivals: Callable[[Profile], Iterable[ScoreId]], lead: int
) -> Lapse:
    """Say when fading alone can turn the answer first: what is asked too early is asked again.

    Points fade toward 0. So the highest stays it until it has fallen to what its rivals are now;
    and who is not the highest cannot be before each rival above it has fallen to what it is now.
    Where some points are below 0, and rise, the next change of any of them can turn it.
    """

    def lapse(profile: Profile, now: int, _place: Enrollment) -> int:
        decaying = profile.decaying
        if not decaying:
            return 0
        own, needed = profile.points(key, now), 1
        mine = decaying.get(key)
        rises = mine is not None and mine.points < 0
        above: list[Decaying | None] = []
        for rival in rivals(profile):
            if rival == key:
                continue
            kept = decaying.get(rival)
            if kept is not None and kept.points < 0:
                return _next_change(profile, (key, *rivals(profile)), now)
            points = profile.scores.get(rival, 0) if kept is None else kept.value(now)
            if points + lead > own:
                if kept is None and not rises:
                    return 0
                above.append(kept)
            elif points + lead > needed:
                needed = points + lead
        if rises:
            return _next_change(profile, (key, *rivals(profile)), now)
        if not above and own >= needed:
            return passes_after(mine, needed, now) if mine is not None else 0
        return _all_fallen(above, own - lead + 1, now) if own > 0 else 0

    return lapse


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
