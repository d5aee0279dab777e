"""Where decided work waits, and who does it."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

import msgspec

from ripely.model.effect import CreateTask, Effect, ForgetContact, NotifyPerson, SendMessage
from ripely.model.event import Event
from ripely.model.ids import ContactId, EffectId

FORGOTTEN = "forgotten"
"""What a task of a contact that is forgotten is called, and how it ended when nobody has done it."""


class Claimed(msgspec.Struct, frozen=True):
    """An effect taken from the outbox by one dispatcher, and the attempt this is (from 1)."""

    effect: Effect
    attempt: int


class Retry(msgspec.Struct, frozen=True):
    """Not now, but at a later moment, and why."""

    id: EffectId
    at: datetime
    reason: str


class Finished(msgspec.Struct, frozen=True):
    """Effects that are done, and what came of them: stored together, or not at all.

    `queued` are calls that wait for their team; `forgotten` say of which contacts nothing may stay
    that says anything about them, and from where on their history begins anew.
    """

    ids: Sequence[EffectId]
    tasks: Sequence[CreateTask] = ()
    notices: Sequence[NotifyPerson] = ()
    messages: Sequence[SendMessage] = ()
    events: Sequence[Event] = ()
    queued: Sequence[CreateTask] = ()
    forgotten: Sequence[ForgetContact] = ()


class Home(Protocol):
    """Whether this database is the one that sends, or a copy of it that was restored elsewhere."""

    def is_here(self) -> bool:
        """Whether it is where it was when it first sent, or was said to be at home; the first time it is."""
        ...

    def move_here(self) -> None:
        """Send from here from now on."""
        ...


class Outbox(Protocol):
    """Decided work that is not a message."""

    def claim(self, limit: int) -> list[Claimed]:
        """Take effects that are due, oldest first. Nobody else gets them while this dispatcher lives."""
        ...

    def finish(self, finished: Finished) -> None: ...

    def retry(self, retries: Sequence[Retry]) -> None: ...


class Traces(Protocol):
    """What the log still holds of contacts that are forgotten."""

    def remove(self) -> int:
        """Take what some batches brought of them out of the log; return how many batches."""
        ...


class Outcome(msgspec.Struct, frozen=True):
    """How a message ended: `sent`, `held`, `dropped`, `refused`, `failed` or `unknown`, and why.

    From a channel also `deferred`: it was not taken and may be tried again.
    """

    id: EffectId
    outcome: str
    reason: str = ""


class Settled(msgspec.Struct, frozen=True):
    """The one outcome of a message, and the event that tells it."""

    outcome: Outcome
    receipt: Event


class Ledger(Protocol):
    """Every decided message, from decision to its one outcome."""

    def claim(self, limit: int) -> list[tuple[SendMessage, int]]:
        """Take messages that are due, oldest first, each with the attempt this is.

        Nobody else gets them while this dispatcher lives.
        """
        ...

    def hand_over(self, ids: Collection[EffectId]) -> frozenset[EffectId]:
        """Say that these may leave from now on, and return those that are still ours to send."""
        ...

    def settle(self, settled: Sequence[Settled]) -> None:
        """Record outcomes and append their receipts to the log, in one transaction.

        One that is no longer ours has its outcome from somebody else: it is passed over.
        """
        ...

    def retry(self, retries: Sequence[Retry]) -> None: ...

    def recover(self) -> list[SendMessage]:
        """Take over what dispatchers left that died. Free what surely has not left; return the rest."""
        ...


class Sent(msgspec.Struct, frozen=True):
    """What a link in a mail needs to know of the message it is in. `segments`: of the contact at the decision."""

    contact: ContactId
    journey: str
    step: str
    template: str
    sent_ms: int
    segments: Sequence[str] = ()


class Correspondence(Protocol):
    """Mail that has been sent, for the addresses that it calls back."""

    def find(self, message: EffectId) -> Sent | None: ...

    def count(self, template: str, what: str) -> None:
        """Count an open or a click of somebody who may be counted but not followed."""
        ...


class Delivery(msgspec.Struct, frozen=True):
    """A message as it leaves: from whom, to whom, and its bytes."""

    id: EffectId
    sender: str
    recipient: str
    content: bytes


class Channel(Protocol):
    """A way to hand messages over."""

    def send(self, deliveries: Sequence[Delivery]) -> list[Outcome]:
        """Try each once, and say of each how it went. One that fails stops no other."""
        ...


class Answer(msgspec.Struct, frozen=True):
    """What another system answered: its status, and what it says, as far as that was asked for."""

    status: int
    content: bytes = b""


class WebhookCaller(Protocol):
    """Calls addresses of other systems."""

    def call(
        self, url: str, headers: Mapping[str, str], body: bytes, content_max: int = 0
    ) -> Answer:
        """Post, and return the answer with so many bytes of its content. Without one: `WebhookError`."""
        ...


class WebhookError(Exception):
    """Nobody answered, or the address may not be called (`permanent`)."""

    def __init__(self, reason: str, *, permanent: bool = False) -> None:
        super().__init__(reason)
        self.permanent = permanent


class KeptMail(msgspec.Struct, frozen=True):
    """A mail that the demo's own server received."""

    id: int
    received_at: datetime
    recipient: str
    content: bytes


class Mailbox(Protocol):
    """Where the demo's own mail server puts what it receives; only the newest stay."""

    def keep(self, recipient: str, content: bytes) -> None: ...

    def newest(self, limit: int) -> list[KeptMail]: ...

    def find(self, mail: int) -> KeptMail | None: ...
