"""The serving encoder: sentence-transformers, or the fast one as soon as it is built and found to agree."""

import logging
import math
import threading
import time
from collections.abc import Callable
from pathlib import Path

from core.domain.errors import AssayError
from core.reward.encoding import openvino_build
from core.reward.encoding.encoder import Encoder, SentenceEncoder, reference_fingerprint
from core.reward.encoding.openvino_encoder import OpenVinoEncoder
from core.reward.encoding.weights import locate
from core.serving import building

log = logging.getLogger(__name__)

LOOK_SECONDS = 2.0
"""Between two looks whether the build that was started is ready."""
PATIENCE_SECONDS = 600.0
"""After so long a build that left no result (killed, power cut) is started again."""


class ServingEncoder:
    """Names the encoder to use for one call; safe to share between threads."""

    def __init__(
        self,
        emb_model: str,
        reference: SentenceEncoder,
        home: Path,
        *,
        fast: bool,
        start: Callable[[str, Path], object] = building.start,
    ) -> None:
        """``fast`` allows the fast encoder; its builds lie below ``home``, and ``start`` has one made (EMB_MODEL and
        folder).
        """
        self._start = start
        self._emb_model = emb_model
        self._reference = reference
        self._home = home
        self._fast: OpenVinoEncoder | None = None
        self._lock = threading.Lock()
        self._look_again_at = 0.0 if fast and openvino_build.installed() else math.inf
        self._started_at = -math.inf

    def current(self) -> Encoder:
        """The encoder for one call, which must not change inside it; never waits for a build.

        The first call starts the build where there is none. Meanwhile, and for good where the build does not agree,
        the reference serves.
        """
        if self._fast is None and time.monotonic() >= self._look_again_at:
            if not self._reference.loaded:  # somebody has to be loaded: waiting for the lighter one is shorter
                with self._lock:
                    self._look()
            elif self._lock.acquire(blocking=False):
                threading.Thread(target=self._look_aside, daemon=True).start()
        return self._fast or self._reference

    def built(self) -> Encoder | None:
        """The fast encoder where a build of it is there and agrees, loaded for good; starts no build."""
        with self._lock:
            self._look(builds=False)
        return self._fast

    @property
    def pending(self) -> bool:
        """Whether the fast encoder may still take over: it is being looked for, built or loaded."""
        return self._fast is None and self._look_again_at < math.inf

    def _look_aside(self) -> None:
        try:
            self._look()
        finally:
            self._lock.release()

    def _look(self, *, builds: bool = True) -> None:
        if self._fast is not None or time.monotonic() < self._look_again_at:
            return
        self._look_again_at = time.monotonic() + LOOK_SECONDS
        try:
            sha256 = locate(self._emb_model).sha256
            if sha256 is None:  # of a hub: not verified, so not built from
                self._look_again_at = math.inf
                return
            folder = openvino_build.folder_for(self._home, sha256)
            check = openvino_build.read(folder)
            if check is None and builds:
                self._build(folder)
            elif check is None:
                self._look_again_at = 0.0  # whoever ranks next starts the build
            elif not check.usable or check.serves != reference_fingerprint(sha256):
                self._refuse(check.reason)
            else:
                fast = OpenVinoEncoder(folder, check)
                fast.encode(["ready"])
                self._fast = fast  # from here on, at once and for every thread
                log.info("the fast encoder serves. %s", check.reason)
        except (AssayError, OSError, RuntimeError) as error:
            self._refuse(error.in_full if isinstance(error, AssayError) else str(error))

    def _build(self, folder: Path) -> None:
        if time.monotonic() < self._started_at + PATIENCE_SECONDS:
            return
        self._started_at = time.monotonic()
        self._start(self._emb_model, folder)
        log.info("building the fast encoder in %s; sentence-transformers serves until it is ready", folder)

    def _refuse(self, reason: str) -> None:
        self._look_again_at = math.inf
        log.warning("the fast encoder is not used, sentence-transformers serves: %s", reason)


def described(emb_model: str, home: Path, *, fast: bool) -> tuple[bool, str]:
    """Whether all is well with what serves, and a sentence about it; loads and builds nothing.

    Raises:
        Unavailable: the weights are missing or altered.
    """
    sha256 = locate(emb_model).sha256
    if not fast:
        return True, "sentence-transformers serves, as ASSAY_ENCODER says"
    if not openvino_build.installed():
        return True, "sentence-transformers serves; a faster one comes with: pip install -r requirements-fast.txt"
    if sha256 is None:
        return True, "sentence-transformers serves; a model of a hub is not built for speed, a directory would be"
    folder = openvino_build.folder_for(home, sha256)
    check = openvino_build.read(folder)
    if check is None:
        return (
            True,
            "sentence-transformers serves; the first reranking builds the fast encoder beside it, "
            "in less than a minute",
        )
    if not check.usable:
        return (
            False,
            f"sentence-transformers serves, not the fast encoder. {check.reason} To try again remove {folder}",
        )
    openvino_build.verify(folder, check)
    return True, f"{OpenVinoEncoder.back_end} serves. {check.reason}"
