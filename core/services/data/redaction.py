"""Personal identifiers are hidden in every text that a service hands out for the screen.

Whoever may reveal them does so for one answer at a time. That is in the audit log, which alone decides what is shown:
nothing is revealed that is not in it, and after a quarter of an hour it is hidden again.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TypeVar

from core.domain.errors import BadInput, NotFound
from core.domain.identifiers.masking import count, mask, name_words
from core.domain.outcomes.ids import is_drawn
from core.domain.records import Interaction
from core.domain.roles import COMMAND_LINE, Act, User, may
from core.domain.turns import Turn
from core.services.masking import ClearedText, masks_output
from core.services.workspace import Workspace
from core.store import audit
from core.store.database import Session
from core.store.interactions import identifiers, interactions
from core.store.interactions.consensus import lock_as_seen
from core.store.reranking import cases
from core.store.retrying import retried, written
from core.store.review import guidelines
from core.store.types import now

REVEALED_FOR = timedelta(minutes=15)
"""As long as an answer is kept for a rater."""


Shown = TypeVar("Shown", bound=Interaction)


@dataclass(frozen=True, slots=True)
class Redactor:
    """What one person may see at this moment."""

    revealed: frozenset[str] = frozenset()
    """What this person revealed the identifiers of: "interaction 12", "guidelines 3", "case 4"."""

    def interaction(self, found: Shown) -> Shown:
        """The interaction as this person sees it; ``hidden`` says what is not shown."""
        texts = _texts(found)
        is_revealed = _subject(found.interaction_id) in self.revealed
        hidden = {} if is_revealed else count(texts)
        known = name_words(texts) if hidden else frozenset[str]()
        prompt, response, context_id, session_label, *said = (
            text and ClearedText(mask(text, known) if hidden else text) for text in texts
        )
        return replace(
            found,
            prompt=prompt or "",
            response=response or "",
            context_id=context_id,
            session_label=session_label,
            hidden=hidden,
            revealed=is_revealed,
            turns=tuple(Turn(turn.role, text or "") for turn, text in zip(found.turns, said, strict=True)),
        )

    def about(self, text: str, found: Interaction) -> str:
        """What somebody wrote about an interaction: a name that stands there is one here too."""
        if _subject(found.interaction_id) in self.revealed:
            return ClearedText(text)
        return ClearedText(mask(text, name_words(_texts(found))))

    def texts(self, texts: Sequence[str], subject: str) -> tuple[list[str], dict[str, int]]:
        """Texts that belong together, of what is named so, and what is hidden in them."""
        if subject in self.revealed:
            return [ClearedText(text) for text in texts], {}
        known = name_words(texts)
        return [ClearedText(mask(text, known)) for text in texts], count(texts)


def own_words(text: str) -> str:
    """What the reader wrote: they see it as they typed it, and can go on writing."""
    return ClearedText(text)


def id_of_program(text: str) -> str:
    """An id that a program sent: one that was drawn stays as it is, or nobody could find it there."""
    return ClearedText(text) if is_drawn(text) else text


@contextmanager
def seen_by(workspace: Workspace, user: User) -> Iterator[tuple[Session, Redactor]]:
    """A reading session and what this person may see."""
    with workspace.store.read() as session:
        yield session, redactor_for(session, user)


def redactor_for(session: Session, user: User) -> Redactor:
    """What this person may see at this moment."""
    if not may(user, Act.REVEAL):
        return Redactor()
    return Redactor(identifiers.revealed(session, user, now() - REVEALED_FOR))


@masks_output()
@retried
def reveal(workspace: Workspace, user: User, interaction_id: int, *, seen: str) -> None:
    """Show this person the identifiers in one answer for a quarter of an hour; kept in the audit log.

    ``seen`` is the version of the texts in which they were hidden.

    Raises:
        NotAllowed: the role does not include it.
        BadInput: nobody has said who they are.
        NotFound: the interaction was deleted.
        TextChanged: the text is another one by now, with other identifiers.
    """
    workspace.require(user, Act.REVEAL)
    with workspace.store.read() as session:
        found = interactions.load(session, interaction_id)
    if found is None:
        raise NotFound("This answer was deleted meanwhile, so there is nothing to reveal.")
    _record(
        workspace,
        user,
        _subject(interaction_id),
        _texts(found),
        lambda session: lock_as_seen(session, interaction_id, seen),
    )


@masks_output()
def reveal_guidelines(workspace: Workspace, user: User, version: int) -> None:
    """As ``reveal``, for a version of the guidelines: whoever writes the next one begins with its text.

    Raises:
        NotAllowed, BadInput, NotFound: as ``reveal``.
    """
    workspace.require(user, Act.REVEAL)
    with workspace.store.read() as session:
        found = next((one for one in guidelines.versions(session) if one.version == version), None)
    if found is None:
        raise NotFound("There is no such version of the guidelines, so there is nothing to reveal.")
    _record(workspace, user, f"guidelines {version}", [found.markdown, *guidelines.reasons_of(found)])


@masks_output()
def reveal_case(workspace: Workspace, user: User, case_id: int) -> None:
    """As ``reveal``, for a case of the Rerank page that somebody else saved.

    Raises:
        NotAllowed, BadInput, NotFound: as ``reveal``.
    """
    workspace.require(user, Act.READ_DATA)
    workspace.require(user, Act.REVEAL)
    with workspace.store.read() as session:
        case = next((case for case, _ in cases.listed(session, None) if case.case_id == case_id), None)
    if case is None:
        raise NotFound("This case was deleted meanwhile, so there is nothing to reveal.")
    _record(workspace, user, f"case {case_id}", [case.name, case.prompt, *map(str, case.texts)])


def _record(
    workspace: Workspace,
    user: User,
    subject: str,
    texts: Iterable[str | None],
    check: Callable[[Session], object] = lambda session: None,
) -> None:
    """Keep that somebody looked; ``check`` is asked in the same transaction whether they still may."""
    if user.rater_id <= 0 and user is not COMMAND_LINE:
        raise BadInput("Choose your name first: revealing is kept with the name of who did it.")
    kinds = count(texts)  # not inside the transaction: long texts take a while

    def keep(session: Session) -> None:
        check(session)
        audit.write(session, user, identifiers.REVEALED, subject, new=dict(kinds))

    written(workspace.store, keep)


def _texts(found: Interaction) -> tuple[str | None, ...]:
    """All texts of an interaction, which belong together; its earlier turns last."""
    return found.prompt, found.response, found.context_id, found.session_label, *(turn.text for turn in found.turns)


def _subject(interaction_id: int) -> str:
    return f"interaction {interaction_id}"
