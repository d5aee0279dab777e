"""What a Segment call means here: the name of its event, and the properties."""

from collections.abc import Callable
from urllib.parse import parse_qsl, urlsplit

from ripely.engine.limits import ITEMS_MAX
from ripely.model.catalog import RESERVED, standard_name
from ripely.model.identity import canonical_email, canonical_phone
from ripely.runtime.devices import device_named, device_of
from ripely.runtime.segment import Call, RefusedError, id_text

NAME_CHARACTERS_MAX = 200
_PLACE_FACTS = ("country", "region", "city", "latitude", "longitude")
_DEVICE_FACTS = ("device", "os", "browser")
_PAGE_FACTS = ("url", "path", "title", "referrer", "search")
_CLICK_IDS = frozenset({
    "gclid", "gbraid", "wbraid", "dclid", "fbclid", "msclkid", "ttclid", "twclid", "li_fat_id", "yclid",
    "igshid", "epik", "rdt_cid", "scid",
})  # fmt: skip
# Segment's own traits, by the names that conditions and templates use here.
_ATTRIBUTES = {"firstName": "first_name", "lastName": "last_name", "createdAt": "created_at"}
_FIELDS = {"form.submitted": "fields"}
_RENAMED = {"element.clicked": ("href", "url"), "link.clicked": ("href", "url")}

Meaning = tuple[str, dict[str, object]]


def meaning_of(call: Call, kind: str) -> Meaning:
    """Return name and properties, or raise `RefusedError` where the call says too little."""
    tell = _MEANINGS.get(kind)
    if tell is None:
        known = ", ".join(_MEANINGS)
        raise RefusedError(".type", f"The type must be one of {known}.")
    return tell(call)


def _track(call: Call) -> Meaning:
    spoken = (call.event or "").strip()
    if not spoken or len(spoken) > NAME_CHARACTERS_MAX:
        sentence = (
            f"A track call needs the event's name, {NAME_CHARACTERS_MAX} characters at most."
        )
        raise RefusedError(".event", sentence)
    name = standard_name(spoken)
    if name in RESERVED:
        raise RefusedError(".event", f"Only Ripely itself may say {name!r}.")
    return name, _as_standard(name, call.properties or {})


def _as_standard(name: str, properties: dict[str, object]) -> dict[str, object]:
    if name in _RENAMED:
        old, new = _RENAMED[name]
        return {new if key == old else key: value for key, value in properties.items()}
    field = _FIELDS.get(name)
    inner = properties.get(field) if field else None
    if isinstance(inner, dict):
        rest = {key: value for key, value in properties.items() if key != field}
        return {**inner, **rest}
    return properties


def _page(call: Call) -> Meaning:
    found = _named(call)
    context = call.context
    if isinstance(context.page, dict):
        for fact in _PAGE_FACTS:
            if fact not in found and fact in context.page:
                found[fact] = context.page[fact]
    url = found.get("url")
    if isinstance(url, str) and url:
        _add_address(found, url)
    _add_campaign(found, context.campaign)
    if isinstance(context.click_ids, dict):
        found.update(context.click_ids)
    return "page.viewed", _with_place(found, call)


def _add_address(found: dict[str, object], url: str) -> None:
    """Add what an address says by itself, where the page has not said it."""
    marked = "utm_" in url or "id=" in url
    if "path" in found and not marked:
        return
    try:
        parts = urlsplit(url)
    except ValueError:  # No address at all, but the page was viewed all the same.
        return
    found.setdefault("path", parts.path or "/")
    if marked:
        for name, value in parse_qsl(parts.query, max_num_fields=None):
            if name.startswith("utm_") or name in _CLICK_IDS:
                found.setdefault(name, value)


def _add_campaign(found: dict[str, object], campaign: object) -> None:
    if isinstance(campaign, dict):
        for name, value in campaign.items():
            found["utm_campaign" if name == "name" else f"utm_{name}"] = value


def _screen(call: Call) -> Meaning:
    return "screen.viewed", _with_place(_named(call), call)


def _named(call: Call) -> dict[str, object]:
    found = dict(call.properties or {})
    if call.name:
        found["name"] = call.name
    if call.category:
        found["category"] = call.category
    return found


def _identify(call: Call) -> Meaning:
    context = call.context
    traits = context.traits if isinstance(context.traits, dict) else {}
    found = facts({**traits, **(call.traits or {})})
    found.pop("consent", None)
    for name, canonical in (("email", canonical_email), ("phone", canonical_phone)):
        said = found.get(name)
        if isinstance(said, str):
            found[name] = canonical(said) or said.strip()
    user = id_text(call.user_id)
    if user:
        found["user_id"] = user
    return "contact.identified", _with_place(found, call)


def _group(call: Call) -> Meaning:
    company = id_text(call.group_id)
    if company is None:
        raise RefusedError(".groupId", "A group call needs a groupId.")
    return "company.joined", {**facts(call.traits or {}), "company_id": company}


def _alias(call: Call) -> Meaning:
    previous, user = id_text(call.previous_id), id_text(call.user_id)
    if previous is None or user is None:
        raise RefusedError(".previousId", "An alias call needs a previousId and a userId.")
    return "contact.aliased", {"previous_id": previous, "user_id": user}


def facts(traits: dict[str, object]) -> dict[str, object]:
    """Flatten traits to attributes: `address: {city}` becomes `address_city`; lists keep texts and numbers."""
    found: dict[str, object] = {}
    for trait, value in traits.items():
        name = _ATTRIBUTES.get(trait, trait)
        if isinstance(value, dict) and name != "consent":
            found.update((f"{name}_{key}", inner) for key, inner in facts(value).items())
        elif isinstance(value, list):
            found[name] = [v for v in value if isinstance(v, str | int | float)][:ITEMS_MAX]
        else:
            found[name] = value
    return found


def _with_place(found: dict[str, object], call: Call) -> dict[str, object]:
    context = call.context
    if isinstance(context.timezone, str):
        found.setdefault("timezone", context.timezone)
    if isinstance(context.locale, str):
        found.setdefault("locale", context.locale)
    if isinstance(context.location, dict):
        for fact in _PLACE_FACTS:
            if fact in context.location:
                found.setdefault(fact, context.location[fact])
    return _with_device(found, call)


def _with_device(found: dict[str, object], call: Call) -> dict[str, object]:
    context = call.context
    if context.device is not None or context.os is not None:
        device = device_named(context.device, context.os)
    elif isinstance(context.user_agent, str):
        device = device_of(context.user_agent)
    else:
        return found
    for name, fact in zip(_DEVICE_FACTS, device, strict=True):
        if fact:
            found.setdefault(name, fact)
    return found


_MEANINGS: dict[str, Callable[[Call], Meaning]] = {
    "track": _track,
    "page": _page,
    "screen": _screen,
    "identify": _identify,
    "group": _group,
    "alias": _alias,
}
