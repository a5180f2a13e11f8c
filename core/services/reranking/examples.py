"""Examples for the Rerank page: questions of the data that is loaded, with several answers each."""

from dataclasses import dataclass
from functools import cache

from core.domain.roles import Act, User, may
from core.labeling.raw_rows import Row
from core.labeling.tables import open_table
from core.services.data.importing import SAMPLE
from core.services.masking import masks_output
from core.services.workspace import Workspace
from core.store.reranking import examples

QUESTIONS, ANSWERS = 12, 5


@dataclass(frozen=True, slots=True)
class Example:
    """A question and answers to it, in no order that tells which is good."""

    prompt: str
    texts: tuple[str, ...]


@masks_output()
def listed(workspace: Workspace, user: User) -> list[Example]:
    """Questions with two or more answers, for whoever may read data; for others, and where there are none, those of
    the sample that comes with the product.

    Raises:
        NotAllowed: the role does not include reranking.
    """
    workspace.require(user, Act.RERANK)
    found: list[tuple[str, list[str]]] = []
    if may(user, Act.READ_DATA):
        with workspace.store.read() as session:
            found = examples.find(session, questions=QUESTIONS, answers=ANSWERS)
    return [Example(prompt, tuple(texts)) for prompt, texts in found] or list(_of_sample())


@cache
def _of_sample() -> tuple[Example, ...]:
    answers: dict[str, dict[str, None]] = {}
    for row in open_table(SAMPLE).rows():
        if isinstance(row, Row):
            answers.setdefault(str(row.values["user_prompt"]), {})[str(row.values["ai_response"])] = None
    several = [
        Example(prompt, tuple(sorted(texts, key=lambda text: text[::-1])[:ANSWERS]))
        for prompt, texts in answers.items()
        if len(texts) > 1
    ]
    return tuple(several[:QUESTIONS])
