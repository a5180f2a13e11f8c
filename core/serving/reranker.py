"""Ranking with the champion: loaded once, exchanged when another one is promoted, kept when something breaks."""

import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NamedTuple

from core.domain.errors import AssayError
from core.domain.guarantee.outcome import (
    NO_MODEL,
    NOT_MEASURED,
    NOT_SURE_ENOUGH,
    NOTHING_TO_CHOOSE,
    OF_A_DEEP_PART,
    OF_THE_SAMPLE,
    GuaranteeOutcome,
)
from core.domain.guarantee.promise import Promise
from core.reward import artifact
from core.reward.confidence import Certainty, ScoreConfidence
from core.reward.encoding.embedder import Embedder
from core.reward.guarantee.learn_then_test import Evidence
from core.reward.guarantee.standing import standing
from core.reward.model import BLANK_SCORE, FittedModel
from core.reward.recipes.base import Pair

log = logging.getLogger(__name__)

LOOK_SECONDS = 2.0
"""How long a promoted champion may go unnoticed."""
NO_CHAMPION = "there is no champion yet"
MAX_CANDIDATE_CHARACTERS = 200_000
"""Of a candidate no more than this is looked at: the encoder reads its first 1,200 words at most."""
PATIENCE_SECONDS = 1.0
"""How long a call with a loaded model waits for that look: a database that hangs must not hang the ranking."""
RETRY_SECONDS = 10.0
"""Pause after a failure, so that a database that is down does not slow every call."""


@dataclass(frozen=True, slots=True)
class ModelRef:
    """A model version as the database knows it."""

    model_version: str
    path: Path
    hashes: Mapping[str, str]
    """sha256 by file, as the database knows them."""
    sample: bool
    """It learned from the sample that comes with the product."""
    ignores_own_data: bool = False
    """It learned from the sample, and by now there is own data."""
    evidence: Mapping[str, Evidence] = field(default_factory=dict)
    """How often its picks are poor, by the fingerprint of the encoder that it was measured with."""


@dataclass(frozen=True, slots=True)
class Ranking:
    """Candidates by their index in the input, best first; scores None when no model could be used."""

    model_version: str | None
    order: tuple[int, ...]
    scores: tuple[float | None, ...]
    """In the order of the input."""
    reason: str | None = None
    """Why no model was used, or why the one used is not the champion; None when all is well."""
    sample: bool = False
    """The model learned from the sample."""
    ignores_own_data: bool = False
    """It learned from the sample, and by now there is own data."""
    stand_in: bool = False
    """The champion could not be loaded, and the last good version before it ranked."""
    truncated: tuple[int, ...] = ()
    """Which candidates are longer than the model reads; their ends were not looked at."""
    windows: tuple[int, ...] = ()
    """In how many pieces each candidate was read, in the order of the input, 0 where blank; empty without a model."""
    certainty: Certainty | None = None
    """How far the order can be trusted; None without a model, and for a version of which that was not measured."""
    abstained: str | None = None
    """Why the model kept the order of the input although it could score, where it was allowed to."""
    guarantee: GuaranteeOutcome | None = None
    """What became of the promise that was asked for; None where none was."""

    @property
    def fallback(self) -> bool:
        """Whether the order is not the champion's: that of a stand-in, or merely that of the input."""
        return self.model_version is None or self.stand_in or self.abstained is not None

    @property
    def unsure(self) -> bool:
        """Whether the model abstained over this question, and not because a promise cannot be given of any."""
        return self.abstained is not None and (self.guarantee is None or self.abstained != self.guarantee.reason)

    @property
    def no_champion(self) -> bool:
        """Whether no model was used because none was ever promoted, not because one is broken."""
        return self.model_version is None and self.reason == NO_CHAMPION


class _Loaded(NamedTuple):
    """A version in memory, whole."""

    ref: ModelRef
    model: FittedModel
    confidence: ScoreConfidence | None


