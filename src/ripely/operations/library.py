"""The ready-made automations that come with the product: what each does, and its documents."""

from collections.abc import Iterator, Sequence
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

import msgspec
import yaml

from ripely.compiler.ruleset import Published
from ripely.documents.conditions import parts
from ripely.documents.decode import decode
from ripely.documents.references import Key, key_of
from ripely.model.action import Update
from ripely.model.acts import Act, Aggregate, Did, Occasion
from ripely.model.catalog import BY_NAME, RESERVED
from ripely.model.condition import AttributeIs, DateIs, HasCart
from ripely.model.definition import Definition
from ripely.model.journey import Journey, WaitUntil
from ripely.model.trigger import OnDate, OnEvent
from ripely.operations.outline import Node, outline
from ripely.operations.wording.conditions import say
from ripely.operations.wording.names import Names, names_of
from ripely.operations.wording.triggers import say_trigger

_FOLDER = "ripely.library"
_BEGINNING = ("scores/engagement.yaml",)
_BY_ITSELF = frozenset({"consent.withdrawn", "page.viewed"})
"""What nobody needs to tell: who unsubscribes does it here, and the tracker says what is viewed."""
_CART = frozenset({"product.added", "product.removed", "cart.updated", "cart.emptied"})
"""What fills and empties a cart."""


class UnknownAutomationError(Exception):
    """Nothing in the library is called so; the message says what there is."""


class _Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    group: str
    audience: tuple[str, ...] = msgspec.field(name="for")
    needs: tuple[str, ...] = ()


class Paper(msgspec.Struct, frozen=True):
    """One document as it is written in the library. Those that are `shared` belong to no automation alone."""

    name: str
    body: bytes
    definition: Definition
    shared: bool

    @property
    def key(self) -> Key:
        return key_of(self.definition)


class Automation(msgspec.Struct, frozen=True):
    """A ready-made automation, with its documents and those that it shares with others."""

    id: str
    name: str
    about: str
    group: str
    audience: tuple[str, ...]
    papers: tuple[Paper, ...]

    @property
    def definitions(self) -> tuple[Definition, ...]:
        return tuple(paper.definition for paper in self.papers)

    @property
    def journeys(self) -> tuple[Journey, ...]:
        return tuple(d for d in self.definitions if isinstance(d, Journey))

    @property
    def text(self) -> str:
        """Return its own documents as one file."""
        return "---\n".join(paper.body.decode() for paper in self.papers if not paper.shared)


class Line(msgspec.Struct, frozen=True):
    """An automation on the shelf."""

    automation: Automation
    in_force: bool


class Drawing(msgspec.Struct, frozen=True):
    """A journey as drawn, before anybody is in it."""

    name: str
    triggers: tuple[str, ...]
    filter: str
    nodes: tuple[Node, ...]
    goal: str
    leave: tuple[str, ...]


class Detail(msgspec.Struct, frozen=True):
    """An automation for reading.

    `changed` are the documents that are there under the same ids and say something else. `events`
    are the standard events it lives on, each with what it means; `facts` the attributes.
    """

    automation: Automation
    in_force: bool
    changed: tuple[Key, ...]
    drawings: tuple[Drawing, ...]
    events: tuple[tuple[str, str], ...]
    facts: tuple[str, ...]


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


def documents_of(
    chosen: Sequence[Automation], current: Published, *, again: bool = False
) -> dict[str, bytes]:
    """Return the files that put automations in force. What is there under the same id stays as it is.

    With `again`, what belongs to one of these automations alone is put back as the library has it.
    """
    there = {key_of(definition) for definition in current.definitions}
    return {
        paper.name: paper.body
        for each in chosen
        for paper in each.papers
        if paper.key not in there or (again and not paper.shared)
    }


def changed(chosen: Sequence[Automation], current: Published) -> tuple[Key, ...]:
    """Return what is there under the id of a document of these automations, and says something else."""
    there = {key_of(definition): definition for definition in current.definitions}
    papers = {paper.key: paper for each in chosen for paper in each.papers if not paper.shared}
    return tuple(
        key
        for key, paper in papers.items()
        if there.get(key, paper.definition) != paper.definition
    )


