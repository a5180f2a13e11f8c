"""What a worker writes down of each piece of work, where a process of its own would have written it."""

import logging
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

from core.store.database import private_folder


@contextmanager
def process_log(file: Path, first: str) -> Iterator[None]:
    """Append to ``file`` what is logged meanwhile, the trace of what ends it early included.

    Raises:
        Unavailable: its folder cannot be made.
        OSError: it cannot be written.
    """
    private_folder(file.parent)
    with file.open("a", encoding="utf-8") as stream, _logged_to(stream):
        stream.write(f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC: {first}\n")
        stream.flush()
        try:
            yield
        except BaseException:
            stream.write(traceback.format_exc())
            raise


@contextmanager
def _logged_to(stream: TextIO) -> Iterator[None]:
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logging.Formatter("%(name)s: %(message)s"))
    logging.getLogger().addHandler(handler)
    try:
        yield
    finally:
        logging.getLogger().removeHandler(handler)
