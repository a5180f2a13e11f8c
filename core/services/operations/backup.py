"""A backup of everything that cannot be made again: database and model versions; and putting it back where nothing is.

A backup is a folder: a copy of the database, the model versions, and ``manifest.json`` with the hash of every file.
It is built beside its place and renamed when it is whole, so a folder with a manifest is always complete.
"""

import json
import os
import shutil
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

from core.domain.errors import BadInput, Unavailable
from core.domain.files import file_sha256
from core.domain.plain import AS_IS, Name
from core.domain.roles import COMMAND_LINE, Act, User
from core.domain.settings import Settings
from core.domain.texts import VERSION_NAME
from core.services.masking import masks_output
from core.services.operations.manifest import FORMAT, MANIFEST, MODELS, Manifest, copy_listed, read
from core.services.workspace import Workspace
from core.store import audit, backup, schema
from core.store.backup import POSTGRES_COPY, SQLITE_COPY
from core.store.database import Store, connect, private_file, private_folder
from core.store.people import api_keys, raters, sign_ins
from core.store.retrying import written
from core.store.scratch import note, scratch, whole_folder


@dataclass(frozen=True, slots=True)
class Saved:
    """A finished backup."""

    path: Path
    database: Annotated[str, AS_IS]
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
class Welcome:
    """Somebody who may come in where a backup was put back."""

    name: Name
    email: Annotated[str | None, AS_IS]
    role: str
    signed_in_before: bool
    """Whether they are recognised by the provider's number for them; else an invitation, which the address opens."""


@dataclass(frozen=True, slots=True)
class PutBack:
    """What was restored, and where."""

    into: Annotated[str, AS_IS]
    revision: str
    rows: dict[str, int]
    models: int
    keys: list[str]
    """Keys of the API that wait there until a lead confirms them."""
    people: list[Welcome]

    def to_json(self) -> dict[str, Any]:
        """As ``restore --json`` prints it."""
        return {
            "into": self.into,
            "revision": self.revision,
            "rows": self.rows,
            "models": self.models,
            "keys": self.keys,
            "people": [asdict(person) for person in self.people],
        }


@masks_output()
def save(workspace: Workspace, user: User, out: Path) -> Saved:
    """Back up database and models into the new folder ``out`` while others go on working.

    Raises:
        BadInput: there is something in that folder already.
        Unavailable: a file could not be read or written; the folder does not appear.
    """
    workspace.require(user, Act.READ_DATA)
    note(workspace.settings.home, out.expanduser().resolve().parent)
    with whole_folder(out) as folder:
        # the database first: a version is on disk before the database knows it, so all that it names are there after
        copied = backup.copy_to(workspace.store, folder)
        models = _copy_models(workspace.settings.model_dir, folder / MODELS)
        files = {str(path.relative_to(folder)): file_sha256(path) for path in _files(folder)}
        sizes = {name: (folder / name).stat().st_size for name in files}
        size = sum(sizes.values())
        manifest = {
            "format": FORMAT,
            "created_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "database": workspace.store.engine.dialect.name,
            "revision": copied.revision,
            "rows": copied.rows,
            "models": models,
            "files": files,
            "sizes": sizes,
        }
        private_file(folder / MANIFEST)
        (folder / MANIFEST).write_text(json.dumps(manifest, indent=1), encoding="utf-8")
        _synced(folder)
    new = {"files": len(files), "bytes": size}
    written(workspace.store, lambda session: audit.write(session, user, "backed up", "database", new=new))
    return Saved(out, workspace.store.label, copied.revision, copied.rows, len(models), size)


@masks_output()
def restore(source: Path, into: str, settings: Settings) -> PutBack:
    """Put a backup back: into a new folder (an ASSAY_HOME) or, from PostgreSQL, into an empty database's address.

    The copy is upgraded where an older release made it; nobody is signed in there, and its keys wait for a lead. Models
    of a PostgreSQL backup go to the model directory of ``settings``.

    Raises:
        BadInput: this is no whole backup, or there is something where it shall go; nothing was changed.
        Unavailable: a file could not be written, or PostgreSQL's tools refused.
    """
    manifest = read(source)
    if manifest.database == "sqlite":
        if "://" in into:
            raise BadInput("This is a backup of SQLite. Restore it into a new folder: --into FOLDER.")
        target = Path(into).expanduser().resolve()
        with whole_folder(target) as folder:
            copy_listed(source, manifest, folder)
            private_folder(folder / MODELS)
            store = connect(_settings_for(f"sqlite:///{folder / SQLITE_COPY}"))
            done = _after(store, manifest, str(target))
            _synced(folder)
        return done
    if not into.startswith("postgres"):
        raise BadInput("This is a backup of PostgreSQL. Restore it into an empty database: --into postgresql://...")
    store = connect(_settings_for(into))
    private_folder(settings.model_dir)
    try:
        with scratch(settings.model_dir) as folder:
            copy_listed(source, manifest, folder)  # what was checked is what PostgreSQL reads
            before = backup.put_back(store, folder / POSTGRES_COPY)
            try:
                done = _after(store, manifest, store.label)
                for name in manifest.models:
                    if not (settings.model_dir / name).exists():  # versions are never overwritten
                        (folder / MODELS / name).rename(settings.model_dir / name)
            except BaseException:
                backup.take_back(store, before)
                raise
    except OSError as error:
        raise Unavailable(
            f"{settings.model_dir} could not be written ({error.strerror}). Check disk and rights."
        ) from error
    return done


def _settings_for(url: str) -> Settings:
    return Settings.from_env({"DATABASE_URL": url, "DB_HOST": ""})


def _after(store: Store, manifest: Manifest, into: str) -> PutBack:
    """Compare what arrived with what was saved, upgrade it, and let nobody in by what was valid at that time."""
    try:
        where, revision = schema.state(store)
        if where is schema.State.AHEAD:
            raise BadInput("This backup was made by a newer Assay. Nothing was changed. Restore it with that release.")
        with store.read() as session:
            found = backup.row_counts(session)
        saved = {name: number for name, number in manifest.rows.items() if name in backup.TABLES}
        if found != saved or revision != manifest.revision:
            raise Unavailable(
                "The restored database does not hold what was saved. Nothing was kept; use another backup."
            )
        schema.upgrade(store, keep_copy=False)
        with store.write() as session:
            backup.end_all_sign_ins(session)
            api_keys.suspend(session)
            audit.write(session, COMMAND_LINE, "restored", "database", new={"saved": manifest.created_at})
            waiting = [f"{key.name} ({key.start}..., made by {key.created_by})" for key in api_keys.waiting(session)]
            seen = sign_ins.last_seen(session)
            people = [
                Welcome(person.name, person.email, person.role, person.rater_id in seen)
                for person in raters.people(session)
                if not person.disabled
            ]
    finally:
        store.engine.dispose()
    return PutBack(into, schema.head(), manifest.rows, len(manifest.models), waiting, people)


def _copy_models(source: Path, target: Path) -> list[str]:
    """Copy every version that is in use now."""
    private_folder(target)
    versions = (
        sorted(p for p in source.iterdir() if (p / "metadata.json").is_file() and VERSION_NAME.fullmatch(p.name))
        if source.is_dir()
        else []
    )
    for version in versions:
        try:
            shutil.copytree(version, target / version.name)
        except OSError as error:
            raise Unavailable(f"The model {version.name} could not be copied ({error.strerror}).") from error
    return [version.name for version in versions]


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _synced(folder: Path) -> None:
    """On disk, not only in memory, before the folder gets its name."""
    for path in _files(folder):
        with path.open("rb") as file:
            os.fsync(file.fileno())