class Reranker:
    """Scores candidates; safe to share between threads."""

    def __init__(self, find: Callable[[], Sequence[ModelRef]], embedder: Callable[[], Embedder]) -> None:
        """``find`` names the champion and, behind it, what may stand in for it: the last good version first."""
        self._find = find
        self._embedder = embedder
        self._lock = threading.Lock()
        self._loaded: _Loaded | None = None
        self._reason: str | None = None
        self._look_again_at = 0.0
        self.champion: ModelRef | None = None
        """The champion as the database named it last, loaded or not."""

    def model(self) -> tuple[ModelRef, FittedModel] | None:
        """The champion, loaded, or its stand-in; looks for a new one every 2 s.

        A champion whose file is missing or altered gives way to the last good version before it; an unreachable
        database keeps the loaded one.
        """
        loaded = self._current()
        return None if loaded is None else (loaded.ref, loaded.model)

    def confidence(self) -> ScoreConfidence | None:
        """Confidence in the scores of the loaded version; None where it was not measured."""
        loaded = self._current()
        return None if loaded is None else loaded.confidence

    def _current(self) -> _Loaded | None:
        known = self._loaded is not None or self._reason is not None
        if known and time.monotonic() < self._look_again_at:
            return self._loaded
        if self._loaded is None:
            with self._lock:  # whoever calls while the first look loads the model waits for it
                self._look()
        elif self._lock.acquire(blocking=False):  # else somebody is looking already
            look = threading.Thread(target=self._look_aside, daemon=True)
            look.start()
            look.join(PATIENCE_SECONDS)
        return self._loaded

    def reason(self) -> str | None:
        """Reason why there is no model, or why the loaded one is not the champion; None when all is well."""
        self.model()
        return self._reason

    @property
    def loaded(self) -> ModelRef | None:
        """The version that ranks in this process now, without a new look; None before the first."""
        return None if self._loaded is None else self._loaded.ref

    @property
    def no_champion(self) -> bool:
        """Whether there is nothing to load, as far as the last look tells."""
        return self._loaded is None and self._reason == NO_CHAMPION

    def stands_in(self, ref: ModelRef) -> bool:
        """Whether this version ranks in place of a champion that cannot be loaded."""
        return self.champion is not None and ref.model_version != self.champion.model_version

    def rank(
        self, prompt: str, texts: Sequence[str], *, abstain: bool = False, guarantee: Promise | None = None
    ) -> Ranking:
        """Order candidate answers to a prompt by the champion's probability of good; equal scores keep their order.

        Blank ones have the score 0 and come last, equal texts have equal scores. With ``abstain`` the input order is
        kept (blank ones last) where the best two are too close to call or the prompt is unlike those that the model
        learned from; the scores are given all the same. With a ``guarantee`` it is kept, too, unless the promise can be
        given and the best answer is one that it is given for. Without a usable model the input order is kept, scores
        are None and one line is logged; nothing is raised.
        """
        if not texts:
            return Ranking(None, (), (), guarantee=_cannot(guarantee, NOTHING_TO_CHOOSE))
        loaded = self._current()
        reason = logged = self._reason or NO_CHAMPION
        if loaded is not None:
            try:
                return self._ranked(loaded, encodable(prompt), texts, abstain=abstain, guarantee=guarantee)
            except AssayError as error:
                reason, logged = str(error), error.in_full
        log.warning("reranking kept the input order: %s", logged)
        return Ranking(
            None, tuple(range(len(texts))), (None,) * len(texts), reason, guarantee=_cannot(guarantee, NO_MODEL)
        )

    def unread(self, prompt: str, texts: Sequence[str]) -> list[int]:
        """Words that the encoder has yet to read before each of these candidates can be scored; what ranking costs.

        Zeros without a usable model.
        """
        loaded = self._current()
        if loaded is not None:
            pairs = [Pair(encodable(prompt), beginning(text)) for text in texts]
            try:
                return loaded.model.unread(pairs, self._embedder())
            except AssayError as error:
                log.debug("what ranking would cost is not known: %s", error)
        return [0] * len(texts)

    def _ranked(
        self,
        loaded: _Loaded,
        prompt: str,
        candidates: Sequence[str],
        *,
        abstain: bool,
        guarantee: Promise | None,
    ) -> Ranking:
        embedder = self._embedder()
        texts = [beginning(candidate) for candidate in candidates]
        distinct = list(dict.fromkeys(text for text in texts if text.strip()))  # equal texts, equal scores
        pairs = [Pair(prompt, text) for text in distinct]
        score_of = dict(zip(distinct, loaded.model.score(pairs, embedder).tolist(), strict=True))
        read_of = dict(zip(distinct, loaded.model.read_of(pairs), strict=True))
        scores = [score_of.get(text, BLANK_SCORE) for text in texts]
        blank_last = sorted(range(len(texts)), key=lambda index: texts[index] not in score_of)
        order = sorted(blank_last, key=lambda index: -scores[index])
        certainty = None
        if loaded.confidence is not None and distinct:
            written = [index for index in order if texts[index] in score_of]
            judged = loaded.confidence.judge(prompt, texts, scores, written, embedder)
            meanings = zip(texts, judged.meanings, strict=True)
            certainty = replace(
                judged, meanings=tuple(meaning if text in score_of else None for text, meaning in meanings)
            )
        doubt = certainty.doubt if abstain and certainty is not None else None
        promised = None
        if guarantee is not None:
            evidence = loaded.ref.evidence.get(embedder.computed_by)
            best = scores[order[0]] if len(distinct) > 1 else None
            promised, left = _promised(guarantee, loaded, evidence, best, certainty)
            doubt = doubt or left
            promised = replace(promised, picked=promised.certified and doubt is None)
        return Ranking(
            loaded.ref.model_version,
            tuple(blank_last if doubt else order),
            tuple(scores),
            self._reason,
            sample=loaded.ref.sample,
            ignores_own_data=loaded.ref.ignores_own_data,
            stand_in=self.stands_in(loaded.ref),
            truncated=tuple(
                index
                for index, text in enumerate(texts)
                if text in read_of and (read_of[text].truncated or len(candidates[index]) > MAX_CANDIDATE_CHARACTERS)
            ),
            windows=tuple(read_of[text].windows if text in read_of else 0 for text in texts),
            certainty=certainty,
            abstained=doubt,
            guarantee=promised,
        )

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
            found = self._find()
            self.champion = found[0] if found else None
            if not found:
                self._loaded, self._reason = None, NO_CHAMPION
                return
            self._load_first(found)
        except AssayError as error:
            self._trouble(str(error), error.detail)

    def _load_first(self, found: Sequence[ModelRef]) -> None:
        """Load the champion, else the first behind it that can be loaded; where none can, keep what is loaded."""
        encoder = self._embedder().fingerprint
        broken: AssayError | None = None
        for ref in found:
            if self._loaded is None or self._loaded.ref != ref:
                try:
                    model = artifact.load(ref.path, hashes=ref.hashes, encoder=encoder)
                    self._loaded = _Loaded(ref, model, artifact.load_confidence(ref.path, hashes=ref.hashes))
                except AssayError as error:
                    broken = broken or error
                    continue
            break
        if broken is None:
            self._reason = None
        elif self._loaded is None:
            self._trouble(str(broken), broken.detail)
        else:
            stand_in = self._loaded.ref.model_version
            self._trouble(
                f"{found[0].model_version} could not be loaded, so {stand_in} stands in for it. {broken}", broken.detail
            )

    def _trouble(self, sentence: str, detail: str) -> None:
        self._look_again_at = time.monotonic() + RETRY_SECONDS
        if self._reason != sentence:
            log.warning("the champion could not be loaded: %s %s", sentence, detail)
        self._reason = sentence


