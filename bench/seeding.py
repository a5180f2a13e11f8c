"""A database with many interactions in it, filled past the importer: only what is measured afterwards is of
interest.
"""

import random
from collections.abc import Iterator
from typing import Any

from sqlalchemy import insert

from bench.encoding import WORDS
from core.domain.queue import QueueSettings
from core.domain.records import ImportRow
from core.domain.texts import interaction_identity, prompt_group
from core.services.workspace import Workspace
from core.store.interactions import imports
from core.store.tables import Item, LegacyInteraction

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
