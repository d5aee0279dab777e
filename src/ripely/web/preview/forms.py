"""What is said when a preview begins, and at each of its choices."""

import shlex
from datetime import datetime

import msgspec
from django.http import QueryDict
from django.utils import timezone

from ripely.model.ids import ContactId, contact_code
from ripely.operations.dossiers import contacts
from ripely.operations.preview.choices import MINUTE_S, Choice, ChoiceError, Setting
from ripely.operations.preview.people import PERSONAS, read_facts


def setting_of(said: QueryDict, now: datetime) -> Setting:
    """Read who is walked and from when on. Raises `ChoiceError` with a sentence."""
    begins_s = _begins(said.get("begins", ""), now)
    words = said.get("contact", "").strip()
    if words:
        found = contacts.find(contacts.Wanted(words=words)).cards
        if not found:
            raise ChoiceError(f"Nobody is found by “{words}”.")
        return Setting(contact=contact_code(ContactId(found[0].contact)), begins_s=begins_s)
    persona = PERSONAS.get(said.get("persona", ""))
    facts = dict(persona) if persona is not None else {}
    return Setting(facts={**facts, **read_facts(said.get("facts", ""))}, begins_s=begins_s)


def choice_of(said: QueryDict) -> Choice:
    """Read what happens next. Raises `ChoiceError` with a sentence."""
    if told := said.get("choice", ""):
        try:
            return msgspec.json.decode(told, type=Choice)
        except msgspec.DecodeError as wrong:
            raise ChoiceError("This cannot be chosen.") from wrong
    event = said.get("event", "").strip()
    if not event:
        return Choice(after_s=0)
    try:
        words = shlex.split(said.get("properties", ""))
    except ValueError as wrong:
        raise ChoiceError(f"The properties cannot be read: {wrong}.") from wrong
    return Choice(event, read_facts("\n".join(words)), MINUTE_S)


def _begins(said: str, now: datetime) -> int:
    if not said:
        return int(now.timestamp())
    try:
        local = datetime.fromisoformat(said)
    except ValueError as wrong:
        raise ChoiceError("This is no moment to begin at.") from wrong
    return int(local.replace(tzinfo=timezone.get_current_timezone()).timestamp())
