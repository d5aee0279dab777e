"""Who is tired of messages: counted on one's fingers in a made past, and left out, in both engines."""

from datetime import UTC, datetime, timedelta
from itertools import count

import pytest

from ripely.engine.step import new_profile
from ripely.model.event import Event
from ripely.model.profile import Consent
from ripely.operations.audience.audiences import Ground, counted
from ripely.operations.audience.entering import group_of
from ripely.operations.publishing.review import review
from ripely.operations.wording.names import Names
from ripely.operations.worth.fatigue import (
    PRIOR,
    Past,
    excluding,
    forecasts,
    past_of,
    slices_of,
)

NOW = datetime(2030, 6, 1, tzinfo=UTC)
ANN, BOB, CAROL, DAN, CAROL_TOO = 1, 2, 3, 4, 5
TEMPLATE = """kind: template
id: news
name: News
subject: News
body: <mjml><mj-body><mj-section><mj-column><mj-text>Hi</mj-text></mj-column></mj-section></mj-body></mjml>
"""
JOURNEY = """kind: journey
id: news
name: News
triggers: [{on: schedule, every: week, weekdays: [monday], audience: {if: tag, name: readers}}]
start: write
steps: {write: {do: send, template: news}}
"""
NONE, FEW, SOME, MANY = range(4)
LATELY, ONCE, NEVER = range(3)
ids = count(1)


def event(who, days, name, at=NOW, **properties):
    at_ms = int((at + timedelta(days=days)).timestamp() * 1000)
    return Event(next(ids), who, name, at_ms, at_ms, properties, "dispatch")


def sent(who, *days):
    return [event(who, day, "email.sent") for day in days]


def journey(text=JOURNEY):
    documents, findings = review({"a.yaml": text.encode(), "b.yaml": TEMPLATE.encode()})
    return documents[0].definition, findings


@pytest.fixture
def ground(any_lake):
    return Ground(any_lake, Names(), NOW)


def reader(n):
    profile = new_profile(n, int(NOW.timestamp()) - 200 * 86_400)
    profile.attributes["email"] = f"{n}@example.com"
    profile.consents["marketing"] = Consent(True, profile.created_s, "form.submitted")
    profile.tags = ["readers"]
    return profile


def test_each_message_is_told_by_what_was_known_when_it_went(ground):
    loser = new_profile(CAROL_TOO, 0)
    loser.merged_into = CAROL
    ground.warehouse.know([new_profile(CAROL, 0), loser])
    ground.warehouse.keep(
        [
            *sent(ANN, -100, -95, -94, -20),
            event(ANN, -98, "email.opened", by="human"),
            # Two tellings of one thing, after the third.
            event(ANN, -93.5, "email.unsubscribed"),
            event(ANN, -93.5, "consent.withdrawn", purpose="marketing"),
            *sent(BOB, -60, -59, -58, -57, -56, -55, -54),
            event(BOB, -59.5, "email.opened", by="machine"),
            event(BOB, -58.5, "email.clicked", by="unknown"),
            event(BOB, -53, "email.complained"),
            *sent(CAROL, -40),
            *sent(CAROL_TOO, -35),
            event(CAROL, -34, "consent.withdrawn", purpose="calls"),
            event(CAROL, -27.5, "consent.withdrawn"),  # More than a week later.
            # Too long ago, too short ago, and by another channel.
            *sent(DAN, -190, -3),
            event(DAN, -2, "email.complained"),
            event(DAN, -50, "sms.sent"),
        ]
    )
    assert past_of("email", ["marketing"], ground) == {
        (NONE, NEVER): Past(3),
        (NONE, ONCE): Past(1),
        (FEW, LATELY): Past(2, 1),
        (FEW, NEVER): Past(3),
        (SOME, NEVER): Past(3),
        (MANY, NEVER): Past(1, 1, 1),
    }


def test_a_contact_is_in_the_slice_by_which_its_past_is_told(ground):
    second = 1 / 86_400
    known = {
        1: (FEW, ONCE), 2: (NONE, LATELY), 3: (MANY, NEVER), 4: (SOME, ONCE), 5: (NONE, NEVER),
    }  # fmt: skip
    ground.warehouse.know([new_profile(n, 0) for n in known])
    ground.warehouse.keep(
        [
            *sent(1, -30, -30 + second), event(1, -30, "email.clicked", by="human"),
            *sent(2, -30), event(2, -30 + second, "email.replied"),
            *sent(3, *(-n for n in range(1, 9))), event(3, -90, "email.opened", by="human"),
            *sent(4, -29, -28, -27, -1, -second), event(4, -90 + second, "email.opened"),
        ]
    )  # fmt: skip
    slices = list(slices_of("email"))
    _, *people = counted([one.condition for one in slices], ground)
    found = {one.place: n for one, n in zip(slices, people, strict=True) if n}
    assert found == dict.fromkeys(known.values(), 1)
    ground.warehouse.keep([one for n in known for one in sent(n, 0)])
    # So late that of all messages only these are in the time that is told of.
    later = Ground(ground.warehouse, Names(), NOW + timedelta(days=187))
    assert past_of("email", ["marketing"], later) == dict.fromkeys(known.values(), Past(1))


