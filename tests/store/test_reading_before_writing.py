"""Texts are looked through before a transaction that writes: inside one only short ones are."""

from contextlib import contextmanager

import pytest

from core.domain.identifiers.masking import RULES_VERSION, _found_in
from core.domain.roles import COMMAND_LINE
from core.services import masking
from core.services.data import importing, interactions
from core.services.rating import rating
from core.store.database import Store
from core.store.interactions import identifiers
from core.store.tables import Item
from tests import looked
from tests.databases import rater

LONG = "Call (212) 555-0147. " + "word " * 10_000


@pytest.fixture
def read_inside(monkeypatch) -> list[int]:
    """Characters that the rules read inside each transaction that writes."""
    inside: list[int] = []
    depth = [0]
    write, find = Store.write, _found_in

    @contextmanager
    def watched(self):
        with write(self) as session:
            inside.append(0)
            depth[0] += 1
            try:
                yield session
            finally:
                depth[0] -= 1

    def counted(text):
        if depth[0]:
            inside[-1] += len(text)
        return find(text)

    monkeypatch.setattr(Store, "write", watched)
    monkeypatch.setattr("core.domain.identifiers.masking._found_in", counted)
    masking._short.cache_clear()
    return inside


def test_no_act_reads_a_long_text_while_others_wait(workspace, read_inside, tmp_path):
    """Imported, added, rated, remarked on, edited, and looked at again: the lock is never held for the rules."""
    path = tmp_path / "t.csv"
    path.write_text(f"user_prompt,ai_response,rating\nWhy?,{LONG.replace(',', ' ')},3\nHow?,short,4\n")
    list(importing.import_file(workspace, COMMAND_LINE, path))
    number = interactions.add(workspace, COMMAND_LINE, "What?", LONG)
    ana = rater(workspace, "Ana")
    assert looked.next_item(workspace, ana) is not None
    assert rating.same_prompt(workspace, ana, number)[0]
    looked.rate(workspace, ana, number, 3, comment="Asked (212) 555-0148 too.")
    looked.reveal(workspace, COMMAND_LINE, number)
    looked.edit(workspace, COMMAND_LINE, number, "What?", LONG + "More.", withdraw_ratings=False)
    workspace.pick_up(at_once=True)
    assert read_inside
    assert max(read_inside) <= 2 * identifiers.AT_ONCE
    with workspace.store.read() as session:
        found = {item.interaction_id: item for item in session.query(Item)}
    assert found[number].identifiers == {"phone": 2}
    assert {item.identifier_rules for item in found.values()} == {RULES_VERSION}


def test_what_was_not_read_waits_for_the_next_look(workspace, read_inside):
    """A remark on a long answer leaves it unmarked until it was read outside of a transaction."""
    number = interactions.add(workspace, COMMAND_LINE, "What?", LONG)
    looked.rate(workspace, rater(workspace, "Ana"), number, 3, comment="Asked (212) 555-0148 too.")
    with workspace.store.read() as session:
        assert session.get_one(Item, number).identifier_rules == identifiers.NOT_LOOKED_AT
    assert identifiers.look_again(workspace.store) == 1
    with workspace.store.read() as session:
        assert session.get_one(Item, number).identifiers == {"phone": 2}
