"""Second opinions at the desk: a further person gets a queue, and what a lead asks for is served, nothing else."""

import csv
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from core.domain.queue import QueueSettings
from core.domain.roles import COMMAND_LINE
from core.services.data import importing
from core.services.rating import queue, second_opinions
from core.services.rating.second_opinions import FURTHER, AskFor
from core.services.review import agreement
from core.services.workspace import Workspace
from core.store.tables import Item, Rating
from tests.databases import rater
from tests.desk import OpenDesk, rate_to_the_end
from tests.proofs.conftest import scaled
from tests.proofs.killing import Servers

pytestmark = pytest.mark.slow


@pytest.fixture
def answers(workspace: Workspace, tmp_path: Path) -> int:
    """So many answers that Ida rated elsewhere."""
    number = scaled(60, 1_929)
    file = tmp_path / "rated.csv"
    with file.open("w", newline="", encoding="utf-8") as out:
        rows = csv.writer(out)
        rows.writerow(["user_prompt", "ai_response", "rating", "rater"])
        rows.writerows([f"prompt {n // 3}", f"answer {n}", 1 + n % 5, "Ida"] for n in range(number))
    list(importing.import_file(workspace, COMMAND_LINE, file))
    return number


def asked(workspace: Workspace) -> set[int]:
    """What waits for a rating."""
    with workspace.store.read() as session:
        return {item.interaction_id for item in session.query(Item).filter(Item.places > 0)}


def ratings(workspace: Workspace) -> Counter[int]:
    """How many ratings each answer has."""
    with workspace.store.read() as session:
        return Counter(rating.interaction_id for rating in session.query(Rating))


def test_a_second_person_gets_a_queue_of_imported_answers(
    workspace: Workspace, environ, servers: Servers, at_the_desk: OpenDesk, answers: int, proven
) -> None:
    """Nothing waits after the import; one press opens a queue of rated answers, and agreement can be measured."""
    assert agreement.measure(workspace, COMMAND_LINE).items == 0
    with servers.serve(environ) as server:
        ben = at_the_desk(server.url, workspace, "Ben")
        assert (ben.shown, ben.said["why_empty"]["second"]) == (None, True)
        ben.ask("choose", order="oldest", filters={"second": True})
        ben.open()
        done = rate_to_the_end(ben, lambda number: 1 + number % 5)
    assert len(done) == min(FURTHER, answers)
    assert {number: ratings(workspace)[number] for number in done} == dict.fromkeys(done, 2)
    found = agreement.measure(workspace, COMMAND_LINE)
    assert found.items == len(done)
    assert found.alpha.value is not None
    proven(
        f"{answers:,} imported answers of one rater, one press: {len(done)} of them served to a second person; "
        f"agreement on {found.items}"
    )


def test_third_ratings_that_a_lead_asks_for_are_what_the_queue_serves(
    workspace: Workspace, environ, servers: Servers, at_the_desk: OpenDesk, answers: int, proven
) -> None:
    """Twenty answers get a third rating each, all others none, though several people rate at once at two servers."""
    lead = rater(workspace, "Lena")
    queue.change_settings(workspace, lead, QueueSettings(overlap=0))
    assert second_opinions.ask(workspace, lead, AskFor(answers // 2, 2)) == answers // 2
    names = [f"Rater {'x' * n}" for n in range(scaled(3, 8))]
    with servers.serve(environ) as one, servers.serve(environ) as other:
        second = at_the_desk(one.url, workspace, "Ben")
        assert len(rate_to_the_end(second, lambda number: 3)) == answers // 2
        before = ratings(workspace)
        assert second_opinions.ask(workspace, lead, AskFor(20, 3, rater="Ben")) == 20
        wanted = asked(workspace)
        assert {before[number] for number in wanted} == {2}
        desks = [at_the_desk((one, other)[n % 2].url, workspace, name) for n, name in enumerate(names)]
        with ThreadPoolExecutor(len(desks) + 1) as pool:
            jobs = [pool.submit(rate_to_the_end, desk, lambda number: 4) for desk in [*desks, second.open()]]
            *done, again = [job.result() for job in jobs]
    served = Counter(number for of_one in done for number in of_one)
    assert served == Counter(wanted)
    assert again == {}
    assert ratings(workspace) - before == Counter(wanted)
    assert asked(workspace) == set()
    proven(
        f"{answers:,} answers, {answers // 2:,} with two ratings; a third one asked for on 20: {len(desks)} raters at "
        f"two servers got exactly these, each once, and nobody one they had rated"
    )
