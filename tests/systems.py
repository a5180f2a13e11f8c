"""Answers of one or two systems whose worth is known: every answer has the rating that an expert would give."""

import random
from dataclasses import dataclass, field

from sqlalchemy import select

from core.domain.records import ImportRow
from core.services.workspace import Workspace
from core.store.interactions import imports
from core.store.tables import Item, LegacyInteraction

WORDS = [f"word{number}" for number in range(300)]


@dataclass
class System:
    """What was stored, by number of the answer."""

    workspace: Workspace
    ratings: dict[int, int] = field(default_factory=dict)
    """What an expert would say of it."""
    rows: dict[int, ImportRow] = field(default_factory=dict)

    def rate(self, numbers: list[int]) -> None:
        """Let an expert rate these."""
        rows = [self._rated(number) for number in numbers]
        with self.workspace.store.write() as session:
            imports.add_batch(session, None, rows, rater="expert", source="import")

    def sampled(self) -> list[int]:
        """The answers of the latest audit sample."""
        with self.workspace.store.read() as session:
            return sorted(session.scalars(select(Item.interaction_id).where(Item.served_first == 1)))

    def finish(self) -> None:
        """Rate what the audit sample waits for."""
        self.rate(self.sampled())

    @property
    def good(self) -> float:
        """The share of good answers of all."""
        return sum(rating >= 4 for rating in self.ratings.values()) / len(self.ratings)

    def _rated(self, number: int) -> ImportRow:
        row = self.rows[number]
        return ImportRow(row.number, row.user_prompt, row.ai_response, self.ratings[number], metadata=row.metadata)


def stored(
    workspace: Workspace,
    questions: int = 60,
    *,
    per_question: int = 2,
    good: float = 0.7,
    seed: int = 0,
    generators: tuple[str, ...] = (),
    better: float = 0.0,
    session: str | None = None,
) -> System:
    """So many answers to each of so many questions; good ones take up words of their question.

    With ``generators`` each wrote one of the answers to every question, and those of the first are good that much more
    often than those of the others.
    """
    rng = random.Random(seed)
    system = System(workspace)
    rows: list[ImportRow] = []
    ratings: list[int] = []
    for number in range(questions):
        asked = rng.sample(WORDS, 8)
        for place in range(len(generators) or per_question):
            is_good = rng.random() < good + (better if generators and place == 0 else 0.0)
            taken = asked[: 6 if is_good else 1] + rng.sample(WORDS, 12)
            metadata = {"generator": generators[place]} if generators else None
            prompt, answer = f"q{seed}-{number} " + " ".join(asked), f"a{place} " + " ".join(taken)
            rows.append(ImportRow(len(rows) + 1, prompt, answer, session_id=session, metadata=metadata))
            ratings.append(rng.choice((4, 5)) if is_good else rng.choice((1, 2, 3)))
    with workspace.store.write() as opened:
        imports.add_batch(opened, None, rows, rater="expert", source="import")
    with workspace.store.read() as opened:
        numbers = {
            row.user_prompt + "\n" + row.ai_response: row.interaction_id for row in opened.query(LegacyInteraction)
        }
    for row, rating in zip(rows, ratings, strict=True):
        number = numbers[row.user_prompt + "\n" + row.ai_response]
        system.ratings[number], system.rows[number] = rating, row
    return system
