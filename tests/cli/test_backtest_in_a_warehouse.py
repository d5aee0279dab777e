"""Whom a backtest looks at, and an audience over time: the warehouse of one's own says what the lake says."""

import os
import subprocess
import sys
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from unittest.mock import patch

import msgspec
import pytest

from cli.test_warehouse import DAY_S, Shop, happen, views
from clickhouse_server import Running
from company import ANN, BOB, CAROL, DAN, DEFINITIONS, START_S
from ports.world import postgres_world
from ripely.model.acts import Did, Page
from ripely.model.backtest import Asked, Report, Source
from ripely.model.condition import All, Condition, Not
from ripely.model.ids import JourneyId
from ripely.operations.audience import audiences
from ripely.operations.wording.names import Names
from ripely.runtime.archiving import archive_once
from ripely.runtime.backtest.course import course_of
from ripely.runtime.backtest.narrowing import Candidates, candidates
from ripely.settings import read_settings
from ripely.wiring import assemble, open_archive, open_copy

DRAFT = """
kind: journey
id: thank
name: Thank
triggers: [{on: event, event: order.completed}]
start: wait
steps:
  wait: {do: wait, for: 1h, then: ask}
  ask: {do: task, title: Call}
goal: {when: {if: did, event: support.asked}}
"""
LOOKED = All((Page("contains", "pricing", at_least=2), Not(Did("order.completed"))))
ASKED: list[Condition] = [Did("page.viewed"), Page("contains", "pricing", at_least=3), LOOKED]


def looked_at(environ: dict[str, str], draft: Path) -> Candidates | None:
    """Whom a backtest looks at."""
    from ripely.operations.backtesting.backtests import draft_of

    with (
        patch.dict(os.environ, environ),
        assemble(read_settings(), environ["DATABASE_URL"]) as app,
    ):
        published = draft_of({draft.name: draft.read_bytes()}, app.rulesets, "UTC").published
        asked = Asked(JourneyId("thank"), START_S - DAY_S, START_S + 9 * DAY_S)
        course = course_of(published, asked)
        return candidates(course, app.warehouse, app.history)


def reported(environ: Mapping[str, str], draft: Path, source: Source) -> bytes:
    """What the command answers, in processes that know of nothing but these settings."""
    words = ["backtest", str(draft), "--since", "2029-12-31", "--until", "2030-01-10"]
    words += ["--from", source, "--format", "json"]
    said = subprocess.run(
        [sys.executable, "-m", "ripely.cli.main", *words],
        env={**os.environ, **environ},
        stdout=subprocess.PIPE,
        check=True,
    )
    return said.stdout


@pytest.fixture
def shop(django_database: str, clickhouse_url: str, tmp_path: Path) -> Shop:
    """Three who looked at a price and bought, and one who only looked: all of it is archived."""
    shop = Shop(django_database, tmp_path, clickhouse_url)
    with postgres_world(django_database) as world:
        world.publish(*DEFINITIONS)
        for day, contacts in enumerate([(ANN, BOB), (ANN,), (CAROL, BOB)]):
            happen(world, *views(day, *contacts))
        happen(world, *[one for one in views(3, DAN) if one.name == "page.viewed"])
    there = {**shop.environ, "RIPELY_WAREHOUSE": clickhouse_url}
    with (
        patch.dict(os.environ, there),
        assemble(read_settings(), django_database) as app,
        open_archive(app) as opened,
        open_copy(app) as copy,
    ):
        assert opened is not None
        told, lake = opened
        for archive in (lake, copy):
            while archive_once(told, archive):
                pass
    assert shop.has_all()
    return shop


@pytest.fixture
def draft(tmp_path: Path) -> Path:
    draft = tmp_path / "draft.yaml"
    draft.write_text(DRAFT)
    return draft


def test_the_whole_report_of_a_backtest_is_the_same_whichever_was_asked(
    shop: Shop, draft: Path, clickhouse: Running
) -> None:
    there = {**shop.environ, "RIPELY_WAREHOUSE": shop.warehouse_url}
    by_lake = reported(shop.environ, draft, "database")
    calls = len(clickhouse.calls())
    assert reported(there, draft, "database") == by_lake
    assert any("FROM present" in call["body"] for call in clickhouse.calls()[calls:])
    report = msgspec.json.decode(by_lake, type=Report)
    assert (report.contacts, report.people) == (4, 3)
    assert report.events > report.folded  # Who only looked was passed over.
    archived = msgspec.json.decode(reported(there, draft, "archive"), type=Report)
    assert archived.asked == msgspec.structs.replace(report.asked, source="archive")
    assert msgspec.structs.replace(archived, asked=report.asked) == report


def test_whom_a_backtest_looks_at_and_sizes_are_the_same_in_both(
    shop: Shop, draft: Path
) -> None:
    there = {**shop.environ, "RIPELY_WAREHOUSE": shop.warehouse_url}
    found = [looked_at(one, draft) for one in (shop.environ, there)]
    assert found[0] == found[1]
    assert found[0] is not None
    assert found[0].contacts == {ANN, BOB, CAROL}
    now = datetime(2030, 1, 8, tzinfo=UTC)
    grounds = [audiences.Ground(one, Names(), now) for one in (shop.lake, shop.warehouse)]
    first, last = date(2029, 12, 30), date(2030, 1, 7)
    for condition in ASKED:
        sizes = [audiences.sizes(condition, first, last, one) for one in grounds]
        assert sizes[0] == sizes[1]
        assert any(count for _, count in sizes[0])
        on = [audiences.members_on(condition, date(2030, 1, 3), one, 10) for one in grounds]
        assert on[0] == on[1]
