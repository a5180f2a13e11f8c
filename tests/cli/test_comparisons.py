"""`comparisons`: pairs are opened, told and closed."""

import json

from core.domain.comparisons.picks import FROM_A_LEAD
from tests.cli.test_commands import cli  # noqa: F401  a fixture
from tests.databases import added


def test_pairs_are_opened_told_and_closed(cli, workspace):  # noqa: F811
    """What was opened and how far it is, as JSON; a wrong number and an option of another action are one sentence."""
    code, lines, _ = cli("comparisons")
    assert (code, lines) == (0, ["No pair was opened yet."])
    for side in "ab":
        added(workspace, "question", side)
    code, lines, err = cli("comparisons", "open", "--pairs", 5, "--raters", 1, "--json")
    assert (code, err, lines[0]) == (0, "", "Opened 1 pair.")
    found = json.loads(lines[-1])
    assert found["changed"] == 1
    assert found["opened"] == [{"served_for": FROM_A_LEAD, "pairs": 1, "done": 0, "comparisons": 0}]
    assert found["agreement"]["value"] is None
    code, lines, err = cli("comparisons", "close", "--json")
    assert (code, json.loads(lines[-1])["changed"]) == (0, 1)
    assert cli("comparisons", "open", "--pairs", 0)[0] == 2
    code, _, err = cli("comparisons", "open", "--session", "ward 9")
    assert (code, err.startswith("No answer here belongs to this session.")) == (2, True)
    code, _, err = cli("comparisons", "close", "--pairs", 5)
    assert code == 2
    assert len(err.splitlines()) == 1
