"""Events that tell facts about the contact: who they are, what they agreed to, whether mail reaches them."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import get_args

from ripely.engine.answers import take_answer
from ripely.engine.draft import Draft
from ripely.engine.erasure import clear, erase
from ripely.engine.keeping import has_room
from ripely.engine.lifecycle import record_lifecycle
from ripely.engine.limits import (
    ATTRIBUTES_MAX,
    ITEMS_MAX,
    LISTS_MAX,
    NAME_MAX,
    PURPOSES_MAX,
    TAGS_MAX,
    TEXT_MAX,
    TOPICS_MAX,
)
from ripely.engine.merge import absorb, freeze, release, revive
from ripely.engine.reactions import record_delivery, record_reaction
from ripely.engine.sales import record_cart, record_deal, record_quote
from ripely.engine.touches import begin_visit, record_rhythm
from ripely.model.event import Event
from ripely.model.ids import ListId
from ripely.model.profile import Consent, Fact
from ripely.model.words import ChannelKind

FORBIDDEN = "may not be called"
"""Why calls are suppressed, where nobody said more."""

_CAME_WITH = {"device": "device", "os": "os", "browser": "browser", "locale": "language"}
_WHEREABOUTS = ("country", "region", "city", "latitude", "longitude")


def record_facts(draft: Draft, event: Event) -> None:
    """Take what the event says into the profile."""
    tell = _TELLERS.get(event.name)
    if tell is not None:
        tell(draft, event)


def tells_facts(name: str) -> bool:
    """Whether events of a name say something of the contact, whatever the rules."""
    return name in _TELLERS


def set_attribute(draft: Draft, name: str, value: Fact) -> None:
    """Set an attribute, or remove it with None. Nothing happens when it is so already."""
    attributes, value = draft.profile.attributes, _bounded(value)
    before = attributes.get(name)
    if before == value or not _fits(name, attributes, ATTRIBUTES_MAX):
        return
    if not has_room(attributes, name, value):
        draft.note("event.ignored", draft.event.name, f"no room for so long a {name}")
        return
    if value is None:
        del attributes[name]
    else:
        attributes[name] = value
    draft.touch(f"attribute/{name}")
    draft.tell("attribute.changed", {"name": name, "from": before, "to": value})
    if name == "owner":
        draft.tell("owner.changed", {"from": before, "to": value})


def set_tag(draft: Draft, tag: str, *, present: bool, said: bool = False) -> None:
    """Put a tag on, or take it off. With `said`, there is an event already that says so: this one."""
    tags = draft.profile.tags
    if (tag in tags) == present or not _fits(tag, tags, TAGS_MAX):
        return
    tags.append(tag) if present else tags.remove(tag)
    draft.touch(f"tag/{tag}")
    if not said:
        draft.tell("tag.added" if present else "tag.removed", {"tag": tag})


def set_list(draft: Draft, name: ListId, *, present: bool, said: bool = False) -> None:
    """Put the contact on a list, or take it from one."""
    lists = draft.profile.lists
    if (name in lists) == present or not _fits(name, lists, LISTS_MAX):
        return
    if present:
        lists[name] = draft.now_s
    else:
        del lists[name]
    draft.touch(f"list/{name}")
    if not said:
        draft.tell("list.joined" if present else "list.left", {"list": name})


def set_topic(draft: Draft, topic: str, *, granted: bool, said: bool = False) -> None:
    """Take down that a topic is wanted, or not any more, unless a later word is known."""
    topics = draft.profile.topics
    wanted = topic in topics and topics[topic].granted
    if _take_word(draft, topics, topic, TOPICS_MAX, granted=granted) and wanted != granted:
        change = "topic.joined" if granted else "topic.left"
        draft.note(change, topic, draft.event.name)
        draft.touch(f"topic/{topic}")
        if not said:
            draft.tell(change, {"topic": topic})


def set_consent(draft: Draft, purpose: str, *, granted: bool, said: bool = False) -> None:
    """Take a statement down, unless a later one is known: an old yes never undoes a no."""
    if _take_word(draft, draft.profile.consents, purpose, PURPOSES_MAX, granted=granted):
        change = "consent.granted" if granted else "consent.withdrawn"
        draft.note(change, purpose, draft.event.name)
        draft.touch(f"consent/{purpose}")
        if not said:
            draft.tell(change, {"purpose": purpose})


def allow_calls(draft: Draft, *, allowed: bool, reason: str, said: bool = False) -> None:
    """Take down whether colleagues may call."""
    suppressed = draft.profile.suppressed
    if allowed == ("call" not in suppressed):
        return
    if allowed:
        del suppressed["call"]
    else:
        suppressed["call"] = reason[:TEXT_MAX]
    change = "call.allowed" if allowed else "call.forbidden"
    draft.note(change, "call", reason)
    draft.touch("suppressed/call")
    if not said:
        draft.tell(change, {"reason": reason})


def company_attribute(name: str) -> str:
    """Return the attribute that holds a fact of the contact's company."""
    return name if name.startswith("company") else f"company_{name}"


def _take_word(
    draft: Draft, known: dict[str, Consent], name: str, most: int, *, granted: bool
) -> bool:
    """Keep the latest word by when it was said; return whether it changes anything."""
    before, said_s = known.get(name), draft.event.occurred_s
    if before is not None and before.at_s > said_s:
        draft.note("event.ignored", draft.event.name, f"{name}: a later statement is known")
        return False
    if not _fits(name, known, most):
        return False
    known[name] = Consent(granted, said_s, draft.event.name)
    return before is None or before.granted != granted


