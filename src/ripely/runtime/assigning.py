"""Who of a team becomes an owner, where that depends on the others: by turns, or by the most room."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import groupby

import msgspec

from ripely.model.company import Member
from ripely.model.effect import AssignOwner
from ripely.model.event import Event
from ripely.model.ids import EventId, derive
from ripely.ports import Chosen, Finished, Outbox, Teams, Workload
from ripely.runtime.staff import Crew, Staff

COUNTED = timedelta(days=1)
"""A contact counts so long as work of whom it was given to."""


def assign_owners(
    teams: Teams, outbox: Outbox, staff: Staff, asked: Sequence[AssignOwner], now: datetime
) -> None:
    """Choose an owner for each; the choice, and the event that tells of it, are stored together."""
    staff.refresh()
    for team, effects in groupby(sorted(asked, key=_order), key=lambda effect: effect.team):
        crew = staff.find(team)
        with teams.turn(team) as turn:
            workload = turn.workload(crew.people if crew else [], now - COUNTED)
            answers = _choose_all(crew, workload, list(effects), now)
            turn.choose([chosen for chosen, _ in answers if chosen.who])
            ids = [chosen.id for chosen, _ in answers]
            outbox.finish(Finished(ids=ids, events=[event for _, event in answers]))


def _order(effect: AssignOwner) -> tuple[str, int, str]:
    return effect.team, effect.decided_ms, effect.id


def _choose_all(
    crew: Crew | None, workload: Workload, asked: Sequence[AssignOwner], now: datetime
) -> list[tuple[Chosen, Event]]:
    answers = []
    for effect in asked:
        who = choose(crew, workload, effect.how, now) if crew else ""
        answers.append((Chosen(effect.id, who, effect.how, now), answer(effect, who, now)))
        if who:
            workload = give(workload, who, effect.how)
    return answers


def choose(crew: Crew, workload: Workload, how: str, now: datetime) -> str:
    """Return who of the team is next, or nothing when nobody can be."""
    members = crew.team.members
    there = [member for member in members if not crew.is_away(member, now)]
    if how == "capacity":
        rooms = [
            (_load(workload, m) / m.per_day, n, m.who) for n, m in enumerate(there) if m.per_day
        ]
        return min(rooms)[2] if rooms else ""
    # When everybody is away somebody must have the contact nevertheless.
    return _next_after(workload.last, members, there or members)


def _load(workload: Workload, member: Member) -> int:
    calls = sum(1 for call in workload.released if call.who == member.who and call.open)
    return calls + workload.open.get(member.who, 0) + workload.given.get(member.who, 0)


def _next_after(last: str, members: Sequence[Member], there: Sequence[Member]) -> str:
    """Return the first after `last`, round and round, of those who are there."""
    order = [member.who for member in members]
    start = order.index(last) + 1 if last in order else 0
    present = {member.who for member in there}
    return next((who for who in order[start:] + order[:start] if who in present), "")


def give(workload: Workload, who: str, how: str) -> Workload:
    """Return the workload of a team once somebody has become an owner."""
    given = Counter(workload.given)
    given[who] += 1
    last = who if how == "turns" else workload.last
    return msgspec.structs.replace(workload, given=given, last=last)


def answer(effect: AssignOwner, who: str, now: datetime) -> Event:
    """Return the event that tells who was chosen, or that nobody was."""
    now_ms = int(now.timestamp() * 1000)
    told = {
        "team": effect.team,
        "journey": effect.journey,
        "step": effect.step,
        "call": effect.id,
        "asked_ms": effect.decided_ms,
    }
    return Event(
        id=EventId(derive("assigned", effect.id)),
        contact=effect.contact,
        name="owner.assigned" if who else "owner.missing",
        occurred_ms=now_ms,
        received_ms=now_ms,
        properties=told | ({"owner": who} if who else {}) | {"reason": f"by {effect.how}"},
        source="dispatch",
    )
