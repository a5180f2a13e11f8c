"""Many raters at the same moment, each a process with connections of its own: nothing twice, nothing lost."""

import os
from collections import Counter

import pytest

from core.domain.queue import QueueSettings
from core.services.workspace import Workspace
from core.store.tables import Item, Lease, LegacyInteraction, Rating, RatingEvent
from tests.databases import added, at_once, finished, rater, start_python
from tests.proofs.conftest import scaled

pytestmark = pytest.mark.slow

RATE_TO_THE_END = """
    import os, sys
    from core.services.people import local_names
    from core.services.rating import rating
    from core.services.workspace import open_workspace
    from tests import looked
    workspace = open_workspace()
    me = local_names.rate_as(workspace, "cookie of " + sys.argv[1], sys.argv[1])
    os.write(1, b"ready\\n")
    sys.stdin.readline()
    while (item := looked.next_item(workspace, me)) is not None:
        number = item.interaction.interaction_id
        value = (number + len(sys.argv[1])) % 5 + 1
        receipt = rating.rate(
            workspace, me, number, value, showing=item.showing, request_id=f"{item.request_id}:{value}", shown_ms=1
        )
        print(receipt.number, number, value)
"""


def test_many_raters_share_the_queue(workspace: Workspace, environ, proven) -> None:
    """Every answer gets exactly the ratings it wants, each acknowledged one is there once, by somebody different."""
    raters, answers = scaled(4, 20), scaled(100, 500)
    for number in range(answers):
        added(workspace, f"prompt {number // 3}", f"answer {number}")
    names = [f"Rater {'x' * number}" for number in range(raters)]
    people = {name: rater(workspace, name).rater_id for name in names}
    processes = [start_python(RATE_TO_THE_END, environ, name) for name in names]
    at_once(processes)
    printed = finished(processes, timeout=scaled(60, 600))
    acknowledged = [
        (people[name], *map(int, line.split()))
        for name, out in zip(names, printed, strict=True)
        for line in out.splitlines()
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
        f"{raters} processes, {answers} answers, {len(stored)} ratings, each acknowledged and there once; "
        f"{answers // 10} answers with two raters, none with more; {share:.0%} served at random; {os.cpu_count()} cores"
    )
