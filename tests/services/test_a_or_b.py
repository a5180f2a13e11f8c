"""A or B: which pairs are opened and served to whom, what is stored of a key, undo, agreement, and where it counts."""

import json
import threading
from collections import Counter
from uuid import uuid4

import pytest

from core.domain.comparisons.picks import FROM_A_LEAD, Pick
from core.domain.errors import BadInput, Conflict, NotFound
from core.domain.roles import COMMAND_LINE, NotAllowed, Role, User
from core.services.comparisons import agreement, blind, comparing, opening
from core.services.comparisons.blind import BlindPair, BlindResult
from core.services.comparisons.opening import PairsToOpen
from core.services.data import erasure, importing
from core.services.data.exporting import Marked, export
from core.services.reranking import preferences
from core.store.reranking.preferences import for_training
from core.store.tables import Comparison, ComparisonServing, Item, Preference
from core.store.types import now
from tests import looked
from tests.databases import added, lead, rater


@pytest.fixture
def filled(workspace):
    """Twelve questions with two answers each, as pairs for two people; and one question with one answer."""
    for n in range(12):
        for side in "ab":
            added(workspace, f"question {n}", f"answer {side} to {n}")
    added(workspace, "question alone", "its answer")
    assert opening.open_pairs(workspace, lead(workspace), PairsToOpen(100)) == 12
    return workspace


def say(workspace, user, pick, shown=None, request_id=None):
    """Say this of the pair on the screen, or of this one."""
    shown = shown or comparing.next_pairs(workspace, user)[0]
    request_id = request_id or uuid4().hex
    return comparing.compare(
        workspace, user, shown.comparison_id, pick, showing=shown.showing, request_id=request_id, shown_ms=900
    )


def kept(workspace):
    """The preferences as they are stored, oldest first."""
    with workspace.store.read() as session:
        rows = session.query(Preference).order_by(Preference.preference_id)
        return [(row.chosen, row.rejected, row.outcome, row.served_for) for row in rows]


def exported(workspace, folder, kind):
    export(workspace, COMMAND_LINE, kind, folder / f"{kind}.jsonl", marked=Marked.REFUSE)
    return [json.loads(line) for line in (folder / f"{kind}.jsonl").read_text().splitlines()]


def test_a_lead_opens_questions_with_two_answers(filled):
    """Each question once; filled again there is nothing new, until there is a third answer; nobody else opens any."""
    lea = lead(filled)
    assert opening.open_pairs(filled, lea, PairsToOpen(100)) == 0
    added(filled, "question 3", "a third answer")
    assert opening.open_pairs(filled, lea, PairsToOpen(100)) == 1
    added(filled, "question 4", "answer a to 4", context_id="another case")
    assert opening.open_pairs(filled, lea, PairsToOpen(100)) == 1  # the last pair of question 3; none of two cases
    (waiting,) = opening.standing(filled, lea).waiting
    assert (waiting.served_for, waiting.pairs, waiting.done, waiting.open) == (FROM_A_LEAD, 14, 0, True)
    for wanted in (PairsToOpen(0), PairsToOpen(1, raters=0), PairsToOpen(10_001), PairsToOpen(1, raters=10)):
        with pytest.raises(BadInput, match="Nothing was opened"):
            opening.open_pairs(filled, lea, wanted)
    with pytest.raises(NotAllowed):
        opening.open_pairs(filled, User(rater(filled).rater_id, "Ana", Role.SME), PairsToOpen(1))


def test_a_session_alone_can_be_opened(workspace):
    """Pairs are drawn among the answers of the session only."""
    for session in ("ward", "clinic"):
        for side in "ab":
            added(workspace, f"question of {session}", f"{side} of {session}", session_label=session)
    added(workspace, "question of ward", "elsewhere", session_label="clinic")
    assert opening.open_pairs(workspace, COMMAND_LINE, PairsToOpen(9, session="ward")) == 1
    (pair, *_) = comparing.next_pairs(workspace, rater(workspace))
    assert {pair.left, pair.right} == {"a of ward", "b of ward"}


