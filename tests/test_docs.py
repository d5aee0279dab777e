"""What the documentation must name is what the code has."""

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent


def test_every_setting_is_documented_and_every_documented_setting_exists():
    read = set(re.findall(r'_read\(environ, "(\w+)"', source("src/ripely/settings.py")))
    page = source("docs/settings.md")
    product, tests = page.split("For the tests alone:")
    assert read == documented(product)
    assert documented(tests) == {"RIPELY_CHROMIUM", "HYPOTHESIS_PROFILE"}


def documented(table: str) -> set[str]:
    return set(re.findall(r"^\| `(\w+)`", table, re.MULTILINE))


def source(path: str) -> str:
    return (ROOT / path).read_text()
