"""A length of time as people write it: `30d`, `1h 30m`, `45s`."""

import re
from typing import Self

from typing_extensions import override

_UNITS = {"w": 604_800, "d": 86_400, "h": 3_600, "m": 60, "s": 1}
_PART = re.compile(r"(\d+)\s*(w|d|h|m|s)")
_WHOLE = re.compile(rf"(?:\s*{_PART.pattern}\s*)+")
LONGEST_S = 100 * 365 * 86_400
PATTERN = r"^(\s*\d+\s*(w|d|h|m|s)\s*)+$"


class Duration(int):
    """Whole seconds, at least zero."""

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raise ValueError, with a sentence, unless `text` is like `30d` or `1h 30m`."""
        if not _WHOLE.fullmatch(text):
            raise ValueError(f"{text!r} is not a length of time like 30d, 12h, 15m or 1h 30m")
        seconds = sum(int(n) * _UNITS[unit] for n, unit in _PART.findall(text))
        if seconds > LONGEST_S:
            raise ValueError(f"{text!r} is longer than a hundred years")
        return cls(seconds)

    @override
    def __str__(self) -> str:
        left, words = int(self), []
        for unit, seconds in _UNITS.items():
            count, left = divmod(left, seconds)
            if count:
                words.append(f"{count}{unit}")
        return " ".join(words) or "0s"

    def rough(self) -> str:
        """Return its two largest units."""
        return " ".join(str(self).split()[:2])