def test_a_reload_shows_the_same_sides_and_sides_are_drawn(filled):
    """What is on the screen and the one ahead stay; over all pairs of two raters both sides come first."""
    ana, ben = rater(filled, "Ana"), rater(filled, "Ben")
    first = comparing.next_pairs(filled, ana)
    assert [one.shown for one in first] == [True, False]
    assert comparing.next_pairs(filled, ana) == first
    sides: Counter[tuple[str, str]] = Counter()
    for user in (ana, ben):
        while pairs := comparing.next_pairs(filled, user):
            sides[user.name, pairs[0].left.split()[1]] += 1
            say(filled, user, Pick.LEFT, pairs[0])
    assert sum(sides.values()) == 24
    assert len({letter for _, letter in sides}) == 2
    with filled.store.read() as session:
        drawn = {(one.comparison_id, one.rater_id): one.first_left for one in session.query(ComparisonServing)}
    assert len({*drawn.values()}) == 2


@pytest.mark.every_database
@pytest.mark.parametrize("pick", [*Pick])
def test_what_is_said_is_a_preference(filled, tmp_path, pick):
    """The better one is the one on that side; equal and neither say no order, and stay out of pairs and trainings."""
    ana = rater(filled)
    (shown, *_) = comparing.next_pairs(filled, ana)
    receipt = say(filled, ana, pick, shown)
    ((chosen, rejected, outcome, why),) = kept(filled)
    assert {chosen, rejected} == {shown.left, shown.right}
    assert (outcome, why) == ("better" if pick in (Pick.LEFT, Pick.RIGHT) else str(pick), FROM_A_LEAD)
    if outcome == "better":
        assert chosen == (shown.left if pick is Pick.LEFT else shown.right)
    (row,) = exported(filled, tmp_path, "preferences")
    assert (row["rater"], row["outcome"], row["served_for"]) == ("Ana", outcome, FROM_A_LEAD)
    assert len(exported(filled, tmp_path, "pairs")) == (outcome == "better")
    with filled.store.read() as session:
        assert len(for_training(session)) == (outcome == "better")
    assert receipt.number > 0
    *_, again = importing.import_file(filled, COMMAND_LINE, tmp_path / "preferences.jsonl")
    assert len(kept(filled)) == 1  # of a row that says no order comes no preference, whoever reads it
    assert again.rejected_total == 0


def test_the_same_request_stores_once_and_a_second_word_replaces(filled):
    """A request that comes again gets its receipt again; of somebody else's nothing is told."""
    ana, ben = rater(filled, "Ana"), rater(filled, "Ben")
    (shown, *_) = comparing.next_pairs(filled, ana)
    first = say(filled, ana, Pick.LEFT, shown, "request-1")
    assert say(filled, ana, Pick.LEFT, shown, "request-1") == first
    second = say(filled, ana, Pick.EQUAL, shown)
    assert second.number > first.number
    assert [row[2] for row in kept(filled)] == ["equal"]
    (of_ben, *_) = comparing.next_pairs(filled, ben)
    with pytest.raises(Conflict, match="somebody else"):
        say(filled, ben, Pick.LEFT, of_ben, "request-1")


def test_a_pair_is_served_to_so_many_people(filled):
    """Two shall compare it: a third gets nothing of it, neither while it is on two screens nor afterwards."""
    users = [rater(filled, name) for name in ("Ana", "Ben", "Cyd")]
    with filled.store.write() as session:
        session.query(Comparison).filter(Comparison.comparison_id > 1).delete()
    ana, ben, cyd = users
    assert [len(comparing.next_pairs(filled, user)) for user in users] == [1, 1, 0]
    say(filled, ana, Pick.LEFT)
    assert comparing.next_pairs(filled, cyd) == []
    with filled.store.write() as session:  # Ben left
        session.query(ComparisonServing).filter_by(verdict=None).update({"expires_at": now()})
    (late,) = comparing.next_pairs(filled, cyd)
    assert comparing.renew(filled, ben, [late.comparison_id]) == [late.comparison_id]
    assert comparing.next_pairs(filled, ben) == []
    say(filled, cyd, Pick.LEFT, late)
    assert comparing.progress(filled, ben).left == 0


def test_what_lies_ahead_is_given_up_and_given_back(filled):
    """One pair for one person: Ana has it ahead, Ben would get nothing, so Ben gets it."""
    with filled.store.write() as session:
        session.query(Comparison).filter(Comparison.comparison_id > 2).delete()
        session.query(Comparison).update({"raters": 1})
    ana, ben = rater(filled, "Ana"), rater(filled, "Ben")
    on_screen, ahead = comparing.next_pairs(filled, ana)
    (given,) = comparing.next_pairs(filled, ben)
    assert given.comparison_id == ahead.comparison_id
    assert [one.comparison_id for one in comparing.next_pairs(filled, ana)] == [on_screen.comparison_id]
    say(filled, ana, Pick.RIGHT, ahead)  # shown all the same: it is stored like any other
    assert len(kept(filled)) == 1
    say(filled, ana, Pick.RIGHT, on_screen)
    say(filled, ben, Pick.RIGHT, given)
    assert comparing.next_pairs(filled, ben) == []
    comparing.give_back(filled, ana, [on_screen.comparison_id])  # answered: nothing to give back


