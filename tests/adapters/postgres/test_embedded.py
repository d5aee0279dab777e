"""The embedded server in every situation a machine can leave it in. All of it for real."""

import os
import shutil
import signal
import subprocess
import sys
import threading
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from ripely.adapters.postgres import cluster as clusters
from ripely.adapters.postgres.account import Account, find_account
from ripely.adapters.postgres.cluster import Cluster, DatabaseError
from ripely.adapters.postgres.embedded import embedded_server, open_server
from ripely.adapters.postgres.postmaster import find_postmaster

pytestmark = pytest.mark.db

CARELESS = {"fsync": "off"}
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")

# One more process that uses the server until its input ends.
USER = """
import sys
from pathlib import Path
from ripely.adapters.postgres.embedded import open_server
server = open_server(Path(sys.argv[1]), tuning={"fsync": "off"})
print(server.url, flush=True)
sys.stdin.read()
server.close()
"""


@pytest.fixture
def data(tmp_path, eventually):
    folder = tmp_path / "data"
    yield folder
    eventually(lambda: find_postmaster(folder / "postgres") is None)


def test_a_new_server_is_private(data):
    with opened(data) as url:
        assert ask(url, "SHOW listen_addresses") == ""
        assert (data / "postgres").stat().st_mode & 0o777 == 0o700
        assert Cluster(data).socket_folder.stat().st_mode & 0o777 == 0o700


def test_what_is_stored_is_there_the_next_time(data):
    with opened(data) as url:
        ask(url, "CREATE TABLE kept AS SELECT 42 AS answer", fetch=False)
    with embedded_server(data) as url:
        assert ask(url, "SELECT answer FROM kept") == 42


def test_the_server_runs_exactly_as_long_as_somebody_uses_it(data):
    with opened(data):
        with opened(data):
            pid = postmaster(data)
        assert postmaster(data) == pid
    assert postmaster(data) is None


def test_closing_twice_is_closing_once(data):
    first, second = open_server(data, tuning=CARELESS), open_server(data)
    first.close()
    first.close()
    assert ask(second.url, "SELECT 1") == 1
    second.close()
    assert postmaster(data) is None


def test_processes_that_start_at_once_share_one_server(data):
    with users(data, 4) as processes:
        urls = {process.stdout.readline() for process in processes}
        assert len(urls) == 1
        assert (data / "postgres.log").read_text().count("ready to accept connections") == 1
    assert postmaster(data) is None


def test_the_server_stops_when_all_its_users_are_killed(data, eventually):
    with users(data, 2) as processes:
        for process in processes:
            process.stdout.readline()
        for process in processes:
            process.kill()
        eventually(lambda: postmaster(data) is None)
    assert "database system is shut down" in (data / "postgres.log").read_text()


def test_a_server_whose_keeper_was_killed_too_is_taken_over_and_stopped(data, eventually):
    with users(data, 1) as [process]:
        process.stdout.readline()
        os.kill(keeper(data), signal.SIGKILL)
        eventually(lambda: keeper(data) is None)
        process.kill()
        process.wait()
    left_over = postmaster(data)
    assert left_over is not None
    with opened(data):
        assert postmaster(data) == left_over
        assert keeper(data) is not None
    assert postmaster(data) is None


def test_nothing_committed_is_lost_when_everything_is_killed(data, eventually):
    with users(data, 1) as [process]:
        url = process.stdout.readline().strip()
        ask(url, "CREATE TABLE kept AS SELECT generate_series(1, 100000) AS n", fetch=False)
        kill_everything(data, process)
    eventually(lambda: postmaster(data) is None)
    with opened(data) as url:
        assert ask(url, "SELECT count(*) FROM kept") == 100000
    assert "automatic recovery in progress" in (data / "postgres.log").read_text()


def test_a_stranger_whose_pid_is_in_a_stale_file_is_left_alone(data):
    with opened(data):
        pass
    with stranger(data) as process:
        write_stale_pid(data, process.pid)
        with opened(data) as url:
            assert ask(url, "SELECT 1") == 1
        assert process.poll() is None


def test_a_zombie_whose_pid_is_in_a_stale_file_does_not_count(data):
    with opened(data):
        pass
    with stranger(data) as process:
        process.kill()
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)  # dead, and not reaped
        write_stale_pid(data, process.pid)
        with opened(data) as url:
            assert ask(url, "SELECT 1") == 1


def test_a_pid_file_cut_short_does_not_count(data):
    with opened(data):
        pass
    (data / "postgres" / "postmaster.pid").touch()
    with opened(data) as url:
        assert ask(url, "SELECT 1") == 1


def test_a_server_that_does_not_answer_yet_is_waited_for(data, monkeypatch, eventually):
    """As while it replays its log for minutes: it is there, and must not be started again."""
    monkeypatch.setattr(clusters, "PROGRESS_SECONDS", 0.01)
    said: list[str] = []
    with opened(data):
        pid = postmaster(data)
        os.kill(pid, signal.SIGSTOP)
        waiting = threading.Thread(target=lambda: open_server(data, say=said.append).close())
        waiting.start()
        eventually(lambda: said)
        os.kill(pid, signal.SIGCONT)
        waiting.join()
        assert postmaster(data) == pid
    assert said[0].startswith("Waiting for PostgreSQL: ")


