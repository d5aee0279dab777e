"""Whom a backtest looks at, and an audience over time: the warehouse of one's own says what the lake says."""

import os
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from unittest.mock import patch

from cli.test_warehouse import DAY_S, Shop, happen, views
from company import ANN, BOB, CAROL, DAN, DEFINITIONS, START_S
from ports.world import postgres_world
from ripely.model.acts import Did, Page
from ripely.model.backtest import Asked
from ripely.model.condition import All, Condition, Not
from ripely.model.ids import JourneyId
from ripely.operations.audience import audiences
from ripely.operations.wording.names import Names
from ripely.runtime.backtest.course import course_of
from ripely.runtime.backtest.narrowing import Candidates, candidates
from ripely.settings import read_settings
from ripely.wiring import assemble

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


def test_whom_a_backtest_looks_at_and_sizes_are_the_same_in_both(
    django_database: str,
    clickhouse_url: str,
    tmp_path: Path,
    eventually: Callable[..., None],
) -> None:
    shop = Shop(django_database, tmp_path, clickhouse_url)
    draft = tmp_path / "draft.yaml"
    draft.write_text(DRAFT)
    with postgres_world(django_database) as world, shop.archiving():
        world.publish(*DEFINITIONS)
        for day, contacts in enumerate([(ANN, BOB), (ANN,), (CAROL, BOB)]):
            happen(world, *views(day, *contacts))
        happen(world, *[one for one in views(3, DAN) if one.name == "page.viewed"])
        eventually(shop.has_all)
    there = {**shop.environ, "RIPELY_WAREHOUSE": clickhouse_url}
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
