"""Finds what colleagues do by hand again and again, and drafts the journey that would do it for them.

An act by hand is one that says who did it (`by`), or that only people do, and that no journey asked
for. Of what happened to the same contact in the hours before, the cause is what best foretells it:
most of the acts come after it, and most of its occasions are followed by the act. Both shares are
weighed as one by their harmonic mean, as in van Rijsbergen, "Information Retrieval" (1979).
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import groupby

import msgspec

from ripely.documents.encode import to_yaml
from ripely.model.action import Action, AddNote, Deal, Send, StartJourney, Task, Update
from ripely.model.acts import Where
from ripely.model.catalog import CATALOG
from ripely.model.definition import Definition
from ripely.model.duration import Duration
from ripely.model.event import Value
from ripely.model.ids import JourneyId, ListId, SegmentId, StepId, TemplateId
from ripely.model.journey import Journey, Step, Wait
from ripely.model.template import Template
from ripely.model.trigger import OnEvent, OnSegment, Trigger
from ripely.operations.questions.asking import Word, ask, number, text, whole
from ripely.operations.reports import OWN_SOURCES
from ripely.operations.wording.names import spoken
from ripely.ports import Warehouse

DAYS = 90
DAYS_PER_MONTH = 30.44
WINDOW_HOURS = 48
"""What happened longer before is no cause."""
TIMES_MIN = 5
ACTS_MAX = 50
SUGGESTIONS_MAX = 20
FORETELLS_MIN = 0.2
"""What is followed by the act less often is a coincidence."""
AT_ONCE_S = 900
"""Who did it sooner need not have waited."""
ID_LENGTH = 40

MINUTES: Mapping[str, float] = {
    "message.written": 5, "task.done": 6, "call.made": 8, "note.added": 2, "tag.added": 1,
    "tag.removed": 1, "list.joined": 1, "list.left": 1, "attributes.set": 2, "deal.moved": 2,
    "journey.requested": 1,
}  # fmt: skip
"""How long a person is busy with one, if nobody knows better."""
ALWAYS = ("call.made", "note.added", "message.written", "task.done")
"""What only people do, so that it needs not be said who."""
_NEVER = (
    *(one.name for one in CATALOG if one.inner),
    "page.left", "page.viewed", "visit.started", "score.changed", "attribute.changed",
)  # fmt: skip
_BETWEEN = "\x1f"


class Suggestion(msgspec.Struct, frozen=True):
    """An act by hand, how often it is done, and after what.

    `follows` is the share of the acts that come after the cause, `foretells` the share of its
    occasions that are followed by the act, `lag_s` how long after it as a rule. `remains`: the work
    itself is still a person's; what ends is to think of it.
    """

    kind: str
    subject: str
    words: str
    times: int
    people: int
    colleagues: int
    cause: str
    detail: str
    after: str
    follows: float
    foretells: float
    lag_s: int
    hours: float
    remains: bool
    journey: Journey

    def told(self) -> dict[str, object]:
        """Return it for programs, the draft as documents."""
        parts = {name: getattr(self, name) for name in self.__struct_fields__}
        return {**parts, "journey": self.journey.id, "documents": self.documents}

    @property
    def documents(self) -> str:
        """The journey, and what it sends, to be filled in."""
        steps = self.journey.steps.values()
        texts = [_text(step.template, self.subject) for step in steps if isinstance(step, Send)]
        documents: tuple[Definition, ...] = (self.journey, *texts)
        return "---\n".join(map(to_yaml, documents))


class _Found(msgspec.Struct, frozen=True):
    kind: str
    subject: str
    times: int
    people: int
    colleagues: int
    cause: str
    detail: str
    follows: float
    foretells: float
    lag_s: int

    @property
    def fit(self) -> float:
        return 2 * self.follows * self.foretells / (self.follows + self.foretells)


def suggestions(
    warehouse: Warehouse,
    now: datetime,
    journeys: Iterable[Journey] = (),
    days: int = DAYS,
    minutes: Mapping[str, float] = MINUTES,
) -> Sequence[Suggestion]:
    """Return what could be automated, the most hours first; not what a journey does already."""
    words: dict[str, Word] = {
        "since": now - timedelta(days=days),
        "until": now,
        "kinds": tuple(MINUTES),
        "always": ALWAYS,
        "never": _NEVER,
        "ours": (*OWN_SOURCES, "dispatch", ""),
        "times_min": TIMES_MIN,
        "acts_max": ACTS_MAX,
        "window_h": WINDOW_HOURS,
    }
    done = [_gist(journey) for journey in journeys if not journey.paused]
    found = [_read(row) for row in ask(warehouse, "by_hand", words)]
    told = [
        _suggestion(
            max(same, key=lambda one: (one.fit, not one.detail)), days, {**MINUTES, **minutes}
        )
        for _, group in groupby(found, key=lambda one: (one.kind, one.subject))
        if (same := [one for one in group if one.foretells >= FORETELLS_MIN])
    ]
    new = [one for one in told if _gist(one.journey) not in done]
    return sorted(new, key=lambda one: (-one.hours, one.kind, one.subject))[:SUGGESTIONS_MAX]


def _read(row: Sequence[object]) -> _Found:
    kind, subject, times, people, colleagues, cause, detail, acts, occasions, every, lag = row
    return _Found(
        kind=text(kind),
        subject=text(subject),
        times=whole(times),
        people=whole(people),
        colleagues=whole(colleagues),
        cause=text(cause),
        detail=text(detail),
        follows=number(acts) / number(times),
        foretells=number(occasions) / number(every),
        lag_s=whole(lag),
    )


def _suggestion(found: _Found, days: int, minutes: Mapping[str, float]) -> Suggestion:
    return Suggestion(
        **msgspec.structs.asdict(found),
        words=_said(found.kind, found.subject),
        after=_cause(found),
        hours=found.times / days * DAYS_PER_MONTH * minutes[found.kind] / 60,
        remains=found.kind in {"task.done", "call.made"},
        journey=_draft(found),
    )


def _said(kind: str, subject: str) -> str:
    doing = {
        "message.written": "Write the message “{}”", "task.done": "Do “{}”", "call.made": "Call",
        "note.added": "Note down “{}”", "tag.added": "Give the tag “{}”",
        "tag.removed": "Take away the tag “{}”", "list.joined": "Put on the list “{}”",
        "list.left": "Take from the list “{}”", "attributes.set": "Set {}",
        "deal.moved": "Move the deal to “{}”", "journey.requested": "Start the journey “{}”",
    }  # fmt: skip
    return doing[kind].format(subject.replace(_BETWEEN, ", "))


def _cause(found: _Found) -> str:
    about = f" ({found.detail})" if found.detail else ""
    return f"{spoken(found.cause)}{about}"


def _draft(found: _Found) -> Journey:
    steps: dict[StepId, Step] = {StepId("act"): _ACTIONS[found.kind](found.subject)}
    start = StepId("act")
    if found.lag_s > AT_ONCE_S:
        start = StepId("wait")
        steps = {start: Wait(_rounded(found.lag_s), then=StepId("act")), **steps}
    name = f"{_said(found.kind, found.subject)} after {_cause(found).lower()}"
    return Journey(
        id=JourneyId(_slug(name)),
        name=name[:120],
        description=f"Drafted from what colleagues did by hand {found.times} times.",
        triggers=(_trigger(found),),
        start=start,
        steps=steps,
        reentry="always",
    )


def _text(template: TemplateId, subject: str) -> Template:
    body = "<mjml><mj-body><mj-section><mj-column><mj-text>{}</mj-text></mj-column></mj-section></mj-body></mjml>"
    return Template(
        template, subject, subject, body.format("The text that was written by hand.")
    )


def _trigger(found: _Found) -> Trigger:
    if found.cause == "segment.entered":
        return OnSegment(SegmentId(found.detail))
    about = "form" if found.cause == "form.submitted" else "stage"
    return OnEvent(found.cause, (Where(about, value=found.detail),) if found.detail else ())


def _facts(subject: str) -> Update:
    facts = (fact.partition("=") for fact in subject.split(_BETWEEN))
    return Update(set={name: _value(value) for name, _, value in facts})


def _value(written: str) -> Value:
    if written in {"true", "false"}:
        return written == "true"
    return int(written) if re.fullmatch(r"-?[1-9]\d{0,14}|0", written) else written


def _gist(journey: Journey) -> tuple[object, ...]:
    """What a journey is started by and does, whatever it is called and however long it waits."""
    acts = [
        msgspec.structs.replace(step, then=None)
        for step in journey.steps.values()
        if not isinstance(step, Wait) and hasattr(step, "then")
    ]
    return (*journey.triggers, *acts)


def _rounded(seconds: int) -> Duration:
    """Say a length of time as a person would: in whole minutes, hours or days."""
    for unit in (86_400, 3_600, 60):
        if seconds >= unit:
            return Duration(round(seconds / unit) * unit)
    return Duration(60)


def _slug(words: str) -> str:
    return (
        re.sub(r"[^a-z0-9]+", "-", words.lower()).strip("-")[:ID_LENGTH].strip("-") or "draft"
    )


_ACTIONS: Mapping[str, Callable[[str], Action]] = {
    "message.written": lambda subject: Send(template=TemplateId(_slug(subject))),
    "task.done": lambda subject: Task(title=subject, type="todo"),
    "call.made": lambda _: Task(title="Call"),
    "note.added": lambda subject: AddNote(text=subject),
    "deal.moved": lambda subject: Deal(stage=subject),
    "journey.requested": lambda subject: StartJourney(journey=JourneyId(subject)),
    "tag.added": lambda subject: Update(add_tags=(subject,)),
    "tag.removed": lambda subject: Update(remove_tags=(subject,)),
    "list.joined": lambda subject: Update(join_lists=(ListId(subject),)),
    "list.left": lambda subject: Update(leave_lists=(ListId(subject),)),
    "attributes.set": _facts,
}
