"""Where evaluation meets other parts: the rows of runs, and the queue of pairs for people."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from core.domain.roles import User
from core.finetuning.folder import Question
from core.finetuning.verdict import PeopleSaid
from core.services.comparisons.blind import BlindPair, blind_result, serve_blind
from core.services.workspace import Workspace
from core.store import audit
from core.store.database import Session
from core.store.finetuning import runs
from core.store.retrying import written


def keep_evaluation(
    workspace: Workspace, user: User, directory: Path, run: int, evaluation: dict[str, Any], sentence: str
) -> None:
    """Keep an evaluation beside its run in the database, where that has one of this number and folder."""

    def keep(session: Session) -> None:
        found = runs.find(session, run)
        if found is not None and Path(found.folder) == directory:
            runs.save_evaluation(session, run, evaluation, sentence)
            audit.write(session, user, "evaluated fine-tuning", f"fine-tuning {run}", new={"verdict": sentence})

    written(workspace.store, keep)


def put_to_people(
    workspace: Workspace, user: User, pairs: Sequence[tuple[Question, str, str]], *, reason: str
) -> PeopleSaid:
    """Put pairs (question, the tuned model's answer, the other one) to people, blind; what they said so far."""
    blind = [BlindPair(asked.user_prompt, tuned, other, asked.turns) for asked, tuned, other in pairs]
    serve_blind(workspace, user, blind, reason=reason)
    said = blind_result(workspace, user, reason)
    return PeopleSaid(said.served, said.better, said.worse, said.not_rated)
