"""The versions of documents: made where there is none of that content, and read."""

from collections.abc import Mapping, Sequence
from hashlib import sha256

import msgspec
from django.db.models import Max

from ripely.documents.encode import read_duration, to_json, to_yaml
from ripely.documents.references import Key, key_of
from ripely.model.definition import Definition
from ripely.records.definitions.models import Version


def numbered(definitions: Sequence[Definition], author: str) -> dict[str, int]:
    """Return the version of each that has this content, made now if there was none. A few statements for all."""
    bodies = {key_of(definition): to_json(definition) for definition in definitions}
    hashes = {key: sha256(body).hexdigest() for key, body in bodies.items()}
    numbers = _known(hashes)
    new = [key for key in hashes if key not in numbers]
    latest = _latest(new)
    made = [
        Version(
            kind=key[0],
            document=key[1],
            number=latest.get(key, 0) + 1,
            body=bodies[key].decode(),
            hash=hashes[key],
            author=author,
        )
        for key in new
    ]
    Version.objects.bulk_create(made)
    numbers |= {(version.kind, version.document): version.number for version in made}
    return {"/".join(key): numbers[key] for key in hashes}


def versions_of(kind: str, document: str) -> Sequence[Version]:
    """Return all versions, the latest first."""
    return list(Version.objects.filter(kind=kind, document=document).order_by("-number"))


def chosen(
    versions: Sequence[Version], number: int, *, exactly: bool = False
) -> Version | None:
    """Return the version of that number; else the latest, unless it must be that one."""
    rest = versions[0] if versions and not exactly else None
    return next((v for v in versions if v.number == number), rest)


def as_yaml(version: Version) -> str:
    definition = msgspec.json.decode(version.body, type=Definition, dec_hook=read_duration)
    return to_yaml(definition)


def _known(hashes: Mapping[Key, str]) -> dict[Key, int]:
    rows = Version.objects.filter(
        kind__in={kind for kind, _ in hashes}, hash__in=set(hashes.values())
    ).values_list("kind", "document", "hash", "number")
    return {
        (kind, document): number
        for kind, document, digest, number in rows
        if hashes.get((kind, document)) == digest
    }


def _latest(keys: Sequence[Key]) -> dict[Key, int]:
    rows = (
        Version.objects.filter(kind__in={k for k, _ in keys}, document__in={d for _, d in keys})
        .values_list("kind", "document")
        .annotate(latest=Max("number"))
        .order_by()
    )
    return {(kind, document): latest for kind, document, latest in rows}
