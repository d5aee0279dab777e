"""The mail server of the demo."""

import asyncio
import signal
import socket

import click

from ripely.cli.database import database
from ripely.demo.mailbox import serve
from ripely.ports import Mailbox
from ripely.settings import read_settings
from ripely.wiring import assemble


@click.command()
@click.option("--listener", type=int, hidden=True, help="A socket that listens already.")
@click.option("--port", type=int, default=8025, show_default=True, help="Where to listen.")
def command(listener: int | None, port: int) -> None:
    """Take all mail and show it in the demo's mailbox. Listens on this machine alone."""
    settings = read_settings()
    with database(settings) as url, assemble(settings, url) as app:
        plug = listen(port) if listener is None else socket.socket(fileno=listener)
        asyncio.run(_serve_until_stopped(app.mailbox, plug))


def listen(port: int) -> socket.socket:
    plug = socket.socket()
    plug.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    plug.bind(("127.0.0.1", port))
    plug.listen()
    return plug


async def _serve_until_stopped(mailbox: Mailbox, plug: socket.socket) -> None:
    serving = asyncio.ensure_future(serve(mailbox, plug))
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, serving.cancel)
    try:
        await serving
    except asyncio.CancelledError:
        click.echo("The mailbox is closed.", err=True)
