"""Lists the ready-made automations, shows one, and puts some in force."""

import click

from ripely.cli.folder import leave, say_findings
from ripely.cli.publishing import author_option, publishing, say_changes
from ripely.operations.library import (
    Automation,
    UnknownAutomationError,
    automation,
    automations,
    beginning,
    changed,
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
    click.echo(_chosen([name])[0].text, nl=False)


@command.command("apply")
@click.argument("names", metavar="ID...", nargs=-1, required=True)
@click.option(
    "--again", is_flag=True, help="Put back as the library has it what was changed since."
)
@author_option
def apply_some(names: tuple[str, ...], author: str, *, again: bool) -> None:
    """Put automations in force. What is there already under the same id stays as it is."""
    chosen = _chosen(names)
    with publishing() as (rulesets, timezone):
        from ripely.operations.publishing.definitions import apply, in_force

        current = in_force(rulesets)
        files = documents_of(chosen, current, again=again)
        outcome = apply(files, author, rulesets, timezone)
    say_findings(outcome.plan.findings, None)
    changes = [change for change in outcome.plan.changes if change.state != "missing"]
    if changes:
        say_changes(changes)
    for kind, name in () if again else changed(chosen, current):
        click.echo(f"{kind} {name} is yours already and stays as it is (--again changes it).")
    if outcome.ruleset is not None:
        click.echo(f"In force: {', '.join(each.name for each in chosen)}.")
    leave(outcome.plan.findings)


@command.command("begin")
def begin() -> None:
    """Put the default score in force, where nothing is published yet. `ripely serve` does it by itself."""
    with publishing() as (rulesets, timezone):
        from ripely.operations.publishing.definitions import apply, in_force

        files = beginning(in_force(rulesets))
        if files and apply(files, "ripely", rulesets, timezone).ruleset is not None:
            click.echo("The default score is in force; `ripely apply` changes it.")


def _chosen(names: tuple[str, ...] | list[str]) -> list[Automation]:
    try:
        return [automation(name) for name in names]
    except UnknownAutomationError as wrong:
        raise click.UsageError(str(wrong)) from None
