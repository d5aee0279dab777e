"""One contact's past lived again under rules that were not there: a journey switched on at a moment.

Before that moment the journey is paused, so that all it asks about is known and nobody is inside.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from heapq import heappop, heappush

import msgspec

from ripely.engine.erasure import first_profile
from ripely.engine.glance import Glance
from ripely.engine.ruleset import Ruleset
from ripely.engine.split import share
from ripely.engine.step import fold, wait
from ripely.model.backtest import Reactions
from ripely.model.effect import SendMessage
from ripely.model.event import Event, timer_fired
from ripely.model.ids import EventId, JourneyId, derive
from ripely.model.transition import Transition

SENT_AFTER_S = 1
OPENED_AFTER_MINUTES_MAX = 1_440
CLICKED_AFTER_S = 60


class Span(msgspec.Struct, frozen=True):
    """The rules before the period (the journey paused), those in it, and its beginning and end."""

    journey: JourneyId
    before: Ruleset
    rules: Ruleset
    since_s: int
    until_s: int
    reactions: Reactions


def paused(rules: Ruleset, journey: JourneyId) -> Ruleset:
    """Return the same rules, but that a journey lets nobody in."""
    program = msgspec.structs.replace(rules.programs[journey], paused=True)
    return msgspec.structs.replace(rules, programs={**rules.programs, journey: program})


def relive(span: Span, events: Sequence[Event]) -> Iterator[Transition]:
    """Yield what each event and moment of the period brings; `events` are one contact's, oldest first."""
    life = _Life(span, events[0])
    begins = bisect_left(events, span.since_s, key=_when)
    ends = bisect_right(events, span.until_s, key=_when)
    for event in events[:begins]:
        life.remember(event)
    life.switch_on()
    for event in events[begins:ends]:
        yield from life.pass_time(event.now_s)
        yield from life.happen(event)
    yield from life.pass_time(span.until_s)


def _when(event: Event) -> int:
    return event.now_s


class _Life:
    def __init__(self, span: Span, first: Event) -> None:
        self.span = span
        self.rules = span.before
        self.profile = first_profile(first)
        self.glance = Glance(span.before, self.profile)
        self.answers: list[tuple[int, int, Event]] = []
        self.born = False

    def remember(self, event: Event) -> None:
        if self.born and self.glance.passes(event):
            return
        self._fold(event)

    def switch_on(self) -> None:
        """Come to the beginning of the period: what was due before is no matter of it."""
        if self.born:
            self.profile = wait(self.rules, self.profile, self.span.since_s - 1).profile
        self.rules = self.span.rules
        self.glance = Glance(self.rules, self.profile)
        self.glance.due_s = self.profile.due_s

    def happen(self, event: Event) -> Iterator[Transition]:
        if self.born and self.glance.passes(event):
            return
        yield self._answered(self._fold(event))

    def pass_time(self, until_s: int) -> Iterator[Transition]:
        """Let come what is due, each at its own moment, and what letters bring about."""
        while True:
            due_s, answers = self.glance.due_s, self.answers
            answered_s = answers[0][0] if answers else 0
            if 0 < answered_s <= until_s and (not due_s or answered_s < due_s):
                yield self._answered(self._fold(heappop(answers)[2]))
            elif 0 < due_s <= until_s:
                yield self._answered(self._fold(timer_fired(self.profile.contact, due_s)))
            else:
                return

    def _fold(self, event: Event) -> Transition:
        after = fold(self.rules, self.profile, (event,))
        self.born = True
        self.glance.due_s = self.profile.due_s
        return after

    def _answered(self, after: Transition) -> Transition:
        for effect in after.effects:
            if isinstance(effect, SendMessage) and effect.journey == self.span.journey:
                for event in reactions_to(effect, self.span.reactions):
                    heappush(self.answers, (event.now_s, event.id, event))
        return after


def reactions_to(message: SendMessage, usual: Reactions) -> Iterator[Event]:
    """Return what is taken to come of a message: it goes out; the same people open and click each time it is asked."""
    if message.held:
        return
    sent_s = message.decided_ms // 1000 + SENT_AFTER_S
    yield _event(message, "sent", sent_s)
    point = share(message.contact, message.id, "opened")
    if message.channel == "email" and point < usual.opened:
        minutes = OPENED_AFTER_MINUTES_MAX ** (point / usual.opened)  # Most open soon.
        opened_s = sent_s + int(60 * minutes)
        yield _event(message, "opened", opened_s)
        if point < usual.clicked:
            yield _event(message, "clicked", opened_s + CLICKED_AFTER_S)


def _event(message: SendMessage, what: str, at_s: int) -> Event:
    # As the receipt of the message itself is called, so that what really went out counts once.
    name = "receipt" if what == "sent" else what
    return Event(
        id=EventId(derive(name, message.id)),
        contact=message.contact,
        name=f"{message.channel}.{what}",
        occurred_ms=at_s * 1000,
        received_ms=at_s * 1000,
        properties={
            "message": message.id,
            "journey": message.journey,
            "step": message.step,
            "template": message.template,
            "by": "human",
        },
        source="backtest",
    )
