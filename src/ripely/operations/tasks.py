"""Work for people: what is due, what to know before a call, and what came of it."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Literal

import msgspec
from django.db.models import Count, Min

from ripely.model.event import Event
from ripely.model.ids import ContactId, EventId, derive
from ripely.operations.dossiers.contacts import cards_of
from ripely.operations.dossiers.timeline import NEWEST, moments_of
from ripely.operations.wording.moments import Moment
from ripely.operations.wording.names import Names
from ripely.ports import EventLog, History
from ripely.records.hot.models import ContactCard, ContactTask, QueuedCall, TeamQueue

TASKS_PER_PAGE = 25
STORIES_READ = 40
SAID_PER_KIND = 4
WAITING_SHOWN = 5
TRY_AGAIN_AFTER = timedelta(days=1)

Outcome = Literal["reached", "not_reached", "done"]
EVENTS: Mapping[Outcome, str] = {
    "reached": "call.answered",
    "not_reached": "call.missed",
    "done": "task.done",
}
OUTCOMES: Mapping[str, str] = {
    "reached": "Noted: the call was answered.",
    "not_reached": "Noted: nobody answered. The task comes back tomorrow.",
    "done": "Noted: the task is done.",
}
"""What to say to the person when an outcome is noted."""


class Context(msgspec.Struct, frozen=True):
    """What the contact did lately: what to speak of, without saying how one knows."""

    pages: Sequence[str]
    searches: Sequence[str]
    clicks: Sequence[str]


class Work(msgspec.Struct, frozen=True):
    task: ContactTask
    card: ContactCard | None
    context: Context


class Waiting(msgspec.Struct, frozen=True):
    """Calls that wait for a team: how many, which come first, since when the oldest waits, and why."""

    team: str
    calls: int
    oldest_at: datetime
    reason: str
    first: Sequence[tuple[QueuedCall, ContactCard | None]]


class Desk(msgspec.Struct, frozen=True):
    """Open tasks, the most urgent first; `more` when not all of them are here. And what waits for teams."""

    work: Sequence[Work]
    more: bool
    waiting: Sequence[Waiting] = ()


def desk(history: History, names: Names) -> Desk:
    found = list(
        ContactTask.objects.filter(done_at=None).order_by("due_at", "id")[: TASKS_PER_PAGE + 1]
    )
    tasks = found[:TASKS_PER_PAGE]
    cards = cards_of({ContactId(task.contact) for task in tasks})
    work = [
        Work(task, cards.get(task.contact), context_of(history, ContactId(task.contact), names))
        for task in tasks
    ]
    return Desk(work, len(found) > len(tasks), _waiting(names))


def _waiting(names: Names) -> list[Waiting]:
    """Return a line for each team that calls wait for."""
    queued = QueuedCall.objects.values("team").annotate(n=Count("id"), oldest=Min("decided_at"))
    reasons = dict(TeamQueue.objects.values_list("team", "reason"))
    return [
        Waiting(
            team=names.team(row["team"]),
            calls=row["n"],
            oldest_at=row["oldest"],
            reason=reasons.get(row["team"], ""),
            first=_first(row["team"]),
        )
        for row in queued.order_by("team")
    ]


def _first(team: str) -> list[tuple[QueuedCall, ContactCard | None]]:
    """Return the calls that are released first."""
    calls = QueuedCall.objects.filter(team=team).order_by("-priority", "decided_at", "id")
    shown = list(calls[:WAITING_SHOWN])
    cards = cards_of({ContactId(call.contact) for call in shown})
    return [(call, cards.get(call.contact)) for call in shown]


def context_of(history: History, contact: ContactId, names: Names) -> Context:
    moments = moments_of(history.of(contact, NEWEST, STORIES_READ), names)
    return Context(
        pages=_latest(moments, "pages"),
        searches=_latest(moments, "searches"),
        clicks=_latest(moments, "clicks"),
    )


def finish(
    log: EventLog, task: ContactTask, outcome: Outcome, remark: str, now: datetime, by: str
) -> None:
    """Tell the log what came of a task, then the row. A call that reached nobody comes back tomorrow."""
    # The log first: it takes the same event twice without harm, a closed row would never tell it.
    log.append([_outcome_event(task, outcome, remark, now, by)])
    task.outcome, task.remark = outcome, remark
    if outcome == "not_reached":
        task.due_at = now + TRY_AGAIN_AFTER
    else:
        task.done_at = now
    task.save(update_fields=["outcome", "remark", "due_at", "done_at"])


def _outcome_event(
    task: ContactTask, outcome: Outcome, remark: str, now: datetime, by: str
) -> Event:
    at = int(now.timestamp() * 1000)
    properties = {
        "task": task.id,
        "title": task.title,
        "outcome": outcome,
        "remark": remark,
        "by": by,
    }
    return Event(
        id=EventId(derive("task", task.id, outcome, task.due_at.isoformat())),
        contact=ContactId(task.contact),
        name=EVENTS[outcome],
        occurred_ms=at,
        received_ms=at,
        properties={name: value for name, value in properties.items() if value},
        source="ripely",
    )


def _latest(moments: Sequence[Moment], kind: str) -> list[str]:
    """What the latest moments of a kind were about, each once."""
    subjects = dict.fromkeys(_subject(moment) for moment in moments if moment.kind == kind)
    return list(subjects)[:SAID_PER_KIND]


def _subject(moment: Moment) -> str:
    """What stands in quotes, or the whole title."""
    _, _, quoted = moment.title.partition("“")
    return quoted.removesuffix("”") or moment.title
