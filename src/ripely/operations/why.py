"""Why a contact is in a segment or not: the condition, row by row, each with its own answer."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from ripely.compiler.explain import Explained, explain
from ripely.model.acts import Did, Page
from ripely.model.condition import (
    All,
    AnyOf,
    AttributeIs,
    Condition,
    Not,
    ScoreIs,
    ScoreLevel,
    ScoreTrend,
    TopPart,
    TopScore,
)
from ripely.model.profile import Profile
from ripely.operations.names import Names, text
from ripely.operations.wording.conditions import say


class Row(msgspec.Struct, frozen=True):
    """One condition: in words, whether it holds, what is known, and the conditions inside it."""

    words: str
    holds: bool
    evidence: str = ""
    last_s: int = 0
    inner: "Sequence[Row]" = ()


def why(condition: Condition, profile: Profile, names: Names, now: datetime) -> Row:
    """Answer a condition and every condition inside it for this profile."""
    scores = {score.id: score for score in names.scores.values()}
    return _row(explain(condition, profile, int(now.timestamp()), scores=scores), names)


def _row(told: Explained, names: Names) -> Row:
    return Row(
        words=_words(told.condition, names),
        holds=told.holds,
        evidence=_evidence(told),
        last_s=max(told.moments_s, default=0),
        inner=[_row(inner, names) for inner in told.inner],
    )


def _words(condition: Condition, names: Names) -> str:
    match condition:
        case All():
            return "All of these"
        case AnyOf():
            return "At least one of these"
        case Not():
            return "Not this"
        case _:
            words = say(condition, names)
            return words[:1].upper() + words[1:]


def _evidence(told: Explained) -> str:
    match told.condition:
        case AttributeIs():
            known = text(told.known)
            return f"it is “{known}”" if known else "not known"
        case ScoreIs() | ScoreLevel() | TopScore() | TopPart():
            return f"it is {text(told.known)}"
        case ScoreTrend():
            return f"it has changed by {text(told.known)}"
        case Did() | Page():
            return _times(len(told.moments_s), told.condition)
        case _:
            return ""


def _times(n: int, condition: Did | Page) -> str:
    """No more occasions are kept than the condition asks for: as many as that may be more."""
    if n == 0:
        return "never"
    kept = max(condition.at_least or 1, (condition.at_most or 0) + 1)
    return ("once" if n == 1 else f"{n} times") + (" or more" if n >= kept else "")
