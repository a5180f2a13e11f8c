"""Model versions, which of them is the champion, and how that came about."""

import logging
from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from core.domain.errors import Collision, Conflict, MissingRight, NotFound, Unavailable
from core.domain.roles import Rule, User
from core.store import audit, rights
from core.store.database import Store, lock_writers
from core.store.tables import SYSTEM_USER, Embedding, LegacyTraining, ModelVersion, Promotion, Run
from core.store.types import now

__all__ = ["ModelVersion"]  # rows that the functions return

log = logging.getLogger(__name__)

_AUDITED = {"automatic": "promoted", "promote": "promoted", "rollback": "rolled back", "removed": "took out of use"}


def add(session: Session, version: ModelVersion) -> None:
    """Register what a run produced."""
    session.add(version)
    session.flush()


def measured(session: Session, found: Mapping[str, dict[str, Any]]) -> None:
    """Store the metrics of versions on the held-out prompts, and when they were measured."""
    at = now().isoformat()
    for name, measurement in found.items():
        values = measurement | {"measured_at": at}
        session.execute(update(ModelVersion).where(ModelVersion.model_version == name).values(held_out=values))


def add_evidence(session: Session, model_version: str, encoder: str, evidence: Mapping[str, Any], *, by: User) -> None:
    """Store the counts of a version's poor picks with an encoder (its fingerprint); never again for the same.

    Raises:
        NotFound: there is no such version.
        Conflict: they were counted with that encoder before.
    """
    lock_writers(session)
    version = find(session, model_version)
    session.refresh(version, ["guarantee"])
    need_uncounted(version, encoder)
    version.guarantee = {**(version.guarantee or {}), encoder: dict(evidence)}
    audit.write(session, by, "counted poor picks", f"model {model_version}", new={"questions": evidence["questions"]})


def need_uncounted(version: ModelVersion, encoder: str) -> None:
    """Make sure that the poor picks of a version were not counted with this encoder yet.

    Raises:
        Conflict: they were.
    """
    if encoder in (version.guarantee or {}):
        raise Conflict(
            f"The poor picks of {version.short_name} were counted before, and only the first count holds. Nothing was "
            "changed."
        )


def listed(session: Session) -> list[ModelVersion]:
    """All versions, newest first."""
    return list(
        session.scalars(select(ModelVersion).order_by(ModelVersion.created_at.desc(), ModelVersion.run_id.desc()))
    )


def latest_two(session: Session, *, sample: bool) -> list[tuple[ModelVersion, Run]]:
    """The newest version and, where there is one, the newest before it of the same recipe, each with its run."""
    versions = (
        select(ModelVersion, Run)
        .join(Run, Run.run_id == ModelVersion.run_id)
        .where(ModelVersion.sample.is_(sample))
        .order_by(ModelVersion.run_id.desc())
    )
    newest = session.execute(versions.limit(1)).first()
    if newest is None:
        return []
    before = session.execute(
        versions.where(ModelVersion.run_id < newest[1].run_id, ModelVersion.recipe == newest[0].recipe).limit(1)
    ).first()
    return [(found[0], found[1]) for found in (newest, before) if found is not None]


def trained_by(session: Session) -> dict[int, str]:
    """Who started the training, by run."""
    asked = select(Run.run_id, Run.requested_by).join(ModelVersion, ModelVersion.run_id == Run.run_id)
    return {run_id: name for run_id, name in session.execute(asked)}  # noqa: C416


def champion(session: Session) -> ModelVersion | None:
    """The version in use."""
    return session.scalar(select(ModelVersion).where(ModelVersion.champion.is_(True)))


def find(session: Session, model_version: str) -> ModelVersion:
    """One version.

    Raises:
        NotFound: there is none of that name.
    """
    found = session.get(ModelVersion, model_version)
    if found is None:
        raise NotFound(f"There is no model version {model_version!r}. The Models page, or `models list`, shows them.")
    return found


def maybe(session: Session, model_version: str) -> ModelVersion | None:
    """One version, if it is here still."""
    return session.get(ModelVersion, model_version)


def newest(session: Session) -> ModelVersion | None:
    """The version that was made last."""
    return session.scalar(select(ModelVersion).order_by(ModelVersion.run_id.desc()).limit(1))


def met_held_out(session: Session) -> int:
    """How many versions, other than the sample's, were measured on held-out prompts."""
    measured = select(func.count()).where(ModelVersion.held_out.is_not(None), ModelVersion.sample.is_(False))
    return session.scalar(measured) or 0


def archive(session: Session, version: ModelVersion, *, by: User, away: bool) -> None:
    """Archive a version, so that it can neither be promoted nor stand in, or take it from the archive."""
    version.archived_at, version.archived_by = (now(), str(by)) if away else (None, None)
    audit.write(session, by, "archived" if away else "took from the archive", f"model {version.model_version}")


