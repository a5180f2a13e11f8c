"""Conversations that were stored as one text: shown before, and converted only when somebody says so."""

from collections.abc import Generator
from dataclasses import dataclass
from functools import partial

from core.domain.roles import Act, User
from core.domain.turns import Turn
from core.services.data.redaction import Redactor
from core.services.masking import masks_output
from core.services.workspace import Workspace
from core.store import audit
from core.store.database import Session
from core.store.interactions import conversations
from core.store.retrying import written

LOOKED_AT = 1_000
"""Of the oldest and of the newest answers so many are looked at whenever the Data page is opened."""
EXAMPLES = 3


@dataclass(frozen=True, slots=True)
class Preview:
    """What one answer would become."""

    interaction_id: int
    turns: tuple[Turn, ...]
    prompt: str


@dataclass(frozen=True, slots=True)
class Offer:
    """How many prompts hold a whole conversation, and what some of them would become."""

    prompts: int
    examples: list[Preview]


@dataclass(frozen=True, slots=True)
class Converted:
    """How many prompts were converted, and how many were left because another answer is the same already."""

    prompts: int = 0
    left: int = 0


@masks_output()
def likely(workspace: Workspace, user: User) -> bool:
    """Whether some prompt among the oldest and the newest answers holds a whole conversation as text.

    Raises:
        NotAllowed: the role does not include changing data.
    """
    workspace.require(user, Act.CHANGE_DATA)
    with workspace.store.read() as session:
        return next(conversations.stored_as_text(session, within=LOOKED_AT), None) is not None


@masks_output()
def offer(workspace: Workspace, user: User) -> Offer:
    """Look through all prompts for those that hold a conversation; nothing is changed.

    Raises:
        NotAllowed: the role does not include changing data.
    """
    workspace.require(user, Act.CHANGE_DATA)
    prompts, examples = 0, list[Preview]()
    redactor = Redactor()  # hidden for everybody: this is for reading form, not content
    with workspace.store.read() as session:
        for one in conversations.stored_as_text(session):
            prompts += 1
            if len(examples) < EXAMPLES:
                found = one.found
                texts = [found.prompt, *(turn.text for turn in found.turns)]
                (prompt, *said), _ = redactor.texts(texts, f"interaction {one.interaction_id}")
                turns = tuple(Turn(turn.role, text) for turn, text in zip(found.turns, said, strict=True))
                examples.append(Preview(one.interaction_id, turns, prompt))
    return Offer(prompts, examples)


@masks_output()
def convert(workspace: Workspace, user: User) -> Generator[Converted, None, None]:
    """Make the last question the prompt wherever that holds a whole conversation, and keep what was said before as
    earlier turns; yields how many so far, after every batch.

    Ratings stay: their raters read the same text. What was committed stays when this is cut off; called again it goes
    on with the rest.

    Raises:
        NotAllowed: the role does not include changing data.
    """
    workspace.require(user, Act.CHANGE_DATA)
    workspace.pick_up(at_once=True)
    with workspace.store.read() as session:
        numbers = [one.interaction_id for one in conversations.stored_as_text(session)]
    done = Converted()
    for start in range(0, len(numbers), conversations.BATCH):
        batch = numbers[start : start + conversations.BATCH]
        prompts, left = written(workspace.store, partial(_convert, batch=batch, user=user))
        done = Converted(done.prompts + prompts, done.left + left)
        yield done
    workspace.mark_due()


def _convert(session: Session, batch: list[int], user: User) -> tuple[int, int]:
    prompts, left = conversations.convert(session, batch, user.name)
    new = {"answers": prompts, "left": left}
    audit.write(session, user, "converted prompts", "conversations", new=new)
    return prompts, left
