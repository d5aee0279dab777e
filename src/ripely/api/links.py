"""What mails call back: clicks, opens, and the way out."""

import asyncio
import logging
from base64 import b64decode
from collections.abc import Sequence
from urllib.parse import quote, urlsplit, urlunsplit

import msgspec

from ripely.api.http import Answer, Receive, Scope, Send, read_body, send_answer
from ripely.api.machines import judge, picture_proxy
from ripely.api.unsubscribe import Pages
from ripely.model.arrival import Arrival
from ripely.model.identity import named_contact
from ripely.model.ids import ContactId, EffectId, derive_event
from ripely.ports import Clock, Correspondence, Gate, Profiles, Sent
from ripely.render.links import (
    CONTACT_PARAMETER,
    Click,
    Keys,
    Open,
    contact_token,
    read_click,
    read_open,
    read_unsubscribe,
)
from ripely.render.message import AGGREGATE, INDIVIDUAL, NONE

log = logging.getLogger(__name__)

ARRIVAL_SECONDS = (
    600  # Between the redirect and the page that it leads to; then the address is just one.
)
_BODY_BYTES_MAX = 16_384
_GIF = b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")
_NO_STORE = (b"cache-control", b"no-store, private")
_QUIET = (b"referrer-policy", b"no-referrer")
_HTML = (
    (b"content-type", b"text/html; charset=utf-8"),
    (
        b"content-security-policy",
        b"default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'",
    ),
    _NO_STORE,
    _QUIET,
)
_PICTURE = Answer(200, _GIF, ((b"content-type", b"image/gif"), _NO_STORE))
_NOT_ALLOWED = Answer(405, b"", ((b"allow", b"GET, HEAD"),))
_URL_SAFE = "%/:=&?~#+!$,;'@()*[]"


class Site(msgspec.Struct, frozen=True):
    """What is ours: hosts that may learn who comes, how people are followed who have not said, the language."""

    hosts: frozenset[str]
    tracking: str
    language: str


class Asked(msgspec.Struct, frozen=True):
    """One request for an address of a mail."""

    method: str
    user_agent: str
    now_ms: int


