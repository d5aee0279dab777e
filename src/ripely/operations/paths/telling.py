"""Paths as a marketer reads them: who it is, what happens when, what they get, and how it ends."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec

from ripely.model.catalog import BY_NAME
from ripely.model.effect import SendMessage
from ripely.model.event import TIMER_FIRED
from ripely.model.ids import StepId
from ripely.model.journey import (
    Await,
    AwaitAny,
    Branch,
    Experiment,
    Journey,
    Split,
    Step,
)
from ripely.operations.paths.exploring import Lived
from ripely.operations.paths.trail import (
    ENTERED,
    EXITED,
    GOAL,
    HELD,
    KEPT_OUT,
    RESUMED,
    STEP,
    WAITS,
    Mark,
)
from ripely.operations.paths.values import INVENTED
from ripely.operations.rehearsing.colleagues import ANSWERS, answer_told
from ripely.operations.rehearsing.playing import Happening, Scene
from ripely.operations.wording.because import because
from ripely.operations.wording.conditions import say
from ripely.operations.wording.names import Names, spoken, text
from ripely.operations.wording.steps import describe

LINES_MAX = 150
"""So many lines of one path are told."""
THE_END = "the end"
_WAYS = {
    "timed out": "Time ran out",
    "no wait": "It is time already",
    "its day is not known": "Its day is not known",
    "its time is past": "Its time is past",
    "heard": "It happened",
}
_BY_ITSELF = ("sent", "delivered", "held", "assigned")
"""What follows from the journey, and is not what the person does."""
_ENDS = {GOAL: "goal", EXITED: "left", KEPT_OUT: "kept out"}


class Line(msgspec.Struct, frozen=True):
    """One thing on a path. `kind`: what the person does, a message, a task, a wait, a way taken, or the end."""

    day: int
    at: str
    kind: str
    icon: str
    words: str
    step: str = ""


class Path(msgspec.Struct, frozen=True):
    """One way through a journey. `ends` is goal, left, finished, kept out, or open.

    `gist` is what makes it another one than the way that goes by itself: what the person does, and chance.
    """

    number: int
    ends: str
    end: str
    days: int
    messages: int
    held: int
    tasks: int
    who: tuple[str, ...]
    gist: tuple[str, ...]
    lines: tuple[Line, ...]


def tell(path: Lived, number: int, journey: Journey, names: Names) -> Path:
    telling = _Telling(path, journey, names)
    lines = tuple(telling.lines())
    last = path.marks[-1]
    return Path(
        number=number,
        ends=_ends(last),
        end=telling.end(last),
        days=telling.day(last.at_s),
        messages=sum(line.kind == "message" for line in lines),
        held=sum(line.kind == HELD for line in lines),
        tasks=sum(line.kind == "task" for line in lines),
        who=tuple(telling.who()),
        gist=(*telling.who(), *(one.words for one in lines[1:] if telling.is_gist(one))),
        lines=_shortened(lines),
    )


class _Telling:
    def __init__(self, path: Lived, journey: Journey, names: Names) -> None:
        self.path, self.journey, self.names = path, journey, names
        self.zone = ZoneInfo(names.company.timezone or "UTC")
        self.entered = datetime.fromtimestamp(path.marks[0].at_s, self.zone)

    def day(self, at_s: int) -> int:
        """Return how many midnights lie between the entry and a moment."""
        return (datetime.fromtimestamp(at_s, self.zone).date() - self.entered.date()).days

    def who(self) -> Iterator[str]:
        """Say what is so beforehand, as far as it makes this path."""
        cast, entered_s = self.path.cast, self.path.marks[0].at_s
        for one in cast.happenings:
            if one.at_s + self.path.begun_s < entered_s:
                yield happening(one)
        for name, value in cast.entry:
            yield f"“{spoken(name)}” of what let them in is “{text(value)}”"
        for step, said in cast.weather.answers.items():
            yield _answered("webhook.answered", {"step": step, **said})

    def is_gist(self, line: Line) -> bool:
        step = self.journey.steps.get(StepId(line.step))
        return line.kind == "person" or (
            line.kind == "way" and isinstance(step, Split | Experiment)
        )

    def lines(self) -> Iterator[Line]:
        marks = [*self.path.marks]
        entered_s, ended_s = marks[0].at_s, marks[-1].at_s
        for scene in self.path.scenes:
            if not entered_s <= scene.at_s <= ended_s:
                continue
            if _is_telling(scene):
                one = Happening(scene.at_s, scene.event, scene.properties)
                yield self.line(scene.at_s, "person", "user", happening(one))
            while marks and marks[0].at_s == scene.at_s:
                yield from self.marked(marks.pop(0), scene)

    def marked(self, mark: Mark, scene: Scene) -> Iterator[Line]:
        step = self.journey.steps.get(mark.step)
        match mark.kind:
            case kind if kind in {GOAL, EXITED, KEPT_OUT}:
                icon = "target" if kind == GOAL else "flag"
                yield self.line(mark.at_s, "end", icon, self.end(mark))
            case kind if kind == WAITS and step is not None:
                yield self.line(mark.at_s, "wait", "hourglass", self.waits(step, scene))
            case kind if kind in {STEP, RESUMED} and step is not None:
                yield from self.done(mark, step, scene)
            case kind if kind == ENTERED:
                yield self.line(mark.at_s, "enter", "bolt", f"Enters “{self.journey.name}”")
            case _:
                return

    def waits(self, step: Step, scene: Scene) -> str:
        """Say what is waited for; of a message that waits, for what reason."""
        for note in scene.notes:
            if note.kind == "message.waits" and getattr(step, "template", "") == note.subject:
                return f"“{self.names.template(note.subject)}” waits: {note.reason}"
        return describe(step, self.names)[1]

    def done(self, mark: Mark, step: Step, scene: Scene) -> Iterator[Line]:
        icon, words = describe(step, self.names)
        way = self.way(mark, step)
        if way:
            yield self.line(mark.at_s, "way", "git-branch", way, mark.step)
        elif mark.kind == STEP:
            held = [one for one in _letters(scene, mark.step) if one.held]
            for one in held:
                said = f"“{self.names.template(one.template)}” is not sent: {because(one.held, self.names)}"
                yield self.line(mark.at_s, HELD, "hand-stop", said, mark.step)
            if not held:
                yield self.line(mark.at_s, _kind(step), icon, words, mark.step)

    def way(self, mark: Mark, step: Step) -> str:
        """Say which way was taken, where there are several."""
        number = int(mark.way.removeprefix("case ")) if mark.way.startswith("case ") else 0
        match step:
            case Branch(cases=cases) | AwaitAny(cases=cases) if number:
                return f"Because {say(cases[number - 1].condition, self.names)}"
            case Branch():
                return "Because nothing else fits"
            case Await(condition=condition) if mark.way == "yes":
                return f"It came true that {say(condition, self.names)}"
            case _ if mark.way in _WAYS:
                return _WAYS[mark.way]
            case _ if mark.kind == RESUMED or mark.way == HELD:
                return ""
            case _:
                return f"“{mark.way}”" if mark.way else ""

    def end(self, mark: Mark) -> str:
        match mark.kind:
            case kind if kind == GOAL:
                return f"Reached the goal “{mark.way}”"
            case kind if kind == KEPT_OUT:
                return "Is kept out, to be compared"
            case kind if kind == EXITED:
                return "Finished" if mark.way == THE_END else f"Left: {mark.way or 'an exit'}"
            case _:
                return f"Still at “{spoken(mark.step)}”"

    def line(
        self, at_s: int, kind: str, icon: str, words: str, step: StepId | str = ""
    ) -> Line:
        local = datetime.fromtimestamp(at_s, self.zone)
        return Line(self.day(at_s), f"{local:%H:%M}", kind, icon, words, step)


def _shortened(lines: tuple[Line, ...]) -> tuple[Line, ...]:
    """Leave out the middle of a path that goes round and round."""
    more = len(lines) - LINES_MAX
    if more <= 0:
        return lines
    last = lines[-1]
    left_out = Line(last.day, last.at, "way", "repeat", f"… {more} more")
    return (*lines[: LINES_MAX - 1], left_out, last)


def happening(one: Happening) -> str:
    """Say what happens, with what it says that such an event does not always say."""
    said = one.properties
    match one.event:
        case "attributes.set" | "contact.identified":
            return "; ".join(_fact(name, value) for name, value in said.items())
        case event if event in ANSWERS:
            return _answered(event, said)
        case _:
            return f"{spoken(one.event)}{_told(one.event, said)}"


def _answered(event: str, said: Mapping[str, object]) -> str:
    told = answer_told(said)
    step = told.pop("step")
    known = {"status", "reason"} if event == "webhook.answered" else {"status"}
    words = [
        f"{spoken(n).lower()} “{text(value)}”" for n, value in told.items() if n not in known
    ]
    verb = "is answered" if event == "webhook.answered" else "fails"
    about = f"“{spoken(text(step))}”" if step else "Another system"
    return f"{about} {verb}" + (f": {', '.join(words)}" if words else "")


def _fact(name: str, value: object) -> str:
    if value is None:
        return f"{spoken(name)} is not known"
    if value in INVENTED:
        return f"{spoken(name)} is known"
    return f"{spoken(name)} is “{text(value)}”"


def _told(event: str, said: Mapping[str, object]) -> str:
    standard = BY_NAME.get(event)
    usual = standard.properties if standard else {}
    known = (
        {"call", "journey", "message", "step"}
        if "step" in said or "template" in said
        else {"url", "title"}
    )
    odd = [
        f"{spoken(name).lower()} “{text(value)}”"
        for name, value in said.items()
        if name not in known and (name not in usual or usual[name] != value)
        and not isinstance(value, dict | list)
    ]  # fmt: skip
    return f": {', '.join(odd)}" if odd else ""


def _is_telling(scene: Scene) -> bool:
    return scene.event != TIMER_FIRED and scene.event.partition(".")[2] not in _BY_ITSELF


def _letters(scene: Scene, step: StepId) -> Sequence[SendMessage]:
    return [
        effect
        for effect in scene.effects
        if isinstance(effect, SendMessage) and effect.step == step
    ]


def _kind(step: Step) -> str:
    tag = str(type(step).__struct_config__.tag)
    kinds = {"send": "message", "task": "task", "exit": "end"}
    return kinds.get(tag, "wait" if tag.startswith(("wait", "await")) else "act")


def _ends(mark: Mark) -> str:
    if mark.kind == EXITED and mark.way == THE_END:
        return "finished"
    return _ENDS.get(mark.kind, "open")
