"""Tries a journey on the past, in the terminal."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from getpass import getuser
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click
import msgspec
import psycopg

from ripely.cli.backtesting import Progress, compute
from ripely.cli.database import database
from ripely.cli.folder import read_folder, say_findings
from ripely.cli.records import load_django
from ripely.model.backtest import Asked, Reactions, Report, Source
from ripely.model.duration import Duration
from ripely.model.ids import JourneyId
from ripely.ports import AskError
from ripely.runtime.backtest.running import CancelledError
from ripely.settings import Settings, read_settings
from ripely.wiring import App, assemble

if TYPE_CHECKING:
    from ripely.operations.backtesting.backtests import Draft

FORMATS = ("text", "json")
LOST = "The database went away. Once it is back, the backtest is made in the background."


@click.command()
@click.argument("path", type=click.Path(exists=True, path_type=Path), metavar="JOURNEY.yaml")
@click.option("--journey", help="Which one, where the documents change several.")
@click.option(
    "--since", default="90d", help="From when on: 2030-01-31, or a length of time like 90d."
)
@click.option("--until", help="Until when: 2030-03-01, or a length of time; now unless said.")
@click.option(
    "--react", type=click.Choice(["nobody", "usual"]), default="nobody",
    help="Who opens and clicks the letters of the journey: nobody, or as many as do usually.",
)  # fmt: skip
@click.option(
    "--from", "source", type=click.Choice(["database", "archive"]), default="database",
    help="Where history is read.",
)  # fmt: skip
@click.option(
    "--format", "form", type=click.Choice(FORMATS), default="text", help="How to answer."
)
def command(path: Path, form: str, **said: object) -> None:
    """Try the journey of JOURNEY.yaml (a file, or a folder of documents) on the past.

    The report is kept beside the journey.
    """
    settings = read_settings()
    with database(settings) as url, assemble(settings, url) as app:
        load_django()
        draft = _draft(path, app, settings)
        asked = _asked(msgspec.convert(said, _Said), draft, app)
        report = _run(url, app, draft, asked)
        if form == "json":
            click.echo(msgspec.json.format(msgspec.json.encode(report)).decode())
        else:
            _say(app, draft, report)


class _Said(msgspec.Struct, frozen=True):
    """What was said of the question."""

    journey: str | None
    since: str
    until: str | None
    react: str
    source: Source


def _asked(said: _Said, draft: "Draft", app: App) -> Asked:
    asked = Asked(
        journey=_chosen(draft, said.journey),
        since_s=_moment(said.since, app),
        until_s=_moment(said.until or "0s", app),
        reactions=_reactions(said.react),
        source=said.source,
    )
    if asked.until_s <= asked.since_s:
        raise click.UsageError("The end of the period comes before its beginning.")
    return asked


def _draft(path: Path, app: App, settings: Settings) -> "Draft":
    from ripely.operations.backtesting.backtests import draft_of

    files = read_folder(path) if path.is_dir() else {path.name: path.read_bytes()}
    draft = draft_of(files, app.rulesets, settings.timezone)
    if draft.errors:
        say_findings(draft.errors, path if path.is_dir() else path.parent)
        raise click.ClickException("A journey with problems cannot be tried.")
    return draft


def _chosen(draft: "Draft", journey: str | None) -> JourneyId:
    if journey is not None:
        return JourneyId(journey)
    if len(draft.named) != 1:
        names = ", ".join(sorted(draft.named)) or "none"
        raise click.UsageError(
            f"Say which journey with --journey; the documents name: {names}."
        )
    return JourneyId(draft.named[0])


def _moment(said: str, app: App) -> int:
    try:
        return int(app.clock.now().timestamp()) - Duration.parse(said)
    except ValueError:
        pass
    try:
        day = datetime.fromisoformat(said)
    except ValueError:
        raise click.UsageError(f"{said!r} is neither a day nor a length of time.") from None
    zone = ZoneInfo(app.settings.timezone)
    return int((day if day.tzinfo else day.replace(tzinfo=zone)).astimezone(UTC).timestamp())


def _reactions(react: str) -> Reactions:
    from ripely.operations.backtesting.backtests import usual_reactions

    return usual_reactions() if react == "usual" else Reactions()


def _run(url: str, app: App, draft: "Draft", asked: Asked) -> Report:
    from django.db import OperationalError

    from ripely.operations.backtesting import backtests
    from ripely.operations.publishing.definitions import encode

    documents, total = encode(draft.published), app.history.contacts()
    try:
        with backtests.begun(draft.published, asked, getuser(), total) as test:
            with _bar(total) as shown:

                def progress(contacts: int, events: int) -> bool:
                    return shown(contacts, events) and backtests.progress(
                        test, contacts, events
                    )

                report = compute(url, documents, asked, progress)
            backtests.finish(test, report)
    except (LookupError, backtests.TooManyError, AskError) as wrong:
        raise click.ClickException(str(wrong)) from None
    except CancelledError:
        raise click.ClickException("It was cancelled.") from None
    except (OperationalError, psycopg.OperationalError):
        raise click.ClickException(LOST) from None
    return report


@contextmanager
def _bar(total: int) -> Iterator[Progress]:
    with click.progressbar(length=total, label="Contacts", file=sys.stderr) as bar:

        def progress(contacts: int, _: int) -> bool:
            bar.update(contacts - bar.pos)
            return True

        yield progress


def _say(app: App, draft: "Draft", report: Report) -> None:
    from ripely.operations.backtesting.report import addressed, parts_of
    from ripely.operations.wording.names import names_of

    names = names_of(draft.published.definitions, draft.published.company)
    for section in addressed(parts_of(report, names), app.settings.base_url):
        click.secho(f"\n{section.title}", bold=True)
        for line in section.lines:
            click.echo(f"  {line}")
