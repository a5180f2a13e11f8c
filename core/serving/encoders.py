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
from core.reward.transformer.served import tuned_fingerprint
from core.serving import building

log = logging.getLogger(__name__)

LOOK_SECONDS = 2.0
"""Between two looks whether the build that was started is ready."""
TUNED_KEPT = 3
"""Builds of tuned layers that stay loaded: of the model in use, and of two that it is compared with."""
PATIENCE_SECONDS = 600.0
"""After so long a build that left no result (killed, power cut) is started again."""


class _Build:
    """One build: looked for, started where there is none, and loaded for good once it is found to agree."""

    def __init__(self, find: Callable[[], tuple[Path, str] | None], start: Callable[[Path], object], what: str) -> None:
        """``find`` gives its folder and the fingerprint that it must serve, None where there can be no build; ``start``
        starts it; ``what`` names it in the log.
        """
        self._find = find
        self._start = start
        self._what = what
        self._lock = threading.Lock()
        self._look_again_at = 0.0
        self._started_at = -math.inf
        self.encoder: OpenVinoEncoder | None = None

    @property
    def pending(self) -> bool:
        """Whether it may still come."""
        return self.encoder is None and self._look_again_at < math.inf

    def give_up(self) -> None:
        """Never look for it."""
        self._look_again_at = math.inf

    def look(self, *, wait: bool, builds: bool = True) -> None:
        """See whether it is there; ``wait`` until it is loaded then, or have that done aside. ``builds`` where not."""
        if self.encoder is not None or time.monotonic() < self._look_again_at:
            return
        if wait:
            with self._lock:
                self._look(builds=builds)
        elif self._lock.acquire(blocking=False):
            threading.Thread(target=self._look_aside, daemon=True).start()

    def _look_aside(self) -> None:
        try:
            self._look(builds=True)
        finally:
            self._lock.release()

    def _look(self, *, builds: bool) -> None:
        if self.encoder is not None or time.monotonic() < self._look_again_at:
            return
        self._look_again_at = time.monotonic() + LOOK_SECONDS
        try:
            found = self._find()
            if found is None:
                self.give_up()
                return
            folder, serves = found
            check = openvino_build.read(folder)
            if check is None and builds:
                self._begin(folder)
            elif check is None:
                self._look_again_at = 0.0  # whoever ranks next starts the build
            elif not check.usable or check.serves != serves:
                self._refuse(check.reason)
            else:
                fast = OpenVinoEncoder(folder, check)
                fast.encode(["ready"])
                self.encoder = fast  # from here on, at once and for every thread
                log.info("%s serves. %s", self._what, check.reason)
        except (AssayError, OSError, RuntimeError) as error:
            self._refuse(error.in_full if isinstance(error, AssayError) else str(error))

    def _begin(self, folder: Path) -> None:
        if time.monotonic() < self._started_at + PATIENCE_SECONDS:
            return
        self._started_at = time.monotonic()
        self._start(folder)
        log.info("building %s in %s; what it is built from serves until it is ready", self._what, folder)

    def _refuse(self, reason: str) -> None:
        self.give_up()
        log.warning("%s is not used, what it was built from serves: %s", self._what, reason)


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
        self._emb_model = emb_model
        self._reference = reference
        self._home = home
        self._build = _Build(self._found, lambda folder: start(emb_model, folder), "the fast encoder")
        if not fast or not openvino_build.installed():
            self._build.give_up()
        self._lock = threading.Lock()
        self._tuned: dict[str, _Build] = {}
        """Those used last, the last one at the end."""

    def current(self) -> Encoder:
        """The encoder for one call, which must not change inside it; never waits for a build.

        The first call starts the build where there is none. Meanwhile, and for good where the build does not agree,
        the reference serves.
        """
        if self._build.pending:  # somebody has to be loaded: waiting for the lighter one is shorter
            self._build.look(wait=not self._reference.loaded)
        return self._build.encoder or self._reference

    def built(self) -> Encoder | None:
        """The fast encoder where a build of it is there and agrees, loaded for good; starts no build."""
        self._build.look(wait=True, builds=False)
        return self._build.encoder

    def tuned(self, sha256: str, file: Path | None) -> Encoder | None:
        """The fast build of the tuned layers with this hash, which lie in ``file``; None where there is none, or not
        yet, or the reference serves. The first call starts the build.
        """
        if self._build.encoder is None:
            return None
        with self._lock:
            build = self._tuned.pop(sha256, None)
            first = build is None
            self._tuned[sha256] = build = build or self._of_tuned(sha256, file)
            for unused in list(self._tuned)[:-TUNED_KEPT]:
                del self._tuned[unused]
        build.look(wait=first)
        return build.encoder

    @property
    def pending(self) -> bool:
        """Whether the fast encoder may still take over: it is being looked for, built or loaded."""
        return self._build.pending

    def tuned_pending(self, sha256: str) -> bool:
        """Whether the build of these tuned layers, which was asked for, may still take over."""
        build = self._tuned.get(sha256)
        return build is not None and build.pending

    def _of_tuned(self, sha256: str, file: Path | None) -> _Build:
        found = openvino_build.folder_for(self._home, sha256), tuned_fingerprint(sha256)

        def start(folder: Path) -> None:
            if file is not None:
                building.start(self._emb_model, folder, str(file), sha256)

        return _Build(lambda: found, start, "the fast build of the deep part")

    def _found(self) -> tuple[Path, str] | None:
        sha256 = locate(self._emb_model).sha256
        if sha256 is None:  # of a hub: not verified, so not built from
            return None
        return openvino_build.folder_for(self._home, sha256), reference_fingerprint(sha256)


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
    return _described_build(
        openvino_build.folder_for(home, sha256), "sentence-transformers serves", "the fast encoder beside it"
    )


def described_tuned(home: Path, sha256: str, *, fast: bool) -> tuple[bool, str]:
    """As ``described``, of the tuned layers with this hash.

    Raises:
        Unavailable: a file of their build was changed.
    """
    as_trained = "the deep part is read as it was trained"
    if not fast or not openvino_build.installed():
        return True, as_trained
    return _described_build(openvino_build.folder_for(home, sha256), as_trained, "it for speed")


def _described_build(folder: Path, without: str, what: str) -> tuple[bool, str]:
    check = openvino_build.read(folder)
    if check is None:
        return True, f"{without}; the first reranking builds {what}, in less than a minute"
    if not check.usable:
        return False, f"{without}, without what was built for speed. {check.reason} To try again remove {folder}"
    openvino_build.verify(folder, check)
    return True, f"{OpenVinoEncoder.back_end} serves. {check.reason}"
