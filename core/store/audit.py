"""The record of who did what: written in the transaction of the act itself, so that neither is there without the other."""

from typing import Any

from sqlalchemy.orm import Session

from core.store.tables import Audit


def write(
    session: Session,
    actor: str,
    action: str,
    subject: str,
    *,
    old: dict[str, Any] | None = None,
    new: dict[str, Any] | None = None,
) -> None:
    """Keep one act: who, what (as in "promoted"), to what (as in "model sbert-..."), and what changed.

    ``old`` and ``new`` hold ids, numbers, hashes and names of settings, never prompts, answers or comments.
    """
    session.add(Audit(actor=actor, action=action, subject=subject, old=old, new=new))
