"""Whose event is it? From the identities an event claims to one contact, never two people in one."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

import msgspec

from ripely.model.identity import (
    ANONYMOUS, CONTACT, EMAIL, MESSENGER, PERSONAL, USER, Identity, Kind, contact_named, first_contact,
)  # fmt: skip
from ripely.model.ids import ContactId

Claims = tuple[Identity, ...]
"""The identities that an event carries, the strongest first."""

# A signed link says as much as the address it was mailed to. Anonymous ids say least of all.
_RANK = {USER: 0, CONTACT: 1, EMAIL: 1, 4: 2, MESSENGER: 3, ANONYMOUS: 4}


class Resolution(msgspec.Struct, frozen=True):
    """The contact of an event, and what was learned: who else is known by what, who is the same.

    `merges` are pairs of the contact that ends and the one that goes on, in order.
    """

    contact: ContactId
    attach: tuple[Identity, ...] = ()
    repoint: tuple[Identity, ...] = ()
    merges: tuple[tuple[ContactId, ContactId], ...] = ()

    @property
    def moves(self) -> bool:
        """Whether anybody's earlier answer may now be wrong."""
        return bool(self.repoint or self.merges)


def by_strength(claims: Iterable[Identity]) -> Claims:
    return tuple(sorted(set(claims), key=lambda claim: (_RANK[claim[0]], claim)))


class Directory:
    """Who is known by what, as far as it was looked up; `settle` decides and keeps what it decided."""

    def __init__(self) -> None:
        self.owners: dict[Identity, ContactId] = {}
        self._kinds: dict[ContactId, set[Kind]] = {}

    def learn(self, identity: Identity, contact: ContactId) -> None:
        self.owners[identity] = contact
        if identity[0] in PERSONAL:
            self._kinds.setdefault(contact, set()).add(identity[0])

    def settle(self, claims: Claims, alias: Claims = ()) -> Resolution:
        """Decide whose event it is that claims these; `alias` are other names of the same person."""
        resolution = resolve(claims, self.owners, self._kinds, alias)
        for loser, winner in resolution.merges:
            self._merge(loser, winner)
        for identity in (*resolution.attach, *resolution.repoint):
            self.learn(identity, resolution.contact)
        return resolution

    def _merge(self, loser: ContactId, winner: ContactId) -> None:
        for identity, owner in self.owners.items():
            if owner == loser:
                self.owners[identity] = winner
        self.owners[CONTACT, f"{loser:016x}"] = winner
        self._kinds.setdefault(winner, set()).update(self._kinds.pop(loser, ()))
