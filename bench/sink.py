"""A mail server that takes everything and keeps nothing: `python -m bench.sink SOCKET`."""

import asyncio
import socket
import sys

from typing_extensions import override

_GREETING = b"220 sink\r\n"
_HELLO = b"250-sink\r\n250 PIPELINING\r\n"
_OK = b"250 ok\r\n"
_GO_ON = b"354 go on\r\n"
_END = b"\r\n.\r\n"
_KEPT_FOR_END = len(_END) - 1


class Sink(asyncio.Protocol):
    """As little work as a server can do: look for the ends of lines, and of bodies."""

    def __init__(self) -> None:
        self._rest = b""
        self._in_body = False

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        transport.write(_GREETING)

    @override
    def data_received(self, data: bytes) -> None:
        data = self._rest + data
        answers = []
        while data:
            if self._in_body:
                end = data.find(_END)
                if end < 0:
                    data = data[-_KEPT_FOR_END:]
                    break
                self._in_body = False
                data = data[end + len(_END) :]
                answers.append(_OK)
                continue
            line, found, rest = data.partition(b"\r\n")
            if not found:
                break
            data = rest
            answers.append(self._answer(line[:4].upper()))
        self._rest = data
        if answers:
            self._transport.write(b"".join(answers))

    def _answer(self, word: bytes) -> bytes:
        if word == b"EHLO":
            return _HELLO
        if word == b"DATA":
            self._in_body = True
            return _GO_ON
        return _OK


async def serve(listener: socket.socket) -> None:
    server = await asyncio.get_running_loop().create_server(Sink, sock=listener)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(socket.socket(fileno=int(sys.argv[1]))))
