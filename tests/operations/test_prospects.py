"""What history knows of a journey before it runs: a made-up past whose truth is known."""

from datetime import UTC, datetime, timedelta
from itertools import count

import pytest

from ripely.model.company import Company
from ripely.model.event import Event
from ripely.model.note import Note
from ripely.model.profile import Profile
from ripely.model.score import Level, Score
from ripely.operations.publishing.review import review
from ripely.operations.worth.automations import suggestions
from ripely.operations.worth.feasibility import asked_of, judge
from ripely.operations.worth.prospects import prospect

NOW = datetime(2030, 6, 1, tzinfo=UTC)
BEGUN = NOW - timedelta(days=60)
MAIN = Score("interest", "Interest", levels=(Level("ripe", 20),))
JOURNEY = """
kind: journey
id: offer
name: Offer
triggers: [{on: event, event: form.submitted, where: [{property: form, value: Offer}]}]
goal: {when: {if: did, event: order.completed}, within: 10d}
start: hello
steps:
  hello: {do: send, template: hello, then: wait}
  wait: {do: wait, for: 2d, then: more}
  more: {do: send, template: more}
"""
ids = count(1)


def journey(text=JOURNEY):
    documents, _ = review({"all.yaml": text.encode()})
    return documents[0].definition


def event(contact, days, name, source="site", **properties):
    at = int((BEGUN + timedelta(days=days)).timestamp() * 1000)
    return Event(next(ids), contact, name, at, at, properties, source)


# Of regulars and of others: so many are written to, so many of those convert, and the same of those who are not.
PEOPLE = {"regular": (320, 128, 80, 24), "new": (80, 16, 320, 32)}


def past():
    contact = 0
    for kind, (reached, reached_converted, alone, alone_converted) in PEOPLE.items():
        for n, converts, written in (
            (reached, reached_converted, True),
            (alone, alone_converted, False),
        ):
            for number in range(n):
                contact += 1
                if kind == "regular":
                    yield event(contact, -20, "order.completed", total=100)
                    yield event(contact, -15, "order.completed", total=100)
                else:
                    yield event(contact, -15, "page.viewed")
                yield event(contact, 0, "form.submitted", form="offer")
                if written:
                    yield event(contact, 1, "message.written", template="Our offer", by="bob")
                if number < converts:
                    yield event(contact, 5, "order.completed", total=40)


@pytest.fixture
def lake(any_lake):
    any_lake.keep(past())
    return any_lake


def test_the_uplift_is_found_though_regulars_are_written_to_more(lake):
    """It is 10 points, and 22 without regard to who was written to."""
    found = prospect(lake, journey(), NOW)
    assert found.uplift.plain == pytest.approx(0.22)
    assert found.uplift.expected == pytest.approx(0.1)
    assert found.uplift.covered == 1
    figure = found.case.figure("uplift")
    assert (figure.guess, round(figure.value, 9)) == (False, 0.1)
    assert figure.low < 0.1 < figure.high


def test_figures_of_the_past_are_filled_in(lake):
    figures = prospect(lake, journey(), NOW).case.figures
    assert figures["people"].value == pytest.approx(800 / 80 * 30.44)
    assert figures["messages/email"].value == 2
    orders = 2 * 400 * 100 + 200 * 40
    assert figures["worth"].value == pytest.approx(0.3 * orders / (800 + 200))
    assert figures["worth"].guess
    verdict = judge(prospect(lake, journey(), NOW).case)
    assert verdict.decision == "try"
    assert verdict.levers[0].asked.name == "uplift"


def test_what_was_sold_in_other_currencies_is_told_apart(any_lake):
    told = [
        event(1, 1, "order.completed", total=100, currency="EUR"),
        event(2, 1, "order.completed", total=200),
        event(3, 1, "order.completed", total=9_000, currency="UAH"),
        event(3, 1, "deal.won", value=9_000, currency="UAH"),
    ]
    any_lake.keep(told)
    found = prospect(any_lake, journey(), NOW, company=Company("company", currency="EUR"))
    assert found.case.currency == "EUR"
    assert found.case.figure("worth").value == pytest.approx(0.3 * 150)
    assert "deal_worth" not in found.case.figures
    assert (
        "What 2 sales in other currencies than EUR brought is not reckoned with."
        in found.limits
    )
    units = {asked.name: asked.unit for asked in asked_of(found.case)}
    assert (units["worth"], units["price/email"], units["people"]) == ("EUR", "EUR", "a month")
    assert any(" EUR " in reason for reason in judge(found.case).reasons)
    (usual,) = {one.case.currency for one in [prospect(any_lake, journey(), NOW)]}
    assert usual == "UAH", "where the company names none, that in which most is sold"


