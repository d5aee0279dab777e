"""A person with a word of their own in every place: after the erasure no byte of the product has any of them."""

import re
from base64 import b64decode
from binascii import Error
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import duckdb
import psycopg
import pytest
import zstandard
from psycopg_pool import ConnectionPool

from company import BOB, START_S, event
from ports.forgetting import Forgetting, Now, in_postgres
from ripely.adapters.ducklake.archive import DuckLakeArchive
from ripely.adapters.ducklake.lake import Place
from ripely.adapters.postgres.dispatcher import Dispatcher
from ripely.adapters.postgres.intake import PostgresIntake
from ripely.adapters.postgres.ledger import PostgresLedger
from ripely.adapters.postgres.mailbox import PostgresMailbox
from ripely.adapters.postgres.told import PostgresTold
from ripely.model.action import Notify, Send, Task, Webhook
from ripely.model.acts import Did
from ripely.model.arrival import Arrival
from ripely.model.identity import ANONYMOUS, EMAIL, MESSENGER, PHONE, USER, Claims
from ripely.model.ids import (
    ContactId,
    EventId,
    JourneyId,
    SegmentId,
    StepId,
    TemplateId,
    derive,
)
from ripely.model.journey import Journey
from ripely.model.segment import Segment
from ripely.model.trigger import OnEvent
from ripely.ports import Outcome, Retry, Settled
from ripely.runtime.archiving import archive_once

WORD = re.compile(rb"zzq-([a-z_]+)-zzq")
PHONE_NUMBER = "380671119977"
_BASE64 = re.compile(rb"[A-Za-z0-9+/]{40,}={0,2}")
_ZSTD = b"\x28\xb5\x2f\xfd"
HERS: Claims = (
    (USER, "zzq-user-zzq"), (EMAIL, "zzq-email-zzq@b.example"), (PHONE, PHONE_NUMBER),
    (MESSENGER, "zzq-messenger-zzq"), (ANONYMOUS, "zzq-device-zzq"),
)  # fmt: skip
DEFINITIONS = (
    Segment(SegmentId("filled"), "Filled in a form", Did("form.submitted")),
    Journey(
        JourneyId("all"), "All of it", (OnEvent("form.submitted"),), StepId("send"),
        {
            StepId("send"): Send(TemplateId("hello"), purpose="transactional", then=StepId("again")),
            StepId("again"): Send(TemplateId("later"), purpose="transactional", then=StepId("task")),
            StepId("task"): Task("Call", script="Say hello", then=StepId("notify")),
            StepId("notify"): Notify("Look", to="sales@shop.example", then=StepId("hook")),
            StepId("hook"): Webhook("https://crm.example/hook"),
        },
    ),
)  # fmt: skip


LATER = [f"zzq-{place}-zzq" for place in ("reply", "deferral", "mail", "remark", "title")]


def word(place: str) -> str:
    return f"zzq-{place}-zzq"


def arrival(number: int, name: str, claims: Claims = HERS, **said: object) -> Arrival:
    at_ms = (START_S + number) * 1000
    return Arrival(
        claims, EventId(derive("hers", str(number))), name, at_ms, at_ms, said, "page"
    )


def lived() -> list[Arrival]:
    said = {name: word(name) for name in ("first_name", "company", "city", "ip", "user_agent")}
    return [
        arrival(
            0, "page.viewed", HERS[-1:], url=word("url"), path="/", referrer=word("referrer")
        ),
        arrival(1, "contact.identified", **said, email=HERS[1][1], phone=PHONE_NUMBER),
        arrival(2, "search.performed", query=word("search")),
        arrival(3, "product.added", product_id=word("cart"), price=5, quantity=1),
        arrival(4, "deal.opened", deal=word("deal"), value=5),
        arrival(5, "quote.sent", quote=word("quote"), value=7),
        arrival(6, "order.completed", products=[{"category": word("order"), "price": 1}]),
        arrival(7, "note.added", text=word("note")),
        arrival(8, "form.submitted", form="contact", answers={"wish": word("answer")}),
        arrival(9, "email.bounced", HERS[1:2], reason=word("bounce")),
        arrival(10, "custom.act", value=word("own_value")),
        arrival(11, "tag.added", tag=word("tag")),
        arrival(8, "form.submitted", form="contact", answers={"wish": word("repeated")}),
    ]


def unpacked(data: bytes) -> Iterator[bytes]:
    """What bytes say, also where they are compressed or written as text."""
    yield data
    if data[:4] == _ZSTD:
        yield from unpacked(zstandard.decompress(data, max_output_size=1 << 26))
    for found in _BASE64.findall(data):
        try:
            yield b64decode(found)
        except Error:
            continue


