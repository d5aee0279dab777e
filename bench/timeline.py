"""The page of one contact, with the stories of a million others beside theirs."""

import os
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import msgspec
import psycopg
from django.test import Client
from psycopg_pool import ConnectionPool

from bench.reference import reference_definitions, traffic
from bench.runner import Figure, bench, say
from bench.servers import database
from bench.state import publish
from ripely.adapters.postgres.log import PostgresLog
from ripely.adapters.postgres.profiles import PostgresProfiles
from ripely.adapters.postgres.rulesets import PostgresRulesets
from ripely.model.ids import ContactId, contact_code, derive
from ripely.runtime.rules import open_rules
from ripely.runtime.worker import work_once

CONTACTS, STORIES = 1_000_000, 5_000_000
OWN_EVENTS = 2_000
LOOKS = 40
WANTED_MS = 150.0
FILL = """
INSERT INTO history (contact, position, body)
SELECT n %% %(contacts)s, 1000000 + n, (SELECT body FROM history LIMIT 1) FROM generate_series(1, %(stories)s) AS n
"""


@bench("timeline_page")
def timeline_page() -> Figure:
    """As the browser waits for it: rows, reasons in words and markup, in one process."""
    with database() as url:
        busiest = _fill(url)
        # Django knows one database in a process, which may be that of another bench here.
        with ProcessPoolExecutor(1, get_context("spawn")) as process:
            looks = process.submit(_looks, url, busiest).result()
    milliseconds = sorted(looks)[int(LOOKS * 0.95) - 1]
    load = (
        f"the page of a contact of {OWN_EVENTS:,} events among {STORIES:,} stories of {CONTACTS:,} contacts, "
        f"95 % of {LOOKS} looks"
    )
    return Figure(milliseconds, "ms", WANTED_MS, load, lower_is_better=True)


def _fill(url: str) -> ContactId:
    publish(url, reference_definitions())
    busiest = ContactId(derive("contact", "busiest"))
    own = [msgspec.structs.replace(event, contact=busiest) for event in traffic(OWN_EVENTS)]
    with (
        ConnectionPool(url, min_size=1, max_size=2, kwargs={"autocommit": True}) as pool,
        psycopg.connect(url, autocommit=True) as connection,
    ):
        log, rules_of = PostgresLog(pool), open_rules(PostgresRulesets(pool))
        store = PostgresProfiles(connection)
        for start in range(0, OWN_EVENTS, 8):  # As many stories as visits.
            log.append(own[start : start + 8])
            while work_once(log, store, rules_of):
                pass
        connection.execute(FILL, {"contacts": CONTACTS, "stories": STORIES})
        connection.execute("VACUUM ANALYZE history")
        say("  the history is there")
    return busiest


def _looks(url: str, contact: ContactId) -> list[float]:
    os.environ |= {
        "DATABASE_URL": url,
        "RIPELY_SECRET": "a secret that benches need no more than tests",
    }
    from ripely.cli.records import load_django

    load_django()
    from ripely.operations.signing_in import create_user

    browser = Client()
    browser.force_login(create_user("ann@example.com", "a long password of hers", "Ann"))
    return [_look(browser, f"/contacts/{contact_code(contact)}/") for _ in range(LOOKS)]


def _look(browser: Client, address: str) -> float:
    began = time.perf_counter()
    answer = browser.get(address)
    milliseconds = (time.perf_counter() - began) * 1_000
    assert answer.status_code == 200, answer.status_code
    return milliseconds
