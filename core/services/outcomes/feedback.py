"""What users of an application say of answers and rankings; never a rating, and no figure of ratings changes by it."""

from dataclasses import dataclass

from core.domain.errors import NotFound
from core.domain.outcomes.feedback import Said
from core.domain.outcomes.sent_answers import MAX_APPLICATION, check_name
from core.domain.roles import Act, User
from core.services.masking import masks_output
from core.services.outcomes.grouped import GroupedCommits
from core.services.reranking import usage
from core.services.runtime import runtime
from core.services.workspace import Workspace
from core.store.outcomes import feedback


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
    check_name(application, "The name of the application", MAX_APPLICATION)
    commits = _commits_of(workspace)
    try:
        return Given(commits.run((application, said)))
    except NotFound:
        if said.rerank is None:
            raise
        usage.log_of(workspace).write()  # it may be of this moment, or another thread is writing it
    return Given(commits.run((application, said)))


def _commits_of(workspace: Workspace) -> GroupedCommits[tuple[str, Said], bool]:
    """The shared commits of this process on the workspace's database."""
    store = workspace.store
    return runtime.keep("grouped commits", store, lambda: GroupedCommits(store, feedback.keep))
