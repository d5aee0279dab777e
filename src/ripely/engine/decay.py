"""Points that fade, and scores that stay within bounds: what is kept of them, and when they pass a value."""

from bisect import bisect_right
from collections.abc import Sequence
from math import ceil, exp2, log2

from ripely.engine.limits import SCORE_MAX
from ripely.engine.ruleset import Shape
from ripely.model.ids import ScoreId
from ripely.model.profile import Decaying, Profile

LOOKS = 32
"""How often a fading score is brought up to date by itself in each half-life, at least."""
LOOK_S_MIN = 3_600
_PARTS = 1_000_000  # Kept of a point that fades, so that every machine keeps the same.
_PART = 1 / _PARTS
_HALF_LIVES_MAX = 2_000


def brought_to(profile: Profile, key: ScoreId, shape: Shape, now_s: int) -> Decaying:
    """Return what is kept of a score, as it is at this moment and as its rule says now."""
    kept = profile.decaying.get(key)
    if kept is None:
        kept = profile.decaying[key] = Decaying(0, now_s)
    kept.points = _rounded(kept.left(now_s))
    kept.at_s = max(kept.at_s, now_s)
    kept.half_life, kept.least, kept.most = shape.half_life_s, shape.least, shape.most
    return kept


def give(kept: Decaying, points: float, since_s: int, now_s: int) -> bool:
    """Add points that were given at `since_s`, as far as the bounds go. Return whether some went beyond."""
    left, worth = kept.left(now_s), points
    if since_s < now_s and kept.half_life:
        worth = points * exp2((since_s - now_s) / kept.half_life)
    wanted = given = left + worth
    if not -SCORE_MAX <= wanted <= SCORE_MAX:
        wanted = given = float(SCORE_MAX if wanted > 0 else -SCORE_MAX)
    if worth > 0 and kept.most is not None and wanted > kept.most - kept.lasting:
        given = min(wanted, max(left, kept.most - kept.lasting))
    elif worth < 0 and kept.least is not None and wanted < kept.least - kept.lasting:
        given = max(wanted, min(left, kept.least - kept.lasting))
    if abs(given - left) >= _PART:  # Rounding alone would let a border be passed too soon.
        kept.points, kept.at_s = round(given * _PARTS) / _PARTS, now_s
    return given != wanted


def _rounded(points: float) -> float:
    return round(points * _PARTS) / _PARTS


def passes(kept: Decaying, value: int, now_s: int) -> int:
    """Return the next second at which the score falls below a value, or comes up to it, by fading alone.

    0: never.
    """
    half_lives = _half_lives(kept, value)
    if half_lives is None:
        return 0
    return _exactly(kept, value, now_s, kept.at_s + ceil(half_lives * kept.half_life))


def passes_after(kept: Decaying, value: int, now_s: int) -> int:
    """Return a second after `now_s` before which fading alone does not pass a value; 0: it never does.

    The value must lie ahead. It costs less than the very second, which it is at most a few before.
    """
    half_lives = _half_lives(kept, value)
    if half_lives is None:
        return 0
    return max(now_s + 1, kept.at_s + int(half_lives * kept.half_life))


def passes_next(kept: Decaying, borders: Sequence[int], now_s: int) -> int:
    """Return the next second at which fading alone passes any of some values, in order; 0: never."""
    nearest = ahead(kept, borders, now_s)
    return passes(kept, borders[nearest], now_s) if 0 <= nearest < len(borders) else 0


def ahead(kept: Decaying, borders: Sequence[int], now_s: int) -> int:
    """Return the place of the value that fading comes to first: the nearest on its way to 0."""
    above = bisect_right(borders, kept.value(now_s))
    return above - 1 if kept.points > 0 else above


def next_change(kept: Decaying, now_s: int) -> int:
    """Return the next second at which fading changes the score, 0 if it never does."""
    whole = kept.value(now_s)
    return passes(kept, whole if kept.points > 0 else whole + 1, now_s)


def _half_lives(kept: Decaying, value: int) -> float | None:
    """Return after how many half-lives from `at_s` on a value is passed, roughly; None: never."""
    if not kept.half_life or not kept.points or _is_beyond(kept, value):
        return None
    wanted = value - kept.lasting  # Of the points that fade, rounded.
    # Rounding passes it halfway. Points fade toward 0, so what lies on the other side is never met.
    halfway = wanted - 0.5 if kept.points > 0 else 0.5 - wanted
    if not 0 < halfway <= abs(kept.points) + 1:
        return None
    half_lives = log2(abs(kept.points) / halfway)
    return half_lives if half_lives <= _HALF_LIVES_MAX else None


def _is_beyond(kept: Decaying, value: int) -> bool:
    """Whether the bounds keep the score on one side of a value."""
    if kept.most is not None and value > kept.most:
        return True
    return kept.least is not None and value <= kept.least


def _exactly(kept: Decaying, value: int, now_s: int, about_s: int) -> int:
    """Find the very second near `about_s`: logarithms are not exact, and a half rounds to the even side."""
    now = kept.value(now_s) >= value
    before_s = max(about_s - 2, now_s)
    if (kept.value(before_s) >= value) != now:
        before_s = now_s
    for at_s in range(before_s + 1, before_s + 8):
        if (kept.value(at_s) >= value) != now:
            return at_s
    return 0
