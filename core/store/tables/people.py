"""People, and the browsers that speak for them."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint, false
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
    email: Mapped[str | None] = mapped_column(
        String(254), index=True, unique=True
    )  # ASCII letters small; who was invited
    created_at: Mapped[datetime] = mapped_column(default=now)
    forgotten_at: Mapped[datetime | None]
    """Since then the name is a number, and nobody can be this rater any more."""


class Visitor(Base):
    """A browser that said who is rating; only the hash of its cookie is kept."""

    __tablename__ = "assay_visitors"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    rater_id: Mapped[int] = mapped_column(ForeignKey("assay_raters.rater_id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime] = mapped_column(default=now)


class Identity(Base):
    """A person as the identity provider knows them, and who they are here; without that they wait to be let in."""

    __tablename__ = "assay_identities"
    __table_args__ = (UniqueConstraint("issuer", "subject"),)

    identity_id: Mapped[int] = mapped_column(primary_key=True)
    issuer: Mapped[str] = mapped_column(String(500))
    subject: Mapped[str] = mapped_column(String(255))
    rater_id: Mapped[int | None] = mapped_column(ForeignKey("assay_raters.rater_id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(100))  # what the provider calls them
    email: Mapped[str | None] = mapped_column(String(254))  # as above; only where it was vouched for
    created_at: Mapped[datetime] = mapped_column(default=now)
    seen_at: Mapped[datetime] = mapped_column(default=now)


class SignIn(Base):
    """One sign-in. Once ended it stays here, so that nothing revives it.

    Rows without an identity are browsers that knew the passphrase of an earlier release; they open nothing.
    """

    __tablename__ = "assay_sign_ins"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)  # a hash of what the browser shows
    identity_id: Mapped[int | None] = mapped_column(
        ForeignKey("assay_identities.identity_id", ondelete="CASCADE"), index=True
    )
    created_at: Mapped[datetime] = mapped_column(default=now)
    seen_at: Mapped[datetime] = mapped_column(default=now)
    ended_at: Mapped[datetime | None]
