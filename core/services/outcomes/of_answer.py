"""What is known of one answer from its use; for those who look after the data, never for a rater at the desk."""

from dataclasses import dataclass, replace

from core.domain.outcomes.of_answer import SaidOfIt, SentAs
from core.domain.roles import Act, User
from core.services.data.redaction import id_of_program, seen_by
from core.services.masking import masks_output
from core.services.workspace import Workspace
from core.store.interactions import interactions
from core.store.outcomes import of_answer

MOST = 100
"""Rows of each that are shown, the latest."""


@dataclass(frozen=True, slots=True)
class InUse:
    """An answer as applications sent it, and what their users said; the latest first, ``MOST`` of each at most."""

    sent: list[SentAs]
    sent_total: int
    said: list[SaidOfIt]
    said_total: int


@masks_output()
def in_use(workspace: Workspace, user: User, interaction_id: int) -> InUse:
    """What is known of an answer from its use; nothing where it was deleted.

    Raises:
        NotAllowed: the role does not include reading what others said.
    """
    workspace.require(user, Act.READ_DATA)
    with seen_by(workspace, user) as (session, redactor):
        found = interactions.load(session, interaction_id)
        if found is None:
            return InUse([], 0, [], 0)
        sent, sent_total = of_answer.occurrences(session, interaction_id, MOST)
        said, said_total = of_answer.feedback(session, interaction_id, MOST)
        return InUse(
            [replace(one, caller_id=id_of_program(one.caller_id)) for one in sent],
            sent_total,
            [replace(one, comment=redactor.about(one.comment, found)) for one in said],
            said_total,
        )
