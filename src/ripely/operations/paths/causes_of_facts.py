"""What would be known of people, or not, for questions about facts."""

from collections.abc import Iterator

from ripely.engine.facts import company_attribute
from ripely.model.condition import (
    AttributeIs,
    CompanyIs,
    DataIs,
    EntryIs,
    HasCart,
    HasConsent,
    HasDeal,
    HasQuote,
    HasTag,
    HasTopic,
    InJourney,
    InList,
    InShare,
    LifecycleIs,
    Near,
    OfFacts,
    OwnerIs,
    Place,
    Reachable,
    Touch,
    Uses,
)
from ripely.operations.paths.cast import Luck, address_of
from ripely.operations.paths.causes import Add, Causes, Entry, Ground, Heard
from ripely.operations.paths.values import ELSE, passing, properties_for

MINUTE_S = 60
_NOTHING: Causes = ()
_EVENTS = {
    "customer": "order.completed",
    "lead": "form.submitted",
    "potential_lead": "contact.identified",
}
_DEAL = {"": "opened", "open": "opened", "won": "won", "lost": "lost"}
_NO_DEAL = {"": "lost", "open": "lost", "won": "lost", "lost": "opened"}
FAR = {"latitude": -40.0, "longitude": 175.0}


def of_fact(asked: OfFacts, ground: Ground, *, holds: bool) -> Iterator[Causes]:
    match asked:
        case AttributeIs() | CompanyIs() | EntryIs() | DataIs():
            for fact in passing(asked.op, asked.value, ground.today, passes=holds):
                if isinstance(asked, AttributeIs) and asked.name in ground.copied:
                    yield (Entry(ground.copied[asked.name], fact),)
                yield (_say(asked, fact),)
        case HasDeal() | HasQuote() | HasCart():
            yield from _sales(asked, holds=holds)
        case LifecycleIs() | InJourney() | InShare() | Touch():
            yield from _standing(asked, ground, holds=holds)
        case _:
            yield from _belonging(asked, holds=holds)


def _say(
    asked: AttributeIs | CompanyIs | EntryIs | DataIs, fact: object
) -> Add | Entry | Heard:
    match asked:
        case AttributeIs(name):
            return _set(name, fact)
        case CompanyIs(name):
            return _set(company_attribute(name), fact)
        case EntryIs(name):
            return Entry(name, fact)
        case DataIs(step, name):
            return Heard(step, name, fact)


def _set(name: str, value: object) -> Add:
    fact = list(value) if isinstance(value, tuple) else value
    return Add("attributes.set", {name: fact}, fact=True)


def _belonging(asked: OfFacts, *, holds: bool) -> Iterator[Causes]:
    match asked:
        case HasTag(tag):
            yield (Add("tag.added" if holds else "tag.removed", {"tag": tag}, fact=True),)
        case InList(name):
            yield (Add("list.joined" if holds else "list.left", {"list": name}, fact=True),)
        case HasTopic(name):
            yield (Add("topic.joined" if holds else "topic.left", {"topic": name}, fact=True),)
        case HasConsent(purpose):
            yield (_consent(purpose, granted=holds),)
        case Reachable():
            yield from _reachable(asked, holds=holds)
        case OwnerIs(names):
            known = names[0] if names else "bob"
            yield (_set("owner", known if holds == bool(names) else None),)
        case Place(country, region, city):
            wanted = {"country": country, "region": region, "city": city}
            yield _each(wanted, holds=holds)
        case Uses(device, os, browser, language):
            used = {"device": device, "os": os, "browser": browser, "language": language}
            yield _each(used, holds=holds)
        case Near(latitude, longitude):
            there: dict[str, object] = {"latitude": latitude, "longitude": longitude}
            yield (Add("attributes.set", there if holds else {**FAR}, fact=True),)
        case _:
            return


def _each(wanted: dict[str, tuple[str, ...]], *, holds: bool) -> Causes:
    asked = {name: values[0] for name, values in wanted.items() if values}
    return tuple(_set(name, value if holds else ELSE) for name, value in asked.items())


def _consent(purpose: str, *, granted: bool) -> Add:
    change = "consent.granted" if granted else "consent.withdrawn"
    return Add(change, {"purpose": purpose}, fact=True)


def _reachable(asked: Reachable, *, holds: bool) -> Iterator[Causes]:
    address = address_of(asked.channel)
    if asked.channel == "call":
        change = "call.allowed" if holds else "call.forbidden"
        yield (Add(change, {"reason": "asked for it"}, fact=True),)
        yield _NOTHING if holds else (_set(address, None),)
    elif holds:
        yield (_consent(asked.purpose, granted=True),)
    else:
        yield (_consent(asked.purpose, granted=False),)
        yield (_set(address, None),)


def _sales(asked: HasDeal | HasQuote | HasCart, *, holds: bool) -> Iterator[Causes]:
    before_s = asked.idle_for + MINUTE_S if asked.idle_for else 0
    wanted = holds != (not isinstance(asked, HasCart) and asked.at_most == 0)
    worth = asked.value_at_least if asked.value_at_least is not None else 499.0
    match asked:
        case HasCart(product=product, category=category):
            line = {"product_id": product or "b7", "category": category or "Bikes"}
            told = {**line, "price": worth, "quantity": 1}
            yield (
                (Add("product.added", told, before_s=before_s),)
                if wanted
                else (Add("cart.emptied"),)
            )
            if not holds and asked.value_at_least:
                yield (Add("cart.updated", {"value": asked.value_at_least - 1}),)
        case HasQuote(states=states):
            one = states[0] if wanted else _other(states)
            quote = {"quote": "q12", "value": worth}
            yield (Add(f"quote.{one}", quote, before_s=before_s),) if one else _NOTHING
        case HasDeal(state, pipeline, stages):
            told = {"deal": "d7", "value": worth, "pipeline": pipeline or "sales"}
            told |= {"stage": stages[0] if wanted and stages else ELSE}
            said = "" if state is None else state
            change = _DEAL[said] if wanted else _NO_DEAL[said]
            yield (Add(f"deal.{change}", told, before_s=before_s),)
            yield _NOTHING


def _other(states: tuple[str, ...]) -> str:
    known = ("accepted", "declined", "expired", "viewed", "sent")
    return next((state for state in known if state not in states), "")


def _standing(
    asked: LifecycleIs | InJourney | InShare | Touch, ground: Ground, *, holds: bool
) -> Iterator[Causes]:
    match asked:
        case LifecycleIs(levels):
            for level, event in _EVENTS.items():
                if (level in levels) == holds:
                    yield (Add("lifecycle.changed", {"to": level}, fact=True),)
                    yield (Add(event, properties_for(event, (), ground.today)),)
            yield (Add("lifecycle.changed", {"to": "visitor"}, fact=True),)
        case InShare(percent, key):
            part = percent / 100
            low, high = (0.0, part) if holds else (part, 1.0)
            if low < high:
                yield (Luck(("share", key), low, high),)
        case Touch(name=name, op=op, value=value):
            told = "referrer" if name == "referrer" else f"utm_{name}"
            for fact in passing(op, value, ground.today, passes=holds):
                said = {"url": "https://shop.example/", "path": "/", told: fact}
                yield (Add("page.viewed", said),)
        case InJourney():
            yield _NOTHING
