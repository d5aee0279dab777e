"""The ready-made automations that come with the product: what each does, and its documents."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

import msgspec
import yaml

from ripely.compiler.ruleset import Published
from ripely.documents.conditions import parts
from ripely.documents.decode import decode
from ripely.documents.references import key_of
from ripely.model.catalog import BY_NAME, RESERVED
from ripely.model.condition import Act, Did
from ripely.model.definition import Definition
from ripely.model.journey import Journey
from ripely.model.trigger import OnEvent
from ripely.operations.names import Names, names_of
from ripely.operations.outline import Node, outline
from ripely.operations.wording.triggers import say_trigger

_FOLDER = "ripely.library"
_BEGINNING = ("scores/engagement.yaml",)


class UnknownAutomationError(Exception):
    """Nothing in the library is called so; the message says what there is."""


class _Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    group: str
    audience: tuple[str, ...] = msgspec.field(name="for")
    needs: tuple[str, ...] = ()


class Automation(msgspec.Struct, frozen=True):
    """A ready-made automation. `files` are its documents by name; `needs` those that it shares with others."""

    id: str
    name: str
    about: str
    group: str
    audience: tuple[str, ...]
    files: Mapping[str, bytes]
    needs: Mapping[str, bytes]
    definitions: tuple[Definition, ...]

    @property
    def journeys(self) -> tuple[Journey, ...]:
        return tuple(d for d in self.definitions if isinstance(d, Journey))


class Line(msgspec.Struct, frozen=True):
    """An automation on the shelf."""

    automation: Automation
    in_force: bool


class Drawing(msgspec.Struct, frozen=True):
    """A journey as drawn, before anybody is in it."""

    name: str
    triggers: tuple[str, ...]
    nodes: tuple[Node, ...]


class Detail(msgspec.Struct, frozen=True):
    """An automation for reading. `needs` are the standard events it lives on, each with what it means."""

    automation: Automation
    in_force: bool
    drawings: tuple[Drawing, ...]
    needs: tuple[tuple[str, str], ...]
    text: str


@cache
def automations() -> tuple[Automation, ...]:
    """Return all of them, in the order in which they are shown."""
    index = yaml.safe_load(_file("index.yaml").read_bytes())
    return tuple(_automation(entry) for entry in msgspec.convert(index, list[_Entry]))


def automation(name: str) -> Automation:
    for each in automations():
        if each.id == name:
            return each
    known = ", ".join(each.id for each in automations())
    raise UnknownAutomationError(f'There is no automation "{name}"; there are {known}.')


def documents_of(chosen: Sequence[Automation], current: Published) -> dict[str, bytes]:
    """Return the files that put automations in force: what they share only where it is not there yet."""
    there = {key_of(definition) for definition in current.definitions}
    found: dict[str, bytes] = {}
    for each in chosen:
        found |= each.files
        for name, body in each.needs.items():
            if not {key_of(definition) for definition in _definitions(name, body)} <= there:
                found[name] = body
    return found


def beginning(current: Published) -> dict[str, bytes]:
    """Return the files that a new installation begins with; nothing where anything is in force."""
    return {} if current.definitions else {name: _file(name).read_bytes() for name in _BEGINNING}


def shelf(names: Names) -> list[tuple[str, list[Line]]]:
    """Return all automations by what they are for."""
    groups: dict[str, list[Line]] = {}
    for each in automations():
        groups.setdefault(each.group, []).append(Line(each, _is_in_force(each, names)))
    return list(groups.items())


def detail(chosen: Automation, names: Names) -> Detail:
    own = names_of(chosen.definitions)
    return Detail(
        chosen,
        _is_in_force(chosen, names),
        tuple(_drawing(journey, own) for journey in chosen.journeys),
        tuple(_needs(chosen.definitions)),
        "---\n".join(body.decode() for body in chosen.files.values()),
    )


def _drawing(journey: Journey, names: Names) -> Drawing:
    triggers = tuple(say_trigger(trigger, names) for trigger in journey.triggers)
    return Drawing(journey.name, triggers, tuple(outline(journey, names, {})))


def _is_in_force(each: Automation, names: Names) -> bool:
    return all(journey.id in names.journeys for journey in each.journeys)


def _needs(definitions: Sequence[Definition]) -> Iterator[tuple[str, str]]:
    """Return the events that somebody outside must tell: those that Ripely says itself come by themselves."""
    asked = {
        part.event
        for definition in definitions
        for _, part in parts(definition)
        if isinstance(part, Did | OnEvent | Act)
    }
    for name in sorted(asked & BY_NAME.keys() - RESERVED):
        yield name, BY_NAME[name].about


def _automation(entry: _Entry) -> Automation:
    name = f"automations/{entry.id}.yaml"
    body = _file(name).read_bytes()
    definitions = _definitions(name, body)
    journey = next(d for d in definitions if isinstance(d, Journey))
    return Automation(
        entry.id,
        journey.name,
        journey.description,
        entry.group,
        entry.audience,
        {name: body},
        {need: _file(need).read_bytes() for need in entry.needs},
        definitions,
    )


def _definitions(name: str, body: bytes) -> tuple[Definition, ...]:
    documents = decode(name, body)
    return tuple(d.definition for d in documents if d.definition is not None)


def _file(name: str) -> Traversable:
    return files(_FOLDER).joinpath(name)
