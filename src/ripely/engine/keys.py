"""What tells apart the times that a contact is in one journey: an order, a webinar, a quote."""

from collections.abc import Iterable

from ripely.engine.ruleset import Program
from ripely.model.ids import JourneyId, derive
from ripely.model.profile import Profile

KEYS_MAX = 500
"""How many keys of one journey are remembered of a contact: the latest."""


def key_of(program: Program, entry: dict[str, object]) -> int | None:
    """Return 32 bits for the value that a journey lets in once each; None when it is not told, or not asked."""
    value = entry.get(program.reentry_per) if program.reentry_per else None
    if isinstance(value, bool) or not isinstance(value, (str, int, float)) or value == "":
        return None
    return derive("key", str(value)) & 0xFFFF_FFFF


def remember(profile: Profile, journey: JourneyId, keys: Iterable[int]) -> None:
    known = profile.keys.setdefault(journey, [])
    known += [key for key in keys if key not in known]
    del known[:-KEYS_MAX]
