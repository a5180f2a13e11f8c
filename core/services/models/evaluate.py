"""Measuring a model version on a rated file that is never stored."""

import statistics
from pathlib import Path
from typing import Any

from core.domain.errors import BadInput, Unavailable
from core.domain.records import Example, ImportRow
from core.domain.roles import Act, User
from core.domain.turns import turns_group
from core.labeling.how_to_read import HowToRead
from core.labeling.rows import understand
from core.labeling.tables import open_table
from core.reward import artifact
from core.reward.evaluation.evaluation import evaluate_model, leave_out_seen
from core.services.masking import masks_output
from core.services.models.models import version_path
from core.services.reranking.reranking import reference_embedder
from core.services.workspace import Workspace
from core.store.training import versions

SEED = 0
"""Of the bootstrap: the same file gives the same intervals."""


@masks_output()
def evaluate_file(workspace: Workspace, user: User, path: Path, *, model_version: str = "champion") -> dict[str, Any]:
    """Measure a version, and its baselines, on prompts it was not trained on; what ``evaluate --json`` prints.

    Raises:
        BadInput: the file cannot be read, or holds no rating.
        NotFound: there is no such version.
        Unavailable: there is no champion, or the files are missing or altered.
    """
    workspace.require(user, Act.LOOK)
    examples = read_rated(path)
    with workspace.store.read() as session:
        version = versions.champion(session) if model_version == "champion" else versions.find(session, model_version)
    if version is None:
        raise Unavailable("No model is in use yet. Train one first, or name a version with --model.")
    folder = version_path(workspace, version.model_version)
    embedder = reference_embedder(workspace).in_memory()
    model = artifact.load(folder, hashes=version.hashes, encoder=embedder.fingerprint)
    groups = artifact.trained_groups(folder, hashes=version.hashes, prompts=version.prompts)
    unseen, seen = leave_out_seen(examples, groups)
    evaluation = evaluate_model(
        model, unseen, embedder, positive_threshold=workspace.settings.positive_rating_threshold, seed=SEED
    )
    shown = evaluation.to_json()
    return {
        "model_version": version.model_version,
        "n": evaluation.n,
        "prompts": evaluation.prompts,
        "prompts_seen": seen,
        "metrics": shown["metrics"],
        "baselines": shown["baselines"],
    }


def read_rated(path: Path) -> list[Example]:
    """The rated answers of a file; several ratings of one answer count as their median."""
    rated: dict[str, tuple[ImportRow, list[int]]] = {}
    for row in understand(open_table(path), HowToRead()).rows():
        if isinstance(row, ImportRow) and row.rating is not None:
            rated.setdefault(row.identity, (row, []))[1].append(row.rating)
    if not rated:
        raise BadInput(f"{path.name} holds no usable rating from 1 to 5, so nothing can be measured.")
    return [
        Example(
            number,
            row.user_prompt,
            row.ai_response,
            row.context_id,
            float(statistics.median(values)),
            session=row.session_id,
            turns_group=turns_group(row.turns),
        )
        for number, (row, values) in enumerate(rated.values(), 1)
    ]
