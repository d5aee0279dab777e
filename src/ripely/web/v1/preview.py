"""A preview: one contact, or somebody invented, walked through a journey on a clock of one's own. Nothing is written."""

from collections.abc import Mapping, Sequence
from typing import Annotated

import msgspec

from ripely.api.described import JourneyName
from ripely.model.ids import ContactId, contact_code
from ripely.operations.preview import opening
from ripely.operations.preview.choices import (
    AFTER_S_MAX,
    BEGINS_S_MAX,
    CHOICES_MAX,
    MINUTE_S,
    Choice,
    Setting,
)
from ripely.operations.preview.people import PERSONAS, Records
from ripely.operations.preview.walking import Letter, Turn, Walk
from ripely.runtime.segment import RefusedError
from ripely.web.request import Request
from ripely.web.v1 import saying
from ripely.web.v1.endpoint import READER, post
from ripely.web.v1.saying import Document
from ripely.web.v1.telling import Happened, happened


class ChoiceSaid(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An event happens `after_s`; without one, time passes: so long, or (0) until something comes."""

    event: Annotated[str, msgspec.Meta(max_length=128)] = ""
    properties: dict[str, object] = {}
    after_s: Annotated[int, msgspec.Meta(ge=0, le=AFTER_S_MAX)] = MINUTE_S


class PreviewAsked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who is walked, from when on, and what happens: the same says the same walk, each time."""

    document: Document = ""
    contact: Annotated[
        str,
        msgspec.Meta(
            max_length=320, description="Somebody real, by code, email, phone or user id."
        ),
    ] = ""
    persona: Annotated[
        str, msgspec.Meta(max_length=64, description=f"Or one of: {'; '.join(PERSONAS)}.")
    ] = ""
    facts: Annotated[
        dict[str, str | int | float | bool],
        msgspec.Meta(description="What is known of somebody invented, besides."),
    ] = {}
    begins_s: Annotated[
        int, msgspec.Meta(ge=0, lt=BEGINS_S_MAX, description="Seconds since 1970; 0: now.")
    ] = 0
    choices: Annotated[tuple[ChoiceSaid, ...], msgspec.Meta(max_length=CHOICES_MAX)] = ()


class LetterTold(msgspec.Struct, frozen=True):
    """A message on the way; `held` says why it does not go."""

    number: int
    template: str
    name: str
    channel: str
    recipient: str
    subject: str
    text: str
    html: str
    held: str


class TurnTold(msgspec.Struct, frozen=True):
    """What was chosen, and all that followed from it, each decision with its reason."""

    number: int
    title: str
    at_s: int
    moments: Sequence[Happened]
    letters: Sequence[LetterTold]


class ChanceTold(msgspec.Struct, frozen=True):
    """Something that could be chosen next: say it as one more of the `choices`."""

    label: str
    group: str
    event: str
    properties: Mapping[str, object]
    after_s: int


class Preview(msgspec.Struct, frozen=True):
    """A walk as far as it has come. `step` is where it stands, `doing` what it does there.

    `next_s` is until when that lasts by itself; 0: it has no end, or there is none. `contact`: of somebody invented, a
    code that nobody has.
    """

    contact: ContactId
    turns: Sequence[TurnTold]
    step: str
    doing: str
    now_s: int
    next_s: int
    entered: bool
    ended: bool
    chances: Sequence[ChanceTold]


@post("journeys/{journey}/preview", READER)
def walk(request: Request, journey: JourneyName, *, body: PreviewAsked) -> Preview:
    """Walk one contact through a journey, choose what happens, and see each decision with its reason."""
    drafted = saying.journey_of(request, journey, body.document)
    draft, whole = opening.open_draft(drafted.journey, drafted.published, drafted.others)
    records = Records(request.app.history, request.app.profiles, request.in_force.rules)
    now_s = int(request.app.clock.now().timestamp())
    found = opening.walked(draft, _setting(request, body), records, now_s)
    offered = opening.offered(found, draft, whole)
    chances = [ChanceTold(one.label, one.group, *_parts(one.choice)) for one in offered]
    return _told(found, chances)


def _setting(request: Request, said: PreviewAsked) -> Setting:
    choices = tuple(_choice(n, one) for n, one in enumerate(said.choices))
    if said.contact:
        code = contact_code(saying.profile_of(request, said.contact).contact)
        return Setting(code, {}, said.begins_s, choices)
    if said.persona and said.persona not in PERSONAS:
        raise RefusedError("$.persona", f"“{said.persona}” is none of {'; '.join(PERSONAS)}.")
    facts = {**PERSONAS.get(said.persona, {}), **said.facts}
    return Setting("", facts, said.begins_s, choices)


def _choice(n: int, said: ChoiceSaid) -> Choice:
    try:
        return Choice(said.event, said.properties, said.after_s)
    except ValueError as wrong:
        raise RefusedError(f"$.choices[{n}]", f"{wrong}") from None


def _parts(choice: Choice) -> tuple[str, Mapping[str, object], int]:
    return choice.event, choice.properties, choice.after_s


def _told(found: Walk, chances: Sequence[ChanceTold]) -> Preview:
    return Preview(
        contact=found.profile.contact,
        turns=[_turn(one) for one in found.turns],
        step=found.place.step if found.place else "",
        doing=found.doing,
        now_s=found.now_s,
        next_s=found.next_s,
        entered=found.entered,
        ended=found.ended,
        chances=chances,
    )


def _turn(one: Turn) -> TurnTold:
    moments = [happened(moment) for moment in one.moments]
    letters = [_letter(letter) for letter in one.letters]
    return TurnTold(one.number, one.title, one.at_s, moments, letters)


def _letter(one: Letter) -> LetterTold:
    return LetterTold(
        number=one.number,
        template=one.message.template,
        name=one.name,
        channel=one.message.channel,
        recipient=one.message.recipient,
        subject=one.subject,
        text=one.text,
        html=one.html,
        held=one.held,
    )
