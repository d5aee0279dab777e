"""Finds every way through a journey by playing it: first as it goes by itself, then turned at each mark.

Nothing here says what a rule means. A way is told only when the rules have really gone it.
"""

from collections import deque
from collections.abc import Iterator, Sequence
from zoneinfo import ZoneInfo

import msgspec

from ripely.compiler.ruleset import Published
from ripely.engine.ruleset import Ruleset
from ripely.model.ids import StepId
from ripely.model.journey import Experiment, Journey, Split
from ripely.operations.paths.beginnings import beginnings
from ripely.operations.paths.cast import Cast, Luck, begins_s, known_before, somebody, told
from ripely.operations.paths.causes import Add, Causes, Ground
from ripely.operations.paths.ground import by_hand, compiled, ground_of, needed
from ripely.operations.paths.options import Option, Turn, is_wait, luck_of, options
from ripely.operations.paths.placing import Scope, applied, placements
from ripely.operations.paths.trail import (
    ENTERED,
    HELD,
    RESUMED,
    STEP,
    Mark,
    is_end,
    signature,
    trail,
)
from ripely.operations.paths.ways import causes
from ripely.operations.rehearsing.playing import Happening, Scene, play

PATHS_MAX = 200
PLAYS_MAX = 4_000
"""How often a journey is played at most to find its ways."""
MOMENTS_MAX = 60_000
"""How many moments are played for that altogether."""
TRIES_MAX = 16
"""How many ways are tried to turn a path once."""
ROUNDS_MAX = 2
"""A step that has been passed so often on one path turns no further."""
HORIZON_S = 5 * 366 * 86_400


class Lived(msgspec.Struct, frozen=True):
    """A path as it was played: by whom, mark by mark, and moment by moment."""

    cast: Cast
    marks: Sequence[Mark]
    scenes: Sequence[Scene]
    begun_s: int


class Explored(msgspec.Struct, frozen=True):
    """All paths found, the one that goes by itself first.

    `complete` says that nothing was left out for a limit; `unfound` are turns that nobody was
    found for; `forced` that no trigger could be made to let anybody in, so that they were put in.
    """

    paths: Sequence[Lived]
    complete: bool
    unfound: frozenset[tuple[StepId, str]]
    asleep: tuple[int, ...] = ()
    forced: bool = False
    plays: int = 0


def explore(journey: Journey, published: Published) -> Explored:
    """Find the ways through a journey. What is published besides decides as it would."""
    journey = msgspec.structs.replace(journey, paused=False)
    exploring = _Exploring(journey, needed(journey, published))
    first, asleep, forced = exploring.begin()
    if first is None:
        return Explored((), complete=True, unfound=frozenset(), asleep=asleep, forced=True)
    complete = exploring.expand(first)
    return Explored(
        tuple(exploring.paths.values()),
        complete,
        frozenset(exploring.unfound - exploring.found),
        asleep,
        forced,
        exploring.plays,
    )


def relive(cast: Cast, journey: Journey, published: Published) -> Lived | None:
    """Let the same person go through a journey by other rules."""
    return _Exploring(journey, needed(journey, published)).play(cast)


