"""Makes an account for somebody who signs in."""

import click

from ripely.cli.database import database
from ripely.cli.records import load_django
from ripely.settings import read_settings


@click.command()
@click.argument("email")
@click.option("--name", default="", help="How to call the person.")
@click.option("--operator", is_flag=True, help="May also change settings and see the system.")
@click.password_option(help="Asked for when not given.")
def command(email: str, name: str, password: str, *, operator: bool) -> None:
    """Create an account for signing in."""
    with database(read_settings()):
        load_django()
        from ripely.operations.signing_in import RefusedError, create_user

        try:
            create_user(email, password, name, operator=operator)
        except RefusedError as refused:
            raise click.ClickException(str(refused)) from refused
    click.echo(f"{email} can sign in.")
