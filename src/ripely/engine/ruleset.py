"""What `step` runs: everything published, compiled and indexed by what can change an answer."""

from collections.abc import Callable, Mapping
from typing import Literal
from zoneinfo import ZoneInfo

import msgspec

from ripely.model.action import Notify, Send, Task, Update, Webhook
from ripely.model.event import Event
from ripely.model.ids import JourneyId, PredicateId, RulesetId, ScoreId, SegmentId, StepId
from ripely.model.journey import Await, Exit, Split, Wait, WaitUntil
from ripely.model.profile import Enrollment, Profile
from ripely.model.score import Score
from ripely.model.trigger import OnDate

Test = Callable[[Profile, int, Enrollment], bool]
"""Whether a condition holds for a profile at a moment, in seconds, asked at a place in a journey."""

Lapse = Callable[[Profile, int, Enrollment], int]
"""When, after a moment, time alone can change the answer of a condition; 0 means never."""

Key = int | str
"""What an answer can depend on: a tracked predicate (int), or `attribute/city`, `segment/hot` ..."""


class Condition(msgspec.Struct, frozen=True):
    """A compiled condition: its test, when time alone changes it, and what it depends on."""

    test: Test
    lapse: Lapse | None
    keys: frozenset[Key]


class Watch(msgspec.Struct, frozen=True):
    """A condition kept up to date. A watch is answered after those it depends on: in order of `rank`."""

    rank: int
    key: str
    kind: Literal["segment", "fact", "trigger"]
    subject: str
    test: Test
    lapse: Lapse | None
    keys: frozenset[Key]
    points: int = 0
    reason: str = ""


class EventPoints(msgspec.Struct, frozen=True):
    """Points for an event, at most `at_most` times (0: each time) in `within_s` seconds (0: ever)."""

    key: str
    score: ScoreId
    points: int
    reason: str
    at_most: int = 0
    within_s: int = 0


class EventTrigger(msgspec.Struct, frozen=True):
    """An event lets a contact into a journey; with `nth`, only when it is the nth of `predicate`."""

    journey: JourneyId
    reason: str
    nth: int = 0
    predicate: PredicateId = PredicateId(0)


class Reaction(msgspec.Struct, frozen=True):
    """Everything that one kind of event touches: found once, then looked up."""

    counts: tuple[tuple[PredicateId, int], ...]
    points: tuple[EventPoints, ...]
    triggers: tuple[EventTrigger, ...]
    watches: tuple[Watch, ...]
    keys: frozenset[Key]


class DateTrigger(msgspec.Struct, frozen=True):
    key: str
    journey: JourneyId
    trigger: OnDate


class Choose(msgspec.Struct, frozen=True):
    """A branch, compiled: the first case that holds says where to go."""

    cases: tuple[tuple[Condition, StepId | None], ...]
    otherwise: StepId | None


class AwaitCondition(msgspec.Struct, frozen=True):
    condition: Condition
    step: Await


Instruction = (
    Send
    | Wait
    | WaitUntil
    | AwaitCondition
    | Choose
    | Split
    | Update
    | Task
    | Notify
    | Webhook
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
    goal_name: str
    lapsing: frozenset[
        Key
    ]  # What its goal and awaited conditions that time can change depend on.
    once: bool
    reentry_after_s: int


class Ruleset(msgspec.Struct, frozen=True):
    """`react` finds what an event touches; `watchers` what a changed fact touches.

    `at_birth` are the conditions that hold for a contact of whom nothing is known.
    """

    id: RulesetId
    react: Callable[[Event], Reaction]
    watches: tuple[Watch, ...]
    at_birth: tuple[Watch, ...]
    watch_by_key: Mapping[str, Watch]
    watchers: Mapping[Key, tuple[Watch, ...]]
    tracked: Mapping[PredicateId, int]  # And how many moments of each to keep.
    scores: Mapping[ScoreId, Score]
    segment_triggers: Mapping[tuple[SegmentId, str], tuple[JourneyId, ...]]
    score_triggers: Mapping[ScoreId, tuple[tuple[int, JourneyId], ...]]
    condition_triggers: Mapping[str, JourneyId]
    date_triggers: Mapping[Key, tuple[DateTrigger, ...]]
    programs: Mapping[JourneyId, Program]
    zone: ZoneInfo
    section_depth: int = 1
    late_entry_s: int = 86_400
    is_act: Callable[[str], bool] = lambda _name: False
    listened: frozenset[str] = frozenset()  # Names of events that any rule asks for.
