"""Who is tired of messages: how many would leave or complain after the next one, and whom to leave out.

The past tells it by slice: how many messages of the channel a contact had in 30 days, and when a
human last answered one. A slice is a condition as well, so it is left out by a filter.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from math import sqrt
from typing import Literal

import msgspec

from ripely.documents.encode import part_to_yaml
from ripely.engine.guards import TRANSACTIONAL
from ripely.model.acts import Did, Message, Where
from ripely.model.catalog import BY_NAME
from ripely.model.condition import All, AnyOf, Condition, Not, Reachable
from ripely.model.duration import Duration
from ripely.model.journey import Journey
from ripely.model.words import ChannelKind
from ripely.operations.audience.audiences import Ground, counted
from ripely.operations.audience.entering import Group, group_of
from ripely.operations.proportions import Weighed
from ripely.operations.questions.asking import Word, ask, whole
from ripely.runtime.backtest.course import sends_of

PAST_D = 180
AFTER_D = 7
"""Who leaves so many days after a message leaves because of it, if no other came in between."""
COUNTED_D = 30
LATELY_D = 30
ONCE_D = 90
MESSAGES_MIN = 200
"""Of fewer past messages nothing is foretold."""
PRIOR = 100
"""What all messages tell weighs as much as so many messages of a slice."""
WORST = 0.02
WORST_MAX = 0.1
"""Of the people about so many are left out, and never more."""
NOTHING = "This journey sends nothing that one could leave."
_NOT_OWED = (Where("purpose", "not_equals", TRANSACTIONAL),)
_DAY_S = 86_400
_Z95 = 1.959963984540054
_OFTEN: Sequence[tuple[int, int | None, str]] = (
    (0, 0, "none"),
    (1, 2, "1 or 2"),
    (3, 5, "3 to 5"),
    (6, None, "6 or more"),
)
_QUIET = ("within 30 days", "31 to 90 days ago", "longer ago, or never")

_Answer = Literal["opened", "clicked", "replied"]
_ANSWERS: Sequence[_Answer] = ("opened", "clicked", "replied")

Place = tuple[int, int]
"""A slice in the grid: how often they were written to, and for how long they have been quiet."""


class Slice(msgspec.Struct, frozen=True):
    """Some people: `messages` in 30 days, and when one was `answered`: opened, clicked, replied to."""

    place: Place
    condition: Condition

    @property
    def messages(self) -> str:
        return _OFTEN[self.place[0]][2]

    @property
    def answered(self) -> str:
        return _QUIET[self.place[1]]


class Past(msgspec.Struct, frozen=True):
    """So many messages, after so many of which the contact left or complained; of these so many complained."""

    messages: int = 0
    lost: int = 0
    complaints: int = 0

    def __add__(self, other: "Past") -> "Past":
        return Past(
            self.messages + other.messages,
            self.lost + other.lost,
            self.complaints + other.complaints,
        )


class Line(msgspec.Struct, frozen=True):
    """Of a slice: who can be written to now, what the past tells, and how likely one of them leaves or complains."""

    slice: Slice
    people: int
    past: Past
    risk: Weighed
    complaint: Weighed

    @property
    def lost(self) -> float:
        return self.people * self.risk.rate

    @property
    def of_thousand(self) -> tuple[float, float, float]:
        """Return how many of 1,000 messages are the last, and between what that lies."""
        low, high = self.risk.interval
        return 1000 * self.risk.rate, 1000 * low, 1000 * high


class Forecast(msgspec.Struct, frozen=True):
    """What one message of a journey by one channel would cost in contacts.

    Unless `at_once` something must happen before the journey begins, and fewer are written to.
    `filter` is that of the journey with the worst slices left out; None: nothing is worth leaving out.
    """

    channel: ChannelKind
    at_once: bool
    past: Past
    lines: Sequence[Line] = ()
    worst: Sequence[Line] = ()
    filter: Condition | None = None

    @property
    def enough(self) -> bool:
        return self.past.messages >= MESSAGES_MIN

    @property
    def people(self) -> int:
        return sum(line.people for line in self.lines)

    @property
    def lost(self) -> float:
        return sum(line.lost for line in self.lines)

    @property
    def complaints(self) -> float:
        return sum(line.people * line.complaint.rate for line in self.lines)

    @property
    def range(self) -> tuple[float, float]:
        """Return between what the number of those who leave or complain will lie, in 19 of 20 cases.

        The squares add up of what each slice is unsure by, and of what chance does to those in it.
        """
        chance = sum(line.lost * (1 - line.risk.rate) for line in self.lines) * _Z95**2
        below, above = chance, chance
        for line in self.lines:
            low, high = line.risk.interval
            below += (line.people * (line.risk.rate - low)) ** 2
            above += (line.people * (high - line.risk.rate)) ** 2
        return max(0.0, self.lost - sqrt(below)), min(self.people, self.lost + sqrt(above))

    @property
    def left_out(self) -> int:
        return sum(line.people for line in self.worst)

    @property
    def saved(self) -> float:
        return sum(line.lost for line in self.worst)

    @property
    def yaml(self) -> str:
        """Return the filter as the document of the journey has it."""
        return part_to_yaml("filter", self.filter) if self.filter is not None else ""

    @property
    def words(self) -> str:
        if not self.enough:
            return (
                f"History is too short: {self.past.messages:,} messages of this channel in {PAST_D} days"
                f" are known to the end, and {MESSAGES_MIN} are needed."
            )
        low, high = self.range
        upto = "" if self.at_once else "up to "
        return (
            f"One message to {upto}{self.people:,} contacts: {self.lost:,.1f} of them would leave or complain"
            f" ({low:,.1f} to {high:,.1f}), {self.complaints:,.1f} of these complain."
        )

    @property
    def advice(self) -> str:
        if not self.enough:
            return ""
        if not self.worst:
            return (
                "No slice is both small and worse than the rest: there is nobody to leave out."
            )
        part = self.left_out / self.people
        return (
            f"Without the worst {part:.1%} ({self.left_out:,} contacts) it would be"
            f" {self.lost - self.saved:,.1f}: {self.saved:,.1f} fewer."
        )

    def told(self) -> dict[str, object]:
        """Return it in plain values, for programs."""
        told: dict[str, object] = {"channel": self.channel, "enough": self.enough, "words": self.words, "past": self.past}  # fmt: skip
        if not self.enough:
            return told
        return told | {
            "at_once": self.at_once, "people": self.people, "lost": self.lost, "range": self.range,
            "complaints": self.complaints, "slices": [_told(line) for line in self.lines],
            "advice": self.advice, "left_out": self.left_out, "saved": self.saved,
            "worst": [_told(line) for line in self.worst], "filter": self.yaml,
        }  # fmt: skip


def forecasts(journey: Journey, ground: Ground) -> Sequence[Forecast]:
    """Tell of each channel by which a journey writes what nobody is owed. Raises `AskError`."""
    purposes: dict[ChannelKind, list[str]] = defaultdict(list)
    for send in sends_of(journey):
        if send.purpose != TRANSACTIONAL and send.purpose not in purposes[send.channel]:
            purposes[send.channel].append(send.purpose)
    return [
        forecast(journey, channel, said, ground) for channel, said in purposes.items() if said
    ]


def forecast(
    journey: Journey, channel: ChannelKind, purposes: Sequence[str], ground: Ground
) -> Forecast:
    group = group_of(journey, {})
    past = past_of(channel, purposes, ground)
    found = Forecast(channel, group.at_once, sum(past.values(), Past()))
    if not found.enough:
        return found
    to = _receivers(group, channel, purposes)
    slices = list(slices_of(channel))
    _, *people = counted([All((to, one.condition)) for one in slices], ground)
    lines = [
        _line(one, inside, past.get(one.place, Past()), found.past)
        for one, inside in zip(slices, people, strict=True)
    ]
    worst = list(_worst(lines, found.past))
    left_out = excluding(journey.filter, [line.slice for line in worst]) if worst else None
    return msgspec.structs.replace(found, lines=lines, worst=worst, filter=left_out)


def past_of(
    channel: ChannelKind, purposes: Sequence[str], ground: Ground
) -> Mapping[Place, Past]:
    """Return what came of messages, by what was known of the contact when each went.

    Those of the last days are left out: who leaves because of them may not have left yet; and what
    was owed, like an invoice. What says no purpose was none of that.
    """
    before, now = timedelta(days=ONCE_D), ground.now
    words: dict[str, Word] = {
        "began": now - timedelta(days=AFTER_D + PAST_D) - before, "now": now,
        "sent": f"{channel}.sent", "owed": TRANSACTIONAL, "engaged": [f"{channel}.{did}" for did in _answers(channel)],
        "unsubscribed": f"{channel}.unsubscribed", "complained": f"{channel}.complained",
        "purposes": purposes, "counted_s": COUNTED_D * _DAY_S - 1, "after_s": AFTER_D * _DAY_S,
        "lately_s": LATELY_D * _DAY_S, "once_s": ONCE_D * _DAY_S, "most": _OFTEN[-1][0],
        "since_s": ONCE_D * _DAY_S, "until_s": (ONCE_D + PAST_D) * _DAY_S,
    }  # fmt: skip
    found: dict[Place, Past] = defaultdict(Past)
    for often, quiet, *numbers in ask(ground.warehouse, "fatigue", words):
        found[_band(whole(often)), whole(quiet)] += Past(*map(whole, numbers))
    return found


def slices_of(channel: ChannelKind) -> Iterator[Slice]:
    """Tell every slice: each contact is in one of them."""
    lately, once = (_answered(channel, days) for days in (LATELY_D, ONCE_D))
    quiet = ((lately,), (once, Not(lately)), (Not(once),))
    within = Duration(COUNTED_D * _DAY_S)
    for band, (low, high, _) in enumerate(_OFTEN):
        often = Did(f"{channel}.sent", _NOT_OWED, within=within, at_least=low or None, at_most=high)  # fmt: skip
        for number, conditions in enumerate(quiet):
            yield Slice((band, number), All((often, *conditions)))


def excluding(known: Condition | None, slices: Sequence[Slice]) -> Condition:
    """Return a filter that leaves out some slices besides."""
    before = () if known is None else known.conditions if isinstance(known, All) else (known,)
    parts = (*before, *(Not(one.condition) for one in slices))
    return parts[0] if len(parts) == 1 else All(parts)


def shrunk(hits: int, of: int, overall: float) -> Weighed:
    """Return a rate that few messages move little from that of all.

    The mean of the posterior when the prior is a beta distribution around the rate of all that
    counts for `PRIOR` messages: Gelman and others, "Bayesian Data Analysis", 3rd edition (2013),
    section 2.4. That the prior comes of the same data makes it empirical Bayes: Casella, "An
    Introduction to Empirical Bayes Data Analysis", The American Statistician 39 (1985).
    """
    return Weighed((hits + PRIOR * overall) / (of + PRIOR), of + PRIOR)


def _line(one: Slice, people: int, past: Past, every: Past) -> Line:
    risk = shrunk(past.lost, past.messages, every.lost / every.messages)
    complaint = shrunk(past.complaints, past.messages, every.complaints / every.messages)
    return Line(one, people, past, risk, complaint)


def _worst(lines: Sequence[Line], past: Past) -> Iterator[Line]:
    """Tell the slices worse than the whole, the worst first, until enough people are in them."""
    people, taken = sum(line.people for line in lines), 0
    usual = past.lost / past.messages
    for line in sorted(lines, key=lambda one: -one.risk.rate):
        if line.risk.rate <= usual or taken >= WORST * people:
            return
        if line.people and taken + line.people <= WORST_MAX * people:
            taken += line.people
            yield line


def _receivers(group: Group, channel: ChannelKind, purposes: Sequence[str]) -> Condition:
    """Return for whom the journey can begin, and a message may go."""
    may = tuple(Reachable(channel, purpose) for purpose in purposes)
    reachable: Condition = may[0] if len(may) == 1 else AnyOf(may)
    return reachable if group.when is None else All((group.when, reachable))


def _answered(channel: ChannelKind, days: int) -> Condition:
    within = Duration(days * _DAY_S)
    acts = [
        Message("replied", channel, within=within) if did == "replied"
        else Message(did, channel, by=("human",), within=within)
        for did in _answers(channel)
    ]  # fmt: skip
    return acts[0] if len(acts) == 1 else AnyOf(tuple(acts))


def _answers(channel: ChannelKind) -> Sequence[_Answer]:
    return [did for did in _ANSWERS if f"{channel}.{did}" in BY_NAME]


def _band(messages: int) -> int:
    return max(n for n, (low, *_) in enumerate(_OFTEN) if low <= messages)


def _told(line: Line) -> dict[str, object]:
    low, high = line.risk.interval
    return {
        "messages": line.slice.messages, "answered": line.slice.answered, "people": line.people,
        "past": line.past, "rate": line.risk.rate, "low": low, "high": high, "lost": line.lost,
    }  # fmt: skip
