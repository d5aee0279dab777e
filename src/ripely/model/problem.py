"""A mistake in a document, said to the person who wrote it."""

import msgspec


class Problem(msgspec.Struct, frozen=True):
    """`code` is stable, `path` is where (`$.steps.pause.for`), `message` a marketer's sentence."""

    code: str
    path: str
    message: str
