"""What users say of answers and rankings: kept once, the latest word counts, nothing is told of others'."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from core.domain.errors import BadInput, Conflict, NotFound
from core.domain.outcomes.feedback import read_feedback
from core.domain.roles import PROGRAM, SENDER, NotAllowed
from core.services.outcomes import feedback
from core.services.reranking import usage
from core.services.reranking.usage import Named, UsageLog
from core.services.workspace import Workspace
from core.serving.reranker import Ranking
from core.store.tables import AnswersGiven, Feedback, Item, Occurrence, Reranking
from core.store.types import now
from tests.databases import Plain, added
from tests.services.test_at_the_same_moment import together

APP = "shop"


def occurrence(workspace: Workspace, caller_id: str = "a1", application: str = APP, number: int | None = None) -> int:
    """An answer that the application sent; its number."""
    number = number or added(workspace, f"prompt of {caller_id}", "answer")
    with workspace.store.write() as session:
        session.add(
            Occurrence(
                application=application, caller_id=caller_id, interaction_id=number, identity="i", generator="writer 2"
            )
        )
    return number


def ranked(workspace: Workspace, rerank_id: str = "r1", scores: tuple[float, ...] = (0.1, 0.9, 0.5)) -> None:
    """A ranking that the application asked for: by default the answer at 1 comes first."""
    order = tuple(sorted(range(len(scores)), key=lambda index: -scores[index]))
    log = usage.log_of(workspace)
    log.note("api", Ranking("v1", order, scores), 0.1, Named(rerank_id, APP, "What is it?"))
    log.write()


def give(workspace: Workspace, application: str = APP, **body: Any) -> bool:
    """Whether it was stored."""
    return feedback.give(workspace, SENDER, application, read_feedback(body)).stored


def kept(workspace: Workspace) -> list[Feedback]:
    """All feedback, oldest first."""
    with workspace.store.read() as session:
        return list(session.query(Feedback).order_by(Feedback.feedback_id))


def disliked(workspace: Workspace, number: int) -> int:
    """How many users dislike an answer."""
    with workspace.store.read() as session:
        item = session.get(Item, number)
        assert item is not None
        return item.disliked


def test_feedback_on_an_answer_is_kept_with_what_is_known_of_it(workspace: Workspace, old_app: Plain) -> None:
    """Its generator, its question as a hash; the user's name stands nowhere."""
    number = occurrence(workspace)
    assert give(workspace, interaction="a1", thumb="down", comment=" Too short. ", user="zoe@example.org", id="f1")
    (one,) = kept(workspace)
    assert (one.application, one.interaction_id, one.generator) == (APP, number, "writer 2")
    assert (one.kind, one.value, one.comment, one.latest) == ("thumb", 0, "Too short.", True)
    assert None not in (one.question, one.user_hash)
    assert disliked(workspace, number) == 1
    assert "zoe@" not in str(old_app.dump())


def test_feedback_changes_no_rating(workspace: Workspace, old_app: Plain) -> None:
    """Neither ours nor the old application's."""
    occurrence(workspace)
    names = ("assay_ratings", "assay_rating_events", "rlhf_interactions")
    before = old_app.dump(*names)
    give(workspace, interaction="a1", score=1, user="u")
    assert old_app.dump(*names) == before


def test_the_same_again_stores_nothing_twice_and_another_content_is_refused(workspace: Workspace) -> None:
    """Whatever of it differs; and an application's ids are its own."""
    number = occurrence(workspace)
    occurrence(workspace, "b1", "other")
    body = {"interaction": "a1", "score": 2, "comment": "hm", "user": "u", "id": "f1"}
    assert [give(workspace, **body) for _ in range(3)] == [True, False, False]
    for change in ({"score": 3}, {"comment": "oh"}, {"user": "v"}, {"interaction": "b1"}, {"user": None}):
        with pytest.raises(Conflict, match="this id before"):
            give(workspace, **{**body, **change})
    assert give(workspace, "other", interaction="b1", thumb="up", id="f1")
    assert (len(kept(workspace)), disliked(workspace, number)) == (2, 1)


def test_of_a_user_the_latest_word_counts(workspace: Workspace) -> None:
    """On the same answer under whichever id; where nobody is named every feedback counts as a user's."""
    number = occurrence(workspace)
    occurrence(workspace, "a2", number=number)
    give(workspace, interaction="a1", thumb="down", user="u")
    give(workspace, interaction="a1", thumb="down", user="v")
    give(workspace, interaction="a1", thumb="down")
    give(workspace, interaction="a1", score=2)
    assert disliked(workspace, number) == 4
    give(workspace, interaction="a2", score=5, user="u")
    assert disliked(workspace, number) == 3
    assert [one.latest for one in kept(workspace)] == [False, True, True, True, True]
    give(workspace, interaction="a2", score=1, user="u")
    assert disliked(workspace, number) == 4


