"""A tiny process that outlives every user of the embedded server, and stops it after the last.

Run as `python -m ripely.adapters.postgres.keeper CLUSTER USERS_LOCK KEEPER_LOCK`. It waits for the
exclusive lock on the file that all users hold a shared lock on, so a user that is killed is
noticed as surely as one that says goodbye.
"""

import fcntl
import os
import sys
from pathlib import Path

from ripely.adapters.postgres.postmaster import stop_postmaster


def main(cluster: str, users_lock: str, keeper_lock: str) -> None:
    if os.fork():
        os._exit(0)  # the one who called need not reap us, and no terminal reaches us
    os.setsid()
    keeper = os.open(keeper_lock, os.O_RDWR)
    try:
        fcntl.flock(keeper, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return  # another keeper is at work
    users = os.open(users_lock, os.O_RDWR)
    fcntl.flock(users, fcntl.LOCK_EX)
    stop_postmaster(Path(cluster))
    os.close(
        keeper
    )  # before the users' lock, so that the next user sees that it needs a keeper
    os.close(users)


if __name__ == "__main__":
    main(*sys.argv[1:])
