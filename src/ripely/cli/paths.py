"""Shows every way through a journey, and what the ways show of it, without a database."""

from collections.abc import Sequence
from pathlib import Path

import click

from ripely.cli.folder import count, form, leave, read_folder, said_in_json, say_findings
from ripely.compiler.ruleset import Published
from ripely.documents.finding import Finding
from ripely.model.journey import Journey
from ripely.operations.paths import telling
from ripely.operations.paths.report import Report, paths_of
from ripely.operations.publishing.review import review

ELSEWHERE = "unknown_reference"
"""What a single file names may well be defined in another."""
_COLOURS = {"problem": "red", "warning": "yellow", "hint": "cyan"}
documents = click.argument("path", type=click.Path(exists=True, path_type=Path))


@click.command()
@documents
@click.option("--journey", default="", help="Of several journeys, the one with this id.")
@click.option("--findings", is_flag=True, help="Say only what the ways show, not the ways.")
@form
def command(path: Path, journey: str, form: str, *, findings: bool) -> None:
    """Show every way through the journeys in PATH, a file or a folder: times, messages, how each ends."""
    reports = [paths_of(one, rest) for one, rest in journeys_in(path, journey)]
    if form == "json":
        said_in_json(journeys=reports)
        return
    for report in reports:
        _say(report, ways=not findings)


def journeys_in(path: Path, wanted: str = "") -> Sequence[tuple[Journey, Published]]:
    """Read the journeys of a file or a folder, each with all that is defined there."""
    files = read_folder(path) if path.is_dir() else {path.name: path.read_bytes()}
    found, wrong = review(files)
    errors: list[Finding] = [one for one in wrong if not one.warning and one.code != ELSEWHERE]
    if errors:
        say_findings(errors, path if path.is_dir() else path.parent)
        leave(errors)
    definitions = tuple(one.definition for one in found if one.definition is not None)
    whole = Published(definitions)
    journeys = [one for _, one in whole.journeys if wanted in {"", one.id}]
    if not journeys:
        raise click.UsageError(f"There is no journey {wanted} in {path}.".replace("  ", " "))
    return [(one, whole) for one in journeys]


def _say(report: Report, *, ways: bool) -> None:
    click.secho(report.name, bold=True)
    for one in report.findings:
        kind = click.style(one.severity, fg=_COLOURS[one.severity])
        click.echo(f"{kind}: {one.path}: {one.message}")
    for path in report.paths if ways else ():
        _say_path(path)
    ends = ", ".join(f"{number} {end}" for end, number in sorted(report.ends.items()))
    more = "" if report.complete else " There are more: not all were followed."
    click.echo(f"{count(len(report.paths), 'path')}: {ends}.{more}\n")


def _say_path(path: telling.Path) -> None:
    said = [count(path.messages, "message")]
    said += [count(path.tasks, "task")] if path.tasks else []
    said += [f"{path.held} held"] if path.held else []
    click.echo(f"\n{path.number}. {path.end}, day {path.days}: {', '.join(said)}")
    for words in path.who:
        click.echo(f"     beforehand      {words}")
    for line in path.lines:
        click.echo(f"     day {line.day:>3} {line.at}   {line.words}")
