"""What the exports contain: gold from ratings, pairs and kto from gold, each row by row.

Every function takes rows of our own or rows read back from a written export, where csv has only text; so anybody can
recompute one file from the other. Rows must be ordered by prompt group, then context_id, then earlier turns, then
interaction_id, as they are written: then one group at a time is in memory, and pairs of a large one are never held.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import combinations, groupby
from math import comb
from typing import Any

from core.domain.ratings import MIN_MARGIN, consensus
from core.domain.texts import prompt_group

RowOf = Mapping[str, Any]


def gold_rows(ratings_rows: Iterable[RowOf]) -> Iterator[dict[str, Any]]:
    """One row per rated interaction (columns GOLD) from one row per rater and interaction (columns RATINGS).

    ``rating`` is the consensus, always a float. ``agreement`` is the share of pairs of raters who differ by at most 1,
    None for a single rater. Rows without a rating (a mere comment) do not count. ``adjudicated`` is what a lead
    decided, the same on every row of the answer; it stands above the median.

    Raises:
        ValueError: the rows are not ordered by prompt group.
    """
    for group in _groups(ratings_rows):
        for interaction_id, rows in groupby(group, key=lambda row: int(row["interaction_id"])):
            given = list(rows)  # one row per rater
            ratings = [int(row["rating"]) for row in given if row["rating"] not in (None, "")]
            first = given[0]
            decided = first.get("adjudicated")  # files from before there were decisions lack the column
            agreed = consensus(ratings, adjudicated=None if decided in (None, "") else int(decided))
            if agreed is None:
                continue
            yield {
                "interaction_id": interaction_id,
                "user_prompt": first["user_prompt"],
                "ai_response": first["ai_response"],
                "context_id": first["context_id"] or None,
                "session_id": first["session_id"] or None,
                "rating": agreed,
                "n_raters": len(ratings),
                "agreement": _agreement(ratings),
                "turns": _turns(first),
            }


def pair_rows(gold: Iterable[RowOf]) -> Iterator[dict[str, Any]]:
    """Every two answers to one (normalised prompt, context_id, earlier turns) of which one is better (columns PAIRS).

    Better means a consensus at least MIN_MARGIN higher; two identical texts are no pair. ``prompt`` is written as the
    chosen answer's prompt was. The order follows the gold rows.

    Raises:
        ValueError: the rows are not ordered by prompt group.
    """
    for group in _groups(gold):
        yield from _pairs(list(group))


def edit_rows(better: Iterable[RowOf]) -> Iterator[dict[str, Any]]:
    """One pair per better answer that a rater wrote: it over the one that was edited (columns PAIRS).

    Where the ratings of the two make a pair already (``pair_rows``), in whichever direction, that stands alone. Like an
    order, an edit says nothing about grades; the ratings stand beside it where there are any.
    """
    for row in better:
        ratings = row["rating"], row["original_rating"]
        if row["original"] is None or row["original"] == row["ai_response"]:
            continue
        if None not in ratings and abs(ratings[0] - ratings[1]) >= MIN_MARGIN:
            continue
        yield {
            "prompt": row["user_prompt"],
            "chosen": row["ai_response"],
            "rejected": row["original"],
            "chosen_rating": ratings[0],
            "rejected_rating": ratings[1],
            "margin": 0.0,
            "context_id": row["context_id"] or None,
            "source": "edit",
            "turns": _turns(row),
        }


def sft_rows(better: Iterable[RowOf]) -> Iterator[dict[str, Any]]:
    """One row per better answer that a rater wrote (columns SFT)."""
    for row in better:
        yield {
            "prompt": row["user_prompt"],
            "completion": row["ai_response"],
            "author": row["author"],
            "turns": _turns(row),
        }


def order_rows(preferences: Iterable[RowOf]) -> Iterator[dict[str, Any]]:
    """One pair per row of the preferences export (columns PAIRS), as they stand behind those of ratings.

    An order says nothing about grades, so these have none, and a margin of 0: to TRL's reward trainer that is none.
    """
    for row in preferences:
        yield {
            "prompt": row["prompt"],
            "chosen": row["chosen"],
            "rejected": row["rejected"],
            "chosen_rating": None,
            "rejected_rating": None,
            "margin": 0.0,
            "context_id": row.get("context_id") or None,
            "source": "order",
            "turns": _turns(row),
        }


def count_prompts_without_pair(gold: Iterable[RowOf]) -> int:
    """How many (normalised prompt, context_id, earlier turns) have rated answers but give no pair.

    Raises:
        ValueError: the rows are not ordered by prompt group.
    """
    return sum(next(_pairs(list(group)), None) is None for group in _groups(gold))


def kto_rows(gold: Iterable[RowOf], *, positive_threshold: int) -> Iterator[dict[str, Any]]:
    """One row per rated answer (columns KTO): ``label`` is whether its consensus reaches the threshold."""
    for row in gold:
        yield {
            "prompt": row["user_prompt"],
            "completion": row["ai_response"],
            "label": float(row["rating"]) >= positive_threshold,
            "turns": _turns(row),
        }


def _groups(rows: Iterable[RowOf]) -> Iterator[Iterator[RowOf]]:
    """The rows of one (prompt group, context_id, earlier turns) after the other; each is used up before the next."""

    def key(row: RowOf) -> tuple[str, str | None, str]:
        return prompt_group(row["user_prompt"]), row["context_id"] or None, _turns(row)

    last = ""
    for (prompt, *_), group in groupby(rows, key=key):
        if prompt < last:
            raise ValueError("export rows must be ordered by prompt group; a group that is split would lose its pairs")
        last = prompt
        yield group


def _pairs(group: list[RowOf]) -> Iterator[dict[str, Any]]:
    ratings = [float(row["rating"]) for row in group]
    if max(ratings) - min(ratings) < MIN_MARGIN:  # spares the millions of comparisons of a large group
        return
    for one, other in combinations(range(len(group)), 2):
        margin = abs(ratings[one] - ratings[other])
        if margin < MIN_MARGIN:
            continue
        better, worse = (one, other) if ratings[one] > ratings[other] else (other, one)
        if group[better]["ai_response"] == group[worse]["ai_response"]:
            continue
        yield {
            "prompt": group[better]["user_prompt"],
            "chosen": group[better]["ai_response"],
            "rejected": group[worse]["ai_response"],
            "chosen_rating": ratings[better],
            "rejected_rating": ratings[worse],
            "margin": margin,
            "context_id": group[better]["context_id"] or None,
            "source": "ratings",
            "turns": _turns(group[better]),
        }


def _turns(row: RowOf) -> str:
    """What was said before the prompt; files from before there were conversations lack the column."""
    return str(row.get("turns") or "")


def _agreement(ratings: list[int]) -> float | None:
    counts = Counter(ratings)
    near = sum(comb(count, 2) + count * counts[value + 1] for value, count in list(counts.items()))
    return near / comb(len(ratings), 2) if len(ratings) > 1 else None
