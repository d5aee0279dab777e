"""What a standard event is."""

from collections.abc import Mapping

import msgspec


class Standard(msgspec.Struct, frozen=True):
    """A standard event. `properties` are shown by an example, which also gives their type.

    `spoken` are the names of Segment `track` calls that mean it. An `act` is something the
    contact did, and counts for visits. What is `reserved` only Ripely itself may say. What is
    `inner` keeps the product going: it is no news of a contact, and starts no journey.
    """

    name: str
    about: str
    properties: Mapping[str, object] = {}
    spoken: tuple[str, ...] = ()
    act: bool = True
    reserved: bool = False
    inner: bool = False
