"""Posts to addresses that people enter: never to our own network, never on to where an answer points."""

import http.client
import socket
import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from ipaddress import ip_address, ip_network
from urllib.parse import SplitResult, urlsplit

from typing_extensions import override

from ripely.ports import Answer, WebhookCaller, WebhookError

SECONDS_MAX = 10
_PORTS = {"http": 80, "https": 443}
# Reserved, or carrying an IPv4 address that a gateway may unpack: `is_global` passes them.
_NOT_FOR_US = tuple(
    map(ip_network, ("192.0.0.0/24", "::/96", "64:ff9b::/96", "64:ff9b:1::/48", "2002::/16"))
)


class HttpWebhookCaller(WebhookCaller):
    def __init__(self, *, private: bool = False, seconds: float = SECONDS_MAX) -> None:
        """With `private`, addresses inside our own network may be called too."""
        self._private = private
        self._seconds = seconds

    @override
    def call(
        self, url: str, headers: Mapping[str, str], body: bytes, content_max: int = 0
    ) -> Answer:
        parts = _parts(url)
        host, port = parts.hostname or "", parts.port or _PORTS[parts.scheme]
        connection = http.client.HTTPConnection(host, port, timeout=SECONDS_MAX)
        plug = connection.sock = self._plug(host, port, secure=parts.scheme == "https")
        try:
            with _hanging_up(plug, self._seconds):
                _shake_hands(plug, host)
                connection.request("POST", _target(parts), body, dict(headers))
                answer = connection.getresponse()
                return Answer(answer.status, answer.read(content_max) if content_max else b"")
        except (OSError, http.client.HTTPException) as error:
            raise WebhookError(f"{host} does not answer: {error}") from error
        finally:
            connection.close()

    def _plug(self, host: str, port: int, *, secure: bool) -> socket.socket:
        """Connect to the very address that was looked at: asked again, a name may answer differently."""
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except OSError as error:
            raise WebhookError(f"{host} cannot be found: {error}") from error
        except UnicodeError as error:  # An empty part of the name, or one that is too long.
            raise WebhookError(f"{host} is no name of a host", permanent=True) from error
        place = found[0][4]
        if not self._private and not _is_public(str(place[0])):
            raise WebhookError(f"{host} is inside a private network", permanent=True)
        try:
            plug = socket.create_connection((str(place[0]), port), timeout=SECONDS_MAX)
        except OSError as error:
            raise WebhookError(f"{host} does not answer: {error}") from error
        if not secure:
            return plug
        context = ssl.create_default_context()
        return context.wrap_socket(plug, server_hostname=host, do_handshake_on_connect=False)


def _is_public(address: str) -> bool:
    place = ip_address(address)
    within = any(place in network for network in _NOT_FOR_US)
    return place.is_global and not place.is_multicast and not within


@contextmanager
def _hanging_up(plug: socket.socket, seconds: float) -> Iterator[None]:
    """End a conversation that has lasted so long, however often a byte of it comes."""

    def hang_up() -> None:
        with suppress(OSError):  # It ended by itself at the same moment.
            socket.socket.shutdown(plug, socket.SHUT_RDWR)

    timer = threading.Timer(seconds, hang_up)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _shake_hands(plug: socket.socket, host: str) -> None:
    if isinstance(plug, ssl.SSLSocket):
        try:
            plug.do_handshake()
        except OSError as error:
            raise WebhookError(f"TLS with {host} failed: {error}") from error


def _target(parts: SplitResult) -> str:
    return f"{parts.path or '/'}{f'?{parts.query}' if parts.query else ''}"


def _parts(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        good = parts.scheme in _PORTS and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        raise WebhookError(f"“{url}” is not a web address", permanent=True) from None
    if not good or not url.isascii() or any(letter <= " " for letter in url):
        raise WebhookError(f"“{url}” is not a web address", permanent=True)
    return parts
