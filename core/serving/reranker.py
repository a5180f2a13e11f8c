"""Ranking with the champion: loaded once, exchanged when another one is promoted, kept when something breaks."""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from core.domain.errors import AssayError
from core.reward import artifact
from core.reward.embedder import Embedder
from core.reward.model import FittedModel
from core.reward.recipe import Pair

log = logging.getLogger(__name__)

LOOK_SECONDS = 2.0
"""How long a promoted champion may go unnoticed."""
NO_CHAMPION = "there is no champion yet"
PATIENCE_SECONDS = 1.0
"""How long a call with a loaded model waits for that look: a database that hangs must not hang the ranking."""
RETRY_SECONDS = 10.0
"""Pause after a failure, so that a database that is down does not slow every call."""


@dataclass(frozen=True, slots=True)
class ModelRef:
    """A model version as the database knows it."""

    model_version: str
    path: Path
    sha256: str
    sample: bool
    """It learned from the sample that comes with the product."""


@dataclass(frozen=True, slots=True)
class Ranking:
    """Candidates by their index in the input, best first; scores None when no model could be used."""

    model_version: str | None
    order: tuple[int, ...]
    scores: tuple[float | None, ...]
    """In the order of the input."""
    reason: str | None = None
    """Why no model was used, or why the one used is not the newest; None when all is well."""
    sample: bool = False
    """The model learned from the sample."""
    truncated: tuple[int, ...] = ()
    """Which candidates are longer than the model reads; their ends were not looked at."""

    @property
    def fallback(self) -> bool:
        """Whether the order is merely that of the input."""
        return self.model_version is None

    @property
    def no_champion(self) -> bool:
        """Whether that is because no model was ever promoted, not because one is broken."""
        return self.fallback and self.reason == NO_CHAMPION


class Reranker:
    """Scores candidates; safe to share between threads."""

    def __init__(self, find_champion: Callable[[], ModelRef | None], embedder: Callable[[], Embedder]) -> None:
        self._find_champion = find_champion
        self._embedder = embedder
        self._lock = threading.Lock()
        self._loaded: tuple[ModelRef, FittedModel] | None = None
        self._reason: str | None = None
        self._look_again_at = 0.0
        self.champion: ModelRef | None = None
        """The champion as the database named it last, loaded or not."""

    def model(self) -> tuple[ModelRef, FittedModel] | None:
        """The champion, loaded; looks for a new one every 2 s. A broken file or database keeps the loaded one."""
        if time.monotonic() < self._look_again_at:
            return self._loaded
        if self._loaded is None:
            with self._lock:
                self._look()
        elif self._lock.acquire(blocking=False):  # else somebody is looking already
            look = threading.Thread(target=self._look_aside, daemon=True)
            look.start()
            look.join(PATIENCE_SECONDS)
        return self._loaded

    def reason(self) -> str | None:
        """Why there is no model, or why the loaded one is not the newest; None when all is well."""
        self.model()
        return self._reason

    @property
    def no_champion(self) -> bool:
        """Whether there is nothing to load, as far as the last look tells."""
        return self._loaded is None and self._reason == NO_CHAMPION

    def rank(self, prompt: str, texts: Sequence[str]) -> Ranking:
        """Order candidate answers to a prompt by the champion's probability of good; equal scores keep their order.

        Without a usable model the input order is kept, scores are None and one line is logged; nothing is raised.
        """
        if not texts:
            return Ranking(None, (), ())
        loaded = self.model()
        reason = self._reason or NO_CHAMPION
        if loaded is not None:
            try:
                pairs = [Pair(_encodable(prompt), _encodable(text)) for text in texts]
                scores = loaded[1].score(pairs, self._embedder())
            except AssayError as error:
                reason = str(error)
            else:
                order = sorted(range(len(texts)), key=lambda index: -scores[index])
                ref = loaded[0]
                return Ranking(
                    ref.model_version, tuple(order), tuple(float(s) for s in scores), self._reason, sample=ref.sample,
                    truncated=loaded[1].truncated(pairs),
                )  # fmt: skip
        log.warning("reranking kept the input order: %s", reason)
        return Ranking(None, tuple(range(len(texts))), (None,) * len(texts), reason)

    def _look_aside(self) -> None:
        try:
            self._look()
        finally:
            self._lock.release()

    def _look(self) -> None:
        if time.monotonic() < self._look_again_at:  # somebody else looked while we waited for the lock
            return
        self._look_again_at = time.monotonic() + LOOK_SECONDS
        try:
            self.champion = found = self._find_champion()
            if found is None:
                self._loaded, self._reason = None, NO_CHAMPION
                return
            if self._loaded is None or self._loaded[0] != found:
                encoder = self._embedder().fingerprint
                self._loaded = found, artifact.load(found.path, sha256=found.sha256, encoder=encoder)
            self._reason = None
        except AssayError as error:
            self._look_again_at = time.monotonic() + RETRY_SECONDS
            if self._reason != str(error):
                log.warning("the champion could not be loaded: %s", error)
            self._reason = str(error)


def _encodable(text: str) -> str:
    """The text with a mark for half of a surrogate pair, which JSON can carry and UTF-8 cannot."""
    return text.encode("utf-8", "replace").decode("utf-8")
