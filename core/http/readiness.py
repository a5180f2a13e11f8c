"""Loading the model before the first request needs it, and saying whether it is there."""

import gc
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

import anyio
import anyio.to_thread

from core.domain.errors import AssayError
from core.http.fair_queue import Pace
from core.services.reranking import reranking
from core.services.workspace import Workspace
from core.serving.reranker import Ranking, Reranker

log = logging.getLogger(__name__)

LOOK_SECONDS = 3.0
"""A model that was promoted is warm about this much later."""
_SENTENCE = "Hold the power button for about ten seconds, then wait until the device restarts and install every update."
TRIED = tuple(f"{number}. " + " ".join([_SENTENCE] * 8) for number in range(32))
"""Texts of one window each, by which a model that was loaded shows how fast it reads here."""


class State(StrEnum):
    """What a request would meet."""

    WARMING = "warming"
    READY = "ready"
    NO_MODEL = "no model"
    BROKEN = "broken"
    NO_DATABASE = "no database"


SENTENCES = {
    State.WARMING: "The model is being loaded. Try again in a few seconds.",
    State.NO_MODEL: "No model is in use yet, so answers cannot be ranked. Rate answers and train a model in the "
    "dashboard, or run: python -m core train",
    State.BROKEN: "The model in use cannot be loaded, so answers cannot be ranked. To see why, run: "
    "python -m core doctor",
    State.NO_DATABASE: "The settings or the database need attention. To see what is wrong, run: python -m core doctor",
}


@dataclass(frozen=True, slots=True)
class Readiness:
    """Whether a request would be answered now."""

    state: State
    model_version: str | None = None

    @property
    def sentence(self) -> str | None:
        """Why not, and what to do; None where it would."""
        return SENTENCES.get(self.state)


class ModelWarmer:
    """Keeps the model in use loaded, in the background; never holds up the start of the server."""

    def __init__(self, open_workspace: Callable[[], Workspace], pace: Pace) -> None:
        self._open, self.pace = open_workspace, pace
        self._loaded_once = False
        self.readiness = Readiness(State.WARMING)

    async def keep(self) -> None:
        """Look for ever whether there is another model, and warm it."""
        while True:
            try:
                await anyio.to_thread.run_sync(self.look)
            except Exception as error:  # noqa: BLE001  the server must not end because a model cannot be loaded
                log.warning("warming up failed: %s", type(error).__name__)
                self.readiness = Readiness(State.BROKEN)
            await anyio.sleep(LOOK_SECONDS)

    def look(self) -> None:
        """Load and try the model in use where it is not the one that is warm."""
        try:
            ranker = reranking.reranker(self._open())
        except AssayError as error:
            log.debug("no workspace to warm: %s", error.in_full)
            self.readiness = Readiness(State.NO_DATABASE)
            return
        loaded = ranker.model()
        if loaded is None:
            self.readiness = Readiness(State.NO_MODEL if ranker.no_champion else State.BROKEN)
            return
        version = loaded[0].model_version
        if self.readiness != Readiness(State.READY, version):
            tried = self._tried(ranker)
            self._keep_out_of_the_collector()
            self.readiness = Readiness(State.BROKEN if tried.fallback else State.READY, tried.model_version)

    def _tried(self, ranker: Reranker) -> Ranking:
        """A ranking after which the model is warm and the pace known: the running mean where these texts were read
        before.
        """
        tried = ranker.rank("Is it warm?", ["It is."])
        words = sum(ranker.unread("Is it warm?", TRIED))
        if words:
            began = time.monotonic()
            tried = ranker.rank("Is it warm?", TRIED)
            self.pace.start(words, time.monotonic() - began)
        return tried

    def _keep_out_of_the_collector(self) -> None:
        """Half a million objects of torch would be searched for garbage again and again while people rate."""
        if not self._loaded_once:
            gc.collect()
            gc.freeze()
            self._loaded_once = True
