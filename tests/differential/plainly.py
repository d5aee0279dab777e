"""What conditions about acts mean, told as plainly as can be: look at everything that ever happened."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from statistics import fmean
from zoneinfo import ZoneInfo

from ripely.model.acts import (
    Absence,
    Act,
    Aggregate,
    Bought,
    Did,
    Message,
    Occasion,
    Page,
    Searched,
    Seen,
    Sequence,
    Where,
)
from ripely.model.catalog import is_act
from ripely.model.condition import All, AnyOf, AtLeast, AttributeIs, Condition, Not
from ripely.model.event import Event
from ripely.model.profile import NOWHERE, Enrollment

COMPANY_ZONE = "America/Havana"
"""Its clock skips a midnight each spring."""


class Past:
    """All that happened to a contact until now, in the order of the log."""

    def __init__(self, events: list[Event], now_s: int, place: Enrollment = NOWHERE) -> None:
        self.events, self.now_s, self.place = events, now_s, place
        zones = [e.properties["timezone"] for e in events if "timezone" in e.properties]
        self.zone = ZoneInfo(zones[-1] if zones else COMPANY_ZONE)

    def of(self, act: Act, window: Condition | None = None) -> list[Event]:
        """Return the occasions of an act in the order in which they happened."""
        hits = [e for e in self.events if e.name == act.event and passes(judged(act), e)]
        return sorted(
            (e for e in hits if window is None or self.is_in(window, e.occurred_s)),
            key=lambda e: e.occurred_s,
        )

    def is_in(self, window, at_s: int) -> bool:
        day = datetime.fromtimestamp(at_s, UTC).astimezone(ZoneInfo(COMPANY_ZONE)).date()
        entered = {"journey": self.place.entered_s, "step": self.place.since_s}
        return (
            (window.within is None or at_s > self.now_s - window.within)
            and (window.older_than is None or at_s <= self.now_s - window.older_than)
            and (window.since is None or day.isoformat() >= window.since)
            and (window.until is None or day.isoformat() <= window.until)
            and (not window.since_entering or at_s > entered[window.since_entering])
            and (not window.during or self._period(at_s, window) == self._period(self.now_s, window))
        )  # fmt: skip

    def _period(self, at_s: int, window) -> tuple[int, ...]:
        day = datetime.fromtimestamp(at_s, UTC).astimezone(self.zone).date()
        return {
            "today": (day.toordinal(),),
            "this_week": day.isocalendar()[:2],
            "this_month": (day.year, day.month),
            "this_year": (day.year,),
        }[window.during]


def judged(act: Act) -> tuple[Where, ...]:
    """Leave out what machines opened and clicked, where nothing is said of by whom."""
    told = {where.property for where in act.where} & {"by", "verdict"}
    is_judged = act.event.endswith((".opened", ".clicked")) and not told
    return (
        (*act.where, Where("verdict", "in", ("human", "unknown"))) if is_judged else act.where
    )


def holds(condition: Condition, past: Past) -> bool:
    match condition:
        case All(inners):
            return all(holds(inner, past) for inner in inners)
        case AnyOf(inners):
            return any(holds(inner, past) for inner in inners)
        case AtLeast(count, inners):
            return sum(holds(inner, past) for inner in inners) >= count
        case Not(inner):
            return not holds(inner, past)
        case _:
            return _LEAVES[type(condition)](condition, past)


def act_of(condition: Condition) -> Act:
    match condition:
        case Did(event=event, where=where):
            return Act(event, where)
        case Page():
            return _page(condition)
        case Searched(value=value):
            return Act("search.performed", (Where("query", "contains", value),))
        case Message(did=did, by=by):
            return Act(f"email.{did}", (Where("verdict", "in", by),))
        case Bought(category=category):
            bought = (Where("categories", "equals", category),) if category else ()
            return Act("order.completed", bought)
        case _:
            raise AssertionError(condition)


def _page(page: Page) -> Act:
    if page.match == "category":
        return Act("page.viewed", (Where("path", "starts_with", page.value),))
    viewed = (Where("url", "contains", page.value),)
    if page.seconds is None:
        return Act("page.viewed", viewed)
    return Act("page.left", (*viewed, Where("seconds", "at_least", page.seconds)))


def value_of(event: Event, name: str):
    """Return a property; with `verdict` and `categories`, what the sugar of the language looks at."""
    match name:
        case "verdict":
            return event.properties.get("by", "human")
        case "categories" | "products.category":
            products = event.properties.get("products", [])
            return [p["category"] for p in products if "category" in p] or None
        case _:
            return event.properties.get(name)


def passes(where: tuple[Where, ...], event: Event) -> bool:
    return all(_passes(w.op, value_of(event, w.property), w.value) for w in where)


_COMPARED: dict[str, Callable] = {
    "equals": lambda fact, wanted: fact == wanted,
    "more_than": lambda fact, wanted: fact != "unknown" and float(fact) > wanted,
    "at_least": lambda fact, wanted: float(fact) >= wanted,
    "contains": lambda fact, wanted: wanted in fact,
    "starts_with": lambda fact, wanted: fact.startswith(wanted),
    "in": lambda fact, wanted: fact in wanted,
}


def _passes(op: str, fact, wanted) -> bool:
    facts = fact if isinstance(fact, list) else [fact]
    if op == "empty":
        return fact is None
    if op == "not_equals":
        return wanted not in facts
    return any(one is not None and _COMPARED[op](one, wanted) for one in facts)


def _aggregate(asked: Aggregate, past: Past) -> bool:
    found = [value_of(e, asked.of) for e in past.of(Act(asked.event, asked.where), asked)]
    each = [v for one in found for v in (one if isinstance(one, list) else [one])]
    if asked.take == "distinct":
        made = len({str(v).lower() for v in each if v is not None})
    else:
        numbers = [float(v) for v in each if v is not None and v != "unknown"]
        if asked.take != "sum" and not numbers:
            return False
        make = {"sum": sum, "minimum": min, "maximum": max, "average": fmean}[asked.take]
        made = round(make(numbers), 6)
    return (asked.at_least is None or made >= asked.at_least) and (
        asked.at_most is None or made <= asked.at_most
    )


def _occasion(asked: Occasion, past: Past) -> bool:
    found = past.of(Act(asked.event, asked.where), asked)
    if not found:
        return False
    event = found[0] if asked.which == "first" else found[-1]
    return _passes(asked.op, value_of(event, asked.of), asked.value)


def _chains(asked: Sequence, past: Past) -> Iterator[bool]:
    def go_on(chain: list[tuple[int, Event]]) -> Iterator[bool]:
        if len(chain) == len(asked.acts):
            spans = chain[-1][1].occurred_s - chain[0][1].occurred_s
            begun = asked.in_last is None or (
                chain[0][1].occurred_s > past.now_s - asked.in_last
            )
            yield spans <= asked.within and begun
            return
        act = asked.acts[len(chain)]
        for number, event in enumerate(past.of(act)):
            before = [n for (n, _), other in zip(chain, asked.acts) if other == act]  # noqa: B905
            if number not in before and (
                not chain or event.occurred_s >= chain[-1][1].occurred_s
            ):
                yield from go_on([*chain, (number, event)])

    return go_on([])


def _absence(asked: Absence, past: Past) -> bool:
    acts = past.of(asked.act)
    if not acts or acts[-1].occurred_s + asked.within > past.now_s:
        return False
    begun = acts[-1].occurred_s
    ends = begun + asked.within
    # What has the same name follows only later: no event follows itself.
    first = begun + (asked.act.event == asked.without.event)
    return not any(first <= e.occurred_s <= ends for e in past.of(asked.without))


def _seen(asked: Seen, past: Past) -> bool:
    acts = [e.occurred_s for e in past.events if is_act(e.name)]
    return any(at > past.now_s - asked.within for at in acts)


def _attribute(asked: AttributeIs, past: Past) -> bool:
    cities = [e.properties["city"] for e in past.events if "city" in e.properties]
    return bool(cities) and cities[-1] == asked.value


def _often(asked, past: Past) -> bool:
    times = len(past.of(act_of(asked), asked))
    least = asked.at_least if asked.at_least is not None else int(asked.at_most is None)
    return times >= least and (asked.at_most is None or times <= asked.at_most)


_LEAVES: dict[type, Callable] = {
    **dict.fromkeys((Did, Page, Searched, Message, Bought), _often),
    Aggregate: _aggregate,
    Occasion: _occasion,
    Sequence: lambda asked, past: any(_chains(asked, past)),
    Absence: _absence,
    Seen: _seen,
    AttributeIs: _attribute,
}
