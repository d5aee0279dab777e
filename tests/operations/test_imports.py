"""A file comes in whole, once, in spite of bad lines and of any end of the process."""

import gzip
import json
from datetime import UTC, datetime

import pytest

from ripely.adapters.memory.imports import MemoryImports
from ripely.adapters.memory.intake import MemoryIntake
from ripely.adapters.memory.log import MemoryLog
from ripely.operations import imports
from ripely.operations.imports import import_events, open_job
from ripely.ports import ImportedElsewhereError
from ripely.runtime.columns import Table
from ripely.runtime.lines import LINE_BYTES_MAX, BrokenFileError

EVERY = range(16)


class Clock:
    def now(self):
        return datetime(2026, 1, 1, tzinfo=UTC)


class World:
    def __init__(self):
        self.log = MemoryLog()
        self.imports = MemoryImports(MemoryIntake(self.log))
        self.rejected = []

    def run(self, path, form="segment-jsonl", heard=None, rejects=None):
        def hear(progress, rejected):
            self.rejected += [(one.line, one.path, one.message) for one in rejected]
            if heard:
                heard(progress)

        with (
            open_job(path, form, "test", Table(), rejects) as job,
            self.imports.open(job.key, str(path)) as running,
        ):
            return import_events(job, running, Clock(), hear)

    @property
    def events(self):
        told = self.log.read(EVERY, 0, 10**9).events
        return [event for _, event in told if event.source == "test"]


@pytest.fixture
def world(monkeypatch):
    monkeypatch.setattr(imports, "CHUNK_RECORDS", 3)
    return World()


def call(number, **more):
    return json.dumps(
        {"type": "track", "event": f"e{number}", "userId": f"u{number % 3}", **more}
    )


def write(path, lines):
    pack = gzip.open if path.suffix == ".gz" else open
    with pack(path, "wb") as file:
        file.write("\n".join(lines).encode() + b"\n")
    return path


@pytest.mark.parametrize("name", ["calls.jsonl", "calls.jsonl.gz"])
def test_every_line_becomes_an_event(world, tmp_path, name):
    path = write(tmp_path / name, [call(n) for n in range(10)])
    progress = world.run(path)
    assert [event.name for event in world.events] == [f"e{n}" for n in range(10)]
    assert (progress.lines, progress.events, progress.finished) == (10, 10, True)


@pytest.mark.parametrize("name", ["calls.jsonl", "calls.jsonl.gz"])
@pytest.mark.parametrize("chunks", [1, 2, 3, 4])
def test_it_goes_on_where_it_stopped(world, tmp_path, name, chunks):
    path = write(tmp_path / name, [call(n) for n in range(10)])
    left = iter(range(chunks - 1))

    def stop(_progress):
        if next(left, None) is None:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        world.run(path, heard=stop)
    assert 0 < len(world.events) <= 10
    assert world.run(path).events == 10
    assert [event.name for event in world.events] == [f"e{n}" for n in range(10)]
    assert len({event.id for event in world.events}) == 10


def test_a_table_goes_on_where_it_stopped(world, tmp_path):
    rows = [f'{n},"a\nb",2024-05-01' for n in range(1, 11)]
    path = write(tmp_path / "table.csv", ["user,event,time", *rows])

    def stop(_progress):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        world.run(path, "csv", heard=stop)
    assert world.run(path, "csv").lines == 21
    assert [event.name for event in world.events] == ["a\nb"] * 10
    assert len({event.contact for event in world.events}) == 10


def test_a_finished_file_is_known_by_its_content(world, tmp_path):
    world.run(write(tmp_path / "calls.jsonl", [call(1)]))
    world.run(write(tmp_path / "renamed.jsonl", [call(1)]))
    assert len(world.events) == 1
    world.run(write(tmp_path / "another.jsonl", [call(1), call(2)]))
    assert len(world.events) == 3


def test_two_lines_that_say_the_same_are_two_events(world, tmp_path):
    line = call(1, timestamp="2024-05-01T00:00:00Z")
    world.run(write(tmp_path / "calls.jsonl", [line, line]))
    assert len({event.id for event in world.events}) == 2


def test_a_message_id_is_the_same_event_in_every_file(world, tmp_path):
    world.run(write(tmp_path / "one.jsonl", [call(1, messageId="m")]))
    world.run(write(tmp_path / "two.jsonl", [call(1, messageId="m"), call(2)]))
    assert world.events[0].id == world.events[1].id != world.events[2].id


def test_bad_lines_are_told_and_stop_nothing(world, tmp_path):
    lines = [
        call(0),
        "{",
        "",
        '{"type": "track"}',
        call(1),
        "x" * (LINE_BYTES_MAX + 9),
        call(2),
    ]
    rejects = tmp_path / "rejected.jsonl"
    progress = world.run(write(tmp_path / "calls.jsonl", lines), rejects=rejects)
    assert [event.name for event in world.events] == ["e0", "e1", "e2"]
    assert (progress.lines, progress.rejected) == (7, 3)
    assert [(line, path) for line, path, _ in world.rejected] == [
        (2, "$"),
        (4, "$.event"),
        (6, "$"),
    ]
    written = [json.loads(line) for line in rejects.read_text().splitlines()]
    assert [one["line"] for one in written] == [2, 4, 6]
    assert written[1]["text"] == '{"type": "track"}'


def test_a_line_is_rejected_once_however_often_the_process_ends(world, tmp_path):
    path = write(tmp_path / "calls.jsonl", ["{"] * 9)
    rejects = tmp_path / "rejected.jsonl"

    def stop(_progress):
        with rejects.open("a") as file:
            file.write("what a killed process wrote too much\n")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        world.run(path, heard=stop, rejects=rejects)
    world.run(path, rejects=rejects)
    assert [json.loads(line)["line"] for line in rejects.read_text().splitlines()] == [
        *range(1, 10)
    ]


def test_what_a_broken_file_holds_before_its_break_comes_in(world, tmp_path):
    whole = write(tmp_path / "calls.jsonl.gz", [call(n) for n in range(2000)]).read_bytes()
    broken = tmp_path / "broken.jsonl.gz"
    broken.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(BrokenFileError, match="after line"):
        world.run(broken)
    assert 0 < len(world.events) < 2000


def test_two_processes_do_not_import_the_same_file(world, tmp_path):
    path = write(tmp_path / "calls.jsonl", [call(1)])
    with (
        open_job(path, "segment-jsonl", "test", Table(), None) as job,
        world.imports.open(job.key, "calls"),
        pytest.raises(ImportedElsewhereError),
    ):
        world.run(path)


def test_rows_that_are_not_text_are_rejected(world, tmp_path):
    path = tmp_path / "table.csv"
    path.write_bytes(b"user;event;time\n7;caf\xe9;2024-05-01\n8;x;2024-05-01\n")
    world.run(path, "csv")
    assert world.rejected == [(2, "$", "This is not UTF-8.")]
    assert [event.name for event in world.events] == ["x"]
