"""What one event has done to a contact."""

import msgspec

from ripely.model.effect import Effect
from ripely.model.event import Event
from ripely.model.note import Note
from ripely.model.profile import Profile


class Transition(msgspec.Struct, frozen=True):
    """The next profile, the effects that must follow, accepted events (derived ones among them), and why."""

    profile: Profile
    effects: list[Effect]
    events: list[Event]
    notes: list[Note]
