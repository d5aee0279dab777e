"""How often somebody may ask: a bucket of requests each, refilled with time."""

from typing import Generic, TypeVar

import msgspec

Who = TypeVar("Who")
ASKERS_MAX = 20_000


class Rate(msgspec.Struct, frozen=True):
    """So many requests a second in the long run, `burst` of them at once."""

    per_second: float
    burst: float


class _Bucket(msgspec.Struct, gc=False):
    left: float
    at: float


class Limit(Generic[Who]):
    """Remembers the latest askers alone: whoever has been forgotten starts with a full bucket."""

    def __init__(self, rate: Rate) -> None:
        self._rate = rate
        self._young: dict[Who, _Bucket] = {}
        self._old: dict[Who, _Bucket] = {}

    def wait_s(self, who: Who, now: float) -> float:
        """Take one request from the bucket of `who`; return how long to wait if there is none."""
        bucket = self._young.get(who) or self._find(who, now)
        refilled = bucket.left + (now - bucket.at) * self._rate.per_second
        bucket.left, bucket.at = min(refilled, self._rate.burst), now
        if bucket.left < 1:
            return (1 - bucket.left) / self._rate.per_second
        bucket.left -= 1
        return 0.0

    def _find(self, who: Who, now: float) -> _Bucket:
        if len(self._young) >= ASKERS_MAX:
            self._old, self._young = self._young, {}
        bucket = self._old.get(who) or _Bucket(self._rate.burst, now)
        self._young[who] = bucket
        return bucket
