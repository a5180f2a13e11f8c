"""The record: it only grows, names nobody for ever, and is found and taken out page by page."""

import csv
import io
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from core.domain.roles import COMMAND_LINE, NotAllowed, Role, User
from core.services.people import accounts, audit_log
from core.services.people.audit_log import Wanted
from core.services.workspace import Workspace
from core.store import audit
from core.store.people import raters
from core.store.tables import Audit, Rater
from tests.databases import Plain, lead, rater

START = datetime(2026, 11, 1, 12, tzinfo=UTC)


@pytest.fixture
def lena(workspace: Workspace) -> User:
    """A lead whose acts of ten days are in the record: three a day, every third by the command line."""
    with workspace.store.write() as session:
        lena = User(raters.person(session, "Lena").rater_id, "Lena")
    with workspace.store.write() as session:
        for number in range(30):
            session.add(
                Audit(
                    at=START + timedelta(days=number // 3, hours=number % 3),
                    actor=lena.key if number % 3 else COMMAND_LINE.key,
                    action="promoted" if number % 2 else "deleted answer",
                    subject=f"model sbert-{number}" if number % 2 else f"interaction {number}",
                    new={"n": number},
                )
            )
    return lena


@pytest.mark.every_database
@pytest.mark.parametrize("statement", ["UPDATE assay_audit SET actor = 'nobody'", "DELETE FROM assay_audit"])
def test_the_database_itself_refuses_to_change_the_record(lena: User, old_app: Plain, statement: str) -> None:
    """Whatever program tries: every row is as it was."""
    before = old_app.dump("assay_audit")
    with pytest.raises(Exception, match="append-only"):
        old_app.run(statement)
    assert old_app.dump("assay_audit") == before


def test_pages_of_the_record_join_without_gap_while_it_grows(workspace: Workspace, lena: User) -> None:
    """Each page starts below the last number of the one before, so a new act moves nothing."""
    seen: list[int] = []
    before = None
    while found := audit_log.acts(workspace, lena, Wanted(), before=before, size=7):
        seen += [line.number for line in found]
        before = found[-1].number
        with workspace.store.write() as session:
            audit.write(session, lena, "looked", "nothing")
    assert seen == list(range(30, 0, -1))


@pytest.mark.every_database
@pytest.mark.parametrize(
    "wanted, expected",
    [
        (Wanted(actor="command line"), list(range(0, 30, 3))),
        (Wanted(action="promoted"), list(range(1, 30, 2))),
        (Wanted(subject="interaction 2"), [2]),
        (Wanted(subject="SBERT-2"), [21, 23, 25, 27, 29]),
        (Wanted(subject="50%_"), []),
        (Wanted(since=START + timedelta(days=9), until=START + timedelta(days=9, hours=2)), [27, 28]),
        (Wanted(actor="command line", action="promoted", until=START + timedelta(days=3)), [3]),
    ],
    ids=str,
)
def test_the_record_is_narrowed_down(workspace: Workspace, lena: User, wanted: Wanted, expected: list[int]) -> None:
    """By who, what, to what (part of it, but numbers whole) and when; counted and exported alike."""
    found = audit_log.acts(workspace, lena, wanted, size=100)
    assert [line.new["n"] for line in reversed(found) if line.new] == expected
    assert audit_log.count(workspace, lena, wanted) == len(expected)
    rows = audit_log.as_file(workspace, lena, wanted, ".jsonl").decode().splitlines()
    assert [json.loads(row)["new"]["n"] for row in reversed(rows)] == expected


def test_what_can_be_chosen_is_what_is_there(workspace: Workspace, lena: User) -> None:
    """Every actor by the present name, every kind of act once; nothing in an empty record."""
    known = audit_log.choices(workspace, lena)
    assert known.actors == {"command line": "command line", lena.key: "Lena"}
    assert known.actions == ["deleted answer", "promoted"]


def test_an_empty_record_is_a_normal_state(workspace: Workspace) -> None:
    """Nothing to choose, nothing to show, a file with a header."""
    assert audit_log.choices(workspace, COMMAND_LINE) == audit_log.Choices({}, [])
    assert audit_log.acts(workspace, COMMAND_LINE, Wanted()) == []
    assert audit_log.as_file(workspace, COMMAND_LINE, Wanted(), ".csv").decode().startswith("id,at,actor,name,action")


def test_a_person_stands_in_it_by_number(workspace: Workspace, lena: User, old_app: Plain) -> None:
    """A new name is shown everywhere at once, and the old one is nowhere in the record."""
    ben = lead(workspace, "Ben Unforgettable")
    accounts.set_role(workspace, ben, lena.rater_id, Role.SME)
    with workspace.store.write() as session:
        found = session.get(Rater, ben.rater_id)
        assert found is not None
        found.name, found.name_key = "Somebody", "somebody"
    (newest,) = audit_log.acts(workspace, ben, Wanted(), size=1)
    assert (newest.actor, newest.name, newest.about) == (ben.key, "Somebody", "Lena")
    assert "Unforgettable" not in str(old_app.dump("assay_audit"))


def test_the_file_holds_all_and_a_spreadsheet_runs_nothing(
    workspace: Workspace, lena: User, old_app: Plain, tmp_path: Path
) -> None:
    """csv with what changed as JSON in a cell; a name that looks like a formula is text; taking it out is an act."""
    evil = rater(workspace, "=HYPERLINK(1)")
    with workspace.store.write() as session:
        audit.write(session, evil, "changed queue", "raters per answer", old={"raters": 1}, new={"raters": 2})
    rows = list(csv.DictReader(io.StringIO(audit_log.as_file(workspace, lena, Wanted(), ".csv").decode())))
    assert len(rows) == 32
    assert (rows[0]["name"], rows[0]["old"], rows[0]["new"]) == ("'=HYPERLINK(1)", '{"raters": 1}', '{"raters": 2}')
    assert audit_log.export(workspace, COMMAND_LINE, Wanted(), tmp_path / "record.parquet") == 33
    last = old_app.run("SELECT actor, action, subject FROM assay_audit ORDER BY audit_id DESC LIMIT 2")
    assert last == [("command line", "exported", "record"), (lena.key, "exported", "record")]


@pytest.mark.parametrize("role", [Role.SME, Role.VIEWER])
def test_the_record_is_for_leads(workspace: Workspace, tmp_path: Path, role: Role) -> None:
    """Nobody else reads it, counts in it or takes it out."""
    eve = User(0, "Eve", role)
    for attempt in (
        lambda: audit_log.choices(workspace, eve),
        lambda: audit_log.acts(workspace, eve, Wanted()),
        lambda: audit_log.count(workspace, eve, Wanted()),
        lambda: audit_log.as_file(workspace, eve, Wanted(), ".csv"),
        lambda: audit_log.export(workspace, eve, Wanted(), tmp_path / "out.csv"),
    ):
        with pytest.raises(NotAllowed):
            attempt()
    assert list(tmp_path.glob("*.csv")) == []
