"""What users of an application say of answers and rankings; never a rating, and no figure of ratings changes by it."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from core.domain.errors import AssayError, NotFound
from core.domain.outcomes.feedback import Said
from core.domain.outcomes.sent_answers import MAX_APPLICATION, check_name
from core.domain.roles import Act, User
from core.services.masking import masks_output
from core.services.reranking import usage
from core.services.workspace import Workspace
from core.store.outcomes import feedback
from core.store.retrying import written


@dataclass(frozen=True, slots=True)
class Given:
    """What became of a feedback."""

    stored: bool
    """False: it was known, with the same content under the same id."""

    def to_json(self) -> dict[str, int]:
        """As the HTTP API and Python return it."""
        return {"stored": int(self.stored), "known": int(not self.stored)}


@masks_output()
def give(workspace: Workspace, user: User, application: str, said: Said) -> Given:
    """Keep what a user of this application said; returns after the commit.

    Raises:
        NotAllowed: the role does not include sending.
        NotFound: this application sent no such answer and asked for no such ranking.
        BadInput: an index lies outside the ranking, or the application has no usable name.
        Conflict: its id is known with another content.
    """
    workspace.require(user, Act.SEND)
    [became] = give_all(workspace, user, [(application, said)])
    if isinstance(became, AssayError):
        raise became
    return became


@masks_output(as_is="whether it was stored, and refusals in words of ours")
def give_all(workspace: Workspace, user: User, given: Sequence[tuple[str, Said]]) -> list[Given | AssayError]:
    """Keep what users said, each with its application, in one commit; returns after it, what became of each.

    One that is refused is told by the error that ``give`` raises, and the others are kept.

    Raises:
        NotAllowed: the role does not include sending.
        AssayError: the database does not answer, and nothing was kept.
    """
    workspace.require(user, Act.SEND)
    for application, _ in given:
        check_name(application, "The name of the application", MAX_APPLICATION)
    became = written(workspace.store, partial(feedback.keep, given=given))
    unknown = [n for n, one in enumerate(became) if isinstance(one, NotFound) and given[n][1].rerank is not None]
    if unknown:
        usage.log_of(workspace).write()  # it may be of this moment, or another thread is writing it
        again = written(workspace.store, partial(feedback.keep, given=[given[n] for n in unknown]))
        for n, one in zip(unknown, again, strict=True):
            became[n] = one
    return [one if isinstance(one, AssayError) else Given(one) for one in became]
