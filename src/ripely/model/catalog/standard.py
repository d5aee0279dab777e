"""What a standard event is."""

from collections.abc import Mapping

import msgspec


class Standard(msgspec.Struct, frozen=True):
    """A standard event. `properties` are shown by an example, which also gives their type.

    `spoken` are the names of Segment `track` calls that mean it. An `act` is something the
    contact did, and counts for visits. What is no act only a server may say, unless it comes from
    a `browser` all the same. What is `reserved` only Ripely itself may say. What is `inner` keeps
    the product going: it is no news of a contact, and starts no journey.
    """

    name: str
    about: str
    properties: Mapping[str, object] = {}
    spoken: tuple[str, ...] = ()
    act: bool = True
    browser: bool = False
    reserved: bool = False
    inner: bool = False

    @property
    def servers_only(self) -> bool:
        return not (self.act or self.browser or self.reserved)
