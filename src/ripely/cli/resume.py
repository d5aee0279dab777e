"""Resumes a paused journey."""

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click

from ripely.cli.folder import count
from ripely.cli.publishing import author_option, publish_revision, yes_option

if TYPE_CHECKING:
    from ripely.compiler.ruleset import Published
    from ripely.operations.publishing.revisions import Revision


@click.command()
@click.argument("journey")
@yes_option
@author_option
def command(journey: str, author: str, *, yes: bool) -> None:
    """Let JOURNEY go on. Says first for how many people something is overdue, and since when."""

    def resumed(current: "Published") -> "Revision":
        from ripely.operations.publishing.revisions import paused

        return paused(current, journey, pause=False)

    def waiting(current: "Published") -> str:
        from django.utils import timezone

        from ripely.operations.pauses import overdue
        from ripely.operations.publishing.revisions import published_journey

        found = overdue(published_journey(current, journey), timezone.now())
        if found.since is None:
            return "Nothing is overdue.\n"
        since = f"{found.since.astimezone(ZoneInfo(current.company.timezone)):%Y-%m-%d %H:%M}"
        who = count(found.total, "contact")
        lines = [f"Overdue: {who}, since {since}. They go on at once."]
        lines += [f"  {number:,} at {step}" for step, number in found.steps.items()]
        if found.leaving:
            lines.append(f"  Of them {found.leaving} are too late, and leave.")
        return "\n".join(lines) + "\n"

    publish_revision(resumed, author, yes=yes, warn=waiting)
