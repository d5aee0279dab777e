"""Plays what happens to one person on the real rules, with a clock of its own. Nothing of it is kept.

The world beside the person answers as it does when nothing goes wrong: letters are sent and arrive,
other systems answer, teams choose an owner. Everything else must be told.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from heapq import heappop, heappush

import msgspec

from ripely.engine.ruleset import Ruleset
from ripely.engine.step import fold, new_profile
from ripely.model.catalog import BY_NAME
from ripely.model.effect import AssignOwner, CallWebhook, Effect, EmitEvent, SendMessage
from ripely.model.event import TIMER_FIRED, Event, timer_fired
from ripely.model.ids import ContactId, EventId, StepId, derive
from ripely.model.note import Note
from ripely.model.profile import Profile
from ripely.model.transition import Transition
from ripely.operations.rehearsing.colleagues import ANSWERS, Calls, Colleagues
from ripely.runtime.receipts import properties

SCENES_MAX = 3_000
"""How many moments are played at most: a schedule of every day comes round for eight years."""
SOON_S = 1
"""How long the world takes for what it answers."""


class Happening(msgspec.Struct, frozen=True):
    """Something that the person does, or that becomes known of them, at a moment."""

    at_s: int
    event: str
    properties: Mapping[str, object] = {}


class Weather(msgspec.Struct, frozen=True):
    """What the world does otherwise than well.

    `answers` are what the webhooks of steps say; letters of the steps `undelivered` bounce; with
    `silent`, no letter arrives unless that is told, and with `unanswered` no webhook says anything.
    """

    answers: Mapping[StepId, Mapping[str, object]] = {}
    undelivered: frozenset[StepId] = frozenset()
    silent: bool = False
    unanswered: bool = False


class Scene(msgspec.Struct, frozen=True):
    """One moment: what happened, what was decided and why, and what followed."""

    at_s: int
    event: str
    properties: Mapping[str, object]
    notes: Sequence[Note]
    effects: Sequence[Effect]
    derived: Sequence[Event]


class Played(msgspec.Struct, frozen=True):
    profile: Profile
    scenes: Sequence[Scene]


FAIR = Weather()


def play(
    rules: Ruleset,
    person: Profile | ContactId,
    happenings: Iterable[Happening],
    until_s: int,
    weather: Weather = FAIR,
    ended: Callable[[Scene], bool] = lambda _: False,
) -> Played:
    """Let things happen in their order, and time pass to `until_s`, or to the scene that is the end.

    A profile is taken over: the caller may not use it again.
    """
    playing = Playing(rules, person, weather)
    for happening in happenings:
        playing.expect(happening.at_s, happening.event, happening.properties)
    playing.pass_time(until_s, ended)
    profile = playing.profile or new_profile(playing.contact, until_s)
    return Played(profile, playing.scenes)


class Playing:
    """A play that goes on as one is told: things are expected, and time passes."""

    def __init__(
        self, rules: Ruleset, person: Profile | ContactId, weather: Weather = FAIR
    ) -> None:
        self.rules, self.weather = rules, weather
        self.profile = person if isinstance(person, Profile) else None
        self.contact = person.contact if isinstance(person, Profile) else person
        self.colleagues = Colleagues(rules)
        self.calls = Calls()
        self.scenes: list[Scene] = []
        self.coming: list[tuple[int, int, Event]] = []
        self.expected = 0

    def pass_time(self, until_s: int, ended: Callable[[Scene], bool] = lambda _: False) -> None:
        """Let everything happen that comes up to a moment, or to the scene that is the end."""
        while len(self.scenes) < SCENES_MAX and self.go_on(until_s):
            if ended(self.scenes[-1]):
                return

    @property
    def next_s(self) -> int:
        """When something happens next if nobody does anything; 0: nothing will."""
        due_s = self.profile.due_s if self.profile else 0
        coming = [self.coming[0][0]] if self.coming else []
        return min([*coming, *([due_s] if due_s else [])], default=0)

    def expect(self, at_s: int, name: str, said: Mapping[str, object]) -> None:
        """Put an event in its place among those to come; of one moment, the first told comes first."""
        self.expected += 1
        identity = EventId(derive("played", str(self.contact), str(self.expected)))
        told = self.calls.completed(said) if name in ANSWERS else dict(said)
        event = Event(identity, self.contact, name, at_s * 1000, at_s * 1000, told)
        heappush(self.coming, (at_s, self.expected, event))

    def go_on(self, until_s: int) -> bool:
        """Play the next moment; return whether there was one."""
        due_s = self.profile.due_s if self.profile else 0
        next_s = self.coming[0][0] if self.coming else 0
        if 0 < due_s <= until_s and (not next_s or due_s <= next_s):
            self.fold(timer_fired(self.contact, due_s))
        elif 0 < next_s <= until_s:
            self.fold(heappop(self.coming)[2])
        else:
            return False
        return True

    def fold(self, event: Event) -> None:
        profile = self.profile or new_profile(self.contact, event.now_s)
        after = fold(self.rules, profile, (event,))
        self.profile = after.profile
        self.scenes.append(_scene(event, after))
        for effect in after.effects:
            self.answer(effect, event.now_s)

    def answer(self, effect: Effect, at_s: int) -> None:
        """Let the world do what was asked of it."""
        match effect:
            case SendMessage():
                self.hand_over(effect, at_s)
            case CallWebhook():
                self.called(effect, at_s)
            case AssignOwner():
                chosen = self.colleagues.choose(effect, at_s)
                self.expect(at_s, chosen.name, chosen.properties)
            case EmitEvent(target=target, name=name) if target == self.contact:
                self.expect(at_s, name, effect.properties)
            case _:
                pass

    def called(self, call: CallWebhook, at_s: int) -> None:
        self.calls.made(call)
        if call.keep and not self.weather.unanswered:
            said = dict(self.weather.answers.get(call.step, {}))
            answered = {"step": call.step, "answer": said}
            self.expect(at_s + SOON_S, "webhook.answered", answered)

    def hand_over(self, message: SendMessage, at_s: int) -> None:
        said: dict[str, object] = {**properties(message), "purpose": message.purpose}
        if message.held:
            self.expect_known(at_s, f"{message.channel}.held", {**said, "reason": message.held})
            return
        self.expect_known(at_s, f"{message.channel}.sent", said)
        if message.step in self.weather.undelivered:
            bounced = {**said, "reason": "no such address"}
            self.expect_known(at_s + SOON_S, f"{message.channel}.bounced", bounced)
        elif not self.weather.silent:
            self.expect_known(at_s + SOON_S, f"{message.channel}.delivered", said)

    def expect_known(self, at_s: int, name: str, said: dict[str, object]) -> None:
        if name in BY_NAME:
            self.expect(at_s, name, said)


def _scene(event: Event, after: Transition) -> Scene:
    derived = [one for one in after.events if one.id != event.id and one.name != TIMER_FIRED]
    return Scene(event.now_s, event.name, event.properties, after.notes, after.effects, derived)
