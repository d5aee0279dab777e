"""The mail server of the demo: it takes everything, shows it, and refuses where it is asked to."""

import asyncio
import socket
from collections.abc import Sequence
from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default as modern
from html.parser import HTMLParser

import msgspec
from aiosmtpd.smtp import SMTP, Envelope, Session
from typing_extensions import override

from ripely.ports import KeptMail, Mailbox

REFUSED = "refuse+"
LATER = "later+"
_SIZE_MAX = 5_000_000


class Mail(msgspec.Struct, frozen=True):
    """A mail as the mailbox page shows it."""

    id: int
    received_at: datetime
    recipient: str
    sender: str
    subject: str
    headers: Sequence[tuple[str, str]]
    html: str
    text: str
    links: Sequence[str]


def newest(mailbox: Mailbox, limit: int = 50) -> list[Mail]:
    """Return the newest mails, newest first."""
    return [read_mail(kept) for kept in mailbox.newest(limit)]


def find(mailbox: Mailbox, mail: int) -> Mail | None:
    kept = mailbox.find(mail)
    return None if kept is None else read_mail(kept)


def read_mail(kept: KeptMail) -> Mail:
    message = message_from_bytes(kept.content, policy=modern)
    assert isinstance(message, EmailMessage)
    html = _content(message, "html")
    return Mail(
        id=kept.id,
        received_at=kept.received_at,
        recipient=kept.recipient,
        sender=str(message.get("From", "")),
        subject=str(message.get("Subject", "")),
        headers=[(name, str(value)) for name, value in message.items()],
        html=html,
        text=_content(message, "plain"),
        links=_links(html),
    )


class Postman:
    """What the server says to each recipient. `refuse+` is refused for good, `later+` for now."""

    def __init__(self, mailbox: Mailbox) -> None:
        self._mailbox = mailbox

    async def handle_RCPT(  # noqa: N802  aiosmtpd calls it by this name, with these
        self,
        _server: SMTP,
        _session: Session,
        envelope: Envelope,
        address: str,
        _options: list[str],
    ) -> str:
        if address.startswith(REFUSED):
            return "550 5.1.1 Nobody of that name lives here"
        if address.startswith(LATER):
            return "451 4.3.0 Come again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        content = envelope.content
        assert isinstance(content, bytes)
        for recipient in envelope.rcpt_tos:
            await asyncio.to_thread(self._mailbox.keep, recipient, content)
        return "250 OK: it is in the mailbox"


async def serve(mailbox: Mailbox, listener: socket.socket) -> None:
    """Take mail until cancelled."""
    loop = asyncio.get_running_loop()

    def conversation() -> SMTP:
        return SMTP(Postman(mailbox), data_size_limit=_SIZE_MAX, ident="Ripely demo", loop=loop)

    server = await loop.create_server(conversation, sock=listener)
    async with server:
        await server.serve_forever()


class _LinkReader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self.found += [value for name, value in attrs if name == "href" and value]


def _links(html: str) -> list[str]:
    reader = _LinkReader()
    reader.feed(html)
    return reader.found


def _content(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    return "" if part is None else str(part.get_content())
