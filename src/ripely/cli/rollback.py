"""Publishes an earlier version of one definition again."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from ripely.cli.publishing import (
    anyway_option,
    author_option,
    map_option,
    plan_of,
    publish_revision,
    read_moves,
    yes_option,
)

if TYPE_CHECKING:
    from ripely.compiler.ruleset import Published
    from ripely.operations.publishing.revisions import Revision


@click.command()
@click.argument("what", metavar="KIND/NAME")
@click.option("--to", "number", type=int, help="The version; the one before unless said.")
@click.option(
    "--people", type=click.Choice(["move", "finish", "leave"]), default=None,
    help="What becomes of those inside a journey; they go back to where they were moved from"
    " unless said.",
)  # fmt: skip
@map_option
@yes_option
@author_option
@anyway_option
def command(
    what: str, number: int | None, people: str | None, moves: Sequence[str], author: str, **flags: bool
) -> None:  # fmt: skip
    """Publish an earlier version again, like `ripely rollback journey/welcome`."""
    kind, slash, name = what.partition("/")
    if not (kind and slash and name):
        raise click.UsageError("Say what to roll back as KIND/NAME.")
    steps = read_moves(people or "move", moves)
    for_all = plan_of(people or "move", steps, name) if people or moves else None

    def earlier(current: "Published") -> "Revision":
        from ripely.operations.publishing.revisions import rolled_back

        revision = rolled_back(current, kind, name, number, for_all)
        return revision.anyway() if flags["anyway"] else revision

    publish_revision(earlier, author, yes=flags["yes"])
