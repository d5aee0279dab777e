"""Publishing: a thousand documents, from their YAML to a ruleset in force in PostgreSQL."""

import os
import time
from collections.abc import Iterator, Mapping

import msgspec

from bench.reference import reference_definitions
from bench.runner import Figure, bench, runs
from bench.servers import database
from ripely.documents.encode import to_yaml
from ripely.model.definition import Definition
from ripely.model.ids import TemplateId
from ripely.model.template import Template
from ripely.wiring import rulesets_on

DOCUMENTS = 1_000
BODY = "<mjml><mj-body><mj-section><mj-column><mj-text>Hello</mj-text></mj-column></mj-section></mj-body></mjml>"


@bench("publish_1000")
def publish_1000() -> Figure:
    """Read, checked, compared line by line, numbered, compiled, stored. The limit is storing the texts alone."""
    limits: list[float] = []
    with database() as url:
        os.environ |= {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "ripely.web.settings"}
        os.environ.setdefault("RIPELY_SECRET", "a secret that benches need no more than tests")
        import django

        django.setup()
        _publish(files(0))
        rounds = iter(range(1, 1_000))

        def changed() -> float:
            documents = files(next(rounds))
            limits.append(_store(documents))
            return _publish(documents)

        value = runs(changed)
        _hang_up()
    load = f"{DOCUMENTS:,} definitions, all changed, from YAML to a ruleset in force"
    return Figure(value, "s", sorted(limits)[len(limits) // 2], load, lower_is_better=True)


def files(number: int) -> Mapping[str, bytes]:
    """The reference company again and again under other names, until there are a thousand documents."""
    said = f"Published in round {number}."
    return {
        f"{place}.yaml": to_yaml(msgspec.structs.replace(definition, description=said)).encode()
        for place, definition in enumerate(_definitions())
    }


def _definitions() -> Iterator[Definition]:
    reference = reference_definitions()
    yield Template(TemplateId("offer"), "Offer", "Hello", BODY)
    for number in range(DOCUMENTS - 1):
        one, again = reference[number % len(reference)], number // len(reference)
        yield msgspec.structs.replace(one, id=f"{one.id}-{again}" if again else one.id)


def _publish(documents: Mapping[str, bytes]) -> float:
    from django.db import connection

    from ripely.operations.publishing.definitions import apply

    connection.ensure_connection()
    started = time.perf_counter()
    outcome = apply(documents, "bench", rulesets_on(connection.connection), "UTC")
    seconds = time.perf_counter() - started
    assert outcome.position is not None, outcome.plan.errors[:3]
    assert len(outcome.versions) == DOCUMENTS
    return seconds


def _store(documents: Mapping[str, bytes]) -> float:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE IF NOT EXISTS only_texts (body text)")
        started = time.perf_counter()
        texts = [text.decode() for text in documents.values()]
        cursor.execute("INSERT INTO only_texts SELECT unnest(%s::text[])", [texts])
        return time.perf_counter() - started


def _hang_up() -> None:
    from django.db import connection

    connection.close()
