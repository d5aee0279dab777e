"""Which other systems may ask, and how often: those with the key of a reader, or of a server."""

from base64 import b64decode
from time import monotonic

from django.core.exceptions import PermissionDenied

from ripely.api.described import KeyKind
from ripely.operations import sources
from ripely.records.hot.models import WriteKey
from ripely.runtime.limits import Limit, Rate
from ripely.web.request import Request

KEY_RATE = Rate(per_second=10, burst=100)
"""Of each server process. Questions cost more than events."""


class OnlyReadsError(Exception):
    """The key is good, but not for this."""


class TooOftenError(Exception):
    """Whoever asks must wait so long."""

    def __init__(self, wait_s: float) -> None:
        super().__init__("Too many requests; wait a moment.")
        self.wait_s = wait_s


_limit: Limit[str] = Limit(KEY_RATE)


def machine_read(request: Request, kinds: tuple[KeyKind, ...]) -> None:
    """Let whoever has a key of one of these kinds ask: as a Bearer token, or as the user of Basic."""
    key = _key(request)
    if key is None or (key.kind == "server" and "server" not in kinds):
        raise PermissionDenied(f"The key of a {' or of a '.join(kinds)} is needed.")
    if key.kind not in kinds:
        raise OnlyReadsError("This key only reads: the key of a server is needed.")
    _allow(key)


def source(request: Request) -> str:
    """Return the name of the system whose key was found good."""
    key = _key(request)
    return "" if key is None else key.source


def _key(request: Request) -> WriteKey | None:
    kind, _, credentials = request.headers.get("Authorization", "").partition(" ")
    key = credentials if kind.lower() == "bearer" else _basic_user(credentials)
    return sources.called(key) if key else None


def _allow(key: WriteKey) -> None:
    wait_s = _limit.wait_s(key.key, monotonic())
    if wait_s:
        raise TooOftenError(wait_s)


def _basic_user(credentials: str) -> str:
    try:
        return b64decode(credentials, validate=True).decode().partition(":")[0]
    except ValueError:
        return ""
