"""Every trigger that can be chosen, with a story that lets a contact in and one that does not."""

import re
from collections import Counter

import msgspec
import pytest

from ripely.model.catalog import CATALOG
from ripely.operations.rehearsing.trigger_examples import (
    entries,
    failures,
    proven,
    stage_of,
    story,
)
from ripely.operations.triggers import Choice, choices, search


@pytest.mark.parametrize("choice", choices(), ids=lambda choice: choice.name)
def test_a_trigger_lets_in_once_and_keeps_out_what_comes_near(choice) -> None:
    assert failures(choice) == []


def test_there_are_many_and_each_is_another_one() -> None:
    names = Counter(choice.name for choice in choices())
    triggers = Counter(msgspec.json.encode(choice.trigger) for choice in choices())
    assert names.most_common(1)[0][1] == triggers.most_common(1)[0][1] == 1
    assert proven() == len(choices()) >= 150


def test_every_event_that_is_news_of_a_contact_can_trigger() -> None:
    chosen = {choice.trigger.get("event") for choice in choices()}
    assert not {event.name for event in CATALOG if not event.inner} - chosen
    assert not {event.name for event in CATALOG if event.inner} & chosen


def test_every_trigger_is_told_in_a_sentence() -> None:
    assert not [c.name for c in choices() if not re.fullmatch(r"[A-Z].+\.", c.about, re.DOTALL)]


def test_an_example_that_does_not_show_what_it_says_fails() -> None:
    trigger = {"on": "event", "event": "form.submitted"}
    wrong = Choice(
        "Wrong", "It is wrong.", "None", trigger, "Mon 09:00 a.b", "Mon 09:00 form.submitted"
    )
    assert len(failures(wrong)) == 2
    twice = story("Mon 09:00 form.submitted x2")
    assert entries(stage_of(trigger), twice) == 2


def test_triggers_are_found_by_words() -> None:
    found = search("birthday some")
    assert [c.name for group in found.values() for c in group] == [
        "Some days before a birthday"
    ]
    assert sum(map(len, search("").values())) == len(choices())
    assert search("no such thing at all") == {}
