"""What is found of each contact, added up. Findings of several processes are added up in any order."""

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache

import msgspec

from ripely.model.backtest import FORGOTTEN, Crossing, Example
from ripely.model.effect import CreateTask, SendMessage
from ripely.model.event import Event
from ripely.model.ids import ContactId, StepId, derive
from ripely.model.journey import Exit, WaitUntil
from ripely.model.note import Note
from ripely.model.transition import Transition
from ripely.runtime.backtest.course import Course
from ripely.runtime.tally import why

EXAMPLES_MAX = 20
THE_END = "the end"
CROSSINGS_MAX = 5
BOUGHT = frozenset({"order.completed", "payment.received", "deal.won"})

Item = tuple[str, ...]


class Findings(msgspec.Struct):
    """`counts` by what is counted; `examples` the same for a few contacts, chosen by chance that sticks."""

    counts: dict[Item, int] = {}
    examples: dict[Item, list[Example]] = {}
    fastest: list[Crossing] = []
    slowest: list[Crossing] = []
    began_s: int = 0

    def add(self, item: Item, n: int = 1) -> None:
        self.counts[item] = self.counts.get(item, 0) + n

    def show(self, item: Item, contact: ContactId, at_s: int) -> None:
        """Count it, and keep the contact as an example if chance says so."""
        self.add(item)
        if contact == FORGOTTEN:
            return
        kept, rank = self.examples.get(item, []), _by_chance(contact)
        if len(kept) < EXAMPLES_MAX or (rank, at_s) < (
            _by_chance(kept[-1].contact),
            kept[-1].at_s,
        ):
            self.examples[item] = _fewest([*kept, Example(contact, at_s)])

    def covered(self, contacts: int, events: int, began_s: int) -> None:
        """Say how much history was looked through, where a query passed over most of it."""
        self.counts["contacts",], self.counts["events",] = contacts, events
        self.begins(began_s)

    def begins(self, at_s: int) -> None:
        """Say that something happened at a moment: history begins with the first."""
        self.began_s = min(self.began_s or at_s, at_s or self.began_s)

    def cross(self, crossing: Crossing) -> None:
        self.fastest = _quickest([*self.fastest, crossing])
        self.slowest = _longest([*self.slowest, crossing])

    def join(self, other: "Findings") -> None:
        for item, n in other.counts.items():
            self.add(item, n)
        for item, examples in other.examples.items():
            self.examples[item] = _fewest([*self.examples.get(item, ()), *examples])
        self.fastest = _quickest([*self.fastest, *other.fastest])
        self.slowest = _longest([*self.slowest, *other.slowest])
        self.begins(other.began_s)


