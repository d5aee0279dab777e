"""What `step` runs: everything published, compiled and indexed by what can change an answer."""

from collections.abc import Callable, Mapping
from typing import Literal
from zoneinfo import ZoneInfo

import msgspec

from ripely.engine.protection import Protection
from ripely.model.action import Action
from ripely.model.company import Company, Team
from ripely.model.event import Event
from ripely.model.ids import (
    JourneyId,
    PredicateId,
    RulesetId,
    ScoreId,
    SegmentId,
    SeriesId,
    StepId,
    TeamId,
)
from ripely.model.journey import (
    Arm,
    Exit,
    Goal,
    People,
    Repeat,
    Split,
    Together,
    Wait,
    WaitUntil,
)
from ripely.model.profile import Enrollment, Fact, Profile
from ripely.model.score import Score
from ripely.model.trigger import OnDate, OnSchedule

Test = Callable[[Profile, int, Enrollment], bool]
"""Whether a condition holds for a profile at a moment, in seconds, asked at a place in a journey."""

Lapse = Callable[[Profile, int, Enrollment], int]
"""When, after a moment, time alone can change the answer of a condition; 0 means never."""

Answer = Callable[[Profile, int, Enrollment], tuple[bool, int]]
"""Both at once, where they share most of their work."""

Key = int | str
"""What an answer can depend on: a tracked predicate (int), or `attribute/city`, `segment/hot` ..."""


Rising = Literal["up", "down", "none"]
"""What more of something can do to an answer: only make it true, only make it false, or nothing."""


class Condition(msgspec.Struct, frozen=True):
    """A compiled condition: its test, when time alone changes it, and what it depends on.

    `rises` tells of some keys what more of them can do: to the answer, and so that what changes
    by time alone does it no sooner.
    """

    test: Test
    lapse: Lapse | None
    keys: frozenset[Key]
    rises: Mapping[Key, Rising] = {}
    answer: Answer | None = None


class Watch(msgspec.Struct, frozen=True):
    """A condition kept up to date. A watch is answered after those it depends on: in order of `rank`."""

    rank: int
    key: str
    kind: Literal["segment", "fact", "trigger", "schedule", "lifecycle"]
    subject: str
    test: Test
    lapse: Lapse | None
    keys: frozenset[Key]
    points: int = 0
    reason: str = ""
    rises: Mapping[Key, Rising] = {}
    answer: Answer | None = None


class Risers(msgspec.Struct, frozen=True):
    """Who is to be asked when there is more of something: `always`, or where it does not hold (`True`) or not.

    Those asked by what holds now are watches by rank, with their segment or the name of their fact.
    """

    always: tuple[int, ...]
    segments: tuple[tuple[int, SegmentId, bool], ...]
    facts: tuple[tuple[int, str, bool], ...]


class EventPoints(msgspec.Struct, frozen=True):
    """Points for an event, at most `at_most` times (0: each time) in `within_s` seconds (0: ever).

    `times` finds the number that multiplies them, `when` must hold at that moment, they end after
    `expires_s` (0: never), and `parts` says what else they count for. Of a `simple` rule nothing of
    this is asked, and its score is no more than a number; one that is `apart` cannot be added up with others.
    `said` is what its note says when all of its points are given. Points that only `fade` are as simple,
    but for their score.
    """

    key: str
    score: ScoreId
    points: int
    reason: str
    at_most: int = 0
    within_s: int = 0
    times: Callable[[Mapping[str, object]], float | None] | None = None
    when: Condition | None = None
    expires_s: int = 0
    parts: Callable[[Mapping[str, object], Profile], list[ScoreId]] | None = None
    apart: bool = False
    simple: bool = True
    said: str = ""
    fade: bool = False


class EventTrigger(msgspec.Struct, frozen=True):
    """An event lets a contact into a journey; with `nth`, only when it is the nth of `predicate`."""

    journey: JourneyId
    reason: str
    nth: int = 0
    predicate: PredicateId = PredicateId(0)


class Keep(msgspec.Struct, frozen=True):
    """How much of a series the rules need: the `most` latest entries, none older than `span_s`.

    `totals`: what those left out come to, too; `first`: the first of all; `unique`: of each value
    the latest entry alone.
    """

    most: int
    span_s: int
    totals: bool = False
    first: bool = False
    unique: bool = False


class Recording(msgspec.Struct, frozen=True):
    """Values of a property are to be kept; `read` takes them out of an event."""

    series: SeriesId
    keep: Keep
    read: Callable[[Mapping[str, object]], tuple[Fact, ...]]


class Reaction(msgspec.Struct, frozen=True):
    """Everything that one kind of event touches: found once, then looked up.

    `counts` says how many moments to keep of a predicate, from how many on anybody asks, and who does.
    """

    counts: tuple[tuple[PredicateId, int, int, Risers | None], ...]
    points: tuple[EventPoints, ...]
    triggers: tuple[EventTrigger, ...]
    watches: tuple[int, ...]  # By rank.
    keys: frozenset[Key]
    heard: tuple[Key, ...] = ()  # As what journeys wait for it.
    recordings: tuple[Recording, ...] = ()


class ConditionTrigger(msgspec.Struct, frozen=True):
    """A kept condition that lets a contact in when it `becomes` true, or when it ceases to be."""

    journey: JourneyId
    reason: str
    becomes: bool = True


class PlannedTrigger(msgspec.Struct, frozen=True):
    """A moment that is known before: a date, or the next time of a schedule."""

    key: str
    journey: JourneyId
    trigger: OnDate | OnSchedule


