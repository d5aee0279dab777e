"""Chance as data: a hash of who and what, so that the same contact always goes the same way."""

from collections.abc import Sequence
from hashlib import md5

from ripely.model.ids import ContactId

SPLIT = "split"
SPLIT_DIGITS = 13
"""Of an MD5, which every database knows as well: as many hexadecimal digits as a float holds exactly."""


def share(contact: ContactId, *what: str) -> float:
    """Return a number in [0, 1) that is fixed for this contact and this question."""
    text = "\x1f".join((SPLIT, str(contact), *what))
    digits = md5(text.encode(), usedforsecurity=False).hexdigest()[:SPLIT_DIGITS]
    return int(digits, 16) / float(16**SPLIT_DIGITS)


def pick(weights: Sequence[int], point: float) -> int:
    """Return the index of the weight that `point`, in [0, 1), falls on."""
    left = point * sum(weights)
    for index, weight in enumerate(weights):
        left -= weight
        if left < 0:
            return index
    return len(weights) - 1
