"""Where events may come from: write keys, and the line of code that carries one."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from html import escape
from typing import Literal

import msgspec

from ripely.model.ids import fingerprint
from ripely.records.hot.models import WriteKey

KEY_BYTES = 18
Kind = Literal["page", "server", "reader"]
KINDS: Mapping[Kind, str] = {
    "page": "For pages: stands in the tracking code, and says what a visitor can do.",
    "server": "For a server: may say everything, start journeys and call webhooks. Shown once.",
    "reader": "For reading: may ask about history and contacts, and send nothing. Shown once.",
}
Consent = Literal["after", "always", "never"]
CONSENTS: Mapping[Consent, str] = {
    "after": "After consent: nothing is stored in the browser before the visitor agrees.",
    "always": "Always: where the law or your own banner already allows it.",
    "never": "Never stored: visits are counted, but a visitor is new on every page load.",
}


class Snippet(msgspec.Struct, frozen=True):
    """The tracking code, and what was chosen for it."""

    code: str
    key: str
    consent: Consent


def keys() -> Sequence[WriteKey]:
    """Return the write keys, those in use first."""
    rows = WriteKey.objects.order_by("-created_at")
    return sorted(rows, key=lambda row: row.revoked_at is not None)


def called(key: str) -> WriteKey | None:
    """Return the key of a server or a reader that was made so; None when it is not good."""
    kept = WriteKey.objects.filter(key=fingerprint(key), revoked_at=None)
    return kept.filter(kind__in=("server", "reader")).first()


def create_key(source: str, kind: Kind = "page") -> str:
    """Return the new key. One that is no page's is told here and never again."""
    key = secrets.token_urlsafe(KEY_BYTES)
    kept = key if kind == "page" else fingerprint(key)
    WriteKey.objects.create(key=kept, source=source, kind=kind)
    return key


def revoke_key(key: WriteKey, now: datetime) -> None:
    if key.revoked_at is None:
        key.revoked_at = now
        key.save(update_fields=["revoked_at"])


def snippet(base_url: str, key: str, consent: Consent = "after", domain: str = "") -> Snippet:
    options = {"write-key": key, "consent": consent, "cookie-domain": domain}
    told = "".join(
        f' data-{name}="{escape(value)}"' for name, value in options.items() if value
    )
    code = f'<script async src="{escape(base_url)}/ripely.js"{told}></script>'
    return Snippet(code, key, consent)
