"""What all sources tell, on one axis of time: visits, leads, orders, money, messages and calls, beside the time before.

A message, an order and a rise to lead count once, at the first that is told of them. Revenue is what
orders and won deals brought, less what was refunded or cancelled, at the moment of each. What was
not told yet at the time is not known, which is not none.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Literal, get_args

import msgspec

from ripely.model.catalog import BY_NAME
from ripely.model.words import ChannelKind
from ripely.operations.outcomes.spans import Span
from ripely.operations.questions.asking import Sql, Word, ask, number, part, text
from ripely.ports import Warehouse

Key = Literal[
    "visits", "contacts", "leads", "buyers", "orders", "revenue",
    "delivered", "opened", "clicked", "calls", "answered", "unsubscribed",
]  # fmt: skip
NAMES: Mapping[Key, str] = {
    "visits": "Visits", "contacts": "New contacts", "leads": "New leads", "buyers": "Buyers",
    "orders": "Orders", "revenue": "Revenue", "delivered": "Messages delivered", "opened": "Opened by humans",
    "clicked": "Clicked by humans", "calls": "Calls made", "answered": "Calls answered", "unsubscribed": "Unsubscribed",
}  # fmt: skip
ABOUT: Mapping[Key, str] = {
    "visits": "Visits to the site or application.",
    "contacts": "Whose address or phone number became known for the first time.",
    "leads": "Who became a lead for the first time.",
    "buyers": "Contacts who ordered, or whose deal was won.",
    "orders": "Completed orders, and won deals.",
    "revenue": "What orders and won deals brought, less what was refunded or cancelled.",
    "delivered": "Messages handed over that did not come back.",
    "opened": "Messages opened by a human, each once.",
    "clicked": "Messages with a click of a human, each once.",
    "calls": "Calls of colleagues.",
    "answered": "Calls that were answered.",
    "unsubscribed": "Contacts who unsubscribed by a message.",
}
SOLD = ("order.completed", "deal.won")
_CALLS = ("call.made", "call.answered", "call.missed")
_COUNTED_AS: Mapping[Key, tuple[str, str]] = {
    "buyers": ("orders", "people"), "revenue": ("orders", "amount"), "unsubscribed": ("unsubscribed", "people"),
}  # fmt: skip
_SOURCE: Mapping[Key, str] = {
    "visits": "visits", "contacts": "people", "leads": "people", "buyers": "orders", "orders": "orders",
    "revenue": "orders", "calls": "calls", "answered": "calls",
}  # fmt: skip


class Counted(msgspec.Struct, frozen=True):
    """So many times, about so many people, with so much money."""

    n: float = 0
    people: float = 0
    amount: float = 0


class Series(msgspec.Struct, frozen=True):
    """One thing over time, as `values` of the parts, in all, and in the time before; None is not known.

    `since` is when it became known, where that is within what is told of.
    """

    key: Key
    values: Sequence[float | None]
    total: float | None
    before: float | None
    since: datetime | None = None

    @property
    def name(self) -> str:
        return NAMES[self.key]

    @property
    def about(self) -> str:
        return ABOUT[self.key]

    @property
    def change(self) -> float | None:
        """How much more than before: 0.12 is 12 % more. None where nothing is known, or was."""
        if self.total is None or not self.before or self.before < 0:
            return None
        return self.total / self.before - 1


class Results(msgspec.Struct, frozen=True):
    """Revenue is in `currency`; `others` are orders in other currencies: they are not in it."""

    span: Span
    currency: str
    series: Sequence[Series]
    others: int

    def of(self, key: Key) -> Series:
        return next(one for one in self.series if one.key == key)


def results(warehouse: Warehouse, span: Span, currency: str = "") -> Results:
    """Count what happened. Without a currency of the company, that in which most is sold stands for it."""
    currency = currency or currency_of(warehouse)
    began, before = span.before
    words: dict[str, Word] = {
        "told": told(began, span.until, currency, span.now), "part": span.part(),
        "begin": span.since, "until": span.until, "since": began, "before": before,
    }  # fmt: skip
    rows = ask(warehouse, "results", words)
    counted = {
        (text(what), text(of), text(part)): Counted(*map(number, numbers))
        for what, of, part, *numbers in rows
    }
    known = known_since(warehouse)
    series = [_series(key, span, counted, known.get(_SOURCE.get(key, "messages"))) for key in NAMES]  # fmt: skip
    others = counted.get(("others", "now", ""), Counted()).n
    return Results(span, currency, series, int(others))


def known_since(warehouse: Warehouse) -> Mapping[str, datetime]:
    """Return since when each source is known: since it first told of the past, and all since we began."""
    words: dict[str, Word] = {
        "sold": SOLD, "calls": _CALLS, "sent": outcomes("sent"), "risen": risen(),
    }  # fmt: skip
    rows = ask(warehouse, "known_since", words)
    told_of = {text(source): at.replace(tzinfo=UTC) for source, at in rows if isinstance(at, datetime)}  # fmt: skip
    if "all" not in told_of:
        return {}
    began = told_of.pop("all")
    sources = {"messages", *_SOURCE.values()}
    return {source: min(began, told_of.get(source, began)) for source in sources}


def currency_of(warehouse: Warehouse, sold: Sequence[str] = SOLD) -> str:
    """Return the currency in which most is sold, which is taken for that of a company that names none."""
    rows = ask(warehouse, "currency", {"sold": sold})
    return text(rows[0][0]) if rows else ""


def told(since: datetime, until: datetime, currency: str, now: datetime) -> Sql:
    """Everything that is counted from one moment to before another, to be asked as a part of another question."""
    words: dict[str, Word] = {
        "merged": merged(), "since": since, "until": until, "calls": _CALLS, "unsubscribed": outcomes("unsubscribed"),
        "risen": risen(), "messages": messages(since, now), "bought": bought(until, currency),
    }  # fmt: skip
    return part("told", words)


def merged() -> Sql:
    """Who is part of another contact, and of whom."""
    return part("merged", {})


def risen() -> Sql:
    return part("risen", {"merged": merged()})


def bought(until: datetime, currency: str) -> Sql:
    return part(
        "sold", {"merged": merged(), "until": until, "sold": SOLD, "currency": currency}
    )


def messages(since: datetime, now: datetime) -> Sql:
    """Each message of a time; what comes back later counts, too."""
    words: dict[str, Word] = {
        "merged": merged(), "since": since, "now": now, "sent": outcomes("sent"), "back": outcomes("bounced", "refused"),
        "opened": outcomes("opened"), "clicked": outcomes("clicked"),
    }  # fmt: skip
    return part("messages_once", words)


def outcomes(*which: str) -> Sequence[str]:
    """Return the names of such outcomes, through whatever channel."""
    named = [f"{channel}.{outcome}" for channel in get_args(ChannelKind) for outcome in which]
    return [name for name in named if name in BY_NAME]


def _series(
    key: Key,
    span: Span,
    counted: Mapping[tuple[str, str, str], Counted],
    since: datetime | None,
) -> Series:
    what, which = _COUNTED_AS.get(key, (key, "n"))

    def told_of(of: str, part: str) -> float:
        number: float = getattr(counted.get((what, of, part), Counted()), which)
        return number

    known = since is not None and since < span.until
    values = [
        told_of("now", f"{one}") if known and since and since < span.ends(one) else None
        for one in span.parts
    ]
    began, _ = span.before
    return Series(
        key=key,
        values=values,
        total=told_of("now", "") if known else None,
        before=told_of("before", "") if since is not None and since <= began else None,
        since=since if since is not None and span.since < since < span.until else None,
    )


def chosen(said: str) -> Sequence[Key]:
    """Read keys, one after another with commas between them. Raises ValueError with a sentence."""
    wanted = [one.strip() for one in said.split(",") if one.strip()]
    unknown = next((one for one in wanted if one not in NAMES), None)
    if unknown is not None:
        raise ValueError(f"“{unknown[:40]}” is none of {', '.join(NAMES)}.")
    return [key for key in NAMES if key in wanted]


def rows_of(
    found: Results, keys: Iterable[Key]
) -> Sequence[tuple[str, Sequence[float | None]]]:
    """Return the parts of the time, each with the values of some series."""
    series = [found.of(key) for key in keys]
    return [(f"{part}", [one.values[n] for one in series]) for n, part in enumerate(found.span.parts)]  # fmt: skip
