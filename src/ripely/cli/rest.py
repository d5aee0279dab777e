"""How a process rests that is large and seldom needed: it gives way to a small one that only watches."""

import os
import sys
from typing import NoReturn


def begin_again(*words: str) -> NoReturn:
    """Become a new process under the same number, told these words beside what we were told at first.

    A word like `--kept=5` replaces what was said so before.
    """
    names = tuple(word.partition("=")[0] for word in words)
    told = [word for word in sys.orig_argv[1:] if word.partition("=")[0] not in names]
    sys.stdout.flush()
    sys.stderr.flush()
    os.execv(sys.executable, [sys.executable, *told, *words])  # noqa: S606 - our own words again.
