"""Keeps child processes running: restarts what dies, prefixes what they say, stops them all."""

import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from typing import IO

import msgspec

RESTART_SECONDS = 0.5
RESTART_SECONDS_MAX = 30.0
HEALTHY_SECONDS = 60.0
STOP_SECONDS_MAX = 15.0

Say = Callable[[str], None]


class Child(msgspec.Struct, frozen=True):
    name: str
    command: Sequence[str]
    # Open files, such as a listening socket, that it takes over.
    files: Sequence[int] = ()


class Supervisor:
    """One thread a child, because each does nothing but wait for the next line of its output."""

    def __init__(
        self,
        children: Sequence[Child],
        say: Say,
        restart_seconds: float = RESTART_SECONDS,
        stop_seconds_max: float = STOP_SECONDS_MAX,
    ) -> None:
        self._say = say
        self._restart_seconds = restart_seconds
        self._stop_seconds_max = stop_seconds_max
        self._width = max(len(child.name) for child in children)
        self._stopping = threading.Event()
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._lock = threading.Lock()
        self._threads = [
            threading.Thread(target=self._keep, args=(child,)) for child in children
        ]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Ask all children to end, and return when they have; the deaf ones are killed."""
        with self._lock:
            self._stopping.set()
            for process in self._running.values():
                process.terminate()
        deadline = time.monotonic() + self._stop_seconds_max
        for thread in self._threads:
            thread.join(max(0, deadline - time.monotonic()))
        self._kill_all()
        for thread in self._threads:
            thread.join()

    def _kill_all(self) -> None:
        with self._lock:
            for process in self._running.values():
                process.kill()

    def _keep(self, child: Child) -> None:
        wait = self._restart_seconds
        while (process := self._start(child)) is not None:
            began = time.monotonic()
            status = self._follow(child, process)
            if self._stopping.is_set():
                return
            if time.monotonic() - began > HEALTHY_SECONDS:
                wait = self._restart_seconds
            self._say_of(child, f"ended with status {status}; again in {wait:g} s")
            self._stopping.wait(wait)
            wait = min(wait * 2, RESTART_SECONDS_MAX)

    def _start(self, child: Child) -> "subprocess.Popen[bytes] | None":
        with self._lock:
            if self._stopping.is_set():
                return None
            process = subprocess.Popen(
                child.command,
                stdin=subprocess.PIPE,  # never written to: its end tells the child of ours
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                pass_fds=child.files,
                start_new_session=True,  # Ctrl-C is for us; we pass it on in order
            )
            self._running[child.name] = process
            return process

    def _follow(self, child: Child, process: "subprocess.Popen[bytes]") -> int:
        with process:
            for line in _lines(process.stdout):
                self._say_of(child, line)
            status = process.wait()
        with self._lock:
            del self._running[child.name]
        return status

    def _say_of(self, child: Child, line: str) -> None:
        self._say(f"{child.name:<{self._width}} | {line}")


def _lines(stream: IO[bytes] | None) -> "map[str]":
    assert stream is not None
    return map(_text, stream)


def _text(line: bytes) -> str:
    return line.decode(errors="replace").rstrip()
