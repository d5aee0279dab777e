"""What will happen next to a contact, and when: everything that waits for its time, in words."""

from collections.abc import Iterable, Iterator, Sequence

import msgspec

from ripely.engine.ruleset import PlannedTrigger, Ruleset
from ripely.model.profile import Enrollment, Profile
from ripely.model.trigger import OnDate
from ripely.operations.wording.names import Names, spoken
from ripely.operations.wording.steps import describe
from ripely.operations.wording.triggers import say_trigger

NEXT_MAX = 60


class Next(msgspec.Struct, frozen=True):
    """What happens `at_s`, if nothing happens before that changes it; 0: it waits for an event alone.

    `maybe`: at that moment an answer is only asked for again.
    """

    at_s: int
    words: str
    detail: str = ""
    maybe: bool = False
    journey: str = ""


def upcoming(
    profile: Profile, names: Names, rules: Ruleset | None, now_s: int
) -> Sequence[Next]:
    """Return what is planned, the soonest first; what waits for no moment comes last."""
    found = [*_journeys(profile, names, now_s), *_scores(profile, names)]
    if rules is not None:
        found += _conditions(profile, names, rules)
        found += _dates(profile, names, rules)
    ordered = sorted(found, key=lambda one: (not one.at_s, one.at_s, one.words))
    return ordered[:NEXT_MAX]


def _journeys(profile: Profile, names: Names, now_s: int) -> Iterator[Next]:
    for place in profile.enrollments:
        yield _goes_on(place, names, now_s)
    for pursuit in profile.pursuits:
        if pursuit.until_s > now_s:
            what = f"the way “{pursuit.arm}”" if pursuit.step else "the goal"
            about = f"“{names.journey(pursuit.journey)}”"
            words = f"Until then {what} of {about} still counts when it is reached"
            yield Next(pursuit.until_s, words, maybe=True, journey=pursuit.journey)


def _goes_on(place: Enrollment, names: Names, now_s: int) -> Next:
    journey = names.journeys.get(place.journey)
    step = journey.steps.get(place.step) if journey else None
    doing = describe(step, names)[1] if step else ""
    about = f"“{names.journey(place.journey)}”"
    if journey is not None and journey.paused:
        return Next(0, f"{about} is paused: stays at “{spoken(place.step)}”", doing, journey=place.journey)  # fmt: skip
    if not place.due_s:
        words = f"{about} waits at “{spoken(place.step)}” for something to happen"
        return Next(0, words, doing, journey=place.journey)
    words = f"{about} goes on from “{spoken(place.step)}”"
    return Next(max(place.due_s, now_s), words, doing, journey=place.journey)


def _scores(profile: Profile, names: Names) -> Iterator[Next]:
    for score, grants in profile.grants.items():
        for until_s, points in grants:
            yield Next(until_s, f"{points:+d} points of {names.score(score)} end")


def _conditions(profile: Profile, names: Names, rules: Ruleset) -> Iterator[Next]:
    """Tell the answers that time alone may change."""
    watches = {watch.key: watch for watch in rules.watches if watch.key in profile.lapses}
    for key, watch in watches.items():
        at_s = profile.lapses[key]
        match watch.kind:
            case "segment":
                way = "leave" if watch.subject in profile.segments else "enter"
                yield Next(at_s, f"May {way} the segment {names.segment(watch.subject)}", "by time alone", maybe=True)  # fmt: skip
            case "fact":
                points = profile.facts.get(key)
                words = f"may lose {points}" if points else f"may get {watch.points}"
                about = names.score(watch.subject)
                yield Next(at_s, f"{about} {words} points", watch.reason, maybe=True)
            case "trigger":
                trigger = rules.condition_triggers[key]
                about = f"“{names.journey(trigger.journey)}”"
                yield Next(at_s, f"May enter {about}", trigger.reason, maybe=True, journey=trigger.journey)  # fmt: skip
            case _:
                pass


def _dates(profile: Profile, names: Names, rules: Ruleset) -> Iterator[Next]:
    for key, at_s in profile.dates.items():
        planned = rules.planned.get(key)
        if planned is not None:
            about = f"“{names.journey(planned.journey)}”"
            yield Next(at_s, f"Enters {about}, if its rules allow", _planned(planned, names), journey=planned.journey)  # fmt: skip


def _planned(planned: PlannedTrigger, names: Names) -> str:
    if isinstance(planned.trigger, OnDate):
        return f"the day “{spoken(planned.trigger.attribute)}”"
    return say_trigger(planned.trigger, names)


def first_of(found: Iterable[Next], journey: str) -> Next | None:
    """Return what comes next in one journey."""
    return next((one for one in found if one.journey == journey), None)
