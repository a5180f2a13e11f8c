"""Interactions, what raters say of them, and how that came about."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, false, text
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from core.domain.queue import random_key
from core.domain.ratings import MAX_RATING, MIN_RATING, RatingStatus
from core.store.tables.base import Base
from core.store.types import now


class Generator(FunctionElement[str]):
    """Which model wrote an answer, out of the metadata that came with it; NULL where that does not say.

    Written out for each database exactly as its index has it, for only then the index is used. Cut, because an index
    of PostgreSQL takes no long text.
    """

    type = String()
    inherit_cache = True
    keys = ("generator", "model", "model_name")


@compiles(Generator)
def _generator(element: Generator, compiler: SQLCompiler, **options: Any) -> str:
    extra = compiler.process(element.clauses, **options)
    if compiler.dialect.name == "sqlite":
        read = (f"json_extract({extra}, '$.{key}')" for key in element.keys)
        return f"substr(coalesce({', '.join(read)}), 1, 200)"
    read = (f"{extra} ->> '{key}'" for key in element.keys)
    return f'"left"(COALESCE({", ".join(read)}), 200)'


class Import(Base):
    """One import of one file: what it added, what it refused, and whether it came to its end."""

    __tablename__ = "assay_imports"
    __table_args__ = (CheckConstraint("state IN ('running', 'finished', 'stopped')", name="state"),)

    import_id: Mapped[int] = mapped_column(primary_key=True)
    file_name: Mapped[str]
    file_hash: Mapped[str] = mapped_column(String(64), index=True)
    state: Mapped[str] = mapped_column(String(16))
    rows_done: Mapped[int] = mapped_column(default=0)
    added: Mapped[int] = mapped_column(default=0)
    ratings: Mapped[int] = mapped_column(default=0)
    duplicates: Mapped[int] = mapped_column(default=0)
    rejected_total: Mapped[int] = mapped_column(default=0)
    rejected: Mapped[list[Any]] = mapped_column(default=list)  # the first 1,000
    how: Mapped[dict[str, Any] | None]  # HowToRead: mapping, shape and scale by which the file was read
    left_out_total: Mapped[int] = mapped_column(default=0, server_default=text("0"))  # answers stored without a rating
    left_out: Mapped[list[Any]] = mapped_column(default=list, server_default=text("'[]'"))  # the first 1,000
    preferences: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    ties: Mapped[int] = mapped_column(default=0, server_default=text("0"))  # comparisons that prefer neither
    equal_pairs: Mapped[int] = mapped_column(default=0, server_default=text("0"))  # comparisons of one text with itself
    judged: Mapped[int] = mapped_column(default=0, server_default=text("0"))  # scores and choices of judges
    process: Mapped[str]  # host:pid, to tell a stopped import from a running one
    started_at: Mapped[datetime] = mapped_column(default=now)
    heartbeat_at: Mapped[datetime] = mapped_column(default=now)
    finished_at: Mapped[datetime | None]


_WAITING: dict[str, Any] = {"sqlite_where": text("places > 0"), "postgresql_where": text("places > 0")}


class Item(Base):
    """What we keep beside an interaction: identity, grouping, consensus, and what was last mirrored."""

    __tablename__ = "assay_items"
    __table_args__ = (
        CheckConstraint("source IN ('legacy', 'import', 'manual', 'sample', 'sent')", name="source"),
        CheckConstraint("consensus IS NULL OR consensus BETWEEN 1 AND 5", name="consensus"),
        CheckConstraint("adjudicated IS NULL OR adjudicated BETWEEN 1 AND 5", name="adjudicated"),
        Index("ix_assay_items_identifier_rules", "identifier_rules"),
        # what still wants a rating, in every order in which it is served; small, because what is done is not in them
        Index("ix_assay_items_queue", "interaction_id", **_WAITING),
        Index("ix_assay_items_queue_random", "random_key", **_WAITING),
        Index("ix_assay_items_queue_session", "session_label", "interaction_id", **_WAITING),
        Index("ix_assay_items_queue_source", "source", "interaction_id", **_WAITING),
        Index("ix_assay_items_queue_words", "response_words", "interaction_id", **_WAITING),
        Index(
            "ix_assay_items_queue_second",
            "interaction_id",
            sqlite_where=text("places > 0 AND n_ratings > 0"),
            postgresql_where=text("places > 0 AND n_ratings > 0"),
        ),
        Index(
            "ix_assay_items_queue_first",
            "prompt_group",
            "interaction_id",
            sqlite_where=text("places > 0 AND n_ratings < served_first"),
            postgresql_where=text("places > 0 AND n_ratings < served_first"),
        ),
        Index(
            "ix_assay_items_queue_flagged",
            "interaction_id",
            sqlite_where=text("places > 0 AND mirrored_bias IS 1"),
            postgresql_where=text("places > 0 AND mirrored_bias IS TRUE"),
        ),
    )

    interaction_id: Mapped[int] = mapped_column(
        ForeignKey("rlhf_interactions.interaction_id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    identity: Mapped[str | None] = mapped_column(String(64), unique=True)
    """Hash of the exact (prompt, answer, context); NULL on repeats that the old application brought along."""
    prompt_group: Mapped[str] = mapped_column(String(64), index=True)
    context_id: Mapped[str | None]
    turns: Mapped[list[Any] | None]
    """What was said before the prompt (``role``, ``text``); NULL: nothing."""
    turns_group: Mapped[str] = mapped_column(String(64), default="", server_default=text("''"))
    """Hash of the earlier turns; empty without. Pairs compare within prompt, context and these."""
    session_label: Mapped[str | None]
    source: Mapped[str] = mapped_column(String(16), index=True)
    import_id: Mapped[int | None] = mapped_column(
        ForeignKey("assay_imports.import_id", ondelete="SET NULL"), index=True
    )
    extra: Mapped[dict[str, Any] | None]  # the other columns of an imported row
    response_words: Mapped[int]
    consensus: Mapped[float | None] = mapped_column(index=True)
    adjudicated: Mapped[int | None]  # what a lead decided; it is the consensus until a lead clears it
    n_ratings: Mapped[int] = mapped_column(default=0)
    places: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    """How many ratings it still wants (``QueueSettings.places``)."""
    asked: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    """How many ratings somebody asked for (a second opinion: 2); 0: as many as the team's rule wants."""
    random_key: Mapped[int] = mapped_column(default=random_key, server_default=text("0"))
    rated_at: Mapped[datetime | None] = mapped_column(index=True)
    mirrored_rating: Mapped[int | None]
    mirrored_comment: Mapped[str | None]
    mirrored_bias: Mapped[bool | None]
    identifiers: Mapped[dict[str, Any] | None]
    """How many personal identifiers of which kind its texts and comments hold; NULL: none."""
    identifier_rules: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    """The version of the rules that looked; 0: none yet."""
    disliked: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    """How many users' latest word on it is a thumb down or a score of 1 or 2; never shown to a rater."""
    abstained: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether a model that ranked it could not tell."""
    served_first: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    """With fewer ratings than so many it comes before every order: 1 in the latest audit sample, more where a lead
    asked for one more rating of this answer."""
    created_at: Mapped[datetime] = mapped_column(default=now, index=True)


Index("ix_assay_items_generator", Generator(Item.extra))
Index(
    "ix_assay_items_queue_disliked",
    Item.disliked.desc(),  # as it is served: the most disliked first, of equals the oldest
    Item.interaction_id,
    sqlite_where=text("places > 0 AND (disliked > 0 OR abstained = 1)"),
    postgresql_where=text("places > 0 AND (disliked > 0 OR abstained)"),
)


class Rating(Base):
    """What one rater says of one interaction now; how it came about is in RatingEvent."""

    __tablename__ = "assay_ratings"
    __table_args__ = (
        UniqueConstraint("interaction_id", "rater_id"),
        CheckConstraint(f"rating IS NULL OR rating BETWEEN {MIN_RATING} AND {MAX_RATING}", name="rating"),
        CheckConstraint("(status = 'submitted') = (rating IS NOT NULL)", name="submitted_has_rating"),
        CheckConstraint("status IN ('" + "', '".join(RatingStatus) + "')", name="status"),
    )

    rating_id: Mapped[int] = mapped_column(primary_key=True)
    interaction_id: Mapped[int] = mapped_column(ForeignKey("assay_items.interaction_id", ondelete="CASCADE"))
    rater_id: Mapped[int] = mapped_column(ForeignKey("assay_raters.rater_id"), index=True)
    status: Mapped[str] = mapped_column(String(16))
    rating: Mapped[int | None]
    comment: Mapped[str | None]
    bias_flag: Mapped[bool] = mapped_column(default=False)
    reason: Mapped[str | None]  # why it was skipped or discarded
    reasons: Mapped[list[Any] | None]  # the short reasons of the guidelines that go with the rating, as worded then
    import_id: Mapped[int | None] = mapped_column(
        ForeignKey("assay_imports.import_id", ondelete="SET NULL"), index=True
    )
    created_at: Mapped[datetime] = mapped_column(default=now)
    updated_at: Mapped[datetime] = mapped_column(default=now)


class RatingEvent(Base):
    """The history of ratings, append-only; it outlives the interaction, so it has no foreign key to it."""

    __tablename__ = "assay_rating_events"
    __table_args__ = (
        Index("ix_assay_rating_events_rater_id_at", "rater_id", "at"),
        Index("ix_assay_rating_events_action_at", "action", "at"),
        {"sqlite_autoincrement": True},
    )

    event_id: Mapped[int] = mapped_column(primary_key=True)  # the number on the receipt
    interaction_id: Mapped[int] = mapped_column(index=True)
    rater_id: Mapped[int] = mapped_column(ForeignKey("assay_raters.rater_id"))
    at: Mapped[datetime] = mapped_column(default=now)
    action: Mapped[str] = mapped_column(String(16))
    request_id: Mapped[str | None] = mapped_column(String(64), unique=True)  # a resent request stores nothing twice
    old: Mapped[dict[str, Any] | None]
    new: Mapped[dict[str, Any]]
    shown_ms: Mapped[int | None]  # how long the answer was on the screen
    guideline_version: Mapped[int | None]
    score_visible: Mapped[bool] = mapped_column(default=False, server_default=false())
    chosen: Mapped[str | None] = mapped_column(String(16))  # why the queue served it
    undoes: Mapped[int | None] = mapped_column(index=True, unique=True)  # the event that this one took back


class TextHistory(Base):
    """The texts that an interaction had before it was edited or deleted."""

    __tablename__ = "assay_text_history"

    history_id: Mapped[int] = mapped_column(primary_key=True)
    interaction_id: Mapped[int] = mapped_column(index=True)
    at: Mapped[datetime] = mapped_column(default=now)
    action: Mapped[str] = mapped_column(String(16))
    by: Mapped[str] = mapped_column(String(100))
    user_prompt: Mapped[str]
    ai_response: Mapped[str]
    context_id: Mapped[str | None]
    turns: Mapped[list[Any] | None]


class BetterAnswer(Base):
    """An answer that a rater wrote by editing another one; it is an interaction of its own.

    It outlives both, so that an erasure of the original finds the texts of a better answer that was deleted before.
    """

    __tablename__ = "assay_better_answers"

    interaction_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    original_id: Mapped[int] = mapped_column(index=True)
    rater_id: Mapped[int] = mapped_column(ForeignKey("assay_raters.rater_id"), index=True)
    """Who wrote it, and to whom it is never served."""
    request_id: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(default=now)
