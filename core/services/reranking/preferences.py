"""How a rater would have ordered answers: kept as pairs under the rater's name (docs/decisions/preferences.md)."""

from collections.abc import Sequence

from core.domain.errors import BadInput
from core.domain.roles import Act, User
from core.domain.texts import prompt_group, storable
from core.services.masking import masks_output
from core.services.workspace import Workspace
from core.store import audit
from core.store.reranking import preferences
from core.store.retrying import retried
from core.store.types import now

MOST = 50
"""Answers of one ranking that are compared: 1,225 pairs."""


@masks_output()
@retried
def keep(
    workspace: Workspace,
    user: User,
    prompt: str,
    texts: Sequence[str],
    best_first: Sequence[int],
    *,
    model_version: str | None,
) -> int:
    """Keep that the answers at ``best_first`` are better in this order, and all of them better than those left out.

    Those that are left out are not compared with each other. Of equal texts the first place counts.

    Raises:
        NotAllowed: the role does not include rating.
        BadInput: nobody has said who they are, no pair comes of it, there are too many answers, or one cannot be
            stored.
    """
    workspace.require(user, Act.RATE)
    if user.rater_id <= 0:
        raise BadInput("Choose your name first: an order is kept under the name of whoever made it.")
    if len(texts) > MOST:
        raise BadInput(f"These are {len(texts):,} answers; an order of at most {MOST} can be kept.")
    if not prompt.strip() or not all(0 <= place < len(texts) for place in best_first):
        raise BadInput("The order does not belong to these answers. Nothing was kept.")
    ordered = list(dict.fromkeys(texts[place] for place in best_first))
    left_out = [text for text in dict.fromkeys(texts) if text not in ordered]
    pairs = [(better, worse) for at, better in enumerate(ordered) for worse in (*ordered[at + 1 :], *left_out)]
    if not pairs:
        raise BadInput("Place at least one answer above another. Nothing was kept.")
    for text in (prompt, *texts):
        storable(text, "The text")
    group, at = prompt_group(prompt), now()
    rows = [
        {
            "rater_id": user.rater_id,
            "prompt": prompt,
            "prompt_group": group,
            "chosen": better,
            "rejected": worse,
            "pair_hash": preferences.pair_hash(group, better, worse),
            "model_version": model_version,
            "created_at": at,
        }
        for better, worse in pairs
    ]
    rows.sort(
        key=lambda row: str(row["pair_hash"])
    )  # two at once lock them in the same order, and neither waits for ever
    with workspace.store.write() as session:
        preferences.keep(session, rows)
        audit.write(
            session, user, "kept preferences", f"order of {model_version or 'no model'}", new={"pairs": len(rows)}
        )
    return len(rows)


@masks_output(takes_gaps="asking stores nothing")
def count_own(workspace: Workspace, user: User, prompt: str) -> int:
    """Number of pairs on this question that are kept of this rater.

    Raises:
        NotAllowed: the role does not include rating.
    """
    workspace.require(user, Act.RATE)
    with workspace.store.read() as session:
        return preferences.count(session, user.rater_id, prompt_group(prompt))


@masks_output(takes_gaps="taking back stores no text")
@retried
def withdraw(workspace: Workspace, user: User, prompt: str) -> int:
    """Delete what this rater said about this question; how many pairs that were.

    Raises:
        NotAllowed: the role does not include rating.
    """
    workspace.require(user, Act.RATE)
    with workspace.store.write() as session:
        gone = preferences.withdraw(session, user.rater_id, prompt_group(prompt))
        audit.write(session, user, "withdrew preferences", "a question", old={"pairs": gone})
    return gone
