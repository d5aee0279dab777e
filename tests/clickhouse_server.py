"""A ClickHouse server to be tried against: the real engine on a folder, behind the HTTP interface of the server.

It runs as a process of its own, and misbehaves when it is told to.
"""

import re
import subprocess
import sys
import threading
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import msgspec

USER, WORD = "ann", "p@ss:/?#%"
WRITTEN = "ann:p%40ss%3A%2F%3F%23%25"
ABOUT_THE_ANSWER = {"query", "database", "default_format", "query_id", "readonly", "wait_end_of_query"}  # fmt: skip
READS = re.compile(r"\s*(/\*.*?\*/\s*)*(SELECT|WITH|SHOW|DESCRIBE|EXPLAIN)\b", re.DOTALL)


class Fault(msgspec.Struct):
    """Do this once, at a statement that holds some words, after so many of them went well.

    `drop` answers nothing and does nothing, `lose` does it and answers nothing, `refuse` is too
    busy, `hold` begins with it when told to, `cut` and `break` end in the middle of the answer.
    """

    do: str
    at: str = ""
    skip: int = 0


class Running:
    """A server in a process of its own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.port = 0
        self._begin()

    def _begin(self) -> None:
        words = [sys.executable, __file__, str(self._folder), str(self.port)]
        self._process = subprocess.Popen(words, stdout=subprocess.PIPE)
        assert self._process.stdout is not None
        self.port = int(self._process.stdout.readline())

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()

    def restart(self) -> None:
        """Kill it in the middle of whatever it does, and begin it anew on the same folder and port."""
        self.kill()
        self._begin()

    @property
    def address(self) -> str:
        return f"{WRITTEN}@127.0.0.1:{self.port}"

    def url(self, database: str) -> str:
        return f"clickhouse://{self.address}/{database}"

    def misbehave(self, *faults: Fault) -> None:
        self._say("/faults", msgspec.json.encode(faults))

    def left(self) -> int:
        """Return how many faults have not happened yet."""
        return int(self._say("/left"))

    def release(self) -> None:
        """Begin with what is held, and return when it is done."""
        self._say("/release")

    def wait_until_held(self) -> None:
        self._say("/held")

    def calls(self) -> list[dict[str, str]]:
        """Return what came with each call so far."""
        told: list[dict[str, str]] = msgspec.json.decode(self._say("/calls"))
        return told

    def _say(self, path: str, body: bytes = b"") -> bytes:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request("POST", path, body)
            return connection.getresponse().read()
        finally:
            connection.close()


@contextmanager
def serving(folder: Path) -> Iterator[Running]:
    """Run a server on a folder, and kill it in the end."""
    running = Running(folder)
    try:
        yield running
    finally:
        running.kill()


class Desk:
    """The engine, which does one thing at a time, and what is to go wrong."""

    def __init__(self, folder: Path) -> None:
        from chdb import session

        self.engine = session.Session(str(folder / "engine"))
        self.posted = folder / "posted"
        self.one = threading.Lock()
        self.faults: list[Fault] = []
        self.held, self.released, self.done = (threading.Event() for _ in range(3))
        self.calls: list[dict[str, str]] = []
        self._database = ""
        self._settings: dict[str, str] = {}

    def fault(self, sql: str) -> str:
        if sql.startswith("KILL QUERY"):
            self.released.set()
        for fault in self.faults:
            if fault.at in sql:
                fault.skip -= 1
                if fault.skip < 0:
                    self.faults.remove(fault)
                    return fault.do
        return ""

    def do(self, said: dict[str, str], body: bytes) -> bytes:
        """Raises RuntimeError with the engine's own words."""
        sql = said.get("query", body.decode() if "query" not in said else "")
        if said.get("readonly") == "2" and not READS.match(sql):
            raise RuntimeError(
                "Code: 164. DB::Exception: Cannot execute query in readonly mode."
            )
        with self.one:
            self._become(said)
            return self._asked(sql, said.get("default_format", "TabSeparated"), body)

    def _become(self, said: dict[str, str]) -> None:
        """Take over the database and the settings of a call, as far as they are not those of the last one."""
        database = said.get("database", "default")
        if database != self._database:
            self.engine.query(f"USE `{database}`")
            self._database = database
        settings = {key: value for key, value in said.items() if key not in ABOUT_THE_ANSWER}
        told = [f"{key} = DEFAULT" for key in self._settings if key not in settings]
        told += [
            f"{key} = '{value}'"
            for key, value in settings.items()
            if self._settings.get(key) != value
        ]
        if told:
            self.engine.query(f"SET {', '.join(told)}")
        self._settings = settings

    def _asked(self, sql: str, form: str, body: bytes) -> bytes:
        if " FROM input(" in sql:
            # The engine within a process has no input: it reads a file instead.
            self.posted.write_bytes(body)
            sql, _, form = sql.rpartition(" FORMAT ")
            sql = re.sub(r"\binput\(", f"file('{self.posted}', {form}, ", sql, count=1)
        try:
            return bytes(self.engine.query(sql, form).bytes())
        finally:
            self.posted.unlink(missing_ok=True)


