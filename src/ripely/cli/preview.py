"""Walks one invented person through a journey, as a script of choices says; without a database."""

import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

import click

from ripely.cli.paths import documents, journeys_in
from ripely.model.duration import Duration
from ripely.operations.paths.cast import MONDAY
from ripely.operations.preview.choices import CHOICES_MAX, Choice, Setting
from ripely.operations.preview.opening import as_story, open_draft, walk_invented
from ripely.operations.preview.people import PERSONAS, read_facts
from ripely.operations.preview.walking import Turn
from ripely.operations.rehearsing.story import StoryError, read_event

PASSES = "time"


@click.command()
@documents
@click.option("--person", default=next(iter(PERSONAS)), help=f"One of: {'; '.join(PERSONAS)}.")
@click.option(
    "--fact", "facts", multiple=True, metavar="NAME=VALUE", help="What is known besides."
)
@click.option(
    "--begins", type=click.DateTime(), default=f"{MONDAY}T09:00:00", help="When it begins."
)
@click.option("--story", is_flag=True, help="Write the walk as a test of the journey.")
@click.argument("choices", type=click.File(), default="-", required=False)
def command(
    path: Path,
    person: str,
    facts: Sequence[str],
    begins: datetime,
    choices: TextIO,
    *,
    story: bool,
) -> None:
    """Walk a person through the journey in PATH.

    CHOICES is a file (or the standard input) with a line for each: an event with its properties
    (`order.completed total=12`), `time` for the next moment at which something comes, or `time 2d`.
    """
    if person not in PERSONAS:
        raise click.UsageError(f"There is nobody called {person!r}: {'; '.join(PERSONAS)}.")
    (found, published), *more = journeys_in(path)
    if more:
        raise click.UsageError(f"{path} holds several journeys: name a file of one.")
    draft, whole = open_draft(found, published)
    known = {**PERSONAS[person], **read_facts("\n".join(facts))}
    setting = Setting("", known, int(begins.replace(tzinfo=UTC).timestamp()), _read(choices))
    walked = walk_invented(draft, setting, setting.begins_s)
    if story:
        click.echo(as_story(walked, draft, whole), nl=False)
        return
    for turn in walked.turns:
        _say(turn)
    click.echo("The end." if walked.ended else f"Now: {walked.doing or 'not inside'}.")


def _read(choices: TextIO) -> tuple[Choice, ...]:
    if choices is sys.stdin and sys.stdin.isatty():
        return ()
    lines = [line.strip() for line in choices if line.strip() and not line.startswith("#")]
    try:
        return tuple(_choice(line) for line in lines[:CHOICES_MAX])
    except (StoryError, ValueError) as wrong:
        raise click.UsageError(str(wrong)) from None


def _choice(line: str) -> Choice:
    word, _, rest = line.partition(" ")
    if word == PASSES:
        return Choice(after_s=Duration.parse(rest) if rest else 0)
    return Choice(word, read_event(line))


def _say(turn: Turn) -> None:
    at = datetime.fromtimestamp(turn.at_s, UTC)
    click.secho(f"\n{at:%a %Y-%m-%d %H:%M}  {turn.title}", bold=True)
    for one in turn.moments:
        click.echo(f"    {one.title}{f': {one.detail}' if one.detail else ''}")
    for letter in turn.letters:
        if letter.subject:
            click.echo(f"    Subject: {letter.subject}")
