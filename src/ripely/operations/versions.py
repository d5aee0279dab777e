"""The versions of a document, for reading."""

from collections.abc import Sequence

import msgspec

from ripely.documents.encode import read_duration, to_yaml
from ripely.model.definition import Definition
from ripely.records.definitions.models import Version


def versions_of(kind: str, document: str) -> Sequence[Version]:
    """Return all versions, the latest first."""
    return list(Version.objects.filter(kind=kind, document=document).order_by("-number"))


def chosen(versions: Sequence[Version], number: int) -> Version | None:
    """Return the version of that number, or the latest."""
    return next((v for v in versions if v.number == number), versions[0] if versions else None)


def as_yaml(version: Version) -> str:
    definition = msgspec.json.decode(version.body, type=Definition, dec_hook=read_duration)
    return to_yaml(definition)
