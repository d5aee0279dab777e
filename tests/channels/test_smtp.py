"""The SMTP channel in real conversations: with a real server, and with one that misbehaves."""

import socket
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager

import pytest
from aiosmtpd.smtp import AuthResult

from postbox import Handler, free_port, serving
from ripely.adapters.channels.smtp.channel import SmtpChannel
from ripely.adapters.channels.smtp.server import Server, SmtpUrlError, read_server
from ripely.ports import Delivery, Outcome

CONTENT = b"From: shop@example.com\r\nSubject: Hi\r\n\r\n.a line\r\n..two\r\nend"


def delivery(name: str, recipient: str = "", content: bytes = CONTENT) -> Delivery:
    return Delivery(name, "shop@example.com", recipient or f"{name}@example.com", content)


@contextmanager
def channel(port: int, **options) -> Iterator[SmtpChannel]:
    with closing(
        SmtpChannel(Server(host=options.pop("host", "127.0.0.1"), port=port, **options))
    ) as made:
        yield made


def outcomes(made: SmtpChannel, *deliveries: Delivery) -> dict[str, Outcome]:
    found = made.send(deliveries)
    assert sorted(outcome.id for outcome in found) == sorted(d.id for d in deliveries)
    return {outcome.id: outcome for outcome in found}


def test_a_mail_arrives_byte_for_byte():
    handler = Handler()
    with serving(handler) as port, channel(port) as smtp:
        assert outcomes(smtp, delivery("ann"))["ann"].outcome == "sent"
    assert handler.taken == [("ann@example.com", CONTENT + b"\r\n")]


def test_one_that_is_refused_stops_and_repeats_no_other():
    handler = Handler()
    names = ["ann", "refuse1", "bob", "later1", "carol", "refuse2", "dan"]
    with serving(handler) as port, channel(port, connections=1) as smtp:
        ended = outcomes(
            smtp, *map(delivery, names), delivery("junk", content=b"spam"), delivery("eve")
        )
    assert {name: ended[name].outcome for name in ended} == {
        "ann": "sent", "bob": "sent", "carol": "sent", "dan": "sent", "eve": "sent",
        "refuse1": "refused", "refuse2": "refused", "later1": "deferred", "junk": "refused",
    }  # fmt: skip
    assert ended["refuse1"].reason == "550 5.1.1 Nobody here"
    assert ended["later1"].reason == "451 4.2.1 Busy"
    assert sorted(to for to, _ in handler.taken) == sorted(
        f"{n}@example.com" for n in ("ann", "bob", "carol", "dan", "eve")
    )


def test_many_mails_share_few_connections_and_each_arrives_once():
    handler = Handler()
    names = [f"n{number}" for number in range(60)]
    with (
        serving(handler) as port,
        channel(port, connections=3, messages_per_connection=10) as smtp,
    ):
        ended = outcomes(smtp, *map(delivery, names))
        ended |= outcomes(smtp, delivery("again"))
    assert {outcome.outcome for outcome in ended.values()} == {"sent"}
    assert sorted(to for to, _ in handler.taken) == sorted(
        f"{n}@example.com" for n in [*names, "again"]
    )
    used = [handler.peers.count(peer) for peer in set(handler.peers)]
    assert max(used) <= 10
    assert len(used) >= 6


def test_a_server_that_is_away_is_asked_again_later():
    with channel(free_port()) as smtp:
        ended = outcomes(smtp, delivery("ann"), delivery("bob"))
    assert {outcome.outcome for outcome in ended.values()} == {"deferred"}


def test_a_connection_that_went_stale_costs_no_mail():
    handler = Handler()
    with serving(handler, timeout=0.2) as port, channel(port) as smtp:
        assert outcomes(smtp, delivery("ann"))["ann"].outcome == "sent"
        threading.Event().wait(0.6)
        assert outcomes(smtp, delivery("bob"))["bob"].outcome == "sent"
    assert len(handler.taken) == 2


@pytest.fixture(scope="module")
def certificate(tmp_path_factory) -> tuple[str, str]:
    folder = tmp_path_factory.mktemp("certificate")
    key, cert = folder / "key.pem", folder / "cert.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
         "-keyout", key, "-out", cert, "-days", "2", "-subj", "/CN=localhost",
         "-addext", "subjectAltName=DNS:localhost"],
        check=True, capture_output=True,
    )  # fmt: skip
    return str(key), str(cert)


def server_tls(certificate: tuple[str, str]) -> ssl.SSLContext:
    key, cert = certificate
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    return context


