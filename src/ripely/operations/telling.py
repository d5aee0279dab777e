"""What followed from an event, in the words of stories."""

from collections.abc import Iterator

from ripely.engine.transition import Transition
from ripely.engine.visits import VISIT_STARTED
from ripely.model.effect import (
    CallWebhook,
    CreateTask,
    Effect,
    EmitEvent,
    NotifyPerson,
    SendMessage,
)
from ripely.model.note import Note

ALWAYS = frozenset({"send", "hold", "call", "todo", "notify", "webhook"})
"""Topics that a story must tell whether it speaks of them or not."""


def in_words(after: Transition) -> Iterator[str]:
    for event in after.events:
        if event.name == VISIT_STARTED:
            yield f"visit {event.properties['number']}"
    for effect in after.effects:
        yield from _effect(effect)
    notes = after.notes
    scores = {note.subject: note.value for note in notes if note.kind == "score.changed"}
    for score, value in scores.items():
        yield f"score {score} = {value}"
    for note in notes:
        yield from _note(note)


def _effect(effect: Effect) -> Iterator[str]:
    match effect:
        case SendMessage(held=reason, template=template) if reason:
            yield f"hold {template}: {reason}"
        case SendMessage(channel=channel, template=template, recipient=recipient):
            by = "" if channel == "email" else f" by {channel}"
            yield f"send {template}{by} to {recipient}"
        case CreateTask(type=kind, title=title, assignee=assignee):
            yield f'{kind} task "{title}"{f" for {assignee}" if assignee else ""}'
        case NotifyPerson(to=to, text=text):
            yield f"notify {to or 'everybody'}: {text}"
        case CallWebhook(url=url):
            yield f"webhook {url}"
        case EmitEvent(name=name):
            yield f"emit {name}"


def _note(note: Note) -> Iterator[str]:
    kind, subject, reason = note.kind, note.subject, note.reason
    match kind:
        case "segment.entered" | "segment.left":
            yield f"{kind.removeprefix('segment.')} segment {subject}"
        case "journey.entered":
            yield f"entered journey {subject}"
        case "journey.exited":
            yield f"left journey {subject} at {reason}"
        case "journey.goal":
            yield f"goal of journey {subject} at {reason}"
        case "journey.refused":
            yield f"refused by journey {subject}: {reason}"
        case _:
            pass


def topic(text: str) -> str:
    """What a line speaks of. A story that speaks of segments must tell all that happens to them."""
    words = text.split(": ", 1)[-1].split() if text[:1].isupper() else text.split()
    if words[0] in {"entered", "left", "goal", "refused"}:
        return "segment" if words[1] == "segment" else "journey"
    return words[0]