def test_hours_by_hand_after_the_same_beginning_are_freed(lake):
    habits = suggestions(lake, NOW)
    assert [one.kind for one in habits] == ["message.written"]
    same = journey(JOURNEY.replace("value: Offer", "value: offer"))
    figures = prospect(lake, same, NOW, habits=habits).case.figures
    assert figures["hours_freed"].value == pytest.approx(habits[0].hours / 21)
    minutes = round(habits[0].hours / 21 * 60)
    assert figures["hours_freed"].why.endswith(f"acts by hand, {minutes} minutes a day")


def test_who_converts_before_a_message_could_come_counts_on_neither_side(lake):
    quick = [
        one
        for contact in range(2000, 2200)
        for one in (
            event(contact, 0, "form.submitted", form="offer"),
            event(contact, 0.5, "order.completed", total=1),
        )
    ]
    lake.keep(quick)
    assert prospect(lake, journey(), NOW).uplift.alone.of == 400


def test_people_of_other_levels_are_not_compared(lake):
    """All who heard nothing were ripe and all others were not: nobody is left to compare."""
    at = int((BEGUN - timedelta(days=1)).timestamp() * 1000)
    written = {one.contact for one in past() if one.name == "message.written"}
    notes = {c: [Note("score.changed", "interest", "+20 why", 20, at)] for c in range(1, 801) if c not in written}  # fmt: skip
    lake.keep((), notes)
    found = prospect(lake, journey(), NOW, [MAIN])
    assert found.uplift.covered == 0
    assert "uplift" not in found.case.figures
    assert "guess" in found.limits[0]


@pytest.mark.parametrize(
    ("trigger", "people"),
    [
        ("{on: segment, id: eager}", 3),
        ("{on: score, id: interest, reaches: 20}", 2),
        ("{on: event, event: form.submitted}", 800),
    ],
)
def test_beginnings_of_each_kind_are_counted(lake, trigger, people):
    at = int(BEGUN.timestamp() * 1000)
    notes = {c: [Note("segment.entered", "eager", at_ms=at)] for c in (1, 2, 3)}
    notes[4] = [Note("score.changed", "interest", "+15 why", 20, at)]
    notes[5] = [Note("score.changed", "interest", "+1 why", 21, at)]
    notes[6] = [Note("score.changed", "interest", "+30 why", 30, at)]
    lake.keep((), notes)
    line = next(line for line in JOURNEY.splitlines() if line.startswith("triggers"))
    figures = prospect(lake, journey(JOURNEY.replace(line, f"triggers: [{trigger}]")), NOW).case.figures  # fmt: skip
    assert figures["people"].why == f"{people} in 80 days"


def test_a_beginning_without_a_trace_is_said_to_be_a_guess(lake):
    line = next(line for line in JOURNEY.splitlines() if line.startswith("triggers"))
    found = prospect(lake, journey(JOURNEY.replace(line, "triggers: [{on: inactivity, for: 30d}]")), NOW)  # fmt: skip
    assert found.uplift is None
    assert "guesses" in found.limits[0]
    assert "people" not in found.case.figures


REGULARS = "filter: {if: did, event: order.completed, within: 30d}"


@pytest.fixture
def known(lake):
    """Every second one lives in Kyiv, and moves away after the journey would have begun."""
    begun_s = int(BEGUN.timestamp())
    for city, at_s in (("Kyiv", begun_s - 86_400), ("Lviv", begun_s + 30 * 86_400)):
        lake.know(
            Profile(
                contact,
                created_s=begun_s,
                now_s=at_s,
                attributes={"city": city if contact % 2 else "Lviv"},
            )
            for contact in range(1, 801)
        )
    return lake


@pytest.mark.parametrize(
    ("filtered", "rate", "sampled"),
    [
        (REGULARS, 0.5, 800),  # Who orders later has not done so when the journey would begin.
        ("filter: {if: attribute, name: city, value: Kyiv}", 0.5, 500),
        ("filter: {if: attribute, name: city, value: Rome}", 0, 500),
    ],
)
def test_the_filter_of_the_journey_is_asked_as_it_was_then(
    known, filtered, rate, sampled, monkeypatch
):
    monkeypatch.setattr("ripely.operations.worth.filtered.PEOPLE_ASKED", sampled)
    plain = prospect(known, journey(), NOW)
    found = prospect(known, journey(JOURNEY + filtered + "\n"), NOW)
    people = found.case.figures["people"]
    assert people.value == pytest.approx(plain.case.figures["people"].value * rate)
    assert people.low <= people.value <= people.high
    assert f"the filter lets in {rate:.0%}" in people.why
    said = f"own filter lets in was asked of {sampled} people on 1 day;"
    assert any(said in one for one in found.limits)


def test_a_filter_about_the_entry_itself_is_not_asked_and_that_is_said(lake):
    text = JOURNEY + "filter: {if: entry, property: form, value: Offer}\n"
    found = prospect(lake, journey(text), NOW)
    assert found.case.figures["people"].value == pytest.approx(
        prospect(lake, journey(), NOW).case.figures["people"].value
    )
    assert any("is not asked here" in one for one in found.limits)
