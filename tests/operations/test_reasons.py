"""How the decisions of the fold read on a timeline."""

import re
from pathlib import Path

import pytest

from ripely.engine import draft
from ripely.model.condition import HasTag
from ripely.model.event import DERIVED, Event
from ripely.model.ids import (
    ContactId,
    EventId,
    JourneyId,
    ScoreId,
    SegmentId,
    StepId,
    TemplateId,
)
from ripely.model.journey import Branch, Case, Exit, Journey
from ripely.model.note import Note
from ripely.model.score import Score
from ripely.model.segment import Segment
from ripely.model.template import Template
from ripely.operations.dossiers.timeline import moments_of
from ripely.operations.wording.because import because
from ripely.operations.wording.moments import KINDS
from ripely.operations.wording.names import Names
from ripely.operations.wording.reasons import FAMILIES, SILENT_NOTES, reasons_of
from ripely.ports import Story

NOON_MS = 1_893_499_200_000
NAMES = Names(
    segments={"ripe": Segment(SegmentId("ripe"), "Ripe to buy", HasTag("x"))},
    scores={"interest": Score(ScoreId("interest"), "Interest")},
    journeys={
        "cart": Journey(JourneyId("cart"), "Cart left", (), StepId("a"), {StepId("a"): Exit()})
    },
    templates={"offer": Template(TemplateId("offer"), "The offer", "", "")},
)


def kinds() -> set[str]:
    """Every kind of note that the description of notes lists."""
    listed = re.sub(r"\([^)]*\)", "", (Note.__doc__ or "").partition("\n\n")[2])
    found = set()
    for group in listed.split("·"):
        about = group.split(".")[0].strip()
        for word in re.findall(r"[a-z.]+", group.replace("/", " ")):
            found.add(word if "." in word else f"{about}.{word}")
    return found


def read(*notes: Note) -> list[tuple[str, str]]:
    return [(moment.title, moment.detail) for moment in reasons_of(notes, NAMES)]


def test_every_kind_of_note_is_told_or_silent_for_a_reason() -> None:
    assert kinds() == {*FAMILIES, *SILENT_NOTES}
    assert SILENT_NOTES.isdisjoint(FAMILIES)


def test_the_list_of_kinds_names_every_kind_that_the_engine_writes() -> None:
    sources = Path(draft.__file__).parent.glob("*.py")
    said = re.compile(r'\.note\(\s*"([a-z]+\.[a-z]+)"')
    assert {kind for source in sources for kind in said.findall(source.read_text())} <= kinds()


@pytest.mark.parametrize("kind", sorted(FAMILIES))
def test_every_kind_of_note_reads_as_a_line(kind: str) -> None:
    [moment] = reasons_of([Note(kind, "thing", "step: timed out", 3, NOON_MS)], NAMES)
    assert moment.kind in KINDS
    assert moment.title[0].isupper()
    assert "{" not in moment.title
    assert moment.at_ms == NOON_MS


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("score interest reached 30", "Interest reached 30"),
        ("score interest/boots fell below 2", "Interest: boots fell below 2"),
        ("score interest is 80, journey cart", "Interest is 80, the journey “Cart left”"),
        ("entered segment ripe", "entered the segment “Ripe to buy”"),
        ("stopped by journey cart", "stopped by the journey “Cart left”"),
        ("journey gone", "journey gone"),
        ("the journey is paused", "the journey is paused"),
        ("quote.viewed", "Quote viewed"),
        ("quote.sent without quote.viewed within 2d", "“Quote sent” without “Quote viewed” within 2d"),
        ("lower priority than “offer” in journey cart", "lower priority than “The offer” in the journey “Cart left”"),
        ("date child_born", "the day “Child born” has come"),
        ("timer.fired", "by time alone"),
        ("asked by ann@example.com", "asked by ann@example.com"),
        ("opened an e-mail", "opened an e-mail"),
    ],
)  # fmt: skip
def test_reasons_are_told_with_names_and_words(reason: str, words: str) -> None:
    assert because(reason, NAMES) == words


