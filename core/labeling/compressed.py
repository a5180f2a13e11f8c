"""gzip'd files, decoded while they are read and never to more than their size explains."""

import gzip
import io
import zlib
from pathlib import Path
from typing import BinaryIO, Final

from core.domain.errors import BadInput

MAX_DECODED: Final = 20 << 30
"""Bytes that a file may be decoded to."""
MAX_FREE, MAX_RATIO = 256 << 20, 200
"""Decoded bytes above which a file may not be more than so many times as large as it is compressed."""
MAX_WHOLE = 256 << 20
"""Decoded bytes of a file that cannot be read from start to end (a workbook, parquet), so is held in memory."""

_MAGIC = b"\x1f\x8b"


def is_compressed(path: Path) -> bool:
    """Whether a file is gzip'd, whatever its name says.

    Raises:
        OSError: it cannot be read.
    """
    with path.open("rb") as file:
        return file.read(2) == _MAGIC


def open_bytes(path: Path) -> BinaryIO:
    """The bytes of a file from its start, decoded where it is gzip'd; not to be sought in.

    Raises:
        OSError: it cannot be opened. Reading raises BadInput where what is compressed is damaged or grows too large.
    """
    return io.BufferedReader(_Decoded(path), 1 << 20) if is_compressed(path) else path.open("rb")


def open_seekable(path: Path) -> BinaryIO:
    """A file for readers that jump in it: itself, or decoded in memory where it is gzip'd.

    Raises:
        OSError: it cannot be opened.
        BadInput: it is gzip'd and damaged, or too large for that.
    """
    if not is_compressed(path):
        return path.open("rb")
    with open_bytes(path) as file:
        data = file.read(MAX_WHOLE + 1)
    if len(data) > MAX_WHOLE:
        raise BadInput(
            f"{path.name} holds more than {MAX_WHOLE >> 20} MB; unpack it first. Nothing was imported, and its file is "
            "as it was."
        )
    return io.BytesIO(data)


class _Decoded(io.RawIOBase):
    def __init__(self, path: Path) -> None:
        self._path = path
        self._most = min(MAX_DECODED, max(MAX_FREE, MAX_RATIO * path.stat().st_size))
        self._read = 0
        self._file = gzip.GzipFile(path)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "bytearray | memoryview") -> int:  # type: ignore[override]
        try:
            data = self._file.read(len(buffer))
        except (EOFError, zlib.error, gzip.BadGzipFile):
            raise BadInput(
                f"{self._path.name} is compressed (gzip) and damaged or not all there; copy it again, or unpack it "
                "first."
            ) from None
        self._read += len(data)
        if self._read > self._most:
            raise BadInput(
                f"{self._path.name} unpacks to more than {self._most / 1e6:,.0f} MB, far more than its size explains, "
                "so it is not read any further. If it is what you meant, unpack it first."
            )
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        self._file.close()
        super().close()
