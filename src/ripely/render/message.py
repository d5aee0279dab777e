"""A template and one contact's message become the bytes that go over the wire."""

import re
from datetime import UTC, datetime
from email.utils import format_datetime, parseaddr
from functools import lru_cache
from typing import Any
from urllib.parse import quote

import msgspec
from liquid import Markup
from liquid.template import BoundTemplate

from ripely.model.effect import SendMessage
from ripely.model.problem import Problem
from ripely.model.template import Template
from ripely.render import liquid, mjml
from ripely.render.links import (
    Click,
    Keys,
    Open,
    Unsubscribe,
    click_token,
    open_token,
    unsubscribe_token,
)
from ripely.render.mime import header, mailbox, quoted_printable, uri_header, wire_address
from ripely.render.shield import MARK, shield
from ripely.render.slots import Slots, fill_text
from ripely.render.text import to_text

TRANSACTIONAL = "transactional"
NONE, AGGREGATE, INDIVIDUAL = "none", "aggregate", "individual"
TRACKING = (NONE, AGGREGATE, INDIVIDUAL)
_NOTE_SUBJECT_MAX = 120
_PIXEL = "{{ ripely_pixel }}"
_WEB = ("http://", "https://")
_HREF = re.compile(r"""(<(?:a|area|v:\w+)\b[^<>]*?\shref=)("[^"]*"|'[^']*')""")
_WEB_ADDRESS = re.compile(r"https?://[^\s<>()\"]+[^\s<>()\".,;:!?]")
_BODY = re.compile(r"<body\b[^>]*>")
_PREHEADER = (
    '<div style="display:none;font-size:1px;line-height:1px;max-height:0;max-width:0;opacity:0;'
    'overflow:hidden;mso-hide:all">{}</div>'
)


class Mailing(msgspec.Struct, frozen=True):
    """What all mail of an installation has in common."""

    base_url: str
    sender: str
    keys: Keys


class Letter(msgspec.Struct, frozen=True):
    """A template compiled: what is the same for everybody is encoded already."""

    template: Template
    subject: BoundTemplate
    html: Slots
    text: Slots


class Refused(msgspec.Struct, frozen=True):
    """A template nothing can be made of, and why."""

    problems: tuple[Problem, ...]


def compile_template(template: Template) -> Letter | Refused:
    found = template_problems(template)
    if found:
        return Refused(tuple(found))
    shielded, restore = shield(template.body)
    html = mjml.to_html(shielded)
    text = _bare_links(template.text) if template.text else restore(to_text(html, _text_link))
    marked = _HREF.sub(_html_link, html).replace("</body>", f"{_PIXEL}</body>")
    return Letter(
        template=template,
        subject=liquid.TEXT.from_string(template.subject),
        html=Slots(
            liquid.HTML.from_string(_with_preheader(restore(marked), template.preheader)), "\n"
        ),
        text=Slots(liquid.TEXT.from_string(text), "\n"),
    )


def template_problems(template: Template) -> list[Problem]:
    """Everything wrong with a template, at once, each with its line."""
    found = [
        problem
        for part in ("subject", "preheader", "body", "text")
        for problem in liquid.problems(getattr(template, part), f"$.{part}")
    ]
    shielded, _ = shield(template.body)
    found += mjml.problems(shielded, "$.body")
    if template.sender and wire_address(parseaddr(template.sender)[1]) is None:
        found.append(
            Problem("sender", "$.sender", "is not an address like Shop <hello@shop.example>.")
        )
    return found or _conversion_problems(shielded)


def render(
    letter: Letter, message: SendMessage, mailing: Mailing, at: datetime, tracking: str
) -> bytes:
    """Return the mail of one contact. Bytes depend on the arguments alone."""
    data = _data(message, mailing, tracking)
    track = _tracker(message, mailing, tracking)
    html, text = letter.html.fill(data, track), letter.text.fill(data, track)
    boundary = f"=_{message.id}"  # `=_` cannot stand in quoted-printable
    return b"".join((
        _headers(letter, message, mailing, at, fill_text(letter.subject, data)),
        f'Content-Type: multipart/alternative; boundary="{boundary}"\r\n\r\n'.encode(),
        _part(boundary, "plain"), text, _part(boundary, "html"), html,
        f"\r\n--{boundary}--\r\n".encode(),
    ))  # fmt: skip


