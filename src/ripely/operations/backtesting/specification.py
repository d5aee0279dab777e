"""The exact specification of an automation, from its backtest: to read, to print, and to publish.

What is read and printed goes from hand to hand, so it names neither contacts nor colleagues. The document that is
published names colleagues, since it gives them work.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence

from ripely.compiler.ruleset import Published
from ripely.documents.encode import to_yaml
from ripely.model.backtest import Report
from ripely.model.journey import Journey
from ripely.operations.backtesting import backtests
from ripely.operations.backtesting.printing import print_pdf
from ripely.operations.backtesting.report import Section, numbered, parts_of
from ripely.operations.backtesting.unnamed import unnamed, without_addresses
from ripely.operations.outline import Node, outline
from ripely.operations.wording.conditions import say
from ripely.operations.wording.names import Names, names_of
from ripely.operations.wording.triggers import say_trigger
from ripely.records.backtests.models import Backtest

_HEADING = "# "


def write(test: Backtest, form: str) -> tuple[bytes, str]:
    """Return the specification in a form, and its media type."""
    make, kind = FORMS[form]
    return make(test), kind


def text_of(test: Backtest) -> str:
    """Return the specification as Markdown: what starts it, what it does, when it ends, and what came of trying it."""
    title, sections = _told(*_shown(test))
    lines = [f"{_HEADING}{title}", ""]
    for section in sections:
        lines += [
            f"#{_HEADING}{section.title}",
            "",
            *(f"- {line}" for line in section.lines),
            "",
        ]
    return without_addresses("\n".join(lines))


def document_of(test: Backtest) -> str:
    """Return the journey as a document that can be published."""
    return to_yaml(backtests.journey_of(test))


def _shown(test: Backtest) -> tuple[Published, Report]:
    report = backtests.report_in(test)
    assert report is not None
    return unnamed(backtests.published_of(test), report)


def _told(published: Published, report: Report) -> tuple[str, list[Section]]:
    names = names_of(published.definitions, published.company)
    journey = names.journeys[report.asked.journey]
    rules = [
        Section("What starts it", _starts(journey, names)),
        Section("Step by step", list(_steps(outline(journey, names, {})))),
        Section("When it ends", list(_ends(journey, names))),
        Section("This content", [f"named {report.content}"]),
    ]
    tried = [
        Section(f"Tried: {one.title.lower()}", one.lines)
        for one in numbered(parts_of(report, names))
    ]
    return f"Specification: {journey.name}", [one for one in (*rules, *tried) if one.lines]


def _starts(journey: Journey, names: Names) -> Sequence[str]:
    lines = [say_trigger(trigger, names) for trigger in journey.triggers]
    if journey.filter is not None:
        lines.append(f"only if {say(journey.filter, names)}")
    again = "per value of " + journey.reentry_per if journey.reentry_per else journey.reentry
    return [*lines, f"lets in: {again}"]


def _steps(nodes: Sequence[Node], level: str = "") -> Iterator[str]:
    for number, node in enumerate(nodes, 1):
        place = f"{level}{number}"
        if node.jump:
            yield f"{place}. go on at “{node.title}”"
            continue
        yield f"{place}. {node.title}: {node.detail}"
        for way in node.ways:
            yield f"{place}. {node.title}, {way.label}:" + ("" if way.nodes else " the end")
            yield from _steps(way.nodes, f"{place}.")


def _ends(journey: Journey, names: Names) -> Iterator[str]:
    if journey.goal is not None:
        ends = ", which ends it at once" if journey.goal.ends else ""
        yield f"goal “{journey.goal.name}”: {say(journey.goal.condition, names)}{ends}"
    for one in journey.leave:
        if one.condition is not None:
            yield f"leave when {say(one.condition, names)}"
        elif one.event is not None:
            yield f"leave on {one.event.event}"


def _pdf(test: Backtest) -> bytes:
    published, report = _shown(test)
    title, sections = _told(published, report)
    plain = [
        Section(one.title, [without_addresses(line) for line in one.lines]) for one in sections
    ]
    journey = next(j for _, j in published.journeys if j.id == report.asked.journey)
    return print_pdf(title, plain, without_addresses(to_yaml(journey)))


FORMS: Mapping[str, tuple[Callable[[Backtest], bytes], str]] = {
    "md": (
        lambda test: text_of(test).encode(),
        "text/markdown; charset=utf-8",
    ),
    "pdf": (_pdf, "application/pdf"),
    "yaml": (lambda test: document_of(test).encode(), "application/yaml"),
}
"""How a specification is written, by the end of its file's name."""
