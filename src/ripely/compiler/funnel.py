"""The four levels of the funnel as conditions: what makes a contact a potential lead, a lead, a customer."""

from collections.abc import Callable

from ripely.engine.ruleset import Condition as Answer, Watch
from ripely.model.acts import Did
from ripely.model.company import Company
from ripely.model.condition import All, AnyOf, AttributeIs, Condition
from ripely.model.words import LifecycleLevel

_ADDRESSES = ("email", "phone")
_WRITTEN = ("email", "sms", "messenger", "chat")
_ASKED = (
    "form.submitted", "signup.completed", "call.received", "chat.started",
    *(f"{channel}.received" for channel in _WRITTEN),
    *(f"{channel}.replied" for channel in _WRITTEN),
)  # fmt: skip
_BOUGHT = ("order.completed", "payment.received", "deal.won")


def lifecycle_watches(company: Company, answer: Callable[[Condition], Answer]) -> list[Watch]:
    """Return what is kept up to date so that contacts rise."""
    watches = []
    for level, when in levels(company):
        made = answer(when)
        key = f"lifecycle/{level}"
        watches.append(Watch(0, key, "lifecycle", level, made.test, made.lapse, made.keys))
    return watches


def levels(company: Company) -> tuple[tuple[LifecycleLevel, Condition], ...]:
    """Return what brings a contact to each level, the highest first."""
    own = company.lifecycle
    return (
        ("customer", own.customer or _did_any(_BOUGHT)),
        ("lead", own.lead or All((_known_by(*_ADDRESSES, "user_id"), _did_any(_ASKED)))),
        ("potential_lead", _known_by(*_ADDRESSES)),
    )


def _known_by(*attributes: str) -> Condition:
    return AnyOf(tuple(AttributeIs(name, "exists") for name in attributes))


def _did_any(events: tuple[str, ...]) -> Condition:
    return AnyOf(tuple(Did(event) for event in events))
