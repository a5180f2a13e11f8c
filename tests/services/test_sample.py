"""The sample: for looking around, and out of the way as soon as own data arrives."""

import json

import pytest

from core.domain.errors import Conflict
from core.domain.roles import COMMAND_LINE
from core.labeling.how_to_read import HowToRead
from core.services.data import interactions
from core.services.data.exporting import export
from core.services.data.importing import import_file, load_sample, recorded, remove_sample
from core.services.operations.status import status
from core.services.training.readiness import readiness
from core.store.tables import Item, LegacyInteraction, Rating
from tests import looked
from tests.databases import added, rater


@pytest.fixture
def sampled(workspace):
    """A database with the sample."""
    load_sample(workspace, COMMAND_LINE)
    return workspace


def test_the_sample_has_what_is_promised(workspace):
    """184 rated and 20 unrated answers to at least 40 prompts, by two raters who sometimes differ."""
    result = load_sample(workspace, COMMAND_LINE)
    assert (result.added, result.rejected_total) == (204, 0)
    found = status(workspace, COMMAND_LINE)
    assert (found.interactions, found.rated, found.unrated, found.sample) == (204, 184, 20, True)
    assert found.next_threshold == 200
    ready = readiness(workspace, COMMAND_LINE)
    assert ready.sample
    assert ready.facts.shape.prompts >= 40
    assert len(ready.facts.by_rater) == 2
    assert any(value % 1 for value in ready.by_consensus)


def test_the_sample_needs_an_empty_database(workspace):
    """With any interaction there, own or sample, loading it is refused and changes nothing."""
    added(workspace)
    with pytest.raises(Conflict, match="empty database"):
        load_sample(workspace, COMMAND_LINE)
    assert status(workspace, COMMAND_LINE).interactions == 1


def test_the_sample_cannot_be_loaded_twice(sampled):
    """A second load is refused."""
    with pytest.raises(Conflict, match="empty database"):
        load_sample(sampled, COMMAND_LINE)
    assert status(sampled, COMMAND_LINE).interactions == 204


def test_rows_of_the_old_application_count_as_own_data(workspace, old_app):
    """What the old application just inserted keeps the sample out."""
    old_app.run("INSERT INTO rlhf_interactions (user_prompt, ai_response) VALUES ('p', 'a')")
    with pytest.raises(Conflict):
        load_sample(workspace, COMMAND_LINE)


def test_the_sample_is_removed_in_one_action(sampled):
    """Removing takes every sample answer, its ratings (people's too) and the record of its loading;
    it can be loaded again.
    """
    ana = rater(sampled)
    offered = looked.next_item(sampled, ana)
    assert offered is not None
    looked.rate(sampled, ana, offered.interaction.interaction_id, 4)
    assert remove_sample(sampled, COMMAND_LINE) == 204
    assert recorded(sampled, COMMAND_LINE) == []
    with sampled.store.read() as session:
        assert [session.query(table).count() for table in (LegacyInteraction, Item, Rating)] == [0, 0, 0]
    assert load_sample(sampled, COMMAND_LINE).added == 204


def test_removing_the_sample_leaves_own_data(sampled):
    """Own answers and their ratings stay when the sample goes."""
    own, ana = added(sampled), rater(sampled)
    looked.rate(sampled, ana, own, 4)
    assert remove_sample(sampled, COMMAND_LINE) == 204
    found = status(sampled, COMMAND_LINE)
    assert (found.interactions, found.rated, found.sample) == (1, 1, False)
    assert remove_sample(sampled, COMMAND_LINE) == 0


@pytest.mark.every_database
@pytest.mark.parametrize("arrives", ["added", "imported", "old application"])
def test_the_sample_steps_aside_for_own_data(sampled, old_app, tmp_path, arrives):
    """As soon as own data is there, counts, checks, queue and exports see only that, however it arrived."""
    if arrives == "added":
        interactions.add(sampled, COMMAND_LINE, "own prompt", "own answer")
    elif arrives == "imported":
        (tmp_path / "own.csv").write_text("user_prompt,ai_response\nown prompt,own answer\n")
        list(import_file(sampled, COMMAND_LINE, tmp_path / "own.csv"))
    else:
        old_app.run("INSERT INTO rlhf_interactions (user_prompt, ai_response) VALUES ('own prompt', 'own answer')")
    found = status(sampled, COMMAND_LINE, at_once=True)
    assert (found.interactions, found.rated, found.sample) == (1, 0, False)
    ready = readiness(sampled, COMMAND_LINE)
    assert (ready.facts.rated, ready.by_consensus, ready.per_day, ready.facts.by_rater) == (0, {}, [], {})
    ana = rater(sampled)
    offered = looked.next_item(sampled, ana)
    assert offered is not None
    assert offered.interaction.prompt == "own prompt"
    looked.rate(sampled, ana, offered.interaction.interaction_id, 4)
    assert looked.next_item(sampled, ana) is None
    for kind in ("ratings", "gold", "kto"):
        assert export(sampled, COMMAND_LINE, kind, tmp_path / f"{kind}.csv").rows == 1


def test_own_data_that_repeats_the_sample_is_not_lost_with_it(sampled, tmp_path):
    """An imported row that equals one of the sample becomes own data and survives the removal of the sample."""
    with sampled.store.read() as session:
        row = session.query(LegacyInteraction).join(Item).filter(Item.consensus.is_(None)).first()
        assert row is not None
        prompt, answer = row.user_prompt, row.ai_response
    (tmp_path / "own.jsonl").write_text(json.dumps({"user_prompt": prompt, "ai_response": answer, "rating": 4}))
    *_, result = import_file(sampled, COMMAND_LINE, tmp_path / "own.jsonl", HowToRead(rater="Dr. Lima"))
    assert (result.added, result.ratings) == (1, 1)
    remove_sample(sampled, COMMAND_LINE)
    found = status(sampled, COMMAND_LINE)
    assert (found.interactions, found.rated) == (1, 1)
