"""Folders for what does not fit into memory: for their owner alone, and gone with the process that used them."""

import fcntl
import os
import shutil
import tempfile
from pathlib import Path

_PREFIX = "spill-"


class Spill:
    """A folder of its own inside `parent`. What the dead have left there is removed first.

    Who lives holds a lock on the folder. Making and removing take turns by a lock on the parent.
    """

    def __init__(self, parent: Path) -> None:
        """Raises `OSError`."""
        parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        turn = os.open(parent, os.O_RDONLY)
        try:
            fcntl.flock(turn, fcntl.LOCK_EX)
            for other in parent.glob(f"{_PREFIX}*"):
                _remove_if_left(other)
            self.path = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=parent))
            self._lock = os.open(self.path, os.O_RDONLY)
            fcntl.flock(self._lock, fcntl.LOCK_EX)
        finally:
            os.close(turn)

    def close(self) -> None:
        shutil.rmtree(self.path, ignore_errors=True)
        os.close(self._lock)


def _remove_if_left(folder: Path) -> None:
    lock = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return
    else:
        shutil.rmtree(folder, ignore_errors=True)
    finally:
        os.close(lock)
