"""What followed from an event, in the words of stories."""

from collections.abc import Iterator, Mapping
from email import message_from_bytes
from email.policy import default

from ripely.engine.visits import VISIT_STARTED
from ripely.model.effect import (
    AssignOwner,
    CallWebhook,
    CreateTask,
    Effect,
    EmitEvent,
    ForgetContact,
    NotifyPerson,
    SendMessage,
    SyncAudience,
)
from ripely.model.event import DERIVED, Event
from ripely.model.note import Note
from ripely.model.template import Template
from ripely.model.transition import Transition
from ripely.render.preview import preview

ALWAYS = frozenset({"send", "hold", "call", "todo", "no", "notify", "webhook"})
"""Topics that a story must tell whether it speaks of them or not."""


def in_words(after: Transition) -> Iterator[str]:
    for event in after.events:
        yield from _event(event)
    for effect in after.effects:
        yield from _effect(effect)
    notes = after.notes
    scores = {note.subject: note.value for note in notes if note.kind == "score.changed"}
    for score, value in scores.items():
        yield f"score {score} = {value}"
    for note in notes:
        yield from _note(note)


def _event(event: Event) -> Iterator[str]:
    """What the contact's own events say that rules have made."""
    said = event.properties
    match event.name:
        case _ if event.name == VISIT_STARTED:
            yield f"visit {said['number']}"
        case _ if event.source != DERIVED:
            return
        case "coupon.issued":
            yield " ".join(
                ["coupon", said["campaign"], *(f"until {d}" for d in _named(said, "until"))]
            )
        case "deal.opened" | "deal.moved" | "deal.won" | "deal.lost":
            change = event.name.removeprefix("deal.")
            yield " ".join(["deal", change, *_named(said, "pipeline", "stage", "value")])
        case "note.added":
            yield f"note: {said['text']}"
        case "task.dropped":
            yield f'no task "{said["title"]}": {said["reason"]}'
        case name:
            yield " ".join(["event", name, *(f"{k}={v}" for k, v in said.items())])


def _named(said: Mapping[str, object], *names: str) -> list[str]:
    found = [said[name] for name in names if name in said]
    return [f"{one:g}" if isinstance(one, float) else str(one) for one in found]


def _effect(effect: Effect) -> Iterator[str]:
    match effect:
        case SendMessage(held=reason, template=template) if reason:
            yield f"hold {template}: {reason}"
        case SendMessage(channel=channel, template=template, recipient=recipient):
            by = "" if channel == "email" else f" by {channel}"
            yield f"send {template}{by} to {recipient}"
        case CreateTask(type=kind, title=title, team=team, assignee=assignee):
            whose = f"the team {team}" if team else assignee
            yield f'{kind} task "{title}"{f" for {whose}" if whose else ""}'
        case NotifyPerson(to=to, text=text):
            yield f"notify {to or 'everybody'}: {text}"
        case CallWebhook(url=url):
            yield f"webhook {url}"
        case EmitEvent(name=name):
            yield f"emit {name}"
        case AssignOwner(team=team, how=how):
            yield f"owner of the team {team} by {how}"
        case SyncAudience(audience=audience, change=change):
            yield f"audience {change} {audience}"
        case ForgetContact():
            yield "forget"


def _note(note: Note) -> Iterator[str]:
    kind, subject, reason = note.kind, note.subject, note.reason
    match kind:
        case "segment.entered" | "segment.left":
            yield f"{kind.removeprefix('segment.')} segment {subject}"
        case "owner.assigned" | "owner.missing":
            yield f"owner {subject}" if kind == "owner.assigned" else f"owner nobody: {reason}"
        case "journey.entered":
            yield f"entered journey {subject}"
        case "journey.exited":
            yield f"left journey {subject} at {reason}"
        case "journey.goal":
            yield f"goal of journey {subject} at {reason}"
        case "journey.heldout":
            yield f"kept out of journey {subject}"
        case "journey.converted" | "journey.met":
            worth = f", worth {note.value / 100:g}" if note.value else ""
            yield f"converted in journey {subject}: {reason}{worth}"
        case "message.waits":
            yield f"wait {subject}: {reason}"
        case "journey.refused":
            yield f"refused by journey {subject}: {reason}"
        case _:
            pass


def topic(text: str) -> str:
    """What a line speaks of. A story that speaks of segments must tell all that happens to them."""
    words = text.split(": ", 1)[-1].split() if text[:1].isupper() else text.split()
    if words[0] in {"entered", "left", "goal", "refused", "kept", "converted"}:
        return "segment" if words[1] == "segment" else "journey"
    return words[0]


def read_letter(template: Template, message: SendMessage) -> str:
    """Return the subject and the text of a letter as its reader sees them."""
    mail = message_from_bytes(preview(template, message), policy=default)
    body = mail.get_body(("plain",))
    assert body is not None
    return f"{mail['subject']}\n{body.get_content()}"