@pytest.mark.every_database
def test_many_at_once_get_different_pairs(filled):
    """Six people at the same moment, each pair for one of them: nobody compares what another did, and all are done."""
    with filled.store.write() as session:
        session.query(Comparison).update({"raters": 1})
    users = [rater(filled, f"Rater {n}") for n in range(6)]
    gate, said, wrong = threading.Barrier(len(users)), [], []

    def work(user):
        gate.wait(30)
        try:
            while pairs := comparing.next_pairs(filled, user):
                said.append(say(filled, user, Pick.LEFT, pairs[0]).comparison_id)
        except Exception as error:
            wrong.append(error)

    threads = [threading.Thread(target=work, args=(user,)) for user in users]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert sorted(said) == sorted({*said})
    (waiting,) = opening.standing(filled, lead(filled)).waiting
    assert (waiting.done, waiting.answers, waiting.open) == (12, 12, False)


def test_skipped_comes_back_at_the_end(filled):
    """S passes it over: every other one first, then it again, on the same sides."""
    ana = rater(filled)
    (skipped, *_) = comparing.next_pairs(filled, ana)
    say(filled, ana, None, skipped)
    assert kept(filled) == []
    last = None
    for _ in range(12):
        (last, *_) = comparing.next_pairs(filled, ana)
        say(filled, ana, Pick.NEITHER, last)
    assert (last.comparison_id, last.left) == (skipped.comparison_id, skipped.left)


@pytest.mark.every_database
def test_undo_takes_back_one_act_after_the_other(filled):
    """The pair is shown again; what stood before stands again; the same undo sent twice takes back one."""
    ana = rater(filled)
    assert comparing.undo_last(filled, ana, request_id="nothing yet") is None
    shown = comparing.next_pairs(filled, ana)[0]
    say(filled, ana, Pick.LEFT, shown)
    say(filled, ana, Pick.EQUAL, shown)
    say(filled, ana, None)
    assert comparing.undo_last(filled, ana, request_id="1").action == "undone"
    assert [row[2] for row in kept(filled)] == ["equal"]
    undone = comparing.undo_last(filled, ana, request_id="2")
    assert comparing.undo_last(filled, ana, request_id="2") == undone
    ((chosen, _, outcome, _),) = kept(filled)
    assert (chosen, outcome) == (shown.left, "better")
    comparing.undo_last(filled, ana, request_id="3")
    assert kept(filled) == []
    assert shown.comparison_id in {one.comparison_id for one in comparing.next_pairs(filled, ana)}
    assert comparing.undo_last(filled, ana, request_id="4") is None


def test_an_order_that_was_replaced_stands_again_after_undo(workspace):
    """The latest word on two answers counts; taken back, the one before it is there with all that it was."""
    ana = rater(workspace)
    for side in "ab":
        added(workspace, "question", side)
    preferences.keep(workspace, ana, "question", ["a", "b"], [1], model_version="v1")
    opening.open_pairs(workspace, COMMAND_LINE, PairsToOpen(1))
    (shown,) = comparing.next_pairs(workspace, ana)
    say(workspace, ana, Pick.LEFT if shown.left == "a" else Pick.RIGHT, shown)
    assert kept(workspace) == [("a", "b", "better", FROM_A_LEAD)]
    assert preferences.withdraw(workspace, ana, "question") == 0  # on the Rerank page there is no order of hers now
    comparing.undo_last(workspace, ana, request_id="1")
    assert kept(workspace) == [("b", "a", "better", None)]
    (shown,) = comparing.next_pairs(workspace, ana)
    say(workspace, ana, Pick.EQUAL, shown)
    preferences.keep(workspace, ana, "question", ["a", "b"], [1], model_version="v2")
    comparing.undo_last(workspace, ana, request_id="2")  # what she said on the Rerank page since then stays
    assert kept(workspace) == [("b", "a", "better", None)]


