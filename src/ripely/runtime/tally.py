"""Live counters: what a batch adds to them."""

from collections import Counter
from collections.abc import Iterable

from ripely.engine.pursuits import KEPT_OUT
from ripely.engine.reactions import BY
from ripely.model.event import Event
from ripely.model.note import Note
from ripely.ports import Change

Tally = tuple[str, str, str]
"""Kind, subject, item: ("event", day, name), ("segment", id, "now"), ("journey", id, "entered"),
("step", journey, "step:passed" or "step:inside"): who went through, and who waits there now;
("overdue", journey, "step:hour"): whose wait ended in which hour since 1970 while it was paused;
("journey", id, "converted", "value", "heldout_converted" or "heldout_value") and ("arm", journey,
"step:arm:entered", "...:converted" or "...:value"): conversions of those let in, of those kept out,
and of each way of an experiment. Values are hundredths of the currency;
("message", day, "template:waits:why" or "template:held:why"): what guards held back, and by what;
("mailing", template, "segment:sent", "segment:opened:by" or "segment:clicked:by") and ("audience",
segment, "sent", ...): people that mails went to, and who opened and clicked; no segment: everybody."""

_DAY_MS = 86_400_000
_HOUR_S = 3_600
REASONS = (
    "cap", "quiet hours", "attention budget", "lower priority", "holdout", "no consent", "consent",
    "topic", "suppressed", "no address",
)  # fmt: skip
"""How the reasons begin by which messages wait or are held: few, whatever else they say."""


def tally(changes: Iterable[Change]) -> dict[Tally, int]:
    counts: Counter[Tally] = Counter()
    for change in changes:
        for event in change.story.events:
            _count_event(counts, event)
        for note in change.story.notes:
            _count_note(counts, note)
    return {key: n for key, n in counts.items() if n}


def _count_event(counts: Counter[Tally], event: Event) -> None:
    counts["event", str(event.occurred_ms // _DAY_MS), event.name] += 1


def _count_note(counts: Counter[Tally], note: Note) -> None:
    kind, _, what = note.kind.partition(".")
    if kind == "segment":
        counts["segment", note.subject, "now"] += 1 if what == "entered" else -1
        counts["segment", note.subject, what] += 1
    elif kind == "journey":
        _count_journey(counts, note, what)
    elif kind == "message" and what in {"waits", "held"}:
        day = str(note.at_ms // _DAY_MS)
        counts["message", day, f"{note.subject}:{what}:{why(note.reason)}"] += 1
    elif kind == "message" and what in {"sent", "opened", "clicked"}:
        _count_mail(counts, note, what)


def _count_mail(counts: Counter[Tally], note: Note, what: str) -> None:
    """Count one person for one mail: among all, and in each segment that they were in when it was decided."""
    item = what if what == "sent" else f"{what}:{BY[note.value]}"
    for segment in ("", *filter(None, note.reason.split(","))):
        counts["mailing", note.subject, f"{segment}:{item}"] += 1
        counts["audience", segment, item] += 1


def why(reason: str) -> str:
    """Return what sort of reason one is."""
    return next((sort for sort in REASONS if reason.startswith(sort)), "other")


def _count_journey(counts: Counter[Tally], note: Note, what: str) -> None:
    step, _, way = note.reason.partition(": ")
    match what:
        case "step":
            counts["step", note.subject, f"{step}:passed"] += 1
        case "waits":
            counts["step", note.subject, f"{step}:inside"] += 1
        case "resumed":
            # A step that waited for an answer was passed when it was done.
            counts["step", note.subject, f"{step}:passed"] += 0 if note.value else 1
            counts["step", note.subject, f"{step}:inside"] -= 1
        case "redone":
            counts["step", note.subject, f"{step}:inside"] -= 1
        case "measured" | "met" | "converted":
            _count_conversion(counts, note, what)
        case "moved":
            counts["step", note.subject, f"{step}:inside"] -= 1
            counts["step", note.subject, f"{way}:inside"] += 1
            _count_overdue(counts, note, step, -1)
            _count_overdue(counts, note, way, 1)
        case "overdue" | "released":
            _count_overdue(counts, note, step, 1 if what == "overdue" else -1)
        case "exited" | "goal":
            counts["journey", note.subject, what] += 1
            if note.value:
                counts["step", note.subject, f"{step}:inside"] -= 1
        case _:
            counts["journey", note.subject, what] += 1


def _count_overdue(counts: Counter[Tally], note: Note, step: str, more: int) -> None:
    if note.value:
        counts["overdue", note.subject, f"{step}:{note.value // _HOUR_S}"] += more


def _count_conversion(counts: Counter[Tally], note: Note, what: str) -> None:
    head, _, arm = note.reason.partition(": ")
    if what == "converted":
        of = "heldout_" if head == KEPT_OUT else ""
        counts["journey", note.subject, f"{of}converted"] += 1
        counts["journey", note.subject, f"{of}value"] += note.value
        return
    reached = what == "met"
    counts["arm", note.subject, f"{head}:{arm}:{'converted' if reached else 'entered'}"] += 1
    counts["arm", note.subject, f"{head}:{arm}:value"] += note.value
