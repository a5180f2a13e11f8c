"""A backup of everything that cannot be made again: database and model versions; and putting it back where nothing is.

A backup is a folder: a copy of the database, the model versions, and ``manifest.json`` with the hash of every file.
It is built beside its place and renamed when it is whole, so a folder with a manifest is always complete.
"""

import hashlib
import json
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from core.domain.errors import BadInput, Unavailable
from core.domain.roles import COMMAND_LINE, Act, User
from core.domain.settings import Settings
from core.services.workspace import Workspace, is_dead, this_process
from core.store import audit, backup, schema
from core.store.backup import POSTGRES_COPY, SQLITE_COPY
from core.store.database import Store, connect, private_file, private_folder
from core.store.retrying import written
from core.store.types import now

FORMAT = 1
MANIFEST, MODELS = "manifest.json", "models"


@dataclass(frozen=True, slots=True)
class Saved:
    """A finished backup."""

    path: Path
    database: str
    revision: str
    rows: dict[str, int]
    models: int
    size: int
    """Bytes."""

    def to_json(self) -> dict[str, Any]:
        """As ``backup --json`` prints it."""
        return {
            "path": str(self.path),
            "database": self.database,
            "revision": self.revision,
            "rows": self.rows,
            "models": self.models,
            "bytes": self.size,
        }


@dataclass(frozen=True, slots=True)
class PutBack:
    """What was restored, and where."""

    into: str
    revision: str
    rows: dict[str, int]
    models: int

    def to_json(self) -> dict[str, Any]:
        """As ``restore --json`` prints it."""
        return {"into": self.into, "revision": self.revision, "rows": self.rows, "models": self.models}


def save(workspace: Workspace, user: User, out: Path) -> Saved:
    """Back up database and models into the new folder ``out`` while others go on working.

    Raises:
        BadInput: there is something in that folder already.
        Unavailable: a file could not be read or written; the folder does not appear.
    """
    workspace.require(user, Act.READ_DATA)
    with _whole_or_not_at_all(out) as folder:
        # the database first: a version is on disk before the database knows it, so every version it names is there after
        copied = backup.copy_to(workspace.store, folder)
        models = _copy_models(workspace.settings.model_dir, folder / MODELS)
        files = {str(path.relative_to(folder)): _hash(path) for path in _files(folder)}
        size = sum(path.stat().st_size for path in _files(folder))
        manifest = {
            "format": FORMAT,
            "created_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "database": workspace.store.engine.dialect.name,
            "revision": copied.revision,
            "rows": copied.rows,
            "models": models,
            "files": files,
        }
        private_file(folder / MANIFEST)
        (folder / MANIFEST).write_text(json.dumps(manifest, indent=1), encoding="utf-8")
        _synced(folder)
    new = {"files": len(files), "bytes": size}
    written(workspace.store, lambda session: audit.write(session, user, "backed up", "database", new=new))
    return Saved(out, workspace.store.label, copied.revision, copied.rows, len(models), size)


def restore(source: Path, into: str, settings: Settings) -> PutBack:
    """Put a backup back: into a new folder (an ASSAY_HOME) or, from PostgreSQL, into an empty database's address.

    Models of a PostgreSQL backup go to the model directory of ``settings``.

    Raises:
        BadInput: this is no whole backup, or there is something where it shall go; nothing was changed.
        Unavailable: a file could not be written, or PostgreSQL's tools refused.
    """
    manifest = _verified(source)
    if manifest["database"] == "sqlite":
        if "://" in into:
            raise BadInput("This is a backup of SQLite. Restore it into a new folder: --into FOLDER.")
        target = Path(into).expanduser().resolve()
        with _whole_or_not_at_all(target) as folder:
            shutil.copyfile(source / SQLITE_COPY, folder / SQLITE_COPY)
            (folder / SQLITE_COPY).chmod(0o600)
            _copy_models(source / MODELS, folder / MODELS)
            store = connect(_settings_for(f"sqlite:///{folder / SQLITE_COPY}"))
            _after(store, manifest)
            _synced(folder)
        return PutBack(str(target), manifest["revision"], manifest["rows"], len(manifest["models"]))
    if not into.startswith("postgres"):
        raise BadInput("This is a backup of PostgreSQL. Restore it into an empty database: --into postgresql://...")
    store = connect(_settings_for(into))
    backup.put_back(store, source / POSTGRES_COPY)
    _copy_models(source / MODELS, settings.model_dir)
    _after(store, manifest)
    return PutBack(store.label, manifest["revision"], manifest["rows"], len(manifest["models"]))