class Door:
    def __init__(self) -> None:
        self.seen: list[tuple[str, bytes, bytes]] = []

    def __call__(self, server, session, envelope, mechanism, data):
        self.seen.append((mechanism, data.login, data.password))
        return AuthResult(success=data.password == b"p:w/ d", handled=False)


@pytest.mark.parametrize("mechanism", ["PLAIN", "LOGIN"])
def test_starttls_and_login(certificate, mechanism):
    handler, door = Handler(), Door()
    exclude = ["LOGIN"] if mechanism == "PLAIN" else ["PLAIN"]
    options = {"auth_required": True, "authenticator": door, "auth_exclude_mechanism": exclude}
    url = "smtp://shop%40x:p%3Aw%2F%20d@localhost:{port}?tls=required&ca_file=" + certificate[1]
    options |= {"tls_context": server_tls(certificate), "require_starttls": True}
    with (
        serving(handler, **options) as port,
        closing(SmtpChannel(read_server(url.format(port=port)))) as smtp,
    ):
        assert outcomes(smtp, delivery("ann"))["ann"].outcome == "sent"
    assert door.seen == [(mechanism, b"shop@x", b"p:w/ d")]


def test_tls_from_the_first_byte(certificate):
    def secure(line: Line) -> None:
        with server_tls(certificate).wrap_socket(line.plug, server_side=True) as plug:
            inner = Line(plug)
            takes_one(inner)
            inner.file.close()

    url = "smtps://localhost:{port}?connections=1&ca_file=" + certificate[1]
    with (
        scripted(secure) as port,
        closing(SmtpChannel(read_server(url.format(port=port)))) as smtp,
    ):
        assert outcomes(smtp, delivery("ann"))["ann"].outcome == "sent"


def test_a_stranger_s_certificate_is_refused(certificate):
    handler = Handler()
    options = {"tls_context": server_tls(certificate)}
    with (
        serving(handler, **options) as port,
        channel(port, host="localhost", tls="required") as smtp,
    ):
        ended = outcomes(smtp, delivery("ann"))["ann"]
    assert ended.outcome == "deferred"
    assert "certificate" in ended.reason
    assert not handler.taken


def test_tls_that_is_required_and_not_offered():
    handler = Handler()
    with serving(handler) as port, channel(port, tls="required") as smtp:
        assert outcomes(smtp, delivery("ann"))["ann"].outcome == "deferred"
    assert not handler.taken


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
def test_a_login_that_is_refused_is_the_operator_s_to_mend():
    options = {"auth_required": True, "auth_require_tls": False, "authenticator": Door()}
    with (
        serving(Handler(), **options) as port,
        channel(port, user="x", password="no") as smtp,
    ):
        ended = outcomes(smtp, delivery("ann"))["ann"]
    assert ended.outcome == "deferred"
    assert "refuses the login: 535" in ended.reason


# A server by hand: it says these lines, and hangs up where the script ends.
Script = Callable[["Line"], None]


class Line:
    def __init__(self, plug: socket.socket) -> None:
        self.plug = plug
        self.file = plug.makefile("rb")

    def say(self, *lines: str) -> None:
        self.plug.sendall("".join(f"{line}\r\n" for line in lines).encode())

    def hear(self, word: str) -> None:
        assert self.file.readline().upper().startswith(word.encode()), word

    def hear_body(self) -> None:
        while self.file.readline() != b".\r\n":
            pass

    def greet(self, *extensions: str) -> None:
        self.say("220 hello")
        self.hear("EHLO")
        lines = ["mail.example", *extensions]
        self.say(*(f"250-{line}" for line in lines[:-1]), f"250 {lines[-1]}")

    def envelope(self) -> None:
        for word in ("MAIL", "RCPT"):
            self.hear(word)
            self.say("250 ok")
        self.hear("DATA")
        self.say("354 go on")


@contextmanager
def scripted(*scripts: Script) -> Iterator[int]:
    """Each connection is answered by the next script."""
    failures: list[BaseException] = []

    def run(listener: socket.socket) -> None:
        try:
            for script in scripts:
                plug, _ = listener.accept()
                with plug:
                    line = Line(plug)
                    script(line)
                    line.file.close()
        except Exception as error:  # noqa: BLE001  shown by the test
            failures.append(error)

    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        listener.settimeout(10)
        thread = threading.Thread(target=run, args=(listener,))
        thread.start()
        yield listener.getsockname()[1]
        thread.join()
    assert not failures, failures


def lost_after_the_dot(line: Line) -> None:
    line.greet()
    line.envelope()
    line.hear_body()


def lost_before_data(line: Line) -> None:
    line.greet("PIPELINING")
    line.hear("MAIL")


def lost_in_the_middle_of_a_big_body(line: Line) -> None:
    line.greet()
    line.envelope()
    line.plug.recv(10_000)


