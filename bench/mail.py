"""How fast decided messages become mails: personalised, every link tracked, handed over and settled."""

import gc
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from functools import partial

import msgspec
import psycopg

from bench.runner import Figure, bench, paired
from bench.servers import database
from ripely.adapters.postgres.writing import write
from ripely.cli.turns import GC_THRESHOLDS
from ripely.compiler.ruleset import Published, ruleset_id
from ripely.model.effect import SendMessage
from ripely.model.ids import (
    ContactId,
    EffectId,
    JourneyId,
    StepId,
    TemplateId,
    derive_text,
)
from ripely.model.profile import Consent, Profile
from ripely.model.template import Template
from ripely.ports import Change, Commit, Story
from ripely.runtime.dispatch import dispatch_once
from ripely.settings import read_settings
from ripely.wiring import assemble, open_dispatch

MESSAGES = 5_000
LINKS = 15
WORDS = 40
MAILS_IN_FLIGHT = 50
BODY_BYTES = 24_000


@bench("mail_rate")
def mail_rate() -> Figure:
    with ExitStack() as opened:
        url = opened.enter_context(database())
        port = opened.enter_context(sink())
        value, limit = paired(partial(_dispatch, url, port), partial(_ceiling, port))
    load = (
        f"{MESSAGES:,} messages of {LINKS} tracked links and 10 values, ledger to outcome, one dispatcher "
        "and the sink on the same cores; the limit is what the sink takes of ready-made mails"
    )
    return Figure(value, "messages/s", limit, load)


@contextmanager
def sink() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0), backlog=128) as listener:
        listener.set_inheritable(True)
        words = [sys.executable, "-m", "bench.sink", str(listener.fileno())]
        process = subprocess.Popen(words, pass_fds=[listener.fileno()])
        try:
            yield listener.getsockname()[1]
        finally:
            process.terminate()
            process.wait()


def _dispatch(url: str, port: int) -> float:
    _decide(url)
    environ = {**os.environ, "RIPELY_SMTP_URL": f"smtp://127.0.0.1:{port}", "DATABASE_URL": url}
    environ |= {"RIPELY_SECRET": "a secret that benches need no more than tests"}
    with assemble(read_settings(environ), url) as app, open_dispatch(app) as opened:
        gc.freeze()
        gc.set_threshold(*GC_THRESHOLDS)
        started, done = time.perf_counter(), 0
        while done < MESSAGES:
            done += dispatch_once(opened.dispatch)
        seconds = time.perf_counter() - started
    with psycopg.connect(url) as connection:
        row = connection.execute(
            "SELECT count(*) FROM messages WHERE outcome = 'sent'"
        ).fetchone()
        assert row == (MESSAGES,), row
    return MESSAGES / seconds


def _decide(url: str) -> None:
    """Fill the ledger as the fold would, with contacts who agreed."""
    now_ms = int(datetime.now(UTC).timestamp() * 1000)
    changes = [_decided(number, now_ms) for number in range(MESSAGES)]
    bodies = [msgspec.msgpack.encode(change.profile) for change in changes]
    documents = msgspec.json.encode(Published((_letter(),)))
    with psycopg.connect(url) as connection:
        connection.execute("TRUNCATE messages, profiles, history, log, rulesets")
        write(connection, Commit((0,), 1, ruleset_id(documents), changes), bodies)
        connection.execute(
            "INSERT INTO rulesets (id, documents, position) VALUES (%s, %s, 1)",
            (ruleset_id(documents), documents),
        )


def _decided(number: int, now_ms: int) -> Change:
    contact = ContactId(number + 1)
    facts = {f"field_{n}": f"value {n} of {number}" for n in range(8)}
    facts |= {"email": f"contact{number}@example.com", "first_name": f"Олена {number}"}
    message = SendMessage(
        id=EffectId(derive_text("bench", str(number))), contact=contact, decided_ms=now_ms,
        journey=JourneyId("welcome"), version=1, step=StepId("hello"), channel="email",
        template=TemplateId("letter"), purpose="marketing", recipient=str(facts["email"]), facts=facts,
    )  # fmt: skip
    profile = Profile(
        contact,
        attributes=dict(facts),
        consents={"marketing": Consent(granted=True, at_s=1, by="form")},
    )
    return Change(profile, 1, Story([], []), [message], None, None)


def _letter() -> Template:
    """About 20 kB of HTML, as a shop's newsletter is."""
    words = "Lorem ipsum dolor sit amet consectetur adipiscing elit. " * WORDS
    fields = "".join(f"<p>{{{{ contact.field_{n} }}}}</p>" for n in range(8))
    buttons = "".join(
        f'<mj-button href="https://shop.example/offer/{n}?utm_source=mail">Offer {n}</mj-button>'
        for n in range(LINKS)
    )
    text = f"<mj-text><h1>Hi {{{{ contact.first_name }}}}</h1>{fields}<p>{words}</p></mj-text>"
    body = f"<mjml><mj-body><mj-section><mj-column>{text}{buttons}</mj-column></mj-section></mj-body></mjml>"
    return Template(
        id=TemplateId("letter"),
        name="Letter",
        subject="For you, {{ contact.first_name }}",
        body=body,
    )


def _ceiling(port: int) -> float:
    """Send ready-made mails without waiting for answers in between."""
    mail = (
        b"MAIL FROM:<a@b.c>\r\nRCPT TO:<a@b.c>\r\nDATA\r\n" + b"x" * BODY_BYTES + b"\r\n.\r\n"
    )
    many = mail * MAILS_IN_FLIGHT
    with socket.create_connection(("127.0.0.1", port)) as plug:
        replies = plug.makefile("rb")
        replies.readline()
        started = time.perf_counter()
        for _ in range(MESSAGES // MAILS_IN_FLIGHT):
            plug.sendall(many)
            for _ in range(4 * MAILS_IN_FLIGHT):
                replies.readline()
        return MESSAGES / (time.perf_counter() - started)