class _Exploring:
    def __init__(self, journey: Journey, published: Published) -> None:
        self.journey, self.published = journey, published
        company = published.company
        self.ground: Ground = ground_of(published, journey)
        self.zone = ZoneInfo(company.timezone)
        self.known = known_before(journey, company)
        self.rules: Ruleset = compiled(published)
        self.paths: dict[tuple[tuple[str, str, str], ...], Lived] = {}
        self.unfound: set[tuple[StepId, str]] = set()
        self.found: set[tuple[StepId, str]] = set()
        self.plays = 0
        self.moments = 0

    @property
    def is_spent(self) -> bool:
        return self.plays >= PLAYS_MAX or self.moments >= MOMENTS_MAX

    def begin(self) -> tuple[Lived | None, tuple[int, ...], bool]:
        """Return a first path, the triggers by which nobody could be let in, and whether one was put in."""
        entered: Lived | None = None
        asleep: list[int] = []
        for number, trigger in enumerate(self.journey.triggers):
            ways = beginnings(trigger, self.journey.id, self.ground)
            came = self.come(ways)
            if came is None:
                asleep.append(number)
            entered = entered or came
        if entered is not None:
            return entered, tuple(asleep), False
        return self.put_in(), tuple(asleep), True

    def come(self, ways: Iterator[Causes]) -> Lived | None:
        """Let somebody come, first as they are, then as the filter wants them."""
        first = somebody(self.journey, self.published.company)
        wanted: list[Causes] = [()]
        if self.journey.filter is not None:
            wanted += causes(self.journey.filter, self.ground)
        begun = list(ways)[:4]
        for fit in wanted:
            for way in begun:
                came = self.play(_started(first, way, fit, self.scope(first)))
                if came is not None and came.marks and came.marks[0].kind == ENTERED:
                    return came
        return None

    def put_in(self) -> Lived | None:
        """Put somebody in whom no trigger could be made to let in."""
        asked: Causes = (Add("journey.requested", {"journey": self.journey.id, "by": "hand"}),)
        for anyone in (False, True):
            journey = by_hand(self.journey, anyone=anyone)
            others = [d for d in self.published.definitions if d != self.journey]
            published = msgspec.structs.replace(self.published, definitions=(*others, journey))
            self.journey, self.published, self.rules = journey, published, compiled(published)
            came = self.come(iter([asked]))
            if came is not None:
                return came
        return None

    def scope(self, cast: Cast, marks: Sequence[Mark] = ()) -> Scope:
        """Return where to put things; chance must fall for those marks as it did."""
        luck: list[Luck] = []
        for mark in marks:
            step = self.journey.steps.get(mark.step)
            if mark.kind == STEP and isinstance(step, Split | Experiment):
                names = {arm.name for arm in step.arms}
                if mark.way in names and not getattr(step, "winner", ""):
                    luck.append(luck_of(step.arms, self.journey, mark.step, mark.way))
        return Scope(self.journey, tuple(luck), begins_s(cast, self.zone))

    def play(self, cast: Cast | None) -> Lived | None:
        if cast is None or self.is_spent:
            return None
        self.plays += 1
        begun_s = begins_s(cast, self.zone)
        journey = self.journey.id
        played = play(
            self.rules,
            cast.contact,
            told(cast, self.known, self.zone),
            begun_s + HORIZON_S,
            cast.weather,
            lambda scene: is_end(scene, journey),
        )
        self.moments += len(played.scenes)
        return Lived(cast, trail(played.scenes, journey), played.scenes, begun_s)

    def expand(self, first: Lived) -> bool:
        """Follow every path, and turn it wherever it can be; return whether all were followed."""
        waiting = deque([(first, 0)])
        while waiting:
            if len(self.paths) >= PATHS_MAX or self.is_spent:
                return False
            path, fixed = waiting.popleft()
            self.paths.setdefault(signature(path.marks), path)
            self.found |= {(mark.step, mark.way) for mark in path.marks}
            waiting += self.turns(path, fixed)
        return not self.is_spent

    def turns(self, path: Lived, fixed: int) -> Iterator[tuple[Lived, int]]:
        """Return the paths that leave this one at a mark from `fixed` on."""
        passed: dict[StepId, int] = {}
        done = True
        for number, mark in enumerate(path.marks):
            if mark.kind == STEP:
                passed[mark.step] = passed.get(mark.step, 0) + 1
                done = done or hasattr(self.journey.steps[mark.step], "then")
            if number >= fixed and passed.get(mark.step, 0) <= ROUNDS_MAX:
                before = path.marks[number - 1] if number else None
                turn = Turn(mark, before, path.cast, fresh=done)
                for option in self.options(turn):
                    turned = self.turned(path, number, option)
                    if turned is not None:
                        # A letter held back makes a path once; how else that one may end says nothing new.
                        rest = len(turned.marks) if option.way == HELD else number + 1
                        yield turned, rest
            if mark.kind == RESUMED and is_wait(self.journey.steps[mark.step]):
                done = False

    def options(self, turn: Turn) -> Iterator[Option]:
        for option in options(turn, self.journey, self.ground):
            if option.way != HELD or (option.step, HELD) not in self.found:
                yield option

    def turned(self, path: Lived, number: int, option: Option) -> Lived | None:
        """Return the path that goes the same way up to a mark, and then the other."""
        scope = self.scope(path.cast, path.marks[:number])
        tries = 0
        for ways in option.causes:
            for at_s, early in placements(ways, path.marks, number):
                tries += 1
                if tries > TRIES_MAX:
                    break
                moment_s = None if at_s is None else at_s - scope.zero_s
                lived = self.play(applied(path.cast, ways, scope, moment_s, early=early))
                if lived is not None and _turns(lived, path, number, option):
                    self.found.add((option.step, option.way))
                    return lived
        self.unfound.add((option.step, option.way))
        return None


def _started(cast: Cast, way: Causes, fit: Causes, scope: Scope) -> Cast | None:
    fitted = applied(cast, fit, scope, None, early=True)
    begun = applied(Cast(), way, scope, 0, early=False)
    if fitted is None or begun is None:
        return None
    start: tuple[Happening, ...] = begun.happenings
    late_s = max((one.at_s for one in start), default=0)
    moved = tuple(msgspec.structs.replace(one, at_s=one.at_s - late_s) for one in start)
    return msgspec.structs.replace(fitted, start=moved)


def _turns(lived: Lived, path: Lived, number: int, option: Option) -> bool:
    marks, before = lived.marks, path.marks[:number]
    if len(marks) <= number or not option.is_met(marks[number]):
        return False
    return all(mine.is_like(theirs) for mine, theirs in zip(marks, before, strict=False))
