"""What may be asked about a contact. Both compilers read this and nothing else."""

from typing import Annotated, Literal

import msgspec

from ripely.model.acts import OfActs, Op, Question
from ripely.model.duration import Duration
from ripely.model.event import Value
from ripely.model.ids import JourneyId, ListId, ScoreId, SegmentId, StepId
from ripely.model.words import ChannelKind, ClockTime, LifecycleLevel, Weekday

Share = Annotated[float, msgspec.Meta(ge=0, le=100)]
Items = tuple[str, ...]


class AttributeIs(Question, frozen=True, tag="attribute"):
    """A test of one attribute of the contact."""

    name: str
    op: Op = "equals"
    value: Value | tuple[Value, ...] = None


class CompanyIs(Question, frozen=True, tag="company"):
    """A test of one fact about the company that the contact belongs to."""

    name: str
    op: Op = "equals"
    value: Value | tuple[Value, ...] = None


class Place(Question, frozen=True, tag="place"):
    """Where the contact is; of each kind that is said, one must be it."""

    country: Items = ()
    region: Items = ()
    city: Items = ()


class Near(Question, frozen=True, tag="near"):
    """Within `km` of a point, along the ground. Degrees; the contact's `latitude` and `longitude`."""

    latitude: float
    longitude: float
    km: float


class Uses(Question, frozen=True, tag="uses"):
    """What the contact came with last; of each kind that is said, one must be it."""

    device: Items = ()
    os: Items = ()
    browser: Items = ()
    language: Items = ()


class Touch(Question, frozen=True, tag="touch"):
    """What brought the contact the first, or the last, time that a campaign or another site did."""

    which: Literal["first", "last"]
    name: Literal["source", "medium", "campaign", "term", "content", "referrer", "landing_page"]
    op: Op = "equals"
    value: Value | tuple[Value, ...] = None


class InSegment(Question, frozen=True, tag="segment"):
    id: SegmentId


class InList(Question, frozen=True, tag="list"):
    """On a list that people are put on and taken from."""

    id: ListId


class HasTag(Question, frozen=True, tag="tag"):
    name: str


class HasConsent(Question, frozen=True, tag="consent"):
    """The contact agreed to this purpose, and has not withdrawn."""

    purpose: str = "marketing"


class HasTopic(Question, frozen=True, tag="topic"):
    """The contact asked for this topic, and has not left it."""

    name: str


class Reachable(Question, frozen=True, tag="reachable"):
    """A message of this purpose may go: an address is known, nothing suppresses it, consent is there.

    For `call`: there is a number, and nobody said that this contact may not be called.
    """

    channel: ChannelKind
    purpose: str = "marketing"


class ScoreIs(Question, frozen=True, tag="score"):
    """A score lies between two values, both included. `of`: the part for one category, stage or tag."""

    id: ScoreId
    at_least: int | None = None
    at_most: int | None = None
    of: str = ""


class ScoreLevel(Question, frozen=True, tag="score_level"):
    """A score has one of these labels."""

    id: ScoreId
    levels: Items
    of: str = ""


class ScoreTrend(Question, frozen=True, tag="score_trend"):
    """By how much a score has changed within a time; minus for a fall."""

    id: ScoreId
    within: Duration
    at_least: int | None = None
    at_most: int | None = None


class TopScore(Question, frozen=True, tag="top_score"):
    """This score is above 0 and above every other (`among`: of these), by `lead` points or more."""

    id: ScoreId
    among: tuple[ScoreId, ...] = ()
    lead: int = 1


class TopPart(Question, frozen=True, tag="top_part"):
    """Of the parts of a score, this one is the highest and above 0: the favourite category, say."""

    id: ScoreId
    of: str


class InJourney(Question, frozen=True, tag="journey"):
    """Inside a journey now, or `been` in it, or reached its `goal`; `step`: waiting just there."""

    id: JourneyId
    state: Literal["inside", "been", "goal"] = "inside"
    step: StepId | None = None
    within: Duration | None = None


class EntryIs(Question, frozen=True, tag="entry"):
    """A property of the event by which the contact entered this journey."""

    property: str
    op: Op = "equals"
    value: Value | tuple[Value, ...] = None


class DataIs(Question, frozen=True, tag="data"):
    """A property that a step of this journey has kept: of the event that it waited for, or an answer."""

    step: StepId
    property: str
    op: Op = "equals"
    value: Value | tuple[Value, ...] = None


class HasDeal(Question, frozen=True, tag="deal"):
    """Has a deal of this kind; `at_most: 0`: has none."""

    state: Literal["open", "won", "lost"] | None = None
    pipeline: str = ""
    stages: Items = ()
    value_at_least: float | None = None
    idle_for: Duration | None = None
    at_most: int | None = None


class HasQuote(Question, frozen=True, tag="quote"):
    """Has a quote in one of these states; `at_most: 0`: has none."""

    states: tuple[Literal["sent", "viewed", "accepted", "declined", "expired"], ...]
    value_at_least: float | None = None
    idle_for: Duration | None = None
    at_most: int | None = None


class HasCart(Question, frozen=True, tag="cart"):
    """Has something in the cart that is not bought; `idle_for`: and has not touched it for so long."""

    value_at_least: float | None = None
    product: str = ""
    category: str = ""
    idle_for: Duration | None = None


class Rfm(Question, frozen=True, tag="rfm"):
    """Recency, frequency and money of the orders, each from 1 (least) to 5, by the company's bounds."""

    recency_at_least: int | None = None
    recency_at_most: int | None = None
    frequency_at_least: int | None = None
    frequency_at_most: int | None = None
    money_at_least: int | None = None
    money_at_most: int | None = None


class DateIs(Question, frozen=True, tag="date"):
    """Today lies between `from_days` and `to_days` from a date of the contact, or from its anniversary.

    - is before the date, + after it.
    """

    attribute: str
    from_days: int = 0
    to_days: int = 0
    yearly: bool = False


class Now(Question, frozen=True, tag="now"):
    """What time it is for the contact: weekday, time of day, the company's business hours and holidays."""

    weekdays: tuple[Weekday, ...] = ()
    start: ClockTime | None = msgspec.field(default=None, name="from")
    end: ClockTime | None = msgspec.field(default=None, name="until")
    business_hours: bool | None = None
    holiday: bool | None = None


class OwnerIs(Question, frozen=True, tag="owner"):
    """One of these colleagues looks after the contact; with none named, nobody does."""

    names: Items = ()


class LifecycleIs(Question, frozen=True, tag="lifecycle"):
    """How far the contact has come.

    A `visitor`; a `potential_lead`, whose address is known; a `lead`, who has asked for something;
    a `customer`.
    """

    levels: tuple[LifecycleLevel, ...]


class InShare(Question, frozen=True, tag="share"):
    """A share of all contacts by chance that sticks; another `key` picks others."""

    percent: Share
    key: str = ""


class All(Question, frozen=True, tag="all"):
    conditions: "tuple[Condition, ...]"


class AnyOf(Question, frozen=True, tag="any"):
    conditions: "tuple[Condition, ...]"


class AtLeast(Question, frozen=True, tag="at_least"):
    """So many of these hold, or more."""

    count: int
    conditions: "tuple[Condition, ...]"


class Not(Question, frozen=True, tag="not"):
    condition: "Condition"


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
