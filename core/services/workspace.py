"""What every act needs: the settings and the opened database."""

import os
import socket
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from core.domain.errors import AssayError
from core.domain.identifiers.deidentifier import load
from core.domain.identifiers.masking import site, use
from core.domain.roles import SOMEBODY_HERE, Act, NotAllowed, User, require
from core.domain.settings import AuthMode, Settings
from core.services.kept_figures import KeptFigures
from core.services.masking import inside, masks_output
from core.store import compacting, schema
from core.store.database import Store, connect
from core.store.interactions import identifiers, legacy, uploads
from core.store.people import accounts
from core.store.running import jobs
from core.store.training import counts, versions
from core.store.types import now

SWEEP_SECONDS = 15.0
LOOKED_AT_AGAIN = 2_000
"""Rows per sweep that are looked at for personal identifiers, by newer rules or for the first time."""
LOOKING_SECONDS = 1.0
"""After so long no further rows of this sweep are begun."""
SILENT_AFTER = timedelta(minutes=5)


@dataclass
class Workspace:
    """Settings and database of this process; made once by ``open_workspace`` and shared by all threads."""

    settings: Settings
    store: Store
    grant: str | None = None
    """The GRANT that is missing for the old application's training table, None when nothing is missing."""
    cookie_key: bytes = field(default=b"", repr=False)
    """What signs the cookies of browsers; empty until it was first needed."""
    figures: KeptFigures = field(default_factory=KeptFigures, repr=False)
    """Measured on all ratings, and not at every rerun of a page."""
    _sweep_again_at: float = field(default=0.0, repr=False)
    _looking: threading.Lock = field(default_factory=threading.Lock, repr=False)
    _sweeping: threading.Lock = field(default_factory=threading.Lock, repr=False)
    _counting: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def require(self, user: User | None, act: Act) -> None:
        """Let an act pass that the user may do now: the first statement of every service function.

        The role that the page was shown with may be an old one, so a person's role is looked up again.

        Raises:
            NotAllowed: the role does not include it, access was switched off, or nobody signed in.
            RuntimeError: the service function lacks ``@masks_output()``.
        """
        if not inside():
            raise RuntimeError(
                "a service function needs @masks_output(), or its texts would leave with identifiers in them"
            )
        require(user, act)
        assert user is not None
        if user == SOMEBODY_HERE and self.settings.auth_mode is AuthMode.OIDC:
            raise NotAllowed("Nobody is signed in here. Nothing was changed. Sign in and try again.")
        if user.rater_id:
            with self.store.read() as session:
                role = accounts.role_now(session, user.rater_id)
            if role is None:
                raise NotAllowed("Your access was switched off. Nothing was changed. If this is a mistake, ask a lead.")
            require(replace(user, role=role), act)

    def pick_up(self, *, at_once: bool = False) -> int:
        """Take over what the old application wrote since the last look, at most every 15 s unless ``at_once``.

        Where there are very many answers a look takes seconds: it is done in a thread, and the next page shows it.
        """
        if not at_once and time.monotonic() < self._sweep_again_at:
            return 0
        self._sweep_again_at = time.monotonic() + SWEEP_SECONDS
        if at_once or not counts.is_very_large(self.store):
            return self._sweep()
        if self._sweeping.acquire(blocking=False):
            threading.Thread(target=self._sweep_aside, name="assay-sweeping", daemon=True).start()
        return 0

    def _sweep(self) -> int:
        began = time.monotonic()
        taken = legacy.sweep(self.store)
        self._count()
        compacting.tidy(self.store)
        uploads.sweep(self.store, self.settings.home)
        jobs.sweep(self.store, self.settings.home)
        self.mark_due()
        # a look over a million rows takes seconds: it may fill a twentieth of the time, not more
        self._sweep_again_at = time.monotonic() + max(SWEEP_SECONDS, 20 * (time.monotonic() - began))
        return taken

    def _sweep_aside(self) -> None:
        try:
            self._sweep()
        except AssayError:
            pass  # the database was away: the next look finds it
        finally:
            self._sweeping.release()

    def _count(self) -> None:
        """Bring the counts that are kept up to date; what takes long is done in a thread, and no page waits for it."""
        if not counts.takes_long(self.store):
            counts.refresh(self.store)
        elif self._counting.acquire(blocking=False):
            threading.Thread(target=self._count_all, name="assay-counting", daemon=True).start()

    def _count_all(self) -> None:
        try:
            counts.refresh(self.store)
        except AssayError:
            pass  # the database was away: the next sweep counts
        finally:
            self._counting.release()

    def mark_due(self) -> None:
        """Look for about a second at rows that were not looked at for identifiers; the rest is for the next time.

        A site's function does it in a thread. The caller does not fail for it.
        """
        if site() is None:
            with suppress(AssayError):
                identifiers.look_again(self.store, limit=LOOKED_AT_AGAIN, seconds=LOOKING_SECONDS)
        elif self._looking.acquire(blocking=False):  # the site's function may take long: nobody waits for it
            threading.Thread(target=self._look_again, name="assay-marking", daemon=True).start()

    def _look_again(self) -> None:
        try:
            identifiers.look_again(self.store, limit=LOOKED_AT_AGAIN)
        except AssayError:
            pass  # the database was away: the next sweep looks
        finally:
            self._looking.release()


def open_workspace(environ: Mapping[str, str] | None = None) -> Workspace:
    """Read the configuration, make the database usable, adopt and pick up what the old application wrote.

    Raises:
        AssayError: the sentence says which setting or which part of the database is in the way.
    """
    settings = Settings.from_env(os.environ if environ is None else environ)
    use(load(settings.deidentifier) if settings.deidentifier else None)
    workspace = Workspace(settings, connect(settings))
    try:
        schema.ready(workspace.store)
        workspace.pick_up(at_once=True)
        workspace.grant = versions.write_legacy_rows(workspace.store)
    except BaseException:
        workspace.store.engine.dispose()  # whoever tries again opens another one
        raise
    return workspace


@masks_output(as_is="names of tables")
def initialise() -> dict[str, Any]:
    """Create or upgrade, then adopt what the old application has; what ``init --json`` prints.

    Raises:
        AssayError: the sentence says what is in the way.
    """
    store = connect(Settings.from_env(os.environ))
    revision = schema.upgrade(store)
    open_workspace().pick_up(at_once=True)
    return {"database": store.label, "revision": revision, "tables": schema.tables(store)}


def this_process() -> str:
    """This process as other processes can find it: host:pid."""
    return f"{socket.gethostname()}:{os.getpid()}"


def is_dead(process: str | None, heartbeat: datetime) -> bool:
    """Whether a process has ended: this host's are asked for; others have been silent for five minutes by our clock."""
    host, _, pid = (process or "").rpartition(":")
    here = host == socket.gethostname()
    silent = now() - heartbeat
    if silent > SILENT_AFTER or (silent < -SILENT_AFTER and not here):  # here: our own clock was set back, and it lives
        return True
    if not here:
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False
