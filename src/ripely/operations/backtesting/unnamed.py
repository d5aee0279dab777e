"""Documents and reports for whoever may not know who our colleagues are: numbers stand in place of their names."""

import re
from collections.abc import Iterator, Mapping

import msgspec

from ripely.compiler.ruleset import Published
from ripely.documents.conditions import parts
from ripely.model.action import Assign, Notify, Task
from ripely.model.backtest import Report
from ripely.model.company import Team
from ripely.model.condition import OwnerIs
from ripely.model.journey import Journey
from ripely.operations.publishing.definitions import encode, read
from ripely.runtime.backtest.among import actions_of

_FIELDS = frozenset({"assignee", "names", "to", "who"})
"""The fields of documents in which colleagues are named."""
_ADDRESS = re.compile(r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)+")


def unnamed(published: Published, report: Report) -> tuple[Published, Report]:
    """Return both with "colleague 1" in place of a name; the same colleague has the same number."""
    numbers = {who: f"colleague {n}" for n, who in enumerate(sorted(_colleagues(published)), 1)}
    documents = _renamed(msgspec.json.decode(encode(published)), numbers)
    calls = [
        msgspec.structs.replace(one, who=numbers.get(one.who, one.who)) for one in report.calls
    ]
    return (
        read(msgspec.json.encode(documents)),
        msgspec.structs.replace(report, calls=calls),
    )


def without_addresses(text: str) -> str:
    """Leave out every address of mail, be it a colleague's or one that a rule asks about."""
    return _ADDRESS.sub("(an address)", text)


def _colleagues(published: Published) -> set[str]:
    named: set[str] = set()
    for definition in published.definitions:
        if isinstance(definition, Team):
            named |= {member.who for member in definition.members}
        if isinstance(definition, Journey):
            named |= set(_asked(definition))
        for _, part in parts(definition):
            if isinstance(part, OwnerIs):
                named |= set(part.names)
    return {who for who in named if who and who != "owner" and not who.startswith("team:")}


def _asked(journey: Journey) -> Iterator[str]:
    for action in actions_of(journey):
        match action:
            case Task(assignee=who) | Assign(to=who) | Notify(to=who):
                yield who
            case _:
                pass


def _renamed(value: object, numbers: Mapping[str, str], field: str = "") -> object:
    match value:
        case dict():
            return {key: _renamed(one, numbers, key) for key, one in value.items()}
        case list():
            return [_renamed(one, numbers, field) for one in value]
        case str() if field in _FIELDS:
            return numbers.get(value, value)
        case _:
            return value
