"""Of what is asked where a document may come along: as it is written, or else what is in force."""

from collections.abc import Sequence
from typing import Annotated, Literal

import msgspec
from django.http import Http404

from ripely.compiler.ruleset import Published
from ripely.documents.finding import Finding
from ripely.model.condition import Condition
from ripely.model.definition import Definition
from ripely.model.journey import Journey
from ripely.model.profile import Profile
from ripely.operations.audience.audiences import Ground
from ripely.operations.explaining import asked as whom
from ripely.operations.publishing import drafts
from ripely.operations.publishing.drafts import Checked
from ripely.web.audiences.asking import Asked, asked
from ripely.web.request import Request

Document = Annotated[
    str,
    msgspec.Meta(
        max_length=drafts.TEXT_MAX,
        description="The definition as it is written, in YAML or JSON, with others that belong to it; empty: what is in force.",
    ),
]
AudienceKind = Annotated[
    Literal["segment", "journey"],
    msgspec.Meta(description="Those of a segment, or at the beginning of a journey."),
]
AudienceName = Annotated[
    str, msgspec.Meta(description="The id of the segment or journey.", max_length=64)
]


class MistakesError(ValueError):
    """The document that came along makes no sense, and why."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__("The document has mistakes.")
        self.findings = findings


class Written(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is asked about, if it is not what is in force."""

    document: Document = ""


IN_FORCE = Written()


class Drafted(msgspec.Struct, frozen=True):
    """A journey, and what would be in force beside it."""

    journey: Journey
    published: Published
    others: tuple[Definition, ...] = ()


def journey_of(request: Request, key: str, document: str) -> Drafted:
    """Return a journey as it is written, or in force. Raises `MistakesError` or `Http404`."""
    published = request.in_force.published
    if document:
        checked = drafts.check(document, ("journey", key), published)
        if checked.sound and isinstance(checked.definition, Journey):
            return Drafted(checked.definition, published, checked.others)
        raise MistakesError(_mistakes(checked))
    journey = request.names.journeys.get(key)
    if journey is None:
        raise Http404(f"There is no journey “{key}” in force.")
    return Drafted(journey, published)


def audience_of(
    request: Request, kind: str, key: str, document: str
) -> tuple[Asked, Condition, Ground]:
    """Return whom a document means, or what is in force. Raises `MistakesError` or `Http404`."""
    found = asked(request.in_force, kind, key, document or None)
    if found.wrong is not None:
        raise MistakesError([found.wrong])
    if found.condition is None and not found.happens:
        raise Http404(f"There is no {kind} “{key}” in force.")
    if found.condition is None:
        raise ValueError(
            f"Whom “{key}” lets in is told by what happens alone: nobody can be counted."
        )
    ground = Ground(request.app.warehouse, found.names, request.app.clock.now())
    return found, found.condition, ground


def profile_of(request: Request, name: str) -> Profile:
    """Return whom a code, an email, a phone number or a user id means. Raises `Http404`."""
    contact = whom.contact_called(name)
    profile = None if contact is None else whom.profile_of(request.app.profiles, contact)
    if profile is None:
        raise Http404(f"Nobody is known by {name}.")
    return profile


def _mistakes(checked: Checked) -> list[Finding]:
    return [one for one in checked.findings if not one.warning]
