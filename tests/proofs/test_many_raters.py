"""Many raters at the same moment, at two servers on one database: nothing twice, nothing lost."""

import os
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from core.domain.queue import QueueSettings
from core.services.workspace import Workspace
from core.store.tables import Item, Lease, LegacyInteraction, Rating, RatingEvent
from tests.databases import added, rater
from tests.desk import OpenDesk, rate_to_the_end
from tests.proofs.conftest import scaled
from tests.proofs.killing import Servers

pytestmark = pytest.mark.slow


def test_many_raters_at_the_desk_share_the_queue(
    workspace: Workspace, environ, servers: Servers, at_the_desk: OpenDesk, proven
) -> None:
    """Every answer gets exactly the ratings it wants, each acknowledged one is there once, by somebody different.

    Half of them rate at one server, half at another on the same database.
    """
    raters, answers = scaled(4, 20), scaled(100, 500)
    for number in range(answers):
        added(workspace, f"prompt {number // 3}", f"answer {number}")
    names = [f"Rater {'x' * number}" for number in range(raters)]
    with servers.serve(environ) as one, servers.serve(environ) as other:
        desks = [at_the_desk((one, other)[n % 2].url, workspace, name) for n, name in enumerate(names)]
        with ThreadPoolExecutor(raters) as pool:
            done = list(pool.map(rate_to_the_end, desks, [value_of(len(name)) for name in names]))
    people = [rater(workspace, name).rater_id for name in names]
    acknowledged = [
        (person, receipt["number"], number, (number + len(name)) % 5 + 1)
        for person, name, receipts in zip(people, names, done, strict=True)
        for number, receipt in receipts.items()
    ]
    with workspace.store.read() as session:
        stored = {(r.rater_id, r.interaction_id): r.rating or 0 for r in session.query(Rating)}
        events = {event.event_id: event for event in session.query(RatingEvent)}
        items = {item.interaction_id: item for item in session.query(Item)}
        mirrored = {row.interaction_id: row.rating for row in session.query(LegacyInteraction)}
        leases = session.query(Lease).count()
    wanted = {number: QueueSettings().wanted(number) for number in items}
    assert Counter(number for _, number in stored) == wanted
    assert sum(wanted.values()) - answers == answers // 10
    assert {(who, number): value for who, _, number, value in acknowledged} == stored
    assert len(acknowledged) == len(stored) == len(events)
    for who, receipt, number, value in acknowledged:
        event = events[receipt]
        assert (event.rater_id, event.interaction_id, event.new["rating"]) == (who, number, value)
    for number, item in items.items():
        own = sorted(value for (_, said), value in stored.items() if said == number)
        assert (item.n_ratings, item.consensus, item.places) == (len(own), sum(own) / len(own), 0)
        assert mirrored[number] == int(sum(own) / len(own))
    assert leases == 0
    assert sum(event.chosen == "random" for event in events.values()) >= len(events) / 5
    share = sum(event.chosen == "random" for event in events.values()) / len(events)
    proven(
        f"{raters} raters at two servers, {answers} answers, {len(stored)} ratings, each acknowledged and there once; "
        f"{answers // 10} answers with two raters, none with more; {share:.0%} served at random; {os.cpu_count()} cores"
    )


def value_of(extra: int) -> Callable[[int], int]:
    """What a rater says of an answer, differing from rater to rater."""
    return lambda number: (number + extra) % 5 + 1


def test_desk_keeps_nothing_ahead_that_another_rater_could_have(
    workspace: Workspace, environ, servers: Servers, at_the_desk: OpenDesk, proven
) -> None:
    """Whose tab is gone without a word keeps the answer on its screen; what was kept ahead goes to whoever is there."""
    numbers = {added(workspace, f"prompt {number}", f"answer {number}") for number in range(scaled(10, 40))}
    with servers.serve(environ) as server:
        gone = [at_the_desk(server.url, workspace, name) for name in ("Ben", "Mia", "Zoe")]
        assert all(len(desk.items) == 2 for desk in gone)
        on_screens = {desk.items[0]["id"] for desk in gone}
        ana = at_the_desk(server.url, workspace, "Ana")
        rated = set()
        while ana.shown is not None:
            rated.add(ana.shown["id"])
            ana.rate(4)
        assert ana.said["why_empty"]["kind"] == "others"
    # of every ten answers one wants two raters, so that it can be on somebody's screen and be rated all the same
    assert numbers - rated <= on_screens
    assert len(numbers - rated) >= 2
    left = len(numbers - rated)
    proven(f"{len(numbers)} answers, three tabs gone without a word, all rated but the {left} on screens")
