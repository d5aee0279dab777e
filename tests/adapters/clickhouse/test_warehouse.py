"""The warehouse over HTTP, before the real engine behind a server that speaks as ClickHouse does."""

import threading
from base64 import b64encode
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest
from chdb import session

from company import ANN, BOB, START_S, rules
from differential.columns import Click, Lived
from ripely.adapters.clickhouse.warehouse import ClickHouseWarehouse
from ripely.compiler.query import Audiences, Moment, Rules
from ripely.model.acts import Did
from ripely.model.company import Company
from ripely.ports import AskError


class Spoken(BaseHTTPRequestHandler):
    """Answers as ClickHouse does: 401 to strangers, 404 to what it does not know, text with every refusal."""

    engine: session.Session
    asked: list[dict[str, list[str]]]

    def do_POST(self) -> None:
        sql = self.rfile.read(int(self.headers["Content-Length"])).decode()
        settings = parse_qs(urlsplit(self.path).query)
        self.asked.append(settings)
        if self.headers["Authorization"] != "Basic " + b64encode(b"ann:p@ss").decode():
            self.answer(401, b"Code: 516. DB::Exception: ann: Authentication failed")
            return
        try:
            self.answer(
                200, self.engine.query(sql, settings["default_format"][0]).data().encode()
            )
        except RuntimeError as wrong:
            self.answer(404, str(wrong).encode())

    def answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *said: object) -> None:
        """Keep quiet."""


@pytest.fixture(scope="module")
def port():
    engine = Click()
    lived = Lived(rules())
    lived.tell(ANN, "page.viewed", START_S, url="/it's", path="/a")
    lived.tell(BOB, "order.completed", START_S, total=5)
    engine.fill(lived.rows())
    Spoken.engine, Spoken.asked = engine.session, []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Spoken)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_port
    server.shutdown()
    server.server_close()


def warehouse(port: int, word: str = "p%40ss") -> ClickHouseWarehouse:
    return ClickHouseWarehouse(f"clickhouse://ann:{word}@127.0.0.1:{port}/tried")


def test_an_audience_is_counted_on_a_server(port):
    asked = Audiences(Rules(Company("c", timezone="UTC")), Moment(START_S + 9), "clickhouse")
    told = warehouse(port).ask(asked.counts([Did("page.viewed")]))
    assert (list(told.columns), told.rows) == (["n0", "n1"], [(2, 1)])


def test_text_numbers_and_rows_come_back_as_they_are(port):
    told = warehouse(port).ask(
        "SELECT url, contact, [1, 2] AS list FROM events WHERE name = 'page.viewed'"
    )
    assert told.rows == [("/it's", ANN, [1, 2])]


def test_no_more_rows_come_than_are_wanted(port):
    assert len(warehouse(port).ask("SELECT number FROM numbers(100)", 7).rows) == 7
    assert len(list(warehouse(port).each("SELECT number FROM numbers(100)"))) == 100


def test_questions_may_only_read_and_end_in_time(port):
    warehouse(port).ask("SELECT 1")
    told = Spoken.asked[-1]
    assert (told["readonly"], told["database"], told["max_execution_time"]) == (
        ["2"],
        ["tried"],
        ["60"],
    )


def test_a_refusal_is_told_in_the_words_of_the_server(port):
    with pytest.raises(AskError, match=r"ClickHouse refuses: .*nowhere"):
        warehouse(port).ask("SELECT * FROM nowhere")
    with pytest.raises(AskError, match="Authentication failed"):
        warehouse(port, "wrong").ask("SELECT 1")


def test_a_server_that_is_away_is_told_of():
    with pytest.raises(AskError, match="does not answer"):
        ClickHouseWarehouse("clickhouse://127.0.0.1:1/x").ask("SELECT 1")
