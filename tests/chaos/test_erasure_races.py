"""Somebody is forgotten while files are compacted, exported, looked at and asked: nobody stumbles, and nothing of them stays."""

import random
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from chaos.test_killed_archivers import EVENTS_A_TURN, KILLS, happenings, is_right
from company import DEFINITIONS
from ports.test_archive import Kept, in_lake
from ripely.adapters.ducklake.damage import damaged
from ripely.adapters.ducklake.export import write_events
from ripely.adapters.ducklake.lake import Place
from ripely.adapters.ducklake.warehouse import DuckLakeWarehouse
from ripely.ports import ArchiveError, AskError, Export

ASKED = "SELECT count(*), max(hash(properties)) FROM events"

pytestmark = pytest.mark.slow


def again_and_again(act: Callable[[], object], ended: threading.Event) -> Callable[[], object]:
    """Begin to act in a thread; return what ends that, and raises what went wrong in it."""
    wrong: list[Exception] = []

    def acting() -> None:
        try:
            while not ended.is_set():
                act()
        except (ArchiveError, AskError, AssertionError) as told:
            wrong.append(told)

    thread = threading.Thread(target=acting)
    thread.start()

    def end() -> None:
        thread.join()
        assert wrong == []

    return end


def keep_and_forget(kept: Kept, rounds: int) -> None:
    chance = random.Random(15)
    for number in range(rounds):
        kept.happen(*happenings(number * EVENTS_A_TURN, chance))
        kept.catch_up()
        kept.archive.compact()


def test_who_is_forgotten_while_files_are_read_is_gone_in_the_end(
    database_url: str, tmp_path: Path
) -> None:
    lake, ended = tmp_path / "lake", threading.Event()
    place = Place(database_url, str(lake))
    with (
        in_lake(database_url, tmp_path) as kept,
        closing(DuckLakeWarehouse(database_url, str(lake), tmp_path / "asking")) as warehouse,
    ):
        kept.world.publish(*DEFINITIONS)
        export = Export(str(tmp_path / "events.parquet"))

        def look() -> None:
            assert [*damaged(place, tmp_path / "checking")] == []

        reading = [
            again_and_again(lambda: write_events(place, tmp_path / "exporting", export), ended),
            again_and_again(look, ended),
            again_and_again(lambda: warehouse.ask(ASKED), ended),
        ]
        try:
            keep_and_forget(kept, KILLS // 2)
        finally:
            ended.set()
        for end in reading:
            end()
        is_right(kept, database_url, lake)
