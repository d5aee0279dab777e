"""Of whom is asked: those of a segment or at the beginning of a journey, in force or as it is being written."""

import msgspec

from ripely.documents.finding import Finding
from ripely.model.condition import Condition, walk
from ripely.model.journey import Journey
from ripely.model.segment import Segment
from ripely.operations.audience.audiences import CONDITIONS_MAX, Ground
from ripely.operations.audience.entering import entry_of
from ripely.operations.publishing import drafts
from ripely.operations.publishing.published import InForce
from ripely.operations.wording.names import Names, names_of
from ripely.web.request import Request


class Asked(msgspec.Struct, frozen=True):
    """A condition among the definitions that it leans on. None: the document does not make sense, or names nobody."""

    kind: str
    key: str
    condition: Condition | None
    names: Names
    happens: bool = False
    written: bool = False
    wrong: Finding | None = None
    """What first has to be mended in what is written."""

    @property
    def who(self) -> str:
        return "match its entry" if self.kind == "journey" else "are in it"


def asked(in_force: InForce, kind: str, key: str, text: str | None) -> Asked:
    """Read the text that came along; without one, what is in force. What is too large to be counted is wrong."""
    found = _asked(in_force, kind, key, text)
    if found.condition is None or len(walk(found.condition)) <= CONDITIONS_MAX:
        return found
    says = f"This has more than {CONDITIONS_MAX} conditions: it is not counted."
    wrong = Finding(drafts.FILE, 1, "when", "too_large", says)
    return msgspec.structs.replace(found, condition=None, wrong=wrong)


def _asked(in_force: InForce, kind: str, key: str, text: str | None) -> Asked:
    names = in_force.names
    known = names.journeys if kind == "journey" else names.segments
    definition: object = known.get(key)
    wrong = None
    if text is not None:
        checked = drafts.check(text[: drafts.TEXT_MAX], (kind, key), in_force.published)
        definition = checked.definition if checked.sound else None
        wrong = next((one for one in checked.findings if not one.warning), None)
        names = _among(names, checked)
    match definition:
        case Segment(when=when):
            return Asked(kind, key, when, names, written=text is not None)
        case Journey() as journey:
            entry = entry_of(journey)
            return Asked(kind, key, entry.condition, names, entry.happens, text is not None)
        case _:
            return Asked(kind, key, None, names, written=text is not None, wrong=wrong)


def ground_of(request: Request, names: Names) -> Ground:
    return Ground(request.app.warehouse, names, request.app.clock.now())


def _among(names: Names, checked: drafts.Checked) -> Names:
    """Let what is written beside the document count too."""
    added = names_of(checked.others, names.company)
    return msgspec.structs.replace(
        names,
        segments={**names.segments, **added.segments},
        scores={**names.scores, **added.scores},
    )
