"""Cases of the Rerank page: kept only when somebody says so, and deleted by whoever saved them or a lead."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from core.domain.errors import BadInput, NotFound
from core.domain.plain import Name
from core.domain.roles import Act, User, may
from core.domain.texts import storable
from core.services.data.redaction import Redactor, own_words, seen_by
from core.services.masking import masks_output
from core.services.workspace import Workspace
from core.store import audit
from core.store.reranking import cases
from core.store.reranking.cases import Case
from core.store.retrying import retried

MAX_NAME = 100
MAX_CASES = 200
"""Of one person."""
MAX_BYTES = 1_000_000


@dataclass(frozen=True, slots=True)
class CaseView:
    """A saved case."""

    case_id: int
    name: str
    saved_by: Name
    saved_at: datetime
    prompt: str
    texts: tuple[str, ...]
    hidden: dict[str, int]
    """How many personal identifiers of which kind are not shown; of one's own case none."""


@masks_output()
def listed(workspace: Workspace, user: User) -> list[CaseView]:
    """One's own cases, newest first; those of everybody for whoever may read data, with identifiers hidden.

    Raises:
        NotAllowed: the role does not include reranking.
    """
    workspace.require(user, Act.RERANK)
    whose = None if may(user, Act.READ_DATA) else user.rater_id
    with seen_by(workspace, user) as (session, redactor):
        return [
            _view(case, name, redactor, own=case.rater_id == user.rater_id)
            for case, name in cases.listed(session, whose)
        ]


def _view(case: Case, saved_by: str, redactor: Redactor, *, own: bool) -> CaseView:
    given = [case.name, case.prompt, *map(str, case.texts)]
    shown, hidden = (list(map(own_words, given)), {}) if own else redactor.texts(given, f"case {case.case_id}")
    name, prompt, *texts = shown
    return CaseView(case.case_id, name, saved_by, case.created_at, prompt, tuple(texts), hidden)


@masks_output()
@retried
def save(workspace: Workspace, user: User, name: str, prompt: str, texts: Sequence[str]) -> int:
    """Keep a question and its candidates under a name; the number of the case.

    Raises:
        NotAllowed: the role does not include reranking.
        BadInput: nobody has said who they are, the name or a text cannot be kept, or there are too many cases.
    """
    workspace.require(user, Act.RERANK)
    clean = " ".join(name.split())
    if user.rater_id <= 0:
        raise BadInput("Choose your name first: a case is kept under the name of whoever saved it.")
    if not clean or len(clean) > MAX_NAME:
        raise BadInput(f"Give the case a name of 1 to {MAX_NAME} characters. Nothing was saved.")
    if not prompt.strip() or not texts:
        raise BadInput("A case needs a question and at least one answer. Nothing was saved.")
    if sum(len(text.encode("utf-8", "replace")) for text in (prompt, *texts)) > MAX_BYTES:
        raise BadInput("This is more than 1 MB of text, which is too much for a case. Nothing was saved.")
    for text in (clean, prompt, *texts):
        storable(text, "The case")
    with workspace.store.write() as session:
        if cases.count(session, user.rater_id) >= MAX_CASES:
            raise BadInput(f"You have {MAX_CASES} saved cases already. Delete one that you no longer need first.")
        number = cases.add(session, user.rater_id, clean, prompt, texts)
        audit.write(session, user, "saved case", f"case {number}", new={"answers": len(texts)})
    return number


@masks_output()
@retried
def delete(workspace: Workspace, user: User, case_id: int) -> None:
    """Delete a case of one's own; with the right to change data, of anybody.

    Raises:
        NotAllowed: the role does not include reranking.
        NotFound: there is no such case, or it is somebody else's.
    """
    workspace.require(user, Act.RERANK)
    with workspace.store.write() as session:
        if not cases.remove(session, case_id, None if may(user, Act.CHANGE_DATA) else user.rater_id):
            raise NotFound("This case is not there any more, or it is not yours. Nothing was deleted.")
        audit.write(session, user, "deleted case", f"case {case_id}")
