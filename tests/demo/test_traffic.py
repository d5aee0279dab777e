"""Simulated visitors against a collector that only listens, and their mail."""

import threading
from datetime import UTC, datetime
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from random import Random

import msgspec
import pytest

from ripely.adapters.clock import SystemClock
from ripely.demo.company import WRITE_KEY
from ripely.demo.envelope import Collector
from ripely.demo.mail_readers import MailReaders
from ripely.demo.population import population
from ripely.demo.traffic import Pace, Traffic
from ripely.ports import KeptMail
from ripely.runtime.collect import Reader, Sender

PEOPLE = population("town")
ANN = PEOPLE[0]
LATER = 1_000.0
ENOUGH = 12


class Listening(BaseHTTPRequestHandler):
    def do_POST(self):
        self.server.bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
        if len(self.server.bodies) >= ENOUGH:
            self.server.stopping.set()
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def do_GET(self):
        self.server.visited.append(self.path)
        self.server.agents.add(self.headers["User-Agent"])
        self.send_response(302 if self.path.startswith("/c/") else 200)
        self.send_header("Location", "/shop/?_rt=signed")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


@pytest.fixture
def collector():
    with ThreadingHTTPServer(("127.0.0.1", 0), Listening) as server:
        server.bodies, server.visited, server.agents = [], [], set()
        server.stopping = threading.Event()
        server.url = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


class Pigeonholes:
    """A mailbox of which only the newest mails are asked for."""

    def __init__(self):
        self.mails = []

    def newest(self, limit):
        return self.mails[::-1][:limit]

    def put(self, recipient, html):
        message = EmailMessage()
        message.set_content("text")
        message.add_alternative(html, subtype="html")
        number = len(self.mails) + 1
        now = datetime(2026, 6, 3, tzinfo=UTC)
        self.mails.append(KeptMail(number, now, recipient, message.as_bytes()))


def mail_from(base):
    return (
        f'<p><a href="{base}/c/abc">See</a> <a href="{base}/u/xyz">Stop</a></p>'
        f'<img src="{base}/o/abc.gif" width="1" height="1" alt="">'
    )


@pytest.mark.slow
def test_visitors_send_until_they_are_told_to_stop(collector):
    traffic = Traffic(collector.url, "town", SystemClock(), Pigeonholes())
    traffic.run(Pace(visitors_per_minute=6_000), collector.stopping)
    assert len(collector.bodies) >= ENOUGH
    for body in collector.bodies:
        reading = Reader().batch(body, Sender(received_ms=1_780_000_000_000))
        assert not reading.refusals
        assert msgspec.json.decode(body)["writeKey"] == WRITE_KEY
        assert reading.arrivals


def test_visitors_end_when_their_minutes_are_over(collector):
    traffic = Traffic(collector.url, "town", SystemClock(), Pigeonholes())
    traffic.run(Pace(visitors_per_minute=60, minutes=0), threading.Event())
    assert collector.bodies == []


def test_a_collector_that_is_away_stops_nobody():
    nobody = Collector("http://127.0.0.1:9")
    assert not nobody.send([{"type": "page"}], datetime(2026, 6, 3, tzinfo=UTC))


def test_some_open_their_mail_and_some_of_those_come_to_the_shop(collector):
    mailbox = Pigeonholes()
    readers = MailReaders(mailbox, PEOPLE, Collector(collector.url), Random("mail"))
    for person in PEOPLE[:40]:
        mailbox.put(person.email, mail_from(collector.url))
    assert list(readers.visits(0.0, "http://shop")) == []  # nobody reads in the same moment
    visits = list(readers.visits(LATER, "http://shop"))
    opened = [path for path in collector.visited if path.startswith("/o/")]
    clicked = [path for path in collector.visited if path.startswith("/c/")]
    assert 0 < len(visits) == len(clicked) < len(opened) < 40
    first = msgspec.to_builtins(visits[0][1][0].calls)
    assert {"type": "identify", "traits": {}, "contactToken": "signed"} in first
    assert not [path for path in collector.visited if path.startswith("/u/")]
    assert collector.agents <= {person.browser for person in PEOPLE}


def test_mail_of_an_earlier_day_and_of_strangers_is_left_alone(collector):
    mailbox = Pigeonholes()
    mailbox.put(ANN.email, mail_from(collector.url))
    readers = MailReaders(mailbox, PEOPLE, Collector(collector.url), Random("mail"))
    for _ in range(20):
        mailbox.put("newcomer@example.com", mail_from(collector.url))
    list(readers.visits(0.0, "http://shop"))
    assert list(readers.visits(LATER, "http://shop")) == []
    assert collector.visited == []
