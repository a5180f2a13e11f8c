"""The pairs that Readiness counts are those that the export writes."""

import random

from core.domain.records import ImportRow
from core.domain.roles import COMMAND_LINE
from core.services.data import exporting
from core.services.training.readiness import pair_yield
from core.store.interactions import imports


def test_nothing_rated_gives_nothing(workspace):
    """An empty database is no error."""
    found = pair_yield(workspace, COMMAND_LINE)
    assert (found.ratings, found.prompts, found.pairs) == (0, 0, 0)


def test_the_count_is_the_number_of_exported_rows(workspace, tmp_path):
    """Prompts written differently, contexts, medians between two ratings, and equal texts with different ratings."""
    dice = random.Random(3)
    rows, number = [], 0
    for prompt in range(15):
        for _ in range(dice.randint(2, 9)):
            text = f"answer {dice.randint(0, 5)}"
            written = f" Prompt  {prompt}" if dice.random() < 0.5 else f"prompt {prompt}"
            context = dice.choice([None, None, "a"])
            for rater in dice.sample(["Ana", "Ben"], dice.randint(1, 2)):
                number += 1
                rows.append(ImportRow(number, written, text, dice.randint(1, 5), rater, context_id=context))
    with workspace.store.write() as session:
        imports.add_batch(session, None, rows, rater="Ana", source="import")
    found = pair_yield(workspace, COMMAND_LINE)
    exported = exporting.export(workspace, COMMAND_LINE, "pairs", tmp_path / "pairs.jsonl")
    ratings = exporting.export(workspace, COMMAND_LINE, "ratings", tmp_path / "ratings.jsonl")
    assert found.pairs == exported.rows > 20
    assert found.ratings == ratings.rows
    assert 0 < found.prompts <= 30
