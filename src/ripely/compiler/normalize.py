"""Writes every condition in the few of the kernel, and collects what must be counted for them."""

from typing import assert_never

import msgspec

from ripely.compiler.kernel import Every, Kernel, Negated, Often, Predicate, Several
from ripely.model.condition import (
    All,
    AnyOf,
    AtLeast,
    Condition,
    Did,
    Not,
    Page,
    Where,
)
from ripely.model.ids import PredicateId, derive

PAGE_VIEWED = "page.viewed"
SECTION = "section"  # A property that every event has: its category, or the start of its path.


class Kernels:
    """Writes conditions in the kernel, and collects the predicates they need with how many moments to keep."""

    def __init__(self) -> None:
        self.predicates: dict[PredicateId, Predicate] = {}
        self.keep: dict[PredicateId, int] = {}

    def normalize(self, condition: Condition) -> Kernel:
        match condition:
            case Page():
                return self._did(did_page(condition))
            case Did():
                return self._did(condition)
            case All(inners):
                return Every(tuple(map(self.normalize, inners)))
            case AnyOf(inners):
                return Several(1, tuple(map(self.normalize, inners)))
            case AtLeast(count, inners):
                return Several(count, tuple(map(self.normalize, inners)))
            case Not(inner):
                return Negated(self.normalize(inner))
            case _:
                return condition

    def track(self, event: str, where: tuple[Where, ...], keep: int) -> PredicateId:
        """Have the latest `keep` moments of an event remembered."""
        predicate = Predicate(predicate_id(event, where), event, where)
        known = self.predicates.setdefault(predicate.id, predicate)
        assert known == predicate, f"two predicates share the id {predicate.id}"
        self.keep[predicate.id] = max(keep, self.keep.get(predicate.id, 0))
        return predicate.id

    def _did(self, did: Did) -> Kernel:
        least = did.at_least
        if least is None:
            least = 0 if did.at_most is not None else 1
        bounds: list[Kernel] = [self._often(did, least)] if least > 0 else []
        if did.at_most is not None:
            bounds.append(Negated(self._often(did, did.at_most + 1)))
        return bounds[0] if len(bounds) == 1 else Every(tuple(bounds))

    def _often(self, did: Did, times: int) -> Often:
        return Often(self.track(did.event, did.where, times), times, did.within or 0)


def did_page(page: Page) -> Did:
    """Write a page condition as an event condition."""
    match page.match:
        case "equals":
            whole = "path" if page.value.startswith("/") else "url"
            where = Where(whole, "equals", page.value)
        case "path":
            where = Where("path", "equals", page.value)
        case "contains":
            where = Where("url", "contains", page.value)
        case "contains_words":
            where = Where("url", "contains_words", page.value)
        case "category":
            where = Where(SECTION, "equals", page.value)
        case unknown:
            assert_never(unknown)
    return Did(
        PAGE_VIEWED, (where,), at_least=page.at_least, at_most=page.at_most, within=page.within
    )


def predicate_id(event: str, where: tuple[Where, ...]) -> PredicateId:
    """Return 32 bits that depend on what is counted alone, so that profiles outlive rulesets."""
    asked = msgspec.json.encode(sorted(where, key=msgspec.json.encode)).decode()
    return PredicateId(derive("predicate", event, asked) & 0xFFFF_FFFF)
