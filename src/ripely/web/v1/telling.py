"""What several answers tell alike."""

import msgspec

from ripely.operations.wording.moments import Moment


class Happened(msgspec.Struct, frozen=True):
    """Something that happened or was decided. `kind` is what sort of thing, `until_s` how long it holds (0: no end)."""

    at_ms: int
    kind: str
    title: str
    detail: str
    url: str
    source: str
    spent_s: int
    until_s: int


def happened(one: Moment) -> Happened:
    return Happened(
        at_ms=one.at_ms,
        kind=one.kind,
        title=one.title,
        detail=one.detail,
        url=one.url,
        source=one.source,
        spent_s=one.seconds,
        until_s=one.until_s,
    )
