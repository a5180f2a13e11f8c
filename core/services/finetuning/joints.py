"""Where evaluation meets other parts: the rows of runs, and the queue of pairs for people."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from core.domain.roles import User
from core.finetuning.folder import Question
from core.finetuning.verdict import PeopleSaid
from core.services.workspace import Workspace


def keep_evaluation(
    workspace: Workspace, user: User, directory: Path, run: int, evaluation: dict[str, Any], sentence: str
) -> None:
    """Keep an evaluation beside its run in the database, where that has one of this number and folder."""


def put_to_people(
    workspace: Workspace, user: User, pairs: Sequence[tuple[Question, str, str]], *, reason: str
) -> PeopleSaid:
    """Put pairs (question, the tuned model's answer, the other one) to people, blind; what they said so far."""
    return PeopleSaid(0, 0, 0, 0)
