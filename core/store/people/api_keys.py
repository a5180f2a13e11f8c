"""Keys of the HTTP API: only their hashes are kept."""

import hashlib
from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from core.domain.errors import NotFound
from core.domain.roles import KeyScope
from core.store.tables import ApiKey
from core.store.tables.base import plain
from core.store.types import now

__all__ = ["ApiKey"]  # rows that the functions return
_ANY = select(plain(ApiKey).c.key_id).limit(1)  # made once, and past the objects: every call of the API asks


def add(session: Session, key: str, name: str, created_by: str, *, shown: int, scopes: Collection[KeyScope]) -> ApiKey:
    """Keep the hash of a new key, its first ``shown`` characters and what it may do."""
    kept = ",".join(scope for scope in KeyScope if scope in scopes)
    added = ApiKey(name=name, start=key[:shown], key_hash=hash_of(key), created_by=created_by, scopes=kept)
    session.add(added)
    session.flush()
    return added


def listed(session: Session) -> list[ApiKey]:
    """All keys ever made, newest first."""
    return list(session.scalars(select(ApiKey).order_by(ApiKey.key_id.desc())))


def find(session: Session, key_id: int) -> ApiKey:
    """One key.

    Raises:
        NotFound: there is none of that number.
    """
    found = session.get(ApiKey, key_id, with_for_update=True)
    if found is None:
        raise NotFound(f"There is no key number {key_id}. Settings, API keys, or `keys list`, shows them.")
    return found


def of_texts(session: Session, keys: Collection[str]) -> dict[str, ApiKey]:
    """Those of these keys that exist and were not revoked, by their text; they may wait for a lead."""
    if not keys:
        return {}
    texts = {hash_of(key): key for key in keys}
    there = select(ApiKey).where(ApiKey.key_hash.in_(texts), ApiKey.revoked_at.is_(None))
    return {texts[key.key_hash]: key for key in session.scalars(there)}


def scopes_of(key: ApiKey) -> frozenset[KeyScope]:
    """What a key may do."""
    return frozenset(map(KeyScope, key.scopes.split(",")))


def valid_hashes(session: Session) -> frozenset[str]:
    """The hashes of all keys that open something now: neither revoked nor waiting for a lead."""
    return frozenset(
        session.scalars(select(ApiKey.key_hash).where(ApiKey.revoked_at.is_(None), ApiKey.waits_since.is_(None)))
    )


def any_made(session: Session) -> bool:
    """Whether a key was ever made."""
    return session.connection().scalar(_ANY) is not None


def count_valid(session: Session) -> int:
    """How many keys open the API now."""
    there = select(func.count()).where(ApiKey.revoked_at.is_(None), ApiKey.waits_since.is_(None))
    return session.scalar(there) or 0


def suspend(session: Session) -> None:
    """Let every key wait for a lead."""
    session.execute(update(ApiKey).where(ApiKey.revoked_at.is_(None)).values(waits_since=now()))


def waiting(session: Session) -> list[ApiKey]:
    """The keys that wait for a lead, oldest first."""
    there = select(ApiKey).where(ApiKey.revoked_at.is_(None), ApiKey.waits_since.is_not(None))
    return list(session.scalars(there.order_by(ApiKey.key_id)))


def used(session: Session, last: Mapping[int, datetime]) -> None:
    """Note when keys were used last, by their numbers."""
    for key_id, at in last.items():
        session.execute(update(ApiKey).where(ApiKey.key_id == key_id).values(last_used_at=at))


def hash_of(key: str) -> str:
    """What is kept of a key."""
    # a plain hash: a key is 256 random bits, which nobody can guess their way to
    return hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()
