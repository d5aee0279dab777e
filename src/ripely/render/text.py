"""The text part of a mail, made from its HTML: what it says, and where its links lead."""

import re
from collections.abc import Callable
from html.parser import HTMLParser

from typing_extensions import override

from ripely.render.shield import TAG_MARK

_SILENT = frozenset({"head", "style", "script", "title"})
_VOID = frozenset(
    {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"}
)
_PARAGRAPHS = frozenset({
    "p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "table", "blockquote",
})  # fmt: skip
_LINES = frozenset({"div", "tr", "li", "center", "section"}) | _PARAGRAPHS
_SPACE = re.compile(r"[ \t\r\n\f\u00a0]+")
_ALONE = re.compile(rf"^((?:{TAG_MARK.pattern})+)\n", re.MULTILINE)


def to_text(html: str, link: Callable[[str], str] = str) -> str:
    """Return the words of shielded HTML, links as `words (address)`, ending in a new line."""
    reader = _Reader(link)
    reader.feed(html)
    reader.close()
    return _ALONE.sub(r"\1", reader.finished())


class _Reader(HTMLParser):
    def __init__(self, link: Callable[[str], str]) -> None:
        super().__init__(convert_charrefs=True)
        self._link = link
        self._lines: list[str] = [""]
        self._silent: list[str] = []
        self._links: list[tuple[str, int, int]] = []

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if (
            self._silent
            or tag in _SILENT
            or "display:none" in given.get("style", "").replace(" ", "")
        ):
            if tag not in _VOID:
                self._silent.append(tag)
            return
        if tag in _LINES:
            self._break(blank=tag in _PARAGRAPHS)
        match tag:
            case "br":
                self._lines.append("")
            case "hr":
                self._break(blank=True)
                self._lines += ["---", ""]
            case "li":
                self._say("- ")
            case "td" | "th":
                self._say(" ")
            case "img":
                self._picture(given.get("alt", ""))
            case "a":
                self._links.append(
                    (given.get("href", ""), len(self._lines) - 1, len(self._lines[-1]))
                )
            case _:
                pass

    @override
    def handle_endtag(self, tag: str) -> None:
        if self._silent:
            if tag in self._silent:
                del self._silent[self._silent.index(tag) :]
            return
        if tag == "a" and self._links:
            self._finish_link(*self._links.pop())
        if tag in _LINES:
            self._break(blank=tag in _PARAGRAPHS)

    @override
    def handle_data(self, data: str) -> None:
        if not self._silent:
            self._say(_SPACE.sub(" ", data))

    def finished(self) -> str:
        text = "\n".join(line.rstrip() for line in self._lines)
        return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"

    def _say(self, words: str) -> None:
        line = self._lines[-1]
        self._lines[-1] = line + (words.lstrip() if not line or line.endswith(" ") else words)

    def _break(self, *, blank: bool) -> None:
        if self._lines[-1].strip():
            self._lines.append("")
        if blank and len(self._lines) > 1 and self._lines[-2]:
            self._lines.append("")

    def _picture(self, alt: str) -> None:
        if self._links:  # A picture alone is decoration; as a link it is what one clicks on.
            self._say(alt)

    def _finish_link(self, href: str, line: int, column: int) -> None:
        words = " ".join([self._lines[line][column:], *self._lines[line + 1 :]]).strip()
        address = href.strip()
        if address.startswith(("#", "mailto:", "tel:")) or not address or words == address:
            return
        self._say(f" ({self._link(address)})" if words else self._link(address))