def takes_one(line: Line) -> None:
    line.greet()
    line.envelope()
    line.hear_body()
    line.say("250 taken")


def test_an_answer_lost_after_the_last_dot_is_unknown_and_not_tried_again():
    with scripted(lost_after_the_dot) as port, channel(port, connections=1) as smtp:
        assert outcomes(smtp, delivery("ann"))["ann"].outcome == "unknown"


def test_a_connection_lost_before_the_body_is_tried_later():
    with scripted(lost_before_data) as port, channel(port, connections=1) as smtp:
        assert outcomes(smtp, delivery("ann"))["ann"].outcome == "deferred"


def test_a_connection_lost_within_the_body_is_tried_later():
    big = delivery("ann", content=b"x" * 70 + b"\r\n" + b"y" * 20_000_000)
    with (
        scripted(lost_in_the_middle_of_a_big_body) as port,
        channel(port, connections=1) as smtp,
    ):
        assert outcomes(smtp, big)["ann"].outcome == "deferred"


def test_the_next_mail_goes_over_the_next_connection():
    with scripted(lost_after_the_dot, takes_one) as port, channel(port, connections=1) as smtp:
        ended = outcomes(smtp, delivery("ann"), delivery("bob"))
    assert (ended["ann"].outcome, ended["bob"].outcome) == ("unknown", "sent")


def test_a_server_that_says_nothing_is_left_after_a_while():
    with (
        scripted(lambda line: threading.Event().wait(0.5)) as port,
        channel(port, seconds=0.1) as smtp,
    ):
        assert outcomes(smtp, delivery("ann"))["ann"].outcome == "deferred"


def test_no_answer_to_the_dot_in_time_is_unknown():
    def slow(line: Line) -> None:
        lost_after_the_dot(line)
        threading.Event().wait(0.5)

    with scripted(slow) as port, channel(port, seconds=0.2) as smtp:
        assert outcomes(smtp, delivery("ann"))["ann"].outcome == "unknown"


def test_a_sender_that_is_refused_is_not_the_recipient_s_fault():
    def strict(line: Line) -> None:
        line.greet("PIPELINING")
        for word, answer in (("MAIL", "550 not you"), ("RCPT", "503 no"), ("DATA", "503 no")):
            line.hear(word)
            line.say(answer)
        line.file.readline()

    with scripted(strict) as port, channel(port, connections=1) as smtp:
        assert outcomes(smtp, delivery("ann"))["ann"].outcome == "deferred"


def test_what_a_server_says_is_kept_short_and_storable():
    def rude(line: Line) -> None:
        line.greet("PIPELINING")
        for word, answer in (
            ("MAIL", "250 ok"),
            ("RCPT", "550 no\0body " + "x" * 5_000),
            ("DATA", "503 no"),
        ):
            line.hear(word)
            line.say(answer)
        line.file.readline()

    with scripted(rude) as port, channel(port, connections=1) as smtp:
        refused = outcomes(smtp, delivery("ann"))["ann"]
    assert refused.outcome == "refused"
    assert refused.reason.startswith("550 nobody x")
    assert len(refused.reason) < 1_000


def test_a_server_that_wants_a_body_for_nobody():
    def odd(line: Line) -> None:
        line.greet("PIPELINING")
        line.hear("MAIL")
        line.hear("RCPT")
        line.hear("DATA")
        line.say("250 ok", "550 5.1.1 unknown", "354 go on")
        line.hear(".")
        line.say("554 no recipients")
        line.hear("RSET")
        line.hear("MAIL")
        line.hear("RCPT")
        line.hear("DATA")
        line.say("250 reset", "250 ok", "250 ok", "354 go on")
        line.hear_body()
        line.say("250 taken")

    with scripted(odd) as port, channel(port, connections=1) as smtp:
        ended = outcomes(smtp, delivery("ann"), delivery("bob"))
    assert (ended["ann"].outcome, ended["bob"].outcome) == ("refused", "sent")


def test_a_server_that_closes_politely():
    def closing_down(line: Line) -> None:
        line.greet()
        line.hear("MAIL")
        line.say("421 closing")

    with scripted(closing_down, takes_one) as port, channel(port, connections=1) as smtp:
        ended = outcomes(smtp, delivery("ann"), delivery("bob"))
    assert (ended["ann"].outcome, ended["bob"].outcome) == ("deferred", "sent")


@pytest.mark.parametrize(
    "url", ["http://x", "smtp://", "smtp://x?connections=many", "smtp://x?tls=maybe"]
)
def test_an_address_that_cannot_be_used(url):
    with pytest.raises(SmtpUrlError):
        read_server(url)
