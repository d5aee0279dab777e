"""Reading the figures of a case as a person types them in, on a page, in a request or on a command line."""

from collections.abc import Mapping

from ripely.operations.worth.feasibility import (
    ASKED,
    FIGURES_MAX,
    GOALS,
    MONTHS_MAX,
    Case,
    Figure,
    Goal,
)


def read_case(said: Mapping[str, str], known: Case) -> Case:
    """Read a case from a form or a request: what somebody typed is a guess, what history knows is not.

    Raises ValueError with a sentence.
    """
    goal = said.get("goal", known.goal)
    if goal not in GOALS:
        raise ValueError(f"{goal!r} is no goal: {', '.join(GOALS)}.")
    months = round(_number("months", said.get("months", str(known.months))))
    if not 1 <= months <= MONTHS_MAX:
        raise ValueError(f"Months are from 1 to {MONTHS_MAX}.")
    shares = {asked.name for asked in ASKED if asked.share}
    figures = dict(known.figures)
    for name, written in said.items():
        if written.strip() and _is_figure(name):
            value = _number(name, written) / (100 if name in shares else 1)
            alone = _number(name, written) == float(as_typed(name, known.figure(name).value))
            if not alone or name not in figures:
                figures[name] = Figure(value, why="typed in")
    if len(figures) > FIGURES_MAX:
        raise ValueError(f"There are more than {FIGURES_MAX} figures.")
    _check(figures)
    return Case(_goal(goal), months, figures, known.currency)


def as_typed(name: str, value: float) -> str:
    """Write a figure as a person would type it: a share in percent, and no more digits than matter."""
    typed = value * 100 if any(asked.name == name and asked.share for asked in ASKED) else value
    least = 4 if abs(typed) < 1 and not name.endswith("_hours") and name != "hours_freed" else 2
    return f"{round(typed, least):.12g}"


def _is_figure(name: str) -> bool:
    what, _, channel = name.partition("/")
    return any(asked.name == name for asked in ASKED) or (
        what in {"messages", "price"} and channel.isidentifier()
    )


def _check(figures: Mapping[str, Figure]) -> None:
    for name, figure in figures.items():
        least = -1.0 if name == "uplift" else 0.0
        share = any(asked.name == name and asked.share for asked in ASKED)
        if not least <= figure.value <= (1.0 if share else 1e12):
            raise ValueError(f"{name.replace('_', ' ')} cannot be {figure.value:g}.")


def _number(name: str, written: str) -> float:
    try:
        number = float(written.replace(",", ".").replace("%", "").replace(" ", ""))
    except ValueError:
        number = float("nan")
    if not abs(number) < float("inf"):
        raise ValueError(f"{name.replace('_', ' ')}: {written!r} is no number.")
    return number


def _goal(goal: str) -> Goal:
    return next(known for known in GOALS if known == goal)
