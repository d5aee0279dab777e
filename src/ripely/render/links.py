"""Signed tokens in the addresses of a mail: a click, an open, a way out, and who comes to the site."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from hmac import compare_digest, digest

import msgspec

from ripely.model.ids import ContactId, EffectId

CONTACT_PARAMETER = "_rt"
_VERSION = b"\x01"
_MAC_BYTES = 16
_HEAD_BYTES = len(_VERSION) + _MAC_BYTES
_SEPARATOR = "\n"  # in no identifier, and no address has one
_TOKEN_CHARACTERS_MAX = 8192
_COUNTED = "~"


class Keys(msgspec.Struct, frozen=True):
    """One key per use, so that a token made for one purpose says nothing at another."""

    click: bytes
    open: bytes
    unsubscribe: bytes
    contact: bytes


class Click(msgspec.Struct, frozen=True):
    """`counted` is set in place of a message where the contact may be counted but not followed."""

    url: str
    message: EffectId | None = None
    counted: str = ""


class Open(msgspec.Struct, frozen=True):
    message: EffectId | None = None
    counted: str = ""


class Unsubscribe(msgspec.Struct, frozen=True):
    contact: ContactId
    purpose: str
    message: EffectId


def derive_keys(secret: str) -> Keys:
    def key(use: str) -> bytes:
        return digest(secret.encode(), f"ripely link {use} 1".encode(), "sha256")

    return Keys(
        click=key("click"),
        open=key("open"),
        unsubscribe=key("unsubscribe"),
        contact=key("contact"),
    )


def click_token(keys: Keys, click: Click) -> str:
    return _sign(keys.click, f"{_who(click.message, click.counted)}{_SEPARATOR}{click.url}")


def read_click(keys: Keys, token: str) -> Click | None:
    payload = _verify(keys.click, token)
    if payload is None:
        return None
    who, _, url = payload.decode().partition(_SEPARATOR)
    if who.startswith(_COUNTED):
        return Click(url, counted=who.removeprefix(_COUNTED))
    return Click(url, message=EffectId(who))


def open_token(keys: Keys, opened: Open) -> str:
    return _sign(keys.open, _who(opened.message, opened.counted))


def read_open(keys: Keys, token: str) -> Open | None:
    payload = _verify(keys.open, token)
    if payload is None:
        return None
    who = payload.decode()
    if who.startswith(_COUNTED):
        return Open(counted=who.removeprefix(_COUNTED))
    return Open(message=EffectId(who))


def unsubscribe_token(keys: Keys, leave: Unsubscribe) -> str:
    return _sign(
        keys.unsubscribe, _SEPARATOR.join((f"{leave.contact:x}", leave.purpose, leave.message))
    )


def read_unsubscribe(keys: Keys, token: str) -> Unsubscribe | None:
    payload = _verify(keys.unsubscribe, token)
    if payload is None:
        return None
    contact, purpose, message = payload.decode().split(_SEPARATOR)
    return Unsubscribe(ContactId(int(contact, 16)), purpose, EffectId(message))


def contact_token(keys: Keys, contact: ContactId, expires_s: int) -> str:
    """Say who arrives on the site from a mail; good until `expires_s` only, for links get passed on."""
    return _sign(keys.contact, f"{contact:x}{_SEPARATOR}{expires_s:x}")


def read_contact(keys: Keys, token: str, now_s: int) -> ContactId | None:
    payload = _verify(keys.contact, token)
    if payload is None:
        return None
    contact, _, expires_s = payload.decode().partition(_SEPARATOR)
    return ContactId(int(contact, 16)) if now_s <= int(expires_s, 16) else None


def _who(message: EffectId | None, counted: str) -> str:
    return message or f"{_COUNTED}{counted}"


def _sign(key: bytes, text: str) -> str:
    payload = text.encode()
    mac = digest(key, _VERSION + payload, "sha256")[:_MAC_BYTES]
    return urlsafe_b64encode(_VERSION + mac + payload).rstrip(b"=").decode()


def _verify(key: bytes, token: str) -> bytes | None:
    """Return what was signed, or None for whatever else somebody may have put there."""
    if len(token) > _TOKEN_CHARACTERS_MAX or not token.isascii():
        return None
    try:
        raw = urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except NotBase64:
        return None
    head, payload = raw[:_HEAD_BYTES], raw[_HEAD_BYTES:]
    mac = digest(key, _VERSION + payload, "sha256")[:_MAC_BYTES]
    return payload if compare_digest(head, _VERSION + mac) else None
