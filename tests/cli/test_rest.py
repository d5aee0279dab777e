"""A process that gives way to a small one does not forget what it was told."""

import subprocess
import sys

BEGINS = """
import sys, threading
from ripely.cli.rest import begin_again

stopping = threading.Event()
if "--stopped" in sys.argv:
    stopping.set()
print(*sys.argv[1:], flush=True)
if len(sys.argv) < 4:
    begin_again(stopping, "--kept=7")
if "--kept=8" not in sys.argv:
    begin_again(stopping, "--kept=8")
"""


def test_it_begins_again_with_its_words_and_what_it_learned() -> None:
    words = [sys.executable, "-c", BEGINS, "archive", "--rests"]
    told = subprocess.run(words, capture_output=True, text=True, check=True).stdout
    assert told.splitlines() == [
        "archive --rests",
        "archive --rests --kept=7",
        "archive --rests --kept=8",
    ]


def test_who_was_told_to_stop_does_not_begin_again() -> None:
    words = [sys.executable, "-c", BEGINS, "archive", "--stopped"]
    told = subprocess.run(words, capture_output=True, text=True, check=True, timeout=60).stdout
    assert told.splitlines() == ["archive --stopped"]
