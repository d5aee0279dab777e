"""Pauses a journey."""

from typing import TYPE_CHECKING

import click

from ripely.cli.publishing import author_option, publish_revision, yes_option

if TYPE_CHECKING:
    from ripely.compiler.ruleset import Published
    from ripely.operations.publishing.revisions import Revision


@click.command()
@click.argument("journey")
@yes_option
@author_option
def command(journey: str, author: str, *, yes: bool) -> None:
    """Let nobody into JOURNEY, and hold everybody inside in place until it is resumed."""

    def paused(current: "Published") -> "Revision":
        from ripely.operations.publishing.revisions import paused

        return paused(current, journey)

    publish_revision(paused, author, yes=yes)
