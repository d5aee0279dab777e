"""Imports files: what happened before Ripely, or elsewhere."""

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path

import click
import psycopg
from click._termui_impl import ProgressBar

from ripely.cli.database import database
from ripely.operations.imports import FORMATS, Job, Rehearsal, Rejected, import_events, open_job
from ripely.ports import Clock, Import, ImportedElsewhereError, Progress
from ripely.runtime.columns import MappingError, Table, read_mapping
from ripely.runtime.lines import BrokenFileError
from ripely.settings import read_settings
from ripely.wiring import assemble, system_clock

SOME_REJECTED = 3
STOPPED = 130
SHOWN_MAX = 20
SECONDS_BETWEEN_LINES = 5.0
Show = Callable[[Progress, float], None]
_FORMS = {".csv": "csv", ".tsv": "csv", ".jsonl": "segment-jsonl", ".ndjson": "segment-jsonl"}

file_argument = click.argument(
    "file", type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
form_option = click.option(
    "--format", "form", type=click.Choice(FORMATS), default=None,
    help="What FILE holds; by its name unless said.",
)  # fmt: skip
mapping_option = click.option(
    "--mapping", type=click.Path(exists=True, dir_okay=False, path_type=Path), default=None,
    help="For csv: a YAML file that says what the columns mean.",
)  # fmt: skip
rejects_option = click.option(
    "--rejected", type=click.Path(dir_okay=False, path_type=Path), default=None,
    help="Where to write lines that could not be taken; FILE.rejected.jsonl unless said.",
)  # fmt: skip


@click.group()
def command() -> None:
    """Import files."""


@command.command()
@file_argument
@form_option
@mapping_option
@click.option("--source", default="import", help="What to call where the events come from.")
@rejects_option
@click.option("--dry-run", is_flag=True, help="Read everything, and keep nothing.")
def events(
    file: Path,
    form: str | None,
    mapping: Path | None,
    source: str,
    rejected: Path | None,
    *,
    dry_run: bool,
) -> None:
    """Import the events in FILE, plain or gzip. Stopped, it goes on when it is started again."""
    rejects = rejected or file.with_name(f"{file.name}.rejected.jsonl")
    try:
        table = read_mapping(mapping.read_text()) if mapping else Table()
        with open_job(
            file, form or _form(file), source, table, None if dry_run else rejects
        ) as job:
            progress = _rehearse(job) if dry_run else _import(job, file)
    except MappingError as wrong:
        raise click.ClickException(f"The mapping does not fit: {wrong}.") from wrong
    except BrokenFileError as broken:
        raise click.ClickException(f"{file} {broken}.") from broken
    except ImportedElsewhereError:
        raise click.ClickException(f"Another process imports {file} right now.") from None
    except psycopg.OperationalError as away:
        raise click.ClickException(
            f"The database went away: {away}. The same command goes on from here."
        ) from away
    except KeyboardInterrupt:
        click.echo("\nStopped. The same command goes on from here.", err=True)
        sys.exit(STOPPED)
    if progress.rejected:
        where = "" if dry_run else f", written to {rejects}"
        click.echo(f"{progress.rejected:,} lines rejected{where}.", err=True)
        sys.exit(SOME_REJECTED)


def _import(job: Job, file: Path) -> Progress:
    settings = read_settings()
    with (
        database(settings) as url,
        assemble(settings, url) as app,
        app.imports.open(job.key, str(file)) as running,
    ):
        before = running.progress
        if before.finished:
            click.echo(f"Imported before: {before.events:,} events. Nothing to do.")
            return before
        if before.lines:
            click.echo(f"Going on after line {before.lines:,}.", err=True)
        return _watched(job, running, app.clock)


def _rehearse(job: Job) -> Progress:
    rehearsal = Rehearsal()
    progress = _watched(job, rehearsal, system_clock())
    for name, count in rehearsal.names.most_common():
        click.echo(f"{count:>12,}  {name}")
    return progress


def _watched(job: Job, running: Import, clock: Clock) -> Progress:
    """Import, showing how far it is: a bar for people, now and then a line for files."""
    before, begun = running.progress.events, time.monotonic()
    with _bar(job) if sys.stderr.isatty() else nullcontext(_lines(job)) as show:
        shown = 0

        def heard(progress: Progress, rejected: Sequence[Rejected]) -> None:
            nonlocal shown
            for one in rejected[: SHOWN_MAX - shown]:
                click.echo(f"\rline {one.line:,}: {one.path}: {one.message}", err=True)
                shown += 1
            show(progress, _rate(progress.events - before, begun))

        progress = import_events(job, running, clock, heard)
    rate = _rate(progress.events - before, begun)
    click.echo(f"{progress.lines:,} lines, {progress.events:,} events, {rate:,.0f} a second.")
    return progress


@contextmanager
def _bar(job: Job) -> Iterator[Show]:
    """Begin where an earlier run stopped: what is read of a file is what the bar shows."""
    done, said = 0, ""
    bar: ProgressBar[int]
    with click.progressbar(
        length=job.file.size, file=sys.stderr, item_show_func=lambda _: said
    ) as bar:

        def show(progress: Progress, rate: float) -> None:
            nonlocal done, said
            said = f"{progress.events:,} events, {rate:,.0f} a second"
            bar.update(job.file.read_bytes - done)
            done = job.file.read_bytes

        yield show


def _lines(job: Job) -> Show:
    told = time.monotonic()

    def show(progress: Progress, rate: float) -> None:
        nonlocal told
        if time.monotonic() - told >= SECONDS_BETWEEN_LINES:
            told = time.monotonic()
            part = job.file.read_bytes / max(1, job.file.size)
            click.echo(
                f"{part:.0%}: {progress.events:,} events, {rate:,.0f} a second", err=True
            )

    return show


def _rate(events: int, begun: float) -> float:
    return events / max(1e-9, time.monotonic() - begun)


def _form(file: Path) -> str:
    suffixes = [suffix for suffix in file.suffixes if suffix in _FORMS]
    if not suffixes:
        raise click.UsageError(f"Say with --format what {file.name} holds.")
    return _FORMS[suffixes[-1]]
