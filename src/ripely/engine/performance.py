"""A step as it is being performed: where, under which id, and what it can look up."""

from collections.abc import Mapping
from typing import Any

import msgspec

from ripely.engine.draft import Draft
from ripely.model.effect import AssignOwner, CallWebhook
from ripely.model.event import Event, Value
from ripely.model.ids import EffectId, EventId, derive, derive_text
from ripely.model.profile import Enrollment, Fact

ASKED = "asked"


class Performance(msgspec.Struct, frozen=True):
    """One doing of one action. `part` tells several of the same step apart."""

    draft: Draft
    enrollment: Enrollment
    part: str = ""

    @property
    def by(self) -> str:
        return f"journey {self.enrollment.journey}"

    def identity(self, *more: str) -> str:
        """Return what this is called: it depends on contact, journey, version, step and entry alone."""
        place = self.enrollment
        contact = str(self.draft.profile.contact)
        parts = [part for part in (self.part, *more) if part]
        return derive_text(
            contact, place.journey, str(place.version), place.step, place.key, *parts
        )

    def origin(self, *more: str) -> dict[str, Any]:
        """Return who decided what, where and when: the part that every effect has."""
        place = self.enrollment
        return {
            "id": EffectId(self.identity(*more)),
            "contact": self.draft.profile.contact,
            "decided_ms": self.draft.now_ms,
            "journey": place.journey,
            "version": place.version,
            "step": place.step,
        }

    def note(self, kind: str, subject: str, reason: str = "", value: int = 0) -> None:
        self.draft.note(kind, subject, reason, value)

    def make(self, name: str, properties: Mapping[str, Fact]) -> Event:
        """Make an event of the contact, to be taken once this step is done."""
        identity = EventId(derive(name, self.identity()))
        return self.draft.happen(identity, name, properties)

    def ask(self, effect: AssignOwner | CallWebhook) -> None:
        """Ask the world something, and keep under which id, so that the step can wait for the answer."""
        self.draft.effects.append(effect)
        kept, step = self.enrollment.data, self.enrollment.step
        asked = kept.get(step, {}).get(ASKED)
        kept[step] = {ASKED: [*(asked if isinstance(asked, list) else ()), effect.id]}

    def look_up(self, name: str) -> Fact:
        """Return what an attribute, `entry.total` or `data.step.total` is; None when nobody knows."""
        head, dot, path = name.partition(".")
        if head == "entry" and dot:
            return _fact(self.enrollment.entry, path)
        if head == "data" and dot:
            for step, kept in self.enrollment.data.items():
                if path.startswith(f"{step}."):
                    return _fact(kept, path.removeprefix(f"{step}."))
            return None
        return self.draft.profile.attributes.get(name)

    def meant(self, value: Value) -> Fact:
        """Return a value, or what it points to when it is like `entry.total`."""
        if isinstance(value, str) and value.startswith(("entry.", "data.")):
            return self.look_up(value)
        return value


def _fact(known: Mapping[str, object], path: str) -> Fact:
    """Return what lies at a path, as far as an attribute can hold it."""
    if path in known:
        return _plain(known[path])
    head, dot, rest = path.partition(".")
    inner = known.get(head)
    return _fact(inner, rest) if dot and isinstance(inner, Mapping) else None


def _plain(value: object) -> Fact:
    if isinstance(value, list):
        return [one for one in value if isinstance(one, (str, int, float, bool))]
    return value if isinstance(value, (str, int, float, bool)) else None
