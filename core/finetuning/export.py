"""What an export for fine-tuning holds: columns, the split by question, what is to be minded, and the card."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from core.domain.held_out import FEWEST_PROMPTS, HELD_OUT_FROM, HELD_OUT_PROMPTS, is_held_out
from core.domain.texts import plural, prompt_group
from core.domain.turns import read_messages
from core.finetuning.folder import prompt_text
from core.labeling.export_columns import Columns

FEWEST_PAIRS: Final = 200
FEWEST_QUESTIONS: Final = 60
"""A fifth of them is kept apart: 12, where an evaluation needs 10."""
ENOUGH_PAIRS: Final = 500

PAIR_COLUMNS: Final[Columns] = {
    "question": int,
    "prompt": str,
    "chosen": str,
    "rejected": str,
    "source": str,
    "chosen_rating": float,
    "rejected_rating": float,
    "margin": float,
    "user_prompt": str,
    "turns": str,
}
KTO_COLUMNS: Final[Columns] = {
    "question": int,
    "prompt": str,
    "completion": str,
    "label": bool,
    "user_prompt": str,
    "turns": str,
}
SFT_COLUMNS: Final[Columns] = {name: kind for name, kind in KTO_COLUMNS.items() if name != "label"}
"""Without the author: a training file needs no names of raters."""
QUESTION_COLUMNS: Final[Columns] = {"question": int, "prompt": str, "user_prompt": str, "turns": str}

RowOf = Mapping[str, Any]


@dataclass(slots=True)
class Split:
    """Which questions are kept apart, and their numbers, given in the order in which they come."""

    apart: bool
    """Whether questions are kept apart at all."""
    _known: dict[str, int] = field(default_factory=dict)

    def to_learn(self, rows: Iterable[RowOf]) -> Iterator[dict[str, Any]]:
        """Rows that a model may learn from, as they are written."""
        return (self._row(row) for row in rows if not self.keeps_apart(row))

    def kept_apart(self, rows: Iterable[RowOf]) -> Iterator[dict[str, Any]]:
        """Rows on questions that no model learns from, as they are written."""
        return (self._row(row) for row in rows if self.keeps_apart(row))

    def keeps_apart(self, row: RowOf) -> bool:
        """Whether the question of a row is one that no model learns from."""
        return self.apart and is_held_out(prompt_group(row["prompt"]))

    def number(self, row: RowOf) -> int:
        """The number of the question of a row."""
        return self._known.setdefault(prompt_group(row["prompt"]), len(self._known) + 1)

    def _row(self, row: RowOf) -> dict[str, Any]:
        asked, turns = row["prompt"], read_messages(row["turns"], "turns")
        return {**row, "question": self.number(row), "prompt": prompt_text(asked, turns), "user_prompt": asked}


def questions(rows: Iterable[RowOf]) -> Iterator[RowOf]:
    """The first row of each question, by the number that a ``Split`` gave it."""
    seen: set[int] = set()
    for row in rows:
        if row["question"] not in seen:
            seen.add(row["question"])
            yield row


def count_pairs(rows: Iterable[RowOf], split: Split) -> dict[str, int]:
    """Counts of pairs and their questions: all, to learn from, kept apart, and by source."""
    found: Counter[str] = Counter()
    asked: dict[bool, set[int]] = {True: set(), False: set()}
    for row in rows:
        apart = split.keeps_apart(row)
        asked[apart].add(split.number(row))
        found.update([_BY_SOURCE[row["source"]], "kept_apart_pairs" if apart else "train_pairs"])
    return {
        "pairs": found["train_pairs"] + found["kept_apart_pairs"],
        "train_pairs": found["train_pairs"],
        "kept_apart_pairs": found["kept_apart_pairs"],
        "questions": len(asked[True]) + len(asked[False]),
        "train_questions": len(asked[False]),
        "kept_apart_questions": len(asked[True]),
        **{name: found[name] for name in _BY_SOURCE.values()},
    }


def too_few(counts: Mapping[str, int]) -> str | None:
    """Why these pairs are not exported, and what to try; None where there are enough."""
    pairs, asked = counts["pairs"], counts["questions"]
    if pairs >= FEWEST_PAIRS and asked >= FEWEST_QUESTIONS:
        return None
    return (
        f"{plural(pairs, 'pair')} on {plural(asked, 'question')}: too few for a language model to learn anything that "
        f"could be measured. At least {FEWEST_PAIRS} pairs on {FEWEST_QUESTIONS} questions are needed, and "
        f"{ENOUGH_PAIRS} are the mark. Nothing was written. More come from rating several answers to one question, "
        "from comparisons on the page A or B, from orders on the page Rerank, and from better answers that people "
        "write while they rate."
    )


def notes(counts: Mapping[str, int], *, apart: bool, sample: bool, limit: int | None) -> list[str]:
    """What whoever uses the export should know before, each a sentence or two.

    Args:
        counts: as ``export.json`` has them.
        apart: whether questions are kept apart.
        sample: whether all of it is the sample that comes with Assay.
        limit: tokens that the model reads, where one was named.
    """
    found = []
    if counts["pairs"] < ENOUGH_PAIRS:
        found.append(f"{counts['pairs']:,} pairs are few: the mark is {ENOUGH_PAIRS}. Expect little.")
    if counts["raters"] == 1:
        found.append(
            "All of it comes from one person, or from one file that names nobody: a model learns that one taste, and "
            "nobody can say whether others share it."
        )
    if sample:
        found.append("All of it is the sample that comes with Assay: good for trying this out, and for nothing else.")
    if not apart:
        found.append(
            "No question is kept apart"
            + (
                ": the sample keeps none."
                if sample
                else f": that begins at {HELD_OUT_FROM} rated answers to {HELD_OUT_PROMPTS} questions."
            )
            + " Whether a tuning helped cannot be measured."
        )
    elif counts["kept_apart_questions"] < FEWEST_PROMPTS:
        few = plural(counts["kept_apart_questions"], "question is", "questions are")
        found.append(f"Only {few} kept apart and have pairs: under {FEWEST_PROMPTS} an evaluation gives no verdict.")
    if limit is not None and counts["cut_texts"]:
        cut = plural(counts["cut_texts"], "pair holds", "pairs hold")
        found.append(
            f"{cut} a text that is longer than the {limit:,} tokens that the model reads (of {counts['pairs']:,}): "
            "what is behind that is cut, or the pair is left out."
        )
    if not counts["sft"]:
        found.append("Nobody has written a better answer yet, so nothing can be learned from such answers alone (SFT).")
    return found


def card(about: Mapping[str, Any], agreement: str) -> str:
    """The text of README.md for what ``export.json`` says; ``agreement`` of the raters as a sentence."""
    counts = about["counts"]
    sources = ", ".join(
        f"{plural(counts[name], 'pair')} from {words}" for name, words in _SOURCES.items() if counts[name]
    )
    minded = "\n".join(f"- {note}" for note in about["notes"]) or "- Nothing in particular."
    return f"""# Pairs for fine-tuning a language model

