"""A repeated event counts once: the ids of the last weeks are kept with the contact.

An id takes eight bytes; a contact keeps at most 16,384 a week for six weeks, so that any repeat
within 30 days is known, at a cost that depends neither on the number of contacts nor on time.
"""

from ripely.model.event import Event
from ripely.model.profile import Profile

WEEK_S = 7 * 86_400
WEEKS_KEPT = 6
IDS_A_WEEK_MAX = 16_384
_WIDTH = 8
_BYTES_A_WEEK_MAX = IDS_A_WEEK_MAX * _WIDTH


def is_repeated(profile: Profile, event: Event) -> bool:
    """Return whether the event was folded before; remember it if not."""
    key, seen = event.id.to_bytes(_WIDTH), profile.seen
    for known in seen.values():
        if key in known and _holds(known, key):
            return True
    week = max(profile.now_s, event.received_ms // 1000) // WEEK_S
    ids = seen.get(week)
    if ids is None:
        _forget(profile, week)
        seen[week] = key
    elif len(ids) < _BYTES_A_WEEK_MAX:
        seen[week] = ids + key
    else:
        seen[week] = ids[_WIDTH - _BYTES_A_WEEK_MAX :] + key
    return False


def forget_latest(profile: Profile, event: Event) -> dict[int, bytes]:
    """Return the ids known before this event came."""
    key = event.id.to_bytes(_WIDTH)
    known = {week: ids.removesuffix(key) for week, ids in profile.seen.items()}
    return {week: ids for week, ids in known.items() if ids}


def join_ids(known: dict[int, bytes], theirs: dict[int, bytes]) -> None:
    """Know the events of another contact, so that what was told to it is not told again."""
    for week, ids in theirs.items():
        known[week] = (ids + known.get(week, b""))[-_BYTES_A_WEEK_MAX:]


def _holds(ids: bytes, key: bytes) -> bool:
    at = ids.find(key)
    while at > 0 and at % _WIDTH:  # Found across the border of two ids: look on.
        at = ids.find(key, at + 1)
    return at >= 0


def _forget(profile: Profile, week: int) -> None:
    for old in [w for w in profile.seen if w <= week - WEEKS_KEPT]:
        del profile.seen[old]
