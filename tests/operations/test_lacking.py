"""What share of all contacts lacks a fact or a consent."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from psycopg import connect

from ripely.model.profile import Consent, Profile
from ripely.ports import AskError, Loaded, Warehouse

NOW = datetime(2030, 3, 4, tzinfo=UTC)
CARDS = """
INSERT INTO contacts (contact, name, email, phone, company, owner, score, level, segments, created_at, seen_at)
SELECT n, '', '', '', '', '', 0, '', '{}', %(now)s, %(now)s FROM generate_series(1, 2) AS n
"""


class People:
    """Two contacts of whom one has a city."""

    def load(self, contacts):
        cities = {one: {"city": "Kyiv"} if one == 1 else {} for one in contacts}
        return Loaded({one: known(one, **said) for one, said in cities.items()}, {})


class Away(Warehouse):
    dialect = "duckdb"

    def ask(self, sql, rows_max=0):
        raise AskError("The archive is being moved.")


def known(contact, *purposes, merged_into=None, **attributes):
    consents = {one: Consent(granted=True, at_s=0, by="form") for one in purposes}
    profile = Profile(contact)
    return msgspec.structs.replace(
        profile, attributes=attributes, consents=consents, merged_into=merged_into
    )


@pytest.fixture
def lake(any_lake):
    any_lake.know(
        [
            known(1, "marketing", city="Kyiv"),
            known(2, city="", role="owner"),
            known(3, role="cook"),
            known(4),
            known(5, "marketing", merged_into=1, city="Lviv", role="owner"),
        ]
    )
    return any_lake


@pytest.fixture
def share_of(django_database):
    """Where two contacts were seen lately: the share of the contacts in a lake that lack something."""
    from ripely.operations.audience.lacking import lacking_among

    with connect(django_database) as database:
        database.execute(CARDS, {"now": NOW})
    return lambda lake, name, seconds=0: lacking_among(
        People(), lake, NOW + timedelta(seconds=seconds)
    )(name)


def test_the_share_is_of_all_who_live(lake, share_of):
    shares = {
        "city": 0.75,
        "role": 0.5,
        "phone": 1,
        "consent/marketing": 0.75,
        "consent/calls": 1,
    }
    assert {name: share_of(lake, name) for name in shares} == shares


def test_the_archive_is_asked_once_in_a_while(lake, share_of, monkeypatch):
    asked, ask = [], lake.ask
    monkeypatch.setattr(lake, "ask", lambda *said: asked.append(said) or ask(*said))
    for seconds in (0, 1, 299):
        assert share_of(lake, "city", seconds) == share_of(lake, "role", seconds) + 0.25
    assert len(asked) == 1
    share_of(lake, "city", 300)
    assert len(asked) == 2


def test_without_an_archive_the_latest_contacts_are_a_sample(any_lake, share_of):
    assert share_of(Away(), "city") == 0.5
    assert share_of(any_lake, "city") == 0.5, "an archive that knows nobody yet"