class Choose(msgspec.Struct, frozen=True):
    """A branch, compiled: the first case that holds says where to go."""

    cases: tuple[tuple[Condition, StepId | None], ...]
    otherwise: StepId | None


class AwaitFirst(msgspec.Struct, frozen=True):
    """A wait for the first of some conditions; `ways` are what their ways out are called, `keys` all they depend on."""

    cases: tuple[tuple[Condition, StepId | None], ...]
    ways: tuple[str, ...]
    keys: frozenset[Key]
    timeout_s: int
    otherwise: StepId | None


class Listen(msgspec.Struct, frozen=True):
    """A wait for an event of the kind `heard`, whose properties `same` equal those of the entry event."""

    heard: Key
    same: tuple[str, ...]
    timeout_s: int
    then: StepId | None
    otherwise: StepId | None


class Compare(msgspec.Struct, frozen=True):
    """An experiment, compiled."""

    arms: tuple[Arm, ...]
    metric: Condition
    within_s: int
    winner: str


class Departure(msgspec.Struct, frozen=True):
    """A reason to leave: a condition, or an event of the kind `heard` with the `same` properties."""

    condition: Condition | None
    heard: Key | None
    same: tuple[str, ...]
    reason: str


Instruction = (
    Action
    | Wait
    | WaitUntil
    | AwaitFirst
    | Listen
    | Choose
    | Split
    | Compare
    | Together
    | Repeat
    | Exit
)


class Program(msgspec.Struct, frozen=True):
    """A journey, compiled."""

    journey: JourneyId
    version: int
    start: StepId
    steps: Mapping[StepId, Instruction]
    filter: Condition | None
    goal: Condition | None
    aim: Goal | None
    departures: tuple[Departure, ...]
    asked: frozenset[Key]  # What its goal and its reasons to leave depend on.
    lapsing: frozenset[
        Key
    ]  # What any of those and of the awaited depends on that time changes.
    repeating: frozenset[StepId]  # Steps that can act more than once in one entry.
    once: bool
    reentry_after_s: int
    reentry_per: str = ""
    holdout: float = 0
    paused: bool = False
    overdue_after_s: int | None = None


class ScoreTrigger(msgspec.Struct, frozen=True):
    """A score comes from below up to a value, or it falls `below` it."""

    value: int
    journey: JourneyId
    below: bool = False


class Shape(msgspec.Struct, frozen=True):
    """How a score is kept that fades or has bounds. Passing one of its `borders` is seen to the second."""

    half_life_s: int
    least: int | None
    most: int | None
    borders: Mapping[ScoreId, tuple[int, ...]] = {}  # Of the whole, and of parts, in order.


class Trend(msgspec.Struct, frozen=True):
    """Where the changes of a score are kept, and which of them."""

    series: SeriesId
    keep: Keep


class Following(msgspec.Struct, frozen=True):
    """What is asked about a score, or a part of one.

    `borders` are values, in order, whose passing alone changes the answer of some condition or triggers;
    `key` is what answers depend on that may be others after any change, `risers` whom more of it concerns.
    """

    borders: tuple[int, ...] = ()
    trend: Trend | None = None
    key: Key | None = None
    risers: Risers | None = None


class Scoring(msgspec.Struct, frozen=True):
    """What changes of scores lead to. `told`: whether any rule listens for them as events.

    `followed_parts` holds, by score, for all of its parts that are not `followed` by themselves.
    """

    triggers: Mapping[ScoreId, tuple[ScoreTrigger, ...]] = {}
    shapes: Mapping[ScoreId, Shape] = {}
    trends: Mapping[ScoreId, Trend] = {}
    followed: Mapping[ScoreId, Following] = {}
    followed_parts: Mapping[ScoreId, Following] = {}
    told: bool = False


class Ruleset(msgspec.Struct, frozen=True):
    """`react` finds what an event touches; `watchers` what a changed fact touches, by rank; `risers` who asks for more.

    `at_birth` are the conditions that hold for a contact of whom nothing is known.
    """

    id: RulesetId
    react: Callable[[Event], Reaction]
    watches: tuple[Watch, ...]
    at_birth: tuple[Watch, ...]
    watch_by_key: Mapping[str, Watch]
    watchers: Mapping[Key, tuple[int, ...]]
    risers: Mapping[Key, Risers]
    tracked: Mapping[PredicateId, int]  # And how many moments of each to keep.
    spans: Mapping[PredicateId, int]  # And for how long, in seconds, they can matter.
    scores: Mapping[ScoreId, Score]
    segment_triggers: Mapping[tuple[SegmentId, str], tuple[JourneyId, ...]]
    scoring: Scoring
    condition_triggers: Mapping[str, ConditionTrigger]
    date_triggers: Mapping[Key, tuple[PlannedTrigger, ...]]
    planned: Mapping[str, PlannedTrigger]
    programs: Mapping[JourneyId, Program]
    older: Mapping[tuple[JourneyId, int], Program]  # What people still finish.
    people: Mapping[JourneyId, People]
    zone: ZoneInfo
    company: Company = Company("company")
    stepped: frozenset[JourneyId] = frozenset()  # Journeys whose steps anybody asks about.
    section_depth: int = 1
    late_entry_s: int = 86_400
    protection: Protection | None = None
    is_act: Callable[[str], bool] = lambda _name: False
    listened: frozenset[str] = frozenset()  # Names of events that any rule asks for.
    series: Mapping[SeriesId, Keep] = {}
    asks_seen: bool = False  # Whether any answer depends on when a contact was last seen.
    teams: Mapping[TeamId, Team] = {}
