"""Who may do what: the table for people and the code say the same."""

import ast
import csv
import inspect
import textwrap
from pathlib import Path

import pytest

from core.domain.roles import ALLOWED, Act, NotAllowed, Role, User, require
from tests.who_may import ASKS_NOBODY, NEEDS, public_functions

TABLE = Path(__file__).parents[1] / "docs" / "roles.csv"


def test_the_table_for_people_says_what_the_code_allows():
    """Every act stands in docs/roles.csv once, with yes and no exactly as the code decides."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["act"] for row in rows] == [str(act) for act in Act]
    for row in rows:
        for role in Role:
            assert row[role] == ("yes" if Act(row["act"]) in ALLOWED[role] else "no"), (row["act"], role)


def test_an_act_beyond_the_role_is_refused_in_a_sentence():
    """The sentence names the role and says that nothing was changed."""
    with pytest.raises(NotAllowed, match=r"viewer.*Nothing was changed"):
        require(User(1, "Vic", Role.VIEWER), Act.RATE)
    require(User(1, "Ana", Role.SME), Act.RATE)


def test_every_service_function_is_listed_with_what_it_needs():
    """A new function of the services belongs in tests/who_may.py: with an act, or with the reason why it asks
    nobody.
    """
    listed = [*NEEDS, *(name for names in ASKS_NOBODY.values() for name in names)]
    assert sorted(listed) == sorted(public_functions())


def test_every_service_function_asks_first():
    """Its first statement is the check, with the act that tests/who_may.py says; it has no default user."""
    functions = public_functions()
    for name, act in NEEDS.items():
        assert inspect.signature(functions[name]).parameters["user"].default is inspect.Parameter.empty, name
        (written,) = ast.parse(textwrap.dedent(inspect.getsource(functions[name]))).body
        assert isinstance(written, ast.FunctionDef)
        first = written.body[1] if ast.get_docstring(written) else written.body[0]
        assert ast.unparse(first) == f"workspace.require(user, Act.{act.name})", name