@pytest.mark.parametrize(
    ("note", "line"),
    [
        (Note("lifecycle.changed", "lead", "from visitor: form.submitted", 2),
         ("Is now a lead", "Form submitted; before a visitor")),
        (Note("call.forbidden", "call", "may not be called: journey cart"),
         ("May not be called any more", "The journey “Cart left”")),
        (Note("attribute.set", "code_until", "2030-01-16, journey cart"),
         ("Set “Code until”", "2030-01-16, the journey “Cart left”")),
        (Note("owner.assigned", "olga", "by turns"),
         ("The owner is olga", "By turns")),
        (Note("task.held", "call", "Ask: may not be called: journey cart"),
         ("No task “Ask”", "May not be called: the journey “Cart left”")),
        (Note("task.queued", "call", "Ask: why: for the team sales"),
         ("Call for the team sales waits: Ask: why", "")),
        (Note("message.held", "offer", "no consent for marketing"),
         ("Held back “The offer”", "No consent for marketing")),
        (Note("journey.exited", "cart", "a: the end"), ("Journey “Cart left”", "Left at the end")),
        (Note("journey.converted", "cart", "bought", 2550),
         ("Journey “Cart left”", "Counted as converted, worth 25.5")),
        (Note("event.ignored", "deal.moved", "it does not say which one is meant"),
         ("Changed nothing: “Deal moved”", "It does not say which one is meant")),
    ],
)  # fmt: skip
def test_decisions_read_plainly(note: Note, line: tuple[str, str]) -> None:
    assert read(note) == [line]


def test_who_is_part_of_whom_is_told_by_events_alone() -> None:
    assert read(Note("event.ignored", "contact.merged", "62a9 is part of this contact")) == []


def told(events: list[Event], notes: list[Note]) -> list[str]:
    return [moment.title for moment in moments_of([(1, Story(events, notes))], NAMES)]


def event(name: str, source: str = "", **properties: object) -> Event:
    return Event(EventId(1), ContactId(1), name, NOON_MS, NOON_MS, properties, source)


def test_a_change_that_is_an_event_too_is_told_once_and_with_its_reason() -> None:
    won = Note("deal.won", "d1", "sales, journey cart", 0, NOON_MS)
    assert told([event("deal.won", DERIVED, deal="d1")], [won]) == ["Won the deal"]
    given = Note("owner.assigned", "olga", "by turns", 0, NOON_MS)
    assert told([event("owner.assigned", owner="olga")], [given]) == ["The owner is olga"]


def test_what_the_contact_said_is_told_by_the_event_and_not_again_by_its_effect() -> None:
    agreed = Note("consent.granted", "marketing", "consent.granted", 0, NOON_MS)
    assert told([event("consent.granted", purpose="marketing")], [agreed]) == [
        "Agreed to “marketing”"
    ]


def test_another_event_of_the_same_name_is_told_all_the_same() -> None:
    won = Note("deal.won", "d1", "sales, journey cart", 0, NOON_MS)
    assert len(told([event("deal.won", deal="d2")], [won])) == 2


def test_what_happened_at_one_moment_is_told_backwards_too() -> None:
    notes = [
        Note("lifecycle.changed", "potential_lead", "from visitor: form.submitted", 1, NOON_MS),
        Note("lifecycle.changed", "lead", "from potential_lead: form.submitted", 2, NOON_MS),
    ]
    assert told([event("form.submitted", form="request")], notes) == [
        "Is now a lead",
        "Is now a potential lead",
        "Sent the form “request”",
    ]


def test_parts_of_a_score_are_told_with_the_whole() -> None:
    notes = [
        Note("score.changed", "interest", "+5 looked", 37),
        Note("score.changed", "interest/ovens", "+5 looked", 9),
    ]
    assert read(*notes) == [("Interest +5 to 37 (ovens)", "Looked")]
    assert read(notes[1]) == [("Interest: ovens +5 to 9", "Looked")]


def test_a_message_is_called_by_its_name() -> None:
    [moment] = moments_of([(1, Story([event("email.opened", template="offer")], []))], NAMES)
    assert moment.detail == "The offer"


def test_a_case_is_told_by_what_it_asks_while_its_version_is_in_force() -> None:
    long = HasTag(
        "a very long tag that goes on and on until nobody reads it any more, and further"
    )
    cases = (Case(HasTag("vip"), StepId("b")), Case(long, StepId("b")))
    steps = {StepId("a"): Branch(cases), StepId("b"): Exit()}
    cart = Journey(JourneyId("cart"), "Cart left", (), StepId("a"), steps)
    names = Names(journeys={"cart": cart}, versions={"journey/cart": 3})

    def told(way: str, version: int) -> str:
        [moment] = reasons_of([Note("journey.step", "cart", f"a: {way}", version)], names)
        return moment.detail

    assert told("case 1", 3) == "A (the contact has the tag “vip”)"
    assert told("case 1", 2) == "A (case 1)"
    assert told("case 9", 3) == "A (case 9)"
    assert told("otherwise", 3) == "A (otherwise)"
    assert told("case 2", 3).endswith("…)")
