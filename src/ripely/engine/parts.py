"""The names of scores and of their parts: `interest`, and `interest/boots` for the points of boots alone."""

from collections.abc import Iterable
from functools import lru_cache

from ripely.model.ids import ScoreId
from ripely.model.words import lowered

_KNOWN = 4_096  # Names are asked for at each change.


def part(score: ScoreId, of: str) -> ScoreId:
    """Return how the part of a score is called, or the score itself of nothing. Case does not matter."""
    return ScoreId(f"{score}/{lowered(of)}") if of else score


@lru_cache(_KNOWN)
def whole(key: ScoreId) -> ScoreId:
    """Return the score that a part belongs to; a score belongs to itself."""
    return ScoreId(key.partition("/")[0])


@lru_cache(_KNOWN)
def changes(key: ScoreId) -> str:
    """Return what an answer depends on that changes with a score, or with any of the parts of one."""
    return f"score/{whole(key)}/*" if "/" in key else f"score/{key}"


def changed(name: str) -> ScoreId:
    """Return the score whose changes are called so; for all parts of one, a part `*` of it."""
    return ScoreId(name.removeprefix("score/"))


def border(key: ScoreId, value: int) -> str:
    """Return what an answer depends on that only changes when a score passes a value."""
    return f"score/{key}>={value}"


def parts_of(keys: Iterable[ScoreId], score: ScoreId) -> list[ScoreId]:
    """Return the parts of a score among `keys`."""
    beginning = f"{score}/"
    return [key for key in keys if key.startswith(beginning)]


def keys_of(keys: Iterable[ScoreId], score: ScoreId) -> list[ScoreId]:
    """Return the score and its parts, as far as they are among `keys`."""
    beginning = f"{score}/"
    return [key for key in keys if key == score or key.startswith(beginning)]
