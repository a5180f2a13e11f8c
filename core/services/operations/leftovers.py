"""Temporary files that a killed process left: found, told of, and removed at the next start of the dashboard.

A file that is being brought in is none of them: its copy stays until it is imported (``core.services.data.uploads``).
"""

from datetime import datetime
from pathlib import Path

from core.domain.settings import Settings
from core.reward.transformer.kept import folds_folder
from core.store import scratch
from core.store.database import connect
from core.store.interactions.uploads import copies_folder
from core.store.running.jobs import files_folder
from core.store.scratch import Scratch


def found(settings: Settings) -> list[Scratch]:
    """Every temporary folder that this configuration may have made, in use or left over."""
    return scratch.found(_elsewhere(settings), _own(settings))


def remove(settings: Settings) -> int:
    """Remove what nobody works with any more; how many folders that were."""
    return scratch.remove(_elsewhere(settings), _own(settings))


def in_words(settings: Settings) -> str | None:
    """How many there are, how big and since when; None where there are none."""
    lying = found(settings)
    if not lying:
        return None
    left = [one for one in lying if one.left_over]
    used = f"{len(lying) - len(left):,} in use now, which go when their work ends" if len(lying) > len(left) else ""
    if not left:
        return f"{used}."
    oldest = datetime.fromtimestamp(min(one.since for one in left)).astimezone()
    places = ", ".join(sorted({str(one.path.parent) for one in left})[:5])
    words = (
        f"{len(left):,} left by a process that was ended, {sum(one.size for one in left):,} bytes, the oldest of "
        f"{oldest:%d %b %Y %H:%M}, in {places}; the next start of the dashboard removes them"
    )
    return f"{words}. {used}." if used else f"{words}."


def _own(settings: Settings) -> list[Path]:
    """Folders in which nobody but Assay writes."""
    store = connect(settings)
    beside = [Path(str(store.engine.url.database)).resolve().parent] if store.is_sqlite else []
    store.engine.dispose()
    home = settings.home
    return [
        home,
        settings.model_dir,
        home / "encoders",
        folds_folder(home),
        copies_folder(home),
        files_folder(home),
        *beside,
    ]


def _elsewhere(settings: Settings) -> list[Path]:
    """Folders into which somebody had a file written, or a backup; and where a home is restored."""
    return [settings.home.parent, *scratch.noted(settings.home)]
