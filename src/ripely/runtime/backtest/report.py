"""What a backtest found, in order: the same findings make the same report, byte for byte."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from hashlib import sha256

import msgspec

from ripely.engine.ruleset import AwaitFirst, Choose, Compare, Instruction, Listen
from ripely.engine.walk import HEARD, TIMED_OUT
from ripely.model.backtest import (
    Calls,
    Example,
    Letters,
    Reason,
    Report,
    StepCount,
)
from ripely.model.company import Member
from ripely.model.ids import StepId
from ripely.model.journey import Experiment, Journey, Split, targets
from ripely.runtime.backtest.course import Course
from ripely.runtime.backtest.findings import Findings, counted
from ripely.runtime.staff import Crew

DAYS_MAX = 3_660


def report_of(course: Course, found: Findings) -> Report:
    counts = found.counts
    steps = list(_steps(course, found))
    return Report(
        asked=course.asked,
        content=content_of(course.journey),
        contacts=counts.get(("contacts",), 0),
        events=counts.get(("events",), 0),
        folded=counts.get(("folded",), 0),
        entered=counts.get(("entered",), 0),
        people=counts.get(("people",), 0),
        heldout=counts.get(("heldout",), 0),
        by_day=_every_day(course, found),
        examples=found.examples.get(("entered",), []),
        steps=steps,
        ends=_reasons(found, "end"),
        refused=_reasons(found, "refused"),
        unused=list(_unused(course, found)),
        unreached=[one.step for one in steps if not one.passed and not one.waiting],
        letters=list(_letters(found)),
        per_person={int(n): people for n, people in _in_numbers(counted(found, "letters"))},
        late=_reason(found, ("late",), "after a purchase"),
        calls=list(_calls(course, found)),
        fastest=found.fastest,
        slowest=found.slowest,
        failed=_reasons(found, "failed"),
        assumed=list(_assumed(course)),
        began_s=found.began_s,
    )


def content_of(journey: Journey) -> str:
    """Return what names the content of a journey: a pause, or the winner of an experiment, is none."""
    steps = {
        step: msgspec.structs.replace(at, winner="") if isinstance(at, Experiment) else at
        for step, at in journey.steps.items()
    }
    plain = msgspec.structs.replace(journey, paused=False, steps=steps)
    body = msgspec.json.encode(plain, enc_hook=str, order="deterministic")
    return sha256(body).hexdigest()


def _steps(course: Course, found: Findings) -> Iterator[StepCount]:
    passed, waiting = counted(found, "step"), counted(found, "waiting")
    for step in in_order(course.journey):
        ways = counted(found, "way", step)
        yield StepCount(step, passed.get(step, 0), waiting.get(step, 0), ways)


def in_order(journey: Journey) -> list[StepId]:
    """Return the steps as one comes to them, each once; those that no way leads to come last."""
    found: dict[StepId, None] = {}
    waiting = [journey.start]
    while waiting:
        at = waiting.pop(0)
        if at not in found and at in journey.steps:
            found[at] = None
            waiting += [step for _, step in targets(journey.steps[at])]
    return [*found, *(step for step in journey.steps if step not in found)]


def _unused(course: Course, found: Findings) -> Iterator[str]:
    """Return the ways that nobody took of the steps that somebody came to."""
    for step, at in course.span.rules.programs[course.asked.journey].steps.items():
        ways = counted(found, "way", step)
        if ways or counted(found, "step").get(step):
            yield from (f"{step}: {way}" for way in ways_of(at) if way not in ways)


def ways_of(at: Instruction) -> Sequence[str]:
    """Return the ways out of a step, by the names under which they are noted."""
    match at:
        case Choose(cases=cases):
            return [*(f"case {n}" for n, _ in enumerate(cases, 1)), "otherwise"]
        case AwaitFirst(ways=ways):
            return [*ways, TIMED_OUT]
        case Listen():
            return [HEARD, TIMED_OUT]
        case Split(arms=arms) | Compare(arms=arms):
            return [arm.name for arm in arms]
        case _:
            return []


def _letters(found: Findings) -> Iterator[Letters]:
    kinds = sorted({item[1:3] for item in found.counts if item[0] in {"letter", "held"}})
    for template, channel in kinds:
        yield Letters(
            template=template,
            channel=channel,
            by_day=counted(found, "letter", template, channel),
            held=counted(found, "held", template, channel),
            waited=counted(found, "waits", template),
        )


def _calls(course: Course, found: Findings) -> Iterator[Calls]:
    for who in sorted({item[1] for item in found.counts if item[0] == "call"}):
        by_day = counted(found, "call", who)
        room = _room(course, who, by_day)
        yield Calls(who, by_day, room, list(_too_many(by_day, room)) if room else [])


def _room(course: Course, who: str, by_day: Mapping[str, int]) -> dict[str, int]:
    """Return how many calls a team, or a member of one, can make on each day from the first to the end."""
    team = course.teams.get(who.removeprefix("team:"))
    crews = [team] if team else list(course.teams.values())
    members = [
        (Crew(crew, course.company), member)
        for crew in crews
        for member in crew.members
        if team or member.who == who
    ]
    if not members:
        return {}
    if not team:
        members = members[:1]  # Whoever is in several teams has one day all the same.
    last = date.fromisoformat(max(by_day))
    days = _days(date.fromisoformat(min(by_day)), last)
    return {
        day.isoformat(): sum(_calls_a_day(crew, member, day) for crew, member in members)
        for day in days
    }


def _calls_a_day(crew: Crew, member: Member, day: date) -> int:
    """Return how many calls somebody can make on a day: none on a day on which they do not work."""
    zone = crew.zone(member)
    hours = member.hours or crew.company.business_hours
    weekday = f"{day:%A}".lower()
    noon = datetime.combine(day, time(12), zone)
    away = crew.is_away(member, noon) or crew.is_holiday(member, noon)
    works = any(weekday in one.weekdays for one in hours)
    return member.per_day if works and not away else 0


def _too_many(by_day: Mapping[str, int], room: Mapping[str, int]) -> Iterator[str]:
    left = 0
    for day in sorted(room):
        left += by_day.get(day, 0) - room[day]
        if left > 0:
            yield day
        left = max(0, left)


def _every_day(course: Course, found: Findings) -> dict[str, int]:
    """Return each day of the period of which there is history, those with nothing too."""
    asked, zone, by_day = course.asked, course.zone, counted(found, "day")
    first = datetime.fromtimestamp(max(asked.since_s, found.began_s), zone).date()
    last = datetime.fromtimestamp(asked.until_s, zone).date()
    return {day.isoformat(): by_day.get(day.isoformat(), 0) for day in _days(first, last)}


def _days(first: date, last: date) -> Iterator[date]:
    for n in range(min((last - first).days + 1, DAYS_MAX)):
        yield first + timedelta(days=n)


def _reasons(found: Findings, kind: str) -> list[Reason]:
    """Return reasons of a kind, the most frequent first."""
    every = [_reason(found, (kind, reason), reason) for reason in counted(found, kind)]
    return sorted(every, key=lambda one: (-one.times, one.reason))


def _reason(found: Findings, item: tuple[str, ...], reason: str) -> Reason:
    examples: Sequence[Example] = found.examples.get(item, [])
    return Reason(reason, found.counts.get(item, 0), examples)


def _in_numbers(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda item: int(item[0]))


def _assumed(course: Course) -> Iterator[str]:
    yield "The journey is switched on at the beginning of the period: nobody is inside or was before."
    yield "All other rules are those of today, for the whole past; what people did stays as it happened."
    yield "What was told late, as an imported past is, counts from when it happened."
    usual = course.asked.reactions
    if usual.opened or usual.clicked:
        yield (
            f"Of the letters of this journey {usual.opened:.1%} are opened and {usual.clicked:.1%}"
            " clicked, by chance that sticks to person and letter; who reacts does nothing more by that."
        )
    else:
        yield "Nobody opens or clicks the letters of this journey."
    yield "Who is made an owner by turns, and what other systems would answer, is not known here."
    if course.teams:
        yield "A team makes as many calls a day as its members can on their working days."
