"""Why, about one contact, on a page: one question, or what comes next; and all other questions to ask."""

from collections.abc import Iterator, Mapping, Sequence

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from ripely.model.journey import Journey
from ripely.model.score import Score
from ripely.model.segment import Segment
from ripely.model.template import Template
from ripely.operations.dossiers import dossier
from ripely.operations.explaining import asked, one_contact
from ripely.operations.wording.names import Names
from ripely.web import access
from ripely.web.request import Request

Question = tuple[one_contact.About, str]
_Defined = Segment | Score | Journey | Template


@require_GET
def ask(request: Request, code: str) -> HttpResponse:
    profile = access.contact_read(request, code).profile
    app = request.app
    about = asked.subject(profile, app.history, request.in_force, app.clock.now())
    question = next(_questions(request.GET), None)
    told = _told(about, question)
    shown = {
        "told": told,
        "key": question[1].partition("/")[0] if question else "",
        "coming": told.next if told else one_contact.next_of(about),
        "contact": profile.contact,
        "header": dossier.header_of(profile, request.in_force.timezone),
        "askable": _askable(request.names),
    }
    return render(request, "contacts/asked.html", shown)


def _told(about: one_contact.Subject, question: Question | None) -> one_contact.Told | None:
    try:
        return one_contact.tell(about, *question) if question else None
    except one_contact.UnknownNameError as wrong:
        raise Http404(f"{wrong}") from None


def _questions(query: Mapping[str, str]) -> Iterator[Question]:
    """Read `?segment=hot`, and what the form on the page sends: `?ask=segment:hot`."""
    about, _, key = query.get("ask", "").partition(":")
    said = {**query, about: key} if about else query
    return (
        (kind, said[kind].replace("\x00", "")) for kind in one_contact.ABOUT if kind in said
    )


def _askable(
    names: Names,
) -> Sequence[tuple[one_contact.About, str, Sequence[tuple[str, str]]]]:
    """Everything that can be asked about, by kind and name."""
    defined: Mapping[one_contact.About, tuple[str, Mapping[str, _Defined]]] = {
        "segment": ("Why in this segment, or not", names.segments),
        "score": ("Why this score", names.scores),
        "journey": ("Why here in this journey, or not in it", names.journeys),
        "message": ("Why this message, or none", names.templates),
    }
    return [
        (kind, label, sorted(((key, one.name or key) for key, one in found.items()), key=_name))
        for kind in one_contact.ABOUT
        for label, found in [defined[kind]]
        if found
    ]


def _name(named: tuple[str, str]) -> str:
    return named[1].casefold()
