"""Other people's verdicts on Liquid and MJML."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from liquid.exceptions import LiquidError, LiquidInterrupt

from ripely.render.liquid import TEXT
from ripely.render.mjml import to_html

DATA = Path(__file__).parents[2].parent / "shared" / "data"
LIQUID = DATA / "liquid_golden" / "golden_liquid_dev.json"
MJML = DATA / "mjml_golden"
# Tags that our templates do not have, and filters that the sandbox changes.
OURS = {"include tag", "render tag", "doc tag"}
# What the libraries do otherwise; docs/email.md says what of it a writer of templates may meet.
LIQUID_SHARE_MIN = 0.98
MJML_SHARE_MIN = 0.83
VOID = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "wbr"}


@pytest.mark.skipif(not LIQUID.exists(), reason="the Liquid cases are not beside the project")
def test_liquid_as_others_understand_it():
    cases = [
        case
        for case in json.loads(LIQUID.read_text())["tests"]
        if not OURS & set(case.get("tags", ()))
    ]
    wrong = [case["name"] for case in cases if not agrees(case)]
    share = 1 - len(wrong) / len(cases)
    assert share >= LIQUID_SHARE_MIN, wrong


@pytest.mark.skipif(not MJML.exists(), reason="the MJML cases are not beside the project")
def test_mjml_as_others_understand_it():
    sources = sorted(MJML.glob("*.mjml"))
    wrong = [
        s.stem
        for s in sources
        if shape(converted(s)) != shape(s.with_suffix(".html").read_text())
    ]
    share = 1 - len(wrong) / len(sources)
    assert share >= MJML_SHARE_MIN, wrong


def agrees(case) -> bool:
    try:
        made = TEXT.from_string(case["template"]).render(**case.get("data", {}))
    except (LiquidError, LiquidInterrupt):
        return bool(case.get("invalid"))
    wanted = case.get("results", [case.get("result")])
    return not case.get("invalid") and made in wanted


def converted(source: Path) -> str:
    return to_html(source.read_text(), web_fonts=True)


def shape(html: str) -> list[object]:
    """The document as a list of what it contains, however it is written."""
    reader = Shape()
    reader.feed(html)
    return reader.found


class Shape(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[object] = []

    def handle_starttag(self, tag, attrs):
        given = {name: READ.get(name, str)(value or "") for name, value in attrs}
        left_out = {"lang", "dir"} if tag == "html" else set()
        self.found.append((tag, {n: v for n, v in given.items() if v and n not in left_out}))

    def handle_endtag(self, tag):
        if tag not in VOID:
            self.found.append(f"/{tag}")

    def handle_data(self, data):
        words = re.sub(r"\s+", "", data)
        if words.startswith(("@media", ".moz")):  # Column classes come in any order.
            words = "".join(sorted(re.findall(r"\.[^{}]+\{[^{}]*\}", words)))
        if words:
            self.found.append(words)

    def handle_comment(self, data):
        """Outlook's own markup: neighbouring conditions may be written as one."""
        self.found += shape(re.sub(r"^\[if[^\]]*\]>|<!\[endif\]$", "", data))


def style(text: str) -> tuple[str, ...]:
    parts = (re.sub(r"\s*([:,])\s*", r"\1", part).strip() for part in text.split(";"))
    return tuple(sorted(filter(None, parts)))


READ = {"style": style, "class": lambda text: tuple(sorted(text.split()))}
