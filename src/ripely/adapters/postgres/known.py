"""Whose claims were settled before: the memory of one collector, dropped when anybody moves."""

from collections.abc import Mapping, Sequence

import msgspec

from ripely.model.arrival import Arrival
from ripely.model.event import Event
from ripely.model.identity import ANONYMOUS, Claims, Identity, first_contact
from ripely.model.ids import ContactId

CLAIMS_MAX = 50_000
"""Kept in each of two generations: some 30 MB at most."""


class Guess(msgspec.Struct, frozen=True):
    """Arrivals addressed by what is known at an epoch. Each of `fresh` is taken for new."""

    epoch: int
    contacts: list[ContactId]
    events: list[Event]
    fresh: dict[Claims, ContactId]


class Known:
    def __init__(self) -> None:
        self.epoch = -1
        self._young: dict[Claims, ContactId] = {}
        self._old: dict[Claims, ContactId] = {}

    def guess(self, arrivals: Sequence[Arrival]) -> Guess | None:
        """Address arrivals without asking the database; None when one of them needs it."""
        guess = Guess(self.epoch, [], [], {})
        for arrival in arrivals:
            claims = arrival.claims
            contact = (
                self._young.get(claims) or self._remember(claims) or guess.fresh.get(claims)
            )
            if contact is None:
                if len(claims) > 1 or claims[0][0] != ANONYMOUS:
                    return None
                contact = guess.fresh[claims] = first_contact(claims[0])
            if arrival.alias:
                return None
            guess.contacts.append(contact)
            guess.events.append(arrival.addressed(contact))
        return guess

    def keep(self, epoch: int, settled: Mapping[Claims, ContactId]) -> None:
        """Take in what was settled, unless somebody has moved since."""
        if epoch != self.epoch:
            return
        self._young.update(settled)
        if len(self._young) > CLAIMS_MAX:
            self._old, self._young = self._young, {}

    def enter(self, epoch: int) -> None:
        """Begin an epoch: what was known before it may be wrong."""
        if epoch > self.epoch:
            self.epoch = epoch
            self._young, self._old = {}, {}

    def _remember(self, claims: Claims) -> ContactId | None:
        contact = self._old.get(claims)
        if contact is not None:
            self._young[claims] = contact
        return contact


def identities(fresh: Mapping[Claims, ContactId]) -> dict[Identity, ContactId]:
    return {claims[0]: contact for claims, contact in fresh.items()}
