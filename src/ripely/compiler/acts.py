"""Questions about what a contact did: how often, when, and what followed what."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from ripely.compiler.kernel import EVER, Chain, Gap, OfOccasions, Often, Window
from ripely.compiler.windows import LONG_AGO_S, Span, open_window
from ripely.engine.ruleset import Condition, Key, Lapse, Rising, Test
from ripely.engine.visits import SEEN
from ripely.model.acts import Seen
from ripely.model.company import Company
from ripely.model.ids import PredicateId
from ripely.model.profile import Enrollment, Profile


def compile_act(asked: OfOccasions, company: Company) -> Condition:
    match asked:
        case Often():
            return _compile_often(asked, company)
        case Chain(predicates, _, in_last_s):
            lapse = _chain_lapse(asked) if in_last_s else None
            return Condition(_chained(asked), lapse, frozenset(predicates))
        case Gap(act, without):
            return Condition(_missed(asked), _gap_lapse(asked), frozenset((act, without)))
        case Seen():
            return _compile_seen(asked)


def chain_of(chain: Chain, profile: Profile, now: int) -> list[int]:
    """Return the moments of the latest chain that counts, or nothing."""
    moments = [profile.counts.get(predicate, []) for predicate in chain.predicates]
    if not all(moments):
        return []
    begun = now - chain.in_last_s if chain.in_last_s else LONG_AGO_S
    for first in range(len(moments[0]) - 1, -1, -1):
        if moments[0][first] <= begun:
            break
        found = _follow(chain.predicates, moments, first)
        if found and found[-1] - found[0] <= chain.within_s:
            return found
    return []


def _compile_often(often: Often, company: Company) -> Condition:
    window, keys = often.window, frozenset({often.predicate})
    # What must be older is kept only so far back that more of it can also push some of it out.
    rises: dict[Key, Rising] = {} if window.older_s else {often.predicate: "up"}
    if window == EVER:
        return Condition(_ever(often), None, keys, rises)
    if window == Window(within_s=window.within_s):
        return Condition(_lately(often), _lately_lapse(often), keys, rises)
    span = open_window(window, company)
    lapse = _within_lapse(often, span) if span.lapses else None
    return Condition(_within(often, span), lapse, span.keys | keys, rises)


def _ever(often: Often) -> Test:
    predicate, times = often.predicate, often.times
    return lambda profile, _now, _place: len(profile.counts.get(predicate, ())) >= times


def _lately(often: Often) -> Test:
    predicate, times, within_s = often.predicate, often.times, often.window.within_s

    def lately(profile: Profile, now: int, _place: Enrollment) -> bool:
        moments = profile.counts.get(predicate)
        return (
            moments is not None and len(moments) >= times and moments[-times] > now - within_s
        )

    return lately


def _lately_lapse(often: Often) -> Lapse:
    """The answer ends when the last moment that it needs is as old as the window is long."""
    predicate, times, within_s = often.predicate, often.times, often.window.within_s

    def lapse(profile: Profile, now: int, _place: Enrollment) -> int:
        moments = profile.counts.get(predicate, ())
        if len(moments) < times:
            return 0
        ends = moments[-times] + within_s
        return ends if ends > now else 0

    return lapse


def _within(often: Often, span: Span) -> Test:
    predicate, times = often.predicate, often.times

    def within(profile: Profile, now: int, place: Enrollment) -> bool:
        moments = profile.counts.get(predicate, ())
        end = bisect_right(moments, now - span.older_s) if span.older_s else len(moments)
        return end >= times and moments[end - times] > span.floor(profile, now, place)

    return within


def _within_lapse(often: Often, span: Span) -> Lapse:
    """It ends when the last moment that it needs falls out, and begins when one more is old enough."""
    predicate, times = often.predicate, often.times

    def lapse(profile: Profile, now: int, place: Enrollment) -> int:
        moments = profile.counts.get(predicate, ())
        end = bisect_right(moments, now - span.older_s) if span.older_s else len(moments)
        if end >= times and moments[end - times] > span.floor(profile, now, place):
            return span.leaves(profile, now, moments[end - times])
        nth = max(end, times - 1)
        return moments[nth] + span.older_s if span.older_s and nth < len(moments) else 0

    return lapse


def _chained(chain: Chain) -> Test:
    return lambda profile, now, _place: bool(chain_of(chain, profile, now))


def _chain_lapse(chain: Chain) -> Lapse:
    def lapse(profile: Profile, now: int, _place: Enrollment) -> int:
        found = chain_of(chain, profile, now)
        return found[0] + chain.in_last_s if found else 0

    return lapse


def _follow(
    predicates: Sequence[PredicateId], moments: Sequence[list[int]], first: int
) -> list[int]:
    """Return the quickest chain from one occasion of the first act. No occasion serves twice."""
    used = {predicates[0]: first}
    found = [moments[0][first]]
    for predicate, those in zip(predicates[1:], moments[1:], strict=True):
        place = bisect_left(those, found[-1], used.get(predicate, -1) + 1)
        if place == len(those):
            return []
        used[predicate] = place
        found.append(those[place])
    return found


def _missed(gap: Gap) -> Test:
    def missed(profile: Profile, now: int, _place: Enrollment) -> bool:
        acted = profile.counts.get(gap.act)
        return (
            acted is not None
            and acted[-1] + gap.within_s <= now
            and not _is_followed(gap, profile, acted[-1])
        )

    return missed


def _gap_lapse(gap: Gap) -> Lapse:
    def lapse(profile: Profile, now: int, _place: Enrollment) -> int:
        acted = profile.counts.get(gap.act)
        if acted is None or acted[-1] + gap.within_s <= now:
            return 0
        return 0 if _is_followed(gap, profile, acted[-1]) else acted[-1] + gap.within_s

    return lapse


def _is_followed(gap: Gap, profile: Profile, at_s: int) -> bool:
    followed = profile.counts.get(gap.without, ())
    place = (bisect_right if gap.alike else bisect_left)(followed, at_s)
    return place < len(followed) and followed[place] <= at_s + gap.within_s


def _compile_seen(seen: Seen) -> Condition:
    within_s = seen.within

    def lately(profile: Profile, now: int, _place: Enrollment) -> bool:
        return bool(profile.visit.number) and profile.visit.last_s > now - within_s

    def lapse(profile: Profile, now: int, _place: Enrollment) -> int:
        ends = profile.visit.last_s + within_s
        return ends if profile.visit.number and ends > now else 0

    return Condition(lately, lapse, frozenset({SEEN}), {SEEN: "up"})