@pytest.fixture
def tired(ground):
    """400 readers; twenty had letter upon letter, as thirty had who left for good."""
    readers, weary, gone = range(1, 381), range(381, 401), range(1001, 1031)
    ground.warehouse.know([reader(n) for n in (*readers, *weary)])
    ground.warehouse.know([new_profile(500, 0)])  # Does not read.
    happened = [one for n in readers for one in sent(n, -40)]
    happened += [event(n, -39, "email.opened", by="human") for n in readers]
    happened += [one for n in (*weary, *gone) for one in sent(n, *range(-60, -53))]
    happened += [one for n in weary for one in sent(n, *range(-20, -13))]
    happened += [event(n, -53, "email.unsubscribed") for n in gone]
    ground.warehouse.keep(happened)
    return ground


def test_a_forecast_adds_up(tired):
    (found,) = forecasts(journey()[0], tired)
    assert (found.people, found.at_once) == (400, True)
    assert found.past == Past(380 + 30 * 7 + 20 * 14, 30)
    usual = 30 / found.past.messages
    # Of 70 messages that were the seventh or more in a month, 30 were the last.
    weary = (30 + PRIOR * usual) / (70 + PRIOR)
    assert found.lost == pytest.approx(380 * usual + 20 * weary)
    low, high = found.range
    assert 0 <= low < found.lost < high < 400
    assert found.complaints == 0


def test_the_worst_are_left_out_by_a_filter_that_can_be_pasted(tired):
    known, _ = journey()
    (found,) = forecasts(known, tired)
    (worst,) = found.worst
    assert (worst.slice.place, worst.people, found.left_out) == ((MANY, NEVER), 20, 20)
    changed, findings = journey(JOURNEY + found.yaml)
    assert not findings
    (after,) = forecasts(changed, tired)
    assert after.people == 380
    assert after.lost == pytest.approx(found.lost - found.saved)
    assert counted([group_of(changed, {}).when], tired)[1] == 380


def test_a_filter_that_is_there_still_holds(ground):
    known, _ = journey(JOURNEY + "filter: {if: tag, name: vip}\n")
    slices = list(slices_of("sms"))[-2:]
    both = excluding(excluding(known.filter, slices[:1]), slices[1:])
    assert both == excluding(known.filter, slices)
    assert both.conditions[0] == known.filter


def test_most_of_them_are_never_left_out(ground):
    ground.warehouse.know([reader(n) for n in range(1, 101)])
    happened = [one for n in range(1, 101) for one in sent(n, *range(-20, -7))]
    happened += [event(n, -7.9, "email.complained") for n in range(200, 205)]
    happened += [one for n in range(200, 205) for one in sent(n, *range(-20, -7))]
    ground.warehouse.keep(happened)
    (found,) = forecasts(journey()[0], ground)
    assert found.people == 100
    assert (found.worst, found.filter, found.saved) == ([], None, 0)


def test_of_a_short_history_no_number_is_told(ground):
    ground.warehouse.know([reader(n) for n in range(1, 200)])
    ground.warehouse.keep([one for n in range(1, 200) for one in sent(n, -40)])
    (found,) = forecasts(journey()[0], ground)
    assert not found.enough
    assert "199 messages" in found.words
    assert "lost" not in found.told()
    ground.warehouse.keep(sent(200, -40))
    (found,) = forecasts(journey()[0], ground)
    assert found.enough
    assert "lost" in found.told()


def test_what_is_owed_tires_nobody(ground):
    owed = JOURNEY.replace("template: news", "template: news, purpose: transactional")
    assert forecasts(journey(owed)[0], ground) == []


def test_what_was_owed_is_no_message_of_the_past(ground):
    """Neither one that somebody left after, nor one of many; and who called it unwanted did not mean the others."""
    owed = {"purpose": "transactional"}
    ground.warehouse.know([new_profile(n, 0) for n in (ANN, BOB)])
    ground.warehouse.keep(
        [
            *(event(ANN, day, "email.sent", **owed) for day in (-60, -59, -58)),
            event(ANN, -57.5, "email.sent", purpose="marketing"),
            event(ANN, -57, "email.complained", **owed),
            event(BOB, -50, "email.sent", **owed),
            event(BOB, -49, "email.unsubscribed"),
            *(event(BOB, day, "email.sent", **owed) for day in (-5, -4)),
        ]
    )
    assert past_of("email", ["marketing"], ground) == {(NONE, NEVER): Past(1)}
    slices = list(slices_of("email"))
    _, *people = counted([one.condition for one in slices], ground)
    assert {one.place: n for one, n in zip(slices, people, strict=True) if n} == {
        (NONE, NEVER): 2
    }
