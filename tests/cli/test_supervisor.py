import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from ripely.cli.supervisor import Child, Supervisor

PATIENT = "import time; print('up', flush=True); time.sleep(600)"
DEAF = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {PATIENT}"
SHORT = "import sys; print('bye'); sys.exit(3)"

# A supervisor in a process of its own, with one child that names itself.
SUPERVISOR = """
import sys, time
from ripely.cli.supervisor import Child, Supervisor
child = (
    "from ripely.cli.supervised import end_with_parent; import os, time;"
    "end_with_parent(); print(os.getpid(), flush=True); time.sleep(600)"
)
Supervisor([Child("dummy", [sys.executable, "-c", child])], lambda line: print(line, flush=True)).start()
"""


@pytest.fixture
def supervise():
    """Start a supervisor over some Python sources, and return it with what it says."""
    started = []

    def start(*children: Child):
        said = []
        supervisor = Supervisor(children, said.append, restart_seconds=0.01, stop_seconds_max=1)
        started.append(supervisor)
        supervisor.start()
        return supervisor, said

    yield start
    for supervisor in started:
        supervisor.stop()


def test_what_a_child_says_carries_its_name(supervise, eventually):
    _, said = supervise(python("web", PATIENT), python("worker 1", PATIENT))
    eventually(lambda: set(said) == {"web      | up", "worker 1 | up"})


def test_a_child_that_dies_is_started_again_each_time_later(supervise, eventually):
    _, said = supervise(python("web", SHORT))
    ended = "web | ended with status 3; again in"
    eventually(lambda: said.count("web | bye") >= 3)
    assert said[1:4:2] == [f"{ended} 0.01 s", f"{ended} 0.02 s"]


def test_a_killed_child_is_started_again(supervise, eventually):
    _, said = supervise(python("web", f"import os; print(os.getpid(), flush=True); {PATIENT}"))
    eventually(lambda: "web | up" in said)
    os.kill(int(said[0].rpartition(" ")[2]), signal.SIGKILL)
    eventually(lambda: said.count("web | up") == 2)
    assert "web | ended with status -9; again in 0.01 s" in said


def test_stopping_ends_all_children_even_the_deaf(supervise, eventually, tmp_path):
    noting = f"import os; open(f'{tmp_path}/{{os.getpid()}}', 'w').close(); "
    supervisor, said = supervise(python("web", noting + PATIENT), python("deaf", noting + DEAF))
    eventually(lambda: len(said) == 2)
    supervisor.stop()
    pids = [int(path.name) for path in tmp_path.iterdir()]
    assert len(pids) == 2
    assert not any(is_alive(pid) for pid in pids)


def test_stopping_while_a_child_waits_for_its_restart_starts_nothing_more(
    supervise, eventually
):
    supervisor, said = supervise(python("web", SHORT))
    eventually(lambda: said)
    supervisor.stop()
    count = len(said)
    supervisor.stop()
    assert len(said) == count


def test_a_child_takes_over_the_files_it_is_given(supervise, eventually):
    read, write = os.pipe()
    supervise(
        python("web", f"import os; os.write({write}, b'hello'); {PATIENT}", files=(write,))
    )
    assert os.read(read, 5) == b"hello"
    os.close(write)
    os.close(read)


def test_children_end_when_their_supervisor_is_killed(eventually):
    command = [sys.executable, "-c", SUPERVISOR]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as supervisor:
        assert supervisor.stdout is not None
        child = int(supervisor.stdout.readline().removeprefix("dummy | "))
        assert is_alive(child)
        supervisor.kill()
    eventually(lambda: not is_alive(child))


def python(name: str, source: str, files: tuple[int, ...] = ()) -> Child:
    return Child(name, [sys.executable, "-c", source], files)


def is_alive(pid: int) -> bool:
    """A zombie is not: nobody reaps orphans in a container without init."""
    try:
        return ") Z " not in Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False
