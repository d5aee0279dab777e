"""Answers web requests: collection, pages and API in one process."""

import errno
import resource
import socket

import click

from ripely.cli.database import database
from ripely.settings import Settings, export, read_settings

BACKLOG = 2048
STOP_SECONDS_MAX = 5


@click.command()
@click.option("--listener", type=int, hidden=True, help="A listening socket handed over.")
def command(listener: int | None) -> None:
    """Answer web requests."""
    settings = read_settings()
    with database(settings):
        serve(listen(settings) if listener is None else socket.socket(fileno=listener))


def listen(settings: Settings) -> socket.socket:
    """One socket for all web processes, and no address shared: a second server cannot hide behind."""
    listener = socket.socket(socket.AF_INET6 if ":" in settings.host else socket.AF_INET)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.host, settings.port))
    except OSError as refused:
        listener.close()
        if refused.errno == errno.EADDRNOTAVAIL:
            advice = f"this machine has no address {settings.host}, choose another RIPELY_HOST."
        else:
            advice = "stop what uses it, or choose another RIPELY_PORT."
        raise click.ClickException(
            f"Port {settings.port} cannot be had ({refused.strerror}): {advice}"
        ) from refused
    listener.listen(BACKLOG)
    return listener


def serve(listener: socket.socket) -> None:
    export("DJANGO_SETTINGS_MODULE", "ripely.web.settings")
    import uvicorn

    from ripely.cli.guard import GuardedProtocol

    _allow_many_connections()
    config = uvicorn.Config(
        "ripely.api.asgi:application",
        loop="uvloop",
        http=GuardedProtocol,
        lifespan="on",
        access_log=False,
        server_header=False,
        log_level="warning",
        backlog=BACKLOG,
        timeout_graceful_shutdown=STOP_SECONDS_MAX,
    )
    uvicorn.Server(config).run(sockets=[listener])


def _allow_many_connections() -> None:
    """Each takes an open file, of which most systems allow 1,024 unless one asks for more."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
