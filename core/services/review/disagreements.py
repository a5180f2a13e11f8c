"""Where raters differ, and what a lead makes of it: decide, or find the gap in the guidelines."""

from dataclasses import replace

from core.domain.disagreements import Disagreement, Gap, Which
from core.domain.errors import BadInput
from core.domain.ratings import MAX_COMMENT, MAX_RATING, MIN_RATING
from core.domain.roles import Act, User
from core.domain.texts import storable
from core.services.data.redaction import Redactor, seen_by
from core.services.masking import masks_output
from core.services.workspace import Workspace
from core.store import audit
from core.store.interactions import interactions
from core.store.retrying import retried
from core.store.review import disagreements


@masks_output()
def listed(
    workspace: Workspace, user: User, which: Which, *, page: int, size: int = 10
) -> tuple[list[Disagreement], int]:
    """One page (from 0) of the answers whose raters differ by 2 or more, and how many there are."""
    workspace.require(user, Act.JUDGE)
    workspace.pick_up()
    with seen_by(workspace, user) as (session, redactor):
        found, total = disagreements.find(session, which, offset=page * size, limit=size)
        return [_seen(redactor, one) for one in found], total


@masks_output()
@retried
def decide(
    workspace: Workspace, user: User, interaction_id: int, value: int | None, *, seen: str, expected: int | None
) -> None:
    """Make ``value`` the consensus whatever raters say, or let the median count again (None).

    ``expected`` is the decision that was on the screen, ``seen`` the version of the texts.

    Raises:
        BadInput: not 1 to 5.
        NotFound: the interaction was deleted.
        TextChanged: the text is not the one that was seen.
        Conflict: another lead decided meanwhile.
        NotAllowed: the role does not include judging.
    """
    workspace.require(user, Act.JUDGE)
    if value is not None and value not in range(MIN_RATING, MAX_RATING + 1):
        raise BadInput("A decision is one of 1, 2, 3, 4, 5.")
    with workspace.store.write() as session:
        before = disagreements.adjudicate(session, interaction_id, user.rater_id, value, seen=seen, expected=expected)
        audit.write(
            session,
            user,
            "adjudicated" if value is not None else "adjudication cleared",
            f"interaction {interaction_id}",
            old={"adjudicated": before},
            new={"adjudicated": value},
        )


@masks_output()
@retried
def mark_gap(workspace: Workspace, user: User, interaction_id: int, note: str, *, seen: str) -> None:
    """Note what the guidelines should say about an answer like this.

    Raises:
        BadInput: no note, or one that cannot be stored.
        NotFound: the interaction was deleted.
        TextChanged: the text is not the one that was seen.
        NotAllowed: the role does not include judging.
    """
    workspace.require(user, Act.JUDGE)
    text = storable(note.strip(), "The note")
    if not text or len(text) > MAX_COMMENT:
        raise BadInput("Say in a few words what the guidelines should make clear. Nothing was saved.")
    with workspace.store.write() as session:
        number = disagreements.mark(session, interaction_id, text, user.name, seen=seen)
        audit.write(session, user, "gap marked", f"interaction {interaction_id}", new={"gap": number})


@masks_output()
@retried
def close_gap(workspace: Workspace, user: User, gap_id: int, *, seen: str) -> None:
    """The guidelines say it now; ``seen`` is the version of the answer's texts when the gap was shown.

    Raises:
        NotFound: it is closed already.
        TextChanged: the answer is another one by now, and with it perhaps what the guidelines lack.
        NotAllowed: the role does not include judging.
    """
    workspace.require(user, Act.JUDGE)
    with workspace.store.write() as session:
        disagreements.close(session, gap_id, seen=seen)
        audit.write(session, user, "gap closed", "guidelines", old={"gap": gap_id})


@masks_output()
def open_gaps(workspace: Workspace, user: User) -> list[Gap]:
    """What the guidelines still lack, oldest first."""
    workspace.require(user, Act.JUDGE)
    with seen_by(workspace, user) as (session, redactor):
        gaps = [(gap, interactions.load(session, gap.interaction_id)) for gap in disagreements.open_gaps(session)]
        return [replace(gap, note=redactor.about(gap.note, found)) for gap, found in gaps if found is not None]


def _seen(redactor: Redactor, one: Disagreement) -> Disagreement:
    found = one.interaction
    voices = [replace(voice, comment=voice.comment and redactor.about(voice.comment, found)) for voice in one.voices]
    gaps = [replace(gap, note=redactor.about(gap.note, found)) for gap in one.gaps]
    return replace(one, interaction=redactor.interaction(found), voices=voices, gaps=gaps)
