"""A migration that runs a file of SQL."""

from importlib.resources import files

from django.db import migrations


def run_schema(name: str) -> migrations.RunSQL:
    """The statements of `adapters/postgres/schema/<name>.sql`. Such a file never changes later."""
    path = files("ripely.adapters.postgres").joinpath("schema", f"{name}.sql")
    return migrations.RunSQL(path.read_text())
