"""Starting a journey for a contact by hand."""

from collections.abc import Sequence
from datetime import datetime

from ripely.model.identity import Claims, named_contact
from ripely.model.ids import ContactId, JourneyId
from ripely.model.journey import Journey
from ripely.operations.wording.names import Names
from ripely.ports import Intake
from ripely.runtime.collect import Sender
from ripely.runtime.requests import refuse_unless, start_of, startable_of


def startable(names: Names) -> Sequence[Journey]:
    """Return the journeys that a person may start, by name."""
    ways = startable_of(names.journeys.values())
    found = [names.journeys[key] for key, by in ways.items() if "hand" in by]
    return sorted(found, key=lambda journey: journey.name)


def start(
    intake: Intake,
    names: Names,
    journey: str,
    contact: ContactId | Claims,
    now: datetime,
    by: str,
) -> ContactId:
    """Ask for a journey, and return the contact it is for. Raises `RefusedError` with a sentence.

    What the journey itself says (who may enter, how often) holds as for any trigger.
    """
    key = JourneyId(journey)
    refuse_unless(startable_of(names.journeys.values()), key, "hand")
    claims = contact if isinstance(contact, tuple) else (named_contact(contact),)
    sender = Sender(round(now.timestamp() * 1000), source=by)
    (found,) = intake.take([start_of(key, "hand", claims, sender)])
    return found
