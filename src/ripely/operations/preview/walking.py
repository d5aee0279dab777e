"""A walk through a draft: what was chosen, each decision with its reason, and the letters as they would be."""

from collections.abc import Sequence
from email import message_from_bytes
from email.policy import default

import msgspec

from ripely.engine.ruleset import Ruleset
from ripely.model.effect import SendMessage
from ripely.model.ids import ContactId, StepId, TemplateId
from ripely.model.journey import Journey
from ripely.model.profile import Enrollment, Profile
from ripely.model.template import Template
from ripely.operations.paths.telling import happening
from ripely.operations.paths.trail import ENDS, trail
from ripely.operations.preview.choices import Choice, Setting
from ripely.operations.rehearsing.playing import SOON_S, Happening, Playing, Scene, Weather
from ripely.operations.wording.moments import Moment
from ripely.operations.wording.names import Names
from ripely.operations.wording.reasons import reasons_of
from ripely.operations.wording.steps import describe
from ripely.render.preview import preview

QUIET_MOMENTS_MAX = 1_000
"""How many moments are passed over of which nothing is to be told, as of a score that fades."""
NOTHING_COMES_S = 86_400
"""How long time passes when it is to pass, and nothing would come of itself."""


class Letter(msgspec.Struct, frozen=True):
    """A letter on the way; `held` says why it does not go."""

    number: int
    message: SendMessage
    name: str
    subject: str = ""
    text: str = ""
    html: str = ""
    held: str = ""


class Turn(msgspec.Struct, frozen=True):
    """What was chosen, and all that followed from it."""

    number: int
    title: str
    at_s: int
    moments: Sequence[Moment]
    letters: Sequence[Letter]


class Walk(msgspec.Struct, frozen=True):
    """A walk as far as it has come. `next_s` is until when the step lasts by itself; 0: it has no end, or there is none.

    `asked` are the steps that wait for what another system answers.
    """

    turns: Sequence[Turn]
    scenes: Sequence[Scene]
    profile: Profile
    place: Enrollment | None
    doing: str
    now_s: int
    next_s: int
    asked: Sequence[StepId]
    entered: bool
    ended: bool

    @property
    def letters(self) -> list[Letter]:
        return [letter for turn in self.turns for letter in turn.letters]


class Draft(msgspec.Struct, frozen=True):
    """What is walked through: the journey, compiled among all that would be in force with it."""

    journey: Journey
    rules: Ruleset
    names: Names

    @property
    def templates(self) -> dict[TemplateId, Template]:
        return {one.id: one for one in self.names.templates.values()}


def walk(
    draft: Draft,
    person: Profile | ContactId,
    known: Sequence[Happening],
    setting: Setting,
    begins_s: int,
) -> Walk:
    """Play a preview from its beginning. The same choices always bring the same walk."""
    walking = _Walking(draft, person)
    for one in known:
        walking.playing.expect(one.at_s, one.event, one.properties)
    walking.turn("The beginning", begins_s)
    for choice in setting.choices:
        walking.choose(choice)
    return walking.done()


class _Walking:
    def __init__(self, draft: Draft, person: Profile | ContactId) -> None:
        self.draft = draft
        self.playing = Playing(draft.rules, person, Weather(unanswered=True))
        self.turns: list[Turn] = []
        self.letters = 0
        self.now_s = 0

    def choose(self, choice: Choice) -> None:
        playing, at_s = self.playing, self.now_s + max(0, choice.after_s)
        if choice.event:
            playing.expect(at_s, choice.event, choice.properties)
            one = Happening(at_s, choice.event, choice.properties)
            self.turn(happening(one), at_s)
        elif choice.after_s:
            self.turn("Time passes", at_s)
        else:
            self.turn("Time passes")

    def until_told(self) -> int:
        """Let time pass to the next moment of which there is something to tell; return it."""
        playing = self.playing
        for _ in range(QUIET_MOMENTS_MAX):
            coming, before = playing.next_s, len(playing.scenes)
            if not coming:
                break
            playing.pass_time(coming)
            if not all(map(_is_quiet, playing.scenes[before:])):
                return coming
        return self.now_s + NOTHING_COMES_S

    def turn(self, title: str, until_s: int | None = None) -> None:
        """Go on to a moment, or to the next of which there is something to tell."""
        before = len(self.playing.scenes)
        at_s = self.until_told() if until_s is None else until_s
        # What the world answers at once, that a letter has gone and arrived, is no turn of its own.
        self.now_s = at_s + SOON_S
        self.playing.pass_time(self.now_s)
        scenes = self.playing.scenes[before:]
        letters = [self.letter(effect) for effect in _messages(scenes)]
        moments = [
            moment for scene in scenes for moment in reasons_of(scene.notes, self.draft.names)
        ]
        self.turns.append(Turn(len(self.turns), title, at_s, moments, letters))

    def letter(self, message: SendMessage) -> Letter:
        self.letters += 1
        name = self.draft.names.template(message.template)
        template = self.draft.templates.get(message.template)
        if message.held or template is None or message.channel != "email":
            return Letter(self.letters, message, name, held=message.held)
        return read(Letter(self.letters, message, name), template)

    def done(self) -> Walk:
        playing, journey = self.playing, self.draft.journey
        marks = trail(playing.scenes, journey.id)
        profile = playing.profile or Profile(playing.contact)
        place = next((one for one in profile.enrollments if one.journey == journey.id), None)
        step = journey.steps.get(place.step) if place else None
        return Walk(
            turns=self.turns,
            scenes=playing.scenes,
            profile=profile,
            place=place,
            doing=describe(step, self.draft.names)[1] if step else "",
            now_s=self.now_s,
            next_s=place.due_s if place else 0,
            asked=[
                c.step for c in playing.calls.open.values() if place and c.step == place.step
            ],
            entered=bool(marks),
            ended=bool(marks) and marks[-1].kind in ENDS and place is None,
        )


def read(letter: Letter, template: Template) -> Letter:
    """Return a letter as its reader sees it: subject, text and HTML."""
    mail = message_from_bytes(preview(template, letter.message), policy=default)
    parts = {kind: mail.get_body((kind,)) for kind in ("plain", "html")}
    text, html = (part.get_content() if part else "" for part in parts.values())
    return msgspec.structs.replace(
        letter, subject=str(mail["subject"]), text=str(text), html=str(html)
    )


def _is_quiet(scene: Scene) -> bool:
    return not scene.effects and all(note.kind == "score.changed" for note in scene.notes)


def _messages(scenes: Sequence[Scene]) -> list[SendMessage]:
    return [one for scene in scenes for one in scene.effects if isinstance(one, SendMessage)]
