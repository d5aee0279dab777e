"""Audiences over a year of history in the lake: how soon one is counted, and with how much memory.

The lake is made once, by SQL alone, and kept in the folder that RIPELY_BENCH_DATA names, or in the
temporary one. RIPELY_BENCH_EVENTS says how many events it has.
"""

import os
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from pathlib import Path

import duckdb
import duckdb_extension_ducklake

from bench.runner import Figure, bench, runs, say
from ripely.compiler.query import Audiences, Moment, Rules
from ripely.model.acts import Did, Page
from ripely.model.company import Company
from ripely.model.condition import All, Not
from ripely.model.duration import Duration

EVENTS = int(os.environ.get("RIPELY_BENCH_EVENTS", "100_000_000"))
EVENTS_PER_CONTACT = 100
DAYS = 365
FIRST_DAY = datetime(2029, 1, 1, tzinfo=UTC)
NOW_S = int((FIRST_DAY + timedelta(days=DAYS)).timestamp())
THREADS, MEMORY = 2, "512MB"
MEGABYTE = 1 << 20

_EVENTS_OF_A_DAY = """
INSERT INTO events
WITH drawn AS (
    SELECT i, hash(i, {day}) AS h, hash(i, {day}, 1) AS g FROM range({events}) t(i)
), happened AS (
    SELECT (h % {contacts})::BIGINT AS contact, i,
        g % 1000 AS kind, (h >> 20) % 997 AS page, (g >> 30) % 100 AS pricing,
        TIMESTAMP '{midnight}' + to_milliseconds(((g >> 11) % 86400000)::BIGINT) AS moment
    FROM drawn
), told AS (
    SELECT *, CASE WHEN pricing < 4 THEN '/pricing/plan-' || page % 7
                   WHEN pricing < 40 THEN '/products/boots-' || page
                   ELSE '/blog/how-to-choose-' || page END AS path
    FROM happened
)
SELECT contact, {day} * {events} + i, 0, hash(i, {day}, 2)::HUGEINT % 9223372036854775807,
    CASE WHEN kind < 780 THEN 'page.viewed' WHEN kind < 880 THEN 'product.viewed' WHEN kind < 930 THEN 'email.opened'
         WHEN kind < 950 THEN 'email.clicked' WHEN kind < 970 THEN 'search.performed' WHEN kind < 985 THEN 'product.added'
         ELSE 'order.completed' END,
    moment, moment, 'web', true,
    CASE WHEN kind < 880 THEN 'https://shop.example' || path ELSE '' END,
    CASE WHEN kind < 880 THEN MAP {{'path': [path], 'category': ['c' || page % 40]}}
         WHEN kind < 985 THEN MAP {{'template': ['t' || page % 20]}}
         ELSE MAP {{'total': [(page * 1.5)::VARCHAR], 'products.category': ['c' || page % 40, 'c' || page % 7]}} END,
    ''
FROM told ORDER BY contact, moment
"""
_PEOPLE = """
INSERT INTO people BY NAME
SELECT i AS contact, i AS position, TIMESTAMP '2029-12-31' AS "at", 0 AS created_s, 0 AS seen_s, 1 AS visits,
    MAP {{'email': ['p' || i || '@example.com'], 'city': ['Kyiv']}} AS attributes, [] AS tags,
    'visitor' AS lifecycle, [] AS inside, [] AS deals, [] AS quotes, [] AS cart, 0 AS cart_touched_s
FROM range({contacts}) t(i)
"""


def eager(days: int) -> All:
    """Saw prices three times in so many days, and did not buy in them."""
    within = Duration(days * 86_400)
    looked = Page("contains", "/pricing", at_least=3, within=within)
    return All((looked, Not(Did("order.completed", within=within))))


def question(days: int) -> str:
    rules = Rules(Company("company", timezone="UTC"))
    return Audiences(rules, Moment(NOW_S), "duckdb").counts([eager(days)])


@bench("audience_100m")
def audience_100m() -> Figure:
    """One month of a year of history, with all that was read before."""
    connection, load = opened(), _load(30)
    connection.execute(question(30)).fetchall()
    return Figure(runs(lambda: _seconds(connection, 30)), "s", 1.0, load, lower_is_better=True)


@bench("audience_365d")
def audience_365d() -> Figure:
    """The whole year."""
    connection, load = opened(), _load(DAYS)
    connection.execute(question(DAYS)).fetchall()
    value = runs(lambda: _seconds(connection, DAYS))
    return Figure(value, "s", 6.0, load, lower_is_better=True)


@bench("audience_memory")
def audience_memory() -> Figure:
    """What the whole year takes beyond an open lake, in a process of its own."""
    opened().close()
    command = [sys.executable, "-c", "from bench.audience import tell_memory; tell_memory()"]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return Figure(float(told), "MB", 600.0, _load(DAYS), lower_is_better=True)


def tell_memory() -> None:
    """Print by how many megabytes the peak grew over two audiences."""
    connection = opened()
    before = _peak_mb()
    for days in (30, DAYS):
        connection.execute(question(days)).fetchall()
    print(_peak_mb() - before)


def opened() -> duckdb.DuckDBPyConnection:
    """Open the lake; make it first, where there is none of this size."""
    folder = Path(os.environ.get("RIPELY_BENCH_DATA", tempfile.gettempdir())) / f"lake-{EVENTS}"
    made = folder / "made"
    if not made.exists():
        _make(folder)
        made.touch()
    return _attached(folder)


def _attached(folder: Path) -> duckdb.DuckDBPyConnection:
    folder.mkdir(parents=True, exist_ok=True)
    spill = {"temp_directory": str(folder / "spill")}
    connection = duckdb.connect(config={"threads": THREADS, "memory_limit": MEMORY, **spill})
    wheel = Path(duckdb_extension_ducklake.__file__).parent
    connection.execute(f"LOAD '{next(wheel.rglob('*.duckdb_extension'))}'")
    connection.execute(
        f"ATTACH 'ducklake:{folder}/catalogue' AS lake (DATA_PATH '{folder}/files')"
    )
    connection.execute("USE lake")
    connection.execute("SET enable_progress_bar = false")  # It would be told among the figures.
    return connection


def _make(folder: Path) -> None:
    say(f"Making {EVENTS:,} events in {folder} ...")
    connection = _attached(folder)
    connection.execute("SET memory_limit = '3GB'")
    for option, value in (("parquet_compression", "zstd"), ("parquet_version", "2")):
        connection.execute(f"CALL lake.set_option('{option}', '{value}')")
    schema = files("ripely.adapters.ducklake").joinpath("schema.sql").read_text()
    connection.execute(schema)
    contacts = EVENTS // EVENTS_PER_CONTACT
    connection.execute(_PEOPLE.format(contacts=contacts))
    for day in range(DAYS):
        midnight = f"{FIRST_DAY + timedelta(days=day):%Y-%m-%d}"
        connection.execute(
            _EVENTS_OF_A_DAY.format(
                day=day, events=EVENTS // DAYS, contacts=contacts, midnight=midnight
            )
        )
    connection.close()


def _seconds(connection: duckdb.DuckDBPyConnection, days: int) -> float:
    began = time.monotonic()
    connection.execute(question(days)).fetchall()
    return time.monotonic() - began


def _peak_mb() -> float:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) * 1024 / MEGABYTE
    raise AssertionError("a process has a peak of memory")


def _load(days: int) -> str:
    return (
        f"viewed /pricing 3 times in {days} days and did not buy, among {EVENTS:,} events "
        f"of {EVENTS // EVENTS_PER_CONTACT:,} contacts"
    )
