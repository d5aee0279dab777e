"""What one contact hands to another of lists, topics, deals, the cart and what brought it."""

from collections.abc import Mapping
from itertools import islice
from typing import TypeVar

import msgspec

from ripely.engine.draft import Draft
from ripely.engine.lifecycle import set_lifecycle
from ripely.engine.limits import CART_MAX, DEALS_MAX, LISTS_MAX, QUOTES_MAX, TOPICS_MAX
from ripely.engine.ruleset import Watch
from ripely.engine.touches import RHYTHM_MAX
from ripely.model.ids import ListId
from ripely.model.profile import NOWHERE, Cart, Consent, Deal, Profile, Quote
from ripely.model.words import LIFECYCLE, LifecycleLevel

_V = TypeVar("_V")
_Name = TypeVar("_Name", bound=str)


class Standing(msgspec.Struct):
    """The part of a profile that tells where a contact stands. Of what was taken in: just that."""

    lists: dict[ListId, int] = {}
    topics: dict[str, Consent] = {}
    lifecycle: LifecycleLevel | None = None
    first_touch: dict[str, str] = {}
    last_touch: dict[str, str] = {}
    deals: dict[str, Deal] = {}
    quotes: dict[str, Quote] = {}
    cart: Cart = msgspec.field(default_factory=Cart)
    rhythm: list[int] = []


class Moved(msgspec.Struct):
    """What was taken in, and what that stood in for."""

    taken: Standing = msgspec.field(default_factory=Standing)
    replaced: Standing = msgspec.field(default_factory=Standing)


def standing_of(profile: Profile) -> Standing:
    return Standing(**{name: getattr(profile, name) for name in Standing.__struct_fields__})


def take_standing(draft: Draft, theirs: Standing, *, earlier: bool, later: bool) -> Moved:
    """Add what another contact had. `earlier`: it was known before; `later`: it was here last."""
    profile, taken, replaced = draft.profile, Standing(), Standing()
    taken.lists = _new(theirs.lists, profile.lists, LISTS_MAX)
    taken.deals = _new(theirs.deals, profile.deals, DEALS_MAX)
    taken.quotes = _new(theirs.quotes, profile.quotes, QUOTES_MAX)
    for topic, said in theirs.topics.items():
        known = profile.topics.get(topic)
        room = len(profile.topics) + len(taken.topics) < TOPICS_MAX
        if (known is None and room) or (known is not None and said.at_s > known.at_s):
            taken.topics[topic] = said
            replaced.topics |= {topic: known} if known else {}
    if theirs.first_touch and (earlier or not profile.first_touch):
        taken.first_touch, replaced.first_touch = theirs.first_touch, profile.first_touch
    if theirs.last_touch and (later or not profile.last_touch):
        taken.last_touch, replaced.last_touch = theirs.last_touch, profile.last_touch
    taken.cart = _lines(theirs.cart, profile.cart)
    taken.rhythm = theirs.rhythm
    _apply(profile, taken)
    _touch(draft, taken)
    return Moved(taken, replaced)


def take_level(draft: Draft, theirs: Standing, moved: Moved) -> None:
    """Come as far as both have come, and as far as what is known of both together brings."""
    profile, levels = draft.profile, {draft.profile.lifecycle, theirs.lifecycle or "visitor"}
    levels |= {
        level for level, watch in _levels(draft) if watch.test(profile, draft.now_s, NOWHERE)
    }
    level = max(levels, key=LIFECYCLE.index)
    if level != profile.lifecycle:
        moved.taken.lifecycle, moved.replaced.lifecycle = level, profile.lifecycle
        set_lifecycle(draft, level, draft.event.name)


def return_standing(draft: Draft, moved: Moved) -> None:
    """Take away again what is still as it was taken in, and put back what it had replaced."""
    profile, taken, replaced = draft.profile, moved.taken, moved.replaced
    _remove(profile.lists, taken.lists)
    _remove(profile.deals, taken.deals)
    _remove(profile.quotes, taken.quotes)
    _remove(profile.cart.lines, taken.cart.lines)
    for topic in _remove(profile.topics, taken.topics):
        if topic in replaced.topics:
            profile.topics[topic] = replaced.topics[topic]
    if replaced.lifecycle is not None and profile.lifecycle == taken.lifecycle:
        set_lifecycle(draft, replaced.lifecycle, draft.event.name)
        draft.recheck(watch for _, watch in _levels(draft))
    if taken.first_touch and profile.first_touch == taken.first_touch:
        profile.first_touch = replaced.first_touch
    if taken.last_touch and profile.last_touch == taken.last_touch:
        profile.last_touch = replaced.last_touch
    if taken.rhythm:
        pairs = zip(profile.rhythm, taken.rhythm, strict=True)
        profile.rhythm = [max(0, ours - theirs) for ours, theirs in pairs]
    _touch(draft, taken)


def _apply(profile: Profile, taken: Standing) -> None:
    profile.lists.update(taken.lists)
    profile.topics.update(taken.topics)
    profile.deals.update(taken.deals)
    profile.quotes.update(taken.quotes)
    profile.first_touch = taken.first_touch or profile.first_touch
    profile.last_touch = taken.last_touch or profile.last_touch
    if taken.cart.lines:
        profile.cart.lines.update(taken.cart.lines)
        profile.cart.touched_s = max(profile.cart.touched_s, taken.cart.touched_s)
    if taken.rhythm:
        ours = profile.rhythm or [0] * len(taken.rhythm)
        pairs = zip(ours, taken.rhythm, strict=True)
        profile.rhythm = [min(one + other, RHYTHM_MAX) for one, other in pairs]


def _lines(theirs: Cart, ours: Cart) -> Cart:
    """Return what lies in the other cart alone, unless this one has been told whole, or emptied, since."""
    if theirs.touched_s < ours.told_s:
        return Cart()
    return Cart(_new(theirs.lines, ours.lines, CART_MAX), theirs.touched_s, theirs.told_s)


def _levels(draft: Draft) -> list[tuple[LifecycleLevel, Watch]]:
    """Return what brings a contact to each level by the rules."""
    watches = draft.rules.watch_by_key
    return [(one, watches[key]) for one in LIFECYCLE if (key := f"lifecycle/{one}") in watches]


def _new(
    theirs: Mapping[_Name, _V], ours: Mapping[_Name, object], most: int
) -> dict[_Name, _V]:
    """Return what is not known here, as far as there is room."""
    found = ((name, value) for name, value in theirs.items() if name not in ours)
    return dict(islice(found, max(0, most - len(ours))))


def _remove(known: dict[_Name, _V], taken: Mapping[_Name, _V]) -> list[_Name]:
    """Remove what is still as it was taken in, and return its names."""
    gone = [name for name, value in taken.items() if known.get(name) == value]
    for name in gone:
        del known[name]
    return gone


def _touch(draft: Draft, taken: Standing) -> None:
    """Have all that depends on it asked again."""
    keys = [f"list/{name}" for name in taken.lists] + [f"topic/{name}" for name in taken.topics]
    whole = {
        "deals": taken.deals,
        "quotes": taken.quotes,
        "cart": taken.cart.lines,
        "touch/first": taken.first_touch,
        "touch/last": taken.last_touch,
    }
    for key in (*keys, *(key for key, changed in whole.items() if changed)):
        draft.touch(key)
