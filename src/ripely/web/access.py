"""Who may see and do what. Every view loads what it works on here, and nowhere else."""

import re
from collections.abc import Sequence
from typing import TypeVar

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404

from ripely.demo import mailbox
from ripely.model.ids import ContactId
from ripely.model.journey import Journey
from ripely.model.score import Score
from ripely.model.segment import Segment
from ripely.operations import library, system
from ripely.operations.backtesting import backtests
from ripely.operations.dossiers import dossier
from ripely.operations.publishing import drafts, versions
from ripely.records.backtests.models import Backtest
from ripely.records.definitions.models import Version
from ripely.records.hot.models import ContactTask, WriteKey
from ripely.web.report_links import read_token
from ripely.web.request import Request

CODE_LENGTH = 16
_Thing = TypeVar("_Thing")


def contacts_read(request: Request) -> None:
    _signed_in(request)


def contact_read(request: Request, code: str) -> dossier.Known:
    _signed_in(request)
    known = dossier.known(request.app.profiles, _contact_id(code))
    if known is None:
        raise Http404("Nothing is known of this contact.")
    return known


def live_read(request: Request) -> None:
    _signed_in(request)


def contact_write(request: Request, code: str) -> dossier.Known:
    """Whoever works with contacts may do something for one."""
    return contact_read(request, code)


def catalogue_read(request: Request) -> None:
    _signed_in(request)


def trial_read(request: Request, key: str) -> tuple[str, str]:
    """A journey as it is written, be it in force or not, and its text: whoever signs in may try it."""
    _signed_in(request)
    return key, drafts.text_of(("journey", key), request.in_force.published)


def backtest_read(request: Request, number: int) -> Backtest:
    _signed_in(request)
    return _found(backtests.find(number))


def shared_read(token: str) -> Backtest:
    """A report whose link is on: for whoever has it."""
    return _found(read_token(token))


def journeys_read(request: Request) -> None:
    _signed_in(request)


def journey_read(request: Request, key: str) -> Journey:
    _signed_in(request)
    return _found(request.names.journeys.get(key))


def journey_write(request: Request, key: str) -> Journey:
    """Publishing is for operators: it changes what happens to everybody."""
    _operator(request)
    return _found(request.names.journeys.get(key))


def definitions_read(request: Request) -> None:
    _signed_in(request)


def definition_read(request: Request, kind: str, key: str) -> Sequence[Version]:
    """All versions of a definition, the latest first."""
    _signed_in(request)
    return _found(versions.versions_of(kind, key) or None)


def definition_write(request: Request, kind: str, key: str, number: int) -> Version:
    _operator(request)
    return _found(versions.chosen(versions.versions_of(kind, key), number, exactly=True))


def draft_read(request: Request, kind: str, key: str) -> tuple[str, str]:
    """Anybody signed in may write a draft: nothing is published by it."""
    _signed_in(request)
    if kind not in drafts.EDITABLE or not re.fullmatch(r"[\w.-]{1,64}", key, re.ASCII):
        raise Http404("There is no such document.")
    return kind, key


def draft_write(request: Request, kind: str, key: str) -> tuple[str, str]:
    _operator(request)
    return draft_read(request, kind, key)


def preview_read(request: Request, key: str) -> Journey:
    """The journey as its draft has it, or as it is in force."""
    _signed_in(request)
    kept = drafts.kept(("journey", key))
    if kept is not None:
        checked = drafts.check(kept.text, ("journey", key), request.in_force.published)
        if checked.sound and isinstance(checked.definition, Journey):
            return checked.definition
    return _found(request.names.journeys.get(key))


def insights_read(request: Request) -> None:
    _signed_in(request)


def library_read(request: Request) -> None:
    _signed_in(request)


def automation_read(request: Request, key: str) -> library.Automation:
    _signed_in(request)
    return _found(next((each for each in library.automations() if each.id == key), None))


def automation_write(request: Request, key: str) -> library.Automation:
    _operator(request)
    return automation_read(request, key)


def segments_read(request: Request) -> None:
    _signed_in(request)


def segment_read(request: Request, key: str) -> Segment:
    _signed_in(request)
    return _found(request.names.segments.get(key))


def scores_read(request: Request) -> None:
    _signed_in(request)


def score_read(request: Request, key: str) -> Score:
    _signed_in(request)
    return _found(request.names.scores.get(key))


def tasks_read(request: Request) -> None:
    _signed_in(request)


def task_write(request: Request, key: str) -> ContactTask:
    """A task that is still open: what is done stays done."""
    _signed_in(request)
    return get_object_or_404(ContactTask, pk=key, done_at=None)


def messages_read(request: Request) -> None:
    _signed_in(request)


def message_write(request: Request) -> None:
    _signed_in(request)


def mailbox_read(request: Request) -> None:
    _signed_in(request)


def mail_read(request: Request, number: int) -> mailbox.Mail:
    _signed_in(request)
    return _found(mailbox.find(request.app.mailbox, number))


def workspace_read(request: Request) -> None:
    _signed_in(request)


def workspace_write(request: Request) -> None:
    _operator(request)


def key_write(request: Request, key: str) -> WriteKey:
    _operator(request)
    return get_object_or_404(WriteKey, pk=key)


def system_read(request: Request) -> None:
    _operator(request)


def system_write(request: Request) -> None:
    _operator(request)


def quarantine_write(request: Request, code: str) -> system.Quarantined:
    _operator(request)
    contact = _contact_id(code)
    return _found(next((q for q in system.quarantined() if q.contact == contact), None))


def _signed_in(request: Request) -> None:
    if not request.user.is_authenticated:
        raise PermissionDenied("Sign in first.")


def _operator(request: Request) -> None:
    _signed_in(request)
    if not request.user.is_staff:
        raise PermissionDenied("This is for those who run the system.")


def _found(thing: _Thing | None) -> _Thing:
    if thing is None:
        raise Http404("There is no such thing, or no longer.")
    return thing


def _contact_id(code: str) -> ContactId:
    if len(code) != CODE_LENGTH:
        raise Http404("A contact's code has 16 digits.")
    try:
        return ContactId(int(code, 16) & 0x7FFF_FFFF_FFFF_FFFF)
    except ValueError:
        raise Http404("A contact's code has hexadecimal digits only.") from None
