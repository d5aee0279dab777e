"""Who is asked about: a contact by any name, with what is known and was decided."""

from datetime import datetime

from ripely.model.identity import EMAIL, PHONE, USER, canonical_email, canonical_phone
from ripely.model.ids import ContactId
from ripely.model.profile import Profile
from ripely.operations.dossiers.dossier import past_of
from ripely.operations.explaining.one_contact import Letter, Subject
from ripely.operations.messages import messages_to
from ripely.operations.publishing.published import InForce
from ripely.ports import History, Profiles
from ripely.records.hot.models import Identity

CODE_DIGITS = 16
MERGES_MAX = 20


def contact_called(name: str) -> ContactId | None:
    """Find a contact by its code, or by an email, a phone number or a user id."""
    if len(name) == CODE_DIGITS and not set(name.lower()) - set("0123456789abcdef"):
        return ContactId(int(name, 16) & 0x7FFF_FFFF_FFFF_FFFF)
    values = {
        EMAIL: canonical_email(name),
        PHONE: canonical_phone(name),
        USER: name.replace("\x00", ""),
    }
    for kind, value in values.items():
        row = Identity.objects.filter(kind=kind, value=value).first() if value else None
        if row is not None:
            return ContactId(row.contact)
    return None


def profile_of(profiles: Profiles, contact: ContactId) -> Profile | None:
    """Return the profile, of whom it is a part of now if it was merged."""
    profile = profiles.load([contact]).profiles.get(contact)
    for _ in range(MERGES_MAX):
        if profile is None or profile.merged_into is None:
            break
        contact = profile.merged_into
        profile = profiles.load([contact]).profiles.get(contact)
    return profile


def subject_of(
    profiles: Profiles, history: History, in_force: InForce, name: str, now: datetime
) -> Subject | None:
    """Return whom a name means, ready to be asked about; None when nobody is known by it."""
    contact = contact_called(name)
    profile = None if contact is None else profile_of(profiles, contact)
    return None if profile is None else subject(profile, history, in_force, now)


def subject(profile: Profile, history: History, in_force: InForce, now: datetime) -> Subject:
    notes = past_of(history, profile.contact).notes
    letters = [
        Letter(row.template, int(row.decided_at.timestamp()), row.outcome or "", row.reason)
        for row in messages_to(profile.contact)
    ]
    return Subject(profile, notes, in_force.names, in_force.rules, now, letters)
