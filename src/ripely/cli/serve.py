"""Runs everything on one machine: the database, then all processes under a supervisor."""

import http.client
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence

import click
import msgspec

from ripely.cli.database import database, say
from ripely.cli.supervisor import Child, Supervisor
from ripely.cli.web import listen
from ripely.settings import Settings, read_settings

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
READY_SECONDS_MAX = 600


class Extras(msgspec.Struct, frozen=True):
    """What runs beside the product: commands to finish first, children, and lines to say when ready."""

    first: Sequence[Sequence[str]] = ()
    children: Sequence[Child] = ()
    lines: Sequence[str] = ()


NOTHING = Extras()


@click.command()
def command() -> None:
    """Run everything: database, pages, workers and dispatcher."""
    run_everything(read_settings(), Extras(first=[ripely("library", "begin")]))


def run_everything(settings: Settings, extras: Extras = NOTHING) -> None:
    for number in STOP_SIGNALS:
        signal.signal(number, signal.default_int_handler)
    listener = listen(settings)  # first, because a taken port is the likeliest mistake
    with listener, database(settings):
        for words in (ripely("migrate"), *extras.first):
            if subprocess.run(words, check=False).returncode:
                raise click.ClickException("The database could not be brought up to date.")
        everybody = [*children(settings, listener.fileno()), *extras.children]
        supervise(Supervisor(everybody, say), settings, extras.lines)


def supervise(supervisor: Supervisor, settings: Settings, lines: Sequence[str]) -> None:
    """Until somebody tells us to stop; then in order, and deaf to a second Ctrl-C."""
    stopping = threading.Event()
    for number in STOP_SIGNALS:
        signal.signal(number, lambda *_: stopping.set())
    supervisor.start()
    threading.Thread(target=announce, args=(settings, lines), daemon=True).start()
    stopping.wait()
    say("Stopping ...")
    supervisor.stop()


def children(settings: Settings, listener: int) -> Iterator[Child]:
    web = ripely("--supervised", "web", f"--listener={listener}")
    for name in numbered("web", settings.web_processes):
        yield Child(name, web, files=(listener,))
    for name in numbered("worker", settings.workers):
        yield Child(name, ripely("--supervised", "worker"))
    yield Child("dispatch", ripely("--supervised", "dispatch"))
    yield Child("archive", ripely("--supervised", "archive", "--rests"))
    yield Child("jobs", ripely("--supervised", "jobs", "--rests"))


def numbered(name: str, how_many: int) -> Iterator[str]:
    return iter([name] if how_many == 1 else [f"{name} {n}" for n in range(1, how_many + 1)])


def ripely(*words: str) -> list[str]:
    return [sys.executable, "-u", "-m", "ripely.cli.main", *words]


def announce(settings: Settings, lines: Sequence[str]) -> None:
    """Say that we are ready once a request is answered: the socket alone accepts too early."""
    try:
        status = ask(settings)
    except OSError as failure:
        say(f"Ripely does not answer: {failure}")
        return
    if status >= 500:
        say(f"Ripely answers, but with status {status}: see above what web says.")
        return
    for line in (f"Ripely is ready: {settings.base_url}", *lines):
        say(line)


def ask(settings: Settings) -> int:
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.host, settings.host)  # noqa: S104
    connection = http.client.HTTPConnection(host, settings.port, timeout=READY_SECONDS_MAX)
    try:
        connection.request("HEAD", "/")
        return connection.getresponse().status
    finally:
        connection.close()
