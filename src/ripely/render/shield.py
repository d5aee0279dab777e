"""Liquid is kept out of the way while something that reads markup works on a template."""

import re
from collections.abc import Callable

_LIQUID = re.compile(
    r"\{%-?\s*raw\s*-?%\}.*?\{%-?\s*endraw\s*-?%\}|\{\{.*?\}\}|\{%.*?%\}", re.DOTALL
)
_OUTPUT = "\ue000"
_TAG = "\ue001"
_END = "\ue002"
_PRIVATE = re.compile(f"[{_OUTPUT}-{_END}]")
MARK = re.compile(f"[{_OUTPUT}{_TAG}]\\d+{_END}")
TAG_MARK = re.compile(f"{_TAG}\\d+{_END}")


def shield(source: str) -> tuple[str, Callable[[str], str]]:
    """Put a mark in place of each piece of Liquid; return also what puts the pieces back."""
    pieces: list[str] = []

    def hide(found: re.Match[str]) -> str:
        pieces.append(found[0])
        kind = _OUTPUT if found[0].startswith("{{") else _TAG
        return f"{kind}{len(pieces) - 1}{_END}"

    def restore(text: str) -> str:
        return MARK.sub(lambda mark: pieces[int(mark[0][1:-1])], text)

    return _LIQUID.sub(hide, _PRIVATE.sub("", source)), restore
