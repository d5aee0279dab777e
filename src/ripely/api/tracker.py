"""The tracker's script, from memory: every page of every site asks for it."""

import gzip
from hashlib import blake2b
from importlib.resources import files

from ripely.api.http import Answer, Scope, Send, send_answer

_ALWAYS = (
    (b"content-type", b"text/javascript; charset=utf-8"),
    (b"cache-control", b"public, max-age=3600, stale-while-revalidate=86400"),
    (b"access-control-allow-origin", b"*"),
    (b"cross-origin-resource-policy", b"cross-origin"),
    (b"vary", b"accept-encoding"),
)


class Tracker:
    """Raises FileNotFoundError when the front end has not been built."""

    def __init__(self) -> None:
        script = files("ripely").joinpath("web", "static", "built", "ripely.js").read_bytes()
        tag = blake2b(script, digest_size=8).hexdigest().encode()
        self._etag = b'"' + tag + b'"'
        headers = (*_ALWAYS, (b"etag", self._etag))
        self._plain = Answer(200, script, headers)
        self._zipped = Answer(
            200, gzip.compress(script, mtime=0), (*headers, (b"content-encoding", b"gzip"))
        )
        self._same = Answer(304, b"", headers)

    async def __call__(self, scope: Scope, send: Send) -> None:
        headers = dict(scope["headers"])
        if headers.get(b"if-none-match") == self._etag:
            await send_answer(send, self._same)
        elif b"gzip" in headers.get(b"accept-encoding", b""):
            await send_answer(send, self._zipped)
        else:
            await send_answer(send, self._plain)
