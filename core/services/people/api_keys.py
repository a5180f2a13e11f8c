"""Keys of the HTTP API: made, listed and revoked by leads, checked with every request."""

import secrets
import threading
import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from core.domain.errors import AssayError, BadInput, Conflict
from core.domain.plain import AS_IS, Name
from core.domain.roles import Act, KeyScope, User
from core.services.masking import masks_output
from core.services.workspace import Workspace
from core.store import audit
from core.store.people import api_keys
from core.store.people.api_keys import ApiKey
from core.store.retrying import retried, written
from core.store.types import now

PREFIX = "assay_"
SHOWN = len(PREFIX) + 6
"""First characters that are kept, to recognise a key by."""
MAX_NAME = 100
RETRY_SECONDS = 10.0
"""Pause after the database did not answer; until then what was known before holds."""
REMEMBERED = 1_000
LOOK_SECONDS = 2.0
"""How old the list of keys may be that decides for an address from which many wrong ones came."""


@dataclass(frozen=True, slots=True)
class KeyView:
    """A key as the page and the command line list it."""

    key_id: int
    name: str
    start: Annotated[str, AS_IS]
    scopes: frozenset[KeyScope]
    created_by: Name
    created_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None
    waits_since: datetime | None
    """A backup was put back then; until a lead confirms the key, it opens nothing."""

    def to_json(self) -> dict[str, object]:
        """As ``keys --json`` lists it."""
        return {
            "id": self.key_id,
            "name": self.name,
            "start": self.start,
            "scopes": sorted(self.scopes),
            "created_by": self.created_by,
            "created_at": self.created_at.isoformat(),
            "last_used_at": self.last_used_at.isoformat() if self.last_used_at else None,
            "revoked_at": self.revoked_at.isoformat() if self.revoked_at else None,
            "waits_since": self.waits_since.isoformat() if self.waits_since else None,
        }


@dataclass(frozen=True, slots=True)
class Checked:
    """What is known of a request's key."""

    any_made: bool
    """Whether a key was ever made here, so that one is needed."""
    key_id: int | None
    """The number of the key that was sent; None where none was, or it is unknown or revoked, or waits."""
    waits: bool = False
    """Whether the key that was sent waits for a lead to confirm it."""
    name: str | None = None
    """The name of the key that was sent: the application that calls. Two keys of one name are one application."""
    scopes: frozenset[KeyScope] = frozenset()
    """What the key that was sent may do."""


@masks_output()
def listed(workspace: Workspace, user: User) -> list[KeyView]:
    """All keys ever made, newest first.

    Raises:
        NotAllowed: the role does not include keys.
    """
    workspace.require(user, Act.KEYS)
    with workspace.store.read() as session:
        return [_view(key) for key in api_keys.listed(session)]


@masks_output(as_is="a key that is shown this once, and the name that was just typed")
@retried
def create(
    workspace: Workspace, user: User, name: str, scopes: Collection[KeyScope] = (KeyScope.RANK,)
) -> tuple[str, KeyView]:
    """Make a key for the program of that name; the key itself is returned this once and never again.

    Two keys of one name are one application: what it sent with the first it can name with the second.

    Raises:
        NotAllowed: the role does not include keys.
        BadInput: the name cannot be used, or the key could do nothing.
    """
    workspace.require(user, Act.KEYS)
    clean = " ".join(name.split())
    if not clean or len(clean) > MAX_NAME or not clean.isprintable():
        raise BadInput(
            f"Give the key a name of 1 to {MAX_NAME} characters: the program that will use it. Nothing was made."
        )
    if not scopes:
        raise BadInput("Choose what the key may do: rank, send, or both. Nothing was made.")
    key = PREFIX + secrets.token_urlsafe(32)
    with workspace.store.write() as session:
        added = api_keys.add(session, key, clean, user.name, shown=SHOWN, scopes=scopes)
        audit.write(session, user, "created key", f"key {added.key_id}", new={"scopes": added.scopes})
        return key, _view(added)


@masks_output()
@retried
def revoke(workspace: Workspace, user: User, key_id: int) -> KeyView:
    """Make a key worthless, at once and for good.

    Raises:
        NotAllowed: the role does not include keys.
        NotFound: there is none of that number.
        Conflict: it was revoked already.
    """
    workspace.require(user, Act.KEYS)
    with workspace.store.write() as session:
        key = api_keys.find(session, key_id)
        if key.revoked_at is not None:
            raise Conflict(f"Key {key_id} ({key.name}) was revoked already.")
        key.revoked_at = now()
        audit.write(session, user, "revoked key", f"key {key_id}")
        return _view(key)


