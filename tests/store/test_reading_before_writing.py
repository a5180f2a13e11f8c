"""Texts are looked through for identifiers before a transaction that writes: inside one only short ones are."""

from contextlib import contextmanager

import pytest

from core.domain import identifiers as rules
from core.domain.roles import COMMAND_LINE
from core.services import data, hiding, importing, rating
from core.store import identifiers
from core.store.database import Store
from tests.databases import rater

LONG = "Call (212) 555-0147. " + "word " * 12_000
MOST = 50_000
"""Characters that one transaction may look through: some milliseconds."""


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
        given = [text for text in texts if text]
        if depth[0]:
            inside[-1] += sum(map(len, given))
        return rules.count(given)

    monkeypatch.setattr(Store, "write", watched)
    monkeypatch.setattr(identifiers, "count", counted)
    monkeypatch.setattr(hiding, "count", counted)
    return inside


def test_no_act_reads_a_long_text_while_others_wait(workspace, read_inside, tmp_path):
    """Imported, added, served, rated, remarked on, revealed, edited, and looked at again: the lock is never held for it."""
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
    assert max(read_inside) <= MOST