def test_feedback_on_a_ranking(workspace: Workspace) -> None:
    """Without an index about the answer that came first; a choice about the ranking, beside the thumbs."""
    ranked(workspace)
    for body in ({"thumb": "up"}, {"score": 4, "index": 2}, {"chosen": 1}, {"chosen": 0}):
        assert give(workspace, rerank="r1", user="u", **body)
    found = kept(workspace)
    assert [one.place for one in found] == [1, 2, None, None]
    assert [one.first_chosen for one in found] == [True, False, True, False]
    assert [one.latest for one in found] == [True, True, False, True]
    assert {(one.model_version, one.first_replaced, one.interaction_id) for one in found} == {("v1", True, None)}
    (question,) = {one.question for one in found}
    assert question is not None


def test_without_an_index_feedback_is_the_same_only_as_that_on_the_answer_that_came_first(workspace: Workspace) -> None:
    """Not as one on whatever answer was named before."""
    ranked(workspace)
    assert give(workspace, rerank="r1", thumb="up", index=2, id="on the last")
    with pytest.raises(Conflict, match="this id before"):
        give(workspace, rerank="r1", thumb="up", id="on the last")
    assert give(workspace, rerank="r1", thumb="up", index=1, id="on the first")
    assert not give(workspace, rerank="r1", thumb="up", id="on the first")
    assert give(workspace, rerank="r1", chosen=2, id="choice")
    assert not give(workspace, rerank="r1", chosen=2, id="choice")


def test_feedback_on_a_ranking_whose_texts_are_kept_is_about_the_answer_too(workspace: Workspace) -> None:
    """And a user's word on the answer itself is a later word on the same."""
    ranked(workspace)
    number = occurrence(workspace, "r1:1")
    give(workspace, rerank="r1", thumb="down", user="u")
    assert disliked(workspace, number) == 1
    give(workspace, interaction="r1:1", thumb="up", user="u")
    assert disliked(workspace, number) == 0
    assert [(one.interaction_id, one.latest) for one in kept(workspace)] == [(number, False), (number, True)]


@pytest.mark.parametrize("body", [{"thumb": "up", "index": 3}, {"chosen": 3}, {"score": 1, "index": 10**30}])
def test_an_index_outside_the_ranking_is_refused(workspace: Workspace, body: dict[str, Any]) -> None:
    """With the places that there are."""
    ranked(workspace)
    with pytest.raises(BadInput, match="the last 2"):
        give(workspace, rerank="r1", **body)
    assert not kept(workspace)


def test_what_is_unknown_and_what_is_anothers_are_told_apart_by_nothing(workspace: Workspace) -> None:
    """The same sentence, and nothing is stored."""
    occurrence(workspace)
    ranked(workspace)
    said = set()
    for application, body in [
        (APP, {"interaction": "a2"}),
        (APP, {"rerank": "r2"}),
        ("other", {"interaction": "a1"}),
        ("other", {"rerank": "r1"}),
    ]:
        with pytest.raises(NotFound) as refused:
            give(workspace, application, thumb="up", **body)
        said.add(str(refused.value))
    assert len(said) == 1
    assert not kept(workspace)


def test_a_program_without_the_right_to_send_is_refused(workspace: Workspace) -> None:
    """Nothing is stored."""
    occurrence(workspace)
    with pytest.raises(NotAllowed):
        feedback.give(workspace, PROGRAM, APP, read_feedback({"interaction": "a1", "thumb": "up"}))
    assert not kept(workspace)


def test_a_ranking_of_this_moment_is_found_before_it_was_written(workspace: Workspace) -> None:
    """In its own process at once; in others once it is written."""
    log = usage.log_of(workspace)
    log.note("api", Ranking("v1", (0, 1), (0.9, 0.1)), 0.1, Named("r1", APP, "What is it?"))
    assert give(workspace, rerank="r1", thumb="up")


