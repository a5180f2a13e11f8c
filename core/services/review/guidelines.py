"""The guidelines: what 1 to 5 mean here, read by raters, written by leads, every version kept."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from core.domain.errors import BadInput, Conflict
from core.domain.identifiers.masking import count
from core.domain.plain import Name
from core.domain.ratings import RATING_WORDS
from core.domain.reasons import DEFAULT_REASONS, worded_reasons
from core.domain.roles import Act, User
from core.domain.texts import storable, text_hash
from core.services.data.redaction import Redactor, seen_by
from core.services.masking import masks_output, refuse_gaps
from core.services.workspace import Workspace
from core.store import audit
from core.store.retrying import retried
from core.store.review import guidelines
from core.store.review.guidelines import Guideline

MAX_LENGTH = 20_000
MEANINGS = {
    1: "could harm somebody, or is wrong in what matters.",
    2: "has serious gaps or errors, or misses the question.",
    3: "is right in the main, with gaps that somebody would notice.",
    4: "is right and useful; small things could be better.",
    5: "is right, complete and clear: you would send it as it is.",
}
DEFAULT = (
    "Rate the answer, not the question. Judge what it would mean for the person who asked.\n\n"
    + "\n".join(f"- **{value} {RATING_WORDS[value]}**: {meaning}" for value, meaning in MEANINGS.items())
    + "\n\nFlag bias where the answer treats people unfairly. Skip what you cannot judge."
)
HIDDEN = (
    "Personal identifiers are hidden in the guidelines, and saving would put the gaps in their place. Nothing was "
    "saved. Copy your text, reveal them, then put your change in."
)
IDENTIFIER_IN_REASON = (
    "The reason “{}” seems to hold a personal identifier. Reasons go with every rating that is given with them, also "
    "into exports. Nothing was saved. Please word it without that."
)
CHANGED_MEANWHILE = (
    "Another lead saved the guidelines while you were writing. Nothing of yours was saved: copy your text, load this "
    "page again and put your change into the new version."
)


@dataclass(frozen=True, slots=True)
class Version:
    """One version of the guidelines; number 0 is the text that Assay brings along."""

    number: int
    markdown: str
    by: Name
    at: datetime | None
    reasons: tuple[str, ...] = DEFAULT_REASONS
    """The short reasons that go with a rating, in the order of their keys."""
    hidden: dict[str, int] = field(default_factory=dict)
    """How many personal identifiers of which kind are not shown."""


@masks_output()
def current(workspace: Workspace, user: User) -> Version:
    """The version in force."""
    workspace.require(user, Act.RATE)
    with seen_by(workspace, user) as (session, redactor):
        found = guidelines.latest(session)
        return _view(found, redactor) if found else Version(0, DEFAULT, "Assay", None)


@masks_output()
def versions(workspace: Workspace, user: User) -> list[Version]:
    """All versions that were written, newest first."""
    workspace.require(user, Act.RATE)
    with seen_by(workspace, user) as (session, redactor):
        return [_view(one, redactor) for one in guidelines.versions(session)]


@masks_output(takes_gaps="compared with what is stored")
@retried
def save(
    workspace: Workspace, user: User, markdown: str, *, read: int, reasons: Sequence[str] | None = None
) -> Version:
    """Put a new version in force; ``read`` is the number of the version that was changed.

    ``reasons``: the short reasons that go with a rating; None: as they were. Ratings keep the words they were given
    with.

    Raises:
        BadInput: empty, too long, not storable, or a reason that is none or holds a personal identifier.
        Conflict: somebody else saved one meanwhile.
        NotAllowed: the role does not include writing them.
    """
    workspace.require(user, Act.JUDGE)
    text = storable(markdown.strip(), "The text")
    if not text:
        raise BadInput("The guidelines are empty. Nothing was saved; raters need to know what 1 to 5 mean.")
    if len(text) > MAX_LENGTH:
        raise BadInput(f"The guidelines have {len(text):,} characters; {MAX_LENGTH:,} are possible. Nothing was saved.")
    with seen_by(workspace, user) as (session, redactor):
        before = guidelines.latest(session)
        if before is not None and _view(before, redactor).hidden:
            raise Conflict(HIDDEN)
    given = guidelines.reasons_of(before)
    worded = given if reasons is None else worded_reasons(reasons)
    refuse_gaps([text, *worded], before.markdown if before else None)
    if (text, worded) == (before.markdown if before else DEFAULT, given):
        raise BadInput("Nothing was changed, so there is no new version.")
    if worded != given:
        alone = count([text])
        marked = next((reason for reason in worded if count([text, reason]) != alone), None)
        if marked is not None:
            raise BadInput(IDENTIFIER_IN_REASON.format(marked))
    with workspace.store.write() as session:
        if guidelines.version(session) != read:
            raise Conflict(CHANGED_MEANWHILE)
        guidelines.add(session, read + 1, text, worded, user.name)
        what = {"version": read + 1, "sha256": text_hash(text), "reasons": len(worded)}
        audit.write(session, user, "guidelines saved", "guidelines", old={"version": read}, new=what)
    return current(workspace, user)


def _view(found: Guideline, redactor: Redactor) -> Version:
    texts = [found.markdown, *guidelines.reasons_of(found)]
    (markdown, *reasons), hidden = redactor.texts(texts, f"guidelines {found.version}")
    return Version(found.version, markdown, found.by, found.at, tuple(reasons), hidden)
