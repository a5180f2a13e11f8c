"""Second looks: blind, never silent, and without a trace in rating,
consensus and mirror unless the rater changes it.
"""

from datetime import UTC, datetime, timedelta

import pytest

from core.domain.errors import BadInput, Conflict
from core.domain.roles import COMMAND_LINE
from core.domain.second_looks import RepeatSettings, place
from core.services.data import interactions
from core.services.rating import rating
from core.services.review import second_looks
from core.store.review.agreement import repeats
from core.store.review.second_looks import surprising
from core.store.tables import Audit, Item, LegacyInteraction, Rating, RatingEvent
from core.store.training import runs
from tests import looked
from tests.databases import added, rater


@pytest.fixture
def ana(workspace):
    """The rater."""
    return rater(workspace, "Ana")


def rated(workspace, user, *values: int) -> list[int]:
    """Answers that this rater rated so."""
    numbers = [added(workspace, f"prompt {n}", f"answer {n}") for n in range(len(values))]
    for number, value in zip(numbers, values, strict=True):
        looked.rate(workspace, user, number, value, comment="mine")
    return numbers


def predicted(workspace, scores: dict[int, float], *, days: int = 8) -> None:
    """A finished training whose out-of-fold scores were these, on ratings that were given so many days ago."""
    with workspace.store.write() as session:
        run = runs.start(session, "pair", 0, "Lea", "elsewhere:1")
        runs.save_predictions(session, run.run_id, [(number, 0, score) for number, score in scores.items()])
        runs.finish(session, run.run_id, "finished", "done", model_version=f"v{run.run_id}")
    aged(workspace, days)


def aged(workspace, days: int) -> None:
    """Every rating was given so many days ago."""
    with workspace.store.write() as session:
        for one in session.query(Rating):
            one.updated_at = datetime.now(UTC) - timedelta(days=days)


def standing(workspace, number: int) -> tuple[object, ...]:
    """Everything that looking again must not touch."""
    with workspace.store.read() as session:
        item, row = session.get(Item, number), session.get(LegacyInteraction, number)
        (own_rating,) = session.query(Rating).filter_by(interaction_id=number)
        return (
            item.consensus,
            item.mirrored_rating,
            row.rating,
            row.updated_dt,
            own_rating.rating,
            own_rating.comment,
            own_rating.updated_at,
        )


def waiting(workspace, user) -> list[int]:
    """Which answers come back, in the order in which they are shown, looked at with the same rating as before."""
    seen = []
    while (found := second_looks.next_look(workspace, user)) is not None:
        number = found.interaction.interaction_id
        seen.append(number)
        with workspace.store.read() as session:
            before = session.query(Rating).filter_by(interaction_id=number).one().rating
        assert looked.look(workspace, user, number, before).receipt is not None
    return seen


def all_come_back(monkeypatch) -> None:
    monkeypatch.setattr(RepeatSettings, "comes_back", lambda self, rater_id, interaction_id: True)


def test_only_ratings_that_the_model_contradicts_come_back(workspace, ana):
    """Good ratings it holds for poor and the other way round; none without a training."""
    good, poor, surprising_good, surprising_poor = rated(workspace, ana, 5, 1, 4, 2)
    assert second_looks.next_look(workspace, ana) is None
    predicted(workspace, {good: 0.9, poor: 0.2, surprising_good: 0.1, surprising_poor: 0.8})
    expected = sorted([surprising_good, surprising_poor], key=lambda number: place(ana.rater_id, number))
    assert waiting(workspace, ana) == expected


def test_what_surprises_comes_back_days_later(workspace, ana):
    """Not minutes after the rating, when the rater remembers it; as late as a lead set for repeats."""
    (number,) = rated(workspace, ana, 5)
    predicted(workspace, {number: 0.1}, days=6)
    assert second_looks.next_look(workspace, ana) is None
    with pytest.raises(Conflict):
        looked.look(workspace, ana, number, 3)
    second_looks.change_settings(workspace, ana, RepeatSettings(4, 5))
    assert waiting(workspace, ana) == [number]


def test_the_same_rating_is_noted_and_the_answer_does_not_return(workspace, ana):
    """One event; rating, consensus, mirror and times are as before, also after the next look."""
    (number,) = rated(workspace, ana, 5)
    predicted(workspace, {number: 0.1})
    before = standing(workspace, number)
    assert looked.look(workspace, ana, number, 5).receipt.number > 0
    assert standing(workspace, number) == before
    assert second_looks.next_look(workspace, ana) is None
    last = interactions.history(workspace, COMMAND_LINE, number)[-1]
    assert (last.action, last.old, last.new) == ("kept", "5", "5")


