"""Personal identifiers are hidden in every text that a service hands out for the screen.

Whoever may reveal them does so for one answer at a time. That is in the record of acts, and the record alone decides what
is shown: nothing is revealed that is not in it, and after a quarter of an hour it is hidden again.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from core.domain.errors import BadInput, NotFound
from core.domain.identifiers import count, mask, name_words
from core.domain.records import Interaction
from core.domain.roles import COMMAND_LINE, Act, User, may
from core.services.workspace import Workspace
from core.store import audit, identifiers, interactions
from core.store.types import now

REVEALED_FOR = timedelta(minutes=15)
"""As long as an answer is kept for a rater."""


@dataclass(frozen=True, slots=True)
class Eyes:
    """What one person may see at this moment."""

    revealed: frozenset[int] = frozenset()
    """Interactions of which this person revealed the identifiers."""

    def interaction(self, found: Interaction) -> Interaction:
        """The interaction as this person sees it; ``hidden`` says what is not shown."""
        if found.interaction_id in self.revealed:
            return replace(found, revealed=True)
        texts = (found.prompt, found.response, found.context_id, found.session_label)
        hidden = count(texts)
        if not hidden:
            return found
        known = name_words(texts)
        prompt, response, context_id, session_label = (text and mask(text, known) for text in texts)
        return replace(
            found, prompt=prompt or "", response=response or "", context_id=context_id, session_label=session_label,
            hidden=hidden,
        )  # fmt: skip

    def about(self, text: str, found: Interaction) -> str:
        """What somebody wrote about an interaction: a name that stands there is one here too."""
        if found.interaction_id in self.revealed:
            return text
        return mask(text, name_words((found.prompt, found.response, found.context_id, found.session_label)))

    def text(self, text: str, interaction_id: int | None = None) -> str:
        """A text that belongs to an interaction, or to none."""
        return text if interaction_id in self.revealed else mask(text)


@contextmanager
def seen_by(workspace: Workspace, user: User) -> Iterator[tuple[Any, Eyes]]:
    """A reading session and what this person may see."""
    with workspace.store.read() as session:
        yield session, eyes(session, user)


def eyes(session: Any, user: User) -> Eyes:
    """What this person may see at this moment."""
    if not may(user, Act.REVEAL):
        return Eyes()
    return Eyes(frozenset(identifiers.revealed(session, user, now() - REVEALED_FOR)))


def reveal(workspace: Workspace, user: User, interaction_id: int) -> None:
    """Show this person the identifiers in one answer for a quarter of an hour; kept in the record.

    Raises:
        NotAllowed: the role does not include it.
        BadInput: nobody has said who they are.
        NotFound: the interaction was deleted.
    """
    workspace.require(user, Act.REVEAL)
    if user.rater_id <= 0 and user is not COMMAND_LINE:
        raise BadInput("Choose your name first: revealing is kept with the name of who did it.")
    with workspace.store.read() as session:
        found = interactions.load(session, interaction_id)
    if found is None:
        raise NotFound("This answer was deleted meanwhile, so there is nothing to reveal.")
    kinds = count((found.prompt, found.response, found.context_id, found.session_label))
    with workspace.store.write() as session:
        audit.write(session, user, identifiers.REVEALED, f"interaction {interaction_id}", new=dict(kinds))
