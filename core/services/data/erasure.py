"""Forgetting an answer, a rater or a user of an application: what will go, doing it, and what stays and where.

A preview changes nothing. The act is one transaction: killed in the middle, everything is as it was.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.domain.errors import BadInput, Conflict
from core.domain.plain import Name
from core.domain.roles import Act, User
from core.domain.settings import AuthMode
from core.services.masking import GAP, ClearedText, masked, masks_output, originals
from core.services.operations import leftovers
from core.services.workspace import Workspace
from core.store import audit, compacting
from core.store.database import Session
from core.store.erasure import answers, copies, raters, users
from core.store.erasure.answers import Part, Traces
from core.store.interactions import exports, interactions, uploads
from core.store.interactions.consensus import lock_as_seen
from core.store.people import accounts
from core.store.people.raters import Rater
from core.store.retrying import retried, written
from core.store.running import jobs

LISTED = 10
WITH_RATERS = ("ratings", "preferences", "pairs", "sft")
"""Kinds of export that can hold names of raters (pairs could until release 0.1); texts are in all of them."""


@dataclass(frozen=True, slots=True)
class Forgetting:
    """What goes, or went, and what stays."""

    subject: Name
    """In words: "answer 12", "rater Ana"."""
    done: bool
    goes: dict[str, int]
    """What, and how many rows of it."""
    remains: list[str]
    """Sentences: what is left, where, and what can be done about it."""
    version: str | None = None
    """Of the answer's texts, where there are any (see ``Interaction.version``)."""

    def to_json(self) -> dict[str, Any]:
        """As ``forget --json`` prints it."""
        return {"subject": self.subject, "done": self.done, "goes": self.goes, "remains": self.remains}


@masks_output()
def preview_interaction(workspace: Workspace, user: User, interaction_id: int) -> Forgetting:
    """What forgetting an answer would take, and what would stay.

    Raises:
        NotFound: there is nothing of that number, not even a history.
    """
    workspace.require(user, Act.CHANGE_DATA)
    with workspace.store.read() as session:
        going = answers.parts(session, interaction_id)
        goes = {part.words: number for part in going if (number := part.count(session))}
        goes |= copies.copies(session, [interaction_id], going).count() | _files(session)
        shown = interactions.load(session, interaction_id)
        remains = _after_interaction(workspace, session, interaction_id, going)
        return Forgetting(f"answer {interaction_id}", False, goes, remains, shown.version if shown else None)


@masks_output()
@retried
def interaction(workspace: Workspace, user: User, interaction_id: int, *, seen: str | None) -> Forgetting:
    """Remove an answer with everything that derives from it, its history included; one deleted before too.

    ``seen`` is the version that the preview found; None for an answer that was deleted before.

    Raises:
        NotFound: there is nothing of that number, not even a history.
        TextChanged: the text is not the one that was previewed.
        Conflict: a training is running, or another table of the existing application refers to the answer.
        NotAllowed: the role does not include changing data.
    """
    workspace.require(user, Act.CHANGE_DATA)
    with workspace.store.write() as session:
        answers.refuse_while_training(session)  # first: imports write nothing either until this ends
        if interactions.exists(session, interaction_id):
            # a rating of it that is being stored comes first, or finds it gone
            lock_as_seen(session, interaction_id, seen)
        going = answers.parts(session, interaction_id)
        copied = copies.copies(session, [interaction_id], going)
        remains = _after_interaction(workspace, session, interaction_id, going)
        goes = answers.remove(session, going) | copied.count() | _files(session)
        copied.put_out(session)
        audit.write(session, user, "forgot", f"interaction {interaction_id}", new=dict(goes))
        _delete_files(workspace, session)
    return Forgetting(f"answer {interaction_id}", True, goes, remains + _until_tidy(workspace))


@masks_output()
def compact(workspace: Workspace, user: User) -> tuple[int, int]:
    """Write the SQLite file anew, without the room in which texts that went can still stand; bytes before and after.

    Raises:
        NotAllowed: the role does not include changing data.
        BadInput: the database is PostgreSQL.
        Unavailable: others are using the database, or the disk is full; nothing was changed.
    """
    workspace.require(user, Act.CHANGE_DATA)
    if not workspace.store.is_sqlite:
        raise BadInput(
            "PostgreSQL clears free room itself, at its next VACUUM. To have its files written anew its owner runs: "
            "VACUUM FULL"
        )
    written(workspace.store, lambda session: audit.write(session, user, "compacted", "database"))
    return compacting.compact(workspace.store)


@masks_output()
def preview_rater(workspace: Workspace, user: User, who: str | int, *, ratings_stay: bool) -> Forgetting:
    """What forgetting a rater (by name, address or number) would take, and what would stay.

    Raises:
        NotFound: there is none.
        BadInput: it is the name of nobody.
    """
    workspace.require(user, Act.PEOPLE)
    with workspace.store.read() as session:
        rater = _rater(session, who)
        goes = raters.goes(session, rater, ratings_stay=ratings_stay) | _files(session)
        return Forgetting(f"rater {rater.name}", False, goes, _after_rater(workspace, session, rater, ratings_stay))


