"""Lists find whom they should, and ask the database the same few questions however long they are."""

import re
from datetime import timedelta
from html import unescape
from urllib.parse import unquote_plus

import psycopg
import pytest

from happenings import NOW


@pytest.fixture
def many(world):
    """A hundred and twenty contacts: one in three has the same score."""
    world.publish()
    with (
        psycopg.connect(world.app.pool.conninfo, autocommit=True) as connection,
        connection.cursor() as cursor,
    ):
        cursor.executemany(
            "INSERT INTO contacts (contact, name, email, phone, company, owner, score, level, segments, created_at, seen_at)"
            " VALUES (%s, %s, %s, %s, %s, '', %s, %s, %s, %s, %s)",
            [
                (
                    n + 1,
                    f"Person{n} O'Brien",
                    f"first.person{n}@example.com",
                    f"+3805012{n:05}",
                    "Oakmere Home" if n % 2 else "Börsen-Haus",
                    n % 3,
                    "ripe" if n % 3 == 2 else "cold",
                    ["hot"] if n % 10 == 0 else [],
                    NOW,
                    NOW - timedelta(minutes=n),
                )
                for n in range(120)
            ],
        )
    return world


def names(shown):
    return [unescape(name) for name in re.findall(r"row-link.*?<b>(.+?)</b>", shown)]


def find(client, **query):
    return names(client.get("/contacts/", query).content.decode())


@pytest.mark.parametrize(
    "words",
    [
        "person7 ",
        "Person7",
        "person7@example.com",
        "first.person7@",
        "+380501200007",
        "380501200007",
        "+380 (50) 120-0007",
        "o'brien person7",
    ],
)
def test_a_contact_is_found_by_the_beginning_of_any_word(client, many, words):
    assert "Person7 O'Brien" in find(client, q=words)


def test_search_filters_and_order_work_together(client, many):
    assert len(find(client, segment="hot")) == 12
    assert len(find(client, level="ripe")) == 40
    found = find(client, q="börsen", level="ripe", segment="hot", order="seen")
    assert found == [f"Person{n} O'Brien" for n in range(0, 120, 10) if n % 3 == 2]


@pytest.mark.parametrize("order", ["score", "seen"])
def test_paging_shows_everybody_once_though_many_tie(client, many, order):
    seen, after = [], ""
    while True:
        shown = client.get("/contacts/", {"order": order, "after": after}).content.decode()
        seen += names(shown)
        following = re.search(r"after=([^&\"]+)", shown)
        if not following:
            break
        after = unquote_plus(following[1])
    assert len(seen) == 120
    assert len(set(seen)) == 120


def test_those_most_ready_to_buy_come_first(client, many):
    shown = client.get("/contacts/").content.decode()
    scores = [int(n) for n in re.findall(r'class="score heat-\d"><b>(\d+)', shown)]
    assert len(scores) == 50
    assert scores == sorted(scores, reverse=True)
    assert scores[0] == 2


@pytest.mark.parametrize(
    "address", ["/contacts/", "/messages/", "/journeys/", "/segments/", "/tasks/", "/"]
)
def test_a_list_asks_few_questions(client, many, address):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client.get(address)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        client.get(address)
    # Two of them are who is asking.
    assert len(asked) <= 8, [query["sql"] for query in asked]


def test_counting_stops_where_a_page_would_say_more_than(many, monkeypatch):
    from ripely.operations.dossiers import contacts

    monkeypatch.setattr(contacts, "COUNTED_MAX", 100)
    assert str(contacts.count(contacts.Wanted())) == "100+"
    assert str(contacts.count(contacts.Wanted(segment="hot"))) == "12"
