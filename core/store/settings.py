"""What a lead set in the dashboard: small records by name, kept in the database and not in the environment."""

from dataclasses import asdict
from typing import Any

from sqlalchemy.orm import Session

from core.domain.progress import RatingTarget
from core.domain.queue import QueueSettings
from core.domain.retraining import RetrainSettings, Schedule
from core.domain.roles import User
from core.domain.second_looks import RepeatSettings
from core.store import audit
from core.store.tables import Setting
from core.store.upsert import insert_missing

QUEUE = "queue"


def get(session: Session, name: str) -> dict[str, Any]:
    """The value of a setting; empty where nothing was set."""
    found = session.get(Setting, name)
    return dict(found.value) if found else {}


def hold(session: Session, name: str) -> None:
    """Lock a setting until the transaction ends; to be called before it is read."""
    if session.get_bind().dialect.name == "postgresql":  # SQLite's write lock does that already
        insert_missing(session, Setting, {"name": name, "value": {}})
        session.get(Setting, name, with_for_update=True)


def put(session: Session, name: str, value: dict[str, Any]) -> None:
    """Set the value of a setting."""
    session.merge(Setting(name=name, value=value))


def put_once(session: Session, name: str, value: dict[str, Any]) -> dict[str, Any]:
    """Set the value of a setting that has none; the value it has now. Safe against a second writer."""
    insert_missing(session, Setting, {"name": name, "value": value})
    return get(session, name)


def queue_settings(session: Session) -> QueueSettings:
    """How many ratings an answer gets."""
    return QueueSettings(**get(session, QUEUE))


def change(
    session: Session,
    name: str,
    wanted: QueueSettings | RatingTarget | RepeatSettings | RetrainSettings | Schedule,
    *,
    by: User,
    action: str,
    subject: str,
) -> bool:
    """Set a record that holds for everybody and write it to the audit log; False where it is set like that already.

    Raises:
        BadInput: a number is outside its range.
    """
    wanted.check()
    hold(session, name)
    before = type(wanted)(**get(session, name))
    if before == wanted:
        return False
    put(session, name, asdict(wanted))
    audit.write(session, by, action, subject, old=asdict(before), new=asdict(wanted))
    return True
