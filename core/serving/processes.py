"""Processes that outlive the one that starts them."""

import os
import subprocess
import sys
import threading
from typing import IO

from core.domain.settings import ROOT


def start_detached(module: str, *arguments: str, output: IO[bytes], **environ: str) -> int:
    """Start ``python -m MODULE ARGUMENTS`` in a session of its own and return at once; its process id.

    It goes on where this process ends, and Ctrl-C here does not reach it. ``environ`` is added to the environment.

    Raises:
        OSError: it cannot be started.
    """
    process = subprocess.Popen(
        # -P and PYTHONPATH instead of another folder: relative paths in the configuration keep their meaning
        [sys.executable, "-P", "-m", module, *arguments],
        env=os.environ | {"PYTHONPATH": str(ROOT)} | environ,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=output,
        start_new_session=True,
    )
    # a child nobody waits for would look alive for ever
    threading.Thread(target=process.wait, daemon=True).start()
    return process.pid
