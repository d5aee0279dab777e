"""The headers of a mail: from whom, about what, and how to leave."""

import re
from datetime import UTC, datetime
from email.utils import format_datetime, parseaddr
from functools import lru_cache
from urllib.parse import quote

import msgspec

from ripely.model.effect import SendMessage
from ripely.render.letter import Letter
from ripely.render.links import Keys, Unsubscribe, unsubscribe_token
from ripely.render.mime import header, mailbox, uri_header, wire_address

TRANSACTIONAL = "transactional"


class Mailing(msgspec.Struct, frozen=True):
    """What all mail of an installation has in common."""

    base_url: str
    sender: str
    keys: Keys


def headers(
    letter: Letter, message: SendMessage, mailing: Mailing, at: datetime, subject: str
) -> bytes:
    sender = sender_of(letter, mailing)
    lines = [
        *address_headers(sender, message, at),
        header("Subject", subject),
        *(_list_headers(sender, message, mailing) if message.purpose != TRANSACTIONAL else ()),
        header("Feedback-ID", _feedback_id(message)),
        b"MIME-Version: 1.0\r\n",
    ]
    return b"".join(lines)


def address_headers(sender: str, message: SendMessage, at: datetime) -> list[bytes]:
    return [
        _date_header(at.replace(microsecond=0)),
        _from_header(sender),
        f"To: {wire_address(message.recipient)}\r\n".encode(),
        f"Message-ID: <{message.id}@{_domain(sender_address(sender))}>\r\n".encode(),
    ]


@lru_cache(maxsize=16)
def _date_header(at: datetime) -> bytes:
    return f"Date: {format_datetime(at.astimezone(UTC))}\r\n".encode()


@lru_cache(maxsize=256)
def _from_header(sender: str) -> bytes:
    return f"From: {mailbox(*parseaddr(sender))}\r\n".encode()


def _list_headers(sender: str, message: SendMessage, mailing: Mailing) -> list[bytes]:
    address = sender_address(sender)
    leave = quote(f"unsubscribe {_way_out(message, mailing.keys)}")
    return [
        uri_header(
            "List-Unsubscribe",
            [f"<{unsubscribe_url(message, mailing)}>", f"<mailto:{address}?subject={leave}>"],
        ),
        b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n",
        f"List-Id: <{_word(message.purpose)}.{_domain(address)}>\r\n".encode(),
    ]


def _feedback_id(message: SendMessage) -> str:
    words = (message.journey, message.template, message.purpose, "ripely")
    return ":".join(map(_word, words))


def _domain(address: str) -> str:
    return address.rpartition("@")[2]


def _word(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9_.-]+", "-", text) or "-"


@lru_cache(maxsize=256)
def sender_address(sender: str) -> str:
    return parseaddr(sender)[1]


def sender_of(letter: Letter, mailing: Mailing) -> str:
    return letter.template.sender or mailing.sender


def unsubscribe_url(message: SendMessage, mailing: Mailing) -> str:
    return f"{mailing.base_url}/u/{_way_out(message, mailing.keys)}"


def _way_out(message: SendMessage, keys: Keys) -> str:
    purpose = "marketing" if message.purpose == TRANSACTIONAL else message.purpose
    return unsubscribe_token(keys, Unsubscribe(message.contact, purpose, message.id))
