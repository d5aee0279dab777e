"""What a journey was reckoned to bring is kept beside it, and held against its holdout."""

import pytest

from ripely.operations.publishing.review import review
from ripely.operations.worth.feasibility import Case, Figure
from ripely.operations.worth.typing_in import as_typed, read_case

JOURNEY = b"""
kind: journey
id: care
name: Care
triggers: [{on: event, event: order.completed}]
goal: {when: {if: did, event: quote.accepted}, within: 14d}
holdout: 10
start: bye
steps: {bye: {do: task, title: Call}}
"""
CASE = Case(figures={"uplift": Figure(0.041, 0.01, 0.07, guess=False), "people": Figure(100)})


@pytest.fixture
def journey():
    documents, findings = review({"care.yaml": JOURNEY})
    assert not findings
    return documents[0].definition


@pytest.fixture
def counted(django_database):
    from ripely.records.hot.models import Tally

    def count(**items):
        for item, n in items.items():
            Tally.objects.create(kind="journey", subject="care", item=item, lane=0, n=n)

    return count


def test_each_estimate_is_a_version_and_the_same_one_is_none(django_database):
    from ripely.operations.worth.promises import keep, promises

    first = keep("care", CASE, "ann")
    assert keep("care", CASE, "bob").number == first.number == 1
    second = keep("care", Case(), "bob")
    assert [(one.number, one.author) for one in promises("care")] == [(2, "bob"), (1, "ann")]
    assert (second.case, promises("care")[1].case) == (Case(), CASE)
    assert promises("another") == []


def test_a_promise_is_held_against_those_kept_out(counted, journey):
    """27 of 1,000 more, 9 of 100 each way: the difference is 2.7 points, and so is the promise within reach."""
    from ripely.operations.worth.promises import delivered, keep

    counted(entered=9000, converted=1143, heldout=1000, heldout_converted=100)
    told = delivered(journey, keep("care", CASE, "ann"))
    assert told.expected == pytest.approx(0.027)
    assert told.low < 0.027 < told.high
    assert told.words.startswith("promised +4.1%, delivered +2.7% ± ")
    assert told.kept is (told.low <= 0.041 <= told.high)


def test_before_anybody_is_kept_out_nothing_is_compared(counted, journey):
    from ripely.operations.worth.promises import delivered, keep

    counted(entered=50, converted=5)
    told = delivered(journey, keep("care", CASE, "ann"))
    assert told.kept is None
    assert "nothing can be compared" in told.words


def test_what_is_typed_in_is_a_guess_and_what_is_left_alone_stays_known():
    read = read_case({"uplift": "4.1", "people": "250", "months": "6", "goal": "less_load", "price/sms": "0,07"}, CASE)  # fmt: skip
    assert (read.goal, read.months) == ("less_load", 6)
    assert read.figures["uplift"] == CASE.figures["uplift"]
    assert read.figures["people"].value == 250
    assert read.figures["people"].guess
    assert read.figures["price/sms"].value == 0.07


def test_a_figure_sent_back_as_it_was_shown_stays_known():
    known = Case(
        figures={
            "people": Figure(240.68837, guess=False),
            "uplift": Figure(0.123456789, guess=False),
        }
    )
    shown = {name: as_typed(name, figure.value) for name, figure in known.figures.items()}
    assert shown == {"people": "240.69", "uplift": "12.35"}
    assert read_case(shown, known).figures == known.figures


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"people": "many"}, "'many' is no number"),
        ({"people": "-1"}, "cannot be -1"),
        ({"people": "nan"}, "no number"),
        ({"uplift": "101"}, "cannot be 1.01"),
        ({"months": "0"}, "from 1 to"),
        ({"goal": "glory"}, "is no goal"),
    ],
)
def test_what_makes_no_sense_is_refused(said, words):
    with pytest.raises(ValueError, match=words):
        read_case(said, Case())
