"""Conditions as queries over history in columns: the second meaning of a condition, and the same as the matcher's."""

from ripely.compiler.query.audience import Audiences, Dialect, Moment, Rules, audience, sizes
from ripely.compiler.query.past import Extent, occasions

__all__ = [
    "Audiences",
    "Dialect",
    "Extent",
    "Moment",
    "Rules",
    "audience",
    "occasions",
    "sizes",
]
