"""Fine-tunings as rows: queued, running, ended, evaluated."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.domain.roles import User
from core.store import audit
from core.store.running.runs import Runs
from core.store.tables import Export, FineTuning, FineTuningEvent
from core.store.types import now

__all__ = ["FineTuning"]  # rows that the functions return

MOST_PLACES = 200
BUSY = (
    "A language model is being tuned already. Wait until it ends, or cancel it on the page Train, under Language model."
)
FINE_TUNINGS = Runs(FineTuning, FineTuningEvent, "fine-tuning", "fine-tuning", BUSY)
find, listed, active, events, add_event = (
    FINE_TUNINGS.find,
    FINE_TUNINGS.listed,
    FINE_TUNINGS.active,
    FINE_TUNINGS.events,
    FINE_TUNINGS.add_event,
)


def start(session: Session, by: User, process: str | None, *, for_worker: bool, **values: Any) -> FineTuning:
    """Add a fine-tuning, or set the latest one going again that was asked for alike and stopped.

    Raises:
        Conflict: one is queued or running.
    """
    state = "queued" if process is None else "running"
    live = {"state": state, "active": True, "process": process, "for_worker": for_worker}
    stopped = _stopped(session, values["folder"], values["fingerprint"])
    if stopped is not None and active(session) is None:
        again = {"cancel_requested": False, "finished_at": None, "message": None, "heartbeat_at": now(), "lost": 0}
        mine = {"claim": stopped.claim + 1, "requested_by": str(by)}
        for name, value in (values | live | again | mine).items():  # of the values places can be others
            setattr(stopped, name, value)
        run = FINE_TUNINGS.add(session, stopped)
    else:
        run = FINE_TUNINGS.add(session, FineTuning(requested_by=str(by), **live, **values))
    told = {"method": run.method, "lora": run.lora, "goes_on": run is stopped}
    audit.write(session, by, "started fine-tuning", f"fine-tuning {run.run_id}", new=told)
    return run


def _stopped(session: Session, folder: str, fingerprint: str) -> FineTuning | None:
    """The latest fine-tuning in this folder, if it was asked for alike and did not come to its end."""
    found = select(FineTuning).where(FineTuning.folder == folder).order_by(FineTuning.run_id.desc()).limit(1)
    run = session.scalar(found)
    alike = run is not None and run.fingerprint == fingerprint and run.state in ("failed", "cancelled")
    return run if alike else None


def take_next(session: Session, process: str, place: str) -> FineTuning | None:
    """Mark the fine-tuning that waits for a worker at this place as running in this process; None: none waits."""
    return FINE_TUNINGS.take_next(session, process, FineTuning.place == place)


def save_evaluation(session: Session, run_id: int, evaluation: dict[str, Any], verdict: str) -> None:
    """Keep what a fine-tuning was found to be worth, in place of what was found before."""
    run = session.get_one(FineTuning, run_id)
    run.evaluation, run.verdict, run.evaluated_at = evaluation, verdict, now()


def known_folders(session: Session) -> list[str]:
    """Places of exports, the newest first: those that were learned from, and those that were written."""
    used = select(FineTuning.folder).order_by(FineTuning.run_id.desc()).limit(MOST_PLACES)
    written = select(Export.place).order_by(Export.export_id.desc()).limit(MOST_PLACES)
    return list(dict.fromkeys([*session.scalars(used), *session.scalars(written)]))


def known_bases(session: Session) -> list[str]:
    """Folders of language models that were begun with, the latest first."""
    used = select(FineTuning.base).order_by(FineTuning.run_id.desc()).limit(MOST_PLACES)
    return list(dict.fromkeys(session.scalars(used)))