def thin(session: Session, version: ModelVersion, *, by: User) -> None:
    """Note that the files of a version go, and delete the vectors that its tuned layers made."""
    version.thinned_at = now()
    deep = version.hashes.get("deep.safetensors")
    if deep is not None:
        session.execute(delete(Embedding).where(Embedding.fingerprint.startswith(f"{deep}:")))
    audit.write(session, by, "removed the files", f"model {version.model_version}")


def lock_champion(session: Session, expected: str | None) -> None:
    """Lock the champion until the transaction ends, and check that it is ``expected``.

    ``expected`` is a version, "" for no champion, or None where that does not matter.

    Raises:
        Conflict: somebody else changed it meanwhile.
    """
    lock_writers(session)
    current = champion(session)
    found = current.model_version if current else ""
    if expected is not None and found != expected:
        now_there = "no model is in use now"
        if current is not None:
            now_there = f"{current.short_name} is in use now"
        raise Conflict(
            f"Somebody else changed the model in use meanwhile: {now_there}. Nothing was changed; look again."
        )


def set_champion(session: Session, model_version: str | None, *, action: str, by: User | Rule, reason: str) -> None:
    """Make a version the champion (None: none is), and write down why."""
    lock_writers(session)
    current = champion(session)
    session.execute(update(ModelVersion).where(ModelVersion.champion.is_(True)).values(champion=None))
    if model_version is not None:
        session.execute(update(ModelVersion).where(ModelVersion.model_version == model_version).values(champion=True))
    previous = current.model_version if current else None
    session.add(Promotion(action=action, by=str(by), model_version=model_version, previous=previous, reason=reason))
    audit.write(
        session,
        by,
        _AUDITED.get(action, action),
        f"model {model_version or previous}",
        old={"champion": previous},
        new={"champion": model_version},
    )
    session.flush()
    session.expire_all()


def promotions(session: Session) -> list[Promotion]:
    """Every change of the champion, newest first."""
    return list(session.scalars(select(Promotion).order_by(Promotion.promotion_id.desc())))


def before_champion(session: Session) -> list[ModelVersion]:
    """Those that were champion before the present one, latest first, without what was rolled back or archived since."""
    reigns: list[str | None] = []
    for promotion in reversed(promotions(session)):
        while promotion.action == "rollback" and reigns and reigns[-1] != promotion.model_version:
            reigns.pop()
        if not reigns or reigns[-1] != promotion.model_version:
            reigns.append(promotion.model_version)
    current = champion(session)
    names = dict.fromkeys(name for name in reversed(reigns[:-1]) if name is not None)
    found = [session.get(ModelVersion, name) for name in names]
    return [v for v in found if v is not None and v is not current and v.archived_at is None]


def champion_and_fallbacks(session: Session) -> list[ModelVersion]:
    """The champion and its fallbacks: earlier champions of the same kind of data (sample or own) that have files."""
    current = champion(session)
    if current is None:
        return []
    earlier = (version for version in before_champion(session) if version.thinned_at is None)
    return [current, *(version for version in earlier if version.sample == current.sample)]


def remove_sample(session: Session) -> list[str]:
    """Delete all versions that learned from the sample; their names, for their files to be deleted."""
    gone = [version for version in listed(session) if version.sample]
    names = [version.model_version for version in gone]
    if any(version.champion for version in gone):
        set_champion(
            session, None, action="removed", by=Rule.ASSAY, reason="The sample was removed, and its models with it."
        )
    for version in gone:
        session.delete(version)
    return names


def write_legacy_rows(store: Store) -> str | None:
    """Write the rows that the old application's training table still lacks; where a right is missing, its GRANT."""
    with store.read() as session:
        waiting: list[tuple[str, dict[str, Any]]] = [
            (version.model_version, version.legacy_row) for version in listed(session) if version.legacy_row is not None
        ]
    for name, row in reversed(waiting):
        try:
            with store.write() as session:
                done = update(ModelVersion).where(
                    ModelVersion.model_version == name, ModelVersion.legacy_row.is_not(None)
                )
                if session.execute(done.values(legacy_row=None)).rowcount:  # type: ignore[attr-defined]
                    by = {"trained_by": SYSTEM_USER, "created_by": SYSTEM_USER, "updated_by": SYSTEM_USER}
                    session.add(LegacyTraining(**row, **by))
                    session.flush()
        except MissingRight as error:
            return " ".join(rights.missing(store, only=LegacyTraining.__tablename__)) or error.grant
        except (Unavailable, Collision) as error:  # what was trained stays; the row is written at the next start
            log.warning("the training table could not be written: %s", error.in_full)
            return None
    return None
