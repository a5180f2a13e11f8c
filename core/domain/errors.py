"""Errors whose text is written for the person who reads it.

Every message says what happened and what to try. One boundary per surface (page, command line, HTTP) turns them into
a sentence; nothing else catches them.
"""


class AssayError(Exception):
    """Something could not be done; the message is shown to the user as it is, whoever that is.

    ``detail`` is for whoever runs the server: where, and as which user. It stands on the command line, in the server's
    log and in what doctor says; no page, API or Python caller shows it (a lead sees the GRANT of ``MissingRight``).
    """

    def __init__(self, sentence: str, *, detail: str = "") -> None:
        super().__init__(sentence)
        self.detail = detail

    @property
    def in_full(self) -> str:
        """Sentence and detail, for the command line and logs."""
        return f"{self} {self.detail}".strip()


class BadInput(AssayError):
    """What was given could not be read or understood; nothing was changed."""


class BadSetting(BadInput):
    """A configuration value is unusable; the message names the variable."""


class NotFound(BadInput):
    """The thing that was named does not exist (any more)."""


class Conflict(AssayError):
    """Somebody else got there first, or the state no longer allows this act."""


class HoldsIdentifiers(Conflict):
    """What was to leave holds personal identifiers, and nobody has said what shall become of them."""


class TextChanged(Conflict):
    """What somebody acts on is no longer what was shown to them; nothing was stored."""

    def __init__(self, interaction_id: int, message: str = "") -> None:
        super().__init__(
            message
            or f"The text of answer {interaction_id} was changed after it was shown to you. Nothing was stored, and "
            "what you typed is kept. Read the text as it is now, then act again."
        )
        self.interaction_id = interaction_id


class Collision(Conflict):
    """Two processes changed the same thing at the same moment; trying again finds the other's result."""


class Unavailable(AssayError):
    """A part that is needed (database, model files, disk) does not answer."""


class MissingRight(AssayError):
    """The database refused for lack of rights; ``grant`` is the statement that its owner has to run."""

    def __init__(self, sentence: str, grant: str, *, detail: str = "") -> None:
        super().__init__(sentence, detail=detail)
        self.grant = grant
