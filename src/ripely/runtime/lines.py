"""The lines of a file, plain or gzip, each with the place where the next one begins."""

import gzip
import zlib
from collections.abc import Iterator
from hashlib import blake2b
from pathlib import Path
from typing import BinaryIO, cast

import msgspec

LINE_BYTES_MAX = 1024 * 1024
_GZIP = b"\x1f\x8b"
_READ_BYTES = 1024 * 1024


class Line(msgspec.Struct, frozen=True, gc=False):
    """`end` counts bytes from the beginning, uncompressed. A line that is `cut` was too long to keep."""

    number: int
    end: int
    text: bytes
    cut: bool = False


class BrokenFileError(Exception):
    """The rest of the file cannot be read."""


class LineFile:
    """An open file. What was read of it as it lies on disk is `read_bytes` of `size`."""

    def __init__(self, path: Path) -> None:
        self._raw = path.open("rb")
        self.size = path.stat().st_size
        packed = self._raw.peek(2)[:2] == _GZIP
        self._file = cast("BinaryIO", gzip.GzipFile(fileobj=self._raw)) if packed else self._raw

    @property
    def read_bytes(self) -> int:
        return self._raw.tell()

    def lines(self, start: int = 0, number: int = 0) -> Iterator[Line]:
        """Read on from the place where line `number` ended. Raises `BrokenFileError`."""
        try:
            end = self._file.seek(start)
            while text := self._file.readline(LINE_BYTES_MAX):
                number, end = number + 1, end + len(text)
                left = self._skip_rest(text)
                end += left
                yield Line(number, end, text, left > 0)
        except (EOFError, OSError, zlib.error) as broken:
            raise BrokenFileError(f"cannot be read after line {number}: {broken}") from broken

    def close(self) -> None:
        self._file.close()
        self._raw.close()

    def _skip_rest(self, text: bytes) -> int:
        """Pass over what a line has beyond the limit, without keeping it; return how much it was."""
        left = 0
        while len(text) == LINE_BYTES_MAX and not text.endswith(b"\n"):
            text = self._file.readline(LINE_BYTES_MAX)
            left += len(text)
        return left


def fingerprint(path: Path) -> str:
    """Name a file by its content and size, whatever it is called."""
    content = blake2b(digest_size=16)
    with path.open("rb") as file:
        while piece := file.read(_READ_BYTES):
            content.update(piece)
    return f"{content.hexdigest()}-{path.stat().st_size}"
