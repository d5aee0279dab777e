"""The figures of a case as fields of a form, and read back."""

from collections.abc import Mapping, Sequence

import msgspec

from ripely.model.journey import Journey
from ripely.operations.worth.automations import suggestions
from ripely.operations.worth.feasibility import Case, asked_of
from ripely.operations.worth.prospects import Prospect, prospect
from ripely.operations.worth.typing_in import as_typed, read_case
from ripely.web.request import Request

KNOWN_BYTES_MAX = 20_000


class Field(msgspec.Struct, frozen=True):
    """A figure as it stands in the form: shares in percent; `source` is how it is known."""

    name: str
    words: str
    unit: str
    value: str
    source: str
    guess: bool


def known_to(request: Request, journey: Journey) -> Prospect:
    """Ask history what it knows of a journey. Raises `AskError`."""
    app, names = request.app, request.names
    now = app.clock.now()
    habits = suggestions(app.warehouse, now)
    return prospect(app.warehouse, journey, now, names.scores.values(), habits, names.company)


def fields(case: Case) -> Sequence[Field]:
    return [
        Field(
            name=asked.name,
            words=asked.words,
            unit="%" if asked.share else asked.unit,
            value=as_typed(asked.name, figure.value),
            source=figure.why,
            guess=figure.guess,
        )
        for asked in asked_of(case)
        for figure in [case.figure(asked.name)]
    ]


def written(case: Case) -> str:
    """Write a case for the form to bring along: what is left alone stays as it was known."""
    return msgspec.json.encode(case).decode()


def typed(said: Mapping[str, str]) -> Case:
    """Read the form. Raises ValueError with a sentence."""
    as_known = said.get("as_known", "")[:KNOWN_BYTES_MAX]
    try:
        known = msgspec.json.decode(as_known, type=Case) if as_known else Case()
    except msgspec.DecodeError:
        raise ValueError(
            "Open the page again: what it brought along is not readable."
        ) from None
    return read_case({name: said[name] for name in said if name != "as_known"}, known)
