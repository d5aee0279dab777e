"""What a mapping makes of the rows of a table."""

import pytest

from ripely.model.identity import EMAIL
from ripely.runtime.columns import Columns, MappingError, Table, read_mapping


def test_columns_are_known_by_their_usual_names():
    columns = Columns.of(["User ID", "Event Name", "date", "price"], Table())
    row = columns.row(["7", "Product Viewed", "2024-05-01T10:00:00+02:00", "12.50"], 2)
    assert row.call == {
        "type": "track",
        "event": "Product Viewed",
        "userId": "7",
        "timestamp": "2024-05-01T08:00:00+00:00",
        "properties": {"price": 12.5},
    }


def test_an_address_says_whose_a_row_is():
    columns = Columns.of(["email", "event", "time"], Table())
    assert columns.row([" Ann@Example.org ", "x", "1714550400"], 2).claims == (
        (EMAIL, "ann@example.org"),
    )


@pytest.mark.parametrize(
    ("said", "written", "moment"),
    [
        ("{column: t}", "2024-05-01", "2024-05-01T00:00:00+00:00"),
        ("{column: t}", "1714550400", "2024-05-01T08:00:00+00:00"),
        ("{column: t}", "1714550400000", "2024-05-01T08:00:00+00:00"),
        ("{column: t, timezone: Europe/Kyiv}", "2024-05-01 10:00", "2024-05-01T07:00:00+00:00"),
        ("{column: t, format: '%d.%m.%y'}", "01.05.24", "2024-05-01T00:00:00+00:00"),
        ("{constant: '2024-05-01T00:00:00Z', step: 1m}", "", "2024-05-01T00:05:00+00:00"),
    ],
)
def test_moments(said, written, moment):
    table = read_mapping(
        f"user_id: u\nevent: {{constant: e}}\ntimestamp: {said}\nproperties: {{}}"
    )
    assert Columns.of(["u", "t"], table).row(["7", written], 5).call["timestamp"] == moment


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("auto", "12", 12),
        ("auto", "007", "007"),
        ("auto", "-3.5", -3.5),
        ("auto", "1e5", "1e5"),
        ("text", "12", "12"),
        ("number", "1e5", 100_000.0),
        ("boolean", "Yes", True),
        ("boolean", "0", False),
    ],
)
def test_types(kind, text, value):
    table = read_mapping(f"properties: {{p: {{column: p, type: {kind}}}}}")
    columns = Columns.of(["user", "event", "time", "p"], table)
    found = columns.row(["7", "e", "2024-05-01", text], 2).call["properties"]["p"]
    assert (found, type(found)) == (value, type(value))


def test_an_empty_cell_says_nothing():
    columns = Columns.of(["user", "event", "time", "p"], Table())
    assert columns.row(["7", "e", "2024-05-01", " "], 2).call["properties"] == {}


def test_facts_are_told_apart():
    columns = Columns.of(
        ["user", "event", "time", "city"], read_mapping("traits: {home: city}")
    )
    row = columns.row(["7", "e", "2024-05-01", "Kyiv"], 2)
    assert row.identify["traits"] == {"home": "Kyiv"}
    assert row.call["properties"] == {}


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        (["7", "e"], "2 cells where the header has 4."),
        (["7", "e", "", "1"], "There is no timestamp."),
        (["7", "e", "yesterday", "1"], "The timestamp 'yesterday' is not written as expected."),
        (["7", "e", "2024-05-01", "dear"], "price: 'dear' is no number."),
    ],
)
def test_a_row_that_makes_no_sense_says_why(values, sentence):
    table = read_mapping("properties: {price: {column: price, type: number}}")
    with pytest.raises(ValueError, match=sentence):
        Columns.of(["user", "event", "time", "price"], table).row(values, 2)


@pytest.mark.parametrize(
    ("header", "mapping", "sentence"),
    [
        ("event,time", "", "must say whose the rows are"),
        ("user,time", "", "must say what happened"),
        ("user,event", "", "must say what `timestamp` is"),
        ("user,event,time", "event: deed", "no column 'deed', only user, event, time"),
    ],
)
def test_a_mapping_that_does_not_fit_says_why(header, mapping, sentence):
    with pytest.raises(MappingError, match=sentence):
        Columns.of(header.split(","), read_mapping(mapping))


@pytest.mark.parametrize(
    ("mapping", "sentence"),
    [
        ("evnt: x", "evnt"),
        ("properties: {p: {type: money}}", "money"),
        ("timestamp: {constant: x, step: often}", "often"),
        ("timestamp: {column: t, timezone: Moon}", "Moon"),
        ("a: [", "expected"),
    ],
)
def test_a_mapping_that_cannot_be_read_says_why(mapping, sentence):
    with pytest.raises(MappingError, match=sentence):
        read_mapping(mapping)
