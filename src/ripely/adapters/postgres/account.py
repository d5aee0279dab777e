"""The operating-system user that PostgreSQL runs as: ourselves, or as root a user without rights."""

import os
import pwd
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

USER = "ripely"
# To pass through folders closed to others, such as /root. The first reads only; a container
# often keeps back the first and grants the second.
PASSING_CAPABILITIES = {"dac_read_search": 2, "dac_override": 1}


class AccountError(Exception):
    """PostgreSQL cannot be run as any user here; the message says what to do."""


class Account(msgspec.Struct, frozen=True):
    """How to run a command as the user that owns the database."""

    uid: int
    gid: int
    capability: str = ""

    def run(self, command: Sequence[str | Path]) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [*self._prefix(), *command],
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def make_private_folder(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, exist_ok=True)
        self.own(folder)

    def own(self, path: Path) -> None:
        if os.geteuid() != self.uid:
            os.chown(path, self.uid, self.gid)

    def reaches(self, paths: Sequence[Path]) -> bool:
        return all(self._finds(path) for path in paths)

    def _finds(self, path: Path) -> bool:
        process = self.run(["test", "-x", path])
        process.communicate()
        return process.returncode == 0

    def _prefix(self) -> list[str]:
        if os.geteuid() == self.uid:
            return []
        ids = [f"--reuid={self.uid}", f"--regid={self.gid}", "--clear-groups"]
        return ["setpriv", *ids, *self._rights(), "--"]

    def _rights(self) -> list[str]:
        if not self.capability:
            return ["--inh-caps=-all", "--ambient-caps=-all"]
        only = f"-all,+{self.capability}"
        # Without the secure bit, access(2) would not count the capability, and PostgreSQL asks it.
        return [
            f"--inh-caps={only}",
            f"--ambient-caps={only}",
            "--securebits=+no_setuid_fixup",
        ]


def find_account(folder: Path, needed: Sequence[Path]) -> Account:
    """Who shall own the database in this folder, and can reach all paths needed."""
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid())
    if shutil.which("setpriv") is None:
        raise AccountError(
            "PostgreSQL does not run as root, and the program setpriv (of util-linux) is missing: "
            "install it, start Ripely as an ordinary user, or set DATABASE_URL."
        )
    user = _unprivileged_user(folder)
    for account in _weakest_first(user):
        if account.reaches(needed):
            return account
    raise AccountError(
        f"PostgreSQL runs as user {user.pw_name}, who cannot enter {needed[0]}: "
        "set RIPELY_DATA to a folder that others may enter, such as /var/lib/ripely."
    )


def _weakest_first(user: pwd.struct_passwd) -> Iterator[Account]:
    yield Account(user.pw_uid, user.pw_gid)
    granted = _granted_capabilities()
    for name, bit in PASSING_CAPABILITIES.items():
        if granted >> bit & 1:
            yield Account(user.pw_uid, user.pw_gid, name)


def _granted_capabilities() -> int:
    status = Path("/proc/self/status").read_text()
    return int(status.split("CapEff:")[1].split()[0], 16)


def _unprivileged_user(folder: Path) -> pwd.struct_passwd:
    """The owner of the database when there is one already, else a user of our own."""
    if folder.exists() and folder.stat().st_uid != 0:
        return _owner(folder)
    try:
        return pwd.getpwnam(USER)
    except KeyError:
        _add_user()
        return pwd.getpwnam(USER)


def _owner(folder: Path) -> pwd.struct_passwd:
    uid = folder.stat().st_uid
    try:
        return pwd.getpwuid(uid)
    except KeyError:
        raise AccountError(
            f"{folder} belongs to user number {uid}, who does not exist on this machine: "
            f"add such a user (useradd --uid {uid} {USER}) or give the folder to another one."
        ) from None


def _add_user() -> None:
    command = ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", USER]
    added = subprocess.run(command, capture_output=True, text=True, check=False)
    # Another process may have added it a moment ago: only its absence is an error.
    if USER not in {entry.pw_name for entry in pwd.getpwall()}:
        raise AccountError(
            f"PostgreSQL does not run as root, and user {USER} could not be added "
            f"({added.stderr.strip()}): add one, start Ripely as an ordinary user, or set DATABASE_URL."
        )
