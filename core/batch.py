"""Scores for tables in memory: one callable that pandas, Dask, Ray and Spark can all be given (docs/scoring.md)."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Scorer"]


class Scorer:
    """Adds score, certainty and model_version to a frame of questions and answers.

    Which model scores is settled when it is made; it can then be sent to other processes and machines, which need the
    same release of Assay and no database. Each process loads the encoder once. As ``core.rerank_candidates`` does.
    """

    def __init__(
        self, *, question: str = "user_prompt", answer: str = "ai_response", model_version: str | None = None
    ) -> None:
        """``question`` and ``answer`` name the columns; ``model_version`` None: the model in use.

        Raises:
            core.domain.errors.AssayError: the sentence says why no model can be used.
        """
        from core.services.scoring.scoring import scorer_from_environment

        self._question, self._answer = question, answer
        self._scorer = scorer_from_environment(model_version)

    def __call__(self, frame: "pd.DataFrame") -> "pd.DataFrame":
        """A new frame with the rows, the index and the columns of ``frame`` and three more behind them.

        ``score``: the probability in [0, 1] that experts rate the answer good. ``certainty``: the share of rated
        answers with a score like this one that were good. Both are NaN for a row without a usable text, certainty also
        where it was not measured. ``model_version``: None for a row without a score. Columns of these names that are
        there already are replaced.

        Raises:
            ValueError: the frame lacks a column.
            core.domain.errors.AssayError: the encoder cannot be loaded in this process.
        """
        import pandas as pd

        for name in (self._question, self._answer):
            if name not in frame.columns:
                raise ValueError(f"the frame has no column {name!r}; Scorer(question=..., answer=...) names them")
        found = self._scorer.score(list(zip(frame[self._question], frame[self._answer], strict=True)))
        versions = [None if one.score is None else self._scorer.model_version for one in found]
        return frame.assign(
            score=pd.array([one.score for one in found], dtype="float64"),
            certainty=pd.array([one.certainty for one in found], dtype="float64"),
            model_version=pd.Series(versions, index=frame.index, dtype="object"),
        )