def beginning(current: Published) -> dict[str, bytes]:
    """Return the files that a new installation begins with; nothing where anything is in force."""
    return (
        {} if current.definitions else {name: _file(name).read_bytes() for name in _BEGINNING}
    )


def shelf(names: Names) -> list[tuple[str, list[Line]]]:
    """Return all automations by what they are for."""
    groups: dict[str, list[Line]] = {}
    for each in automations():
        groups.setdefault(each.group, []).append(Line(each, _is_in_force(each, names)))
    return list(groups.items())


def detail(chosen: Automation, names: Names, current: Published) -> Detail:
    own = names_of(chosen.definitions)
    return Detail(
        chosen,
        _is_in_force(chosen, names),
        changed([chosen], current),
        tuple(_drawing(journey, own) for journey in chosen.journeys),
        tuple(events_of(chosen)),
        facts_of(chosen),
    )


def _drawing(journey: Journey, names: Names) -> Drawing:
    return Drawing(
        journey.name,
        tuple(say_trigger(trigger, names) for trigger in journey.triggers),
        say(journey.filter, names) if journey.filter else "",
        tuple(outline(journey, names, {})),
        say(journey.goal.condition, names) if journey.goal else "",
        tuple(leave.reason for leave in journey.leave),
    )


def _is_in_force(each: Automation, names: Names) -> bool:
    return all(journey.id in names.journeys for journey in each.journeys)


def events_of(chosen: Automation) -> Iterator[tuple[str, str]]:
    """Return the events that somebody outside must tell: those that Ripely says itself come by themselves."""
    asked = {
        part.event
        for part in _parts(chosen)
        if isinstance(part, Did | OnEvent | Act | Aggregate | Occasion)
    }
    if any(isinstance(part, HasCart) for part in _parts(chosen)):
        asked |= _CART
    for name in sorted(asked & BY_NAME.keys() - RESERVED - _BY_ITSELF):
        yield name, BY_NAME[name].about


def facts_of(chosen: Automation) -> tuple[str, ...]:
    """Return the attributes that somebody outside must fill: those that its own steps do not set."""
    asked: set[str] = set()
    made: set[str] = set()
    for part in _parts(chosen):
        match part:
            case OnDate(attribute=name) | WaitUntil(attribute=name) | DateIs(attribute=name):
                asked.add(name)
            case AttributeIs(name=name):
                asked.add(name)
            case OnEvent("attribute.changed", where):
                asked |= {str(w.value) for w in where if w.property == "name"}
            case Update():
                made |= {*part.set, *part.set_dates, *part.add, *part.copy}
            case _:
                pass
    return tuple(sorted(asked - made - {""}))


def _parts(chosen: Automation) -> Iterator[msgspec.Struct]:
    for paper in chosen.papers:
        if not paper.shared:
            yield from (part for _, part in parts(paper.definition))


def _automation(entry: _Entry) -> Automation:
    own = _papers(f"automations/{entry.id}.yaml", shared=False)
    shared = [paper for need in entry.needs for paper in _papers(need, shared=True)]
    journey = next(p.definition for p in own if isinstance(p.definition, Journey))
    return Automation(
        entry.id,
        journey.name,
        journey.description,
        entry.group,
        entry.audience,
        (*own, *shared),
    )


def _papers(name: str, *, shared: bool) -> list[Paper]:
    """Take a file apart, so that each of its documents can be put in force or left out."""
    found = []
    for text in _file(name).read_text().split("\n---\n"):
        body = f"{text.rstrip()}\n".encode()
        for document in decode(name, body):
            assert document.definition is not None, (name, document.problems)
            place = f"{name.removesuffix('.yaml')}/{document.kind}-{document.id}.yaml"
            found.append(Paper(place, body, document.definition, shared))
    return found


def _file(name: str) -> Traversable:
    return files(_FOLDER).joinpath(name)
