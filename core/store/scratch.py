"""Private folders for what is only being made: the one place of the product that makes temporary files.

Each is held by a lock that the kernel lets go of however its process ends, so that whoever comes next can tell what is
left over from what is in use, also where numbers of processes are used again.
"""

import os
import re
import shutil
import socket
import stat
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from core.domain.errors import BadInput, Unavailable

try:
    import fcntl
except ImportError:  # Windows: nobody can tell who is alive, so only what is old is removed
    fcntl = None  # type: ignore[assignment]
LOCKS = fcntl is not None

PREFIX = ".assay-scratch-"
OWNER, INSIDE = "owner", "files"
UNKNOWN_SECONDS = 7 * 24 * 3600.0
"""So long what another machine, or an earlier release, may still use stays after its last change."""
EARLIER = re.compile(
    r"(upload|export)-[a-z0-9_]{8}|\.(saving|building)-[a-z0-9_]{8}|\.assay-[0-9a-f]{32}\.part|\..+\.\d+\.unfinished"
)
"""How earlier releases called theirs, in folders of Assay's own."""
NOTED = ".scratch-places"


@dataclass(frozen=True, slots=True)
class Scratch:
    """One temporary folder, or a file of an earlier release."""

    path: Path
    left_over: bool
    """Nobody works there any more."""
    size: int
    """Bytes."""
    since: float
    """Seconds since 1970: when it was last written to."""


@contextmanager
def scratch(parent: Path) -> Iterator[Path]:
    """A new folder below ``parent`` that only its owner can enter; gone when the block ends, whatever became of it.

    What shall stay is moved out of it. What killed processes left below ``parent`` is removed first.

    Raises:
        OSError: it cannot be made.
    """
    remove([parent])
    outer = Path(tempfile.mkdtemp(prefix=PREFIX, dir=parent))  # mode 0700
    lock = None
    try:
        lock = os.open(outer / OWNER, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        if LOCKS:
            with suppress(OSError):  # a file system without locks: then age decides, as for what is unknown
                fcntl.flock(lock, fcntl.LOCK_EX)
        os.write(lock, f"{_machine()} {os.getpid()} {time.time():.0f}\n".encode())
        (outer / INSIDE).mkdir(mode=0o700)
        yield outer / INSIDE
    finally:
        shutil.rmtree(outer, ignore_errors=True)
        if lock is not None:
            os.close(lock)


@contextmanager
def whole_folder(place: Path) -> Iterator[Path]:
    """A folder that takes its place only when the block ends well.

    Raises:
        BadInput: there is something at that place already.
        Unavailable: it cannot be written.
    """
    place = place.expanduser().resolve()
    check_free(place)
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        with scratch(place.parent) as folder:
            yield folder
            folder.replace(place)
    except OSError as error:
        raise Unavailable(f"{place} could not be written ({error.strerror}). Check disk and rights.") from error


def check_free(place: Path) -> None:
    """Let pass a place where a new folder can be.

    Raises:
        BadInput: there is something already.
    """
    place = place.expanduser().resolve()
    if place.exists() and (not place.is_dir() or any(place.iterdir())):
        raise BadInput(f"{place} exists and is not an empty folder. Nothing was changed. Name a new one.")


def note(home: Path, place: Path) -> None:
    """Remember a folder outside ``home`` in which something is about to be made, so that its remains can be found.

    Where that cannot be written down, the next file that is made there still removes them.
    """
    place = place.expanduser().resolve()
    inside = any(part.startswith(PREFIX) for part in place.parts)
    if inside or place == home or "\n" in str(place) or place in noted(home):
        return
    with suppress(OSError):
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        with (home / NOTED).open("a", encoding="utf-8", errors="surrogateescape") as file:
            file.write(f"{place}\n")


def noted(home: Path) -> list[Path]:
    """The folders that were remembered."""
    try:
        text = (home / NOTED).read_text(encoding="utf-8", errors="surrogateescape")
    except OSError:
        return []
    return [Path(line) for line in dict.fromkeys(text.split("\n")) if line]


def found(places: Iterable[Path], own: Iterable[Path] = ()) -> list[Scratch]:
    """What lies in these folders, in use or left over; in folders of Assay's ``own`` also of earlier releases."""
    listed = []
    for path in _lying(places, own):
        with _looked_at(path) as left_over, suppress(OSError):  # it may go at this moment
            listed.append(Scratch(path, left_over, *_extent(path)))
    return listed


def remove(places: Iterable[Path], own: Iterable[Path] = ()) -> int:
    """Remove what is left over in these folders, never what somebody works with; how many there were."""
    removed = 0
    for path in _lying(places, own):
        with _looked_at(path) as left_over:
            if left_over:
                shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink(missing_ok=True)
                removed += not path.exists()
    return removed


def _lying(places: Iterable[Path], own: Iterable[Path]) -> list[Path]:
    own = set(own)
    lying = []
    for place in {*places, *own}:
        with suppress(OSError), os.scandir(place) as entries:
            for entry in entries:
                ours = entry.name.startswith(PREFIX) and entry.is_dir(follow_symlinks=False)
                if ours or (place in own and EARLIER.fullmatch(entry.name) and _private(entry)):
                    lying.append(Path(entry.path))
    return sorted(lying)


def _private(entry: os.DirEntry[str]) -> bool:
    """Whether it is as earlier releases made theirs: a folder somebody made by hand is usually open to others."""
    mode = entry.stat(follow_symlinks=False).st_mode
    return stat.S_ISREG(mode) or (stat.S_ISDIR(mode) and stat.S_IMODE(mode) == 0o700)


@contextmanager
def _looked_at(path: Path) -> Iterator[bool]:
    """Whether nobody works there any more; while it is looked at, nobody else removes it."""
    try:
        lock = os.open(path / OWNER, os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError:
        yield _old(path)
        return
    try:
        if LOCKS:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield False
                return
            except OSError:
                yield _old(path)
                return
        host, _, rest = os.read(lock, 1000).decode(errors="replace").partition(" ")
        this_host, _, boot = _machine().partition(" ")
        # a lock is known to every process of one running system, containers included, and not to be trusted beyond
        known = LOCKS and bool(rest) and (host == this_host or rest.startswith(f"{boot} "))
        yield known or _old(path)
    finally:
        os.close(lock)


def _old(path: Path) -> bool:
    try:
        return time.time() - _extent(path)[1] > UNKNOWN_SECONDS
    except OSError:
        return False


def _extent(path: Path) -> tuple[int, float]:
    """Size in bytes, and when anything in it was last written."""
    about = [path.lstat(), *(inside.lstat() for inside in path.rglob("*"))]
    return sum(one.st_size for one in about if stat.S_ISREG(one.st_mode)), max(one.st_mtime for one in about)


def _machine() -> str:
    """This machine's name, and which run of its system this is (the same in all containers)."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        boot = "unknown"
    return f"{socket.gethostname().replace(' ', '_')} {boot}"
