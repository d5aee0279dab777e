"""What must have happened before a journey goes out, where the company asks for it."""

from collections.abc import Iterable, Iterator, Sequence

import msgspec

from ripely.compiler.ruleset import Published
from ripely.documents.encode import from_json
from ripely.documents.finding import Finding, locate
from ripely.model.company import Publishing
from ripely.model.journey import Journey
from ripely.model.problem import Problem
from ripely.records.backtests.models import Approval, Backtest, Override, Preview
from ripely.records.definitions.models import Version
from ripely.runtime.backtest.report import content_of

Refusal = tuple[Journey, str, str]
"""A journey that may not go out yet, the name of its content, and why."""


class Standing(msgspec.Struct, frozen=True):
    """How far the content of a journey has come: tried by whom, and approved by whom who may."""

    content: str
    previewed: bool
    backtested: bool
    approvals: Sequence[str]


def standing(journey: str, content: str, author: str = "") -> Standing:
    """Return how far content is; neither its publisher nor who tried it can approve it."""
    of_it = {"journey": journey, "content": content}
    done = Backtest.objects.filter(**of_it, state="done")
    own = {author, *done.values_list("author", flat=True)}
    approved = Approval.objects.filter(**of_it).values_list("by", flat=True)
    return Standing(
        content=content,
        previewed=Preview.objects.filter(**of_it).exists(),
        backtested=done.exists(),
        approvals=[by for by in approved if by not in own],
    )


def missing(publishing: Publishing, found: Standing) -> list[str]:
    """Return in sentences what the company still asks for."""
    sentences = []
    if publishing.needs == "backtest" and not found.backtested:
        sentences.append("it needs a backtest of exactly this content, and has none")
    if publishing.needs == "preview" and not (found.previewed or found.backtested):
        sentences.append(
            "it needs a preview or a backtest of exactly this content, and has none"
        )
    short = publishing.approvals - len(found.approvals)
    if short > 0:
        others = "somebody else" if short == 1 else f"{short} others"
        sentences.append(f"it needs the approval of {others}, not of its author")
    return sentences


def refusals(current: Published, after: Iterable[object], author: str) -> Iterator[Refusal]:
    """Yield each journey that may not go out yet, and what is missing.

    What has been in force before may be so again, and a pause or a winner is no new content.
    """
    publishing = current.company.publishing
    if publishing == Publishing():
        return
    known = {journey.id: content_of(journey) for _, journey in current.journeys}
    for journey in (one for one in after if isinstance(one, Journey)):
        content = content_of(journey)
        if known.get(journey.id) == content:
            continue
        sentences = missing(publishing, standing(journey.id, content, author))
        if sentences and content not in _before(journey.id):
            yield journey, content, " and ".join(sentences)


def findings_of(refused: Iterable[Refusal]) -> list[Finding]:
    return [
        locate(f"journey/{journey.id}", {}, Problem("untried", "$", _sentence(journey, why)))
        for journey, _, why in refused
    ]


def _sentence(journey: Journey, why: str) -> str:
    return f"“{journey.name}” is not published: {why}."


def override(refused: Iterable[Refusal], author: str) -> None:
    """Record that somebody publishes without what is missing."""
    for journey, content, why in refused:
        Override.objects.create(journey=journey.id, content=content, by=author, missing=why)


def approve(journey: str, content: str, by: str) -> None:
    Approval.objects.get_or_create(journey=journey, content=content, by=by)


def record_preview(journey: Journey, by: str) -> None:
    """Record that somebody has walked a person through this content, to an end."""
    Preview.objects.get_or_create(journey=journey.id, content=content_of(journey), by=by)


def _before(journey: str) -> set[str]:
    """Return the contents that were ever published."""
    bodies = Version.objects.filter(kind="journey", document=journey)
    found = (from_json(body.encode()) for body in bodies.values_list("body", flat=True))
    return {content_of(one) for one in found if isinstance(one, Journey)}
