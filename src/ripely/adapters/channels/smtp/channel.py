"""The SMTP channel: a pool of conversations that share the work."""

import asyncio
from collections import deque
from collections.abc import Sequence

from typing_extensions import override

from ripely.adapters.channels.smtp.conversation import Conversation
from ripely.adapters.channels.smtp.server import Server
from ripely.adapters.channels.smtp.wire import ConnectionLostError
from ripely.ports import Channel, Delivery, Outcome


class SmtpChannel(Channel):
    """Synchronous outside, asynchronous inside; conversations stay open between calls."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._runner = asyncio.Runner()
        self._idle: deque[Conversation] = deque()

    @override
    def send(self, deliveries: Sequence[Delivery]) -> list[Outcome]:
        return self._runner.run(self._send(deliveries)) if deliveries else []

    def close(self) -> None:
        self._runner.run(self._hang_up())
        self._runner.close()

    async def _send(self, deliveries: Sequence[Delivery]) -> list[Outcome]:
        waiting = deque(deliveries)
        outcomes: list[Outcome] = []
        wanted = min(len(deliveries), self._server.connections)
        failures = await asyncio.gather(*(self._work(waiting, outcomes) for _ in range(wanted)))
        reason = next((failure for failure in failures if failure), "no connection")
        return outcomes + [Outcome(delivery.id, "deferred", reason) for delivery in waiting]

    async def _work(self, waiting: deque[Delivery], outcomes: list[Outcome]) -> str:
        """Deliver what waits over one conversation; return why it could not be had, if so."""
        while waiting:
            try:
                conversation, used = await self._conversation()
            except ConnectionLostError as error:
                return str(error)  # What waits may have better luck over another one.
            await self._converse(conversation, waiting, outcomes, used=used)
        return ""

    async def _converse(
        self,
        conversation: Conversation,
        waiting: deque[Delivery],
        outcomes: list[Outcome],
        *,
        used: bool,
    ) -> None:
        while waiting:
            delivery = waiting.popleft()
            try:
                outcomes.append(await conversation.deliver(delivery))
            except ConnectionLostError as error:
                conversation.drop()
                if used:  # Closed while it was idle, most likely: a new one gets the message.
                    waiting.append(delivery)
                else:
                    outcomes.append(Outcome(delivery.id, "deferred", str(error)))
                return
            used = False
            if conversation.over:
                conversation.drop()
                return
            if conversation.messages >= self._server.messages_per_connection:
                await conversation.quit()
                return
        self._idle.append(conversation)

    async def _conversation(self) -> tuple[Conversation, bool]:
        if self._idle:
            return self._idle.pop(), True
        return await Conversation.open(self._server), False

    async def _hang_up(self) -> None:
        while self._idle:
            await self._idle.popleft().quit()
