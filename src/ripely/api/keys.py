"""Which write keys are good, remembered for a while."""

import asyncio
from base64 import b64decode
from collections.abc import Mapping
from time import monotonic

from ripely.model.ids import fingerprint
from ripely.ports import OverloadedError, Source, WriteKeys

FRESH_S = 10.0
ASK_AGAIN_S = 1.0  # A key that was made a moment ago works at once; a wrong one costs no more.
HEADERS_KEPT_MAX = 1_000


class Keys:
    """Remembers the keys of a kind."""

    def __init__(self, write_keys: WriteKeys) -> None:
        self._write_keys = write_keys
        self._sources: Mapping[str, Source] = {}
        self._asked = float("-inf")
        self._asking = asyncio.Lock()
        self._headers: dict[bytes, str] = {}

    async def source(self, key: str) -> Source | None:
        """Say what sends with a key; None when the key is not good."""
        age = monotonic() - self._asked
        source = self._find(key)
        if age > FRESH_S or (source is None and age > ASK_AGAIN_S):
            await self._refresh()
            source = self._find(key)
        return source

    def of_header(self, authorization: bytes) -> str | None:
        """Read the user of a Basic authorization, which is the write key."""
        key = self._headers.get(authorization)
        if key is None:
            key = _basic_user(authorization)
            if (
                key is not None
                and self._find(key) is not None
                and len(self._headers) < HEADERS_KEPT_MAX
            ):
                self._headers[authorization] = key
        return key

    def _find(self, key: str) -> Source | None:
        source = self._sources.get(key)
        if (
            source is None or source.kind != "page"
        ):  # What is kept of other keys is not the key.
            source = self._sources.get(fingerprint(key))
        return source

    async def _refresh(self) -> None:
        before = self._asked
        async with self._asking:
            if self._asked != before:  # Somebody else has asked while we waited.
                return
            try:
                self._sources = await self._write_keys.sources()
            except OverloadedError:
                # What was good a moment ago is still the best answer, if there is any.
                if not self._sources:
                    raise
            self._asked = monotonic()


def _basic_user(authorization: bytes) -> str | None:
    scheme, _, credentials = authorization.partition(b" ")
    if scheme.lower() != b"basic":
        return None
    try:
        return b64decode(credentials, validate=True).decode().partition(":")[0] or None
    except ValueError:
        return None
