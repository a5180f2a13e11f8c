"""Vectors of the answers in the database, computed ahead: the training after it only looks them up."""

from collections.abc import Iterator
from dataclasses import dataclass

from core.domain.roles import Act, User
from core.domain.texts import text_hash
from core.reward.recipes.base import Pair
from core.reward.recipes.registry import PAIR
from core.services.masking import masks_output
from core.services.reranking.reranking import reference_embedder
from core.services.workspace import Workspace
from core.store.training import embeddings
from core.store.training.embeddings import DatabaseVectors

ANSWERS = 500
"""Answers in memory at once; what is interrupted loses a few seconds of work."""


@dataclass(frozen=True, slots=True)
class EmbeddingProgress:
    """How far it is."""

    done: int
    """Answers whose vectors, and those of their questions, are in the database."""
    total: int


@masks_output(takes_gaps="it stores no text")
def embed(workspace: Workspace, user: User, *, everything: bool = False) -> Iterator[EmbeddingProgress]:
    """Compute the vectors that a training needs and the database does not have, and keep them there.

    For rated answers, or with ``everything`` for all. Yields how far it is after every 500 answers; what was done stays
    when it is interrupted, and the next time begins behind it.

    Raises:
        NotAllowed: the role does not include training.
        Unavailable: the encoder cannot be loaded, or the database does not answer.
    """
    workspace.require(user, Act.TRAIN)
    workspace.pick_up(at_once=True)
    embedder = reference_embedder(workspace)
    with workspace.store.read() as session:
        total = embeddings.count_answers(session, rated=not everything)
    done = last = 0
    yield EmbeddingProgress(done, total)
    while True:
        with workspace.store.read() as session:
            found = embeddings.answers_after(session, last, rated=not everything, limit=ANSWERS)
        if not found:
            return
        texts = PAIR.texts([Pair(prompt, answer) for _, prompt, answer in found])
        for _ in embedder.warm({PAIR.view: texts}):
            pass
        _forget_what_went(workspace, embedder.key(PAIR.view), last, found, everything)
        done, last = done + len(found), found[-1][0]
        yield EmbeddingProgress(done, max(total, done))


def _forget_what_went(
    workspace: Workspace, key: str, after: int, found: list[tuple[int, str, str]], everything: bool
) -> None:
    """Remove vectors of texts that were erased or changed while they were computed: the erasure could not."""
    with workspace.store.read() as session:
        now = embeddings.answers_after(session, after, rated=not everything, limit=len(found))
    if now == found:
        return
    there = {text for _, *texts in now for text in texts}
    gone = {text for _, *texts in found for text in texts} - there
    DatabaseVectors(workspace.store).drop(key, [text_hash(text) for text in gone])