Made by Assay on {about["created_at"][:10]}. Which of two answers people hold better.

Licence: (fill in: who may use this, and for what)

## Where from

- {sources}.
- {plural(counts["raters"], "person", "people")} gave them. {agreement}
- Answers with personal identifiers: {about["identifiers"]}.
- Reward model in use then: {about["model_version"] or "none"}.

## What is in it

| file | rows | for |
|---|---|---|
| `train/pairs.jsonl` | {counts["train_pairs"]:,} | DPO: `prompt`, `chosen`, `rejected` |
| `train/kto.jsonl` | {counts["kto"]:,} | KTO: `prompt`, `completion`, `label` (good or not) |
| `train/sft.jsonl` | {counts["sft"]:,} | SFT: `prompt`, `completion` (better answers that people wrote) |
| `kept_apart/pairs.jsonl` | {counts["kept_apart_pairs"]:,} | measuring: never learn from these |
| `kept_apart/questions.jsonl` | {counts["kept_apart_questions"]:,} | the questions of those pairs |

{plural(counts["train_questions"], "question")} to learn from, {counts["kept_apart_questions"]:,} kept apart: the same
ones that Assay's reward models never learn from. `prompt` is the question as a model reads it and ends with a line
break; `user_prompt` as it was asked; `turns` what was said before. `question` numbers equal questions. `source`:
"ratings" (the two answers' ratings differ by at least 1), "order" (somebody ordered them) or "edit" (somebody wrote the
chosen one).

## To be minded

{minded}
"""


_SOURCES: Final = {
    "from_ratings": "ratings",
    "from_orders": "orders of answers",
    "from_edits": "better answers that people wrote",
}
_BY_SOURCE: Final = {"ratings": "from_ratings", "order": "from_orders", "edit": "from_edits"}
