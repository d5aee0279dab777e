"""Imports of files in memory."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from typing_extensions import override

from ripely.model.arrival import Arrival
from ripely.ports import Import, ImportedElsewhereError, Imports, Intake, Progress


class MemoryImports(Imports):
    def __init__(self, intake: Intake) -> None:
        self._intake = intake
        self._imports: dict[str, _MemoryImport] = {}
        self._open: set[str] = set()

    @override
    @contextmanager
    def open(self, key: str, file: str) -> Iterator[Import]:
        if key in self._open:
            raise ImportedElsewhereError(file)
        self._open.add(key)
        try:
            yield self._imports.setdefault(key, _MemoryImport(self._intake))
        finally:
            self._open.remove(key)


class _MemoryImport(Import):
    def __init__(self, intake: Intake) -> None:
        self._intake = intake
        self._progress = Progress()

    @property
    @override
    def progress(self) -> Progress:
        return self._progress

    @override
    def take(self, arrivals: Sequence[Arrival], progress: Progress) -> None:
        self._intake.take(arrivals)
        self._progress = progress
