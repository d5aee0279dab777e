"""Why a condition holds for a profile, or does not: every part of it answered apart."""

from collections.abc import Mapping

import msgspec

from ripely.compiler.evidence import Asked, Evidence, of_acts, of_facts, of_scores
from ripely.compiler.kernel import Kernel
from ripely.compiler.matcher import compile_matcher
from ripely.compiler.normalize import Kernels
from ripely.compiler.shorthand import rfm_in_full
from ripely.model.acts import OfActs
from ripely.model.company import Company
from ripely.model.condition import All, AnyOf, AtLeast, Condition, Not, OfScores, Rfm
from ripely.model.event import Value
from ripely.model.ids import ScoreId
from ripely.model.profile import NOWHERE, Enrollment, Profile
from ripely.model.score import Score

_ANY_COMPANY = Company("company")


class Explained(msgspec.Struct, frozen=True):
    """A condition with its answer and, where it compares, what is `known` of the contact.

    `known` is the attribute's value, the score, the number made of values, the first or last
    value, or how often it happened as far as the rules remember; `moments_s` are those occasions
    in the window, oldest first.
    """

    condition: Condition
    holds: bool
    known: Value = None
    moments_s: tuple[int, ...] = ()
    inner: "tuple[Explained, ...]" = ()


def explain(
    condition: Condition,
    profile: Profile,
    now_s: int,
    company: Company = _ANY_COMPANY,
    scores: Mapping[ScoreId, Score] = {},
    place: Enrollment = NOWHERE,
) -> Explained:
    """Answer a condition and every part of it, by the rules of this company and its scores."""
    return _explained(condition, Asked(profile, now_s, company, place), scores)


def _explained(
    condition: Condition, asked: Asked, scores: Mapping[ScoreId, Score]
) -> Explained:
    kernel = Kernels(asked.company, scores).normalize(condition)
    answer = compile_matcher(kernel, asked.company)
    evidence = _evidence(condition, kernel, asked)
    return Explained(
        condition,
        answer.test(asked.profile, asked.now_s, asked.place),
        evidence.known,
        evidence.moments_s,
        tuple(_explained(inner, asked, scores) for inner in _parts(condition, asked.company)),
    )


def _parts(condition: Condition, company: Company) -> tuple[Condition, ...]:
    match condition:
        case All(inners) | AnyOf(inners) | AtLeast(conditions=inners):
            return inners
        case Not(inner):
            return (inner,)
        case Rfm():
            return rfm_in_full(condition, company).conditions
        case _:
            return ()


def _evidence(condition: Condition, kernel: Kernel, asked: Asked) -> Evidence:
    if isinstance(condition, OfActs):
        return of_acts(kernel, asked)
    if isinstance(condition, OfScores):
        return of_scores(condition, asked)
    return of_facts(condition, asked)
