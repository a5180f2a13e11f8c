"""Many write at once: none of them is told to try again for an accident of the moment, only for what people mean."""

import ast
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

import core.services
from core.domain.errors import Collision, Conflict
from core.domain.queue import QueueSettings
from core.domain.retraining import RetrainSettings
from core.domain.roles import COMMAND_LINE
from core.domain.second_looks import RepeatSettings
from core.services.data import importing
from core.services.rating import queue
from core.services.review import disagreements, guidelines, second_looks
from core.services.training import retraining
from core.services.workspace import Workspace, open_workspace
from core.store import retrying
from tests import looked
from tests.databases import PATIENCE, added, environment, lead, rater

SERVICES = Path(core.services.__file__).parent
ON_ITS_OWN = {
    "people.accounts._changing": "a context manager: set_role and set_disabled, which use it, are run again",
    "reranking.usage.UsageLog.write": "waits for its next turn by itself",
    "operations.backup._after": "nobody else is in a database that was just restored",
}


def together(*acts: Callable[[], object]) -> list[Exception]:
    """Do all of these at the same moment; what went wrong."""
    gate, wrong = threading.Barrier(len(acts)), []

    def run(act: Callable[[], object]) -> None:
        gate.wait(PATIENCE)
        try:
            act()
        except Exception as error:
            wrong.append(error)

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return wrong


def test_every_writing_transaction_of_a_service_is_run_again():
    """A service that opens one is marked with ``retried``, or is named above with the reason why not."""
    bare = set()
    for path in SERVICES.rglob("*.py"):
        tree = ast.parse(path.read_text())
        subject = ".".join(path.relative_to(SERVICES).with_suffix("").parts)
        classes = [node for node in tree.body if isinstance(node, ast.ClassDef)]
        for prefix, body in [(subject, tree.body), *((f"{subject}.{one.name}", one.body) for one in classes)]:
            for function in body:
                if not isinstance(function, ast.FunctionDef) or "store.write()" not in ast.unparse(function):
                    continue
                if "retried" not in map(ast.unparse, function.decorator_list):
                    bare.add(f"{prefix}.{function.name}")
    assert bare == set(ON_ITS_OWN)


def test_trying_again_ends(monkeypatch):
    """What collides every time is said in the end, after a known number of tries, with pauses that differ."""
    tries: list[int] = []
    pauses: list[float] = []
    monkeypatch.setattr(time, "sleep", pauses.append)

    @retrying.retried
    def never() -> None:
        tries.append(1)
        raise Collision("again")

    with pytest.raises(Collision, match="again"):
        never()
    assert len(tries) == retrying.TRIES
    assert len({*pauses}) == len(pauses) == retrying.TRIES - 1
    assert max(pauses) <= retrying.LONGEST_WAIT


def test_settings_and_imports_at_once_all_succeed(workspace: Workspace, tmp_path) -> None:
    """Some 70 changes of settings by several leads, ratings and imports beside them: nobody is told to try again."""
    numbers = [added(workspace, f"prompt {n}", f"answer {n}") for n in range(12)]
    files = []
    for n in range(10):
        files.append(tmp_path / f"{n}.csv")
        rows = "\n".join(f"prompt {n} {k % 7},answer {k},{k % 5 + 1},rater {k % 5}" for k in range(30))
        files[-1].write_text(f"user_prompt,ai_response,rating,rater\n{rows}\n")

    def settings(at: int) -> None:
        for n in range(6):
            wanted = (at + n) % 5 + 1
            queue.change_settings(workspace, COMMAND_LINE, QueueSettings(wanted, 10 * wanted))
            second_looks.change_settings(workspace, COMMAND_LINE, RepeatSettings(3 + wanted % 3, wanted))
            retraining.change_settings(workspace, COMMAND_LINE, RetrainSettings(100 + wanted, 30))

    def rate(at: int) -> None:
        ben = rater(workspace, f"Ben {at}")
        for number in numbers if at % 2 else reversed(numbers):
            looked.rate(workspace, ben, number, 4)
            looked.next_item(workspace, ben)

    def load(at: int) -> None:
        *_, result = importing.import_file(workspace, COMMAND_LINE, files[at])
        assert result.added == 30

    acts = [lambda at=at: settings(at) for at in range(4)]
    acts += [lambda at=at: rate(at) for at in range(3)]
    acts += [lambda at=at: load(at) for at in range(len(files))]
    assert together(*acts) == []


@pytest.mark.postgres
def test_first_settings_of_all_at_the_same_moment(postgres_url, tmp_path) -> None:
    """Nothing was ever set: 24 set it at once, and each is kept in turn with the value that it replaced."""
    workspace = open_workspace(environment(postgres_url, tmp_path / "home"))
    acts = [
        lambda n=n: second_looks.change_settings(workspace, COMMAND_LINE, RepeatSettings(3, n + 1)) for n in range(24)
    ]
    assert together(*acts) == []


def test_two_leads_who_decide_differently_are_still_told(workspace: Workspace) -> None:
    """Trying again is no way around what another person decided."""
    number = added(workspace)
    version = looked.version(workspace, number)
    leads = [lead(workspace, name) for name in ("Lea", "Ben")]
    wrong = together(
        *(
            lambda lead=lead, value=value: disagreements.decide(
                workspace, lead, number, value, seen=version, expected=None
            )
            for lead, value in zip(leads, (1, 5), strict=True)
        )
    )
    assert [str(error) for error in wrong] == [
        "Another lead decided on this answer meanwhile. Nothing was changed; look at it again."
    ]
    wrong = together(*(lambda lead=lead: guidelines.save(workspace, lead, f"by {lead.name}", read=0) for lead in leads))
    assert [type(error) for error in wrong] == [Conflict]
    assert "Another lead saved" in str(wrong[0])
