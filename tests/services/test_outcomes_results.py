"""What users said of answers, with its uncertainty: latest words only, by week, version and generator."""

import itertools
from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta
from typing import Any

import numpy as np
import pytest
from sqlalchemy import delete

from core.domain.outcomes.feedback import read_feedback
from core.domain.outcomes.results import Apart, By
from core.domain.roles import COMMAND_LINE, PROGRAM, SENDER, NotAllowed, Role, User
from core.reward.metrics.bootstrap import alike_draws, draws
from core.services.outcomes import feedback, results, sending
from core.services.outcomes.results import Outcome
from core.services.reranking import usage
from core.services.reranking.usage import Named
from core.services.workspace import Workspace
from core.serving.reranker import Ranking
from core.store.tables import AnswersGiven, Feedback
from core.store.types import now
from tests.databases import rater

MONDAY = datetime.combine(now().date() - timedelta(days=now().weekday()), time(), UTC)
NUMBERS = itertools.count()
"""Of the things that feedback is about: no user said two things of one."""


def keep(workspace: Workspace, rows: Iterable[dict[str, Any]]) -> None:
    """Store feedback as the service that takes it does; what a row leaves out is a thumb up of a ranking of v1."""
    usual = {
        "application": "shop",
        "kind": "thumb",
        "value": 1,
        "rerank_id": "r",
        "model_version": "v1",
        "question": "q",
        "latest": True,
    }
    with workspace.store.write() as session:
        session.add_all(Feedback(**{**usual, "target": f"ranking r {next(NUMBERS)}", **row}) for row in rows)


def by_users(ups: int, downs: int, **values: Any) -> list[dict[str, Any]]:
    """A word each of so many users."""
    return [{"user_hash": f"u{n}", "value": int(n < ups), **values} for n in range(ups + downs)]


def given(workspace: Workspace, name: str, answers: int, **values: Any) -> None:
    with workspace.store.write() as session:
        session.add(
            AnswersGiven(**{"week": MONDAY.date(), "kind": "version", "name": name, "answers": answers, **values})
        )


def measured(workspace: Workspace, by: By = By.VERSION, apart: Apart = Apart.NOTHING) -> list[Outcome]:
    return list(results.measure(workspace, COMMAND_LINE, by, apart).lines)


def only(workspace: Workspace, **how: Any) -> Outcome:
    (one,) = measured(workspace, **how)
    return one


def test_a_version_has_its_share_with_a_range_of_so_many_answers(workspace: Workspace) -> None:
    """Of all that it put first, whether or not somebody said something."""
    keep(workspace, by_users(60, 20))
    given(workspace, "v1", 900)
    given(workspace, "v1", 100, replaced=True)
    given(workspace, "v1", 70, week=MONDAY.date() - timedelta(weeks=results.WEEKS))
    given(workspace, "v2", 5)
    one = only(workspace)
    thumbs = one.figures["thumb"]
    assert (one.line.name, one.given, thumbs.words, thumbs.unnamed) == ("v1", 1000, 80, 0)
    assert thumbs.metric.value == 0.75
    assert thumbs.metric.low == pytest.approx(0.65, abs=0.02)
    assert thumbs.metric.high == pytest.approx(0.84, abs=0.02)


def test_many_words_of_one_user_do_not_make_it_more_certain(workspace: Workspace) -> None:
    """Ten words each of thirty users who always say the same: as uncertain as thirty words."""
    once = by_users(15, 15)
    keep(workspace, [row for row in once for _ in range(10)])
    keep(workspace, by_users(15, 15, model_version="v2"))
    ten, one = measured(workspace)
    assert (ten.line.name, ten.figures["thumb"].words, one.figures["thumb"].words) == ("v1", 300, 30)
    assert ten.figures["thumb"].metric == one.figures["thumb"].metric


def test_where_no_user_is_named_questions_are_drawn_and_that_is_told(workspace: Workspace) -> None:
    """Forty words on two questions are two groups: too few, however many words they are."""
    nobody = [{"question": f"q{n % 2}", "value": n % 2} for n in range(40)]
    keep(workspace, nobody)
    thumbs = only(workspace).figures["thumb"]
    assert (thumbs.words, thumbs.unnamed, thumbs.metric.value) == (40, 40, None)
    assert thumbs.metric.reason == "too few to say: 2 of 20 questions"
    keep(workspace, by_users(10, 10))
    thumbs = only(workspace).figures["thumb"]
    assert (thumbs.words, thumbs.unnamed, thumbs.metric.value) == (60, 40, 0.5)


