"""Which other systems may ask, and how often: those with the key of a reader, or of a server."""

from base64 import b64decode
from time import monotonic

from django.core.exceptions import PermissionDenied
from django.http import Http404

from ripely.operations import backtests, sources
from ripely.records.backtests.models import Backtest
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


def machine_read(request: Request) -> str:
    """Return which system asks, by the key of a reader: as a Bearer token, or as the user of Basic."""
    key = _key(request)
    if key is None or key.kind != "reader":
        raise PermissionDenied("The key of a reader is needed.")
    return _allowed(key)


def trials_read(request: Request) -> str:
    """Whoever may read, and whoever may start them."""
    key = _key(request)
    if key is None:
        raise PermissionDenied("The key of a reader or of a server is needed.")
    return _allowed(key)


def trial_read(request: Request, number: int) -> Backtest:
    trials_read(request)
    return _found(number)


def trials_write(request: Request) -> str:
    key = _key(request)
    if key is None:
        raise PermissionDenied("The key of a server is needed.")
    if key.kind != "server":
        raise OnlyReadsError("This key only reads: the key of a server is needed.")
    return _allowed(key)


def trial_write(request: Request, number: int) -> Backtest:
    trials_write(request)
    return _found(number)


def _found(number: int) -> Backtest:
    test = backtests.find(number)
    if test is None:
        raise Http404(f"There is no backtest {number}.")
    return test


def _key(request: Request) -> WriteKey | None:
    kind, _, credentials = request.headers.get("Authorization", "").partition(" ")
    key = credentials if kind.lower() == "bearer" else _basic_user(credentials)
    return sources.called(key) if key else None


def _allowed(key: WriteKey) -> str:
    wait_s = _limit.wait_s(key.key, monotonic())
    if wait_s:
        raise TooOftenError(wait_s)
    return key.source


def _basic_user(credentials: str) -> str:
    try:
        return b64decode(credentials, validate=True).decode().partition(":")[0]
    except ValueError:
        return ""
