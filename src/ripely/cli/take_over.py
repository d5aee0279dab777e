"""Lets a database that was restored or moved send from where it is now."""

import click

from ripely.cli.database import database
from ripely.settings import read_settings
from ripely.wiring import assemble


@click.command()
@click.option("--yes", is_flag=True, help="Do not ask.")
def command(*, yes: bool) -> None:
    """Send from this database, which was restored or moved here. Its original must not send any more."""
    settings = read_settings()
    with database(settings) as url, assemble(settings, url) as app:
        if app.home.is_here():
            click.echo("This database is at home here: it sends already.")
            return
        if not yes:
            click.confirm("Does nothing else send for these contacts any more?", abort=True)
        app.home.move_here()
    click.echo("From now on this database sends.")
