"""SQL lives in `sql/<noun>.sql`; each statement has a name and says what it is for."""

import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

_HEADING = re.compile(r"^-- (\w+): .+$", re.MULTILINE)


@cache
def load(noun: str) -> Mapping[str, bytes]:
    """Return the statements of a file by name. Bytes, so that psycopg takes them as they are."""
    text = files("ripely.adapters.postgres").joinpath("sql", f"{noun}.sql").read_text()
    headings = list(_HEADING.finditer(text))
    ends = [*(heading.start() for heading in headings[1:]), len(text)]
    return {
        heading[1]: text[heading.end() : end].strip().encode()
        for heading, end in zip(headings, ends, strict=True)
    }
