"""One conversation with a mail server: greeted, secured, known, and then a message at a time."""

from base64 import b64encode
from ipaddress import ip_address

from ripely.adapters.channels.smtp.server import Server
from ripely.adapters.channels.smtp.wire import ConnectionLostError, Reply, Wire
from ripely.ports import Delivery, Outcome

_START_INPUT = 354


class Conversation:
    def __init__(self, wire: Wire, extensions: frozenset[str]) -> None:
        self._wire = wire
        self._pipelining = "PIPELINING" in extensions
        self._stale = False  # Something of the last message is left at the server.
        self.messages = 0
        self.over = False

    @classmethod
    async def open(cls, server: Server) -> "Conversation":
        wire = await Wire.connect(server)
        try:
            return cls(wire, await _introduce(wire, server))
        except BaseException:
            wire.close()
            raise

    async def deliver(self, delivery: Delivery) -> Outcome:
        """Try once. `ConnectionLostError` means that the server surely has not taken the message."""
        self.messages += 1
        refusal = await self._envelope(delivery)
        if refusal is not None:
            return refusal
        # One write: while any of it is still ours, so is the dot, and the server has no whole message.
        await self._wire.send(_stuffed(delivery.content))
        try:
            reply = await self._wire.reply()
        except ConnectionLostError as error:
            self.over = True
            return Outcome(delivery.id, "unknown", f"no answer whether it was taken: {error}")
        self.over = reply.closing
        return _outcome(delivery, reply)

    async def quit(self) -> None:
        try:
            await self._wire.ask("QUIT")
        except ConnectionLostError:
            pass
        finally:
            self._wire.close()

    def drop(self) -> None:
        self._wire.close()

    async def _envelope(self, delivery: Delivery) -> Outcome | None:
        """Say from whom and to whom; return how it ended if it ends here."""
        commands = [f"MAIL FROM:<{delivery.sender}>", f"RCPT TO:<{delivery.recipient}>", "DATA"]
        if self._stale:
            commands.insert(0, "RSET")
        ask = self._wire.ask if self._pipelining else self._ask_until_refused
        replies = (await ask(*commands))[-3:]
        self._stale = False
        mail, rcpt, data = replies
        if mail.accepted and rcpt.accepted and data.code == _START_INPUT:
            return None
        self._stale = True
        self.over = any(reply.closing for reply in replies)
        if data.code == _START_INPUT:  # It waits for a mail to nobody.
            await self._wire.ask(".")
        if not mail.accepted:  # That is about us, not about the recipient.
            return Outcome(delivery.id, "deferred", f"the sender was refused: {mail}")
        return _outcome(delivery, data if rcpt.accepted else rcpt)

    async def _ask_until_refused(self, *commands: str) -> list[Reply]:
        replies: list[Reply] = []
        for command in commands:
            refused = bool(replies) and not replies[-1].accepted
            replies += [replies[-1]] if refused else await self._wire.ask(command)
        return replies


async def _introduce(wire: Wire, server: Server) -> frozenset[str]:
    greeting = await wire.reply()
    if not greeting.accepted:
        raise ConnectionLostError(f"{server.host} does not greet: {greeting}")
    extensions = await _hello(wire, server)
    if not wire.secure and server.tls != "never" and "STARTTLS" in extensions:
        (ready,) = await wire.ask("STARTTLS")
        if ready.accepted:
            await wire.start_tls(server)
            extensions = await _hello(wire, server)
    if not wire.secure and server.tls == "required":
        raise ConnectionLostError(f"{server.host} offers no TLS, and it is required")
    if server.user:
        await _log_in(wire, server, extensions)
    return frozenset(extensions)


async def _hello(wire: Wire, server: Server) -> dict[str, str]:
    """Return what the server can do, each with its parameters."""
    lines = await wire.ask_lines(f"EHLO {server.name}")
    found: dict[str, str] = {}
    for line in lines[1:]:
        word, _, parameters = line.partition(" ")
        found[word.upper()] = parameters.upper()
    return found


async def _log_in(wire: Wire, server: Server, extensions: dict[str, str]) -> None:
    if not wire.secure and not _is_local(server.host):
        raise ConnectionLostError(
            f"{server.host} offers no TLS, and the password is not sent without"
        )
    ways = extensions.get("AUTH", "").split()
    if "PLAIN" in ways or not ways:
        token = _base64(f"\0{server.user}\0{server.password}")
        answer = (await wire.ask(f"AUTH PLAIN {token}"))[-1]
    else:
        commands = ("AUTH LOGIN", _base64(server.user), _base64(server.password))
        answer = (await wire.ask_in_turn(commands))[-1]
    if not answer.accepted:
        raise ConnectionLostError(f"{server.host} refuses the login: {answer}")


def _base64(text: str) -> str:
    return b64encode(text.encode()).decode()


def _is_local(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _stuffed(content: bytes) -> bytes:
    """Double the dots that begin lines (RFC 5321, 4.5.2), and put the one that ends the message."""
    stuffed = content.replace(b"\r\n.", b"\r\n..")
    if content.startswith(b"."):
        stuffed = b"." + stuffed
    return stuffed + (b".\r\n" if stuffed.endswith(b"\r\n") else b"\r\n.\r\n")


def _outcome(delivery: Delivery, reply: Reply) -> Outcome:
    if reply.accepted:
        return Outcome(delivery.id, "sent")
    return Outcome(delivery.id, "refused" if reply.permanent else "deferred", str(reply))
