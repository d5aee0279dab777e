"""Forgets a contact who asks for it."""

import click

from ripely.cli.database import database
from ripely.cli.records import load_django
from ripely.model.identity import Claims, named_contact
from ripely.model.ids import ContactId, contact_code
from ripely.operations.dossiers.forgetting import forget
from ripely.runtime.requests import claims_of
from ripely.runtime.segment import RefusedError
from ripely.settings import read_settings
from ripely.wiring import App, assemble


@click.command()
@click.argument("who", metavar="EMAIL|CODE")
@click.option("--yes", is_flag=True, help="Do not ask.")
def command(who: str, *, yes: bool) -> None:
    """Forget a contact everywhere, by its address or the 16 digits of its page. It cannot be undone."""
    settings = read_settings()
    with database(settings) as url, assemble(settings, url) as app:
        claims = _claims(app, who)
        if not yes:
            click.confirm(f"Forget everything of {who}? It cannot be undone.", abort=True)
        contact = forget(app.intake, claims, app.clock.now(), "command line")
        waits = contact in app.profiles.load([contact]).quarantined
    click.echo(f"Contact {contact_code(contact)} is being forgotten.")
    if waits:
        click.echo("It is in quarantine: it is forgotten when it is resumed (page System).")


def _claims(app: App, who: str) -> Claims:
    try:
        if "@" in who:
            claims = claims_of({"email": who}, "")
            known = _is_known(claims)
        else:
            contact = ContactId(int(who, 16))
            claims = (named_contact(contact),)
            found = app.profiles.load([contact])
            known = contact in found.profiles or contact in found.quarantined
    except (RefusedError, ValueError):
        raise click.UsageError(
            f"{who} is neither an address nor the code of a contact."
        ) from None
    if not known:
        raise click.ClickException(f"Nobody is known by {who}.")
    return claims


def _is_known(claims: Claims) -> bool:
    load_django()
    from ripely.operations.dossiers.contacts import is_known

    return is_known(claims)
