"""What every operator means for single facts, lists and nothing at all."""

import pytest

from ripely.compiler.operators import check


@pytest.mark.parametrize(
    ("op", "wanted", "passing", "failing"),
    [
        ("equals", "Kyiv", ["kyiv", ["Lviv", "KYIV"]], [None, "Lviv", [], ["Lviv"]]),
        ("equals", 5, [5, "5.0", [1, "5"]], [None, "five", [6]]),
        ("equals", True, [True, "true", [False, True]], [False, None, "yes"]),
        ("not_equals", "a", [None, "b", [], ["b", "c"]], ["a", "A", ["b", "a"]]),
        ("in", ("a", 2), ["A", 2, "2", ["x", 2]], [None, "c", [], ["c"]]),
        ("not_in", ("a", 2), [None, "c", [], ["c", 3]], ["a", ["c", "a"], "2"]),
        ("has_all", ("a", 2), [["a", "b", 2], ["2", "A"]], [None, "a", ["a"], []]),
        ("has_all", ("a",), ["A", ["b", "a"]], ["b", ["b"]]),
        ("contains", "oa", ["BOAT", ["x", "goal"]], [None, "bat", ["b", "oh"]]),
        ("contains_words", "red bike", ["a bike, red", ["Red city bike"]], [["red", "bike"], "redbike", None]),
        ("starts_with", "ab", ["ABC", ["x", "abc"]], ["cab", None, ["cab"]]),
        ("ends_with", "bc", ["ABC", ["x", "abc"]], ["bcd", None]),
        ("matches", "^a.c$", ["ABC", ["x", "abc"]], ["abcd", None, ["x"]]),
        ("at_least", 5, [5, "6", [1, 7]], [4, None, "ripe", [1, 2]]),
        ("at_most", 5, [5, "-1", [9, 1]], [6, None, [9]]),
        ("more_than", 5, [5.1, [1, 6]], [5, None]),
        ("less_than", 5, [4.9, [9, 1]], [5, None]),
        ("between", (2, 5), [2, 5, "3.5", [1, 4]], [1, 6, None, [1, 6], "ripe"]),
        ("between", ("b", "d"), ["b", "cd", ["a", "c"]], ["a", "e", None]),
        ("between", ("2030-01-01", "2030-01-31"), ["2030-01-31T23:00", ["x", "2030-01-01"]], ["2030-02-01", None]),
        ("before", "2030-01-31", ["2030-01-30", "2029-12-31 23:59"], ["2030-01-31T00:00", "soon", None, 5]),
        ("after", "2030-01-31", ["2030-02-01", ["2030-01-01", "2030-02-01"]], ["2030-01-31T23:59:59", None]),
        ("on", "2030-01-31", ["2030-01-31T12:00:00Z"], ["2030-01-30", None]),
        ("between", ("2030-01-01",), [], ["2030-01-01", None]),
        ("between", 5, [], [5, "a", None]),
        ("between", (1, 2, 3), [], [2]),
        ("in", ("2030-01-01", "2030-01-31"), ["2030-01-31"], ["2030-01-15", "2030-01-31T12:00"]),
        ("contains", "", ["x"], [None]),
        ("contains_words", "", ["x"], [None]),
        ("matches", ".*", ["x"], [None]),
        ("at_most", "ripe", ["ripe", "RAW"], [5, "5", "rotten", None]),
        ("more_than", "ripe", ["rotten"], ["ripe", 5]),
        ("exists", None, [0, False, "x", ["", "x"]], [None, "", [], [""]]),
        ("empty", None, [None, "", [], [""]], [0, False, "x", ["x"]]),
    ],
)  # fmt: skip
def test_operators(op, wanted, passing, failing) -> None:
    passes = check(op, wanted)
    assert [fact for fact in passing if not passes(fact)] == []
    assert [fact for fact in failing if passes(fact)] == []


def test_a_tuple_is_a_list() -> None:
    assert check("equals", "b")(("a", "b"))
    assert not check("not_equals", "b")(("a", "b"))


@pytest.mark.parametrize("days", [("2030-01-01", "today"), ("today", "2030-01-31")])
def test_what_depends_on_the_day_is_asked_on_a_day(days) -> None:
    with pytest.raises(ValueError, match="depends on what day it is"):
        check("between", days)


@pytest.mark.parametrize("op", ["before", "after", "on"])
def test_only_days_are_compared_as_days(op) -> None:
    with pytest.raises(ValueError, match="is not a day like"):
        check(op, "next week")
