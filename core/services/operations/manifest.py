"""What a backup says of itself, read with suspicion: only what it lists is taken, and only as it lists it."""

import hashlib
import json
import os
import re
import stat
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any

from core.domain.errors import BadInput
from core.domain.texts import VERSION_NAME
from core.store.backup import POSTGRES_COPY, SQLITE_COPY

FORMAT = 1
MANIFEST, MODELS = "manifest.json", "models"
MAX_BYTES = 64_000_000
"""Of the manifest: a hundred thousand models have less."""
_COPY = {"sqlite": SQLITE_COPY, "postgresql": POSTGRES_COPY}
_SHA256 = re.compile(r"[0-9a-f]{64}")
_REVISION = re.compile(r"[0-9a-z_]{1,32}")
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Manifest:
    """A manifest that can be what `backup` wrote."""

    created_at: str
    database: str
    """sqlite or postgresql."""
    revision: str
    rows: dict[str, int]
    models: list[str]
    files: dict[str, str]
    """The sha256 of each file, by its path in the folder."""
    sizes: dict[str, int]
    """Bytes of each file; earlier releases wrote none."""


class _Odd(Exception):
    """What is wrong with a manifest."""


def read(source: Path) -> Manifest:
    """The manifest in the folder ``source``.

    Raises:
        BadInput: there is none that can be used; the sentence says why.
    """
    try:
        data = b"".join(_pieces(source, MANIFEST, at_most=MAX_BYTES))
    except (OSError, _Odd) as error:
        raise BadInput(
            f"{source} is not a finished backup: it has no readable {MANIFEST}. Nothing was changed. "
            "Name the folder that `backup --out` made."
        ) from error
    try:
        return _understood(json.loads(data, object_pairs_hook=_each_once))
    except (_Odd, ValueError, RecursionError) as error:
        reason = str(error) if isinstance(error, _Odd) else "it is not JSON"
        raise BadInput(
            f"{source} is not a finished backup: its {MANIFEST} cannot be used ({reason}). Nothing was changed. "
            "Use another backup."
        ) from error


def copy_listed(source: Path, manifest: Manifest, target: Path) -> None:
    """Copy every file that is listed into the private folder ``target``, and nothing else.

    What arrives there is what was hashed.

    Raises:
        BadInput: a file is missing, altered, or no plain file in a plain folder.
        OSError: ``target`` cannot be written.
    """
    for name, sha256 in manifest.files.items():
        place = target / name
        for folder in reversed(PurePosixPath(name).parents[:-1]):  # each closed to others, which `parents` would not do
            (target / folder).mkdir(mode=0o700, exist_ok=True)
        digest, size = hashlib.sha256(), 0
        with place.open("xb") as file:
            place.chmod(0o600)
            try:
                for piece in _pieces(source, name, exactly=manifest.sizes.get(name)):
                    digest.update(piece)
                    size += len(piece)
                    file.write(piece)
            except _Odd as error:
                raise BadInput(f"{name} in {source} {error}. Nothing was changed. Use another backup.") from error
        if digest.hexdigest() != sha256 or size != manifest.sizes.get(name, size):
            raise BadInput(f"{name} in {source} is missing or altered. Nothing was changed. Use another backup.")


def _pieces(source: Path, name: str, *, at_most: int | None = None, exactly: int | None = None) -> Any:
    """The bytes of a plain file that is reached through plain folders: no links, no pipes, no devices."""
    folder = source
    try:
        for part in PurePosixPath(name).parts[:-1]:
            folder = folder / part
            if not stat.S_ISDIR(folder.lstat().st_mode):
                raise _Odd("lies behind a link, which is never followed")
        path = folder / PurePosixPath(name).name
        if not stat.S_ISREG(path.lstat().st_mode):
            raise _Odd("is a link or no file")
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    except OSError as error:
        raise _Odd("is missing or altered") from error
    with os.fdopen(descriptor, "rb") as file:
        about = os.fstat(descriptor)
        if not stat.S_ISREG(about.st_mode):
            raise _Odd("is no file")
        if about.st_nlink > 1:
            raise _Odd("has a second name elsewhere (a hard link); copy the backup without links first")
        if (at_most is not None and about.st_size > at_most) or (exactly is not None and about.st_size != exactly):
            raise _Odd("is missing or altered")
        while piece := _read(file):
            yield piece


def _read(file: Any) -> bytes:
    try:
        return bytes(file.read(_CHUNK))
    except OSError as error:
        raise _Odd("cannot be read") from error


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _Odd("a name stands in it twice")
    return found


def _understood(said: Any) -> Manifest:
    if not isinstance(said, dict):
        raise _Odd("it is no list of names")
    number = said.get("format")
    if type(number) is not int or number < 1:
        raise _Odd("it names no format")
    if number > FORMAT:
        raise _Odd("it was made by a newer Assay: restore it with that release")
    database = said.get("database")
    if not isinstance(database, str) or database not in _COPY:
        raise _Odd("it names no database")
    created_at, revision = said.get("created_at"), said.get("revision")
    if not isinstance(created_at, str) or not isinstance(revision, str) or not _REVISION.fullmatch(revision):
        raise _Odd("it does not say when or by which release it was made")
    try:
        datetime.fromisoformat(created_at)
    except ValueError as error:
        raise _Odd("it does not say when it was made") from error
    files = said.get("files")
    if not isinstance(files, dict) or not all(isinstance(v, str) and _SHA256.fullmatch(v) for v in files.values()):
        raise _Odd("it does not list its files")
    models = said.get("models")
    if not isinstance(models, list) or not all(isinstance(m, str) and VERSION_NAME.fullmatch(m) for m in models):
        raise _Odd("it does not list its models")
    _check_names(files, models, _COPY[database])
    rows, sizes = _numbers(said.get("rows"), "rows"), _numbers(said.get("sizes", {}), "sizes")
    if sizes and sizes.keys() != files.keys():
        raise _Odd("its sizes are not those of its files")
    return Manifest(created_at, database, revision, rows, models, files, sizes)


def _check_names(files: dict[str, str], models: list[str], copy: str) -> None:
    if copy not in files:
        raise _Odd("it does not list the database")
    of_models = set()
    for name in set(files) - {copy}:
        parts = name.split("/")
        plain = all(part not in ("", ".", "..") and part.isprintable() and "\\" not in part for part in parts)
        if len(parts) < 3 or parts[0] != MODELS or not plain:
            raise _Odd("it lists a file that belongs to no model")
        of_models.add(parts[1])
    if len(set(models)) != len(models) or of_models != set(models):
        raise _Odd("its models are not those of its files")


def _numbers(said: Any, what: str) -> dict[str, int]:
    if not isinstance(said, dict) or not all(type(number) is int and number >= 0 for number in said.values()):
        raise _Odd(f"it does not count its {what}")
    return said
