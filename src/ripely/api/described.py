"""What an endpoint says of itself: from this the document of the API is made, and nothing else says it again."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Literal

import msgspec

Method = Literal["GET", "POST"]
KeyKind = Literal["page", "server", "reader"]
JSON_TYPE = "application/json"


class Mistake(msgspec.Struct, frozen=True):
    """What is wrong, and where: `$.days` in the body, `?days` in the address, `$` as a whole."""

    path: str
    code: str
    message: str


class Refused(msgspec.Struct, frozen=True):
    """Why a request is not answered. A `code` stays as it is; a `message` is a sentence for people."""

    errors: Sequence[Mistake]
    success: Literal[False] = False


class Operation(msgspec.Struct, frozen=True, kw_only=True):
    """One method of one address; the `path` is one under /v1/, unless it begins with a slash.

    `places` are the types of what stands in braces in the `path`; `query` is a Struct with a field for
    each parameter. `keys` are the kinds of keys that may; `anyhow`: it is also answered without
    one in a header. `media` are the types of an answer that is no JSON. `refusals` are the
    statuses of answers of the type `refused`; None: they are as good ones.
    """

    method: Method
    path: str
    about: str
    tag: str
    answer: object
    keys: tuple[KeyKind, ...] = ()
    schemes: tuple[str, ...] = ("bearer", "basic")
    anyhow: bool = False
    places: Mapping[str, object] = {}
    query: type[msgspec.Struct] | None = None
    body: object = None
    body_needed: bool = True
    status: int = 200
    media: tuple[str, ...] = (JSON_TYPE,)
    refusals: tuple[int, ...] = ()
    refused: object = Refused

    @property
    def address(self) -> str:
        return self.path if self.path.startswith("/") else f"/v1/{self.path}"

    @property
    def id(self) -> str:
        """Name it as clients that are made from the document do: `get_contacts_contact_why`."""
        words = "".join(c if c.isalnum() else " " for c in self.path).split()
        return "_".join((self.method.lower(), *words))


Contact = Annotated[
    str,
    msgspec.Meta(description="A contact by code, email, phone or user id.", max_length=320),
]
JourneyName = Annotated[str, msgspec.Meta(description="The id of a journey.", max_length=64)]
