"""What a contact may be known by: a kind and a value, written the same way by everybody."""

import re
from typing import Final

from ripely.model.ids import ContactId, contact_code, derive

Kind = int
Identity = tuple[Kind, str]
Claims = tuple[Identity, ...]
"""The identities that an event carries, the strongest first."""

CONTACT: Final[Kind] = 0
"""The contact itself, named by a signed link; stored only where a merge has moved it."""
ANONYMOUS: Final[Kind] = 1
USER: Final[Kind] = 2
EMAIL: Final[Kind] = 3
PHONE: Final[Kind] = 4
MESSENGER: Final[Kind] = 5

PERSONAL = frozenset({USER, EMAIL, PHONE, MESSENGER})
"""What belongs to one person. An anonymous id belongs to a device, which people share."""

NAMES = {
    CONTACT: "contact",
    ANONYMOUS: "anonymous",
    USER: "user",
    EMAIL: "email",
    PHONE: "phone",
    MESSENGER: "messenger",
}
ATTRIBUTES = {USER: "user_id", EMAIL: "email", PHONE: "phone", MESSENGER: "messenger"}
"""The attribute in which a contact keeps each."""

VALUE_CHARACTERS_MAX = 320
PHONE_DIGITS_MIN = 7
PHONE_DIGITS_MAX = 15

_EMAIL = re.compile(r"[^\s@\x00]+@[^\s@\x00]+")
_NO_DIGIT = re.compile(r"\D+")


def first_contact(identity: Identity) -> ContactId:
    """The contact that an identity makes when nobody is known by it."""
    kind, value = identity
    return ContactId(derive(NAMES[kind], value))


def named_contact(contact: ContactId) -> Identity:
    return CONTACT, contact_code(contact)


def contact_named(identity: Identity) -> ContactId:
    return ContactId(int(identity[1], 16))


def canonical_email(text: str) -> str | None:
    """Write an address as we compare it; None when it cannot be one."""
    email = text.strip().lower()
    fits = len(email) <= VALUE_CHARACTERS_MAX and _EMAIL.fullmatch(email)
    return email if fits else None


def canonical_phone(text: str) -> str | None:
    """Keep the digits of a number, and whether it starts with a country code; None when it cannot be one."""
    number = text.strip()
    digits = _NO_DIGIT.sub("", number)
    if digits.startswith("00"):
        digits, number = digits[2:], "+"
    if not PHONE_DIGITS_MIN <= len(digits) <= PHONE_DIGITS_MAX:
        return None
    return f"+{digits}" if number.startswith("+") else digits
