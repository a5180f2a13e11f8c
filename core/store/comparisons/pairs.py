"""Pairs to compare: their texts, opening them, closing them, and how many wait."""

import hashlib
import random
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import Session

from core.domain.comparisons.picks import FROM_A_LEAD
from core.domain.queue import random_key
from core.domain.records import Interaction
from core.domain.texts import prompt_group
from core.domain.turns import Turn, turns_from_json, turns_group, turns_to_json
from core.store.database import lock_writers
from core.store.interactions import interactions
from core.store.interactions.interactions import discarded, in_scope
from core.store.reranking.preferences import pair_hash
from core.store.tables import Comparison, ComparisonServing, Item, LegacyInteraction
from core.store.types import now
from core.store.upsert import insert_missing

MOST_ANSWERS = 50
"""Answers of one question among which a pair is drawn: the oldest."""


@dataclass(frozen=True, slots=True)
class PairTexts:
    """What is compared, as it is stored now."""

    prompt: str
    turns: tuple[Turn, ...]
    context_id: str | None
    first: str
    second: str
    interactions: tuple[Interaction, ...] = ()
    """The two answers; none where the texts are not among the answers."""

    @property
    def version(self) -> str:
        """Hash of everything that is shown."""
        said = (self.prompt, self.context_id or "", turns_group(self.turns), self.first, self.second)
        digest = hashlib.sha256()
        for text in said:
            digest.update(len(text).to_bytes(8, "big") + text.encode())
        return digest.hexdigest()

    @property
    def comparable(self) -> bool:
        """Whether these are two different answers to one question still: somebody may have edited one of them."""
        asked = {(prompt_group(one.prompt), one.context_id or "", turns_group(one.turns)) for one in self.interactions}
        return len(asked) < 2 and self.first != self.second

    @property
    def pair_hash(self) -> str:
        """Under which a preference about it is kept."""
        group = prompt_group(self.prompt)
        return pair_hash(group, self.first, self.second, self.context_id, turns_group(self.turns))


@dataclass(frozen=True, slots=True)
class Waiting:
    """How far the pairs are that were opened for one reason."""

    served_for: str
    pairs: int
    done: int
    """With as many answers as were asked for."""
    answers: int
    open: bool
    """Whether any of them still waits for somebody."""


def texts_of(session: Session, comparisons: Sequence[Comparison]) -> dict[int, PairTexts]:
    """The texts of pairs by their numbers, without those of which an answer was deleted."""
    ids = {number for one in comparisons for number in (one.first_id, one.second_id) if number is not None}
    stored = interactions.load_several(session, ids) if ids else {}
    found: dict[int, PairTexts] = {}
    for one in comparisons:
        if one.first_id is None or one.second_id is None:
            turns = turns_from_json(one.turns)
            found[one.comparison_id] = PairTexts(one.prompt or "", turns, None, one.first or "", one.second or "")
        elif one.first_id in stored and one.second_id in stored:
            first, second = stored[one.first_id], stored[one.second_id]
            found[one.comparison_id] = PairTexts(
                first.prompt, first.turns, first.context_id, first.response, second.response, (first, second)
            )
    return found


def open_at_random(session: Session, limit: int, raters: int, *, session_label: str = "") -> int:
    """Open up to ``limit`` pairs, one each of questions drawn at random that have two different answers; how many.

    Drawn is what no lead opened before. Of a question with more than two answers the pair is drawn, too.
    """
    fits: list[ColumnElement[bool]] = [~discarded()]
    if session_label:
        fits.append(Item.session_label == session_label)
    same = (Item.prompt_group, func.coalesce(Item.context_id, ""), Item.turns_group)
    questions = in_scope(session, select(*same).where(*fits)).group_by(*same).having(func.count() > 1)
    before = set(session.scalars(select(Comparison.pair_hash).where(Comparison.served_for == FROM_A_LEAD)))
    opened = 0
    drawn = session.execute(questions.order_by(func.random())).all()
    for start in range(0, len(drawn), 500):
        part = drawn[start : start + 500]
        answers = _answers_to(session, [group for group, _, _ in part], fits)
        rows = [
            row
            for question in part
            if (row := _new_pair(answers[question[0], question[1], question[2]], before, raters)) is not None
        ]
        rows = rows[: limit - opened]
        insert_missing(session, Comparison, *rows)
        opened += len(rows)
        if opened >= limit:
            break
    return opened


def _answers_to(
    session: Session, groups: Collection[str], fits: Sequence[ColumnElement[bool]]
) -> dict[tuple[str, str, str], list[tuple[int, str, str, str | None, str]]]:
    """Number, prompt, answer, context and turns of the answers by question."""
    query = select(
        Item.interaction_id,
        LegacyInteraction.user_prompt,
        LegacyInteraction.ai_response,
        Item.context_id,
        Item.turns_group,
        Item.prompt_group,
    ).join(LegacyInteraction, LegacyInteraction.interaction_id == Item.interaction_id)
    found: dict[tuple[str, str, str], list[tuple[int, str, str, str | None, str]]] = defaultdict(list)
    query = in_scope(session, query.where(Item.prompt_group.in_(groups), *fits)).order_by(Item.interaction_id)
    for number, prompt, answer, context_id, turns, group in session.execute(query):
        of_question = found[group, context_id or "", turns]
        # one whose prompt the old application changed since it was grouped is none
        if len(of_question) < MOST_ANSWERS and prompt_group(prompt) == group:
            of_question.append((number, prompt, answer, context_id, turns))
    return found


