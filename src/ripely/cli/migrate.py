"""Brings the database up to date."""

import click
import psycopg

from ripely.cli.database import database
from ripely.settings import export, read_settings

LOCK = "SELECT pg_advisory_lock(hashtext('ripely migrate'))"


@click.command()
def command() -> None:
    """Bring the database up to date. Safe to run on several machines at once."""
    with database(read_settings()) as url, psycopg.connect(url, autocommit=True) as lock:
        lock.execute(LOCK)
        migrate()


def migrate() -> None:
    export("DJANGO_SETTINGS_MODULE", "ripely.web.settings")
    # Only now, because the import of Django's settings reads the database's address.
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", interactive=False, verbosity=0)
