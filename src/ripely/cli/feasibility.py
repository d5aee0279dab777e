"""Says whether a journey is worth it, and what it was reckoned to bring and brings."""

import click

from ripely.cli.asking import say_table
from ripely.cli.history import history, json_option, say_json
from ripely.cli.records import load_django
from ripely.operations.worth.automations import suggestions
from ripely.operations.worth.feasibility import (
    GOALS,
    Asked,
    Case,
    Figure,
    Verdict,
    asked_of,
    judge,
)
from ripely.operations.worth.prospects import prospect
from ripely.operations.worth.typing_in import read_case


@click.command()
@click.argument("journey", metavar="JOURNEY")
@click.option(
    "--set",
    "said",
    multiple=True,
    metavar="NAME=VALUE",
    help="A figure you know better; shares in percent.",
)
@click.option(
    "--goal", type=click.Choice(list(GOALS)), default="more_buyers", show_default=True
)
@click.option("--months", type=click.IntRange(1, 120), default=12, show_default=True)
@click.option("--keep", is_flag=True, help="Keep it beside the journey, to be compared later.")
@json_option
def command(
    journey: str, said: tuple[str, ...], goal: str, months: int, *, keep: bool, as_json: bool
) -> None:  # fmt: skip
    """Reckon what JOURNEY (published, or a file) would bring a month, and say whether to do it."""
    with history() as opened:
        found = opened.journey(journey)
        habits = suggestions(opened.warehouse, opened.now)
        known = prospect(
            opened.warehouse,
            found,
            opened.now,
            opened.names.scores.values(),
            habits,
            opened.names.company,
        )
        typed = dict(one.partition("=")[::2] for one in said)
        try:
            case = read_case({**typed, "goal": goal, "months": str(months)}, known.case)
        except ValueError as wrong:
            raise click.UsageError(str(wrong)) from None
        if keep:
            load_django()
            from ripely.operations.worth.promises import keep as keep_estimate

            keep_estimate(found.id, case, "command line")
    verdict = judge(case)
    if as_json:
        say_json(
            {"case": case, "verdict": verdict, "uplift": known.uplift, "limits": known.limits}
        )
        return
    _say(case, verdict)
    for limit in known.limits:
        click.echo(f"- {limit}")


def _say(case: Case, verdict: Verdict) -> None:
    click.secho(verdict.words, bold=True)
    for reason in verdict.reasons:
        click.echo(f"  {reason}")
    unit = f", in {case.currency}" if case.currency else ""
    click.echo(
        f"A month{unit}: {verdict.low:,.0f} / {verdict.expected:,.0f} / {verdict.high:,.0f} (low, expected, high)"
    )
    paid = "never" if verdict.paid_after is None else f"after {verdict.paid_after:.1f} months"
    click.echo(f"The beginning is paid {paid}.\n")
    columns = ("figure", "value", "from", "to", "known by")
    say_table(
        columns,
        [_row(one, case.figure(one.name)) for one in asked_of(case)],
    )
    click.echo("")


def _row(asked: Asked, figure: Figure) -> tuple[str, ...]:
    def shown(value: float) -> str:
        return f"{value:.1%}" if asked.share else f"{value:,.4g}"

    by = (
        figure.why or ""
        if not figure.guess
        else f"a guess{f': {figure.why}' if figure.why else ''}"
    )
    return (asked.name, shown(figure.value), *map(shown, asked.range_of(figure)), by)
