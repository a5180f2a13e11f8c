"""Keyed hashes in the place of what is not kept: who a user of an application is, and which prompt was asked.

The key lies in the database, drawn once, so that it is the same for every process and in every backup.
"""

import hmac
import json
import secrets

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.store import settings
from core.store.tables import Setting
from core.store.tables.base import plain

SETTING = "outcome hashes"
_KEY = select(plain(Setting).c.value).where(plain(Setting).c.name == SETTING)  # made once: each commit asks


def key_for_writing(session: Session) -> bytes:
    """The key, drawn where there is none yet."""
    known = key_for_reading(session)
    if known is not None:
        return known
    kept = settings.put_once(session, SETTING, {"key": secrets.token_urlsafe(32)})
    return str(kept["key"]).encode()


def key_for_reading(session: Session) -> bytes | None:
    """The key; None where none was drawn, so that nothing is kept under such a hash."""
    kept = session.connection().scalar(_KEY)
    return str(kept["key"]).encode() if kept else None


def hash_of_user(key: bytes, application: str, user: str) -> str:
    """The hash under which what this user of an application said is kept."""
    return _keyed(key, "user", application, user)


def hash_of_question(key: bytes, prompt_group: str) -> str:
    """The hash of a prompt, by its prompt group."""
    return _keyed(key, "question", prompt_group)


def _keyed(key: bytes, *parts: str) -> str:
    return hmac.digest(key, json.dumps(parts).encode(), "sha256").hex()