@pytest.mark.parametrize("users, says", [(19, False), (20, True)])
def test_under_twenty_users_nothing_is_said(workspace: Workspace, users: int, says: bool) -> None:
    """Not even the share without a range."""
    keep(workspace, by_users(users - 5, 5))
    metric = only(workspace).figures["thumb"].metric
    assert (metric.value is not None) is says
    assert metric.reason == (None if says else "too few to say: 19 of 20 users")


def test_what_all_say_alike_is_not_certain(workspace: Workspace) -> None:
    """Thirty thumbs up leave room for one in nine down; drawing alone would leave none."""
    keep(workspace, by_users(30, 0))
    keep(workspace, by_users(0, 30, model_version="v2"))
    up, down = (one.figures["thumb"].metric for one in measured(workspace))
    assert (up.value, up.high, down.value, down.low) == (1, 1, 0, 0)
    assert up.low == pytest.approx(0.884, abs=0.001)
    assert down.high == pytest.approx(0.116, abs=0.001)


def test_only_latest_words_count(workspace: Workspace) -> None:
    """What a user took back by saying something else is not counted."""
    keep(workspace, by_users(20, 5))
    keep(workspace, by_users(0, 25, latest=False))
    assert only(workspace).figures["thumb"].metric.value == 0.8


def test_scores_and_choices_have_figures_of_their_own(workspace: Workspace) -> None:
    """A mean score, and in which share of the rankings the first answer was chosen, not the index that was."""
    keep(workspace, [{"kind": "score", "value": 3 + n % 3, "user_hash": f"u{n}"} for n in range(30)])
    keep(
        workspace, [{"kind": "chosen", "value": 7, "first_chosen": n % 4 > 0, "user_hash": f"u{n}"} for n in range(40)]
    )
    keep(workspace, [{"kind": "chosen", "value": 7, "user_hash": f"v{n}"} for n in range(40)])  # nothing came first
    figures = only(workspace).figures
    assert list(figures) == ["score", "chosen"]
    assert (figures["score"].metric.value, figures["chosen"].metric.value) == (4, 0.75)
    assert figures["chosen"].words == 40
    assert 1 <= (figures["score"].metric.low or 0) < 4 < (figures["score"].metric.high or 0) <= 5


def test_what_programs_send_is_what_is_counted(workspace: Workspace) -> None:
    """From a ranking and a sent answer to the figures, with how many were given; a later word takes an earlier back."""
    row = {"id": "a1", "prompt": "p", "response": "r", "generator": "gpt 5"}
    assert sending.send(workspace, SENDER, "shop", [row, row | {"id": "a2"}]).stored == 2
    for number in range(25):
        log = usage.log_of(workspace)
        log.note("api", Ranking("v1", (1, 0), (0.1, 0.9)), 0.1, Named(f"r{number}", "shop", "What is it?"))
        log.write()
    for number in range(20):
        by = {"user": f"user {number}"}
        for body in ({"rerank": f"r{number}", "thumb": "up"}, {"rerank": f"r{number}", "chosen": number % 2}):
            feedback.give(workspace, SENDER, "shop", read_feedback(body | by))
        for thumb in ("up", "down"):
            feedback.give(workspace, SENDER, "shop", read_feedback({"interaction": "a2", "thumb": thumb} | by))
    ranked, written = only(workspace), only(workspace, by=By.GENERATOR)
    assert (ranked.line.name, ranked.given) == ("v1", 25)
    assert [(one.metric.value, one.words) for one in ranked.figures.values()] == [(1, 20), (0.5, 20)]
    assert (written.line.name, written.given) == ("gpt 5", 2)
    assert [(one.metric.value, one.words) for one in written.figures.values()] == [(0, 20)]


def test_weeks_begin_on_monday_in_utc(workspace: Workspace) -> None:
    """The second before belongs to the week before; the latest week comes first, and older ones are left out."""
    for at in (MONDAY, MONDAY - timedelta(seconds=1), MONDAY - timedelta(weeks=1), MONDAY - timedelta(weeks=12)):
        keep(workspace, by_users(10, 10, at=at))
    given(workspace, "v1", 50)
    given(workspace, "v1", 60, week=MONDAY.date() - timedelta(weeks=1))
    found = measured(workspace, apart=Apart.WEEK)
    assert [(one.line.week, one.given, one.figures["thumb"].words) for one in found] == [
        (MONDAY.date(), 50, 20),
        (MONDAY.date() - timedelta(weeks=1), 60, 40),
    ]
    assert only(workspace).figures["thumb"].words == 60


