"""What commands that publish need: the database, Django, and where rulesets are kept."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from getpass import getuser
from typing import TYPE_CHECKING

import click
import msgspec
from psycopg import OperationalError

from ripely.cli.database import database
from ripely.cli.folder import count
from ripely.cli.records import load_django
from ripely.compiler.ruleset import Published
from ripely.model.journey import People
from ripely.ports import Rulesets
from ripely.settings import read_settings
from ripely.wiring import rulesets_on, system_clock, warehouse_of

if TYPE_CHECKING:
    from ripely.documents.finding import Finding
    from ripely.operations.publishing.definitions import Change, Outcome, Plan
    from ripely.operations.publishing.people import Fate, Plans
    from ripely.operations.publishing.revisions import Revision

people_option = click.option(
    "--people", type=click.Choice(["move", "finish", "leave"]), default="move",
    help="What becomes of those inside a journey that changes: they move to the step of the same"
    " name, finish the version they entered, or leave.",
)  # fmt: skip
map_option = click.option(
    "--map", "moves", multiple=True, metavar="[JOURNEY:]OLD=NEW",
    help="Those at step OLD of JOURNEY move to step NEW. Can be said several times; without JOURNEY"
    " when only one changes.",
)  # fmt: skip
anyway_option = click.option(
    "--anyway", is_flag=True,
    help="Publish without the backtest or the approvals that the company asks for, and whomever a"
    " journey would write to; it is recorded.",
)  # fmt: skip
author_option = click.option(
    "--author", default=getuser, help="Who publishes; your user name unless said."
)
yes_option = click.option("--yes", is_flag=True, help="Do not ask.")
EVERY = ""
BROKEN = (
    "The database went away. Nothing is published by halves; whether it is published at all,"
    " `ripely diff` tells once the database is back."
)
Moves = Mapping[str, Mapping[str, str]]
"""Old and new steps by journey; by `EVERY` for the one that changes."""
_STATES = {"missing": "not in the folder"}
_COLOURS = {"+": "green", "-": "red", "@": "cyan"}


@contextmanager
def publishing() -> Iterator[tuple[Rulesets, str]]:
    """Yield where rulesets are published, and the time zone of the installation."""
    settings = read_settings()
    with database(settings):
        load_django()
        from django.db import DatabaseError as Broken, connection

        try:
            connection.ensure_connection()
            yield rulesets_on(connection.connection), settings.timezone
            connection.close()
        except (Broken, OperationalError) as away:
            raise click.ClickException(f"{BROKEN} {away}".strip()) from away


def say_changes(changes: "Iterable[Change]") -> None:
    """Print each change with its lines, and end with how many there are of each sort."""
    counts: dict[str, int] = {}
    for change in changes:
        counts[change.state] = counts.get(change.state, 0) + 1
        if change.state not in {"unchanged", "missing"}:
            click.secho(f"{change.state} {change.kind} {change.id}", bold=True)
        if change.state == "changed":
            for line in change.lines:
                click.secho(f"  {line}", fg=_COLOURS.get(line[:1]))
        for fate in change.people:
            click.echo(f"  {_said(fate)}")
    said = [f"{n} {_STATES.get(state, state)}" for state, n in sorted(counts.items())]
    click.echo(f"{', '.join(said)}." if said else f"{count(0, 'document')}.")


def read_moves(people: str, moves: Sequence[str]) -> Moves:
    """Read what the options say of those inside: of each journey, which step leads to which."""
    steps: dict[str, dict[str, str]] = {}
    for move in moves:
        place, _, new = move.partition("=")
        journey, colon, old = place.rpartition(":")
        if not (old and new and bool(journey) == bool(colon)):
            raise click.UsageError("--map is written OLD=NEW, or JOURNEY:OLD=NEW.")
        steps.setdefault(journey, {})[old] = new
    if steps and people != "move":
        raise click.UsageError("--map is for people who move.")
    return steps


def plan_of(people: str, moves: Moves, journey: str) -> People:
    """Return what becomes of those inside the one journey that changes."""
    for other in moves.keys() - {EVERY, journey}:
        raise click.UsageError(f"--map: {other} does not change.")
    steps = {**moves.get(EVERY, {}), **moves.get(journey, {})}
    return msgspec.convert({"plan": people, "steps": steps}, People)


def plans_of(people: str, moves: Moves, before: Published, *, anyway: bool = False) -> "Plans":
    from ripely.operations.publishing.people import Plans

    journeys = {journey.id for _, journey in before.journeys}
    for journey in moves.keys() - journeys - {EVERY}:
        raise click.UsageError(f"--map: there is no journey {journey}.")
    one = {journey: {"steps": steps} for journey, steps in moves.items() if journey != EVERY}
    every = {"plan": people, "steps": moves.get(EVERY, {})}
    return msgspec.convert({"all": every, "one": one, "anyway": anyway}, Plans)


def objections_to(
    plan: "Plan", before: Published, author: str, plans: "Plans"
) -> "tuple[list[Finding], Plans]":
    """Return what speaks against publishing, by whom journeys would write to then, and how it may be published."""
    from ripely.operations.audience.reach import ground_of, objections

    settings = read_settings()
    url = settings.database_url
    assert url is not None, "whoever opens the database says where it is"
    with closing(warehouse_of(settings, url)) as warehouse:
        ground = ground_of(before, plan, warehouse, system_clock().now())
        return objections(plan, before, ground, author, plans)


def publish_revision(
    of: "Callable[[Published], Revision]",
    author: str,
    *,
    yes: bool,
    warn: Callable[[Published], str] = lambda _: "",
) -> None:
    """Show what a revision of what is in force would change and whom it would write to, ask, and publish it."""
    with publishing() as (rulesets, timezone):
        from ripely.operations.publishing.definitions import apply, diff, in_force

        current = in_force(rulesets)
        try:
            revision = of(current)
        except LookupError as missing:
            raise click.UsageError(str(missing)) from None
        found = diff(revision.files, rulesets, revision.plans)
        objections, plans = objections_to(found, current, author, revision.plans)
        wrong = _say_wrong([*found.errors, *objections])
        say_changes([change for change in found.changes if change.state != "missing"])
        click.echo(warn(current), nl=False)
        if wrong or not (yes or click.confirm("Publish this?")):
            raise click.Abort
        outcome = apply(revision.files, author, rulesets, timezone, plans)
        wrong = _say_wrong(outcome.plan.errors)
        say_published(outcome)
    if wrong:
        raise click.exceptions.Exit(1)


def _say_wrong(findings: "Sequence[Finding]") -> bool:
    """Print what speaks against publishing, and say whether it forbids it."""
    for finding in findings:
        click.secho(finding.message, fg="yellow" if finding.warning else "red")
    return not all(finding.warning for finding in findings)


def say_published(outcome: "Outcome") -> None:
    if outcome.position is not None:
        click.echo(
            f"Published as ruleset {outcome.ruleset}, in force from log position"
            f" {outcome.position:,}."
        )
    elif outcome.ruleset is not None:
        click.echo(f"Nothing new: ruleset {outcome.ruleset} stays in force.")


def _said(fate: "Fate") -> str:
    here = f"{fate.inside:,} at {fate.step}:"
    match fate.becomes:
        case "finish":
            return f"{here} stay in the version they entered"
        case "leave":
            return f"{here} leave the journey"
        case "move":
            return f"{here} go on" if fate.to == fate.step else f"{here} move to {fate.to}"
