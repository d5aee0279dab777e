"""The sweep beside the archive goes on, whatever fails in it."""

import threading

from ripely.cli import archiving
from ripely.cli.turns import repeat
from ripely.runtime.sweep import CONTACTS_PER_TURN_MAX
from ripely.settings import read_settings
from ripely.wiring import assemble


def test_a_sweep_that_fails_in_a_way_nobody_knows_is_begun_again(database_url, monkeypatch):
    begun_again, turns = threading.Event(), []

    def fails_once(_):
        turns.append(1)
        if len(turns) == 1:
            raise RuntimeError("nobody has thought of this")
        begun_again.set()
        return 0

    monkeypatch.setattr(archiving.Sweeper, "turn", fails_once)
    monkeypatch.setattr(archiving, "RETRY_SECONDS_MAX", 0)
    with assemble(read_settings(), database_url) as app, archiving._sweeping(app):
        assert begun_again.wait(60)


def test_a_portion_follows_the_one_before_at_once():
    left, waited = [CONTACTS_PER_TURN_MAX] * 3, []

    class Stopping:
        def is_set(self):
            return bool(waited)

        def wait(self, seconds):
            waited.append(len(left))

    def turn():
        return left.pop() if left else 0

    repeat(turn, archiving.SWEEP_PAUSE, Stopping())
    assert waited == [0]
