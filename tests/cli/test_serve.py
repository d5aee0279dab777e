"""`ripely serve` as an operator meets it: started, asked, stopped, killed."""

import os
import signal
import socket
import subprocess
import sys
import threading
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


class Served:
    """A running `ripely serve`, and everything that it says."""

    def __init__(self, process):
        self.process = process
        self.said = ""
        self.listener = threading.Thread(target=self._listen)
        self.listener.start()

    def has_said(self, text):
        assert text in self.said or self.process.poll() is None, self.said
        assert "Ripely answers, but" not in self.said, self.said
        return text in self.said

    def _listen(self):
        with self.process.stderr as stream:
            for line in stream:
                self.said += line


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
        started.append(Served(process))
        return started[-1]

    yield start
    for served in started:
        served.process.kill()
        served.listener.join()
        served.process.wait()
    eventually(lambda: not processes_of(tmp_path))


def test_it_answers_when_it_says_so_and_leaves_nothing_when_stopped(
    serve, port, tmp_path, eventually
):
    served = serve()
    eventually(lambda: served.has_said(f"Ripely is ready: http://127.0.0.1:{port}"))
    assert status(port) < 500
    served.process.send_signal(signal.SIGINT)
    assert served.process.wait() == 0
    assert not processes_of(tmp_path)


def test_everything_ends_when_it_is_killed_and_a_new_one_serves(
    serve, port, tmp_path, eventually
):
    served = serve()
    eventually(lambda: served.has_said("Ripely is ready"))
    served.process.kill()
    eventually(lambda: not processes_of(tmp_path))
    again = serve()
    eventually(lambda: again.has_said("Ripely is ready"))
    assert status(port) < 500


def test_several_web_processes_share_the_port_and_are_replaced(serve, port, eventually):
    served = serve(RIPELY_WEB_PROCESSES="2")
    eventually(lambda: served.has_said("Ripely is ready"))
    children = web_processes_of(served.process.pid)
    assert len(children) == 2
    os.kill(children[0], signal.SIGKILL)
    assert status(port) < 500
    eventually(lambda: served.has_said("ended with status -9"))
    eventually(lambda: len(web_processes_of(served.process.pid)) == 2)


def test_a_taken_port_is_named_before_anything_starts(serve, port, tmp_path):
    with socket.socket() as other:
        other.bind(("127.0.0.1", port))
        other.listen()
        served = serve()
        served.listener.join()
    assert served.process.wait() == 1
    assert served.said.startswith(f"Error: Port {port} cannot be had")
    assert not (tmp_path / "postgres").exists()


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


def web_processes_of(pid):
    listed = Path(f"/proc/{pid}/task").glob("*/children")
    children = [int(child) for file in listed for child in file.read_text().split()]
    return [child for child in children if b"web" in words_of(child)]


def words_of(pid):
    return Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
