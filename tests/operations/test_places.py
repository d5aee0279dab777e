"""Places in a document, named as its author calls them."""

import pytest

from ripely.operations.wording.places import say_place


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("$.steps.remind_again", "step “Remind again”"),
        ('$.steps["first mail"].cases[0]', "step “First mail”"),
        ("$.triggers[1]", "triggers, number 2"),
        ("$.goal.when", "the goal"),
        ("$", ""),
    ],
)
def test_a_part_of_a_document_has_a_name(path, words):
    assert say_place(path) == words
