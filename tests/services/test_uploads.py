"""Files that are brought in through the page: taken in, looked at, checked, imported beside it, stopped, resumed."""

import io
import json
import os
import time
from datetime import timedelta

import pytest

from core.domain.errors import BadInput, Conflict, NotFound, Unavailable
from core.domain.roles import NotAllowed
from core.labeling.how_to_read import HowToRead
from core.services.data import erasure, importing, uploads
from core.services.operations.status import status
from core.store.interactions import uploads as stored_uploads
from core.store.interactions.uploads import ERASED, KEPT
from core.store.tables import Audit, Import, Item, Rating, Upload
from core.store.types import now
from tests import looked
from tests.databases import PATIENCE, rater

ROWS = b"user_prompt,ai_response,rating\nq,one,5\nq,two,2\nq,three,\n"
AS_IT_IS = HowToRead()


@pytest.fixture
def lead(workspace):
    return rater(workspace, "Lea")


@pytest.fixture
def by_itself(monkeypatch, environ):
    """Every file is checked and imported in a process of its own, as large ones are."""
    for name in ("DATABASE_URL", "ASSAY_HOME"):
        monkeypatch.setenv(name, environ[name])
    monkeypatch.setattr(uploads, "SMALL", -1)


def many(rows):
    return b"user_prompt,ai_response,rating\n" + b"".join(
        b"q%d,answer %d,%d\n" % (n // 3, n, n % 5 + 1) for n in range(rows)
    )


def taken(workspace, lead, content=ROWS, name="rows.csv"):
    return uploads.take(workspace, lead, name, io.BytesIO(content))


def view(workspace, lead, number):
    return next(one for one in uploads.listed(workspace, lead) if one.upload_id == number)


def ended(workspace, lead, number):
    """Wait as a page does: for what the rows say."""
    until = time.monotonic() + PATIENCE
    while (found := view(workspace, lead, number)).active:
        assert time.monotonic() < until, found
        time.sleep(0.05)
    return found


def copies(workspace):
    return sorted(path.name for path in (workspace.settings.home / "uploads").rglob("*") if path.is_file())


def acts(workspace):
    """What the record says of imports."""
    with workspace.store.read() as session:
        found = session.query(Audit).filter(Audit.action.contains("import")).order_by(Audit.audit_id)
        return [(act.actor, act.action) for act in found]


def test_a_file_is_taken_in_checked_and_imported(workspace, lead):
    """Each step says what is next; the copy is there until the import has ended, and the record knows who it was."""
    number = taken(workspace, lead)
    assert copies(workspace) == ["rows.csv"]
    assert [path.stat().st_mode & 0o777 for path in (workspace.settings.home / "uploads").iterdir()] == [0o700]
    with pytest.raises(Conflict, match="has to be checked"):
        uploads.start_import(workspace, lead, number)
    uploads.start_check(workspace, lead, number, AS_IT_IS)
    found = view(workspace, lead, number)
    assert (found.state, found.requested_by, found.rows_total, found.message) == ("checked", "Lea", 3, None)
    assert (found.report.new_answers, found.report.ratings, found.report.rejected_total) == (3, 2, 0)
    assert status(workspace, lead).interactions == 0
    uploads.start_import(workspace, lead, number)
    found = view(workspace, lead, number)
    assert (found.state, found.rows_done, found.has_copy, found.report) == ("finished", 3, False, None)
    assert copies(workspace) == []
    (record,) = importing.recorded(workspace, lead)
    assert (record.import_id, record.added, record.ratings) == (found.import_id, 3, 2)
    assert acts(workspace) == [(lead.key, "started import"), (lead.key, "finished import")]
    with pytest.raises(Conflict, match="imported already"):
        uploads.start_check(workspace, lead, number, AS_IT_IS)
    uploads.drop(workspace, lead, number)
    assert uploads.listed(workspace, lead) == []
    assert status(workspace, lead).interactions == 3


def test_a_first_look_names_what_can_be_chosen(workspace, lead):
    """Columns, paths into nested ones, the first rows, and what the ratings look like."""
    rows = [
        {"input": {"messages": [{"role": "user", "content": f"q{n}"}]}, "output": f"a{n}", "score": n % 5}
        for n in range(9)
    ]
    content = "\n".join(map(json.dumps, rows)).encode()
    number = taken(workspace, lead, content, "rows.jsonl")
    look = uploads.first_look(workspace, lead, number, AS_IT_IS)
    assert look.columns[:3] == ("input", "output", "score")
    assert "input.messages[0].content" in look.columns
    assert look.mapping["user_prompt"] == "input.messages[-1].content"  # never a prompt of brackets and quotes
    assert len(look.rows) == 5
    mapping = {"user_prompt": "input.messages[-1].content", "ai_response": "output", "rating": "score"}
    look = uploads.first_look(workspace, lead, number, HowToRead(mapping=mapping))
    assert (look.problem, look.mapping) == ("", mapping)
    assert look.must_ask
    assert "go from 0 to 4" in look.question
    assert look.likely[0] == "0-4"
    assert dict(look.values) == {"0": 2, "1": 2, "2": 2, "3": 2, "4": 1}
    assert not uploads.first_look(workspace, lead, number, HowToRead(mapping=mapping, scale="0-4")).must_ask


def test_a_file_whose_columns_have_to_be_chosen_says_so(workspace, lead):
    """What is missing is a sentence beside the columns, not an error instead of them."""
    number = taken(workspace, lead, b"Question,Reply\nq,a\n")
    look = uploads.first_look(workspace, lead, number, AS_IT_IS)
    assert look.columns == ("Question", "Reply")
    assert "no column user_prompt" in look.problem
    with pytest.raises(BadInput, match="no column user_prompt"):
        uploads.start_check(workspace, lead, number, AS_IT_IS)
    found = view(workspace, lead, number)
    assert found.state == "chosen"
    assert "no column user_prompt" in found.message
    mapping = {"user_prompt": "Question", "ai_response": "Reply"}
    uploads.start_check(workspace, lead, number, HowToRead(mapping=mapping))
    assert (view(workspace, lead, number).message, view(workspace, lead, number).state) == (None, "checked")


def test_ratings_of_which_nobody_said_what_they_mean_are_not_imported(workspace, lead):
    """The check says so, the import is refused, and another check with the scale lets it pass."""
    number = taken(workspace, lead, b"user_prompt,ai_response,rating\nq,one,0\nq,two,4\n")
    uploads.start_check(workspace, lead, number, AS_IT_IS)
    assert view(workspace, lead, number).report.must_ask
    with pytest.raises(BadInput, match="go from 0 to 4"):
        uploads.start_import(workspace, lead, number)
    assert status(workspace, lead).interactions == 0
    uploads.start_check(workspace, lead, number, HowToRead(scale="0-4"))
    uploads.start_import(workspace, lead, number)
    with workspace.store.read() as session:
        assert sorted(rating.rating for rating in session.query(Rating)) == [1, 5]


def test_a_large_file_is_imported_though_nobody_looks_on(workspace, lead, by_itself):
    """In a process of its own, which ends by itself; whoever looks in between sees how far it is."""
    number = taken(workspace, lead, many(1_000))
    uploads.start_check(workspace, lead, number, AS_IT_IS)
    assert view(workspace, lead, number).active
    assert ended(workspace, lead, number).report.new_answers == 1_000
    uploads.start_import(workspace, lead, number)
    found = ended(workspace, lead, number)
    assert (found.state, found.rows_done, copies(workspace)) == ("finished", 1_000, [])
    assert status(workspace, lead).interactions == 1_000
    assert acts(workspace) == [(lead.key, "started import"), (lead.key, "finished import")]


def test_rows_are_counted_as_the_file_has_them(workspace, lead):
    """One row of a file can hold several answers: how far an import is, is never more than there is."""
    both = [{"response": text, "fine-grained_score": 4.0} for text in ("one", "two")]
    rows = [{"instruction": f"q{number}", "completions": both} for number in range(3)]
    number = taken(workspace, lead, "".join(json.dumps(row) + "\n" for row in rows).encode(), "rows.jsonl")
    uploads.start_check(workspace, lead, number, AS_IT_IS)
    assert view(workspace, lead, number).rows_total == 3
    uploads.start_import(workspace, lead, number)
    assert view(workspace, lead, number).rows_done == 3
    (record,) = importing.recorded(workspace, lead)
    assert (record.rows_done, record.added) == (3, 6)


def test_an_import_that_is_stopped_goes_on_where_it_stopped(workspace, lead, by_itself):
    """What came in stays, the copy too, and nothing is there twice at the end."""
    number = taken(workspace, lead, many(5_000))
    uploads.start_check(workspace, lead, number, AS_IT_IS)
    ended(workspace, lead, number)
    uploads.start_import(workspace, lead, number)
    until = time.monotonic() + PATIENCE
    while view(workspace, lead, number).rows_done == 0 and time.monotonic() < until:
        time.sleep(0.02)
    with pytest.raises(Conflict, match="being imported right now"):
        uploads.drop(workspace, lead, number)
    uploads.cancel(workspace, lead, number)
    found = ended(workspace, lead, number)
    assert (found.state, found.has_copy) == ("stopped", True)
    assert "What came in stays" in found.message
    some = status(workspace, lead).interactions
    assert 0 < some < 5_000
    assert importing.recorded(workspace, lead)[0].unfinished
    uploads.resume(workspace, lead, number)
    assert ended(workspace, lead, number).state == "finished"
    with workspace.store.read() as session:
        assert session.query(Item).count() == session.query(Rating).count() == 5_000
        assert session.query(Import).count() == 1
    assert (lead.key, "cancelled import") in acts(workspace)


def test_a_process_that_died_is_told_and_its_import_goes_on(workspace, lead):
    """Who looks is told in a sentence, and the same copy is imported to its end."""
    number = taken(workspace, lead)
    uploads.start_check(workspace, lead, number, AS_IT_IS)
    with workspace.store.write() as session:
        upload = session.get(Upload, number)
        upload.state, upload.process, upload.import_id = "importing", "elsewhere:1", 7
        upload.heartbeat_at = now() - timedelta(hours=1)
    found = view(workspace, lead, number)
    assert found.state == "stopped"
    assert "ended unexpectedly" in found.message
    uploads.resume(workspace, lead, number)
    assert view(workspace, lead, number).state == "finished"
    assert status(workspace, lead).interactions == 3


def test_a_check_that_died_can_be_started_again(workspace, lead):
    """Nothing was stored, so it is as if it had never begun."""
    number = taken(workspace, lead)
    with workspace.store.write() as session:
        upload = session.get(Upload, number)
        upload.state, upload.process, upload.heartbeat_at = "checking", "elsewhere:1", now() - timedelta(hours=1)
    found = view(workspace, lead, number)
    assert found.state == "chosen"
    assert "Nothing was imported" in found.message
    uploads.start_check(workspace, lead, number, AS_IT_IS)
    assert view(workspace, lead, number).state == "checked"


def test_the_number_of_a_discarded_file_is_never_given_again(workspace, lead):
    """A browser remembers the first rows and what was chosen by that number."""
    first = taken(workspace, lead)
    uploads.drop(workspace, lead, first)
    assert taken(workspace, lead) > first


def test_a_full_disk_leaves_nothing(workspace, lead):
    """The person is told what happened, and neither a row nor a part of the file stays."""

    class Filling(io.BytesIO):
        def read(self, size=-1):
            if self.tell():
                raise OSError(28, "No space left on device")
            return super().read(10)

    with pytest.raises(Unavailable, match=r"No space left.*Nothing was imported"):
        uploads.take(workspace, lead, "rows.csv", Filling(ROWS))
    assert uploads.listed(workspace, lead) == []
    assert list((workspace.settings.home / "uploads").iterdir()) == []


@pytest.mark.parametrize("what", ["an answer", "a rater"])
def test_an_erasure_takes_the_copies_with_it(workspace, lead, what):
    """Whatever stage a file is in: what was erased must not survive in a copy, and who comes back is told."""
    first = taken(workspace, lead)
    uploads.start_check(workspace, lead, first, AS_IT_IS)
    uploads.start_import(workspace, lead, first)
    waiting, checked = taken(workspace, lead, name="waiting.csv"), taken(workspace, lead, name="checked.csv")
    uploads.start_check(workspace, lead, checked, AS_IT_IS)
    ana = rater(workspace, "Ana")
    before = (
        erasure.preview_interaction(workspace, lead, 1)
        if what == "an answer"
        else erasure.preview_rater(workspace, lead, ana.rater_id, ratings_stay=True)
    )
    assert before.goes["copies of files that are being brought in"] == 2
    if what == "an answer":
        done = erasure.interaction(workspace, lead, 1, seen=looked.version(workspace, 1))
    else:
        done = erasure.rater(workspace, lead, ana.rater_id, ratings_stay=True)
    assert done.goes == before.goes
    assert copies(workspace) == []
    for number in (waiting, checked):
        found = view(workspace, lead, number)
        assert (found.state, found.message, found.report, found.has_copy) == ("stopped", ERASED, None, False)
        with pytest.raises(NotFound, match="Choose the file again"):
            uploads.resume(workspace, lead, number)
    assert view(workspace, lead, first).state == "finished"


def test_a_copy_on_another_machine_is_not_read_after_an_erasure(workspace, lead, monkeypatch):
    """It lies there until that machine's next sweep."""
    number = taken(workspace, lead)
    importing.load_sample(workspace, lead)
    monkeypatch.setattr(stored_uploads, "delete_copy", lambda home, folder: None)
    erasure.interaction(workspace, lead, 1, seen=looked.version(workspace, 1))
    assert len(copies(workspace)) == 1
    assert not view(workspace, lead, number).has_copy
    with pytest.raises(NotFound, match="Choose the file again"):
        uploads.resume(workspace, lead, number)
    with pytest.raises(NotFound, match="Choose the file again"):
        uploads.first_look(workspace, lead, number, AS_IT_IS)


def test_an_import_that_is_running_stops_at_an_erasure(workspace, lead, monkeypatch):
    """The next batch is not stored any more: it could bring back what was erased."""
    number = taken(workspace, lead, many(250))
    uploads.start_check(workspace, lead, number, AS_IT_IS)
    began: list[int] = []
    store = importing._store

    def erased_before_the_second(*arguments):
        if len(began) == 1:
            erasure.interaction(workspace, lead, 1, seen=looked.version(workspace, 1))
        began.append(1)
        return store(*arguments)

    monkeypatch.setattr(importing, "_store", erased_before_the_second)
    with pytest.raises(importing.Stopped):
        uploads.start_import(workspace, lead, number)
    found = view(workspace, lead, number)
    assert (found.state, found.message) == ("stopped", ERASED)
    assert status(workspace, lead).interactions == 99
    assert importing.recorded(workspace, lead)[0].unfinished


def test_removing_an_import_takes_its_upload(workspace, lead):
    """One that stopped in the middle keeps a copy, which has no purpose then."""
    number = taken(workspace, lead)
    uploads.start_check(workspace, lead, number, AS_IT_IS)
    uploads.start_import(workspace, lead, number)
    other = taken(workspace, lead, name="other.csv")
    with workspace.store.write() as session:
        (record,) = session.query(Import)
        upload = session.get(Upload, other)
        upload.state, upload.import_id = "stopped", record.import_id
        import_id = record.import_id
    importing.remove_import(workspace, lead, import_id)
    assert uploads.listed(workspace, lead) == []
    assert copies(workspace) == []
    assert status(workspace, lead).interactions == 0


def test_copies_that_nobody_needs_go_with_the_next_sweep(workspace, lead):
    """Old ones, those of imports that ended when their process was killed, and those that nobody knows; no others."""
    old, finished, erased, young = (
        taken(workspace, lead, name=f"{name}.csv") for name in ("old", "done", "gone", "young")
    )
    unknown = workspace.settings.home / "uploads" / "unknown"
    unknown.mkdir()
    (unknown / "unknown.csv").write_bytes(ROWS)
    with workspace.store.write() as session:
        session.get(Upload, old).heartbeat_at = now() - KEPT - timedelta(hours=1)
        session.get(Upload, finished).state = "finished"
        session.get(Upload, erased).state, session.get(Upload, erased).message = "stopped", ERASED
    workspace.pick_up(at_once=True)
    assert copies(workspace) == ["unknown.csv", "young.csv"]
    long_ago = time.time() - (KEPT + timedelta(hours=1)).total_seconds()
    os.utime(unknown, (long_ago, long_ago))
    workspace.pick_up(at_once=True)
    assert copies(workspace) == ["young.csv"]
    assert young in [one.upload_id for one in uploads.listed(workspace, lead)]
    assert old not in [one.upload_id for one in uploads.listed(workspace, lead)]


def test_two_uploads_of_one_file_are_not_imported_at_once(workspace, lead):
    """The second is told that the first is being imported, and can be imported after it."""
    first, second = taken(workspace, lead), taken(workspace, lead)
    for number in (first, second):
        uploads.start_check(workspace, lead, number, AS_IT_IS)
    with workspace.store.write() as session:
        begun = Import(
            file_name="rows.csv", file_hash=session.get(Upload, first).file_hash, state="running", process="x:1"
        )
        session.add(begun)
    with pytest.raises(Conflict, match="being imported right now"):
        uploads.start_import(workspace, lead, second)
    found = view(workspace, lead, second)
    assert found.state == "checked"
    assert "being imported right now" in found.message


def test_who_may_not_import_cannot_even_take_a_file_in(workspace, lead):
    """Nothing of it comes onto the disk."""
    expert = rater(workspace, "Sam")
    with pytest.raises(NotAllowed):
        uploads.take(workspace, expert, "rows.csv", io.BytesIO(ROWS))
    assert not (workspace.settings.home / "uploads").exists()


def test_characters_that_no_database_holds_are_refused_by_their_rows(workspace, lead):
    """The check ends and names the rows, also where the ratings or a column's name hold such a character."""
    rows = [
        {"user_prompt": "q", "ai_response": "a", "rating": "4\0"},
        {"user_prompt": "q", "ai_response": "b", "rating": "\ud800"},
        {"user_prompt": "q", "ai_response": "c", "rating": 4, "k\0": "v\ud800"},
        {"user_prompt": "q", "ai_response": "d", "rating": 5},
    ]
    number = taken(workspace, lead, "\n".join(map(json.dumps, rows)).encode(), "rows.jsonl")
    uploads.start_check(workspace, lead, number, HowToRead(scale="1-5"))
    report = view(workspace, lead, number).report
    assert (report.new_answers, [row.number for row in report.rejected]) == (1, [1, 2, 3])
    assert dict(report.values)["4\ufffd"] == 1
    assert report.metadata == ("k\ufffd",)


@pytest.mark.parametrize("name", ["\udcffrows.csv", "ro\0ws.csv", "\U00010330" * 300 + ".csv"])
def test_any_file_name_will_do(workspace, lead, tmp_path, name):
    number = taken(workspace, lead, name=name)
    uploads.start_check(workspace, lead, number, AS_IT_IS)
    uploads.start_import(workspace, lead, number)
    assert view(workspace, lead, number).state == "finished"
    path = tmp_path / "rows.csv"
    path.write_bytes(ROWS)
    *_, result = importing.import_file(workspace, lead, path, file_name=name)
    assert result.duplicates == 3
