"""How conditions and steps read."""

import pytest

from ripely.model.action import Notify
from ripely.model.acts import Aggregate, Where
from ripely.model.condition import AttributeIs, LifecycleIs, Now
from ripely.model.currency import others_than
from ripely.model.journey import WaitUntil
from ripely.operations.wording.conditions import say
from ripely.operations.wording.names import Names
from ripely.operations.wording.phrases import times
from ripely.operations.wording.steps import describe


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        (AttributeIs("orders", "more_than", 1), "is more than 1"),
        (
            Aggregate(
                "sum",
                "total",
                "x",
                (Where("currency", "not_in", others_than("EUR")),),
                at_least=1,
            ),
            "where the currency is “EUR”, or none is said",
        ),
        (AttributeIs("plan", "in", ("free", "pro")), "is one of “free”, “pro”"),
        (Now(weekdays=("monday", "friday")), "Monday or Friday"),
        (LifecycleIs(("lead", "potential_lead")), "the contact is a lead or potential lead"),
    ],
)
def test_only_words_of_others_are_quoted(condition, words: str) -> None:
    assert words in say(condition, Names())


def test_a_wait_names_the_days() -> None:
    _, words = describe(WaitUntil(weekdays=("tuesday",), at="20:00"), Names())
    assert words == "Wait until 20:00 on Tuesday, the contact's time"


def test_a_step_names_whom_it_tells() -> None:
    assert describe(Notify("Look."), Names()) == ("bell", "Tell the owner: Look.")
    assert describe(Notify("Look.", "team:sales"), Names()) == (
        "bell",
        "Tell the team “sales”: Look.",
    )


def test_once_is_once() -> None:
    assert times(None, 1) == "at most once"
    assert times(None, 2) == "at most 2 times"