def _new_pair(
    answers: Sequence[tuple[int, str, str, str | None, str]], before: set[str], raters: int
) -> dict[str, Any] | None:
    """The row of a pair drawn among these answers, none where all were opened before."""
    places = [(one, other) for one in range(len(answers)) for other in range(one)]
    random.shuffle(places)  # which pair says nothing about anybody, so that nobody needs to draw it again
    for one, other in places:
        (first_id, prompt, first, context_id, turns), (second_id, _, second, _, _) = answers[other], answers[one]
        if first == second:
            continue
        group = prompt_group(prompt)
        pair = pair_hash(group, first, second, context_id, turns)
        if pair not in before:
            return {
                "first_id": first_id,
                "second_id": second_id,
                "prompt_group": group,
                "pair_hash": pair,
                "served_for": FROM_A_LEAD,
                "raters": raters,
                "random_key": random_key(),
                "created_at": now(),
            }
    return None


def add_texts(session: Session, pairs: Sequence[tuple[str, tuple[Turn, ...], str, str]], *, served_for: str) -> None:
    """Open pairs of texts that are none of the answers, each for one rater; those that are there already stay.

    Left out are questions that nothing here asks: an erasure took them, and a copy of them must not bring them back.

    Args:
        session: a writing session.
        pairs: prompt, earlier turns, first and second text.
        served_for: why they are served.
    """
    lock_writers(session)
    groups = {prompt_group(prompt) for prompt, *_ in pairs}
    here = set(session.scalars(select(Item.prompt_group).where(Item.prompt_group.in_(groups))))
    rows = [
        {
            "prompt": prompt,
            "turns": turns_to_json(turns) or None,
            "first": first,
            "second": second,
            "prompt_group": prompt_group(prompt),
            "pair_hash": PairTexts(prompt, turns, None, first, second).pair_hash,
            "served_for": served_for,
            "raters": 1,
            "random_key": random_key(),
            "created_at": now(),
        }
        for prompt, turns, first, second in pairs
        if prompt_group(prompt) in here
    ]
    insert_missing(session, Comparison, *rows)


def verdicts(session: Session, served_for: str) -> list[str | None]:
    """What was said of each pair of this reason: the verdict given first, None where nothing was said yet."""
    query = (
        select(Comparison.comparison_id, ComparisonServing.verdict)
        .outerjoin(
            ComparisonServing,
            (ComparisonServing.comparison_id == Comparison.comparison_id) & ComparisonServing.verdict.is_not(None),
        )
        .where(Comparison.served_for == served_for)
        .order_by(Comparison.comparison_id, ComparisonServing.answered_at)
    )
    found: dict[int, str | None] = {}
    for number, verdict in session.execute(query):
        found.setdefault(number, verdict)
    return list(found.values())


def close(session: Session, served_for: str) -> int:
    """Serve the pairs of this reason to nobody any more; how many of them still waited. What was said stays."""
    still = Comparison.raters > _answered()
    closed = update(Comparison).where(Comparison.served_for == served_for, still).values(raters=0)
    return int(session.execute(closed.execution_options(synchronize_session=False)).rowcount)  # type: ignore[attr-defined]


def standing(session: Session) -> list[Waiting]:
    """How far the pairs of each reason are, the latest reason first."""
    each = select(
        Comparison.served_for, Comparison.raters, _answered().label("answers"), Comparison.comparison_id.label("number")
    ).subquery()
    is_done = (each.c.answers >= each.c.raters) & (each.c.answers > 0)
    waits = each.c.answers < each.c.raters
    query = select(
        each.c.served_for,
        func.count(),
        func.count().filter(is_done),
        func.sum(each.c.answers),
        func.count().filter(waits),
    ).group_by(each.c.served_for)
    found = session.execute(query.order_by(func.max(each.c.number).desc()))
    return [Waiting(reason, pairs, done, int(answers or 0), wait > 0) for reason, pairs, done, answers, wait in found]


def given(session: Session) -> list[tuple[int, int, str]]:
    """Pair, rater and verdict of all that was said, by pair."""
    query = select(ComparisonServing.comparison_id, ComparisonServing.rater_id, ComparisonServing.verdict)
    query = query.where(ComparisonServing.verdict.is_not(None)).order_by(
        ComparisonServing.comparison_id, ComparisonServing.rater_id
    )
    return [(number, rater_id, str(verdict)) for number, rater_id, verdict in session.execute(query)]


def _answered() -> Any:
    """How many people said something of the surrounding query's pair."""
    said = [ComparisonServing.comparison_id == Comparison.comparison_id, ComparisonServing.verdict.is_not(None)]
    return select(func.count()).select_from(ComparisonServing).where(*said).correlate(Comparison).scalar_subquery()
