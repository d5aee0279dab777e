"""Questions about journeys: who is in one, was in one, or reached its goal."""

from collections.abc import Callable

from ripely.engine.ruleset import Condition
from ripely.model.condition import InJourney
from ripely.model.profile import Enrollment, Profile

_Since = Callable[[Profile], int | None]
"""Since when it is so; None when it is not."""


def compile_stay(asked: InJourney) -> Condition:
    since, within_s = _since(asked), asked.within
    keys = frozenset({f"journey/{asked.id}", *([f"step/{asked.id}"] if asked.step else [])})
    if within_s is None:
        return Condition(lambda profile, _now, _place: since(profile) is not None, None, keys)

    def test(profile: Profile, now: int, _place: Enrollment) -> bool:
        at = since(profile)
        return at is not None and at > now - within_s

    def lapse(profile: Profile, now: int, _place: Enrollment) -> int:
        at = since(profile)
        return at + within_s if at is not None and at + within_s > now else 0

    return Condition(test, lapse, keys)


def _since(asked: InJourney) -> _Since:
    journey, step = asked.id, asked.step
    match asked.state:
        case "been":
            return lambda profile: profile.entered.get(journey)
        case "goal":
            return lambda profile: profile.goals.get(journey)
        case "inside":
            return lambda profile: max(
                (
                    one.entered_s if step is None else one.since_s
                    for one in profile.enrollments
                    if one.journey == journey and step in {None, one.step}
                ),
                default=None,
            )
