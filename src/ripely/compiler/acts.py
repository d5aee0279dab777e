"""Questions about what a contact did: how often, and when."""

from ripely.compiler.kernel import OfOccasions, Often
from ripely.engine.ruleset import Condition, Lapse, Test
from ripely.model.company import Company
from ripely.model.profile import Enrollment, Profile


def compile_act(asked: OfOccasions, _company: Company) -> Condition:
    match asked:
        case Often(predicate, _, within_s):
            lapse = _often_lapse(asked) if within_s else None
            return Condition(_often(asked), lapse, frozenset({predicate}))
        case _:
            raise NotImplementedError(asked)


def _often(often: Often) -> Test:
    predicate, times, within_s = often.predicate, often.times, often.within_s
    if not within_s:
        return lambda profile, _now, _place: len(profile.counts.get(predicate, ())) >= times

    def within(profile: Profile, now: int, _place: Enrollment) -> bool:
        moments = profile.counts.get(predicate)
        return (
            moments is not None and len(moments) >= times and moments[-times] > now - within_s
        )

    return within


def _often_lapse(often: Often) -> Lapse:
    """The answer ends when the last moment that it needs is as old as the window is long."""
    predicate, times, within_s = often.predicate, often.times, often.within_s

    def lapse(profile: Profile, now: int, _place: Enrollment) -> int:
        moments = profile.counts.get(predicate, ())
        if len(moments) < times:
            return 0
        ends = moments[-times] + within_s
        return ends if ends > now else 0

    return lapse
