"""What mails bring: sent, opened and clicked, each mail counted once a person."""

from ripely.engine.draft import Draft
from ripely.engine.touches import record_rhythm
from ripely.model.event import Event
from ripely.model.ids import derive

REACTIONS_MAX = 200
"""To how many mails it is known that a contact reacted: the latest."""
SEGMENTS_TOLD_MAX = 100
"""Of how many segments it is told that a contact was in them when a mail was decided."""
BY = ("human", "unknown", "machine")
_NOT_FOLLOWED = frozenset({"none", "aggregate"})


def record_delivery(draft: Draft, event: Event) -> None:
    """Note whom a mail has gone to, unless they let nobody see whether they open it."""
    if draft.profile.attributes.get("tracking") not in _NOT_FOLLOWED:
        _note(draft, event, 0)


def record_reaction(draft: Draft, event: Event) -> None:
    """Note the first time that somebody opened a mail, or clicked in it; people and machines apart."""
    record_rhythm(draft, event)
    message = event.properties.get("message")
    if not isinstance(message, str):
        return
    said = event.properties.get("by")
    by = BY.index(said) if said in BY else BY.index("unknown")
    bit = 1 << by << (len(BY) if event.name == "email.clicked" else 0)
    known, key = draft.profile.reactions, derive("reaction", message) & 0xFFFF_FFFF
    seen = known.get(key, 0)
    if seen & bit:
        return
    if not seen and len(known) >= REACTIONS_MAX:
        del known[next(iter(known))]
    known[key] = seen | bit
    _note(draft, event, by)


def join_reactions(known: dict[int, int], theirs: dict[int, int]) -> None:
    """Know of both what only one of two contacts knew; what is known here is the latest."""
    joined = {key: theirs.get(key, 0) | known.get(key, 0) for key in (*theirs, *known)}
    known.clear()
    known.update(list(joined.items())[-REACTIONS_MAX:])


def _note(draft: Draft, event: Event, by: int) -> None:
    template, segments = event.properties.get("template"), event.properties.get("segments")
    if isinstance(template, str):
        told = segments if isinstance(segments, list) else []
        kind = f"message.{event.name.partition('.')[2]}"
        draft.note(kind, template, ",".join(map(str, told[:SEGMENTS_TOLD_MAX])), by)
