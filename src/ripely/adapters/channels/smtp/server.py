"""Which server takes our mail, and how: read from an address like `smtp://user:password@host:587?connections=8`."""

import ssl
from typing import Literal
from urllib.parse import parse_qsl, unquote, urlsplit

import msgspec

Tls = Literal["implicit", "required", "offered", "never"]
_PORTS = {"smtp": 587, "smtps": 465}


class SmtpUrlError(ValueError):
    """The address of the mail server cannot be used; the message says what of it."""


class Server(msgspec.Struct, frozen=True):
    """`tls`: from the first byte, by STARTTLS or not at all, by STARTTLS where it is offered, never."""

    host: str
    port: int
    tls: Tls = "offered"
    user: str = ""
    password: str = ""
    connections: int = 8
    messages_per_connection: int = 200
    seconds: float = 60.0
    ca_file: str = ""
    name: str = "[127.0.0.1]"

    def ssl_context(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=self.ca_file or None)


def read_server(url: str) -> Server:
    parts = urlsplit(url)
    if parts.scheme not in _PORTS or not parts.hostname:
        raise SmtpUrlError("an SMTP address begins with smtp:// or smtps:// and names a host")
    options = dict(parse_qsl(parts.query))
    tls: Tls = "implicit" if parts.scheme == "smtps" else "offered"
    given = {
        "host": parts.hostname,
        "port": parts.port or _PORTS[parts.scheme],
        "tls": options.pop("tls", tls),
        "user": unquote(parts.username or ""),
        "password": unquote(parts.password or ""),
        **options,
    }
    try:
        return msgspec.convert(given, Server, strict=False)
    except msgspec.ValidationError as wrong:
        raise SmtpUrlError(str(wrong)) from None
