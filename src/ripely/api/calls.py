"""What the quick endpoints take and tell, as they say it themselves: those of events, of journeys that begin, and the catalogues."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Literal

import msgspec

from ripely.api.catalogue import Events, Triggers
from ripely.api.collect import BATCHES, KINDS, METRICS
from ripely.api.described import JourneyName, KeyKind, Operation
from ripely.runtime.requests import MEMBERS
from ripely.runtime.segment import BATCH_EVENTS_MAX, Call, Id, Moment, Refusal

_SENDERS: tuple[KeyKind, ...] = ("page", "server")
_Kind = Annotated[
    str,
    msgspec.Meta(description="What sort of call: track, page, screen, identify, group, alias."),
]
_Key = Annotated[str, msgspec.Meta(description="A write key.")]
HookName = Annotated[
    str,
    msgspec.Meta(
        pattern=r"^[\w.-]{1,64}$", description="What the webhook is called in journeys."
    ),
]
Told = Annotated[
    dict[str, object],
    msgspec.Meta(
        description="Any object that says whose it is by `email`, `phone`, `user_id` or `anonymous_id`, in itself or in its `contact`."
    ),
]
_DATA = msgspec.Meta(description="One call as base64 of its JSON, with its `writeKey`.")


class Batch(msgspec.Struct, frozen=True, rename="camel"):
    """Many calls, each with its `type`."""

    batch: Annotated[list[Call], msgspec.Meta(max_length=BATCH_EVENTS_MAX)]
    sent_at: Moment = None
    write_key: str | None = None


class Taken(msgspec.Struct, frozen=True):
    """All events are on the disk."""

    success: Literal[True]


class NotTaken(msgspec.Struct, frozen=True):
    """`accepted` events are on the disk, the others have a mistake each, with its place."""

    success: Literal[False]
    accepted: int
    errors: list[Refusal]


class Pixel(msgspec.Struct, frozen=True):
    data: Annotated[str, _DATA]


class Person(msgspec.Struct, frozen=True):
    """Whom is meant: by one of these at least."""

    email: Id = None
    phone: Id = None
    user_id: Id = None
    anonymous_id: Id = None


class Start(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`data` can be used in the journey; `id` makes a repeat count once."""

    contact: Person
    data: dict[str, object] = {}
    id: Id = None


class Begun(msgspec.Struct, frozen=True):
    """The request is on the disk, as this event."""

    success: Literal[True]
    event: str


class NotBegun(msgspec.Struct, frozen=True):
    success: Literal[False]
    errors: list[Refusal]


class SegmentSettings(msgspec.Struct, frozen=True, rename={"api_key": "apiKey", "api_host": "apiHost"}):  # fmt: skip
    api_key: str
    api_host: str
    protocol: str


class ProjectSettings(msgspec.Struct, frozen=True):
    """Where analytics.js is to send."""

    integrations: Mapping[str, SegmentSettings]


assert Start.__struct_fields__ == MEMBERS, "a request is described as it is read"


class KeyInAddress(msgspec.Struct, frozen=True):
    key: Annotated[str, msgspec.Meta(description="The key, where no header can be sent.")] = ""


def calls() -> Iterator[Operation]:
    """Tell all quick endpoints."""
    for name, kind in KINDS.items():
        about = f"Take one {kind} call." if name == kind else f"The same as {kind}, in short."
        yield _collect(name, about, Call)
    for name, about in _BATCHES.items():
        yield _collect(name, about, Batch)
    yield Operation(
        method="POST", path=METRICS, about="What analytics.js counts of itself. Nobody reads it.",
        tag="collect", answer=Taken,
    )  # fmt: skip
    yield Operation(
        method="GET",
        path="pixel/{kind}",
        about="Take one call from the address of an image. Whatever happens, an image is the answer.",
        tag="collect",
        answer=bytes,
        places={"kind": _Kind},
        query=Pixel,
        media=("image/gif",),
        refusals=(400, 401, 429, 503),
        refused=None,
    )
    yield Operation(
        method="GET",
        path="projects/{key}/settings",
        about="Tell analytics.js where to send.",
        tag="collect",
        answer=ProjectSettings,
        places={"key": _Key},
    )
    yield _request("journeys/{journey}/start", "Begin a journey for a contact.", Start)
    yield _request("/hooks/{name}", "Take in what another system says of a contact.", Told)
    for path, about, told in _CATALOGUES:
        yield Operation(method="GET", path=path, about=about, tag="catalogue", answer=told)


def _collect(name: str, about: str, body: type) -> Operation:
    return Operation(
        method="POST",
        path=name,
        about=about,
        tag="collect",
        answer=Taken,
        keys=_SENDERS,
        schemes=("basic",),
        anyhow=True,
        body=body,
        refusals=(400, 401, 413, 429, 503),
        refused=NotTaken,
    )


def _request(path: str, about: str, body: object) -> Operation:
    return Operation(
        method="POST",
        path=path,
        about=about,
        tag="journeys",
        answer=Begun,
        keys=("server",),
        anyhow=True,
        places={"journey": JourneyName, "name": HookName},
        query=KeyInAddress,
        body=body,
        status=202,
        refusals=(400, 401, 403, 413, 429, 503),
        refused=NotBegun,
    )


_BATCHES = {
    "batch": "Take many calls at once. A bad one never costs its neighbours.",
    "b": "The same as batch, in short.",
    "import": "Take many calls of the past: `timestamp` is taken as it is, `sentAt` is ignored.",
}
_CATALOGUES = (
    ("events", "List the standard events with their properties.", Events),
    ("triggers", "List what can let a contact into a journey, each with an example.", Triggers),
)
assert set(_BATCHES) == BATCHES, "each way to send many calls is described"
