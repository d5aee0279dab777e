"""Brings the database up to date."""

import click
import psycopg

from ripely.cli.database import database
from ripely.cli.records import load_django
from ripely.settings import read_settings

LOCK = "SELECT pg_advisory_lock(hashtext('ripely migrate'))"


@click.command()
def command() -> None:
    """Bring the database up to date. Safe to run on several machines at once."""
    with database(read_settings()) as url, psycopg.connect(url, autocommit=True) as lock:
        lock.execute(LOCK)
        migrate()


def migrate() -> None:
    load_django()
    from django.core.management import call_command

    call_command("migrate", interactive=False, verbosity=0)