def test_a_long_start_is_reported(data, monkeypatch):
    monkeypatch.setattr(clusters, "PROGRESS_SECONDS", 0.01)
    said: list[str] = []
    open_server(data, tuning=CARELESS, say=said.append).close()
    assert said[0] == "Setting up PostgreSQL ..."
    assert said[1].startswith("PostgreSQL is starting: ")


def test_an_interrupted_set_up_starts_over(data):
    draft = data / "postgres.draft"
    draft.mkdir(parents=True)
    (draft / "PG_VERSION").write_text("18\n")
    with opened(data) as url:
        assert ask(url, "SELECT 1") == 1
    assert not draft.exists()


@pytest.mark.parametrize(
    "folders", ["deep" * 10 + "/" + "deeper" * 10, "Ann's data, 100 % ours & ä"]
)
def test_a_path_that_no_socket_may_have_gets_another(tmp_path, folders):
    data = tmp_path / folders
    with opened(data) as url:
        assert ask(url, "SELECT 1") == 1
        folder = Cluster(data).socket_folder
        assert not folder.is_relative_to(data)
    shutil.rmtree(folder)


def test_a_socket_folder_that_others_can_enter_is_refused(data):
    folder = Cluster(data).socket_folder
    folder.mkdir(parents=True)
    folder.chmod(0o777)
    with pytest.raises(DatabaseError, match="is not ours alone"):
        open_server(data, tuning=CARELESS)


def test_data_of_another_version_is_named_and_not_touched(data):
    with opened(data):
        pass
    (data / "postgres" / "PG_VERSION").write_text("17\n")
    with pytest.raises(DatabaseError, match="was written by PostgreSQL 17, this is 18"):
        open_server(data)


def test_a_server_that_cannot_start_says_why(data):
    with opened(data):
        pass
    with (data / "postgres" / "postgresql.conf").open("a") as conf:
        conf.write("shared_buffers = nonsense\n")
    with pytest.raises(DatabaseError, match='invalid value for parameter "shared_buffers"'):
        open_server(data)


@as_root
def test_as_root_the_server_runs_as_somebody_without_rights(data):
    with opened(data):
        status = Path(f"/proc/{postmaster(data)}/status").read_text()
    uid = int(status.split("Uid:")[1].split()[0])
    assert uid != 0
    assert (data / "postgres").stat().st_uid == uid


@as_root
def test_as_root_a_folder_closed_to_others_stays_closed(tmp_path):
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    with opened(closed / "data") as url:
        assert ask(url, "SELECT 1") == 1
    assert closed.stat().st_mode & 0o777 == 0o700


@as_root
def test_an_ordinary_user_runs_it_as_himself(tmp_path):
    somebody = find_account(tmp_path / "nothing", [])
    data = tmp_path / "data"
    somebody.make_private_folder(data)
    with somebody_uses(somebody, data) as process:
        url = process.stdout.readline()
        assert url.startswith("postgresql://")
        assert (data / "postgres").stat().st_uid == somebody.uid
        assert (data / "postgres.users").stat().st_uid == somebody.uid


@contextmanager
def opened(data: Path):
    server = open_server(data, tuning=CARELESS)
    try:
        yield server.url
    finally:
        server.close()


@contextmanager
def users(data: Path, count: int):
    command = [sys.executable, "-c", USER, str(data)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    processes = [subprocess.Popen(command, **pipes) for _ in range(count)]
    try:
        yield processes
    finally:
        for process in processes:
            process.communicate()


@contextmanager
def somebody_uses(account: Account, data: Path):
    """The interpreter itself may sit in a folder that only root may enter."""
    passing = Account(account.uid, account.gid, "dac_read_search")
    with passing.run([sys.executable, "-c", USER, str(data)]) as process:
        yield process


@contextmanager
def stranger(data: Path):
    """A process that has nothing to do with PostgreSQL, but runs as the same user."""
    owner = (data / "postgres").stat().st_uid
    with subprocess.Popen(
        ["sleep", "600"], user=owner if os.geteuid() == 0 else None
    ) as process:
        yield process
        process.kill()


def write_stale_pid(data: Path, pid: int) -> None:
    """Both lock files as a killed server leaves them."""
    cluster = Cluster(data)
    about = f"{cluster.folder}\n1700000000\n5432\n{cluster.socket_folder}\n"
    own_as_server(data, "postgres/postmaster.pid", f"{pid}\n{about}\n  1234 5678\n")
    own_as_server(data, "postgres-socket/.s.PGSQL.5432.lock", f"{pid}\n{about}")


def own_as_server(data: Path, name: str, text: str) -> None:
    (data / name).write_text(text)
    status = (data / "postgres").stat()
    os.chown(data / name, status.st_uid, status.st_gid)


def kill_everything(data: Path, user: subprocess.Popen) -> None:
    for pid in (keeper(data), user.pid, postmaster(data)):
        os.kill(pid, signal.SIGKILL)


def postmaster(data: Path) -> int | None:
    return find_postmaster(data / "postgres")


def keeper(data: Path) -> int | None:
    for process in Path("/proc").glob("[0-9]*"):
        try:
            words = (process / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if (
            b"ripely.adapters.postgres.keeper" in words
            and os.fsencode(data / "postgres") in words
        ):
            return int(process.name)
    return None


def ask(url: str, question: str, *, fetch: bool = True):
    with psycopg.connect(url) as connection:
        answer = connection.execute(question)
        return answer.fetchone()[0] if fetch else None
