"""Records that travel between the layers: frozen, plain, without a database session behind them."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any

from core.domain.errors import BadInput
from core.domain.judges.scores import Choices, Scores
from core.domain.plain import AS_IS, Name
from core.domain.texts import interaction_identity, prompt_group
from core.domain.turns import Turn, turns_group

MAX_SEARCH = 200
"""Characters of what is looked for."""


@dataclass(frozen=True, slots=True)
class Example:
    """One rated interaction as training and evaluation see it; lists of them are oldest first."""

    interaction_id: int
    prompt: str
    response: str
    context_id: str | None
    rating: float
    """Consensus: the exact median, so 3.5 is possible."""
    session: str | None = None
    """The session's label as imported."""
    ratings: tuple[tuple[str, int], ...] = ()
    """Who rated it, and how; in the order of the names."""
    decided: bool = False
    """A lead decided the rating; it holds whatever raters say."""
    turns_group: str = ""
    """Hash of what was said before the prompt; empty without."""

    @property
    def identity(self) -> str:
        """Hash of the exact texts."""
        return interaction_identity(self.prompt, self.response, self.context_id, self.turns_group)

    @property
    def group(self) -> str:
        """Hash of the normalised prompt: evaluation never splits it."""
        return prompt_group(self.prompt)


@dataclass(frozen=True, slots=True)
class Preferred:
    """One rater holds one answer to a prompt better than another."""

    prompt: str
    chosen: str
    rejected: str

    @property
    def group(self) -> str:
        """Hash of the normalised prompt."""
        return prompt_group(self.prompt)


@dataclass(frozen=True, slots=True)
class ImportRow:
    """One answer of an imported file; ``number`` counts data rows from 1, and one row can hold several answers."""

    number: int
    user_prompt: str
    ai_response: str
    rating: int | None = None
    rater: str | None = None
    session_id: str | None = None
    context_id: str | None = None
    feedback_comment: str | None = None
    bias_flag: bool | None = None
    metadata: dict[str, Any] | None = None
    turns: tuple[Turn, ...] = ()
    left_out: str | None = None
    """Why the rating, or a judge's score, of the file is not kept; the answer is."""
    scores: Scores = ()
    """Of LLM judges."""
    place: int = 0
    """The row as a spreadsheet or an editor counts; 0 where it is the number."""

    @property
    def identity(self) -> str:
        """Hash of the exact texts."""
        return interaction_identity(self.user_prompt, self.ai_response, self.context_id, turns_group(self.turns))


@dataclass(frozen=True, slots=True)
class ImportComparison:
    """Two answers to one prompt of an imported file: both become answers, and which is better a preference."""

    number: int
    user_prompt: str
    chosen: str
    rejected: str
    tie: bool = False
    """Neither is better; which is called chosen means nothing."""
    rater: str | None = None
    session_id: str | None = None
    context_id: str | None = None
    metadata: dict[str, Any] | None = None
    turns: tuple[Turn, ...] = ()
    chosen_second: bool = False
    """The file has the rejected answer first."""
    choices: Choices = ()
    """Of LLM judges, by the places that the answers have in the file."""
    left_out: str | None = None
    """Why a judge's choice is not kept; the comparison is."""
    place: int = 0

    @property
    def answers(self) -> tuple[ImportRow, ImportRow]:
        """Both answers, each as a row without a rating.

        Metadata that belongs to one of them (``chosen_generator``, ``rejected_generator``) is there without its prefix.
        """
        one, other = (
            ImportRow(
                number=self.number,
                user_prompt=self.user_prompt,
                ai_response=text,
                session_id=self.session_id,
                context_id=self.context_id,
                metadata=self._metadata_of(mine, others),
                turns=self.turns,
                place=self.place,
            )
            for text, mine, others in (
                (self.chosen, "chosen_", "rejected_"),
                (self.rejected, "rejected_", "chosen_"),
            )
        )
        return one, other

    def _metadata_of(self, mine: str, others: str) -> dict[str, Any] | None:
        kept = (self.metadata or {}).items()
        return {name.removeprefix(mine): value for name, value in kept if not name.startswith(others)} or None


@dataclass(frozen=True, slots=True)
class Rejected:
    """One row of a file that was refused whole, and why; in lists of left-out ratings, one whose rating was."""

    number: int
    reason: str
    place: int = 0
    """The row as a spreadsheet or an editor counts; 0 where it is the number."""


@dataclass(frozen=True, slots=True)
class Interaction:
    """An interaction as pages show it."""

    interaction_id: int
    prompt: str
    response: str
    context_id: str | None
    session_label: str | None
    source: str
    consensus: float | None
    n_ratings: int
    response_words: int
    created_at: datetime
    version: Annotated[str, AS_IS]
    """Hash of the stored texts, before anything is hidden in them: what acts on this answer name as seen.

    It stays on the server: whoever has it could try out what is hidden.
    """
    discarded: bool
    """Taken out of the queue for everybody, and nobody's rating counts."""
    hidden: dict[str, int] = field(default_factory=dict)
    """How many personal identifiers of which kind are not shown in these texts."""
    revealed: bool = False
    """Whoever looks asked to see them, and that is in the record."""
    turns: tuple[Turn, ...] = ()
    """What was said before the prompt."""


@dataclass(frozen=True, slots=True)
class ListedInteraction(Interaction):
    """An interaction as those who browse see it: with what nobody is shown who is to rate it."""

    raters: tuple[Name, ...] = ()
    """Whose ratings count, in the order in which they were given."""
    rated_at: datetime | None = None
    """When the last of these ratings was given."""
    generator: str | None = None
    """Which model wrote the answer, by the metadata of its import or by the program that sent it first."""


def check_search(text: str) -> None:
    """Make sure that a text can be searched for: every answer is compared with it.

    Raises:
        BadInput: it is too long.
    """
    if len(text) > MAX_SEARCH:
        raise BadInput(f"The search has {len(text):,} characters; {MAX_SEARCH} are possible. Please shorten it.")


@dataclass(frozen=True, slots=True)
class Filters:
    """What to browse; everything that is None or empty does not restrict."""

    text: str = ""
    rated: bool | None = None
    discarded: bool = False
    lowest: float | None = None
    highest: float | None = None
    session_label: str = ""
    source: str = ""
    flagged: bool = False
    rater: str = ""
    """Only what this rater rated, by the rater's name."""
    reason: str = ""
    """Only what a rating gives this short reason for, or what was skipped or discarded with these words."""
    generator: str = ""
    since: datetime | None = None
    """Only what was added at this time or later."""
    until: datetime | None = None
    """Only what was added before this time."""
    by_rating: bool = False
    """Whether ``since`` and ``until`` are about the last rating, and not about when it was added."""
    identified: bool = False
    """Only what holds personal identifiers, or may: what was not looked at yet is among it."""


class Sort(StrEnum):
    """The order of what is browsed; what has no such value comes last."""

    NEWEST = "newest"
    OLDEST = "oldest"
    HIGHEST = "highest"
    LOWEST = "lowest"
    MOST_RATINGS = "most ratings"
    FEWEST_RATINGS = "fewest ratings"
    LAST_RATED = "last rated"
    LONGEST = "longest"
    SHORTEST = "shortest"