@masks_output()
@retried
def rater(workspace: Workspace, user: User, who: str | int, *, ratings_stay: bool) -> Forgetting:
    """Put a number in the place of a rater's name everywhere; without ``ratings_stay`` also remove all that they said.

    Consensus and mirror of every answer follow in the same transaction.

    Raises:
        NotFound: there is none, or they were forgotten already.
        BadInput: it is the name of nobody.
        Conflict: a training is running, or this is the last lead.
        NotAllowed: the role does not include it.
    """
    workspace.require(user, Act.PEOPLE)
    signs_in = workspace.settings.auth_mode is AuthMode.OIDC
    with workspace.store.write() as session:
        found = _rater(session, who)
        rater_id, name = found.rater_id, found.name
        leads = accounts.leads(session, who_can_sign_in=signs_in)
        remains = _after_rater(workspace, session, found, ratings_stay)
        goes = raters.erase(session, found, ratings_stay=ratings_stay) | _files(session)
        if leads and not accounts.leads(session, who_can_sign_in=signs_in):
            raise Conflict(
                f"{name} is the last lead, and somebody must be left who can decide here. Nothing was changed. Make "
                "another person a lead first."
            )
        did = "pseudonymised" if ratings_stay else "forgot"
        audit.write(session, user, did, f"person {rater_id}", new=dict(goes))
        _delete_files(workspace, session)
    return Forgetting(f"rater {name}", True, goes, remains + _until_tidy(workspace))


@masks_output()
def applications(workspace: Workspace, user: User) -> dict[str, None]:
    """The names of the applications of which users said something; as keys, so that those that look alike once
    they are masked are told apart.
    """
    workspace.require(user, Act.CHANGE_DATA)
    with workspace.store.read() as session:
        return dict.fromkeys(users.applications(session))


@masks_output(takes_gaps="compared with what is stored")
def preview_app_user(workspace: Workspace, user: User, application: str, named: str) -> Forgetting:
    """What forgetting a user of an application would take, and what would stay; ``named``: the id it knows them by.

    Raises:
        NotFound: nothing of this user is here.
    """
    workspace.require(user, Act.CHANGE_DATA)
    with workspace.store.read() as session:
        meant = _meant(session, application)
        goes = users.goes(session, meant, named) | _prepared(session)
        return Forgetting(_a_user_of(meant), False, goes, _after_app_user(workspace, session, meant, named))


@masks_output(takes_gaps="compared with what is stored")
@retried
def app_user(workspace: Workspace, user: User, application: str, named: str) -> Forgetting:
    """Remove all that a user of an application said. The audit log keeps how much that was, and no id.

    Raises:
        NotFound: nothing of this user is here.
        NotAllowed: the role does not include changing data.
    """
    workspace.require(user, Act.CHANGE_DATA)
    with workspace.store.write() as session:
        meant = _meant(session, application)
        remains = _after_app_user(workspace, session, meant, named)
        goes = users.erase(session, meant, named) | _prepared(session)
        audit.write(session, user, "forgot", "user of an application", new=dict(goes))
        _delete_prepared(workspace, session)
    return Forgetting(_a_user_of(meant), True, goes, remains + _until_tidy(workspace))


def _meant(session: Session, application: str) -> str:
    """The application's name, where it was chosen as it is shown masked."""
    return originals(application, users.applications(session)) if GAP.search(application) else application


def _a_user_of(application: str) -> str:
    return f"a user of {masked(application)}"


def _files(session: Session) -> dict[str, int]:
    """How many files go, as ``Part.words`` says it: any of them can hold what is erased."""
    number = uploads.count_unfinished(session)
    return ({"copies of files that are being brought in": number} if number else {}) | _prepared(session)


def _prepared(session: Session) -> dict[str, int]:
    number = jobs.count_files(session)
    return {"exports that were prepared here": number} if number else {}


def _delete_files(workspace: Workspace, session: Session) -> None:
    """Stop what is being brought in or prepared, and delete the files; those on other machines go at the next sweep.

    Before the transaction ends: a file that survived an erasure would be worse than one that is missed.
    """
    _delete_prepared(workspace, session)
    for folder in uploads.put_out(session):
        uploads.delete_copy(workspace.settings.home, folder)


def _delete_prepared(workspace: Workspace, session: Session) -> None:
    for folder in jobs.put_out(session):
        jobs.delete_file(workspace.settings.home, folder)


def _rater(session: Session, who: str | int) -> Rater:
    return raters.by_id(session, who) if isinstance(who, int) else raters.find(session, who)


def _until_tidy(workspace: Workspace) -> list[str]:
    if compacting.tidy(workspace.store):
        return []
    return [
        "The database file, as long as another program or an export is still reading the state before: it goes within "
        "seconds of its end while the dashboard is in use, or with python -m core compact. python -m core doctor says "
        "whether it is gone."
    ]


