"""What the whole company has in common: its clock, its people, and what guards its contacts."""

from typing import Annotated, Literal, get_args

import msgspec

from ripely.model.condition import Condition, Items, Share
from ripely.model.duration import Duration
from ripely.model.ids import SegmentId, TeamId
from ripely.model.words import ChannelKind, ClockTime, Day, Holiday, Weekday


class Hours(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """From one time of day to another on these weekdays; over midnight when `until` is earlier."""

    start: ClockTime = msgspec.field(name="from")
    end: ClockTime = msgspec.field(name="until")
    weekdays: tuple[Weekday, ...] = ("monday", "tuesday", "wednesday", "thursday", "friday")


class RfmBounds(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """The bounds between the classes 1 to 5, four of each: days since the last order (falling), orders, money."""

    recency_days: tuple[int, int, int, int] = (365, 180, 90, 30)
    orders: tuple[int, int, int, int] = (2, 3, 5, 10)
    money: tuple[float, float, float, float] = (50, 150, 500, 1_500)


class Lifecycle(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What makes a contact a lead, or a customer, where it is not what every company means.

    Nobody falls back by themselves. Without a word here: a customer has ordered, paid or won a
    deal; a lead is known by an address or an account, and has sent a form, opened an account,
    written or called; whoever else is known by an address is a potential lead.
    """

    lead: Condition | None = None
    customer: Condition | None = None


class Publishing(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What a new or changed journey needs before it goes out: to be tried, with exactly this content, and approved.

    A `backtest` counts as a `preview` too. `approvals` are of so many others than its author.
    """

    needs: Literal["none", "preview", "backtest"] = "none"
    approvals: Annotated[int, msgspec.Meta(ge=0, le=5)] = 0


class Company(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True,
    tag_field="kind", tag="company",
):  # fmt: skip
    """One document, called `company`. `timezone` is the installation's where nothing is said.

    `currency` is the one that money is reckoned in (ISO 4217): what is told in another is never
    added to it, and what says none is taken to be in it.
    `section_depth` is how many parts of a path make a section of the site; what is told
    `late_entry` or more after it happened begins no journey; `holdout` percent of all contacts get
    no marketing message at all, to be compared.
    """

    id: str
    name: str = ""
    timezone: str = ""
    currency: str = ""
    section_depth: Annotated[int, msgspec.Meta(ge=1, le=5)] = 1
    late_entry: Duration = msgspec.field(default_factory=lambda: Duration(86_400))
    business_hours: tuple[Hours, ...] = (Hours("09:00", "18:00"),)
    holidays: tuple[Holiday, ...] = ()
    rfm: RfmBounds = RfmBounds()
    lifecycle: Lifecycle = Lifecycle()
    holdout: Share = 0
    publishing: Publishing = Publishing()
    description: str = ""


class Cap(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """No more than so many messages in a time, through one channel, about one topic, or of all."""

    at_most: Annotated[int, msgspec.Meta(ge=0, le=100)]
    within: Duration
    channel: ChannelKind | None = None
    topic: str = ""
    purpose: str = ""


class QuietHours(Hours, frozen=True):
    """From one time of day to another, on every day unless weekdays are named.

    Over midnight when `until` is no later.
    """

    weekdays: tuple[Weekday, ...] = get_args(Weekday)


class Quiet(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Hours of the contact in which messages wait.

    Through these channels (none: through any), for contacts of these countries and regions (none:
    of any). `holidays`: all day on the company's, too. `source` says which law or promise asks for it.
    """

    hours: tuple[QuietHours, ...] = ()
    channels: tuple[ChannelKind, ...] = ()
    countries: Items = ()
    regions: Items = ()
    holidays: bool = False
    source: str = ""


class Budget(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """The attention of a contact: so many marketing messages in a time, whatever the channel.

    Messages that come up within `compete` of one another are sent in the order of their priority,
    not of their coming. From `important` on, a priority goes beyond the budget.
    """

    at_most: Annotated[int, msgspec.Meta(ge=1, le=100)]
    within: Duration = msgspec.field(default_factory=lambda: Duration(7 * 86_400))
    compete: Duration = msgspec.field(default_factory=lambda: Duration(900))
    important: Annotated[int, msgspec.Meta(ge=1, le=11)] = 11


class Guard(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True,
    tag_field="kind", tag="guard",
):  # fmt: skip
    """What stands between messages and contacts. Several guards hold together.

    A transactional message passes caps, budget and quiet hours. `country_rules` adds the hours
    that laws name. With a `segment` the guard is for its members alone.
    """

    id: str
    name: str
    segment: SegmentId | None = None
    caps: tuple[Cap, ...] = ()
    quiet: tuple[Quiet, ...] = ()
    budget: Budget | None = None
    country_rules: bool = False
    description: str = ""


class Absent(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Away from a day to the end of another."""

    start: Day = msgspec.field(name="from")
    end: Day = msgspec.field(name="until")


class Member(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A colleague: an address or a user name. `per_day` is how many calls they can make.

    For an owner chosen by score: who takes contacts from `score_at_least` on; by territory: in
    which countries, regions or cities.
    """

    who: str
    per_day: Annotated[int, msgspec.Meta(ge=0, le=1_000)] = 20
    hours: tuple[Hours, ...] = ()
    absences: tuple[Absent, ...] = ()
    score_at_least: int | None = None
    territories: Items = ()
    timezone: str = ""


class Team(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True,
    tag_field="kind", tag="team",
):  # fmt: skip
    """People who call and look after contacts. `per_hour` is the rate at which calls are released to all together."""

    id: TeamId
    name: str
    members: tuple[Member, ...]
    per_hour: Annotated[int, msgspec.Meta(ge=1, le=10_000)] | None = None
    description: str = ""
