"""Everything, with a demo company: a shop, its definitions, its visitors and a mailbox.

Whoever supervises stays small: what only seeding and visiting need is imported there.
"""

import signal
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import click

from ripely.cli.database import database, say
from ripely.cli.records import load_django
from ripely.cli.serve import STOP_SIGNALS, Extras, ripely, run_everything
from ripely.cli.supervisor import Child
from ripely.demo.company import LOGIN, SEED, password
from ripely.settings import Settings, export, read_settings

VISITORS_PER_MINUTE = 6.0


@click.group(invoke_without_command=True)
@click.pass_context
def command(ctx: click.Context) -> None:
    """Run everything with a demo company and its visitors."""
    if ctx.invoked_subcommand is None:
        _run()


def _run() -> None:
    settings = read_settings()
    export("RIPELY_DEMO", "1")
    with socket.create_server(("127.0.0.1", 0)) as mail:
        if settings.smtp_url is None:
            export("RIPELY_SMTP_URL", f"smtp://127.0.0.1:{mail.getsockname()[1]}")
        children = list(_children(mail.fileno()))
        first = (ripely("demo", "seed"),)
        run_everything(read_settings(), Extras(first, children, list(_welcome(settings))))


def _children(mail: int) -> Iterator[Child]:
    mailbox = ripely("--supervised", "mailbox", f"--listener={mail}")
    yield Child("mailbox", mailbox, files=(mail,))
    yield Child("visitors", ripely("--supervised", "demo", "traffic"))


def _welcome(settings: Settings) -> Iterator[str]:
    base = settings.base_url
    yield ""
    yield f"  the shop      {base}/shop/      be a visitor: look around, send the request form"
    yield f"  the product   {base}/           sign in as {LOGIN}, password {password(settings.secret)}"
    yield f"  the mailbox   {base}/mailbox/   where all mail of the demo arrives"
    yield ""


@command.command()
def seed() -> None:
    """Create the demo company, unless it is there already."""
    from ripely.wiring import assemble

    settings = read_settings()
    with database(settings) as url, assemble(settings, url) as app:
        load_django()
        from ripely.demo.seed import seed as fill

        if fill(app):
            say("The demo company is there: login, definitions, three months of visits.")


@command.command()
@click.argument("folder", metavar="DIR", type=click.Path(file_okay=False, path_type=Path))
def documents(folder: Path) -> None:
    """Write the demo's documents into DIR, to change them and publish them with `ripely apply`."""
    from ripely.demo.documents import documents as written

    if folder.exists() and any(folder.iterdir()):
        raise click.UsageError(f"{folder} is not empty.")
    for name, body in written(read_settings().base_url).items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(body)
    click.echo(f"Change them, then: ripely diff {folder}, and ripely apply {folder}")


@command.command()
@click.option(
    "--visitors-per-minute", type=click.FloatRange(0.1, 600), default=VISITORS_PER_MINUTE,
    show_default=True, help="How many visits begin each minute.",
)  # fmt: skip
@click.option("--minutes", type=click.FloatRange(0), help="End after so long; else never.")
def traffic(visitors_per_minute: float, minutes: float | None) -> None:
    """Visit the demo shop as invented people do, through the public HTTP API."""
    from ripely.demo.traffic import Pace, Traffic
    from ripely.wiring import assemble

    stopping = threading.Event()
    for number in STOP_SIGNALS:
        signal.signal(number, lambda *_: stopping.set())
    settings = read_settings()
    with database(settings) as url, assemble(settings, url) as app:
        visitors = Traffic(settings.base_url, SEED, app.clock, app.mailbox)
        visitors.run(Pace(visitors_per_minute, minutes), stopping)
