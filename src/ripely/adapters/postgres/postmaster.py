"""The server process of a data folder: found without doubt, or not touched at all."""

import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

POLL_SECONDS = 0.05
# No system numbers a process so high; PostgreSQL takes a lock file that names it for a stale one.
PID_OF_NOBODY = 2**31 - 1


def find_postmaster(cluster: Path) -> int | None:
    """The pid of the server that runs on this folder.

    The pid in `postmaster.pid` alone proves nothing: after a crash it may belong to anybody,
    or to a zombie that nobody reaps. The command line decides.
    """
    pid = _written_pid(cluster)
    if pid is None:
        return None
    words = _command_line(pid)
    ours = bool(words) and Path(words[0]).name == "postgres" and str(cluster) in words
    return pid if ours else None


def stop_postmaster(cluster: Path) -> None:
    """Shut the server down in order, as `pg_ctl stop -m fast` does, and wait until it is gone."""
    pid = find_postmaster(cluster)
    if pid is None:
        return
    os.kill(pid, signal.SIGINT)
    while find_postmaster(cluster) == pid:
        time.sleep(POLL_SECONDS)


def disown_stale_pid(cluster: Path) -> None:
    """Let PostgreSQL see that the process named in the lock file is not its own.

    It refuses to start while that pid lives, whoever it is. The rest of the file must stay: it
    tells the next server which shared memory to search for survivors of the last one.
    """
    assert find_postmaster(cluster) is None
    lock_file = cluster / "postmaster.pid"
    if not lock_file.exists():
        return
    if _written_pid(cluster) is None:  # cut short by a full disk or a power failure
        lock_file.unlink()
        return
    _, *rest = lock_file.read_text().splitlines(keepends=True)
    draft = lock_file.with_name("postmaster.pid.draft")
    draft.write_text(f"{PID_OF_NOBODY}\n{''.join(rest)}")
    shutil.copystat(lock_file, draft)
    os.chown(draft, lock_file.stat().st_uid, lock_file.stat().st_gid)
    draft.replace(lock_file)


def _written_pid(cluster: Path) -> int | None:
    try:
        return int((cluster / "postmaster.pid").read_text().split("\n", 1)[0])
    except (FileNotFoundError, ValueError):
        return None


def _command_line(pid: int) -> list[str]:
    """Empty for a zombie as well as for a process that is gone."""
    if not Path("/proc/self/cmdline").exists():
        return _command_line_by_ps(pid)
    try:
        return [
            os.fsdecode(word) for word in Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        ]
    except OSError:
        return []


def _command_line_by_ps(pid: int) -> list[str]:
    answer = subprocess.run(
        ["/bin/ps", "-ww", "-o", "command=", "-p", str(pid)],
        capture_output=True,
        text=True,
        check=False,
    )
    return answer.stdout.split()
