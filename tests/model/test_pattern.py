"""Regular expressions: found in any case, in time that is bounded whatever the pattern."""

import pytest

from ripely.model.pattern import TEXT_LENGTH_MAX, PatternError, compile_pattern


def test_a_pattern_is_found_anywhere_and_in_any_case() -> None:
    found = compile_pattern(r"/(bikes|велосипеди)/\d+$")
    assert found("https://shop.example/Bikes/12")
    assert found("/ВЕЛОСИПЕДИ/7")
    assert not found("/bikes/")


@pytest.mark.parametrize("pattern", ["(a+)+$", "(a|a)*b", "(.*)*x", "(a?){40}a{40}"])
def test_no_pattern_takes_longer_than_its_text_is_long(pattern) -> None:
    # With backtracking, each of these would not end within a lifetime.
    assert compile_pattern(pattern)("a" * 20_000 + "!") in {True, False}


@pytest.mark.parametrize(
    "pattern",
    [
        "(",
        "(?=a)",
        r"(a)\1",
        "(((a{1000}){1000}){1000}){9}",
        r"(\w+\s?){300}!$",
        "(.{1,100}x){9}",
    ],
)
def test_what_cannot_be_searched_in_linear_time_is_refused(pattern) -> None:
    with pytest.raises(PatternError):
        compile_pattern(pattern)


@pytest.mark.parametrize(
    "pattern",
    [
        r"^https://shop\.example/(catalog|sale)/[\w-]{1,100}/\d{1,10}/?(\?.*)?$",
        r"\p{L}+@\p{L}+\.(com|org|net)",
        "|".join(f"/product-{n}/" for n in range(30)),
    ],
)
def test_what_people_write_is_small_enough(pattern) -> None:
    assert compile_pattern(pattern)("nothing of it") is False


def test_the_beginning_of_a_text_is_searched() -> None:
    assert compile_pattern("x$")("a" * (TEXT_LENGTH_MAX - 1) + "x")
    assert not compile_pattern("x")("a" * TEXT_LENGTH_MAX + "x")
