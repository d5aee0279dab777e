"""Text and numbers as they are compared: alike in the fold and in databases."""

import pytest

from ripely.compiler.operators import check
from ripely.compiler.paths import lookup
from ripely.model.words import lowered, spelled


@pytest.mark.parametrize(
    ("text", "lower"),
    [
        ("Boots", "boots"),
        ("ЇЖАК", "їжак"),
        ("ΟΔΟΣ", "οδοσ"),
        ("ὁδός", "ὁδόσ"),
        ("İzmir", "izmir"),
    ],
)
def test_case_does_not_depend_on_the_place_of_a_letter(text, lower):
    assert lowered(text) == lower


@pytest.mark.parametrize(
    ("value", "written"),
    [(5.0, "5"), (1e-7, "0.0000001"), (2.5, "2.5"), (True, "true"), (7, "7")],
)
def test_numbers_are_written_without_exponents(value, written):
    assert spelled(value) == written


def test_an_address_is_text_and_an_object_is_asked_by_its_parts():
    said = {"url": 5, "products": [{"name": "a"}], "tags": [{"x": 1}, "b"]}
    assert lookup("url")(said) is None
    assert not check("exists", None)(lookup("products")(said))
    assert lookup("products.name")(said) == ("a",)
    assert lookup("tags")(said) == ("b",)
