"""How a process rests that is large and seldom needed: it gives way to a small one that only watches."""

import os
import signal
import sys
import threading


def begin_again(stopping: threading.Event, *words: str) -> None:
    """Become a new process under the same number, told these words beside what we were told at first.

    A word like `--kept=5` replaces what was said so before. Who is told to stop just returns.
    """
    # The new process would not know that we were told: from here on that ends us at once.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_DFL)
    if stopping.is_set():
        return
    names = tuple(word.partition("=")[0] for word in words)
    told = [word for word in sys.orig_argv[1:] if word.partition("=")[0] not in names]
    sys.stdout.flush()
    sys.stderr.flush()
    os.execv(sys.executable, [sys.executable, *told, *words])  # noqa: S606 - our own words again.
