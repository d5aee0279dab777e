"""Dispatchers are killed at any point: nothing is sent twice, and each message ends in one outcome.

`make chaos` sets RIPELY_KILLS=200; elsewhere a short round runs the same code.
"""

import asyncio
import os
import random
import re
import subprocess
import sys
import time
from collections import Counter
from contextlib import closing
from datetime import UTC, datetime

import msgspec
import psycopg
import pytest
from aiosmtpd.controller import Controller
from psycopg_pool import ConnectionPool

from channels.test_smtp import free_port
from ports.desk import message, postgres_office
from ripely.adapters.postgres.log import PostgresLog
from ripely.adapters.postgres.rulesets import PostgresRulesets
from ripely.compiler.ruleset import Published
from ripely.model.profile import Consent, Profile
from ripely.model.template import Template
from ripely.ports import PARTITIONS
from ripely.runtime.dispatch import HAND_OVER_MAX

KILLS = int(os.environ.get("RIPELY_KILLS", "6"))
DISPATCHERS = 2
RULES_AT = 1
MESSAGES_PER_KILL = 400
SINK_SECONDS = 0.01  # Slow enough to be killed in the middle of.
LIFE_SECONDS = (0.0, 0.8)
PATIENCE_SECONDS = 120
LETTER = Template(
    id="letter", name="L", subject="Hi {{ contact.n }}",
    body="<mjml><mj-body><mj-section><mj-column><mj-text>Hi</mj-text></mj-column></mj-section></mj-body></mjml>",
)  # fmt: skip

pytestmark = pytest.mark.slow


class Sink:
    """A real mail server that counts what it took, by Message-ID."""

    def __init__(self) -> None:
        self.taken: Counter[str] = Counter()

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        await asyncio.sleep(SINK_SECONDS)
        (name,) = re.findall(rb"^Message-ID: <([^@]+)@", envelope.content, re.MULTILINE)
        self.taken[name.decode()] += 1
        return "250 taken"


class Dispatchers:
    def __init__(self, url: str, port: int) -> None:
        smtp = f"smtp://127.0.0.1:{port}?connections=4"
        self.environ = {**os.environ, "DATABASE_URL": url, "RIPELY_SMTP_URL": smtp}
        self.running = [self.start() for _ in range(DISPATCHERS)]

    def start(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-m", "ripely.cli.main", "dispatch"], env=self.environ
        )

    def kill_one(self, chance: random.Random) -> None:
        at = chance.randrange(DISPATCHERS)
        self.running[at].kill()
        self.running[at].wait()
        self.running[at] = self.start()

    def close(self) -> None:
        for dispatcher in self.running:
            dispatcher.terminate()
        for dispatcher in self.running:
            dispatcher.wait()


def prepare(url: str, messages: int) -> list[str]:
    names = [f"m{number}" for number in range(messages)]
    now_ms = int(datetime.now(UTC).timestamp() * 1000)
    profile = Profile(
        1, attributes={"email": "a@x"}, consents={"marketing": Consent(True, 1, "form")}
    )
    with postgres_office(url) as office:
        office.put(*(message(name, decided_ms=now_ms, facts={"n": name}) for name in names))
        PostgresRulesets(office.pool).publish("r1", msgspec.json.encode(Published((LETTER,))))
        with office.pool.connection() as connection:
            body = msgspec.msgpack.encode(profile)
            connection.execute("UPDATE profiles SET body = %s WHERE contact = 1", (body,))
    return names


def left(url: str) -> int:
    with psycopg.connect(url) as connection:
        row = connection.execute(
            "SELECT count(*) FROM messages WHERE outcome IS NULL"
        ).fetchone()
    return row[0]


def test_killed_dispatchers_send_nothing_twice_and_lose_track_of_nothing(
    database_url, eventually
):
    chance = random.Random(5)
    names = prepare(database_url, KILLS * MESSAGES_PER_KILL)
    sink = Sink()
    controller = Controller(sink, hostname="127.0.0.1", port=free_port())
    controller.start()
    try:
        with closing(Dispatchers(database_url, controller.port)) as dispatchers:
            eventually(lambda: left(database_url) < len(names))
            for _ in range(KILLS):
                time.sleep(chance.uniform(*LIFE_SECONDS))
                dispatchers.kill_one(chance)
            eventually(lambda: left(database_url) == 0)
    finally:
        controller.stop()
    judge(database_url, names, sink.taken)


def judge(url: str, names: list[str], taken: Counter[str]) -> None:
    with psycopg.connect(url) as connection:
        outcomes = dict(connection.execute("SELECT id, outcome FROM messages").fetchall())
    with ConnectionPool(url, open=True) as pool:
        events = [
            event
            for _, event in PostgresLog(pool).read(range(PARTITIONS), RULES_AT, 10**6).events
        ]
    told = Counter((event.properties["message"], event.name) for event in events)
    assert set(outcomes) == set(names)
    assert set(outcomes.values()) <= {"sent", "unknown"}
    assert told == Counter((name, f"email.{outcome}") for name, outcome in outcomes.items())
    assert not [name for name, times in taken.items() if times > 1]
    assert all(taken[name] == 1 for name, outcome in outcomes.items() if outcome == "sent")
    in_doubt = [name for name, outcome in outcomes.items() if outcome == "unknown"]
    assert len(in_doubt) <= KILLS * HAND_OVER_MAX
