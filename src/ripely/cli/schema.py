"""Prints the JSON Schema of definitions."""

import click

from ripely.documents.schema import schema


@click.command()
def command() -> None:
    """Print the JSON Schema of definitions, for your editor."""
    click.echo(schema(), nl=False)
