"""Texts are looked through before a transaction that writes: inside one only short ones are."""

from contextlib import contextmanager

import pytest

from core.domain import identifiers as rules
from core.domain.roles import COMMAND_LINE
from core.services import data, hiding, importing, rating
from core.store import identifiers, marks
from core.store.database import Store
from core.store.tables import Item
from tests.databases import rater

LONG = "Call (212) 555-0147. " + "word " * (marks.READ_AT_ONCE // 4)


@pytest.fixture
def read_inside(monkeypatch) -> list[int]:
    """Characters that the rules read inside each transaction that writes."""
    inside: list[int] = []
    depth = [0]
    write = Store.write

    @contextmanager
    def watched(self):
        with write(self) as session:
            inside.append(0)
            depth[0] += 1
            try:
                yield session
            finally:
                depth[0] -= 1

    def counted(texts):
        if depth[0]:
            inside[-1] += sum(len(text) for text in texts if text)
        return rules.count(texts)

    monkeypatch.setattr(Store, "write", watched)
    monkeypatch.setattr(marks, "count", counted)
    monkeypatch.setattr(hiding, "count", counted)
    monkeypatch.setattr(marks, "_kept", type(marks._kept)())
    return inside


def test_no_act_reads_a_long_text_while_others_wait(workspace, read_inside, tmp_path):
    """Imported, added, rated, remarked on, edited, and looked at again: the lock is never held for the rules."""
    path = tmp_path / "t.csv"
    path.write_text(f"user_prompt,ai_response,rating\nWhy?,{LONG.replace(',', ' ')},3\nHow?,short,4\n")
    list(importing.import_file(workspace, COMMAND_LINE, path))
    number = data.add(workspace, COMMAND_LINE, "What?", LONG)
    ana = rater(workspace, "Ana")
    assert rating.next_item(workspace, ana) is not None
    rating.rate(workspace, ana, number, 3, comment="Asked (212) 555-0148 too.")
    hiding.reveal(workspace, COMMAND_LINE, number)
    data.edit(workspace, COMMAND_LINE, number, "What?", LONG + "More.", withdraw_ratings=False)
    workspace.pick_up(at_once=True)
    assert read_inside
    assert max(read_inside) <= marks.READ_AT_ONCE
    with workspace.store.read() as session:
        found = {item.interaction_id: item for item in session.query(Item)}
    assert found[number].identifiers == {"phone": 2}
    assert {item.identifier_rules for item in found.values()} == {rules.RULES_VERSION}


def test_what_was_not_read_waits_for_the_next_look(workspace, read_inside):
    """A remark on a long answer leaves it unmarked until it was read outside of a transaction."""
    number = data.add(workspace, COMMAND_LINE, "What?", LONG)
    rating.rate(workspace, rater(workspace, "Ana"), number, 3, comment="Asked (212) 555-0148 too.")
    with workspace.store.read() as session:
        assert session.get_one(Item, number).identifier_rules == identifiers.UNMARKED
    assert identifiers.look_again(workspace.store) == 1
    with workspace.store.read() as session:
        assert session.get_one(Item, number).identifiers == {"phone": 2}


def test_the_same_texts_in_another_order_are_the_same(read_inside):
    """What was read is known by the texts, not by their order."""
    marks.read(["one (212) 555-0147", "two"])
    assert marks.read_before(["two", None, "one (212) 555-0147"], None) == {"phone": 1}
    assert marks.read_before([LONG], None) is None
