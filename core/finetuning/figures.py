"""What an evaluation of a tuned model measures, with intervals over questions."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Final

import numpy as np
from numpy.typing import NDArray

from core.domain.metrics import Metric
from core.domain.plain import AS_IS
from core.finetuning.folder import Pair
from core.reward.judges.shares import by_question, credit, over_questions, share

SEED: Final = 0
ABOUT_EQUAL: Final = 0.1
"""Two answers are about equally long where the shorter one lacks at most so much of the longer one's characters."""

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class PreferenceFigures:
    """How often a model finds the better one of two answers the likelier one; a tie counts half."""

    pairs: int
    questions: int
    left_out: int
    """Pairs of which an answer lies behind what the model reads."""
    base: Metric
    tuned: Metric
    longer: Metric
    """Of choosing the longer answer."""
    gained: Metric
    """``tuned`` minus ``base``, in the same draws of questions."""
    over_longer: Metric
    """``tuned`` minus ``longer``, in the same draws of questions."""

    def to_json(self) -> dict[str, Any]:
        """As it is printed and stored."""
        return {
            "pairs": self.pairs,
            "questions": self.questions,
            "left_out": self.left_out,
            "base": self.base.to_json(),
            "tuned": self.tuned.to_json(),
            "longer": self.longer.to_json(),
            "gained": self.gained.to_json(),
            "over_longer": self.over_longer.to_json(),
        }


@dataclass(frozen=True, slots=True)
class AnswerFigures:
    """How often a reward model scores the tuned model's answer above that of the model before; a tie counts half."""

    questions: int
    model_version: Annotated[str | None, AS_IS]
    tuned_better: Metric
    equally_long: int
    """Questions whose two answers differ in length by at most ABOUT_EQUAL."""
    tuned_better_equally_long: Metric
    characters: tuple[float, float] | None
    """Mean length of the answers of the model before, and of the tuned one."""

    def to_json(self) -> dict[str, Any]:
        """As it is printed and stored."""
        return {
            "questions": self.questions,
            "model_version": self.model_version,
            "tuned_better": self.tuned_better.to_json(),
            "equally_long": self.equally_long,
            "tuned_better_equally_long": self.tuned_better_equally_long.to_json(),
            "characters": None if self.characters is None else list(self.characters),
        }


def preference_figures(pairs: Sequence[Pair], base: Floats, tuned: Floats) -> PreferenceFigures:
    """Measure both models on the same pairs.

    Args:
        pairs: on questions that no model learned from.
        base: of the model before, mean log-probability of the chosen and the rejected answer, (pairs, 2); nan where it
            reads nothing of one.
        tuned: the same of the tuned model.
    """
    read = np.isfinite(base).all(axis=1) & np.isfinite(tuned).all(axis=1)
    questions = np.array([pair.asked.question for pair in pairs], dtype=np.int64)[read]
    lengths = np.array([[len(pair.chosen), len(pair.rejected)] for pair in pairs], dtype=np.float64).reshape(-1, 2)[
        read
    ]
    right = {
        name: credit(values[:, 0] - values[:, 1])
        for name, values in (("base", base[read]), ("tuned", tuned[read]), ("longer", lengths))
    }

    def difference(first: str, second: str) -> Metric:
        sums, number = by_question(questions, right[first] - right[second], np.ones(len(questions)))
        return over_questions(
            sums, number, lambda sums: sums[:, 0] / sums[:, 1], within=(-1.0, 1.0), what=_PAIRS, seed=SEED
        )

    return PreferenceFigures(
        pairs=int(read.sum()),
        questions=len(np.unique(questions)),
        left_out=int((~read).sum()),
        **{name: share(won, questions, nothing=_PAIRS, seed=SEED) for name, won in right.items()},
        gained=difference("tuned", "base"),
        over_longer=difference("tuned", "longer"),
    )


def answer_figures(
    base: Sequence[str], tuned: Sequence[str], scores: Floats | None, *, model_version: str | None, reason: str = ""
) -> AnswerFigures:
    """Compare the answers of two models to the same questions by a reward model's ``scores``, (questions, 2).

    ``reason``: why there are no scores, where there are none.
    """
    lengths = np.array([list(map(len, base)), list(map(len, tuned))], dtype=np.float64).T
    alike = lengths.min(axis=1, initial=np.inf) >= (1 - ABOUT_EQUAL) * lengths.max(axis=1, initial=0)
    better = alike_better = Metric(None, reason=reason)
    if scores is not None:
        won, numbers = credit(scores[:, 1] - scores[:, 0]), np.arange(len(scores))
        better = share(won, numbers, nothing="two answers", seed=SEED)
        alike_better = share(won[alike], numbers[alike], nothing="answers of about equal length", seed=SEED)
    return AnswerFigures(
        questions=len(lengths),
        model_version=model_version,
        tuned_better=better,
        equally_long=int(alike.sum()),
        tuned_better_equally_long=alike_better,
        characters=(float(lengths[:, 0].mean()), float(lengths[:, 1].mean())) if len(lengths) else None,
    )


_PAIRS: Final = "pairs that are kept apart"
