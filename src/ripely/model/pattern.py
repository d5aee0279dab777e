"""Regular expressions of rules, by an engine whose time grows with the text alone (RE2)."""

from collections.abc import Callable

import re2

PROGRAM_MAX = 2_500
"""How many steps a pattern may be when all its repetitions are written out: the time for each character grows with them."""
TEXT_LENGTH_MAX = 2_000
"""How much of a text is searched: its beginning."""
_BYTES_MAX = 1 << 20


class PatternError(ValueError):
    """A pattern that cannot be read, or that would need more than is allowed; the message says why."""


def compile_pattern(pattern: str) -> Callable[[str], bool]:
    """Return a search without regard to case. Raises `PatternError`."""
    options = re2.Options()
    options.case_sensitive = False
    options.log_errors = False
    options.max_mem = _BYTES_MAX
    try:
        compiled = re2.compile(pattern, options)
    except re2.error as wrong:
        raise PatternError(wrong.args[0].decode(errors="replace")) from None
    if compiled.programsize > PROGRAM_MAX:
        raise PatternError(
            f"written out it is {compiled.programsize:,} steps long, and may be {PROGRAM_MAX:,};"
            " repeat less, or fewer things"
        )
    search = compiled.search
    return lambda text: search(text[:TEXT_LENGTH_MAX]) is not None
