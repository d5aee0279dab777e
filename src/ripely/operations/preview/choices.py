"""What was chosen in a preview. It is all that a preview is: the rest is played again from it each time."""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from zlib import compress, decompressobj, error

import msgspec

from ripely.model.catalog import BY_NAME

CHOICES_MAX = 100
BYTES_MAX = 64_000
MINUTE_S = 60
AFTER_S_MAX = 3_660 * 86_400
BEGINS_S_MAX = 4_102_444_800
"""A preview begins before the year 2100."""
_OURS = frozenset({"visit.started"})
"""What the fold alone says, as it does what keeps the product going."""
_CODE = re.compile(r"([0-9a-f]{16})?")


class ChoiceError(ValueError):
    """What should say the choices of a preview cannot be read."""


class Choice(msgspec.Struct, frozen=True, array_like=True):
    """Something happens a little later; with no event, time passes: so long, or (0) until something comes."""

    event: str = ""
    properties: dict[str, object] = {}
    after_s: int = MINUTE_S

    def __post_init__(self) -> None:
        if self.event in _OURS or (self.event in BY_NAME and BY_NAME[self.event].inner):
            raise ChoiceError(f"“{self.event}” is nothing that happens to a person.")
        if not 0 <= self.after_s <= AFTER_S_MAX:
            raise ChoiceError("Ten years may pass at once, and not more.")


class Setting(msgspec.Struct, frozen=True, array_like=True):
    """Who is walked, from when on (0: now), and what was chosen.

    `contact` is the code of a real person; without one, `facts` say who is invented.
    """

    contact: str = ""
    facts: dict[str, object] = {}
    begins_s: int = 0
    choices: tuple[Choice, ...] = ()

    def __post_init__(self) -> None:
        if not 0 <= self.begins_s < BEGINS_S_MAX or not _CODE.fullmatch(self.contact):
            raise ChoiceError("This preview cannot be read: begin a new one.")

    def then(self, choice: Choice) -> "Setting":
        return msgspec.structs.replace(self, choices=(*self.choices, choice)[:CHOICES_MAX])

    def back(self) -> "Setting":
        return msgspec.structs.replace(self, choices=self.choices[:-1])


def write_setting(setting: Setting) -> str:
    """Write it so that an address can carry it."""
    return urlsafe_b64encode(compress(msgspec.json.encode(setting), 9)).decode().rstrip("=")


def read_setting(text: str) -> Setting:
    """Read what an address carries. Raises `ChoiceError`."""
    try:
        setting = msgspec.json.decode(_unpacked(text), type=Setting)
    except (Error, ValueError, error, msgspec.DecodeError) as wrong:
        raise ChoiceError("This preview cannot be read: begin a new one.") from wrong
    if len(setting.choices) > CHOICES_MAX:
        raise ChoiceError(f"A preview has {CHOICES_MAX} choices at most.")
    return setting


def _unpacked(text: str) -> bytes:
    unpacking = decompressobj()
    body = unpacking.decompress(urlsafe_b64decode(text + "=" * (-len(text) % 4)), BYTES_MAX)
    if not unpacking.eof:
        raise ValueError("a part is missing, or it is too long")
    return body