def _bounded(value: Fact) -> Fact:
    if isinstance(value, str):
        return value[:TEXT_MAX]
    if isinstance(value, list):
        said: Sequence[object] = value  # Anything may stand in a list.
        scalars = [one for one in said if isinstance(one, (str, int, float))][:ITEMS_MAX]
        return [one[:NAME_MAX] if isinstance(one, str) else one for one in scalars]
    return value


def _fits(name: str, known: Collection[str], most: int) -> bool:
    """Whether there is room for a name, so that no event can make a profile grow without end."""
    return name in known or (len(known) < most and len(name) <= NAME_MAX)


def _identify(draft: Draft, event: Event) -> None:
    for name, value in event.properties.items():
        if isinstance(value, str | int | float | list | None):
            set_attribute(draft, name, value)


def _join_company(draft: Draft, event: Event) -> None:
    for name, value in event.properties.items():
        if isinstance(value, (str, int, float, list)):
            set_attribute(draft, company_attribute(name), value)


def _grant(draft: Draft, event: Event) -> None:
    set_consent(draft, _purpose(event.properties), granted=True, said=True)


def _withdraw(draft: Draft, event: Event) -> None:
    said = event.name == "consent.withdrawn"
    set_consent(draft, _purpose(event.properties), granted=False, said=said)


def _suppress(draft: Draft, event: Event) -> None:
    channel = event.name.partition(".")[0]
    reason = str(event.properties.get("reason") or event.name)[:TEXT_MAX]
    draft.profile.suppressed[channel] = reason
    draft.touch(f"suppressed/{channel}")


def _tag(draft: Draft, event: Event) -> None:
    tag = event.properties.get("tag")
    if isinstance(tag, str) and tag:
        set_tag(draft, tag, present=event.name == "tag.added", said=True)


def _list(draft: Draft, event: Event) -> None:
    name = event.properties.get("list")
    if isinstance(name, str) and name:
        set_list(draft, ListId(name), present=event.name == "list.joined", said=True)


def _topic(draft: Draft, event: Event) -> None:
    topic = event.properties.get("topic")
    if isinstance(topic, str) and topic:
        set_topic(draft, topic, granted=event.name == "topic.joined", said=True)


def _calls(draft: Draft, event: Event) -> None:
    reason = str(event.properties.get("reason") or FORBIDDEN)
    allow_calls(draft, allowed=event.name == "call.allowed", reason=reason, said=True)


def _take_owner(draft: Draft, event: Event) -> None:
    owner = event.properties.get("owner")
    if isinstance(owner, str) and owner:
        set_attribute(draft, "owner", owner)
        draft.note("owner.assigned", owner, str(event.properties.get("reason", "")))
    take_answer(draft, event)


def _come(draft: Draft, event: Event) -> None:
    """Learn of a visit what the contact came with, and where it is as far as nobody has said."""
    begin_visit(draft, event)
    told = event.properties.get
    for said, name in _CAME_WITH.items():
        if isinstance(value := told(said), str):
            set_attribute(draft, name, value)
    for name in _WHEREABOUTS:
        value = told(name)
        if isinstance(value, (str, int, float)) and name not in draft.profile.attributes:
            set_attribute(draft, name, value)


def _purpose(properties: Mapping[str, object]) -> str:
    return str(properties.get("purpose") or "marketing")


_Teller = Callable[[Draft, Event], None]
_TELLERS: Mapping[str, _Teller] = {
    "contact.identified": _identify,
    "attributes.set": _identify,
    "company.joined": _join_company,
    "consent.granted": _grant,
    "consent.withdrawn": _withdraw,
    **{f"{channel}.unsubscribed": _withdraw for channel in get_args(ChannelKind)},
    **{f"{channel}.bounced": _suppress for channel in get_args(ChannelKind)},
    **{f"{channel}.complained": _suppress for channel in get_args(ChannelKind)},
    **{f"{channel}.opened": record_rhythm for channel in get_args(ChannelKind)},
    **{f"{channel}.clicked": record_rhythm for channel in get_args(ChannelKind)},
    "email.sent": record_delivery,
    "email.opened": record_reaction,
    "email.clicked": record_reaction,
    "visit.started": _come,
    "tag.added": _tag,
    "tag.removed": _tag,
    "list.joined": _list,
    "list.left": _list,
    "topic.joined": _topic,
    "topic.left": _topic,
    "call.allowed": _calls,
    "call.forbidden": _calls,
    "lifecycle.changed": record_lifecycle,
    **{f"deal.{what}": record_deal for what in ("opened", "moved", "updated", "won", "lost")},
    **{
        f"quote.{what}": record_quote
        for what in ("sent", "viewed", "accepted", "declined", "expired")
    },
    "product.added": record_cart,
    "product.removed": record_cart,
    "cart.updated": record_cart,
    "cart.emptied": record_cart,
    "order.completed": record_cart,
    "owner.assigned": _take_owner,
    "owner.missing": take_answer,
    "webhook.answered": take_answer,
    "webhook.failed": take_answer,
    "contact.merged": freeze,
    "contact.absorbed": absorb,
    "contact.unmerged": release,
    "contact.revived": revive,
    "contact.erased": erase,
    "contact.cleared": clear,
}
