"""A folder of documents on disk, and what commands say about it."""

import json
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

import click
import msgspec

from ripely.documents.finding import Finding
from ripely.documents.source import BYTES_MAX

TEXTS = (".yaml", ".yml", ".json", ".mjml", ".html", ".liquid", ".txt")
FILES_MAX = 5_000
PROBLEMS = 1

folder = click.argument(
    "folder", type=click.Path(exists=True, file_okay=False, path_type=Path), metavar="DIR"
)
form = click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text",
    help="How to answer: lines for people, or JSON for programs.",
)  # fmt: skip


def read_folder(path: Path) -> dict[str, bytes]:
    """Return the files of a folder and of folders in it, by name, hidden ones left out."""
    here = path.resolve()
    found = [
        each
        for each in sorted(path.rglob("*"))
        # A link may lead anywhere on this machine, and what it leads to would be published.
        if _wanted(each.relative_to(path), each) and each.resolve().is_relative_to(here)
    ]
    if len(found) > FILES_MAX:
        raise click.UsageError(f"{path} holds more than {FILES_MAX:,} files.")
    return {each.relative_to(path).as_posix(): _bytes(each) for each in found}


def say_findings(findings: Sequence[Finding], root: Path | None) -> None:
    """Print each problem on a line that editors and people can follow to its place."""
    for finding in findings:
        colour = "yellow" if finding.warning else "red"
        here = f"{root / finding.file if root else finding.file}:{finding.line}"
        kind = "warning: " if finding.warning else ""
        click.echo(f"{click.style(here, fg=colour)}: {finding.path}: {kind}{finding.message}")


def count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def said_in_json(**answer: object) -> None:
    click.echo(json.dumps(msgspec.to_builtins(answer), ensure_ascii=False, indent=2))


def summary(findings: Iterable[Finding]) -> str:
    warnings = [finding.warning for finding in findings]
    errors = len(warnings) - sum(warnings)
    return f"{count(errors, 'problem')}, {count(sum(warnings), 'warning')}"


def leave(findings: Iterable[Finding]) -> None:
    if any(not finding.warning for finding in findings):
        sys.exit(PROBLEMS)


def _wanted(name: Path, path: Path) -> bool:
    hidden = any(part.startswith(".") for part in name.parts)
    return name.suffix in TEXTS and not hidden and path.is_file()


def _bytes(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(BYTES_MAX + 1)  # One too many is enough to be refused.
