"""A template and one contact's message become the bytes that go over the wire."""

from datetime import datetime
from typing import Any

from liquid import Markup

from ripely.model.effect import SendMessage
from ripely.render.headers import Mailing, address_headers, headers, unsubscribe_url
from ripely.render.letter import PIXEL, Letter
from ripely.render.links import Click, Open, click_token, open_token
from ripely.render.liquid import Listed, Track
from ripely.render.mime import header, quoted_printable
from ripely.render.slots import fill_text

NONE, AGGREGATE, INDIVIDUAL = "none", "aggregate", "individual"
TRACKING = (NONE, AGGREGATE, INDIVIDUAL)
_NOTE_SUBJECT_MAX = 120
LINK_CHARACTERS_MAX = (
    2_000  # Beyond that, a token around it would be too long for some servers.
)
_WEB = ("http://", "https://")


def render(
    letter: Letter, message: SendMessage, mailing: Mailing, at: datetime, tracking: str
) -> bytes:
    """Return the mail of one contact. Bytes depend on the arguments alone."""
    data = _data(message, mailing, tracking)
    track = _tracker(message, mailing, tracking)
    html, text = letter.html.fill(data, track), letter.text.fill(data, track)
    boundary = f"=_{message.id}"  # `=_` cannot stand in quoted-printable
    return b"".join((
        headers(letter, message, mailing, at, fill_text(letter.subject, data)),
        f'Content-Type: multipart/alternative; boundary="{boundary}"\r\n\r\n'.encode(),
        _part(boundary, "plain"), text, _part(boundary, "html"), html,
        f"\r\n--{boundary}--\r\n".encode(),
    ))  # fmt: skip


def render_note(message: SendMessage, mailing: Mailing, at: datetime, text: str) -> bytes:
    """Return a plain mail to a colleague: nothing in it is followed."""
    return b"".join((
        *address_headers(mailing.sender, message, at),
        header("Subject", text[:_NOTE_SUBJECT_MAX]),
        b"Auto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n",
        b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n",
        quoted_printable(text + "\n"),
    ))  # fmt: skip


def _data(message: SendMessage, mailing: Mailing, tracking: str) -> dict[str, object]:
    return {
        "contact": {name: _listed(value) for name, value in message.facts.items()},
        "event": message.entry,
        "message": _facts_of(message),
        "unsubscribe_url": unsubscribe_url(message, mailing),
        PIXEL: Markup(_pixel(message, mailing, tracking)),
    }


def _listed(value: object) -> object:
    return Listed(value) if isinstance(value, list) else value


def _facts_of(message: SendMessage) -> dict[str, Any]:
    return {
        "id": message.id,
        "journey": message.journey,
        "step": message.step,
        "template": message.template,
        "purpose": message.purpose,
        "decided_s": message.decided_ms // 1000,
    }


def _pixel(message: SendMessage, mailing: Mailing, tracking: str) -> str:
    if tracking == NONE:
        return ""
    token = open_token(mailing.keys, Open(**_whom(message, tracking)))
    return f'<img src="{mailing.base_url}/o/{token}.gif" width="1" height="1" alt="">'


def _whom(message: SendMessage, tracking: str) -> dict[str, Any]:
    """Name the message in a link, or only its template where nobody may be followed."""
    if tracking == INDIVIDUAL:
        return {"message": message.id}
    return {"counted": message.template}


def _tracker(message: SendMessage, mailing: Mailing, tracking: str) -> Track:
    whom = _whom(message, tracking)
    way_out = f"{mailing.base_url}/u/"
    known: dict[str, str] = {}  # The text part repeats the links of the HTML.

    def track(url: str) -> str:
        followed = tracking != NONE and url.startswith(_WEB) and len(url) <= LINK_CHARACTERS_MAX
        if not followed or url.startswith(way_out):
            return url
        if url not in known:
            known[url] = f"{mailing.base_url}/c/{click_token(mailing.keys, Click(url, **whom))}"
        return known[url]

    return track


def _part(boundary: str, kind: str) -> bytes:
    return (
        f"\r\n--{boundary}\r\nContent-Type: text/{kind}; charset=utf-8\r\n"
        "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
    ).encode()