def test_generators_are_what_wrote_the_answers(workspace: Workspace) -> None:
    """An answer that was sent counts for its generator, or for none that is named; for a model only if one ranked."""
    sent = {"rerank_id": None, "model_version": None, "interaction_id": None}
    keep(workspace, by_users(15, 5))
    keep(workspace, by_users(5, 20, generator="gpt 5 / prompt 3", **sent))
    given(workspace, "gpt 5 / prompt 3", 400, kind="generator")
    one = only(workspace, by=By.GENERATOR)
    assert (one.line.name, one.given, one.figures["thumb"].metric.value) == ("gpt 5 / prompt 3", 400, 0.2)
    assert only(workspace).line.name == "v1"
    keep(workspace, by_users(20, 10, model_version=None))  # ranked without a model
    assert [one.line.name for one in measured(workspace)] == [None, "v1"]


def test_what_is_said_of_an_answer_that_did_not_come_first_is_not_about_the_model(workspace: Workspace) -> None:
    """A thumb down for the answer that it put last is no word against it."""
    keep(workspace, by_users(15, 5, first_chosen=True))
    keep(workspace, by_users(0, 30, first_chosen=False))
    assert only(workspace).figures["thumb"].words == 20


def test_the_first_answer_replaced_or_not_is_told_apart(workspace: Workspace) -> None:
    """With what each is a share of; rankings of one answer are neither."""
    keep(workspace, by_users(20, 5, first_replaced=True))
    keep(workspace, by_users(10, 15, first_replaced=False))
    keep(workspace, by_users(10, 15))
    given(workspace, "v1", 30, replaced=True)
    given(workspace, "v1", 70)
    found = measured(workspace, apart=Apart.REPLACED)
    assert [(one.line.replaced, one.given, one.figures["thumb"].metric.value) for one in found] == [
        (True, 30, 0.8),
        (False, 70, 0.4),
    ]


def test_those_with_the_most_feedback_are_shown(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """The others are counted, and who sent is named."""
    monkeypatch.setattr(results, "MOST_NAMES", 2)
    for number in range(4):
        keep(workspace, by_users(20 + number, 0, model_version=f"v{number}", application=f"app {number % 2}"))
    found = results.measure(workspace, COMMAND_LINE, By.VERSION)
    assert [one.line.name for one in found.lines] == ["v3", "v2"]
    assert (found.left_out, found.applications) == (2, ("app 0", "app 1"))


def test_drawing_alike_groups_together_gives_the_same_range() -> None:
    """As drawing every group by itself, but for chance."""
    alike, totals, words = np.array([300, 100, 50]), np.array([2.0, 0.0, 3.0]), np.array([2.0, 1.0, 8.0])
    together = np.concatenate([drawn @ totals / (drawn @ words) for drawn in alike_draws(alike, seed=0)])
    each = np.repeat(np.arange(3), alike)
    apart = np.concatenate([d @ totals[each] / (d @ words[each]) for d in draws(np.arange(450), seed=1)])
    assert together.shape == apart.shape
    assert np.quantile(together, [0.025, 0.5, 0.975]) == pytest.approx(
        np.quantile(apart, [0.025, 0.5, 0.975]), rel=0.03
    )


def test_comments_are_for_leads_masked_and_the_latest(workspace: Workspace) -> None:
    """The newest first, so many as are asked for; a rater or a program that may look reads none."""
    texts = ["", "Wrong dose for Mrs. Smith, call 555-123-4567", "Too long", None]
    keep(workspace, [{"comment": text, "value": 0} for text in texts])
    keep(workspace, [{"comment": "taken back", "latest": False}])
    found = results.comments(workspace, COMMAND_LINE, 10)
    assert found[0].comment == "Too long"
    assert len(found) == 2
    assert "555" not in found[1].comment
    assert "Smith" not in found[1].comment
    assert [one.comment for one in results.comments(workspace, COMMAND_LINE, 1)] == ["Too long"]
    for user in (PROGRAM, User(rater(workspace).rater_id, "Ana", Role.SME)):
        with pytest.raises(NotAllowed):
            results.comments(workspace, user, 10)


def test_before_any_feedback_there_is_nothing(workspace: Workspace) -> None:
    """Nor after all of it was erased, whatever was given."""
    given(workspace, "v1", 50)
    keep(workspace, by_users(20, 0))
    with workspace.store.write() as session:
        session.execute(delete(Feedback))
    assert measured(workspace) == []
    assert results.comments(workspace, COMMAND_LINE, 10) == []
