"""Messages that came too late and wait for a person: in the ledger, on the page and on the command line."""

from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from click.testing import CliRunner

from ports.desk import message, postgres_office
from ripely.adapters.postgres.dispatcher import Dispatcher
from ripely.adapters.postgres.ledger import PostgresLedger
from ripely.cli.messages import command
from ripely.model.profile import Consent, Profile
from ripely.model.template import Template
from ripely.ports import Loaded, Outcome
from ripely.render.headers import Mailing
from ripely.render.letter import compile_template
from ripely.render.links import derive_keys
from ripely.runtime.dispatch import Dispatch, dispatch_once
from ripely.runtime.lateness import NO_QUIET

BODY = "<mjml><mj-body><mj-section><mj-column><mj-text>Hi</mj-text></mj-column></mj-section></mj-body></mjml>"
LETTER = compile_template(Template(id="letter", name="L", subject="Hi", body=BODY))
NOW = datetime.now(UTC)
EARLIER_MS = int((NOW - timedelta(hours=2)).timestamp() * 1000)


class World:
    """A contact who agreed, one template, and a channel that takes everything."""

    def __init__(self) -> None:
        self.sent: list[str] = []

    def now(self) -> datetime:
        return NOW

    def load(self, contacts):
        agreed = {"marketing": Consent(True, 1, "form")}
        known = {"email": "ann@example.com", "phone": "+15550100"}
        return Loaded(
            {c: Profile(c, attributes=known, consents=agreed) for c in contacts}, frozenset()
        )

    def refresh(self) -> None:
        pass

    def find(self, template):
        return LETTER

    def send(self, deliveries):
        self.sent += [delivery.id for delivery in deliveries]
        return [Outcome(delivery.id, "sent") for delivery in deliveries]


class Office:
    def __init__(self, url: str, office) -> None:
        self.url, self.office, self.world = url, office, World()

    def dispatch(self) -> None:
        world = self.world
        with psycopg.connect(self.url, autocommit=True) as connection:
            dispatch = Dispatch(
                ledger=PostgresLedger(Dispatcher(connection)),
                profiles=world,
                letters=world,
                channels={"email": world},
                mailing=Mailing("https://r.example", "shop@example.com", derive_keys("s" * 40)),
                tracking="none",
                clock=world,
                quiet=lambda: NO_QUIET,
            )
            while dispatch_once(dispatch):
                pass

    def told(self) -> list[tuple[str, str]]:
        return [(event.name, event.properties["message"]) for event in self.office.events()]


@pytest.fixture
def office(django_database, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", django_database)
    with postgres_office(django_database) as opened:
        yield Office(django_database, opened)


def too_late(office: Office, *names: str, late: str = "hold", **given) -> None:
    office.office.put(
        *(
            message(name, decided_ms=EARLIER_MS, late_ms=EARLIER_MS + 1, late=late, **given)
            for name in names
        )
    )
    office.dispatch()


def run(*arguments):
    return CliRunner().invoke(command, arguments)


def test_each_policy_ends_in_one_outcome_or_waits_for_a_person(office):
    too_late(office, "goes", late="send")
    too_late(office, "ends", late="drop")
    too_late(office, "waits", late="hold")
    too_late(office, "no way", late="send", channel="sms")
    assert office.office.outcomes() == {
        "goes": ("sent", ""),
        "ends": ("expired", "late: decided 2h ago"),
        "waits": (None, "late: waits for a person"),
        "no way": ("failed", "no channel for sms is connected yet"),
    }
    assert sorted(office.told()) == [
        ("email.held", "ends"),
        ("email.sent", "goes"),
        ("sms.failed", "no way"),
    ]


def test_a_person_lets_one_go_and_drops_another(office):
    too_late(office, "a", "b", "c")
    listed = run("late").output
    assert [line.split()[0] for line in listed.splitlines()] == ["a", "b", "c"]
    assert "letter by email to a@example.com" in listed
    assert run("release", "a").exit_code == 0
    assert run("drop", "b").exit_code == 0
    office.dispatch()
    assert office.world.sent == ["a"]
    assert office.office.outcomes() == {
        "a": ("sent", ""),
        "b": ("held", "late: dropped by a person"),
        "c": (None, "late: waits for a person"),
    }
    again = run("drop", "a")
    assert again.exit_code == 1
    assert "a does not wait for a person" in again.output


def test_all_of_them_at_once(office):
    too_late(office, "a", "b")
    assert run("release", "--all").exit_code == 0
    office.dispatch()
    assert sorted(office.world.sent) == ["a", "b"]
    assert "No message waits" in run("late").output


@pytest.mark.parametrize("arguments", [("release",), ("drop", "a", "--all")])
def test_what_is_meant_must_be_said(office, arguments):
    assert run(*arguments).exit_code == 2
