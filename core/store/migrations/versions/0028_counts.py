"""Counts that are kept, and triggers that note what changes them."""

import sqlalchemy as sa
from alembic import op

from core.store.training.counts import MARKING_FUNCTION
from core.store.types import Json

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

COUNTED = (
    "consensus", "n_ratings", "places", "prompt_group", "context_id", "turns_group", "session_label", "source",
    "response_words", "identity",
)  # fmt: off
"""What of an answer is counted."""
BESIDE = {"assay_judge_scores": "judges", "assay_judge_choices": "judges"}
"""Tables of which only is noted that something in them changed."""


def upgrade() -> None:
    """Tables, empty: what is there is counted when somebody asks."""
    op.create_table(
        "assay_changes",
        sa.Column("change_id", sa.Integer(), nullable=False),
        sa.Column("part", sa.String(length=8), nullable=False),
        sa.PrimaryKeyConstraint("change_id", name="pk_assay_changes"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "assay_part_counts",
        sa.Column("part", sa.String(length=8), nullable=False),
        sa.Column("counts", Json, nullable=False),
        sa.PrimaryKeyConstraint("part", name="pk_assay_part_counts"),
    )
    op.create_table(
        "assay_kept_counts",
        sa.Column("kept_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("built", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("passed", Json, nullable=False),
        sa.Column("counts", Json, nullable=False),
        sa.PrimaryKeyConstraint("kept_id", name="pk_assay_kept_counts"),
    )
    if op.get_bind().dialect.name == "sqlite":
        _sqlite()
    else:
        _postgresql()


def _sqlite() -> None:
    differs = " OR ".join(f"OLD.{name} IS NOT NEW.{name}" for name in COUNTED)

    def note(what: str) -> str:
        return f"INSERT INTO assay_changes (part) {what};"

    def item(row: str) -> str:
        return note(f"VALUES (substr({row}.prompt_group, 1, 3))")

    def rating(row: str) -> str:
        return note(f"SELECT substr(prompt_group, 1, 3) FROM assay_items WHERE interaction_id = {row}.interaction_id")  # noqa: S608

    triggers = {
        "assay_items_added AFTER INSERT ON assay_items": item("NEW"),
        "assay_items_gone AFTER DELETE ON assay_items": item("OLD"),
        f"assay_items_changed AFTER UPDATE ON assay_items WHEN {differs}": item("OLD"),
        "assay_items_moved AFTER UPDATE ON assay_items "
        "WHEN substr(OLD.prompt_group, 1, 3) <> substr(NEW.prompt_group, 1, 3)": item("NEW"),
        "assay_ratings_added AFTER INSERT ON assay_ratings": rating("NEW"),
        "assay_ratings_changed AFTER UPDATE ON assay_ratings": rating("NEW"),
        "assay_ratings_gone AFTER DELETE ON assay_ratings": rating("OLD"),
    }
    noted = note("VALUES ('people')")
    triggers["assay_raters_named AFTER UPDATE OF name ON assay_raters"] = noted
    triggers["assay_rating_events_repeat AFTER INSERT ON assay_rating_events WHEN NEW.action = 'repeat'"] = noted
    for table, kind in BESIDE.items():
        for act in ("INSERT", "UPDATE", "DELETE"):
            triggers[f"{table}_{act.lower()} AFTER {act} ON {table}"] = note(f"VALUES ('{kind}')")
    for when, what in triggers.items():
        op.execute(f"CREATE TRIGGER {when} BEGIN {what} END")


def _postgresql() -> None:
    op.execute(MARKING_FUNCTION)
    differs = " OR ".join(f"OLD.{name} IS DISTINCT FROM NEW.{name}" for name in COUNTED)
    triggers = {
        "assay_items_counted AFTER INSERT OR DELETE ON assay_items FOR EACH ROW": "assay_mark_answer()",
        f"assay_items_changed AFTER UPDATE ON assay_items FOR EACH ROW WHEN ({differs})": "assay_mark_answer()",
        "assay_ratings_counted AFTER INSERT OR UPDATE OR DELETE ON assay_ratings FOR EACH ROW": "assay_mark_rating()",
    }
    noted = "assay_mark('people')"
    triggers["assay_raters_named AFTER UPDATE OF name ON assay_raters FOR EACH STATEMENT"] = noted
    repeat = "AFTER INSERT ON assay_rating_events FOR EACH ROW WHEN (NEW.action = 'repeat')"
    triggers[f"assay_rating_events_repeat {repeat}"] = noted
    for table, kind in BESIDE.items():
        triggers[f"{table}_counted AFTER INSERT OR UPDATE OR DELETE ON {table} FOR EACH STATEMENT"] = (
            f"assay_mark('{kind}')"
        )
    for when, function in triggers.items():
        op.execute(f"CREATE TRIGGER {when} EXECUTE FUNCTION {function}")
