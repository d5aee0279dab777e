"""Opens a preview: the draft compiled among what is published, and the person who is walked."""

from zoneinfo import ZoneInfo

from ripely.compiler.ruleset import Published
from ripely.model.definition import Definition
from ripely.model.ids import ContactId
from ripely.model.journey import Journey
from ripely.operations.paths.ground import (
    by_hand,
    compiled,
    ground_of,
    needed,
    templates_of,
    with_draft,
)
from ripely.operations.paths.script import acts, script, story
from ripely.operations.preview.chances import Chance, chances
from ripely.operations.preview.choices import Setting
from ripely.operations.preview.people import INVENTED, Records, invented, never_in, real
from ripely.operations.preview.walking import Draft, Walk, walk
from ripely.operations.rehearsing.rehearsal import Stage
from ripely.operations.wording.names import names_of


class UnknownPersonError(LookupError):
    """Nothing is known of the contact that should be walked."""


def open_draft(
    journey: Journey, published: Published, others: tuple[Definition, ...] = ()
) -> tuple[Draft, Published]:
    """Compile a draft among what would be in force with it. It can be entered by hand, too."""
    whole = with_draft(published, *others, journey)
    entered = with_draft(whole, by_hand(journey, anyone=False))
    names = names_of(whole.definitions, whole.company)
    return Draft(journey, compiled(entered), names), whole


def walked(draft: Draft, setting: Setting, records: Records, now_s: int) -> Walk:
    """Play a preview. Raises `UnknownPersonError`."""
    begins_s = setting.begins_s or now_s
    if not setting.contact:
        return walk_invented(draft, setting, begins_s)
    contact = ContactId(int(setting.contact, 16))
    person = real(records, contact, begins_s, now_s, draft.rules)
    if person is None:
        raise UnknownPersonError("Nothing is known of this contact.")
    return walk(draft, never_in(person, draft.journey.id), (), setting, begins_s)


def walk_invented(draft: Draft, setting: Setting, begins_s: int) -> Walk:
    known = [*invented(setting.facts, begins_s)]
    return walk(draft, INVENTED, known, setting, begins_s)


def offered(found: Walk, draft: Draft, whole: Published) -> list[Chance]:
    """Return what can be chosen next."""
    return chances(found, draft.journey, ground_of(whole, draft.journey))


def as_story(found: Walk, draft: Draft, whole: Published) -> str:
    """Write a preview of somebody invented as a story: a test of the journey from now on."""
    part = needed(by_hand(draft.journey, anyone=False), whole)
    zone = ZoneInfo(part.company.timezone)
    stage = Stage(compiled(part), templates_of(part))
    lines = acts(found.scenes, "Ann", zone)
    return script(part, [story(f"Preview of {draft.journey.name}", lines, stage, zone)])