def test_another_rating_stores_nothing_until_the_rater_has_chosen(workspace, ana):
    """Never silently: the old rating is shown, and the rater says which one counts."""
    (number,) = rated(workspace, ana, 5)
    predicted(workspace, {number: 0.1})
    before = standing(workspace, number)
    said = looked.look(workspace, ana, number, 2)
    assert (said.receipt, said.before) == (None, 5)
    assert standing(workspace, number) == before
    assert len(interactions.history(workspace, COMMAND_LINE, number)) == 1


@pytest.mark.every_database
@pytest.mark.parametrize("change", [True, False])
def test_the_chosen_rating_counts_and_both_are_in_the_history(workspace, ana, change):
    """Changed: consensus and mirror follow, the comment stays. Kept: they are as before.
    Either way it does not return.
    """
    (number,) = rated(workspace, ana, 5)
    predicted(workspace, {number: 0.1})
    looked.choose(workspace, ana, number, 2, change=change)
    consensus, mirrored, legacy, _, own_rating, comment, _ = standing(workspace, number)
    assert (consensus, mirrored, legacy, own_rating) == ((2.0, 2, 2, 2) if change else (5.0, 5, 5, 5))
    assert comment == "mine"
    last = interactions.history(workspace, COMMAND_LINE, number)[-1]
    assert (last.action, last.old, last.new) == ("changed" if change else "kept", "5", "2")
    assert second_looks.next_look(workspace, ana) is None
    with pytest.raises(Conflict, match="Nothing was saved twice"):
        looked.choose(workspace, ana, number, 1, change=True)


def test_a_rating_that_is_given_anew_can_surprise_again(workspace, ana):
    """What was kept once comes back only when the rater has rated it since and a model contradicts it."""
    (number,) = rated(workspace, ana, 5)
    predicted(workspace, {number: 0.1})
    looked.look(workspace, ana, number, 5)
    looked.rate(workspace, ana, number, 4)
    with workspace.store.read() as session:
        in_days = datetime.now(UTC) + timedelta(days=8)
        assert surprising(session, ana.rater_id, 4, in_days) == [number]


def test_a_repeat_changes_nothing_and_is_asked_once(workspace, ana, monkeypatch):
    """After days, blind: whatever is said is an event, and agreement finds both ratings."""
    all_come_back(monkeypatch)
    (number,) = rated(workspace, ana, 5)
    assert second_looks.next_look(workspace, ana) is None  # not yet
    aged(workspace, 8)
    before = standing(workspace, number)
    assert looked.look(workspace, ana, number, 3).receipt is not None
    assert standing(workspace, number) == before
    assert second_looks.next_look(workspace, ana) is None
    with workspace.store.read() as session:
        assert repeats(session) == {"Ana": [(5, 3)]}
    assert rating.rated_today(workspace, ana) == 1
    with pytest.raises(Conflict):
        looked.look(workspace, ana, number, 4)


def test_a_resent_request_is_stored_once(workspace, ana, monkeypatch):
    """The same request again finds what it stored, though the answer no longer waits."""
    all_come_back(monkeypatch)
    (number,) = rated(workspace, ana, 5)
    aged(workspace, 8)
    first = looked.look(workspace, ana, number, 3, request_id="r1")
    assert looked.look(workspace, ana, number, 3, request_id="r1") == first
    with workspace.store.read() as session:
        assert session.query(RatingEvent).filter_by(action="repeat").count() == 1


def test_about_the_wanted_share_comes_back_and_always_the_same():
    """4 percent of many, the same choice at every look, another one for another rater."""
    wanted = RepeatSettings()
    chosen = [number for number in range(20_000) if wanted.comes_back(1, number)]
    assert 0.035 < len(chosen) / 20_000 < 0.045
    assert chosen == [number for number in range(20_000) if wanted.comes_back(1, number)]
    assert chosen != [number for number in range(20_000) if wanted.comes_back(2, number)]


def test_nobody_gets_somebody_elses_answers(workspace, ana):
    """Second looks are at one's own ratings."""
    (number,) = rated(workspace, ana, 5)
    predicted(workspace, {number: 0.1})
    ben = rater(workspace, "Ben")
    assert second_looks.next_look(workspace, ben) is None
    with pytest.raises(Conflict):
        looked.look(workspace, ben, number, 3)


def test_a_lead_sets_share_and_days(workspace, ana):
    """Within 3 to 5 percent; written into the record; anything else is refused."""
    second_looks.change_settings(workspace, ana, RepeatSettings(5, 3))
    assert second_looks.get_settings(workspace, COMMAND_LINE) == RepeatSettings(5, 3)
    with workspace.store.read() as session:
        (act,) = session.query(Audit).filter_by(action="changed second looks")
    assert act.new == {"share": 5, "days": 3}
    for wrong in (RepeatSettings(2, 7), RepeatSettings(6, 7), RepeatSettings(4, 0)):
        with pytest.raises(BadInput, match="Nothing was changed"):
            second_looks.change_settings(workspace, ana, wrong)
