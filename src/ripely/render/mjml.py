"""MJML to HTML, once per template: Liquid stays in it, for each contact to be filled in."""

import re
from collections.abc import Callable, Iterable, Iterator

import mrml

from ripely.model.problem import Problem
from ripely.render.shield import MARK

UNTRACKED = "ripely-untracked:"
_CONTAINERS = frozenset({
    "mjml", "mj-head", "mj-attributes", "mj-body", "mj-wrapper", "mj-section", "mj-column", "mj-group",
    "mj-hero", "mj-navbar", "mj-social", "mj-carousel", "mj-accordion", "mj-accordion-element",
})  # fmt: skip
_CONTENT = frozenset({
    "mj-text", "mj-button", "mj-raw", "mj-table", "mj-title", "mj-preview", "mj-style",
    "mj-navbar-link", "mj-social-element", "mj-accordion-title", "mj-accordion-text",
})  # fmt: skip
_EMPTY = frozenset({
    "mj-all", "mj-breakpoint", "mj-carousel-image", "mj-class", "mj-divider", "mj-font", "mj-image",
    "mj-spacer",
})  # fmt: skip
_ATTRIBUTES = r"""(?:[^<>"']|"[^"]*"|'[^']*')*"""
_ELEMENT = re.compile(rf"<!--.*?-->|<(/?)(mj[\w-]*)\b{_ATTRIBUTES}?(/?)>", re.DOTALL)
_OPT_OUT = re.compile(
    rf"<[\w-]+\b{_ATTRIBUTES}?\sdata-ripely-track=[\"']off[\"']{_ATTRIBUTES}>"
)
_OPT_OUT_ATTRIBUTE = re.compile(r"""\sdata-ripely-track=["']off["']""")
_FRAGILE = re.compile(r"[^\x20-\x7e\s]+|\\+|\x7f")
_HREF = re.compile(r"""(\shref=["'])""")

Place = tuple[str, int]
"""An element that is open, and the line on which it was opened."""


def problems(shielded: str, path: str) -> list[Problem]:
    """What the converter would pass over in silence, said with its line."""
    return [
        Problem(code, path, f"line {line}: {message}.")
        for code, line, message in _mistakes(shielded)
    ]


def to_html(shielded: str, *, web_fonts: bool = False) -> str:
    """Convert; without web fonts, for the mail would tell a third party who opens it."""
    source = _OPT_OUT.sub(_mark_untracked, _wrap_loose_liquid(shielded))
    options = mrml.RenderOptions() if web_fonts else mrml.RenderOptions(fonts={})
    plain, restore = _hide_fragile(source)
    return restore(mrml.to_html(plain, render_options=options).content)


def _hide_fragile(source: str) -> tuple[str, Callable[[str], str]]:
    """The converter writes combining marks and the like in attributes in Rust's escapes."""
    mark = "q"
    while mark in source:
        mark += "q"
    pieces: list[str] = []

    def hide(found: re.Match[str]) -> str:
        pieces.append(found[0])
        return f"{mark}{len(pieces) - 1}z"

    marks = re.compile(rf"{mark}(\d+)z")
    return _FRAGILE.sub(hide, source), lambda html: marks.sub(lambda m: pieces[int(m[1])], html)


def _mark_untracked(element: re.Match[str]) -> str:
    plain = _OPT_OUT_ATTRIBUTE.sub("", element[0])
    return _HREF.sub(rf"\1{UNTRACKED}", plain, count=1)


def _wrap_loose_liquid(shielded: str) -> str:
    """Between sections and columns MJML keeps no text, but what lies in `mj-raw`."""
    pieces = []
    for text, inside in _texts(shielded):
        loose = inside in _CONTAINERS and inside not in {"mj-head", "mj-attributes", "mjml"}
        pieces.append(MARK.sub(r"<mj-raw>\g<0></mj-raw>", text) if loose else text)
    return "".join(pieces)


def _texts(source: str) -> Iterator[tuple[str, str]]:
    """Yield all of the source in pieces, each with the MJML element it lies in."""
    open_elements: list[str] = []
    at = 0
    for element in _ELEMENT.finditer(source):
        yield source[at : element.start()], open_elements[-1] if open_elements else ""
        yield element[0], ""
        at = element.end()
        closing, name, empty = element.groups()
        if closing and open_elements:
            open_elements.pop()
        elif name and not closing and not empty:
            open_elements.append(name)
    yield source[at:], ""


def _mistakes(source: str) -> Iterator[tuple[str, int, str]]:
    if not source.lstrip().startswith("<mjml"):
        yield "mjml_missing", 1, "a template begins with <mjml>"
        return
    open_elements: list[Place] = []
    at = 0
    for element in _ELEMENT.finditer(source):
        line = source.count("\n", 0, element.start()) + 1
        text = source[at : element.start()]
        yield from _loose_text(text, open_elements, line - text.lstrip().count("\n"))
        at = element.end()
        closing, name, empty = element.groups()
        if name:
            yield from _nesting(
                name, line, open_elements, closing=bool(closing), empty=bool(empty)
            )
    for name, line in open_elements:
        yield "mjml_unclosed", line, f"<{name}> is not closed"


def _nesting(
    name: str, line: int, open_elements: list[Place], *, closing: bool, empty: bool
) -> Iterable[tuple[str, int, str]]:
    if closing:
        if open_elements and open_elements[-1][0] == name:
            open_elements.pop()
            return []
        return [("mjml_mismatch", line, f"</{name}> closes nothing that is open here")]
    if not empty:
        open_elements.append((name, line))
    if name not in _CONTAINERS | _CONTENT | _EMPTY:
        return [("mjml_unknown", line, f"there is no element <{name}>")]
    return []


def _loose_text(
    text: str, open_elements: list[Place], line: int
) -> Iterable[tuple[str, int, str]]:
    inside = open_elements[-1][0] if open_elements else ""
    if inside in _CONTAINERS and MARK.sub("", text).strip():
        return [
            (
                "mjml_text",
                line,
                f"text directly inside <{inside}> would be lost; put it in <mj-text>",
            )
        ]
    return []
