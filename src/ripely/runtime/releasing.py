"""Calls that wait for a team, let go as fast as its people can make them."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import msgspec

from ripely.model.company import Member
from ripely.model.effect import CreateTask
from ripely.model.event import Event
from ripely.model.ids import ContactId, EventId, derive
from ripely.model.profile import Profile
from ripely.ports import Clock, Profiles, Released, Teams, Turn, Workload
from ripely.runtime.dispatch import current_profiles
from ripely.runtime.staff import Crew, Staff

RELEASED_MAX = 100
"""Calls looked at in one go, for one team."""
HOUR = timedelta(hours=1)
LOOKED_BACK = timedelta(hours=26)
"""A day of any zone has begun since then, also one on which clocks are put back."""


class Releasing(msgspec.Struct, frozen=True):
    """What releasing calls needs of the world."""

    teams: Teams
    profiles: Profiles
    staff: Staff
    clock: Clock


class Plan(msgspec.Struct, frozen=True):
    """Which calls go to whom now, and why the others wait."""

    given: Sequence[tuple[CreateTask, str]]
    reason: str


def release_once(releasing: Releasing) -> int:
    """Let go what each team has room for; return how many calls were decided on."""
    queued = releasing.teams.queued()
    if queued:
        releasing.staff.refresh()
    decided = 0
    for team in queued:
        with releasing.teams.turn(team) as turn:
            crew, now = releasing.staff.find(team), releasing.clock.now()
            released = _decide(crew, turn, releasing.profiles, now)
            turn.release(released)
        decided += len(released.tasks) + len(released.dropped)
    return decided


def _decide(crew: Crew | None, turn: Turn, profiles: Profiles, now: datetime) -> Released:
    over = turn.expired(now, RELEASED_MAX)
    if over:
        return _drop(over, "it waited longer than it may", now)
    waiting = turn.next(RELEASED_MAX)
    if crew is None:
        return _drop(waiting, "there is no such team any more", now)
    known = current_profiles(profiles, {task.contact for task in waiting})
    forbidden = [task for task in waiting if reason_not_to_call(task, known)]
    if forbidden:
        return _drop(forbidden, "may not be called", now)
    plan = release(crew, turn.workload(crew.people, now - LOOKED_BACK), waiting, now)
    tasks = [_made(task, who, known, now) for task, who in plan.given]
    return Released(now, tasks, (), plan.reason, [_told(task, now) for task in tasks])


def release(
    crew: Crew, workload: Workload, waiting: Sequence[CreateTask], now: datetime
) -> Plan:
    """Give calls, in their order, to whoever is at work and has the most room; to the owner before others."""
    left = _left_this_hour(crew, workload, now)
    room = {
        member.who: member.per_day - _taken(crew, member, workload, now)
        for member in crew.team.members
        if crew.is_at_work(member, now)
    }
    per_day = {member.who: member.per_day for member in crew.team.members}
    given: list[tuple[CreateTask, str]] = []
    for task in waiting[:left]:
        free = {who: n for who, n in room.items() if n > 0}
        if not free:
            break
        who = (
            task.assignee
            if task.assignee in free
            else max(free, key=lambda w: free[w] / per_day[w])
        )
        room[who] -= 1
        given.append((task, who))
    return Plan(given, _why_not(crew, room, now) if len(given) < len(waiting) else "")


def _left_this_hour(crew: Crew, workload: Workload, now: datetime) -> int:
    per_hour = crew.team.per_hour
    if per_hour is None:
        return RELEASED_MAX
    out = sum(1 for call in workload.released if call.at > now - HOUR)
    return max(0, per_hour - out)


def _taken(crew: Crew, member: Member, workload: Workload, now: datetime) -> int:
    """Return how much of a day is used up: by the calls of this day, and by what is open from before."""
    today = crew.day(member, now)
    calls = [call for call in workload.released if call.who == member.who]
    counted = sum(1 for call in calls if call.open or crew.day(member, call.at) == today)
    return counted + workload.open.get(member.who, 0)


def _why_not(crew: Crew, room: Mapping[str, int], now: datetime) -> str:
    members = crew.team.members
    if room:
        full = all(n <= 0 for n in room.values())
        if full:
            return "everybody who is at work has the calls of the day"
        return f"{crew.team.per_hour} calls an hour are out already"
    if all(crew.is_away(member, now) for member in members):
        return "everybody is away"
    if all(crew.is_holiday(member, now) for member in members):
        return "it is a holiday"
    return "nobody works at this hour"


def reason_not_to_call(task: CreateTask, known: Mapping[ContactId, Profile]) -> str:
    profile = known.get(task.contact)
    return profile.suppressed.get("call", "") if profile and task.type == "call" else ""


def _made(
    task: CreateTask, who: str, known: Mapping[ContactId, Profile], now: datetime
) -> CreateTask:
    """Return a call as it is made: with its person, due so long after its release, for whom the contact is now."""
    contact = known[task.contact].contact if task.contact in known else task.contact
    due_ms = int(now.timestamp() * 1000) + task.due_ms - task.decided_ms
    return msgspec.structs.replace(task, contact=contact, assignee=who, due_ms=due_ms)


def _drop(tasks: Sequence[CreateTask], reason: str, now: datetime) -> Released:
    events = [_told(task, now, reason) for task in tasks]
    return Released(now, (), [task.id for task in tasks], "", events)


def _told(task: CreateTask, now: datetime, reason: str = "") -> Event:
    name = "task.dropped" if reason else "task.released"
    now_ms = int(now.timestamp() * 1000)
    told = {
        "task": task.id, "title": task.title, "type": task.type, "team": task.team, "assignee": task.assignee,
        "waited": (now_ms - task.decided_ms) // 1000, "journey": task.journey, "step": task.step, "reason": reason,
    }  # fmt: skip
    return Event(
        id=EventId(derive(name, task.id)),
        contact=task.contact,
        name=name,
        occurred_ms=now_ms,
        received_ms=now_ms,
        properties={key: value for key, value in told.items() if value},
        source="dispatch",
    )
