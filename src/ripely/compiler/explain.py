"""Why a condition holds for a profile, or does not: every part of it answered apart."""

import msgspec

from ripely.compiler.matcher import compile_matcher
from ripely.compiler.normalize import Kernels, did_page, predicate_id
from ripely.model.company import Company
from ripely.model.condition import (
    All,
    AnyOf,
    AttributeIs,
    Condition,
    Did,
    HasConsent,
    Not,
    Page,
    ScoreIs,
)
from ripely.model.event import Value
from ripely.model.profile import NOWHERE, Profile


class Explained(msgspec.Struct, frozen=True):
    """A condition with its answer and, where it compares, what is `known` of the contact.

    `known` is the attribute's value, the score, or how often it happened as far as the rules
    remember; `moments_s` are those occasions in the window, oldest first.
    """

    condition: Condition
    holds: bool
    known: Value = None
    moments_s: tuple[int, ...] = ()
    inner: "tuple[Explained, ...]" = ()


def explain(condition: Condition, profile: Profile, now_s: int) -> Explained:
    holds = compile_matcher(Kernels().normalize(condition), Company("company")).test(
        profile, now_s, NOWHERE
    )
    match condition:
        case All(inners) | AnyOf(inners):
            return Explained(
                condition,
                holds,
                inner=tuple(explain(inner, profile, now_s) for inner in inners),
            )
        case Not(inner):
            return Explained(condition, holds, inner=(explain(inner, profile, now_s),))
        case Page():
            return _occasions(condition, did_page(condition), profile, now_s, holds=holds)
        case Did():
            return _occasions(condition, condition, profile, now_s, holds=holds)
        case AttributeIs(name):
            return Explained(condition, holds, profile.attributes.get(name))
        case ScoreIs(score):
            return Explained(condition, holds, profile.scores.get(score, 0))
        case HasConsent(purpose):
            consent = profile.consents.get(purpose)
            return Explained(condition, holds, None if consent is None else consent.granted)
        case _:
            return Explained(condition, holds)


def _occasions(
    condition: Condition, did: Did, profile: Profile, now_s: int, *, holds: bool
) -> Explained:
    remembered = profile.counts.get(predicate_id(did.event, did.where), [])
    since_s = now_s - did.within if did.within else -1
    moments = tuple(moment for moment in remembered if moment > since_s)
    return Explained(condition, holds, len(moments), moments)
