"""Text files as people have them: the encoding is found once for the whole file, other kinds of file are refused."""

import codecs
import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final, TextIO

from core.domain.errors import BadInput
from core.labeling.compressed import open_bytes

_CHUNK = 1 << 20
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SIGNATURES = (
    (b"\xd0\xcf\x11\xe0", "an old Excel or Word file, or one that is protected by a password"),
    (b"\x1f\x8b", "compressed twice"),
    (b"BZh", "compressed with bzip2"),
    (b"\xfd7zXZ\x00", "compressed with xz"),
    (b"\x28\xb5\x2f\xfd", "compressed with zstd"),
    (b"%PDF-", "a PDF"),
)
ENCODING_NAMES: Final = {
    "utf-8": "UTF-8",
    "utf-8-sig": "UTF-8",
    "utf-16": "UTF-16",
    "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16",
    "cp1252": "Windows-1252",
    "latin-1": "Latin-1",
}
"""Python's name of an encoding -> what people call it."""

_CONTROL = bytes(set(range(32)) - set(b"\t\n\r\f\x1b"))
_UNDEFINED_IN_CP1252 = b"\x81\x8d\x8f\x90\x9d"


def check_file(path: Path) -> None:
    """Make sure that there is something to read.

    Raises:
        BadInput: missing, a directory, empty, or not readable for this user.
    """
    with readable(path):
        if not path.exists():
            raise BadInput(f"There is no file {path}; check the name and the folder.")
        if path.is_dir():
            raise BadInput(f"{path} is a folder; name a file in it.")
        with open_bytes(path) as file:
            if not file.read(1):
                raise BadInput(f"{path.name} is empty; export it again where it came from.")


@contextmanager
def readable(path: Path) -> Iterator[None]:
    """Turn what goes wrong while a file is read into a sentence.

    Raises:
        BadInput: no permission, a failing disk, or a file that somebody changes meanwhile.
    """
    try:
        yield
    except PermissionError:
        raise BadInput(
            f"You have no permission to read {path.name}; ask its owner for it or copy it to your own folder."
        ) from None
    except OSError as error:
        reason = error.strerror or str(error)
        raise BadInput(
            f"{path.name} could not be read ({reason}); copy it to this machine's disk and try again."
        ) from error
    except UnicodeError as error:
        raise BadInput(f"{path.name} was changed while it was being read; try again.") from error


@contextmanager
def open_text(path: Path, encoding: str, *, newline: str) -> Iterator[TextIO]:
    """The file as text in the encoding that ``find_encoding`` found.

    Raises:
        BadInput: it cannot be read (any more).
    """
    with readable(path), open_bytes(path) as file, io.TextIOWrapper(file, encoding, newline=newline) as text:
        yield text


def find_encoding(path: Path) -> str:
    """The encoding of the whole file: UTF-8, UTF-16, else Windows-1252, else Latin-1.

    Reads the file once, so that one odd byte at its end is found before the first row is used.

    Raises:
        BadInput: not a text file, or damaged: what its beginning says does not hold for all of it.
    """
    with readable(path):
        with open_bytes(path) as file:
            start = file.read(_CHUNK)
        marked = next((name for mark, name in _BYTE_ORDER_MARKS if start.startswith(mark)), None)
        marked = marked or _utf_16_without_mark(start)
        if marked is None:
            _refuse_other_kinds(path, start)
        encoding = marked or "utf-8"
        with open_bytes(path) as file:
            characters_beyond_ascii, offset = _decodes_until(file, encoding)
        if offset is None:
            return encoding
        # In a Windows-1252 file the first character beyond ASCII already fails as UTF-8.
        if marked or characters_beyond_ascii:
            raise BadInput(
                f"{path.name} is {ENCODING_NAMES[encoding]} but damaged near byte {offset}, "
                "so its text cannot be trusted; export it again, in Excel as 'CSV UTF-8'."
            )
        with open_bytes(path) as file:
            return "latin-1" if _any_byte_of(file, _UNDEFINED_IN_CP1252) else "cp1252"


def _utf_16_without_mark(start: bytes) -> str | None:
    """UTF-16 of a text whose first line is mostly Latin letters: every other byte of it is zero."""
    sample = start.partition(b"\n")[0][:4096]
    half = len(sample) // 2
    if half < 2:
        return None
    even, odd = sample[0 : 2 * half : 2].count(0), sample[1 : 2 * half : 2].count(0)
    if odd > 0.7 * half and not even:
        return "utf-16-le"
    return "utf-16-be" if even > 0.7 * half and not odd else None


def _decodes_until(file: BinaryIO, encoding: str) -> tuple[bool, int | None]:
    """Whether characters beyond ASCII were read, and the byte where decoding failed (None: it did not)."""
    decoder = codecs.getincrementaldecoder(encoding)()
    beyond_ascii, consumed = False, 0
    while True:
        chunk = file.read(_CHUNK)
        waiting = len(decoder.getstate()[0])
        try:
            text = decoder.decode(chunk, final=not chunk)
        except UnicodeDecodeError as error:
            beyond_ascii = beyond_ascii or not error.object[: error.start].isascii()
            return beyond_ascii, consumed - waiting + error.start
        beyond_ascii = beyond_ascii or not text.isascii()
        consumed += len(chunk)
        if not chunk:
            return beyond_ascii, None


def _any_byte_of(file: BinaryIO, wanted: bytes) -> bool:
    return any(len(chunk.translate(None, wanted)) < len(chunk) for chunk in iter(lambda: file.read(_CHUNK), b""))


def _refuse_other_kinds(path: Path, start: bytes) -> None:
    advice = "save or export your table as .xlsx, 'CSV UTF-8', .json or .parquet, without a password"
    for signature, kind in _SIGNATURES:
        if start.startswith(signature):
            raise BadInput(f"{path.name} is {kind}, whatever its ending says; {advice}.")
    sample = start[:4096]
    control = len(sample) - len(sample.translate(None, _CONTROL))
    # One NUL in some row is that row's problem; a first line with one, or many of them, is another kind of file.
    if b"\x00" in start.partition(b"\n")[0] or (control > 64 and control > len(sample) * 0.05):
        raise BadInput(f"{path.name} is not a text file; {advice}.")
