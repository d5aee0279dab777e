"""Questions over HTTP, before the real engine behind a server that speaks as ClickHouse does."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime

import pytest

from clickhouse_server import Fault
from company import ANN, BOB, START_S, event
from ripely.adapters.clickhouse.archive import ClickHouseArchive
from ripely.adapters.clickhouse.warehouse import ClickHouseWarehouse
from ripely.compiler.query import Audiences, Moment, Rules
from ripely.model.acts import Did
from ripely.model.company import Company
from ripely.model.profile import Profile
from ripely.ports import PARTITIONS, AskError, Folded, Page
from ripely.runtime.archiving import rows_of

SAYS_NUMBERS = "SELECT number FROM numbers(5)"


@pytest.fixture
def warehouse(clickhouse_url):
    happened = [
        event(1, ANN, "page.viewed", START_S, url="/it's", path="/a"),
        event(2, BOB, "order.completed", START_S, total=5),
    ]
    folded = [Folded(one.contact, n, [one], []) for n, one in enumerate(happened, 1)]
    people = [Profile(one.contact, START_S, now_s=START_S) for one in happened]
    positions = [dict.fromkeys(range(PARTITIONS), upto) for upto in (0, 2)]
    assert ClickHouseArchive(clickhouse_url).keep(rows_of(Page(*positions, folded, people)))
    return ClickHouseWarehouse(clickhouse_url)


def test_an_audience_is_counted_on_a_server(warehouse):
    asked = Audiences(Rules(Company("c", timezone="UTC")), Moment(START_S + 9), "clickhouse")
    told = warehouse.ask(asked.counts([Did("page.viewed")]))
    assert (list(told.columns), told.rows) == (["n0", "n1"], [(2, 1)])


def test_text_numbers_and_moments_come_back_as_they_are(warehouse):
    told = warehouse.ask(
        "SELECT url, contact, [1, 2] AS list, occurred_at, toDate(occurred_at), CAST(NULL AS Nullable(DateTime))"
        " FROM events WHERE name = 'page.viewed'"
    )
    at = datetime.fromtimestamp(START_S, UTC).replace(tzinfo=None)
    assert told.rows == [("/it's", ANN, [1, 2], at, at.date(), None)]
    assert isinstance(told.rows[0][4], date)


def test_no_more_rows_come_than_are_wanted(warehouse):
    assert len(warehouse.ask("SELECT number FROM numbers(100)", 7).rows) == 7
    assert len(list(warehouse.each("SELECT number FROM numbers(100)"))) == 100


def test_questions_may_only_read_and_end_in_time(clickhouse, warehouse):
    warehouse.ask("SELECT 1")
    told = clickhouse.calls()[-1]
    assert (told["readonly"], told["max_execution_time"]) == ("2", "60")
    with pytest.raises(AskError, match="readonly"):
        warehouse.ask("TRUNCATE TABLE events")


def test_a_refusal_is_told_in_the_words_of_the_server(clickhouse, warehouse):
    with pytest.raises(AskError, match=r"ClickHouse refuses: .*nowhere"):
        warehouse.ask("SELECT * FROM nowhere")
    stranger = ClickHouseWarehouse(f"clickhouse://ann:wrong@127.0.0.1:{clickhouse.port}/x")
    with pytest.raises(AskError, match="Authentication failed") as refused:
        stranger.ask("SELECT 1")
    assert "wrong" not in str(refused.value)


@pytest.mark.parametrize(
    ("do", "words"),
    [
        ("cut", "in the middle of an answer"),
        ("break", "Memory limit exceeded"),
        ("drop", "does not answer"),
        ("refuse", "Too many simultaneous queries"),
    ],
)
def test_an_answer_that_breaks_off_is_none(clickhouse, warehouse, do, words):
    clickhouse.misbehave(Fault(do, SAYS_NUMBERS))
    with pytest.raises(AskError, match=words):
        warehouse.ask(SAYS_NUMBERS)
    clickhouse.misbehave(Fault(do, SAYS_NUMBERS))
    with pytest.raises(AskError, match=words):
        list(warehouse.each(SAYS_NUMBERS))
    assert len(list(warehouse.each(SAYS_NUMBERS))) == 5


def test_a_question_is_ended_from_another_thread(clickhouse, warehouse):
    clickhouse.misbehave(Fault("hold", SAYS_NUMBERS))
    with ThreadPoolExecutor(1) as beside:
        asked = beside.submit(warehouse.ask, SAYS_NUMBERS)
        clickhouse.wait_until_held()
        warehouse.stop()
        with pytest.raises(AskError):
            asked.result()
    *_, question, end = clickhouse.calls()
    assert end["body"] == f"KILL QUERY WHERE query_id IN ('{question['query_id']}') ASYNC"
    with pytest.raises(AskError, match="broken off"):
        warehouse.ask("SELECT 1")


def test_a_server_that_is_away_is_told_of():
    with pytest.raises(AskError, match="does not answer"):
        ClickHouseWarehouse("clickhouse://127.0.0.1:1/x").ask("SELECT 1")
