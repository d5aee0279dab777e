"""Kernel -> a test of one profile, for the fold; and when time alone changes its answer."""

from collections.abc import Sequence
from typing import assert_never

from ripely.compiler.normalize import Either, Every, Kernel, Negated, Often
from ripely.compiler.operators import check
from ripely.engine.ruleset import Condition, Key, Lapse, Test
from ripely.model.condition import (
    AttributeIs,
    HasConsent,
    HasTag,
    InJourney,
    InSegment,
    ScoreIs,
)
from ripely.model.profile import Profile


def compile_matcher(kernel: Kernel) -> Condition:
    return Condition(compile_test(kernel), compile_lapse(kernel), frozenset(keys(kernel)))


def compile_test(kernel: Kernel) -> Test:
    match kernel:
        case AttributeIs(name, op, value):
            passes = check(op, value)
            return lambda profile, _now: passes(profile.attributes.get(name))
        case Often():
            return _often(kernel)
        case InSegment(segment):
            return lambda profile, _now: segment in profile.segments
        case ScoreIs():
            return _score(kernel)
        case HasTag(tag):
            return lambda profile, _now: tag in profile.tags
        case HasConsent(purpose):
            return lambda profile, _now: (
                (consent := profile.consents.get(purpose)) is not None and consent.granted
            )
        case InJourney(journey):
            return lambda profile, _now: any(e.journey == journey for e in profile.enrollments)
        case Every(inner):
            return _every(tuple(map(compile_test, inner)))
        case Either(inner):
            return _either(tuple(map(compile_test, inner)))
        case Negated(inner):
            refuses = compile_test(inner)
            return lambda profile, now: not refuses(profile, now)
        case unknown:
            assert_never(unknown)


def compile_lapse(kernel: Kernel) -> Lapse | None:
    """Return when time alone can change the answer; None when it never can."""
    match kernel:
        case Often(within_s=within_s) if within_s:
            return _often_lapse(kernel)
        case Every(inner) | Either(inner):
            return _earliest([lapse for one in inner if (lapse := compile_lapse(one))])
        case Negated(inner):
            return compile_lapse(inner)
        case _:
            return None


def keys(kernel: Kernel) -> set[Key]:
    """Return what the answer depends on."""
    match kernel:
        case AttributeIs(name):
            return {f"attribute/{name}"}
        case Often(predicate):
            return {predicate}
        case InSegment(segment):
            return {f"segment/{segment}"}
        case ScoreIs(score):
            return {f"score/{score}"}
        case HasTag(tag):
            return {f"tag/{tag}"}
        case HasConsent(purpose):
            return {f"consent/{purpose}"}
        case InJourney(journey):
            return {f"journey/{journey}"}
        case Every(inner) | Either(inner):
            return {key for one in inner for key in keys(one)}
        case Negated(inner):
            return keys(inner)
        case unknown:
            assert_never(unknown)


def _often(often: Often) -> Test:
    predicate, times, within_s = often.predicate, often.times, often.within_s
    if not within_s:
        return lambda profile, _now: len(profile.counts.get(predicate, ())) >= times

    def within(profile: Profile, now: int) -> bool:
        moments = profile.counts.get(predicate)
        return (
            moments is not None and len(moments) >= times and moments[-times] > now - within_s
        )

    return within


def _often_lapse(often: Often) -> Lapse:
    """The answer ends when the last moment that it needs is as old as the window is long."""
    predicate, times, within_s = often.predicate, often.times, often.within_s

    def lapse(profile: Profile, now: int) -> int:
        moments = profile.counts.get(predicate, ())
        if len(moments) < times:
            return 0
        ends = moments[-times] + within_s
        return ends if ends > now else 0

    return lapse


def _score(asked: ScoreIs) -> Test:
    score, least, most = asked.id, asked.at_least, asked.at_most

    def lies_between(profile: Profile, _now: int) -> bool:
        points = profile.scores.get(score, 0)
        return (least is None or points >= least) and (most is None or points <= most)

    return lies_between


def _every(tests: Sequence[Test]) -> Test:
    if len(tests) == 2:
        first, second = tests
        return lambda profile, now: first(profile, now) and second(profile, now)
    return lambda profile, now: all(test(profile, now) for test in tests)


def _either(tests: Sequence[Test]) -> Test:
    return lambda profile, now: any(test(profile, now) for test in tests)


def _earliest(lapses: Sequence[Lapse]) -> Lapse | None:
    if len(lapses) < 2:
        return lapses[0] if lapses else None
    return lambda profile, now: min(
        (due for lapse in lapses if (due := lapse(profile, now))), default=0
    )