def render_note(message: SendMessage, mailing: Mailing, at: datetime, text: str) -> bytes:
    """Return a plain mail to a colleague: nothing in it is followed."""
    return b"".join((
        *_address_headers(mailing.sender, message, at),
        header("Subject", text[:_NOTE_SUBJECT_MAX]),
        b"Auto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n",
        b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n",
        quoted_printable(text + "\n"),
    ))  # fmt: skip


@lru_cache(maxsize=256)
def sender_address(sender: str) -> str:
    return parseaddr(sender)[1]


def sender_of(letter: Letter, mailing: Mailing) -> str:
    return letter.template.sender or mailing.sender


def _conversion_problems(shielded: str) -> list[Problem]:
    try:
        mjml.to_html(shielded)
    except OSError as error:
        return [Problem("mjml_syntax", "$.body", f"cannot be read as MJML: {error}.")]
    return []


def _with_preheader(html: str, preheader: str) -> str:
    if not preheader:
        return html
    return _BODY.sub(lambda body: body[0] + _PREHEADER.format(preheader), html, count=1)


def _html_link(found: re.Match[str]) -> str:
    target = found[2][1:-1]
    return (
        f'{found[1]}"{_text_link(target)}"'
        if "://" in target or MARK.search(target)
        else found[0]
    )


def _text_link(target: str) -> str:
    return (
        target.removeprefix(mjml.UNTRACKED)
        if target.startswith(mjml.UNTRACKED)
        else _tracked(target)
    )


def _bare_links(text: str) -> str:
    shielded, restore = shield(text)
    return restore(_WEB_ADDRESS.sub(lambda found: _tracked(found[0]), shielded))


def _tracked(target: str) -> str:
    return f"{{% {liquid.LINK} %}}{target}{{% end{liquid.LINK} %}}"


def _data(message: SendMessage, mailing: Mailing, tracking: str) -> dict[str, object]:
    return {
        "contact": message.facts,
        "event": message.entry,
        "message": _facts_of(message),
        "unsubscribe_url": _unsubscribe_url(message, mailing),
        "ripely_pixel": Markup(_pixel(message, mailing, tracking)),
    }


def _facts_of(message: SendMessage) -> dict[str, Any]:
    return {
        "id": message.id,
        "journey": message.journey,
        "step": message.step,
        "template": message.template,
        "purpose": message.purpose,
        "decided_s": message.decided_ms // 1000,
    }


def _unsubscribe_url(message: SendMessage, mailing: Mailing) -> str:
    return f"{mailing.base_url}/u/{_way_out(message, mailing.keys)}"


def _way_out(message: SendMessage, keys: Keys) -> str:
    purpose = "marketing" if message.purpose == TRANSACTIONAL else message.purpose
    return unsubscribe_token(keys, Unsubscribe(message.contact, purpose, message.id))


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


def _tracker(message: SendMessage, mailing: Mailing, tracking: str) -> liquid.Track:
    whom = _whom(message, tracking)
    way_out = f"{mailing.base_url}/u/"
    known: dict[str, str] = {}  # The text part repeats the links of the HTML.

    def track(url: str) -> str:
        if tracking == NONE or not url.startswith(_WEB) or url.startswith(way_out):
            return url
        if url not in known:
            known[url] = f"{mailing.base_url}/c/{click_token(mailing.keys, Click(url, **whom))}"
        return known[url]

    return track


def _headers(
    letter: Letter, message: SendMessage, mailing: Mailing, at: datetime, subject: str
) -> bytes:
    sender = sender_of(letter, mailing)
    lines = [
        *_address_headers(sender, message, at),
        header("Subject", subject),
        *(_list_headers(sender, message, mailing) if message.purpose != TRANSACTIONAL else ()),
        header(
            "Feedback-ID",
            ":".join(
                map(_word, (message.journey, message.template, message.purpose, "ripely"))
            ),
        ),
        b"MIME-Version: 1.0\r\n",
    ]
    return b"".join(lines)


def _address_headers(sender: str, message: SendMessage, at: datetime) -> list[bytes]:
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
            [f"<{_unsubscribe_url(message, mailing)}>", f"<mailto:{address}?subject={leave}>"],
        ),
        b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n",
        f"List-Id: <{_word(message.purpose)}.{_domain(address)}>\r\n".encode(),
    ]


def _domain(address: str) -> str:
    return address.rpartition("@")[2]


def _word(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9_.-]+", "-", text) or "-"


def _part(boundary: str, kind: str) -> bytes:
    return (
        f"\r\n--{boundary}\r\nContent-Type: text/{kind}; charset=utf-8\r\n"
        "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
    ).encode()
