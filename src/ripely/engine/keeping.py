"""How much a contact keeps of what events say: for later steps, and of long facts, within limits."""

from collections.abc import Mapping

import msgspec

from ripely.engine.draft import Draft
from ripely.model.profile import Enrollment, Fact, Profile

KEPT_BYTES_MAX = 4_000
"""How much one step keeps, as JSON. What is beyond is left out, from the property on that goes beyond."""
KEPT_STEPS_MAX = 20
"""How many steps of one journey keep something; the oldest gives way."""
JOURNEYS_BYTES_MAX = 100_000
"""How much all journeys that a contact is in keep together, as JSON."""
_SMALL_BYTES = 500
"""So much each may keep of what let the contact in, in any case."""
FACTS_LENGTH_MAX = 50_000
"""How many characters all long attributes have together."""
_SHORT_LENGTH = 200

_encode = msgspec.json.encode


def keep(draft: Draft, enrollment: Enrollment, properties: dict[str, object]) -> None:
    """Keep properties under the step that a contact is at."""
    kept, room = {}, min(KEPT_BYTES_MAX, room_in_journeys(draft.profile))
    for name, value in properties.items():
        room -= len(_encode((name, value)))
        if room < 0:
            break
        kept[name] = value
    data, step = enrollment.data, enrollment.step
    data.pop(step, None)
    if len(data) >= KEPT_STEPS_MAX:
        del data[next(iter(data))]
    data[step] = kept
    draft.touch(f"data/{step}")


def keep_entry(draft: Draft, place: Enrollment) -> None:
    """Bound what a place in a journey keeps of the event that let the contact in: what is too large is left out."""
    if len(_encode(place.entry)) <= _SMALL_BYTES:
        return
    room = max(_SMALL_BYTES, room_in_journeys(draft.profile))
    kept: dict[str, object] = {}
    for name, value in place.entry.items():
        length = len(_encode((name, value)))
        if length <= room:
            kept[name] = value
            room -= length
    if left_out := place.entry.keys() - kept.keys():
        place.entry = kept
        reason = f"journeys keep too much to keep {', '.join(sorted(left_out))} too"
        draft.note("event.ignored", draft.event.name, reason[:_SHORT_LENGTH])


def room_in_journeys(profile: Profile) -> int:
    """Return how many bytes journeys may still keep."""
    kept = sum(len(_encode((place.entry, place.data))) for place in profile.enrollments)
    return JOURNEYS_BYTES_MAX - kept


def has_room(known: Mapping[str, Fact], name: str, value: Fact) -> bool:
    """Whether a fact is short, or the long ones leave room for it."""
    length = _length(value)
    if length <= _SHORT_LENGTH:
        return True
    others = (_length(fact) for other, fact in known.items() if other != name)
    return sum(n for n in others if n > _SHORT_LENGTH) + length <= FACTS_LENGTH_MAX


def _length(value: Fact) -> int:
    match value:
        case str():
            return len(value)
        case list():
            return sum(map(_length, value))
        case _:
            return 1
