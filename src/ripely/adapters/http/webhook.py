"""Posts to addresses that people enter: never to our own network, never on to where an answer points."""

import http.client
import socket
import ssl
from collections.abc import Mapping
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

from typing_extensions import override

from ripely.ports import WebhookCaller, WebhookError

SECONDS_MAX = 10
_ANSWER_BYTES_MAX = 65_536
_PORTS = {"http": 80, "https": 443}


class HttpWebhookCaller(WebhookCaller):
    def __init__(self, *, private: bool = False) -> None:
        """With `private`, addresses inside our own network may be called too."""
        self._private = private

    @override
    def call(self, url: str, headers: Mapping[str, str], body: bytes) -> int:
        parts = _parts(url)
        connection = self._connect(parts)
        try:
            target = f"{parts.path or '/'}{f'?{parts.query}' if parts.query else ''}"
            connection.request("POST", target, body, dict(headers))
            answer = connection.getresponse()
            answer.read(_ANSWER_BYTES_MAX)
        except (OSError, http.client.HTTPException) as error:
            raise WebhookError(f"{parts.hostname} does not answer: {error}") from error
        else:
            return answer.status
        finally:
            connection.close()

    def _connect(self, parts: SplitResult) -> http.client.HTTPConnection:
        host = parts.hostname or ""
        port = parts.port or _PORTS[parts.scheme]
        plug = self._plug(host, port)
        connection = http.client.HTTPConnection(host, port, timeout=SECONDS_MAX)
        try:
            secure = ssl.create_default_context()
            connection.sock = (
                secure.wrap_socket(plug, server_hostname=host)
                if parts.scheme == "https"
                else plug
            )
        except OSError as error:
            plug.close()
            raise WebhookError(f"TLS with {host} failed: {error}") from error
        return connection

    def _plug(self, host: str, port: int) -> socket.socket:
        """Connect to the very address that was looked at: asked again, a name may answer differently."""
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except OSError as error:
            raise WebhookError(f"{host} cannot be found: {error}") from error
        place = found[0][4]
        if not self._private and not ip_address(str(place[0])).is_global:
            raise WebhookError(f"{host} is inside a private network", permanent=True)
        try:
            return socket.create_connection((str(place[0]), port), timeout=SECONDS_MAX)
        except OSError as error:
            raise WebhookError(f"{host} does not answer: {error}") from error


def _parts(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        good = parts.scheme in _PORTS and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        raise WebhookError(f"“{url}” is not a web address", permanent=True) from None
    if not good or not url.isascii() or any(letter <= " " for letter in url):
        raise WebhookError(f"“{url}” is not a web address", permanent=True)
    return parts
