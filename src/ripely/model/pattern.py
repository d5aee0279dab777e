"""Regular expressions of rules, by an engine whose time grows with the text alone (RE2)."""

from collections.abc import Callable

import re2


class PatternError(ValueError):
    """A pattern that cannot be read, or that would need more than is allowed; the message says why."""


def compile_pattern(pattern: str) -> Callable[[str], bool]:
    """Return a search without regard to case. Raises `PatternError`."""
    options = re2.Options()
    options.case_sensitive = False
    options.log_errors = False
    try:
        search = re2.compile(pattern, options).search
    except re2.error as wrong:
        raise PatternError(wrong.args[0].decode(errors="replace")) from None
    return lambda text: search(text) is not None
