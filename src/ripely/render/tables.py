"""Texts as they stand in tables that a spreadsheet may open."""

import re

FORMULA = "^([-=+@\t\r\n\uff0b\uff0d\uff1d\uff20])"
"""What so begins is reckoned there, whoever wrote it (CWE-1236). DuckDB reads the pattern too."""

_formula = re.compile(FORMULA)


def no_formula(text: str) -> str:
    """Return the text, after a quotation mark where it would be a formula."""
    return _formula.sub(r"'\1", text)
