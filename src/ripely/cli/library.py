"""Lists the ready-made automations, shows one, and puts some in force."""

from getpass import getuser

import click

from ripely.cli.folder import leave, say_findings
from ripely.cli.publishing import publishing, say_changes
from ripely.operations.library import (
    Automation,
    UnknownAutomationError,
    automation,
    automations,
    beginning,
    documents_of,
)


@click.group()
def command() -> None:
    """Ready-made automations: have a look, and take what fits."""


@command.command("list")
def list_all() -> None:
    """List them all, by what they are for."""
    group = ""
    for each in automations():
        if each.group != group:
            group = each.group
            click.secho(group, bold=True)
        click.echo(f"  {each.id:26} {each.name} ({', '.join(each.audience)})")
        click.echo(f"  {'':26} {each.about}")


@command.command("show")
@click.argument("name", metavar="ID")
def show(name: str) -> None:
    """Print the documents of one, to keep and to change in files of your own."""
    for body in _chosen([name])[0].files.values():
        click.echo(body.decode(), nl=False)


@command.command("apply")
@click.argument("names", metavar="ID...", nargs=-1, required=True)
@click.option("--author", default=None, help="Who publishes; your user name unless said.")
def apply_some(names: tuple[str, ...], author: str | None) -> None:
    """Put automations in force. What is there already under the same id becomes a new version."""
    chosen = _chosen(names)
    with publishing() as (rulesets, timezone):
        from ripely.operations.definitions import apply, in_force

        files = documents_of(chosen, in_force(rulesets))
        outcome = apply(files, author or getuser(), rulesets, timezone)
    say_findings(outcome.plan.findings, None)
    say_changes(outcome.plan.changes)
    if outcome.ruleset is not None:
        click.echo(f"In force: {', '.join(each.name for each in chosen)}.")
    leave(outcome.plan.findings)


@command.command("begin")
def begin() -> None:
    """Put the default score in force, where nothing is published yet. `ripely serve` does it by itself."""
    with publishing() as (rulesets, timezone):
        from ripely.operations.definitions import apply, in_force

        files = beginning(in_force(rulesets))
        if files and apply(files, "ripely", rulesets, timezone).ruleset is not None:
            click.echo("The default score is in force; `ripely apply` changes it.")


def _chosen(names: tuple[str, ...] | list[str]) -> list[Automation]:
    try:
        return [automation(name) for name in names]
    except UnknownAutomationError as wrong:
        raise click.UsageError(str(wrong)) from None
