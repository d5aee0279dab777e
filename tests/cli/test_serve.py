"""`ripely serve` as an operator meets it: started, asked, stopped, killed."""

import os
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest

pytestmark = [
    pytest.mark.slow,
    pytest.mark.db,
    pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="looks into /proc"),
]

COMMAND = [sys.executable, "-u", "-m", "ripely.cli.main", "serve"]


@pytest.fixture
def port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def serve(tmp_path, port, eventually):
    """Start it in a folder of its own; whatever a failed test leaves is killed."""
    started = []

    def start(**more):
        environ = {**os.environ, "RIPELY_DATA": str(tmp_path), "RIPELY_PORT": str(port), **more}
        process = subprocess.Popen(COMMAND, env=environ, stderr=subprocess.PIPE, text=True)
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()
        process.stderr.close()
    eventually(lambda: not processes_of(tmp_path))


def test_it_answers_when_it_says_so_and_leaves_nothing_when_stopped(serve, port, tmp_path):
    process = serve()
    read_until(process, f"Ripely is ready: http://127.0.0.1:{port}")
    assert status(port) < 500
    process.send_signal(signal.SIGINT)
    assert process.wait() == 0
    assert not processes_of(tmp_path)


def test_everything_ends_when_it_is_killed_and_a_new_one_serves(
    serve, port, tmp_path, eventually
):
    process = serve()
    read_until(process, "Ripely is ready")
    process.kill()
    eventually(lambda: not processes_of(tmp_path))
    read_until(serve(), "Ripely is ready")
    assert status(port) < 500


def test_several_web_processes_share_the_port_and_are_replaced(serve, port, eventually):
    process = serve(RIPELY_WEB_PROCESSES="2")
    read_until(process, "Ripely is ready")
    children = children_of(process.pid)
    assert len(children) == 2
    os.kill(children[0], signal.SIGKILL)
    assert status(port) < 500
    read_until(process, "ended with status -9")
    eventually(lambda: len(children_of(process.pid)) == 2)


def test_a_taken_port_is_named_before_anything_starts(serve, port, tmp_path):
    with socket.socket() as other:
        other.bind(("127.0.0.1", port))
        other.listen()
        process = serve()
        error = process.stderr.read()
    assert process.wait() == 1
    assert error.startswith(f"Error: Port {port} cannot be had")
    assert not (tmp_path / "postgres").exists()


def read_until(process, text):
    heard = []
    for line in process.stderr:
        heard.append(line)
        if text in line:
            return
    pytest.fail(f"it never said {text!r}, but:\n{''.join(heard)}")


def status(port):
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/") as answer:
            return answer.status
    except urllib.error.HTTPError as answer:
        with answer:
            return answer.status


def processes_of(folder):
    """Everything that runs for this folder: it is named on the command line or in the variables."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            said = (process / "cmdline").read_bytes() + (process / "environ").read_bytes()
        except OSError:
            continue
        if str(folder).encode() in said and int(process.name) != os.getpid():
            found.append(said)
    return found


def children_of(pid):
    listed = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(child) for file in listed for child in file.read_text().split()]
