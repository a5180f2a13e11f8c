"""Blind pairs of what a tuned language model wrote: served as A or B, and how often the tuned one was better."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from core.domain.comparisons.picks import FROM_A_LEAD, MOST_REASON, Verdict
from core.domain.errors import BadInput
from core.domain.roles import Act, User
from core.domain.texts import storable
from core.domain.turns import Turn
from core.services.comparisons.opening import OPENED
from core.services.masking import masks_output
from core.services.workspace import Workspace
from core.store import audit
from core.store.comparisons import pairs as stored
from core.store.retrying import retried


@dataclass(frozen=True, slots=True)
class BlindPair:
    """A question and two answers that are none of the stored ones; raters do not see which is which."""

    prompt: str
    tuned: str
    other: str
    turns: tuple[Turn, ...] = ()
    """What was said before the question."""


@dataclass(frozen=True, slots=True)
class BlindResult:
    """What people said of the pairs of one reason; ``better``: the tuned one was."""

    served: int
    better: int
    worse: int
    equal: int
    neither: int
    not_rated: int


@masks_output()
@retried
def serve_blind(workspace: Workspace, user: User, pairs: Sequence[BlindPair], *, reason: str) -> int:
    """Open these pairs as A or B, each for one rater; how many are open or compared under this reason now.

    Pairs of two equal texts are left out, and questions that no answer here is to (any more). The same pair under the
    same reason is served once, so that this can be repeated. What raters say stays out of the export ``pairs`` and of
    every training.

    Raises:
        NotAllowed: only a lead opens pairs.
        BadInput: there is no reason, or a text that cannot be stored.
    """
    workspace.require(user, Act.JUDGE)
    storable(reason, "The reason")
    if not 1 <= len(reason.strip()) <= MOST_REASON or reason == FROM_A_LEAD:
        raise BadInput(f"Say in 1 to {MOST_REASON} characters what these pairs are served for. Nothing was opened.")
    for pair in pairs:
        for text in (pair.prompt, pair.tuned, pair.other, *(turn.text for turn in pair.turns)):
            storable(text, "The text of a pair")
    rows = [(pair.prompt, pair.turns, pair.tuned, pair.other) for pair in pairs if pair.tuned != pair.other]
    with workspace.store.write() as session:
        before = len(stored.verdicts(session, reason))
        stored.add_texts(session, rows, served_for=reason)
        after = len(stored.verdicts(session, reason))
        if after > before:
            audit.write(session, user, OPENED, reason, new={"pairs": after - before, "people": 1})
        return after


@masks_output()
def blind_result(workspace: Workspace, user: User, reason: str) -> BlindResult:
    """How often the tuned one was better, worse, equal, or neither was any good; and how many wait still.

    Raises:
        NotAllowed: only a lead sees it.
    """
    workspace.require(user, Act.JUDGE)
    with workspace.store.read() as session:
        said = Counter(stored.verdicts(session, reason))
    return BlindResult(
        said.total(), said[Verdict.FIRST], said[Verdict.SECOND], said[Verdict.EQUAL], said[Verdict.NEITHER], said[None]
    )
