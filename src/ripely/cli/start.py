"""Starts a journey for one contact."""

import click

from ripely.cli.database import database
from ripely.model.ids import contact_code
from ripely.operations.names import names_of
from ripely.operations.starting import start
from ripely.runtime.requests import claims_of
from ripely.runtime.rules import published_of
from ripely.runtime.segment import RefusedError
from ripely.settings import read_settings
from ripely.wiring import assemble


@click.command()
@click.argument("journey")
@click.option("--contact", "email", required=True, metavar="EMAIL", help="For whom.")
def command(journey: str, email: str) -> None:
    """Start JOURNEY for a contact. It needs the trigger "request", open to requests by hand."""
    settings = read_settings()
    with database(settings) as url, assemble(settings, url) as app:
        current = app.rulesets.current()
        published = published_of(app.rulesets.documents(current)) if current else None
        names = names_of(published.definitions if published else ())
        try:
            claims = claims_of({"email": email}, "")
            contact = start(app.intake, names, journey, claims, app.clock.now(), "command line")
        except RefusedError as refused:
            raise click.ClickException(str(refused)) from None
    click.echo(f"Asked for {journey} for {email}, contact {contact_code(contact)}.")
