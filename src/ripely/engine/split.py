"""Chance as data: a hash of who and what, so that the same contact always goes the same way."""

from collections.abc import Sequence

from ripely.model.ids import ContactId, derive


def share(contact: ContactId, *what: str) -> float:
    """Return a number in [0, 1) that is fixed for this contact and this question."""
    return derive("split", str(contact), *what) / 2**63


def pick(weights: Sequence[int], point: float) -> int:
    """Return the index of the weight that `point`, in [0, 1), falls on."""
    left = point * sum(weights)
    for index, weight in enumerate(weights):
        left -= weight
        if left < 0:
            return index
    return len(weights) - 1
