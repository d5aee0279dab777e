"""Keeps history in the archive; at rest, a small process that watches for more of it."""

import sys

import click

from ripely.cli.database import database, wait_for_work
from ripely.cli.rest import begin_again
from ripely.cli.turns import told_to_stop
from ripely.settings import read_settings

SHOWN_MAX = 100


@click.group(invoke_without_command=True)
@click.option("--rests", is_flag=True, help="Let go of all memory while nothing happens.")
@click.option("--kept", type=int, hidden=True, help="How far history was kept before the rest.")
@click.pass_context
def command(context: click.Context, *, rests: bool, kept: int | None) -> None:
    """Keep history in the archive, as it happens."""
    if context.invoked_subcommand is None:
        _keep(rests=rests, kept=kept)


@command.command()
@click.option("--whole", is_flag=True, help="Read all that is in them, which takes long.")
def check(*, whole: bool) -> None:
    """Look at every file of the archive. Answers 1 when one is missing or broken."""
    from ripely.ports import ArchiveError
    from ripely.wiring import assemble, damaged_files

    settings = read_settings()
    wrong = 0
    with database(settings) as url, assemble(settings, url) as app:
        try:
            for sentence in damaged_files(app, whole=whole):
                wrong += 1
                if wrong <= SHOWN_MAX:
                    click.echo(sentence)
        except ArchiveError as refused:
            raise click.ClickException(f"The archive cannot be read. {refused}") from None
    if wrong:
        click.echo(
            f"{wrong:,} {'is' if wrong == 1 else 'are'} missing or broken. "
            "Bring back what was there from a backup, or `ripely archive rebuild`."
        )
        sys.exit(1)
    click.echo(
        "Every file is there, and all of it can be read."
        if whole
        else "Every file is there in full. (`--whole` also reads what is in them.)"
    )


@command.command()
def rebuild() -> None:
    """Let the archive be made anew, of the history that the database holds."""
    from ripely.wiring import assemble, forget_archive

    settings = read_settings()
    with database(settings) as url, assemble(settings, url) as app:
        if not forget_archive(app):
            raise click.ClickException(
                "The archive is being kept: stop `ripely archive` first."
            )
    click.echo(
        "The archive is empty. `ripely archive` fills it again, and removes its old files."
    )


def _keep(*, rests: bool, kept: int | None) -> None:
    settings = read_settings()
    stopping = told_to_stop()
    with database(settings) as url:
        if kept is not None:
            wait_for_work(url, "history", stopping, kept=kept)
        from ripely.cli.archiving import RestedError, archive

        try:
            archive(settings, url, stopping, rests=rests)
        except RestedError as rested:
            begin_again(stopping, f"--kept={rested.kept}")
