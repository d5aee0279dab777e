"""Commands out and replies in, over one connection to a mail server."""

import asyncio
import socket
from collections.abc import Sequence

import msgspec
from typing_extensions import override

from ripely.adapters.channels.smtp.server import Server

_REPLY_LINES_MAX = 100
_LINE_BYTES_MAX = 8192
_TEXT_CHARACTERS_MAX = 500


class ConnectionLostError(Exception):
    """The server is not there, or not any more, or speaks something else."""


class Reply(msgspec.Struct, frozen=True):
    code: int
    text: str

    @property
    def accepted(self) -> bool:
        return 200 <= self.code < 400

    @property
    def closing(self) -> bool:
        return self.code == 421

    @property
    def permanent(self) -> bool:
        return 500 <= self.code < 600

    @override
    def __str__(self) -> str:
        return f"{self.code} {self.text}"


class Wire:
    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, seconds: float
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._seconds = seconds
        self.secure = False

    @classmethod
    async def connect(cls, server: Server) -> "Wire":
        implicit = server.tls == "implicit"
        try:
            async with asyncio.timeout(server.seconds):
                reader, writer = await asyncio.open_connection(
                    server.host,
                    server.port,
                    ssl=server.ssl_context() if implicit else None,
                    limit=_LINE_BYTES_MAX,
                )
        except (OSError, TimeoutError) as error:
            raise ConnectionLostError(
                f"{server.host}:{server.port}: {str(error) or 'no answer'}"
            ) from error
        plug = writer.get_extra_info("socket")
        plug.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        # Waiting for a write then means that the system has taken all of it.
        writer.transport.set_write_buffer_limits(0)
        wire = cls(reader, writer, server.seconds)
        wire.secure = implicit
        return wire

    async def start_tls(self, server: Server) -> None:
        try:
            async with asyncio.timeout(self._seconds):
                await self._writer.start_tls(server.ssl_context(), server_hostname=server.host)
        except (OSError, TimeoutError) as error:
            raise ConnectionLostError(f"TLS with {server.host} failed: {error}") from error
        self.secure = True

    async def send(self, content: bytes) -> None:
        """Write, and return once the system has taken all of it. If this raises, it has not."""
        if self._reader.at_eof() or self._writer.transport.is_closing():
            raise ConnectionLostError("the server closed the connection")
        try:
            self._writer.write(content)
            async with asyncio.timeout(self._seconds):
                await self._writer.drain()
        except (OSError, TimeoutError) as error:
            raise ConnectionLostError(str(error) or "the server stopped reading") from error

    async def ask(self, *commands: str) -> list[Reply]:
        """Write commands in one go, and read the reply of each."""
        await self.send("".join(f"{command}\r\n" for command in commands).encode())
        return [await self.reply() for _ in commands]

    async def ask_in_turn(self, commands: Sequence[str]) -> list[Reply]:
        """Write a command once the one before is answered, for servers without PIPELINING."""
        return [(await self.ask(command))[0] for command in commands]

    async def ask_lines(self, command: str) -> list[str]:
        """Write a command that must succeed, and return the lines of its reply."""
        await self.send(f"{command}\r\n".encode())
        code, lines = await self._lines()
        reply = Reply(code, " ".join(lines))
        if not reply.accepted:
            raise ConnectionLostError(
                f"the server refuses {command.split(maxsplit=1)[0]}: {reply}"
            )
        return lines

    async def reply(self) -> Reply:
        code, lines = await self._lines()
        # It is kept and shown as the reason: so much of it, and nothing that a text cannot have.
        return Reply(code, " ".join(lines).replace("\x00", "")[:_TEXT_CHARACTERS_MAX])

    async def _lines(self) -> tuple[int, list[str]]:
        lines: list[str] = []
        try:
            async with asyncio.timeout(self._seconds):
                while len(lines) < _REPLY_LINES_MAX:
                    line = await self._reader.readline()
                    if not line.endswith(b"\n") or not line[:3].isdigit():
                        raise ConnectionLostError("the server closed the connection")
                    lines.append(line[4:].decode(errors="replace").strip())
                    if line[3:4] != b"-":
                        return int(line[:3]), lines
        except (OSError, TimeoutError, ValueError) as error:
            raise ConnectionLostError(str(error) or "no reply in time") from error
        raise ConnectionLostError("the reply does not end")

    def close(self) -> None:
        """Hang up at once: what the system has not taken yet must not follow."""
        self._writer.transport.abort()
