"""Every page requested first in a fresh process, by each role and by nobody, through the whole application."""

import json
import re
import subprocess
import sys

from core.domain.roles import ALLOWED, Role
from core.ui.shell.navigation import PAGES
from tests.databases import ROOT
from tests.proofs.conftest import FULL
from tests.tabs import PEOPLE, home_with_people

KEY = re.compile(r'"\$\$ID-[0-9a-f]+-([\w.]+)')
NOTHING_TO_PRESS = {"account.box", "account.clear", "account.cleared"}
"""What only holds others together, or clears the browser's tab."""


def cases():
    """All of them at full size; else nobody on every page, and one who is refused; and whom all pages open for."""
    people = [None, "dis", *PEOPLE]
    for page in PAGES:
        refused = [name for name, role in PEOPLE.items() if not ALLOWED[Role(role)].intersection(PAGES[page].acts)]
        for name in people if FULL else [None, *refused[:1]]:
            yield name, page
    if not FULL:
        yield "vic", "home"
        yield "lea", "settings"


def test_a_page_that_is_requested_first_opens_for_whom_the_table_says(tmp_path, proven_once):
    """Streamlit runs the page's own script then, without Home.py: nothing but its first statement stands before it."""
    asked = list(cases())
    done = subprocess.run(
        [sys.executable, "-m", "tests.tabs", "first_requests", json.dumps(asked)],
        cwd=ROOT,
        env=home_with_people(tmp_path),
        capture_output=True,
        text=True,
        timeout=300,
    )
    answers = [json.loads(line) for line in done.stdout.splitlines() if line]
    assert [(answer["person"], answer["page"]) for answer in answers] == asked, done.stderr[-3000:]
    for answer in answers:
        name, page, said = answer["person"], answer["page"], answer["said"]
        keys = set(KEY.findall(said)) - NOTHING_TO_PRESS
        if name is None:
            assert keys == {"account.sign_in"}, answer
        elif name == "dis":
            assert keys == {"account.again", "account.sign_out"}, answer
        elif not ALLOWED[Role(PEOPLE[name])].intersection(PAGES[page].acts):
            assert "which does not include it" in said, answer
            assert keys == {f"{page}.refused", "account.sign_out"}, answer
        else:
            assert "which does not include it" not in said, answer
            assert "account.sign_out" in keys, answer
    proven_once(
        f"{len(answers)} first requests, each in a process of its own; every page opened for whom docs/roles.csv says"
    )
