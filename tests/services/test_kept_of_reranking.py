"""Cases and preferences: kept only under a name, deletable, audited without texts, and carried by an export."""

import json
import threading
from pathlib import Path

import pytest

from core.domain.errors import BadInput, NotFound
from core.domain.roles import COMMAND_LINE, Role, User
from core.services.data.exporting import export
from core.services.reranking import cases, preferences
from core.services.workspace import Workspace
from tests.databases import Plain, rater

TEXTS = ["Cool it, café ☕", "Butter!", "שלום"]


def exported(workspace: Workspace, folder: Path) -> list[dict[str, str]]:
    export(workspace, COMMAND_LINE, "preferences", folder / "p.jsonl")
    return [json.loads(line) for line in (folder / "p.jsonl").read_text().splitlines()]


def test_a_case_comes_back_as_it_was_and_can_be_deleted(workspace: Workspace, old_app: Plain) -> None:
    """Texts unchanged; an expert sees their own, a lead everybody's; nobody deletes another's case but a lead."""
    ben, ana = rater(workspace, "Ben"), rater(workspace, "Ana")
    ana_rates = User(ana.rater_id, "Ana", Role.SME)
    number = cases.save(workspace, ana_rates, "  burns \n short ", "What now?", TEXTS)
    (found,) = cases.listed(workspace, ana_rates)
    assert (found.name, found.saved_by, found.prompt, list(found.texts)) == ("burns short", "Ana", "What now?", TEXTS)
    ben_rates = User(ben.rater_id, "Ben", Role.SME)
    assert cases.listed(workspace, ben_rates) == []
    assert len(cases.listed(workspace, ben)) == 1
    with pytest.raises(NotFound):
        cases.delete(workspace, ben_rates, number)
    cases.delete(workspace, ana_rates, number)
    assert cases.listed(workspace, ana_rates) == []
    with pytest.raises(NotFound):
        cases.delete(workspace, ben, number)
    kept = old_app.run("SELECT actor, action, subject, new FROM assay_audit ORDER BY audit_id")
    assert [row[:3] for row in kept][-2:] == [
        (ana_rates.key, "saved case", f"case {number}"),
        (ana_rates.key, "deleted case", f"case {number}"),
    ]
    assert "Butter" not in str(kept)


@pytest.mark.parametrize(
    "name, prompt, texts",
    [
        (" ", "Q?", ["a"]),
        ("n" * 101, "Q?", ["a"]),
        ("n", " ", ["a"]),
        ("n", "Q?", []),
        ("n", "Q?", ["x" * 1_000_001]),
        ("n", "Q?", ["\x00"]),
    ],
)
def test_a_case_that_cannot_be_kept_is_a_sentence(
    workspace: Workspace, name: str, prompt: str, texts: list[str]
) -> None:
    """No name, too long a name, nothing in it, too much, or what no database stores."""
    ana = rater(workspace)
    with pytest.raises(BadInput):
        cases.save(workspace, ana, name, prompt, texts)
    assert cases.listed(workspace, ana) == []


def test_an_order_becomes_pairs_under_the_name(workspace: Workspace, old_app: Plain, tmp_path: Path) -> None:
    """Picked before picked, picked before left out, nothing among those left out; equal texts are no pair."""
    ana = rater(workspace)
    texts = ["a", "b", "c", "d", "a"]
    assert preferences.keep(workspace, ana, "Q?", texts, [2, 0], model_version="m") == 5
    rows = exported(workspace, tmp_path)
    assert {(row["chosen"], row["rejected"]) for row in rows} == {
        ("c", "a"),
        ("c", "b"),
        ("c", "d"),
        ("a", "b"),
        ("a", "d"),
    }
    assert {(row["prompt"], row["rater"], row["model_version"]) for row in rows} == {("Q?", "Ana", "m")}
    assert preferences.count_own(workspace, ana, " q?  ") == 5
    assert "'b'" not in str(old_app.run("SELECT action, subject, old, new FROM assay_audit"))


def test_the_latest_word_on_two_answers_counts(workspace: Workspace, tmp_path: Path) -> None:
    """Another order replaces what it contradicts; another rater's stays; taken back, only one's own go."""
    ben, ana = rater(workspace, "Ben"), rater(workspace, "Ana")
    preferences.keep(workspace, ana, "Q?", ["a", "b"], [0, 1], model_version=None)
    preferences.keep(workspace, ben, "Q?", ["a", "b"], [0, 1], model_version=None)
    preferences.keep(workspace, ana, "Q?", ["b", "a"], [0], model_version="m")
    found = {(row["rater"], row["chosen"], row["rejected"]) for row in exported(workspace, tmp_path)}
    assert found == {("Ana", "b", "a"), ("Ben", "a", "b")}
    assert preferences.withdraw(workspace, ana, "Q?") == 1
    assert [row["rater"] for row in exported(workspace, tmp_path)] == ["Ben"]


def test_two_tabs_at_once_leave_one_word(workspace: Workspace, tmp_path: Path) -> None:
    """The same rater keeps opposite orders at the same moment: both succeed, and one of them stands."""
    ana, failed = rater(workspace), []
    start = threading.Barrier(2)

    def keep(order: list[int]) -> None:
        start.wait()
        try:
            preferences.keep(workspace, ana, "Q?", ["a", "b", "c"], order, model_version=None)
        except Exception as error:
            failed.append(error)

    threads = [threading.Thread(target=keep, args=(order,)) for order in ([0, 1, 2], [2, 1, 0])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    better = sorted(row["chosen"] for row in exported(workspace, tmp_path))
    assert better in (["a", "a", "b"], ["b", "c", "c"])  # one order whole, not some of each


@pytest.mark.parametrize("picked", [[], [7], [-1]])
def test_an_order_of_nothing_is_refused(workspace: Workspace, picked: list[int]) -> None:
    """Nothing picked, or what is not there."""
    with pytest.raises(BadInput):
        preferences.keep(workspace, rater(workspace), "Q?", ["a", "b"], picked, model_version=None)


def test_nothing_is_kept_without_a_name(workspace: Workspace) -> None:
    """Somebody at this machine who has not said who they are."""
    nobody = User(0, "local")
    with pytest.raises(BadInput, match="name"):
        cases.save(workspace, nobody, "n", "Q?", ["a"])
    with pytest.raises(BadInput, match="name"):
        preferences.keep(workspace, nobody, "Q?", ["a", "b"], [0], model_version=None)