def test_a_text_that_changed_is_compared_only_once_it_was_read(filled):
    """Nothing is stored of the old text; the new one comes as a showing of its own, on the same sides."""
    ana = rater(filled)
    (shown, *_) = comparing.next_pairs(filled, ana)
    with filled.store.read() as session:
        number = session.get(Comparison, shown.comparison_id).first_id
    prompt = shown.prompt
    looked.edit(filled, lead(filled), number, prompt, "a new text", withdraw_ratings=False)
    with pytest.raises(Conflict, match="Nothing was stored"):
        say(filled, ana, Pick.LEFT, shown)
    assert kept(filled) == []
    (now_there, *_) = comparing.next_pairs(filled, ana)
    assert now_there.comparison_id == shown.comparison_id
    assert "a new text" in (now_there.left, now_there.right)
    assert (now_there.left == shown.left) != (now_there.right == shown.right)
    say(filled, ana, Pick.LEFT, now_there)
    looked.delete(filled, lead(filled), number)
    assert kept(filled) == []
    with pytest.raises(NotFound, match="deleted"):
        say(filled, ana, Pick.RIGHT, now_there)
    assert comparing.pair(filled, ana, shown.comparison_id) is None


def test_what_cannot_be_compared_is_not_served(filled):
    """A discarded answer, one that this rater wrote, an answer moved to another question; closed pairs."""
    ana, lea = rater(filled), lead(filled)
    with filled.store.read() as session:
        first = [one.first_id for one in session.query(Comparison).order_by(Comparison.comparison_id)]
        session.expunge_all()
    looked.discard(filled, lea, first[0], reason="Test data")
    looked.edit(filled, lea, first[1], "another question", "text", withdraw_ratings=False)
    assert comparing.progress(filled, ana).left == 10
    with filled.store.read() as session:
        prompt = session.get(Item, first[2]).prompt_group
    looked.write_better(filled, ana, first[2], "mine is better")
    opening.open_pairs(filled, lea, PairsToOpen(50))
    with filled.store.read() as session:
        of_it = session.query(Comparison).filter(Comparison.prompt_group == prompt).count()
    assert of_it == 2  # the second one is with what Ana wrote
    assert comparing.progress(filled, lea).left == comparing.progress(filled, ana).left + (
        1 if _with_better(filled) else 0
    )
    assert opening.close(filled, lea) > 0
    assert comparing.next_pairs(filled, ana) == []
    assert opening.close(filled, lea) == 0


def _with_better(workspace):
    with workspace.store.read() as session:
        last = session.query(Item.interaction_id).order_by(Item.interaction_id.desc()).first()[0]
        both = (Comparison.first_id == last) | (Comparison.second_id == last)
        return session.query(Comparison).filter(both).count()


def test_identifiers_are_hidden_until_they_are_revealed(workspace):
    """In both answers; what a language model wrote stays hidden."""
    ana = rater(workspace)
    for side in "ab":
        added(workspace, "question", f"write to {side}.roe@patients.example.org")
    opening.open_pairs(workspace, COMMAND_LINE, PairsToOpen(1))
    (shown,) = comparing.next_pairs(workspace, ana)
    assert "roe" not in shown.left + shown.right
    assert (sum(shown.hidden.values()), shown.may_reveal) == (2, True)
    comparing.reveal(workspace, ana, shown.comparison_id, showing=shown.showing)
    (shown,) = comparing.next_pairs(workspace, ana)
    assert "roe" in shown.left
    assert "roe" in shown.right
    say(workspace, ana, Pick.LEFT, shown)
    blind.serve_blind(
        workspace, COMMAND_LINE, [BlindPair("question", "to a.roe@x.example.org", "none")], reason="model 1"
    )
    (shown,) = comparing.next_pairs(workspace, ana)
    assert "roe" not in shown.left + shown.right
    assert not shown.may_reveal
    with pytest.raises(Conflict, match="cannot be revealed"):
        comparing.reveal(workspace, ana, shown.comparison_id, showing=shown.showing)


