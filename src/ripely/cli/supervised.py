"""A process that ends when its supervisor does, however that one ended."""

import os
import signal
import sys
import threading
import time

GRACE_SECONDS = 10


def end_with_parent() -> None:
    """Watch standard input: the supervisor holds the other end and never writes to it."""
    threading.Thread(target=_watch, args=(sys.stdin.fileno(),), daemon=True).start()


def _watch(parent: int) -> None:
    while os.read(parent, 1024):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(GRACE_SECONDS)  # noqa: TID251  no event can come: whoever would send it is dead
    os._exit(1)
