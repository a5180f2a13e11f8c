"""Texts made to be slow: nobody waits for them."""

import gc
import threading
import time
from contextlib import contextmanager
from html import escape

import pytest

from core.domain.roles import COMMAND_LINE
from core.services.data import importing
from core.store.database import Store
from core.ui.shell.texts import to_html
from tests import looked
from tests.databases import added, rater
from tests.proofs.conftest import scaled

pytestmark = pytest.mark.slow


def test_ratings_beside_a_row_of_telephone_numbers(workspace, tmp_path, monkeypatch, proven):
    """While the row is looked through the write lock is free: every rating given meanwhile is stored."""
    size = scaled(20_000, 300_000)
    path = tmp_path / "numbers.csv"
    path.write_text("user_prompt,ai_response\nWhy?," + "(212) 555-0147 " * (size // 15) + "\n")
    ana = rater(workspace, "Ana")
    numbers = [added(workspace, f"prompt {number}", "answer") for number in range(20)]
    held: list[float] = []
    write = Store.write

    @contextmanager
    def timed(self):
        with write(self) as session:
            began = time.thread_time()
            yield session
        if threading.current_thread() is not threading.main_thread():
            held.append(time.thread_time() - began)

    monkeypatch.setattr(Store, "write", timed)
    spent: list[float] = []

    def bring_in() -> None:
        began = time.thread_time()
        list(importing.import_file(workspace, COMMAND_LINE, path))
        spent.append(time.thread_time() - began)

    importer = threading.Thread(target=bring_in)
    stored = 0
    gc.disable()  # what other tests of this process left would be collected inside a transaction, and counted as it
    try:
        importer.start()
        while importer.is_alive() or stored < len(numbers):
            stored += looked.rate(workspace, ana, numbers[stored % len(numbers)], stored % 5 + 1).number > 0
        importer.join()
    finally:
        gc.enable()
    assert spent
    share = max(held) / spent[0]
    assert share < 0.5
    proven(
        f"a row of {size // 1000} kB of telephone numbers, imported once: {stored:,} ratings were stored meanwhile, "
        "none "
        f"refused; the longest write transaction was {share:.0%} of the import's work."
    )


def test_answers_made_to_be_slow_to_show(proven_once):
    """References, formulas, quotations, tables and brackets of the full length that is parsed."""
    nasty = {
        "references": "[a]: /u\n\n" + "[a] " * scaled(3_000, 12_500),
        "quotations": (">" * 18 + "a\n") * scaled(500, 2_500),
        "table cells": "|a" * 4_000 + "|\n" + "|-" * 4_000 + "|\n" + "|\n" * scaled(2_000, 15_000),
        "brackets": "![" * scaled(6_000, 25_000),
        "formulas": "$x^2$ " * scaled(3_000, 16_000),
    }
    found = {name: to_html(text) for name, text in nasty.items()}
    plain = [name for name, html in found.items() if "assay-plain" in html]
    assert {"quotations", "table cells"} <= set(plain)
    assert all(escape(nasty[name]) in found[name] for name in plain)
    proven_once(f"{len(nasty)} answers made to be slow, once each: {', '.join(plain)} shown as plain text, whole.")
