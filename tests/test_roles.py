"""Who may do what: the table for people and the code say the same."""

import csv
from pathlib import Path

import pytest

from core.domain.roles import ALLOWED, Act, NotAllowed, Role, User, require

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
