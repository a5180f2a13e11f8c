"""A database with many interactions in it, filled past the importer: only what is measured afterwards is of
interest.
"""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, insert, select

from bench.encoding import WORDS
from core.domain.identifiers.masking import RULES_VERSION
from core.domain.queue import QueueSettings
from core.domain.ratings import RatingInput, RatingStatus, consensus
from core.domain.records import ImportRow
from core.domain.texts import interaction_identity, prompt_group, text_hash
from core.services.workspace import Workspace
from core.store.interactions import imports
from core.store.interactions.consensus import mirror_values, snapshot
from core.store.people import raters
from core.store.tables import Feedback, Item, JudgeScore, LegacyInteraction, Occurrence, Rating, RatingEvent
from core.store.tables.base import Base, plain
from core.store.types import now

BATCH = 10_000
ANSWERS_PER_PROMPT = 4
RATED = 300


def fill(workspace: Workspace, rows: int) -> None:
    """Add ``RATED`` rated and ``rows`` unrated interactions, four answers to a prompt."""
    draw = random.Random(0)
    rated = [
        ImportRow(n, f"trained question {n // 4}", _answer(draw, 12 if n % 2 else 30), 5 if n % 2 else 2, "bench")
        for n in range(RATED)
    ]
    with workspace.store.write() as session:
        imports.add_batch(session, None, rated, rater="bench", source="import")
    first = RATED + 1
    for start in range(first, first + rows, BATCH):
        numbers = range(start, min(start + BATCH, first + rows))
        interactions = [_interaction(number) for number in numbers]
        with workspace.store.write() as session:
            session.execute(insert(LegacyInteraction), interactions)
            session.execute(insert(Item), list(_items(interactions)))
    if not workspace.store.is_sqlite:  # what the server would do by itself within a minute
        with workspace.store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("ANALYZE")
            connection.exec_driver_sql("SELECT setval('rlhf_interactions_interaction_id_seq', %s)" % (first + rows))


PEOPLE, SESSIONS, JUDGED_EVERY, FEEDBACK_EVERY, SECOND_EVERY, UNRATED_EVERY = 12, 50, 5, 5, 10, 10
"""People who rate, sessions, and which answers a judge scored, users spoke of, two people rated, nobody rated."""


def fill_rated(workspace: Workspace, rows: int) -> None:
    """Add ``rows`` answers with as many ratings by ``PEOPLE``, scores of a judge and feedback of users."""
    draw, end = random.Random(0), now()
    with workspace.store.write() as session:
        people = [raters.find_or_add(session, f"Person {number}", kind="person").rater_id for number in range(PEOPLE)]
        first = (session.scalar(select(func.max(Item.interaction_id))) or 0) + 1
    for start in range(first, first + rows, BATCH):
        batch: dict[type[Base], list[dict[str, Any]]] = {}
        for number in range(start, min(start + BATCH, first + rows)):
            at = end - timedelta(days=200) * ((first + rows - number) / rows)
            for table, row in _rated_answer(draw, number, people, at):
                batch.setdefault(table, []).append(row)
        with workspace.store.write() as session:
            for table, found in batch.items():
                session.execute(insert(plain(table)), found)
    if not workspace.store.is_sqlite:  # what the server would do by itself within a minute
        with workspace.store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM ANALYZE")
            connection.exec_driver_sql("SELECT setval('rlhf_interactions_interaction_id_seq', %s)" % (first + rows))


def _rated_answer(
    draw: random.Random, number: int, people: list[int], at: datetime
) -> Iterator[tuple[type[Base], dict[str, Any]]]:
    """One answer and all that hangs on it, as rows of tables in the order in which they can be stored."""
    prompt = f"question {number // ANSWERS_PER_PROMPT}"
    quality = draw.randint(1, 5)
    raters_of_it = [] if number % UNRATED_EVERY == 0 else draw.sample(people, 2 if number % SECOND_EVERY == 1 else 1)
    values = [min(5, max(1, quality + draw.choice((-1, 0, 0, 0, 1)))) for _ in raters_of_it]
    agreed = consensus(values)
    rating, comment, bias = mirror_values(agreed, [RatingInput(RatingStatus.SUBMITTED, value) for value in values])
    words = draw.randint(5, 400)
    response = f"answer number {number} in a few words"
    interaction = {"interaction_id": number, "user_prompt": prompt, "ai_response": response}
    yield LegacyInteraction, interaction | {"rating": rating, "feedback_comment": comment, "bias_flag": bias}
    yield (
        Item,
        {
            "interaction_id": number,
            "identity": interaction_identity(prompt, response, None),
            "prompt_group": prompt_group(prompt),
            "source": "import",
            "session_label": f"session {number % SESSIONS}",
            "response_words": words,
            "consensus": agreed,
            "n_ratings": len(values),
            "rated_at": at if values else None,
            "mirrored_rating": rating,
            "mirrored_comment": comment,
            "mirrored_bias": bias,
            "places": 0 if values else QueueSettings().wanted(number),
            "created_at": at,
            "identifier_rules": RULES_VERSION,
        },
    )
    for rater_id, value in zip(raters_of_it, values, strict=True):
        whose = {"interaction_id": number, "rater_id": rater_id}
        said = f"too long, in answer {number}" if draw.random() < 0.05 else None
        given = RatingInput(RatingStatus.SUBMITTED, value, said)
        stored = {"status": "submitted", "rating": value, "comment": said, "bias_flag": False}
        yield Rating, whose | stored | {"created_at": at, "updated_at": at}
        yield RatingEvent, whose | {"at": at, "action": "rated", "new": snapshot(given), "shown_ms": 9000}
    if number % JUDGED_EVERY == 0:
        for judge in ("judge-a", "judge-b"):
            score = quality + draw.gauss(0, 1)
            yield JudgeScore, {"interaction_id": number, "judge": judge, "score": score, "at": at}
    if number % FEEDBACK_EVERY == 1:
        yield (
            Occurrence,
            {
                "application": "clinic",
                "caller_id": str(number),
                "interaction_id": number,
                "identity": interaction_identity(prompt, response, None),
                "generator": f"generator {number % 3}",
                "at": at,
            },
        )
        yield (
            Feedback,
            {
                "application": "clinic",
                "caller_id": str(number),
                "target": f"interaction {number}",
                "interaction_id": number,
                "kind": "thumb",
                "value": int(quality > draw.randint(1, 4)),
                "comment": f"not what I asked in {number}" if draw.random() < 0.02 else None,
                "user_hash": text_hash(f"user {number % 5000}"),
                "question": text_hash(prompt),
                "generator": f"generator {number % 3}",
                "latest": True,
                "at": at,
            },
        )


def _interaction(number: int) -> dict[str, Any]:
    prompt = f"question {number // ANSWERS_PER_PROMPT}"
    return {"interaction_id": number, "user_prompt": prompt, "ai_response": f"answer number {number} in a few words"}


def _items(interactions: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for row in interactions:
        yield {
            "interaction_id": row["interaction_id"],
            "identity": interaction_identity(row["user_prompt"], row["ai_response"], None),
            "prompt_group": prompt_group(row["user_prompt"]),
            "source": "import",
            "session_label": f"session {row['interaction_id'] % 50}",
            "response_words": 7,
            "places": QueueSettings().wanted(row["interaction_id"]),
        }


def _answer(draw: random.Random, words: int) -> str:
    return " ".join(draw.choices(WORDS, k=words))
