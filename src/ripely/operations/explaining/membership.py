"""Why a contact is in a segment or not: the condition, row by row, each with its own answer."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from ripely.compiler.explain import Explained, explain
from ripely.compiler.normalize import OLDER_MAX
from ripely.model.acts import Aggregate, Bought, Did, Message, Occasion, Page, Searched
from ripely.model.condition import (
    All,
    AnyOf,
    AtLeast,
    AttributeIs,
    CompanyIs,
    Condition,
    DataIs,
    DateIs,
    EntryIs,
    LifecycleIs,
    Not,
    OwnerIs,
    Place,
    ScoreIs,
    ScoreLevel,
    ScoreTrend,
    TopPart,
    TopScore,
    Touch,
    Uses,
)
from ripely.model.profile import Profile
from ripely.operations.wording.conditions import say
from ripely.operations.wording.names import Names, text

_WITH_A_VALUE = (
    AttributeIs, CompanyIs, Place, Uses, OwnerIs, LifecycleIs, Touch, EntryIs, DataIs, DateIs, Occasion,
)  # fmt: skip


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
    told = explain(condition, profile, int(now.timestamp()), names.company, scores)
    return _row(told, names)


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
        case AtLeast(count):
            return f"At least {count} of these"
        case Not():
            return "Not this"
        case _:
            words = say(condition, names)
            return words[:1].upper() + words[1:]


def _evidence(told: Explained) -> str:
    match told.condition:
        case ScoreIs() | ScoreLevel() | TopScore() | TopPart():
            return f"it is {text(told.known)}"
        case ScoreTrend():
            return f"it has changed by {text(told.known)}"
        case Did() | Page() | Searched() | Message() | Bought():
            return _times(len(told.moments_s), told.condition)
        case Aggregate():
            return (
                "nothing to reckon with" if told.known is None else f"it is {text(told.known)}"
            )
        case _:
            return _value(told) if isinstance(told.condition, _WITH_A_VALUE) else ""


def _value(told: Explained) -> str:
    if isinstance(told.condition, Occasion) and not told.moments_s:
        return "never"
    known = text(told.known)
    return f"it is “{known}”" if known else "not known"


def _times(n: int, condition: Did | Page | Searched | Message | Bought) -> str:
    """No more occasions are kept than the condition asks for: as many as that may be more."""
    if n == 0:
        return "never"
    kept = max(condition.at_least or 1, (condition.at_most or 0) + 1)
    kept = max(kept, OLDER_MAX) if condition.older_than else kept
    return ("once" if n == 1 else f"{n} times") + (" or more" if n >= kept else "")