def _settings_for(url: str) -> Settings:
    return Settings.from_env({"DATABASE_URL": url, "DB_HOST": ""})


def _after(store: Store, manifest: dict[str, Any]) -> None:
    """Compare what arrived with what was saved, and let nobody be signed in by a cookie of that time."""
    try:
        with store.read() as session:
            found = backup.row_counts(session) if schema.state(store)[0] is schema.State.CURRENT else manifest["rows"]
        if found != manifest["rows"]:
            raise Unavailable("The restored database does not hold what was saved. Do not use it; restore again.")
        if schema.state(store)[0] is schema.State.CURRENT:
            with store.write() as session:
                backup.forget_browsers(session)
                audit.write(session, COMMAND_LINE, "restored", "database", new={"saved": manifest["created_at"]})
    finally:
        store.engine.dispose()


def _verified(source: Path) -> dict[str, Any]:
    """The manifest of a backup whose every file is unaltered."""
    try:
        manifest: dict[str, Any] = json.loads((source / MANIFEST).read_text(encoding="utf-8"))
        known, files = manifest["format"] == FORMAT, dict(manifest["files"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BadInput(
            f"{source} is not a finished backup: it has no readable {MANIFEST}. Nothing was changed. "
            "Name the folder that `backup --out` made."
        ) from error
    if not known:
        raise BadInput(f"{source} was made by a newer Assay. Nothing was changed. Restore it with that release.")
    for name, sha256 in files.items():
        path = source / name
        if ".." in Path(name).parts or not path.is_file() or _hash(path) != sha256:
            raise BadInput(f"{name} in {source} is missing or altered. Nothing was changed. Use another backup.")
    return manifest


def _copy_models(source: Path, target: Path) -> list[str]:
    """Copy every version; one that is there already stays, since versions are never overwritten."""
    private_folder(target)
    versions = (
        sorted(p for p in source.iterdir() if (p / "metadata.json").is_file() and not p.name.startswith("."))
        if source.is_dir()
        else []
    )
    for version in versions:
        if not (target / version.name).exists():
            try:
                shutil.copytree(version, target / version.name)
            except OSError as error:
                raise Unavailable(f"The model {version.name} could not be copied ({error.strerror}).") from error
    return [version.name for version in versions]


@contextmanager
def _whole_or_not_at_all(place: Path) -> Iterator[Path]:
    """A folder that takes its place only when the block ends well.

    Raises:
        BadInput: there is something at that place already.
    """
    place = place.expanduser().resolve()
    if place.exists() and (not place.is_dir() or any(place.iterdir())):
        raise BadInput(f"{place} exists and is not an empty folder. Nothing was changed. Name a new one.")
    _remove_abandoned(place)
    folder = place.with_name(f".{place.name}.{os.getpid()}.unfinished")
    private_folder(folder)
    try:
        yield folder
        folder.replace(place)
    except OSError as error:
        raise Unavailable(f"{place} could not be written ({error.strerror}). Check disk and rights.") from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _remove_abandoned(place: Path) -> None:
    """Clear away what a killed backup or restore to this place left: it never was one."""
    host = this_process().rpartition(":")[0]
    for left in place.parent.glob(f".{place.name}.*.unfinished"):
        found = re.search(r"\.(\d+)\.unfinished$", left.name)
        if found and is_dead(f"{host}:{found[1]}", now()):
            shutil.rmtree(left, ignore_errors=True)


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _synced(folder: Path) -> None:
    """On disk, not only in memory, before the folder gets its name."""
    for path in _files(folder):
        with path.open("rb") as file:
            os.fsync(file.fileno())
