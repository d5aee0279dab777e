"""What the paths of a journey show that its author may not have meant."""

from collections.abc import Callable
from typing import Literal

import msgspec

Severity = Literal["problem", "warning", "hint"]
Lacking = Callable[[str], float | None]
"""The share of contacts that lack an attribute, or a consent as `consent/marketing`; None: not known."""
_ORDER = {"problem": 0, "warning": 1, "hint": 2}


class Weakness(msgspec.Struct, frozen=True):
    """A place in the document, and a sentence about it.

    A `problem` is never what anybody means, a `warning` seldom; a `hint` is for a second look.
    """

    severity: Severity
    code: str
    path: str
    message: str

    @property
    def rank(self) -> tuple[int, str, str]:
        return _ORDER[self.severity], self.path, self.message


def nobody_knows(_name: str) -> float | None:
    return None


def share_of(lacking: Lacking, name: str) -> str:
    """Say how many lack something, as a further sentence, where that is known."""
    share = lacking(name)
    return "" if share is None else f" {share:.0%} of all contacts lack it."
