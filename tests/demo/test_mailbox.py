"""The demo's own mail, end to end: decided, dispatched by a real process, received, shown, called back."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime

import msgspec
import pytest
from psycopg_pool import ConnectionPool

from channels.test_smtp import free_port
from ports.desk import message, postgres_office
from ripely.adapters.postgres.mailbox import MAILS_MAX, PostgresMailbox
from ripely.adapters.postgres.rulesets import PostgresRulesets
from ripely.compiler.ruleset import Published
from ripely.demo.mailbox import find, newest
from ripely.model.profile import Consent, Profile
from ripely.model.template import Template

LETTER = Template(
    id="letter", name="L", subject="Привіт, {{ contact.name }}",
    body='<mjml><mj-body><mj-section><mj-column><mj-text>Hi {{ contact.name }}</mj-text>'
    '<mj-button href="https://shop.example/">Shop</mj-button></mj-column></mj-section></mj-body></mjml>',
)  # fmt: skip


@contextmanager
def running(*words: str, **environ: str) -> Iterator[None]:
    command = [sys.executable, "-m", "ripely.cli.main", *words]
    process = subprocess.Popen(command, env={**os.environ, **environ})
    try:
        yield
    finally:
        process.terminate()
        assert process.wait() == 0


def listens(port: int) -> bool:
    with closing(socket.socket()) as plug:
        return plug.connect_ex(("127.0.0.1", port)) == 0


def test_mail_of_the_demo_from_decision_to_mailbox(database_url, eventually):
    now_ms = int(datetime.now(UTC).timestamp() * 1000)
    profile = Profile(
        1, attributes={"email": "a@x"}, consents={"marketing": Consent(True, 1, "form")}
    )
    port = free_port()
    with postgres_office(database_url) as office:
        PostgresRulesets(office.pool).publish("r1", msgspec.json.encode(Published((LETTER,))))
        decided = {"decided_ms": now_ms, "facts": {"name": "Ann & Co"}}
        office.put(
            message("ann", **decided),
            message("bob", **decided, recipient="refuse+bob@example.com"),
            message("eve", **decided, recipient="later+eve@example.com"),
        )
        with office.pool.connection() as connection:
            body = msgspec.msgpack.encode(profile)
            connection.execute("UPDATE profiles SET body = %s WHERE contact = 1", (body,))
        mailbox = running("mailbox", f"--port={port}", DATABASE_URL=database_url)
        smtp = f"smtp://127.0.0.1:{port}"
        with mailbox:
            eventually(lambda: listens(port))
            with running("dispatch", DATABASE_URL=database_url, RIPELY_SMTP_URL=smtp):
                eventually(lambda: (None, "") not in office.outcomes().values())
        box = PostgresMailbox(office.pool)
        (mail,) = newest(box)
        assert office.outcomes()["ann"] == ("sent", "")
        assert office.outcomes()["bob"][0] == "refused"
        assert office.outcomes()["eve"][1].startswith("451 ")
        assert mail.recipient == "ann@example.com"
        assert mail.subject == "Привіт, Ann & Co"
        assert "Hi Ann &amp; Co" in mail.html
        assert "Hi Ann & Co" in mail.text
        assert "/c/" in mail.links[0]
        assert dict(mail.headers)["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert find(box, mail.id) == mail
        assert find(box, mail.id + 1) is None


@pytest.mark.db
def test_the_mailbox_keeps_only_the_newest(database_url):
    with ConnectionPool(database_url, open=True) as pool:
        box = PostgresMailbox(pool)
        for number in range(3):
            box.keep(f"n{number}@example.com", b"Subject: x\r\n\r\nx")
        with pool.connection() as connection:
            connection.execute(f"ALTER TABLE demo_mail ALTER id RESTART WITH {MAILS_MAX + 2}")
        box.keep("last@example.com", b"Subject: x\r\n\r\nx")
        assert [mail.recipient for mail in box.newest(9)] == [
            "last@example.com",
            "n2@example.com",
        ]