def _after_interaction(workspace: Workspace, session: Session, interaction_id: int, going: list[Part]) -> list[str]:
    traces = answers.traces(session, interaction_id)
    remains = _elsewhere(workspace, session, traces, kinds=None)
    if traces.versions:
        remains.insert(
            0,
            f"Models that learned from it: {_some(traces.versions)}. They keep weights, a vector and a hash of its "
            "question. Train again, take these versions out of use, and have their folders deleted (folder models on "
            "the server).",
        )
    texts = {answer for _, answer in answers.texts_of(session, answers.with_better(session, [interaction_id]))}
    cases, orders = copies.held_elsewhere(session, texts, going)
    if cases or orders:
        remains.append(
            f"The same answer to other questions: in {cases:,} saved cases and {orders:,} orders that raters keep. "
            "Whoever saved them deletes them on the Rerank page."
        )
    if traces.applications:
        remains.append(
            f"What the programs that sent it keep themselves: {_some(traces.applications)}. If they send it again, the "
            "answer is back."
        )
    if traces.session_id is not None:
        remains.append(
            f"Session {traces.session_id} of the existing application, with its notes (table rlhf_sessions)."
        )
    others = copies.other_tables(session)
    if others:
        remains.append(f"Tables of other programs in this database, if they hold it: {_some(others)}.")
    remains.append("A file that it was imported from, if there is one: importing it again brings the answer back.")
    remains.append(
        "What people wrote in their own words: guidelines, reasons, notes and comments on other answers, names of "
        "files, cases and keys. Look there if somebody may have quoted it."
    )
    remains.append(
        "The record of acts, which cannot be changed: its number, and the sha256 of its texts where it was added or "
        "edited."
    )
    return remains


def _after_rater(workspace: Workspace, session: Session, rater: Rater, ratings_stay: bool) -> list[str]:
    traces = raters.traces(session, rater)
    remains = _elsewhere(workspace, session, traces, kinds=WITH_RATERS)
    if ratings_stay:
        remains.insert(
            0,
            "The ratings, with comments as they were typed, the better answers, and saved cases: under a number, "
            "without the name.",
        )
    else:
        remains.insert(
            0, "Decisions as a lead on answers where raters differed: they stay, without saying whose they were."
        )
        if traces.versions:
            remains.insert(1, f"Models that learned from the ratings too: {_some(traces.versions)}. They keep no name.")
    remains.append("The name in comments or texts that others wrote, and in names of files.")
    remains.append("The record of acts: it knows the person by number only, and cannot be changed.")
    return remains


def _after_app_user(workspace: Workspace, session: Session, application: str, named: str) -> list[str]:
    return [
        *_elsewhere(workspace, session, users.traces(session, application, named), kinds=("feedback",)),
        "Answers that the application sent: nobody here knows whose they were. Forget those by their numbers.",
        f"What {application} itself keeps of this user. What it sends again is kept again.",
        "The record of acts: that a user was forgotten and how much went, without any id.",
    ]


def _elsewhere(workspace: Workspace, session: Session, traces: Traces, *, kinds: tuple[str, ...] | None) -> list[str]:
    """What lies in files, as far as that is known."""
    remains: list[str] = []
    made = exports.exported_since(session, traces.since, kinds=kinds)
    if made:
        shown = _some([f"{masked(one.place)} ({one.kind}, {one.at.astimezone():%d %b %Y})" for one in made])
        remains.append(ClearedText(f"Files that were exported since: {shown}. Delete them, or export again."))
    upgrade_copies = _copies(workspace)
    known = f"Made with python -m core backup since it came: {traces.backups:,}. " if traces.backups else ""
    beside = f"Copies from upgrades: {_some(upgrade_copies)}. " if upgrade_copies else ""
    remains.append(f"Backups. {known}{beside}Delete those you no longer need: restoring one brings everything back.")
    temporary = leftovers.in_words(workspace.settings)
    if temporary:
        remains.append(ClearedText(f"Temporary files, which can hold it: {temporary}"))
    if workspace.store.is_sqlite:
        remains.append(
            "Free room in the database file that an earlier release or another program left: python -m core compact "
            "clears it."
        )
    else:
        remains.append(
            "The room in PostgreSQL's files until its next VACUUM, and its archived logs where it keeps any."
        )
    remains.append(
        "Log files hold numbers, no texts; only the trace of an unexpected error in a training (folder logs) can quote "
        "a piece. Pages that are open show it until their next act, and servers keep vectors of "
        "what they ranked lately in memory until they restart."
    )
    return remains


def _copies(workspace: Workspace) -> list[str]:
    """The copies that upgrades laid beside the SQLite file."""
    if not workspace.store.is_sqlite:
        return []
    file = Path(str(workspace.store.engine.url.database))
    return sorted(path.name for path in file.parent.glob(f"{file.stem}-*.backup.db"))


def _some(names: Any) -> str:
    listed = list(names)
    more = f" and {len(listed) - LISTED:,} more" if len(listed) > LISTED else ""
    return ", ".join(listed[:LISTED]) + more
