"""Why a contact is in a segment or not: the condition, row by row, each with its own answer."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from ripely.compiler.matcher import compile_test
from ripely.compiler.normalize import Kernels, did_page
from ripely.model.condition import All, AnyOf, AttributeIs, Condition, Did, Not, Page, ScoreIs
from ripely.model.profile import Profile
from ripely.operations.names import Names, text
from ripely.operations.wording import say


class Row(msgspec.Struct, frozen=True):
    """One condition: in words, whether it holds, what is known, and the conditions inside it."""

    words: str
    holds: bool
    evidence: str = ""
    last_s: int = 0
    inner: "Sequence[Row]" = ()


def why(condition: Condition, profile: Profile, names: Names, now: datetime) -> Row:
    """Answer a condition and every condition inside it for this profile."""
    holds = compile_test(Kernels().normalize(condition))(profile, int(now.timestamp()))
    inner = [why(one, profile, names, now) for one in _inside(condition)]
    evidence, last_s = _evidence(condition, profile)
    return Row(_words(condition, names), holds, evidence, last_s, inner)


def _inside(condition: Condition) -> Sequence[Condition]:
    match condition:
        case All(inners) | AnyOf(inners):
            return inners
        case Not(inner):
            return (inner,)
        case _:
            return ()


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


def _evidence(condition: Condition, profile: Profile) -> tuple[str, int]:
    """Return what the profile knows about it, and when that last happened."""
    match condition:
        case AttributeIs(name):
            known = text(profile.attributes.get(name))
            return f"it is “{known}”" if known else "not known", 0
        case ScoreIs(id=score):
            return f"it is {profile.scores.get(score, 0)}", 0
        case Did() | Page():
            return _counted(condition, profile)
        case _:
            return "", 0


def _counted(condition: Did | Page, profile: Profile) -> tuple[str, int]:
    did = did_page(condition) if isinstance(condition, Page) else condition
    kernels = Kernels()
    kernels.normalize(did)
    moments = [at for p in kernels.predicates for at in profile.counts.get(p, ())]
    return _times(len(moments), max(kernels.keep.values(), default=1)), max(moments, default=0)


def _times(n: int, kept: int) -> str:
    """No more moments are kept than the rules ask for: as many as kept may be more."""
    if n == 0:
        return "never"
    times = "once" if n == 1 else f"{n} times"
    return f"{times} or more" if n >= kept else times
