"""Erasure of an answer: everything that derives from one interaction, how much of it there is, and what stays.

A list of parts says both what will go and what goes, so a preview and the act cannot differ. A test compares the list
with all tables of the schema.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, func, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from core.domain.errors import Conflict, NotFound
from core.domain.texts import prompt_group, text_hash
from core.store.compacting import to_tidy
from core.store.database import lock_writers
from core.store.interactions.interactions import better_answers_to
from core.store.outcomes.hashes import hash_of_question, key_for_reading
from core.store.reranking.preferences import of_answers
from core.store.tables import (
    Audit,
    AuditSampled,
    Base,
    BetterAnswer,
    Case,
    Comparison,
    Draft,
    Embedding,
    Feedback,
    GuidelineGap,
    HeldOutPrompt,
    Item,
    JudgeChoice,
    JudgeScore,
    Lease,
    LegacyInteraction,
    ModelVersion,
    Occurrence,
    Prediction,
    Preference,
    Rating,
    RatingEvent,
    Reranking,
    Run,
    Showing,
    Suggestion,
    TextHistory,
    WorthScore,
)
from core.store.training import counts, runs

TRAINING = (
    "A training is running and holds the texts in memory. Nothing was changed. Wait for its end, or cancel it, then "
    "try again."
)
THE_ANSWER = "the answer itself"


@dataclass(frozen=True, slots=True)
class Part:
    """Rows of one table that go."""

    words: str
    table: type[Base]
    which: ColumnElement[bool]

    def count(self, session: Session) -> int:
        """How many there are."""
        return session.scalar(select(func.count()).select_from(self.table).where(self.which)) or 0

    def remove(self, session: Session) -> None:
        """Delete them."""
        session.execute(delete(self.table).where(self.which).execution_options(synchronize_session=False))


@dataclass(frozen=True, slots=True)
class Cleared(Part):
    """Rows of one table that stay, without what they hold in one column."""

    column: str

    def remove(self, session: Session) -> None:
        """Empty the column."""
        session.execute(
            update(self.table)
            .where(self.which)
            .values({self.column: None})
            .execution_options(synchronize_session=False)
        )


@dataclass(frozen=True, slots=True)
class Traces:
    """Where else something of it is, as far as the database knows."""

    since: datetime | None
    """When it came; None where that is not known."""
    versions: tuple[str, ...]
    """Models that learned from it."""
    session_id: int | None = None
    """Its session in the existing application, which stays."""
    backups: int = 0
    """Made since then, by the audit log."""
    applications: tuple[str, ...] = ()
    """Programs that sent it."""


def parts(session: Session, interaction_id: int) -> list[Part]:
    """What goes with an interaction, in the order in which it can go.

    Raises:
        NotFound: there is nothing of that number, not even a history.
    """
    events = select(RatingEvent.event_id).where(RatingEvent.interaction_id == interaction_id).limit(1)
    if not texts_of(session, [interaction_id]) and session.scalar(events) is None:
        raise NotFound(f"There is no answer no. {interaction_id}, and no history of one. Nothing was changed.")
    return parts_of(session, [interaction_id])


def with_better(session: Session, interaction_ids: Sequence[int]) -> list[int]:
    """These answers and the better answers made from them, which go with them."""
    return [*interaction_ids, *better_answers_to(session, interaction_ids)]


def parts_of(session: Session, interaction_ids: Sequence[int]) -> list[Part]:
    """As ``parts``, for some answers together."""
    better = better_answers_to(session, interaction_ids)
    ids = [*interaction_ids, *better]
    texts = texts_of(session, ids)
    items = session.scalars(select(Item.prompt_group).where(Item.interaction_id.in_(ids)))
    hashes = {text_hash(text) for pair in texts for text in (*pair, " </s> ".join(pair))}  # the last: recipe "concat"
    groups = {prompt_group(prompt) for prompt, _ in texts} | set(items)
    others = set(
        session.scalars(select(Item.prompt_group).where(Item.prompt_group.in_(groups), Item.interaction_id.not_in(ids)))
    )
    only_here, answers = groups - others, {answer for _, answer in texts}
    said = _feedback(session, ids)
    asked = _questions(session, only_here)
    ordered = or_(
        Preference.prompt_group.in_(only_here),
        Preference.prompt_group.in_(groups) & (Preference.chosen.in_(answers) | Preference.rejected.in_(answers)),
        of_answers(ids),
    )
    compared = or_(
        Comparison.first_id.in_(ids),
        Comparison.second_id.in_(ids),
        Comparison.first_id.is_(None)
        & (
            Comparison.prompt_group.in_(only_here)
            | (Comparison.prompt_group.in_(groups) & (Comparison.first.in_(answers) | Comparison.second.in_(answers)))
        ),
    )
    return [
        Part("ratings", Rating, Rating.interaction_id.in_(ids)),
        Part("lines of rating history", RatingEvent, RatingEvent.interaction_id.in_(ids)),
        Part("earlier texts", TextHistory, TextHistory.interaction_id.in_(ids)),
        Part("unsaved comments", Draft, Draft.interaction_id.in_(ids)),
        Part("places on raters' screens", Lease, Lease.interaction_id.in_(ids)),
        Part("notes of what was shown to raters", Showing, Showing.interaction_id.in_(ids)),
        Part("suggestions for rating", Suggestion, Suggestion.interaction_id.in_(ids)),
        Part("notes for the guidelines", GuidelineGap, GuidelineGap.interaction_id.in_(ids)),
        Part("scores of LLM judges", JudgeScore, JudgeScore.interaction_id.in_(ids)),
        Part(
            "choices of LLM judges",
            JudgeChoice,
            or_(JudgeChoice.first_id.in_(ids), JudgeChoice.second_id.in_(ids)),
        ),
        Part("scores of trainings", Prediction, Prediction.interaction_id.in_(ids)),
        Part("scores of the model in use", WorthScore, WorthScore.interaction_id.in_(ids)),
        Part("places in audit samples", AuditSampled, AuditSampled.interaction_id.in_(ids)),
        Part("vectors", Embedding, Embedding.text_hash.in_(hashes)),
        Part("saved cases", Case, Case.case_id.in_(_cases(session, groups, only_here, answers))),
        Part("comparisons of raters", Preference, ordered),
        Part("pairs to compare", Comparison, compared),  # what was said of them goes with them
        Part("marks of questions kept apart", HeldOutPrompt, HeldOutPrompt.prompt_group.in_(only_here)),
        Part("feedback of users about it", Feedback, said),
        Cleared("hashes of its question beside feedback", Feedback, Feedback.question.in_(asked) & ~said, "question"),
        Cleared("hashes of its question in rankings", Reranking, Reranking.question.in_(asked), "question"),
        Part("notes of programs that sent it", Occurrence, Occurrence.interaction_id.in_(ids)),
        Part("notes of who wrote it", BetterAnswer, BetterAnswer.interaction_id.in_(ids)),
        Part("records beside the answer", Item, Item.interaction_id.in_(ids)),
        Part("better answers made from it", LegacyInteraction, LegacyInteraction.interaction_id.in_(better)),
        Part(THE_ANSWER, LegacyInteraction, LegacyInteraction.interaction_id.in_(interaction_ids)),
    ]


def texts_of(session: Session, interaction_ids: Sequence[int]) -> list[tuple[str, str]]:
    """Prompt and answer of these interactions as they are and as they were, where they are there or were."""
    rows = session.scalars(select(LegacyInteraction).where(LegacyInteraction.interaction_id.in_(interaction_ids)))
    earlier = session.scalars(select(TextHistory).where(TextHistory.interaction_id.in_(interaction_ids)))
    return [(old.user_prompt, old.ai_response) for old in earlier] + [
        (row.user_prompt, row.ai_response) for row in rows
    ]


def traces(session: Session, interaction_id: int) -> Traces:
    """Where else something of an interaction is; to be asked before it is removed."""
    row, item = session.get(LegacyInteraction, interaction_id), session.get(Item, interaction_id)
    first = session.scalar(select(func.min(RatingEvent.at)).where(RatingEvent.interaction_id == interaction_id))
    since = item.created_at if item else first
    learned = select(Run.model_version).join(Prediction, Prediction.run_id == Run.run_id)
    learned = learned.where(Prediction.interaction_id.in_(with_better(session, [interaction_id])))
    on_its_prompt = Preference.prompt_group == (prompt_group(row.user_prompt) if row else "")
    found = versions_of(session, learned, orders=on_its_prompt)
    sent = select(Occurrence.application).where(Occurrence.interaction_id == interaction_id)
    applications = tuple(sorted(session.scalars(sent.distinct())))
    return Traces(since, found, row.session_id if row else None, backups_since(session, since), applications)


def remove(session: Session, going: Sequence[Part]) -> dict[str, int]:
    """Delete these parts; how many rows of each there were, those left out of which there were none.

    Raises:
        Conflict: a training is running, or another table of the existing application refers to an answer.
    """
    refuse_while_training(session)
    to_tidy(session)
    gone = {}
    try:
        for part in going:
            number = part.count(session)
            if number:
                part.remove(session)
                gone[part.words] = number
    except IntegrityError as error:
        raise Conflict(
            "It cannot be forgotten yet: another table of the existing application refers to this answer. Nothing was "
            "changed. Remove it there first."
        ) from error
    counts.after_erasure(session)
    return gone


def refuse_while_training(session: Session) -> None:
    """Refuse an erasure while a training runs, which would write again what it removes.

    Raises:
        Conflict: one is running.
    """
    lock_writers(session)
    if runs.active(session) is not None:
        raise Conflict(TRAINING)


def versions_of(session: Session, learned: Any, *, orders: ColumnElement[bool]) -> tuple[str, ...]:
    """The names of the model versions that are still there, of two kinds: those that the query ``learned`` gives, and
    those that learned from raters' orders when the first of these ``orders`` was kept already.
    """
    named = set(session.scalars(learned))
    first = session.scalar(select(func.min(Preference.created_at)).where(orders))
    return tuple(
        version.model_version
        for version in session.scalars(
            select(ModelVersion).order_by(ModelVersion.created_at, ModelVersion.model_version)
        )
        if version.model_version in named
        or (first is not None and version.created_at >= first and (version.lineage or {}).get("preferences"))
    )


def backups_since(session: Session, since: datetime | None) -> int:
    """How many backups the audit log knows since then."""
    made = select(func.count()).select_from(Audit).where(Audit.action == "backed up")
    return session.scalar(made if since is None else made.where(Audit.at >= since)) or 0


def _feedback(session: Session, interaction_ids: Sequence[int]) -> ColumnElement[bool]:
    """Whether feedback is about one of these answers: by its number, or as the choice in a ranking it was kept with."""
    sent = select(Occurrence.application, Occurrence.caller_id).where(Occurrence.interaction_id.in_(interaction_ids))
    kept = {(application, *caller_id.rpartition(":")[::2]) for application, caller_id in session.execute(sent)}
    choices = select(Feedback.feedback_id, Feedback.application, Feedback.rerank_id, Feedback.value).where(
        Feedback.kind == "chosen", Feedback.rerank_id.in_({rerank_id for _, rerank_id, _ in kept})
    )
    chosen = [
        one.feedback_id for one in session.execute(choices) if (one.application, one.rerank_id, str(one.value)) in kept
    ]
    about = Feedback.interaction_id.is_not(None) & Feedback.interaction_id.in_(interaction_ids)  # never NULL
    return or_(about, Feedback.feedback_id.in_(chosen))


def _questions(session: Session, prompt_groups: set[str]) -> list[str]:
    """The hashes under which rankings and feedback keep these prompts."""
    key = key_for_reading(session)
    return [] if key is None else [hash_of_question(key, group) for group in prompt_groups]


def _cases(session: Session, groups: set[str], only_here: set[str], answers: set[str]) -> list[int]:
    """Cases on the same question with this answer among the texts, or on a question that nothing else asks."""
    return [
        case.case_id
        for case in session.scalars(select(Case))
        if (group := prompt_group(case.prompt)) in only_here or (group in groups and answers & set(case.texts))
    ]
