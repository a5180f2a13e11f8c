"""Better answers: an expert who knows the right answer writes it down by editing the one that was shown."""

from core.domain.errors import BadInput, Conflict, TextChanged
from core.domain.roles import Act, User
from core.domain.texts import storable
from core.services.data import redaction
from core.services.masking import masks_output, refuse_gaps
from core.services.rating.rating import NOT_KNOWN
from core.services.workspace import Workspace
from core.store import audit
from core.store.interactions import interactions
from core.store.rating import better_answers, showings
from core.store.retrying import retried

HIDDEN = (
    "Personal identifiers are hidden in this answer, and a better answer made from it would hold the gaps in their "
    "place. Nothing was stored, and what you typed is kept. Reveal them first, then edit."
)


@masks_output(takes_gaps="compared with the answer that was edited")
@retried
def write(workspace: Workspace, user: User, interaction_id: int, text: str, *, showing: str, request_id: str) -> int:
    """Store a better answer to the prompt of this one; its number.

    It becomes an interaction of its own, with the prompt, context, earlier turns and session of the one that was
    edited; others rate it like any answer, and it is never served to its writer. ``showing``
    (``ItemToRate.showing``) says which text was edited. The same ``request_id`` again stores nothing twice.

    Raises:
        BadInput: the text is empty, unchanged, cannot be stored, or holds gaps of hidden texts; or nobody said who
            they are.
        Conflict: identifiers are hidden in the original, or exactly this answer to the prompt is there already.
        NotFound: the original was deleted.
        TextChanged: its text is another one by now.
        NotAllowed: the role does not rate.
        Unavailable: the database does not answer; nothing was stored.
    """
    workspace.require(user, Act.RATE)
    if user.rater_id <= 0:
        raise BadInput("Choose your name first: a better answer is kept with the name of who wrote it.")
    better = storable(text, "The answer").strip()
    if not better:
        raise BadInput("The better answer is empty. Nothing was stored: write it first, then save it.")
    with workspace.store.read() as session:  # not inside the transaction: long texts are looked through for it
        earlier = better_answers.by_request(session, user.rater_id, interaction_id, better, request_id=request_id)
        if earlier is not None:
            return earlier
        original = interactions.load(session, interaction_id)
        if original is not None:
            if redaction.redactor_for(session, user).interaction(original).hidden:
                raise Conflict(HIDDEN)
            refuse_gaps([better], original.response)
    with workspace.store.write() as session:
        seen = showings.version(session, user.rater_id, interaction_id, showing)
        try:
            number = better_answers.add(
                session, user.rater_id, interaction_id, better, seen=seen, request_id=request_id
            )
        except TextChanged as error:
            raise error if seen else TextChanged(interaction_id, NOT_KNOWN) from None
        audit.write(session, user, "wrote better answer", f"interaction {number}", new={"original": interaction_id})
        return number