def test_a_ranking_that_another_thread_is_writing_is_found(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = usage.log_of(workspace)
    log.note("api", Ranking("v1", (0, 1), (0.9, 0.1)), 0.1, Named("r9", APP, "Q"))
    write = log.write

    def another_writes_first() -> None:
        write()
        write()  # finds nothing that waits

    monkeypatch.setattr(log, "write", another_writes_first)

    assert give(workspace, rerank="r9", thumb="up")


def test_no_index_means_the_first_also_where_feedback_is_known(workspace: Workspace) -> None:
    ranked(workspace)  # the document 1 came first
    give(workspace, rerank="r1", thumb="up", index=1, id="f1")
    give(workspace, rerank="r1", thumb="up", index=2, id="f2")

    assert not give(workspace, rerank="r1", thumb="up", id="f1")
    with pytest.raises(Conflict):
        give(workspace, rerank="r1", thumb="up", id="f2")


def test_rankings_that_feedback_can_name_stay_thirty_days_however_many_there_are(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A feedback on an older one is refused, unless it is known."""
    monkeypatch.setattr(usage, "KEPT_CALLS", 2)
    log = UsageLog(workspace.store)
    for number in range(5):
        ranking = Ranking("v1", (0, 1), (0.9, 0.1))
        log.note("api", ranking, 0.1, Named(f"r{number}", APP, "What is it?"))
        log.note("page", ranking, 0.1)
    log.write()
    assert give(workspace, rerank="r0", thumb="up", id="f1")
    with workspace.store.write() as session:
        assert session.query(Reranking).count() == 7
        for one in session.query(Reranking).filter_by(rerank_id="r0"):
            one.at = now() - timedelta(days=31)
    log = UsageLog(workspace.store)
    log.note("page", ranking, 0.1)
    log.write()
    with pytest.raises(NotFound):
        give(workspace, rerank="r0", thumb="up")
    assert not give(workspace, rerank="r0", thumb="up", id="f1")
    assert give(workspace, rerank="r1", thumb="up")


def test_answers_that_a_version_put_first_are_counted(workspace: Workspace) -> None:
    """Those that feedback can be about, whether another one came first than in the input."""
    for number in range(3):
        ranked(workspace, f"r{number}")
    ranked(workspace, "r3", (0.9, 0.1))
    usage.log_of(workspace).note("page", Ranking("v1", (0, 1), (0.9, 0.1)), 0.1)
    usage.log_of(workspace).write()
    with workspace.store.read() as session:
        found = {(one.kind, one.name, one.replaced): one.answers for one in session.query(AnswersGiven)}
    assert found == {("version", "v1", True): 3, ("version", "v1", False): 1}


def test_the_same_user_at_once_has_exactly_one_latest_word(opened: Callable[[], Workspace]) -> None:
    """From two processes (two workspaces), none of them told to try again; and each id is stored once."""
    first, second = opened(), opened()
    number = occurrence(first)

    def say(workspace: Workspace, part: int) -> Callable[[], None]:
        def act() -> None:
            for value in range(1, 6):
                give(workspace, interaction="a1", score=value, user="u", id=f"{part % 2} {value}")
                give(workspace, interaction="a1", thumb="down", user=f"v{part}")

        return act

    assert not together(*(say(workspace, part) for part, workspace in enumerate((first, second, first, second))))
    found = kept(first)
    assert len(found) == 2 * 5 + 4 * 5
    by_user: dict[str | None, list[bool]] = {}
    for one in found:
        by_user.setdefault(one.user_hash, []).append(one.latest)
    assert [sum(latest) for latest in by_user.values()] == [1] * 5
    low = sum(one.latest and (one.kind == "thumb" or one.value <= 2) for one in found)
    assert disliked(first, number) == low


@pytest.mark.parametrize(
    "body, named",
    [
        ([], "JSON object"),
        ({"thumb": "up"}, "interaction"),
        ({"interaction": "a", "thumb": "up", "coment": "late"}, "'coment' is not known"),
        ({"interaction": "a", "rerank": "r", "thumb": "up"}, "one of interaction"),
        ({"interaction": "a"}, "one of thumb"),
        ({"interaction": "a", "thumb": "up", "score": 5}, "one of thumb"),
        ({"interaction": "a", "thumb": "sideways"}, "thumb must"),
        ({"interaction": "a", "thumb": ["up"]}, "thumb must"),
        ({"interaction": "a", "score": 0}, "score must"),
        ({"interaction": "a", "score": 6}, "score must"),
        ({"interaction": "a", "score": 4.5}, "score must"),
        ({"interaction": "a", "score": True}, "score must"),
        ({"interaction": "a", "score": "5"}, "score must"),
        ({"interaction": "a", "chosen": 0}, "chosen goes"),
        ({"interaction": "a", "thumb": "up", "index": 0}, "index goes"),
        ({"rerank": "r", "chosen": 0, "index": 0}, "index goes"),
        ({"rerank": "r", "chosen": -1}, "chosen must"),
        ({"rerank": "r", "thumb": "up", "index": "0"}, "index must"),
        ({"interaction": "", "thumb": "up"}, "interaction must"),
        ({"interaction": "a\n", "thumb": "up"}, "interaction must"),
        ({"interaction": "x" * 201, "thumb": "up"}, "interaction must"),
        ({"interaction": 7, "thumb": "up"}, "interaction must"),
        ({"interaction": "a", "thumb": "up", "user": ""}, "user must"),
        ({"interaction": "a", "thumb": "up", "id": "\ud800"}, "id contains"),
        ({"interaction": "a", "thumb": "up", "comment": "x" * 10_001}, "10,001"),
        ({"interaction": "a", "thumb": "up", "comment": {}}, "comment must"),
        ({"interaction": "a", "thumb": "up", "comment": "\x00"}, "NUL"),
    ],
)
def test_a_broken_body_is_refused_by_the_field_that_is_wrong(body: Any, named: str) -> None:
    """So that whoever wrote the program knows what to change."""
    with pytest.raises(BadInput, match=named):
        read_feedback(body)


def test_a_comment_with_the_gap_of_a_hidden_text_is_refused(workspace: Workspace) -> None:
    """It would be kept in the place of what it stands for."""
    occurrence(workspace)
    with pytest.raises(BadInput, match="hidden"):
        give(workspace, interaction="a1", thumb="up", comment="by «name hidden»")
    assert not kept(workspace)


def test_a_deleted_answers_feedback_goes_with_it(workspace: Workspace) -> None:
    """As its ratings do."""
    number = occurrence(workspace)
    give(workspace, interaction="a1", thumb="up")
    with workspace.store.write() as session:
        session.delete(session.get(Item, number))
    assert not kept(workspace)
    with pytest.raises(NotFound):
        give(workspace, interaction="a1", thumb="up")


def test_threads_in_one_process_share_commits_and_each_is_told_of_its_own(workspace: Workspace) -> None:
    """Forty at once, every fourth bad: the others are stored, each once."""
    occurrence(workspace)
    answers: dict[int, bool | str] = {}

    def say(part: int) -> None:
        try:
            answers[part] = give(workspace, interaction="a1" if part % 4 else "nobody's", thumb="up", id=f"f{part}")
        except NotFound as refused:
            answers[part] = str(refused)

    threads = [threading.Thread(target=say, args=(part,)) for part in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [part for part in range(40) if answers[part] is not True] == list(range(0, 40, 4))
    assert sorted(str(one.caller_id) for one in kept(workspace)) == sorted(f"f{part}" for part in range(40) if part % 4)


def test_what_comes_together_is_told_apart(workspace: Workspace) -> None:
    """In one commit: a bad one is refused alone, an id that comes again is known, and applications share nothing."""
    occurrence(workspace)
    occurrence(workspace, "b1", application="other")
    ranked(workspace)
    given = [
        (APP, {"interaction": "a1", "thumb": "up", "id": "f1"}),
        (APP, {"interaction": "unknown", "thumb": "up", "id": "f2"}),
        (APP, {"interaction": "a1", "thumb": "up", "id": "f1"}),
        (APP, {"interaction": "a1", "thumb": "down", "id": "f1"}),
        ("other", {"interaction": "b1", "thumb": "up", "id": "f1"}),
        ("other", {"interaction": "a1", "thumb": "up"}),
        (APP, {"rerank": "r1", "index": 3, "thumb": "up"}),
        (APP, {"rerank": "r1", "chosen": 2}),
    ]
    became = feedback.give_all(workspace, SENDER, [(name, read_feedback(body)) for name, body in given])
    told = [one.stored if isinstance(one, feedback.Given) else type(one) for one in became]
    assert told == [True, NotFound, False, Conflict, True, NotFound, BadInput, True]
    assert [(one.application, one.caller_id, one.value) for one in kept(workspace)] == [
        (APP, "f1", 1),
        ("other", "f1", 1),
        (APP, None, 2),
    ]


def test_of_a_user_the_last_word_of_one_commit_counts(workspace: Workspace) -> None:
    """Also where it takes back a dislike, or comes between those of others; the counts fit."""
    first, second = occurrence(workspace), occurrence(workspace, "a2")
    words = [("a1", "down", "u"), ("a2", "down", "u"), ("a1", "down", "v"), ("a1", "up", "u"), ("a2", "down", None)]
    given = [(APP, read_feedback({"interaction": a, "thumb": t, "user": u})) for a, t, u in words]
    feedback.give_all(workspace, SENDER, given)
    assert [one.latest for one in kept(workspace)] == [False, True, True, True, True]
    assert (disliked(workspace, first), disliked(workspace, second)) == (1, 2)
    feedback.give_all(workspace, SENDER, [(APP, read_feedback({"interaction": "a1", "thumb": "up", "user": "v"}))])
    assert disliked(workspace, first) == 0