@masks_output()
@retried
def confirm(workspace: Workspace, user: User) -> int:
    """Let the keys open the API again that wait since a backup was put back; how many these were.

    Raises:
        NotAllowed: the role does not include keys.
    """
    workspace.require(user, Act.KEYS)
    with workspace.store.write() as session:
        waiting = api_keys.waiting(session)
        for key in waiting:
            key.waits_since = None
            audit.write(session, user, "confirmed key", f"key {key.key_id}")
        return len(waiting)


def valid(workspace: Workspace) -> int:
    """How many keys can be used now."""
    with workspace.store.read() as session:
        return api_keys.count_valid(session)


class KeyRing:
    """Checks the keys of requests; while the database does not answer, those it knew a moment ago still open."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._known: dict[str | None, Checked] = {}
        self._failure: AssayError | None = None
        self._ask_again_at = 0.0
        self._used: dict[int, datetime] = {}
        self._lock = threading.Lock()
        self._valid: frozenset[str] = frozenset()  # their hashes
        self._any_made = True
        self._list_again_at = 0.0

    def would_open(self, key: str | None) -> bool:
        """Whether ``check`` would let this key pass, from a list that is read every 2 s: guessing costs no query.

        None asks whether none is needed here.
        """
        with self._lock:
            if time.monotonic() >= self._list_again_at:
                self._list_again_at = time.monotonic() + LOOK_SECONDS
                self._list()
            return api_keys.hash_of(key) in self._valid if key else not self._any_made

    def _list(self) -> None:
        try:
            with self._workspace.store.read() as session:
                self._valid = api_keys.valid_hashes(session)
                self._any_made = bool(self._valid) or api_keys.any_made(session)
        except AssayError:  # what was known before holds, for as long as checks do without the database
            self._list_again_at += RETRY_SECONDS

    def check(self, key: str | None) -> Checked:
        """What is known of this key, and whether one is needed at all.

        Raises:
            AssayError: the database does not answer, and the key was not seen before.
        """
        [found] = self.check_all([key])
        if isinstance(found, AssayError):
            raise found
        return found

    def check_all(self, keys: Sequence[str | None]) -> list[Checked | AssayError]:
        """What is known of each of these keys; the error of ``check`` where it would raise one.

        After the database did not answer it is not asked for ``RETRY_SECONDS``: who waits for one that is known shall
        not wait because others send keys that are not.
        """
        asked = set(keys)
        found: dict[str | None, Checked | AssayError]
        if self._failure is not None and time.monotonic() < self._ask_again_at:
            found = {key: self._known.get(key, self._failure) for key in asked}
        else:
            found = self._asked(asked)
        for checked in found.values():
            if isinstance(checked, Checked) and checked.key_id is not None:
                with self._lock:
                    self._used[checked.key_id] = now()
        return [found[key] for key in keys]

    def _asked(self, keys: Collection[str | None]) -> dict[str | None, Checked | AssayError]:
        """From the database; where it does not answer, what is known."""
        try:
            with self._workspace.store.read() as session:
                sent = api_keys.of_texts(session, [key for key in keys if key])
                any_made = bool(sent) or api_keys.any_made(session)
        except AssayError as error:
            self._failure, self._ask_again_at = error, time.monotonic() + RETRY_SECONDS
            return {key: self._known.get(key, error) for key in keys}
        found = {key: _checked(sent.get(key or ""), any_made) for key in keys}
        with self._lock:
            for key, checked in found.items():
                if checked.key_id is None and key:  # whoever tries keys shall not fill the memory
                    self._known.pop(key, None)
                elif len(self._known) < REMEMBERED:
                    self._known[key] = checked
        return dict(found)

    def write_uses(self) -> None:
        """Keep when keys were used last; called now and then, off the path of requests."""
        with self._lock:
            used, self._used = self._used, {}
        if used:
            written(self._workspace.store, lambda session: api_keys.used(session, used))


def _checked(sent: ApiKey | None, any_made: bool) -> Checked:
    if sent is None or sent.waits_since is not None:
        return Checked(any_made, key_id=None, waits=sent is not None)
    return Checked(any_made, sent.key_id, False, sent.name, api_keys.scopes_of(sent))


def _view(key: ApiKey) -> KeyView:
    return KeyView(
        key.key_id,
        key.name,
        key.start,
        api_keys.scopes_of(key),
        key.created_by,
        key.created_at,
        key.last_used_at,
        key.revoked_at,
        key.waits_since,
    )