class Watcher:
    """Follows one contact through the journey, and adds what it sees to the findings."""

    def __init__(self, course: Course, findings: Findings, contact: ContactId) -> None:
        self.course, self.findings, self.contact = course, findings, contact
        self.entered_s: list[int] = []  # Of those entries that are not over, oldest first.
        self.let_in = self.letters = 0
        self.refused: dict[str, int] = {}
        self.latest_s = self.bought_s = -1
        self.waits: dict[str, int] = {}

    def see(self, event: Event) -> None:
        if event.name in BOUGHT:
            self.bought_s = max(self.bought_s, event.now_s)

    def take(self, after: Transition) -> None:
        for event in after.events:
            self.see(event)
        for note in after.notes:
            self._note(note)
        for effect in after.effects:
            if effect.journey == self.course.asked.journey:
                if isinstance(effect, SendMessage):
                    self._message(effect)
                elif isinstance(effect, CreateTask) and effect.type == "call":
                    who = f"team:{effect.team}" if effect.team else effect.assignee or "owner"
                    self.findings.add(("call", who, self.day(effect.decided_ms // 1000)))

    def end(self) -> None:
        found = self.findings
        if self.let_in:
            found.add(("people",))
            found.add(("letters", str(self.letters)))
        else:
            for reason, at_s in self.refused.items():
                found.show(("refused", reason), self.contact, at_s)
        for step, n in self.waits.items():
            if n > 0:
                found.add(("waiting", step), n)

    def day(self, at_s: int) -> str:
        return datetime.fromtimestamp(at_s, self.course.zone).date().isoformat()

    def _note(self, note: Note) -> None:
        kind, _, what = note.kind.partition(".")
        if kind == "journey" and note.subject == self.course.asked.journey:
            self._of_journey(note, what)
        elif note.kind == "message.waits" and note.subject in self.course.templates:
            self.findings.add(("waits", note.subject, why(note.reason)))

    def _of_journey(self, note: Note, what: str) -> None:
        step, _, way = note.reason.partition(": ")
        at_s = note.at_ms // 1000
        match what:
            case "entered":
                self._enter(at_s)
            case "heldout":
                self.let_in += 1
                self.findings.add(("heldout",))
            case "refused":
                self.refused.setdefault(_plain(note.reason), at_s)
            case "step":
                self._pass(step, way, waited=False, done=False)
            case "resumed":
                self._pass(step, way, waited=True, done=bool(note.value))
            case "waits":
                self.waits[note.reason] = self.waits.get(note.reason, 0) + 1
            case "redone":
                self.waits[step] = self.waits.get(step, 0) - 1
            case "exited" | "goal":
                self._leave(note, step, "goal: " + way if what == "goal" else way)
            case _:
                pass

    def _ends(self, step: str, reason: str) -> bool:
        """Whether it was the step itself that ended the journey, and nothing else is noted of it."""
        at = self.course.journey.steps.get(StepId(step))
        return isinstance(at, Exit) or (isinstance(at, WaitUntil) and reason != THE_END)

    def _enter(self, at_s: int) -> None:
        self.let_in += 1
        self.entered_s.append(at_s)
        self.latest_s = at_s
        self.findings.show(("entered",), self.contact, at_s)
        self.findings.add(("day", self.day(at_s)))

    def _pass(self, step: str, way: str, *, waited: bool, done: bool) -> None:
        if waited:
            self.waits[step] = self.waits.get(step, 0) - 1
        if not done:
            self.findings.add(("step", step))
        if way:
            self.findings.add(("way", step, way))

    def _leave(self, note: Note, step: str, reason: str) -> None:
        if note.value:
            self.waits[step] = self.waits.get(step, 0) - 1
        elif self._ends(step, reason):
            self.findings.add(("step", step))
        at_s = note.at_ms // 1000
        self.findings.show(("end", reason or THE_END), self.contact, at_s)
        if self.entered_s:
            entered_s = self.entered_s.pop(0)
            self.findings.cross(Crossing(self.contact, entered_s, at_s - entered_s))

    def _message(self, message: SendMessage) -> None:
        found, template, channel = self.findings, message.template, message.channel
        if message.held:
            found.add(("held", template, channel, why(message.held)))
            return
        at_s = message.decided_ms // 1000
        self.letters += 1
        found.add(("letter", template, channel, self.day(at_s)))
        if self.bought_s > self.latest_s:
            found.show(("late",), self.contact, at_s)


def _plain(reason: str) -> str:
    """Leave out how long ago something was: reasons are counted by what they say."""
    if reason.startswith("let in "):
        return "let in not long ago"
    told, comma, late = reason.rpartition(", told ")
    return f"{told}, told late" if comma and late.endswith(" late") else reason


def _fewest(examples: list[Example]) -> list[Example]:
    ranked = sorted(examples, key=lambda one: (_by_chance(one.contact), one.at_s))
    return ranked[:EXAMPLES_MAX]


@lru_cache(maxsize=4 * EXAMPLES_MAX)
def _by_chance(contact: ContactId) -> int:
    return derive("example", str(contact))


def _quickest(crossings: list[Crossing]) -> list[Crossing]:
    return sorted(crossings, key=lambda c: (c.seconds, c.contact, c.entered_s))[:CROSSINGS_MAX]


def _longest(crossings: list[Crossing]) -> list[Crossing]:
    return sorted(crossings, key=lambda c: (-c.seconds, c.contact, c.entered_s))[:CROSSINGS_MAX]


def counted(findings: Findings, *head: str) -> Mapping[str, int]:
    """Return the counts of items that begin so and have one more word, by that word, in order."""
    size = len(head)
    found = {
        item[size]: n
        for item, n in findings.counts.items()
        if len(item) == size + 1 and item[:size] == head
    }
    return dict(sorted(found.items()))
