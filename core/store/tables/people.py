"""People, and the browsers that speak for them."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, false
from sqlalchemy.orm import Mapped, mapped_column

from core.domain.roles import Role
from core.store.tables.base import Base
from core.store.types import now


class Rater(Base):
    """Somebody whose ratings are kept apart: a person, or a name that came with data."""

    __tablename__ = "assay_raters"
    __table_args__ = (CheckConstraint("kind IN ('person', 'imported', 'legacy', 'sample')", name="kind"),)

    rater_id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    name_key: Mapped[str] = mapped_column(String(100), unique=True)  # casefolded: "Ana" and "ana" are one
    kind: Mapped[str] = mapped_column(String(16))
    role: Mapped[str] = mapped_column(String(16), default=Role.LEAD, server_default=Role.LEAD)
    disabled: Mapped[bool] = mapped_column(default=False, server_default=false())
    created_at: Mapped[datetime] = mapped_column(default=now)


class Visitor(Base):
    """A browser that said who is rating; only the hash of its cookie is kept."""

    __tablename__ = "assay_visitors"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    rater_id: Mapped[int] = mapped_column(ForeignKey("assay_raters.rater_id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime] = mapped_column(default=now)
