"""What may be asked about what a contact did: how often, when, in which order, with which values."""

from typing import Literal

import msgspec

from ripely.model.duration import Duration
from ripely.model.event import Value
from ripely.model.words import ChannelKind, Day

Op = Literal[
    "equals", "not_equals", "contains", "contains_words", "starts_with", "ends_with",
    "matches", "in", "not_in", "has_all", "at_least", "at_most", "more_than", "less_than",
    "between", "before", "after", "on", "exists", "empty",
]  # fmt: skip
"""How a fact is compared. `contains_words` wants every word, in any order, ignoring case. Of a list,
one item that passes is enough, and for the negative operators none may be equal; `has_all` wants
every value among the items. `between` takes two values, both included. `before`, `after` and `on`
compare days: `2030-01-31`, `today`, `today + 7 days`, `today - 1 month`, in the contact's zone."""


Period = Literal["today", "this_week", "this_month", "this_year"]
"""The day, the week from Monday, the month or the year that it is in the contact's own zone."""


PageMatch = Literal[
    "equals", "path", "starts_with", "contains", "contains_words", "matches", "category"
]


class Question(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="if", omit_defaults=True
):
    pass


class Where(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A test of one property of an event. A missing property passes only `empty` and the negative operators.

    `products.category` looks inside: into each item, where `products` is a list.
    """

    property: str
    op: Op = "equals"
    value: Value | tuple[Value, ...] = None


class Act(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One kind of event, told by its name and properties."""

    event: str
    where: tuple[Where, ...] = ()


class _Window(Question, frozen=True, kw_only=True):
    """Which occasions count: all that ever were, unless a part says less. Several parts hold together.

    `within` 30 days up to now; at least `older_than` ago; `during` this week; from the day
    `since` to the end of the day `until`, in the company's zone; `since_entering` this journey,
    or the step the contact waits at.
    """

    within: Duration | None = None
    older_than: Duration | None = None
    during: Period | None = None
    since: Day | None = None
    until: Day | None = None
    since_entering: Literal["journey", "step"] | None = None


class _Counted(_Window, frozen=True, kw_only=True):
    """How often: at least once, when nothing is said; `at_most: 0` is never."""

    at_least: int | None = None
    at_most: int | None = None


class Did(_Counted, frozen=True, tag="did"):
    """The contact did something so many times."""

    event: str
    where: tuple[Where, ...] = ()


class Page(_Counted, frozen=True, tag="page"):
    """Viewed pages by their address, or their category (section).

    With `seconds` or `scroll`: pages left after so long, or read to so many percent.
    """

    match: PageMatch
    value: str
    seconds: int | None = None
    scroll: int | None = None


class Searched(_Counted, frozen=True, tag="searched"):
    """Searched the site for a phrase."""

    value: str
    match: Literal["equals", "contains", "contains_words"] = "contains_words"


class Message(_Counted, frozen=True, tag="message"):
    """What became of messages: of one template, step or journey, through one channel, one link.

    Opens and clicks are judged: `human`, `machine` (a scanner) or `unknown` (a mail program that
    opens everything). Machines count only where they are asked for.
    """

    did: Literal[
        "sent", "delivered", "opened", "clicked", "replied", "bounced", "complained",
        "unsubscribed", "held",
    ]  # fmt: skip
    channel: ChannelKind = "email"
    template: str = ""
    journey: str = ""
    step: str = ""
    link: str = ""
    by: tuple[Literal["human", "unknown", "machine"], ...] = ("human", "unknown")


class Bought(_Counted, frozen=True, tag="bought"):
    """Completed orders that hold a product, or one of a category; any order when neither is said."""

    product: str = ""
    category: str = ""


class Aggregate(_Window, frozen=True, tag="aggregate"):
    """A number made of one property over the occasions.

    How much together, the least, the most, on average, or how many different values. Without any
    occasion the sum and the count of values are 0, and the others are none: they pass no bound.
    """

    take: Literal["sum", "minimum", "maximum", "average", "distinct"]
    of: str
    event: str
    where: tuple[Where, ...] = ()
    at_least: float | None = None
    at_most: float | None = None


class Occasion(_Window, frozen=True, tag="occasion"):
    """A property of the first, or of the last, occasion."""

    which: Literal["first", "last"]
    of: str
    event: str
    where: tuple[Where, ...] = ()
    op: Op = "equals"
    value: Value | tuple[Value, ...] = None


class Sequence(Question, frozen=True, tag="sequence"):
    """Acts that followed one another, all `within` so long; `in_last`: and begun so recently."""

    acts: tuple[Act, ...]
    within: Duration
    in_last: Duration | None = None


class Absence(Question, frozen=True, tag="absence"):
    """The latest `act` is `within` ago or more, and `without` did not follow it in that time."""

    act: Act
    without: Act
    within: Duration


class Seen(Question, frozen=True, tag="seen"):
    """Did anything at all in this time."""

    within: Duration


OfActs = (
    Did | Page | Searched | Message | Bought | Aggregate | Occasion | Sequence | Absence | Seen
)