class Spoken(BaseHTTPRequestHandler):
    """Answers as ClickHouse does: 403 to strangers, 404 and 500 to what it cannot do, words with every refusal."""

    desk: Desk
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        parts = urlsplit(self.path)
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if parts.path != "/":
            self.answer(200, self.told(parts.path, body))
            return
        said = dict(parse_qsl(parts.query))
        self.desk.calls.append({**said, "body": body.decode()})
        _, _, signed = self.headers.get("Authorization", "").partition(" ")
        if b64decode(signed).decode() != f"{USER}:{WORD}":
            self.refuse(403, f"Code: 516. DB::Exception: {USER}: Authentication failed")
            return
        self.serve(said, body)

    def serve(self, said: dict[str, str], body: bytes) -> None:
        fault = self.desk.fault(said.get("query") or body.decode())
        if fault == "refuse":
            self.refuse(503, "Code: 202. DB::Exception: Too many simultaneous queries.")
            return
        if fault == "drop":
            self.hang_up()
            return
        if fault == "hold":
            self.desk.held.set()
            self.desk.released.wait()
        try:
            answer = self.desk.do(said, body)
        except RuntimeError as wrong:
            self.refuse(404 if "UNKNOWN" in str(wrong) else 500, str(wrong))
            return
        finally:
            if fault == "hold":
                self.desk.done.set()
        if fault in {"lose", "hold"}:
            self.hang_up()
        elif fault == "cut":
            self.answer(200, answer, answer[: len(answer) // 2 + 1])
            self.hang_up()
        elif fault == "break":
            self.answer(200, answer + b"Code: 241. DB::Exception: Memory limit exceeded\n")
        else:
            self.answer(200, answer)

    def told(self, path: str, body: bytes) -> bytes:
        """Do what only a test asks for."""
        match path:
            case "/faults":
                self.desk.faults = msgspec.json.decode(body, type=list[Fault])
                for event in (self.desk.held, self.desk.released, self.desk.done):
                    event.clear()
            case "/left":
                return str(len(self.desk.faults)).encode()
            case "/held":
                self.desk.held.wait()
            case "/release":
                self.desk.released.set()
                self.desk.done.wait()
            case "/calls":
                return msgspec.json.encode(self.desk.calls)
        return b""

    def refuse(self, status: int, words: str) -> None:
        self.answer(status, words.encode())

    def answer(self, status: int, body: bytes, sent: bytes | None = None) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("X-ClickHouse-Summary", '{"read_rows":"0"}')
        self.end_headers()
        self.wfile.write(body if sent is None else sent)

    def hang_up(self) -> None:
        self.wfile.flush()
        self.close_connection = True

    def log_message(self, *said: object) -> None:
        """Keep quiet."""


def main(folder: str, port: str) -> None:
    Path(folder).mkdir(parents=True, exist_ok=True)
    Spoken.desk = Desk(Path(folder))
    server = ThreadingHTTPServer(("127.0.0.1", int(port)), Spoken)
    sys.stdout.write(f"{server.server_port}\n")
    sys.stdout.flush()
    server.serve_forever()


if __name__ == "__main__":
    main(*sys.argv[1:])
