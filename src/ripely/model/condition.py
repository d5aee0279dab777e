"""What may be asked about a contact. Both compilers read this and nothing else."""

from typing import Annotated, Literal

import msgspec

from ripely.model.duration import Duration
from ripely.model.event import Value
from ripely.model.ids import JourneyId, ListId, ScoreId, SegmentId, StepId
from ripely.model.words import ChannelKind, ClockTime, Day, LifecycleLevel, Weekday

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
Share = Annotated[float, msgspec.Meta(ge=0, le=100)]
Items = tuple[str, ...]


class _Node(
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


class _Window(_Node, frozen=True, kw_only=True):
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


class Sequence(_Node, frozen=True, tag="sequence"):
    """Acts that followed one another, all `within` so long; `in_last`: and begun so recently."""

    acts: tuple[Act, ...]
    within: Duration
    in_last: Duration | None = None


class Absence(_Node, frozen=True, tag="absence"):
    """The latest `act` is `within` ago or more, and `without` did not follow it in that time."""

    act: Act
    without: Act
    within: Duration


class Seen(_Node, frozen=True, tag="seen"):
    """Did anything at all in this time."""

    within: Duration


class AttributeIs(_Node, frozen=True, tag="attribute"):
    """A test of one attribute of the contact."""

    name: str
    op: Op = "equals"
    value: Value | tuple[Value, ...] = None


class CompanyIs(_Node, frozen=True, tag="company"):
    """A test of one fact about the company that the contact belongs to."""

    name: str
    op: Op = "equals"
    value: Value | tuple[Value, ...] = None


class Place(_Node, frozen=True, tag="place"):
    """Where the contact is; of each kind that is said, one must be it."""

    country: Items = ()
    region: Items = ()
    city: Items = ()


class Near(_Node, frozen=True, tag="near"):
    """Within `km` of a point, along the ground. Degrees; the contact's `latitude` and `longitude`."""

    latitude: float
    longitude: float
    km: float


class Uses(_Node, frozen=True, tag="uses"):
    """What the contact came with last; of each kind that is said, one must be it."""

    device: Items = ()
    os: Items = ()
    browser: Items = ()
    language: Items = ()


class Touch(_Node, frozen=True, tag="touch"):
    """What brought the contact the first, or the last, time that a campaign or another site did."""

    which: Literal["first", "last"]
    name: Literal["source", "medium", "campaign", "term", "content", "referrer", "landing_page"]
    op: Op = "equals"
    value: Value | tuple[Value, ...] = None


class InSegment(_Node, frozen=True, tag="segment"):
    id: SegmentId


class InList(_Node, frozen=True, tag="list"):
    """On a list that people are put on and taken from."""

    id: ListId


class HasTag(_Node, frozen=True, tag="tag"):
    name: str


class HasConsent(_Node, frozen=True, tag="consent"):
    """The contact agreed to this purpose, and has not withdrawn."""

    purpose: str = "marketing"


class HasTopic(_Node, frozen=True, tag="topic"):
    """The contact asked for this topic, and has not left it."""

    name: str


class Reachable(_Node, frozen=True, tag="reachable"):
    """A message of this purpose may go: an address is known, nothing suppresses it, consent is there.

    For `call`: there is a number, and nobody said that this contact may not be called.
    """

    channel: ChannelKind
    purpose: str = "marketing"


class ScoreIs(_Node, frozen=True, tag="score"):
    """A score lies between two values, both included. `of`: the part for one category, stage or tag."""

    id: ScoreId
    at_least: int | None = None
    at_most: int | None = None
    of: str = ""


class ScoreLevel(_Node, frozen=True, tag="score_level"):
    """A score has one of these labels."""

    id: ScoreId
    levels: Items
    of: str = ""


class ScoreTrend(_Node, frozen=True, tag="score_trend"):
    """By how much a score has changed within a time; minus for a fall."""

    id: ScoreId
    within: Duration
    at_least: int | None = None
    at_most: int | None = None


class TopScore(_Node, frozen=True, tag="top_score"):
    """This score is above 0 and above every other (`among`: of these), by `lead` points or more."""

    id: ScoreId
    among: tuple[ScoreId, ...] = ()
    lead: int = 1


class TopPart(_Node, frozen=True, tag="top_part"):
    """Of the parts of a score, this one is the highest and above 0: the favourite category, say."""

    id: ScoreId
    of: str


class InJourney(_Node, frozen=True, tag="journey"):
    """Inside a journey now, or `been` in it, or reached its `goal`; `step`: waiting just there."""

    id: JourneyId
    state: Literal["inside", "been", "goal"] = "inside"
    step: StepId | None = None
    within: Duration | None = None


class EntryIs(_Node, frozen=True, tag="entry"):
    """A property of the event by which the contact entered this journey."""

    property: str
    op: Op = "equals"
    value: Value | tuple[Value, ...] = None


class DataIs(_Node, frozen=True, tag="data"):
    """A property that a step of this journey has kept: of the event that it waited for, or an answer."""

    step: StepId
    property: str
    op: Op = "equals"
    value: Value | tuple[Value, ...] = None


class HasDeal(_Node, frozen=True, tag="deal"):
    """Has a deal of this kind; `at_most: 0`: has none."""

    state: Literal["open", "won", "lost"] | None = None
    pipeline: str = ""
    stages: Items = ()
    value_at_least: float | None = None
    idle_for: Duration | None = None
    at_most: int | None = None


class HasQuote(_Node, frozen=True, tag="quote"):
    """Has a quote in one of these states; `at_most: 0`: has none."""

    states: tuple[Literal["sent", "viewed", "accepted", "declined", "expired"], ...]
    value_at_least: float | None = None
    idle_for: Duration | None = None
    at_most: int | None = None


class HasCart(_Node, frozen=True, tag="cart"):
    """Has something in the cart that is not bought; `idle_for`: and has not touched it for so long."""

    value_at_least: float | None = None
    product: str = ""
    category: str = ""
    idle_for: Duration | None = None


class Rfm(_Node, frozen=True, tag="rfm"):
    """Recency, frequency and money of the orders, each from 1 (least) to 5, by the company's bounds."""

    recency_at_least: int | None = None
    recency_at_most: int | None = None
    frequency_at_least: int | None = None
    frequency_at_most: int | None = None
    money_at_least: int | None = None
    money_at_most: int | None = None


class DateIs(_Node, frozen=True, tag="date"):
    """Today lies between `from_days` and `to_days` from a date of the contact, or from its anniversary.

    - is before the date, + after it.
    """

    attribute: str
    from_days: int = 0
    to_days: int = 0
    yearly: bool = False


class Now(_Node, frozen=True, tag="now"):
    """What time it is for the contact: weekday, time of day, the company's business hours and holidays."""

    weekdays: tuple[Weekday, ...] = ()
    start: ClockTime | None = msgspec.field(default=None, name="from")
    end: ClockTime | None = msgspec.field(default=None, name="until")
    business_hours: bool | None = None
    holiday: bool | None = None


class OwnerIs(_Node, frozen=True, tag="owner"):
    """One of these colleagues looks after the contact; with none named, nobody does."""

    names: Items = ()


class LifecycleIs(_Node, frozen=True, tag="lifecycle"):
    """How far the contact has come.

    A `visitor`; a `potential_lead`, whose address is known; a `lead`, who has asked for something;
    a `customer`.
    """

    levels: tuple[LifecycleLevel, ...]


class InShare(_Node, frozen=True, tag="share"):
    """A share of all contacts by chance that sticks; another `key` picks others."""

    percent: Share
    key: str = ""


class All(_Node, frozen=True, tag="all"):
    conditions: "tuple[Condition, ...]"


class AnyOf(_Node, frozen=True, tag="any"):
    conditions: "tuple[Condition, ...]"


class AtLeast(_Node, frozen=True, tag="at_least"):
    """So many of these hold, or more."""

    count: int
    conditions: "tuple[Condition, ...]"


class Not(_Node, frozen=True, tag="not"):
    condition: "Condition"


OfActs = (
    Did | Page | Searched | Message | Bought | Aggregate | Occasion | Sequence | Absence | Seen
)
OfFacts = (
    AttributeIs | CompanyIs | Place | Near | Uses | Touch | InSegment | InList | HasTag | HasConsent
    | HasTopic | Reachable | InJourney | EntryIs | DataIs | HasDeal | HasQuote | HasCart | Rfm | OwnerIs
    | LifecycleIs | InShare
)  # fmt: skip
OfScores = ScoreIs | ScoreLevel | ScoreTrend | TopScore | TopPart
OfTime = DateIs | Now
Group = All | AnyOf | AtLeast | Not
Condition = OfActs | OfFacts | OfScores | OfTime | Group


def walk(condition: Condition) -> list[Condition]:
    """Return `condition` and every condition inside it, outermost first."""
    match condition:
        case All(inners) | AnyOf(inners) | AtLeast(conditions=inners):
            return [condition, *(found for inner in inners for found in walk(inner))]
        case Not(inner):
            return [condition, *walk(inner)]
        case _:
            return [condition]
