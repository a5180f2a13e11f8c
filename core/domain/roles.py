"""Who may do what. ``docs/roles.csv`` says the same for people; a test keeps the two together."""

from dataclasses import dataclass
from enum import StrEnum

from core.domain.errors import AssayError


class Role(StrEnum):
    """What a person is here for."""

    VIEWER = "viewer"  # reads and reranks
    SME = "sme"  # rates
    LEAD = "lead"  # everything about data, models and people


class Act(StrEnum):
    """What somebody may or may not do; pages and services ask for one of these."""

    LOOK = "look"  # counts, readiness, models, reports
    RERANK = "rerank"
    RATE = "rate"  # and see, change and withdraw one's own ratings
    READ_DATA = "read data"  # other people's ratings, browse, export
    CHANGE_DATA = "change data"  # import, add, edit, delete
    REVEAL = "reveal identifiers"  # names, telephone numbers, ... of one answer; each time is in the record
    JUDGE = "judge"  # disagreements, adjudication, guidelines
    TRAIN = "train"
    MODELS = "models"  # promote, roll back, archive
    PEOPLE = "people"  # invite, assign roles, disable, forget
    KEYS = "keys"  # keys of the HTTP API
    SEND = "send"  # answers and feedback; what programs do with a key of that scope
    AUDIT = "audit"


ALLOWED: dict[Role, frozenset[Act]] = {
    Role.VIEWER: frozenset({Act.LOOK, Act.RERANK}),
    Role.SME: frozenset({Act.LOOK, Act.RERANK, Act.RATE, Act.REVEAL}),
    Role.LEAD: frozenset(Act),
}


class KeyScope(StrEnum):
    """What a key of the HTTP API may do."""

    RANK = "rank"
    SEND = "send"  # answers and feedback


class NotAllowed(AssayError):
    """The person is known, but their role does not include this act."""


@dataclass(frozen=True, slots=True)
class User:
    """Who acts, as every service sees it."""

    rater_id: int
    name: str
    role: Role = Role.LEAD
    also: frozenset[Act] = frozenset()
    """What they may do beside what their role includes."""

    @property
    def key(self) -> str:
        """How the record of acts names them: a person by number, so that a name can be forgotten."""
        return f"person {self.rater_id}" if self.rater_id else self.name

    def __str__(self) -> str:
        return self.name


class Rule(StrEnum):
    """What acts here without a person, by the name under which the record keeps it."""

    PROMOTION = "rule"  # the rule that decides about a model after its training
    TRAINING = "training"
    SCHEDULE = "schedule"  # begins trainings when a lead said that they shall begin
    ASSAY = "system"
    FIRST_LEAD = "ASSAY_FIRST_LEAD"  # the setting of that name


COMMAND_LINE = User(0, "command line")
"""Whoever can run commands on this machine owns its files; not a rater."""

PROGRAM = User(0, "a program", Role.VIEWER)
"""Whoever calls the HTTP API and was let in there, with a key or from this machine; not a rater."""

SENDER = User(0, "a program", Role.VIEWER, frozenset({Act.SEND}))
"""A program whose key may send, or one on this machine where none is needed."""

THIS_MACHINE = "this machine"
"""The application of a program that needs no key; of one with a key the application is the key's name."""

SOMEBODY_HERE = User(0, "local")
"""Whoever sits at this machine in local mode and has not chosen a name yet; not a rater."""


def may(user: User, act: Act) -> bool:
    """Whether the user's role includes the act, or they have it beside."""
    return act in ALLOWED[user.role] or act in user.also


def require(user: User | None, act: Act) -> None:
    """Let an act pass that the user's role includes; services ask ``Workspace.require``, which also asks the database.

    Raises:
        NotAllowed: the role does not include it, or nobody acts.
    """
    if user is None:
        raise NotAllowed("Nobody is signed in here. Nothing was changed. Sign in and try again.")
    if not may(user, act):
        raise NotAllowed(
            f"Your role ({user.role}) does not include this ({act}). Nothing was changed. Ask a lead to do it, "
            "or to give you another role."
        )
