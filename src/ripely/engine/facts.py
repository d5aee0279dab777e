"""Events that tell facts about the contact: who they are, what they agreed to, whether mail reaches them."""

from collections.abc import Callable, Collection, Mapping

from ripely.engine.answers import take_answer
from ripely.engine.limits import (
    ATTRIBUTES_MAX,
    LISTS_MAX,
    NAME_MAX,
    PURPOSES_MAX,
    TAGS_MAX,
    TEXT_MAX,
    TOPICS_MAX,
)
from ripely.engine.merge import absorb, freeze, release, revive
from ripely.engine.transition import Draft
from ripely.model.event import Event
from ripely.model.ids import ListId
from ripely.model.profile import Consent, Fact


def record_facts(draft: Draft, event: Event) -> None:
    """Take what the event says into the profile."""
    tell = _TELLERS.get(event.name)
    if tell is not None:
        tell(draft, event)


def set_attribute(draft: Draft, name: str, value: Fact) -> None:
    """Set an attribute, or remove it with None. Nothing happens when it is so already."""
    attributes = draft.profile.attributes
    if attributes.get(name) == value or not _fits(name, attributes, ATTRIBUTES_MAX):
        return
    if value is None:
        del attributes[name]
    else:
        attributes[name] = value[:TEXT_MAX] if isinstance(value, str) else value
    draft.touch(f"attribute/{name}")
    if name == "owner":
        draft.tell("owner.changed", {"owner": value if isinstance(value, str) else None})


def set_tag(draft: Draft, tag: str, *, present: bool) -> None:
    tags = draft.profile.tags
    if (tag in tags) == present or not _fits(tag, tags, TAGS_MAX):
        return
    tags.append(tag) if present else tags.remove(tag)
    draft.touch(f"tag/{tag}")


def set_list(draft: Draft, name: ListId, *, present: bool) -> None:
    lists = draft.profile.lists
    if (name in lists) == present or not _fits(name, lists, LISTS_MAX):
        return
    if present:
        lists[name] = draft.now_s
    else:
        del lists[name]
    draft.touch(f"list/{name}")
    draft.tell("list.joined" if present else "list.left", {"list": name})


def set_topic(draft: Draft, topic: str, *, granted: bool) -> None:
    """Take down that a topic is wanted, or not any more, unless a later word is known."""
    topics, said_s = draft.profile.topics, draft.event.occurred_s
    before = topics.get(topic)
    if (before is not None and before.at_s > said_s) or not _fits(topic, topics, TOPICS_MAX):
        return
    topics[topic] = Consent(granted, said_s, draft.event.name)
    if (before is not None and before.granted) == granted:
        return
    draft.note("topic.joined" if granted else "topic.left", topic, draft.event.name)
    draft.touch(f"topic/{topic}")


def set_consent(draft: Draft, purpose: str, *, granted: bool) -> None:
    """Take a statement down, unless a later one is known: an old yes never undoes a no."""
    consents, said_s = draft.profile.consents, draft.event.occurred_s
    before = consents.get(purpose)
    if before is not None and before.at_s > said_s:
        draft.note("event.ignored", draft.event.name, f"{purpose}: a later statement is known")
        return
    if not _fits(purpose, consents, PURPOSES_MAX):
        return
    consents[purpose] = Consent(granted, said_s, draft.event.name)
    if before is not None and before.granted == granted:
        return
    draft.note("consent.granted" if granted else "consent.withdrawn", purpose, draft.event.name)
    draft.touch(f"consent/{purpose}")


def _fits(name: str, known: Collection[str], most: int) -> bool:
    """Whether there is room for a name, so that no event can make a profile grow without end."""
    return name in known or (len(known) < most and len(name) <= NAME_MAX)


def _identify(draft: Draft, event: Event) -> None:
    for name, value in event.properties.items():
        if isinstance(value, str | int | float | None):
            set_attribute(draft, name, value)


def _join_company(draft: Draft, event: Event) -> None:
    for name, value in event.properties.items():
        if isinstance(value, str | int | float):
            set_attribute(
                draft, name if name.startswith("company") else f"company_{name}", value
            )


def _grant(draft: Draft, event: Event) -> None:
    set_consent(draft, _purpose(event.properties), granted=True)


def _withdraw(draft: Draft, event: Event) -> None:
    set_consent(draft, _purpose(event.properties), granted=False)


def _suppress(draft: Draft, event: Event) -> None:
    channel = event.name.partition(".")[0]
    reason = str(event.properties.get("reason") or event.name)[:TEXT_MAX]
    draft.profile.suppressed[channel] = reason
    draft.touch(f"suppressed/{channel}")


def _tag(draft: Draft, event: Event) -> None:
    tag = event.properties.get("tag")
    if isinstance(tag, str) and tag:
        set_tag(draft, tag, present=event.name == "tag.added")


def _take_owner(draft: Draft, event: Event) -> None:
    owner = event.properties.get("owner")
    if isinstance(owner, str) and owner:
        set_attribute(draft, "owner", owner)
        draft.note("owner.assigned", owner, str(event.properties.get("reason", "")))
    take_answer(draft, event)


def _purpose(properties: Mapping[str, object]) -> str:
    return str(properties.get("purpose") or "marketing")


_TELLERS: Mapping[str, Callable[[Draft, Event], None]] = {
    "contact.identified": _identify,
    "company.joined": _join_company,
    "consent.granted": _grant,
    "consent.withdrawn": _withdraw,
    "email.unsubscribed": _withdraw,
    "email.bounced": _suppress,
    "email.complained": _suppress,
    "tag.added": _tag,
    "tag.removed": _tag,
    "owner.assigned": _take_owner,
    "webhook.answered": take_answer,
    "webhook.failed": take_answer,
    "contact.merged": freeze,
    "contact.absorbed": absorb,
    "contact.unmerged": release,
    "contact.revived": revive,
}