class Links:
    def __init__(
        self,
        keys: Keys,
        site: Site,
        gate: Gate,
        letters: Correspondence,
        profiles: Profiles,
        clock: Clock,
    ) -> None:
        self._keys = keys
        self._site = site
        self._gate = gate
        self._letters = letters
        self._profiles = profiles
        self._clock = clock
        self._pages = Pages(site.language)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        kind, _, token = scope["path"].lstrip("/").partition("/")
        asked = Asked(
            scope["method"], _user_agent(scope), int(self._clock.now().timestamp() * 1000)
        )
        if kind == "u":
            answer = await self._unsubscribe(token, asked, receive)
        elif asked.method not in {"GET", "HEAD"}:
            answer = _NOT_ALLOWED
        elif kind == "c":
            answer = await self._click(token, asked)
        else:
            await self._opened(token.removesuffix(".gif"), asked)
            answer = _PICTURE
        if asked.method == "HEAD":
            answer = msgspec.structs.replace(answer, body=b"")
        await send_answer(send, answer)

    async def _click(self, token: str, asked: Asked) -> Answer:
        click = read_click(self._keys, token)
        if click is None:
            return Answer(404, self._pages.invalid(), _HTML)
        follow = await self._tell("email.clicked", click, asked, {"url": click.url})
        target = click.url if follow is None else self._introduced(click.url, follow, asked)
        return Answer(
            302, b"", ((b"location", quote(target, safe=_URL_SAFE).encode()), _NO_STORE, _QUIET)
        )

    async def _opened(self, token: str, asked: Asked) -> None:
        opened = read_open(self._keys, token)
        if opened is not None:
            through = picture_proxy(asked.user_agent)
            await self._tell(
                "email.opened", opened, asked, {"through": through} if through else {}
            )

    async def _tell(
        self, name: str, what: Click | Open, asked: Asked, more: dict[str, str]
    ) -> ContactId | None:
        """Note a click or an open as its contact allows. Return who it was, if that may be passed on.

        Whatever goes wrong here is ours: the reader gets to the page.
        """
        try:
            if what.message is None:
                await self._count(what.counted, name, asked)
                return None
            return await self._follow(name, what.message, asked, more)
        except Exception:
            log.exception("%s could not be noted", name)
            return None

    async def _follow(
        self, name: str, message: EffectId, asked: Asked, more: dict[str, str]
    ) -> ContactId | None:
        sent = await asyncio.to_thread(self._letters.find, message)
        if sent is None:
            return None
        contact, tracking = await self._allowed(sent.contact)
        if tracking == AGGREGATE:
            await self._count(sent.template, name, asked)
        if tracking != INDIVIDUAL:
            return None
        after_s = (asked.now_ms - sent.sent_ms) / 1000
        verdict = judge(asked.method, asked.user_agent, after_s)
        judged: dict[str, str] = {"by": verdict.by}
        if verdict.reasons:
            judged["reasons"] = ", ".join(verdict.reasons)
        properties = _about(message, sent) | more | judged
        await self._gate.put([_arrival(name, contact, asked, properties)])
        return contact if verdict.by == "human" else None

    async def _allowed(self, contact: ContactId) -> tuple[ContactId, str]:
        """Return who it is by now, and how they let themselves be followed now, whatever held at sending."""
        known = await asyncio.to_thread(self._profiles.load, [contact])
        profile = known.profiles.get(contact)
        if profile is None:
            return contact, NONE
        if profile.merged_into is not None and profile.merged_into != contact:
            return await self._allowed(profile.merged_into)
        return contact, str(profile.attributes.get("tracking", self._site.tracking))

    async def _count(self, template: str, name: str, asked: Asked) -> None:
        if judge(asked.method, asked.user_agent, -1).by == "human":
            await asyncio.to_thread(self._letters.count, template, name.removeprefix("email."))

    def _introduced(self, url: str, contact: ContactId, asked: Asked) -> str:
        """Tell our own site who comes; nobody else's."""
        parts = urlsplit(url)
        if parts.hostname not in self._site.hosts:
            return url
        token = contact_token(self._keys, contact, asked.now_ms // 1000 + ARRIVAL_SECONDS)
        query = f"{parts.query}&" if parts.query else ""
        return urlunsplit(parts._replace(query=f"{query}{CONTACT_PARAMETER}={token}"))

    async def _unsubscribe(self, token: str, asked: Asked, receive: Receive) -> Answer:
        leave = read_unsubscribe(self._keys, token)
        if leave is None:
            return Answer(404, self._pages.invalid(), _HTML)
        if asked.method in {"GET", "HEAD"}:  # Scanners and previews ask so: nothing may happen.
            return Answer(200, self._pages.ask(leave.purpose), _HTML)
        if asked.method != "POST":
            return Answer(405, b"", ((b"allow", b"GET, HEAD, POST"),))
        await read_body(
            receive, _BODY_BYTES_MAX
        )  # The address says it all; the body adds nothing.
        try:
            contact, _ = await self._allowed(leave.contact)
            sent = await asyncio.to_thread(self._letters.find, leave.message)
            told = {} if sent is None else _about(leave.message, sent)
            purpose = {"purpose": leave.purpose}
            await self._gate.put(
                [
                    _arrival(
                        "consent.withdrawn", leave.contact, asked, purpose | {"by": "email"}
                    ),
                    _arrival("email.unsubscribed", contact, asked, told | purpose),
                ]
            )
        except Exception:
            log.exception("somebody could not be unsubscribed")
            return Answer(503, self._pages.failed(), (*_HTML, (b"retry-after", b"60")))
        return Answer(200, self._pages.done(leave.purpose), _HTML)


def our_hosts(base_url: str, sites: Sequence[str]) -> frozenset[str]:
    return frozenset({*sites, urlsplit(base_url).hostname or ""})


def _about(message: EffectId, sent: Sent) -> dict[str, object]:
    return {
        "message": message,
        "journey": sent.journey,
        "step": sent.step,
        "template": sent.template,
    } | ({"segments": list(sent.segments)} if sent.segments else {})


def _arrival(
    name: str, contact: ContactId, asked: Asked, properties: dict[str, object] | dict[str, str]
) -> Arrival:
    # The same again within a second is the same: somebody's double click, or a loop.
    same = (name, f"{contact:x}", str(properties), str(asked.now_ms // 1000))
    return Arrival(
        claims=(named_contact(contact),),
        id=derive_event("\x1f".join(same)),
        name=name,
        occurred_ms=asked.now_ms,
        received_ms=asked.now_ms,
        properties=dict(properties),
        source="email",
    )


def _user_agent(scope: Scope) -> str:
    found = next((value for name, value in scope["headers"] if name == b"user-agent"), b"")
    return found.decode("latin-1")
