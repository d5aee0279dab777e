"""How changes of what is known of a contact read: facts, lists, topics, consent, levels, owners, deals."""

from collections.abc import Mapping

import msgspec

from ripely.model.note import Note
from ripely.operations.wording.because import because
from ripely.operations.wording.names import Names, spoken


class Change(msgspec.Struct, frozen=True):
    """How a note of one kind reads. `title` names its subject; `says` adds the reason below."""

    title: str
    kind: str = "facts"
    icon: str = "edit"
    tone: str = ""


CHANGES: Mapping[str, Change] = {
    "attribute.set": Change("Set “{words}”"),
    "attribute.kept": Change("Left “{words}” as it was"),
    "tag.added": Change("Tag “{subject}” added", icon="tag"),
    "tag.removed": Change("Tag “{subject}” removed", icon="tag"),
    "list.joined": Change("Put on the list “{subject}”", icon="list"),
    "list.left": Change("Taken off the list “{subject}”", icon="list"),
    "topic.joined": Change("Wants to hear about “{subject}”", icon="circle-check"),
    "topic.left": Change("Wants to hear no more about “{subject}”", icon="ban"),
    "consent.granted": Change("Agreed to “{subject}”", icon="circle-check"),
    "consent.withdrawn": Change("Withdrew consent to “{subject}”", icon="ban", tone="bad"),
    "call.allowed": Change("May be called again", icon="phone"),
    "call.forbidden": Change("May not be called any more", icon="ban", tone="bad"),
    "lifecycle.changed": Change("Is now a {level}", icon="user-check"),
    "owner.assigned": Change("The owner is {subject}", icon="user"),
    "owner.kept": Change("The owner stays {subject}", icon="user"),
    "owner.asked": Change("Asks the team {subject} for an owner", icon="users"),
    "owner.missing": Change("Found nobody to look after the contact", icon="user", tone="bad"),
    "coupon.issued": Change("Code {subject} given", "shop", "ticket", "good"),
    "deal.opened": Change("Opened a deal", "tasks", "briefcase"),
    "deal.moved": Change("Moved the deal on", "tasks", "briefcase"),
    "deal.won": Change("Won the deal", "tasks", "briefcase", "good"),
    "deal.lost": Change("Lost the deal", "tasks", "briefcase", "bad"),
    "deal.kept": Change("The deal stays as it is", "tasks", "briefcase"),
    "deal.missing": Change("No open deal in {subject}", "tasks", "briefcase"),
    "notice.missing": Change("Nobody to tell ({subject})", "tasks", "bell", "bad"),
    "contact.revived": Change("Stands by itself again", icon="users"),
}


def title_of(note: Note, names: Names) -> str:
    subject = names.team(note.subject) if note.kind == "owner.asked" else note.subject
    words, level = spoken(subject), subject.replace("_", " ")
    return CHANGES[note.kind].title.format(subject=subject, words=words, level=level)


def why(note: Note, names: Names) -> str:
    """Say why, without what the title says already."""
    match note.kind:
        case "lifecycle.changed":
            before, _, reason = note.reason.removeprefix("from ").partition(": ")
            return f"{because(reason, names)}; before a {before.replace('_', ' ')}"
        case "call.forbidden":
            return because(note.reason.removeprefix("may not be called").lstrip(": "), names)
        case _:
            return because(note.reason, names)