def every_byte(url: str, folder: Path) -> Iterator[bytes]:
    with psycopg.connect(url) as connection:
        tables = connection.execute(
            "SELECT format('%I.%I', table_schema, table_name) FROM information_schema.tables"
            " WHERE table_schema NOT IN ('pg_catalog', 'information_schema') AND table_type = 'BASE TABLE'"
        ).fetchall()
        for (table,) in tables:
            for row in connection.execute(f"SELECT * FROM {table}"):
                for cell in row:
                    yield from unpacked(
                        cell if isinstance(cell, bytes) else repr(cell).encode()
                    )
    for path in folder.rglob("*"):
        if path.is_file():
            yield from unpacked(path.read_bytes())
        if path.suffix == ".parquet":
            read = duckdb.execute("SELECT * FROM read_parquet(?)", [str(path)])
            yield from (repr(row).encode() for row in read.fetchall())


def words_in(url: str, folder: Path) -> set[str]:
    found: set[str] = set()
    for data in every_byte(url, folder):
        found |= {one.decode() for one in WORD.findall(data)}
        if PHONE_NUMBER.encode() in data:
            found.add("phone")
    return found


class Everything:
    """All that keeps anything of a person, on one database and one folder."""

    def __init__(self, url: str, folder: Path, place: Forgetting) -> None:
        self.url, self.folder, self.place = url, folder, place
        self.pool = ConnectionPool(url, min_size=1, max_size=2, kwargs={"autocommit": True}, open=True)  # fmt: skip
        self.intake = PostgresIntake(self.pool)
        self.archive = DuckLakeArchive(Place(url, str(folder / "lake")), folder / "staging")
        self.sender = psycopg.connect(url, autocommit=True)
        self.ledger = PostgresLedger(Dispatcher(self.sender))

    def take(self, *arrivals: Arrival) -> ContactId:
        hers = self.intake.take(arrivals)[-1]
        self.place.world.work()
        return hers

    def send(self, contact: ContactId) -> None:
        """Hand one message over, which somebody refuses with words of their own; let the other wait."""
        messages = [one for one, _ in self.ledger.claim(10) if one.contact == contact]
        mailed = {message.template: message for message in messages}
        hello = mailed["hello"]
        self.ledger.hand_over([hello.id])
        receipt = event(77, hello.contact, "email.refused", START_S + 99, message=hello.id, reason=word("reply"))  # fmt: skip
        self.ledger.settle([Settled(Outcome(hello.id, "refused", word("reply")), receipt)])
        retry = Now().now() + timedelta(days=9)
        self.ledger.retry(
            [Retry(m.id, retry, word("deferral")) for m in messages if m != hello]
        )
        PostgresMailbox(self.pool).keep(hello.recipient, word("mail").encode())

    def keep(self) -> None:
        while archive_once(PostgresTold(self.pool), self.archive):
            pass

    def words(self) -> set[str]:
        return words_in(self.url, self.folder)

    def close(self) -> None:
        self.archive.close()
        self.sender.close()
        self.pool.close()


@pytest.fixture
def everything(database_url: str, tmp_path: Path) -> Iterator[Everything]:
    with in_postgres(database_url) as place:
        opened = Everything(database_url, tmp_path, place)
        yield opened
        opened.close()


def test_no_byte_of_who_was_forgotten_is_left(everything: Everything) -> None:
    place, hers = everything.place, ContactId(0)
    place.world.publish(*DEFINITIONS)
    for one in lived():
        hers = everything.take(one)
    bob = event(500, BOB, "form.submitted", START_S + 5, answers={"wish": "bob's own wish"})
    place.happen(bob)
    place.settle()
    everything.send(hers)
    with everything.pool.connection() as connection:
        done = "UPDATE tasks SET outcome = 'reached', remark = %s, done_at = now() WHERE contact = %s"
        connection.execute(done, [word("remark"), hers])
    everything.keep()
    everything.archive.compact()
    everything.take(arrival(60, "page.viewed", title=word("title")))
    everything.keep()
    expected = {one.decode() for one in WORD.findall(repr([*lived(), LATER]).encode())}
    assert everything.words() >= expected | {"phone"}

    place.happen(event(600, hers, "contact.erased", START_S + 200))
    place.settle()
    everything.keep()
    assert everything.words() == set()
    assert place.differences() == []
    assert b"bob's own wish" in b"".join(every_byte(everything.url, everything.folder))
    rows = {row[0]: row[1:] for row in everything.pool.getconn().execute("SELECT template, outcome, reason FROM messages WHERE contact = %s", [hers])}  # fmt: skip
    assert rows["hello"] == ("refused", "forgotten")
    assert rows["later"] == ("held", "forgotten")


def test_who_comes_back_is_the_contact_that_refused(everything: Everything) -> None:
    place = everything.place
    place.world.publish(*DEFINITIONS)
    hers = ContactId(0)
    for one in [*lived()[:2], arrival(3, "consent.granted", purpose="marketing")]:
        hers = everything.take(one)
    place.happen(event(600, hers, "contact.erased", START_S + 200))
    place.settle()
    for claim in HERS[:4]:  # By whatever they were known.
        name = f"{claim[0]}"
        back = arrival(700 + claim[0], "contact.identified", (claim,), city=name)
        assert everything.take(back) == hers
    profile = place.world.store.load([hers]).profiles[hers]
    assert not profile.consents["marketing"].granted
    assert profile.attributes["city"] == str(MESSENGER)
    assert place.differences() == []
