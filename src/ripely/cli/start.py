"""Starts a journey for one contact."""

import click

from ripely.cli.database import database
from ripely.cli.records import load_django
from ripely.model.identity import Claims
from ripely.model.ids import contact_code
from ripely.operations.dossiers.starting import start
from ripely.operations.wording.names import names_of
from ripely.runtime.requests import claims_of
from ripely.runtime.rules import published_of
from ripely.runtime.segment import RefusedError
from ripely.settings import read_settings
from ripely.wiring import assemble


@click.command()
@click.argument("journey")
@click.option("--contact", "email", required=True, metavar="EMAIL", help="For whom.")
@click.option("--create", is_flag=True, help="Make a contact when nobody has this address.")
def command(journey: str, email: str, *, create: bool) -> None:
    """Start JOURNEY for a contact. It needs the trigger "request", open to requests by hand."""
    settings = read_settings()
    with database(settings) as url, assemble(settings, url) as app:
        current = app.rulesets.current()
        published = published_of(app.rulesets.documents(current)) if current else None
        names = names_of(published.definitions if published else ())
        try:
            claims = claims_of({"email": email}, "")
            if not create and not _is_known(claims):
                sentence = f"Nobody is known by {email}. With --create a contact is made of it."
                raise click.UsageError(sentence)
            contact = start(app.intake, names, journey, claims, app.clock.now(), "command line")
        except RefusedError as refused:
            raise click.ClickException(str(refused)) from None
    click.echo(f"Asked for {journey} for {email}, contact {contact_code(contact)}.")


def _is_known(claims: Claims) -> bool:
    load_django()
    from ripely.operations.dossiers.contacts import is_known

    return is_known(claims)