@pytest.mark.every_database
def test_blind_pairs_tell_how_often_the_tuned_one_was_better(workspace, tmp_path):
    """Whichever side it was on; they are served once, to one person, and nothing learns from them."""
    ana = rater(workspace)
    for n in range(6):
        added(workspace, f"question {n}", "an answer")
    pairs = [BlindPair(f"question {n}", f"tuned {n}", f"base {n}") for n in range(6)]
    pairs.append(BlindPair("the same", "text", "text"))
    for _ in range(2):
        assert blind.serve_blind(workspace, COMMAND_LINE, pairs, reason="model 1") == 6
    assert blind.blind_result(workspace, COMMAND_LINE, "model 1") == BlindResult(6, 0, 0, 0, 0, 6)
    for wanted in ("tuned", "tuned", "base", "equal", "neither"):
        (shown, *_) = comparing.next_pairs(workspace, ana)
        side = next((pick for pick in (Pick.LEFT, Pick.RIGHT) if getattr(shown, pick).startswith(wanted)), None)
        say(workspace, ana, side or Pick(wanted), shown)
    assert blind.blind_result(workspace, COMMAND_LINE, "model 1") == BlindResult(6, 2, 1, 1, 1, 1)
    assert blind.blind_result(workspace, COMMAND_LINE, "model 2").served == 0
    assert len(exported(workspace, tmp_path, "preferences")) == 5
    assert exported(workspace, tmp_path, "pairs") == []
    with workspace.store.read() as session:
        assert for_training(session) == []
    for reason in ("", "x" * 101, FROM_A_LEAD):
        with pytest.raises(BadInput, match="Nothing was opened"):
            blind.serve_blind(workspace, COMMAND_LINE, pairs, reason=reason)


@pytest.mark.every_database
def test_an_erased_question_does_not_come_back_as_a_blind_pair(workspace):
    """The export that a model is evaluated on is a copy of it."""
    number = added(workspace, "What about Zoltan?", "an answer")
    pairs = [BlindPair("What about Zoltan?", "tuned", "base")]
    assert blind.serve_blind(workspace, COMMAND_LINE, pairs, reason="model 1") == 1
    seen = erasure.preview_interaction(workspace, COMMAND_LINE, number).version
    erasure.interaction(workspace, COMMAND_LINE, number, seen=seen)
    assert blind.serve_blind(workspace, COMMAND_LINE, pairs, reason="model 1") == 0


def test_agreement_is_measured_beside_chance(filled):
    """Of twelve pairs the two say the same of nine; chance follows from how often each key was pressed."""
    ana, ben = rater(filled, "Ana"), rater(filled, "Ben")
    assert agreement.measure(filled, COMMAND_LINE).equal.value is None
    for at, pick in enumerate([Pick.EQUAL] * 6 + [Pick.NEITHER] * 6):
        for user in (ana, ben):
            say(filled, user, Pick.EQUAL if user is ben and at >= 9 else pick)
    found = agreement.measure(filled, COMMAND_LINE)
    assert (found.equal.value, found.pairs, found.comparisons) == (9 / 12, 12, 24)
    assert found.equal.low is not None
    assert found.equal.high is not None
    assert found.equal.low < 0.75 < found.equal.high
    assert found.chance == pytest.approx((15 / 24) ** 2 + (9 / 24) ** 2)


@pytest.mark.every_database
def test_undo_brings_nothing_back_of_an_import_that_was_removed(filled, tmp_path):
    """What the rater said before came from a file; that was taken back whole since."""
    ana = rater(filled)
    (shown, *_) = comparing.next_pairs(filled, ana)
    file = tmp_path / "said.jsonl"
    said = {"prompt": shown.prompt, "chosen": shown.left, "rejected": shown.right, "rater": "Ana"}
    file.write_text(json.dumps(said) + "\n")
    *_, last = importing.import_file(filled, COMMAND_LINE, file)
    assert last.preferences == len(kept(filled)) == 1
    say(filled, ana, Pick.EQUAL, shown)
    importing.remove_import(filled, COMMAND_LINE, importing.recorded(filled, COMMAND_LINE)[0].import_id)
    comparing.undo_last(filled, ana, request_id="undo")
    assert kept(filled) == []


def test_answers_that_are_to_two_questions_by_now_are_not_compared(filled):
    """A lead gave one of them another question while the pair was on the screen; what was said before can be undone."""
    ana, lea = rater(filled), lead(filled)
    said, seen = comparing.next_pairs(filled, ana)
    say(filled, ana, Pick.LEFT, said)
    with filled.store.read() as session:
        first = {one.comparison_id: one.first_id for one in session.query(Comparison)}
    for shown in (said, seen):
        texts = f"another question {shown.comparison_id}", "its answer"
        looked.edit(filled, lea, first[shown.comparison_id], *texts, withdraw_ratings=False)
    assert comparing.pair(filled, ana, seen.comparison_id) is None
    with pytest.raises(NotFound, match="deleted or changed"):
        say(filled, ana, Pick.LEFT, seen)
    assert comparing.undo_last(filled, ana, request_id="undo") is not None
    assert comparing.pair(filled, ana, said.comparison_id) is None
    assert kept(filled) == []
    assert not {said.comparison_id, seen.comparison_id} & {
        one.comparison_id for one in comparing.next_pairs(filled, ana)
    }