def _cannot(promise: Promise | None, reason: str) -> GuaranteeOutcome | None:
    """That a promise cannot be given; None where none was asked for."""
    return None if promise is None else GuaranteeOutcome(promise, reason=reason)


def _promised(
    promise: Promise, loaded: _Loaded, evidence: Evidence | None, best: float | None, certainty: Certainty | None
) -> tuple[GuaranteeOutcome, str | None]:
    """What becomes of a promise, and why nothing is picked; None where the answer with the score ``best`` is.

    ``best`` is None where there is nothing to choose. A promise holds for picks as they were measured, so a question
    that counted as not answered there is not answered here.
    """
    if best is None:
        reason = NOTHING_TO_CHOOSE
    elif loaded.ref.sample:
        reason = OF_THE_SAMPLE
    elif loaded.model.deep is not None:
        reason = OF_A_DEEP_PART
    elif evidence is None:
        reason = NOT_MEASURED
    else:
        found = standing(evidence, promise)
        if found.certified is not None:
            unsure = NOT_SURE_ENOUGH if best < found.certified.threshold else None
            left = certainty.doubt if certainty is not None and certainty.outside else unsure
            return GuaranteeOutcome(promise, answered=found.answered, questions=evidence.questions), left
        return (
            GuaranteeOutcome(
                promise, questions=evidence.questions, reason=found.reason, more_questions=found.more_questions
            ),
            found.reason,
        )
    return GuaranteeOutcome(promise, reason=reason), reason


def beginning(candidate: str) -> str:
    """As much of a candidate as is looked at."""
    return encodable(candidate[:MAX_CANDIDATE_CHARACTERS])


def encodable(text: str) -> str:
    """The text with a mark for half of a surrogate pair, which JSON can carry and UTF-8 cannot."""
    return text.encode("utf-8", "replace").decode("utf-8")
