"""What the documentation must name is what the code has."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from made_pages import MADE
from ripely.cli.main import COMMANDS, ripely

ROOT = Path(__file__).parent.parent


def test_every_setting_is_documented_and_every_documented_setting_exists():
    read = set(re.findall(r'_read\(environ, "(\w+)"', source("src/ripely/settings.py")))
    page = source("docs/settings.md")
    product, tests = page.split("For the tests alone:")
    assert read == documented(product)
    assert documented(tests) == {"RIPELY_CHROMIUM", "HYPOTHESIS_PROFILE"}


def test_every_command_is_documented_and_every_documented_command_exists():
    page = re.findall(r"^\| `ripely ([\w-]+)", source("docs/commands.md"), re.MULTILINE)
    assert set(page) == set(COMMANDS)


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_can_explain_itself(name):
    answer = CliRunner().invoke(ripely, [name, "--help"])
    assert answer.exit_code == 0
    assert f"Usage: ripely {name}" in answer.output


@pytest.mark.parametrize("name", sorted(MADE))
def test_pages_made_from_the_product_are_up_to_date(name):
    assert source(f"docs/{name}") == MADE[name](), "run `python tests/made_pages.py`"


def test_links_between_pages_lead_somewhere():
    pages = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]
    dead = [
        f"{page.relative_to(ROOT)}: {link}"
        for page in pages
        for link in re.findall(r"\]\((?!\w+:|#)([^)#]+)", page.read_text())
        if not (page.parent / link).exists()
    ]
    assert not dead


def test_every_row_names_proofs_that_exist():
    rows = re.findall(r"^\| \d+ \|.*\| (.+) \|$", source("docs/rows.md"), re.MULTILINE)
    assert rows
    for proofs in rows:
        named = re.findall(r"\]\(\.\./(tests/[^)#]+)(?:#(\w+))?\)", proofs)
        assert named, proofs
        for path, test in named:
            assert not test or f"def {test}(" in source(path), f"{path} has no {test}"


def test_every_statement_about_what_happens_names_a_proof_that_exists():
    statements = source("docs/semantics.md").split("\n- ")[1:]
    assert statements
    for statement in statements:
        named = re.findall(r"\]\(\.\./(tests/[^)#]+)#(\w+)\)", statement)
        assert named, statement
        for path, test in named:
            assert f"def {test}(" in source(path), f"{path} has no {test}"


def documented(table: str) -> set[str]:
    return set(re.findall(r"^\| `(\w+)`", table, re.MULTILINE))


def source(path: str) -> str:
    return (ROOT / path).read_text()
