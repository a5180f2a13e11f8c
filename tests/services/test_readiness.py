"""Each check of the Readiness page: when it speaks up, and when it does not."""

from dataclasses import replace

import pytest

from core.domain import ratings
from core.domain.held_out import HELD_OUT_BELOW, is_held_out
from core.domain.metrics import Metric
from core.domain.queue import QueueSettings
from core.domain.roles import COMMAND_LINE
from core.domain.texts import prompt_group
from core.reward.training.events import Evaluated
from core.services.rating import queue
from core.services.review import agreement
from core.services.training import forecast, readiness, readiness_checks
from core.services.training.forecast import Outlook
from core.services.training.readiness_checks import CheckResult, Facts
from core.store.tables import HeldOutPrompt, Item, RunEvent
from core.store.training import runs, statistics
from core.store.training.statistics import Questions, Shape, SharedRatings, Spread
from tests import looked
from tests.databases import added, rater
from tests.services.versions_made import learned, made

FINE = Facts(
    rated=100,
    unrated=5,
    good=60,
    minimum=50,
    by_rater={"Ana": 60, "Ben": 65},
    low=25,
    high=60,
    rated_twice=25,
    spread={"Ana": Spread(60, 1, 5), "Ben": Spread(65, 2, 5)},
    rated_by_session={"one": 50, "two": 50},
    questions=Questions(rated=40, with_good=30, with_poor=25),
    shape=Shape(
        prompts=40,
        prompts_with_one_answer=2,
        prompts_with_differing_answers=30,
        answers_over_words=0,
        contradicting_repeats=0,
    ),
)


def facts(**values):
    shape = {name: value for name, value in values.items() if name in Shape.__slots__}
    return replace(FINE, shape=replace(FINE.shape, **shape), **{n: v for n, v in values.items() if n not in shape})


@pytest.mark.parametrize(
    "check, values, result, words",
    [
        (readiness_checks.enough_ratings, {"rated": 49}, CheckResult.BLOCKER, "Rate 1 more"),
        (readiness_checks.enough_ratings, {"rated": 0}, CheckResult.BLOCKER, "Rate 50 more"),
        (readiness_checks.enough_ratings, {"rated": 50}, CheckResult.OK, "50"),
        (readiness_checks.both_classes, {"good": 100}, CheckResult.BLOCKER, "All rated answers are good"),
        (readiness_checks.both_classes, {"good": 0}, CheckResult.BLOCKER, "All rated answers are poor"),
        (readiness_checks.both_classes, {"good": 91}, CheckResult.WARNING, "91% of the rated answers are good"),
        (readiness_checks.both_classes, {"good": 9}, CheckResult.WARNING, "91% of the rated answers are poor"),
        (readiness_checks.both_classes, {"good": 90}, CheckResult.OK, "90 good and 10 poor"),
        (
            readiness_checks.contradicting_repeats,
            {"contradicting_repeats": 1},
            CheckResult.WARNING,
            "1 answer is stored more than once",
        ),
        (readiness_checks.contradicting_repeats, {"contradicting_repeats": 2}, CheckResult.WARNING, "2 answers are"),
        (readiness_checks.contradicting_repeats, {}, CheckResult.OK, "No answer"),
        (readiness_checks.enough_prompts, {"questions": Questions(1, 1, 1)}, CheckResult.BLOCKER, "one question"),
        (readiness_checks.enough_prompts, {"questions": Questions(19, 9, 9)}, CheckResult.WARNING, "only 19"),
        (readiness_checks.enough_prompts, {"questions": Questions(20, 9, 9)}, CheckResult.OK, "20 different questions"),
        (
            readiness_checks.both_classes,
            {"questions": Questions(40, 1, 40)},
            CheckResult.BLOCKER,
            "Only one question has good answers",
        ),
        (
            readiness_checks.both_classes,
            {"questions": Questions(40, 40, 0)},
            CheckResult.BLOCKER,
            "No question has poor answers",
        ),
        (readiness_checks.both_classes, {"questions": Questions(1, 1, 1)}, CheckResult.OK, "60 good and 40 poor"),
        (readiness_checks.both_classes, {"questions": Questions(2, 2, 2)}, CheckResult.OK, "60 good and 40 poor"),
        (
            readiness_checks.comparable_answers,
            {"prompts_with_differing_answers": 0},
            CheckResult.WARNING,
            "No question has two",
        ),
        (
            readiness_checks.comparable_answers,
            {"prompts_with_differing_answers": 1, "prompts_with_one_answer": 2},
            CheckResult.WARNING,
            "2 questions have a single rated answer",
        ),
        (
            readiness_checks.comparable_answers,
            {"prompts_with_one_answer": 30},
            CheckResult.OK,
            "30 questions have a single",
        ),
        (readiness_checks.comparable_answers, {"prompts_with_one_answer": 0}, CheckResult.OK, "different quality."),
        (
            readiness_checks.readable_length,
            {"answers_over_words": 1},
            CheckResult.WARNING,
            "1 rated answer is longer than 1,200 words",
        ),
        (readiness_checks.readable_length, {}, CheckResult.OK, "1,200 words"),
        (readiness_checks.both_ends, {"low": 9}, CheckResult.WARNING, "Only 9 ratings of 1 or 2 among 100"),
        (readiness_checks.both_ends, {"high": 1}, CheckResult.WARNING, "Only 1 rating of 4 or 5"),
        (readiness_checks.both_ends, {"low": 15}, CheckResult.OK, "15 answers are rated 1 or 2"),
        (readiness_checks.both_ends, {"rated": 49, "low": 0}, CheckResult.OPEN, "before there are enough"),
        (
            readiness_checks.several_raters,
            {"by_rater": {"Ana": 81, "Ben": 19}},
            CheckResult.WARNING,
            "81% of the ratings are from one rater (Ana)",
        ),
        (readiness_checks.several_raters, {"by_rater": {"Ana": 80, "Ben": 20}}, CheckResult.OK, "2 raters"),
        (
            readiness_checks.several_raters,
            {"by_rater": {"Ana": 100}},
            CheckResult.WARNING,
            "All ratings are from one rater (Ana)",
        ),
        (
            readiness_checks.several_raters,
            {"by_rater": {"sample": 100}, "sample": True},
            CheckResult.NOT_APPLICABLE,
            "sample",
        ),
        (readiness_checks.second_opinions, {"rated_twice": 19}, CheckResult.WARNING, "19 answers were rated by two"),
        (readiness_checks.second_opinions, {"rated_twice": 20}, CheckResult.OK, "20 answers"),
        (
            readiness_checks.second_opinions,
            {"by_rater": {"Ana": 9}, "rated_twice": 0},
            CheckResult.NOT_APPLICABLE,
            "only one rater",
        ),
        (
            readiness_checks.raters_use_the_scale,
            {"spread": {"Ben": Spread(40, 3, 3)}},
            CheckResult.WARNING,
            "Ben gave 3 to all 40",
        ),
        (readiness_checks.raters_use_the_scale, {"spread": {"Ben": Spread(19, 3, 3)}}, CheckResult.OK, "Nobody"),
        (readiness_checks.raters_use_the_scale, {"spread": {"Ben": Spread(40, 3, 4)}}, CheckResult.OK, "Nobody"),
        (
            readiness_checks.several_sessions,
            {"rated_by_session": {"one": 81, "two": 19}, "unrated_by_session": {"two": 7, "one": 99}},
            CheckResult.WARNING,
            "81% of the ratings are from session one; 7 answers of two wait",
        ),
        (readiness_checks.several_sessions, {"rated_by_session": {"one": 81, "two": 19}}, CheckResult.OK, "81%"),
        (
            readiness_checks.several_sessions,
            {"rated_by_session": {"one": 100}},
            CheckResult.NOT_APPLICABLE,
            "not divided",
        ),
    ],
)
def test_a_check_speaks_up_exactly_when_it_should(check, values, result, words):
    """At its limit a check changes its result, and its sentence says what was found."""
    found = check(facts(**values))
    assert found.result is result
    assert words in found.sentence


@pytest.mark.parametrize(
    "check", [check for check in readiness_checks.CHECKS if check is not readiness_checks.enough_ratings]
)
def test_without_ratings_nothing_can_be_said(check):
    """Before the first rating every check but the number itself is open, or has nothing to look at."""
    found = check(facts(rated=0, good=0, by_rater={}, rated_by_session={}))
    assert found.result in (CheckResult.OPEN, CheckResult.NOT_APPLICABLE)
    assert found.remedy is None


@pytest.mark.parametrize("unrated, page", [(5, "rate"), (0, "data")])
def test_what_helps_depends_on_what_waits(unrated, page):
    """Where answers wait for ratings the button rates; where none do it gets more of them."""
    assert readiness_checks.enough_ratings(facts(rated=10, unrated=unrated)).remedy.page == page
    assert readiness_checks.both_ends(facts(low=1, unrated=unrated)).remedy.page == page
    single = facts(prompts_with_one_answer=37, unrated=unrated, pairs_wait=unrated > 0)
    found = readiness_checks.comparable_answers(single)
    assert "37 questions have a single rated answer and give no comparison" in found.sentence
    assert found.remedy.page == page


def test_a_neglected_session_is_the_one_to_rate():
    """Of several that wait, the one with the most answers and the fewest ratings."""
    waiting = {"two": 50, "three": 40}
    found = readiness_checks.several_sessions(
        facts(rated_by_session={"one": 90, "two": 20}, unrated_by_session=waiting)
    )
    assert (found.remedy.page, found.remedy.session) == ("rate", "three")


def test_codes_name_one_check_each():
    """Every check has a code of its own, the same for whatever it finds."""
    codes = [check(FINE).code for check in readiness_checks.CHECKS]
    assert len(set(codes)) == len(codes)
    assert codes == [check(facts(rated=0, good=0)).code for check in readiness_checks.CHECKS]


def test_the_facts_are_counted_from_what_is_rated(workspace):
    """Prompts, comparisons, lengths and contradictions are those of the rated answers of the database."""
    ana, ben = rater(workspace, "Ana"), rater(workspace, "Ben")

    def rated(prompt, answer, *values, **options):
        interaction_id = added(workspace, prompt, answer, **options)
        for user, value in zip((ana, ben), values, strict=False):
            looked.rate(workspace, user, interaction_id, value)
        return interaction_id

    rated("One?", "a", 5, 4)
    rated(" one? ", "b", 1)
    rated("two", "a", 3)
    rated("two", "b", 3)
    rated("three", "word " * 1201, 4)
    rated("three", "other", 2, context_id="elsewhere")
    repeat = rated("four", "same", 5)
    rated("five", "unrated")
    with workspace.store.write() as session:
        session.get_one(Item, repeat).identity = None
    rated("four", "same", 2)
    found = readiness.readiness(workspace, COMMAND_LINE)
    assert found.facts.shape == Shape(
        prompts=4,
        prompts_with_one_answer=2,
        prompts_with_differing_answers=2,
        answers_over_words=1,
        contradicting_repeats=1,
    )
    assert (found.facts.rated, found.facts.unrated, found.facts.good) == (8, 1, 3)
    assert found.facts.by_rater == {"Ana": 8, "Ben": 1}
    assert (found.facts.low, found.facts.high, found.facts.rated_twice) == (3, 3, 1)
    assert found.facts.spread == {"Ana": Spread(8, 1, 5), "Ben": Spread(1, 4, 4)}
    assert found.outlook is None
    assert found.by_consensus == {1.0: 1, 2.0: 2, 3.0: 2, 4.0: 1, 4.5: 1, 5.0: 1}
    assert [(name, number) for _, name, number in found.per_day] == [("Ana", 8), ("Ben", 1)]
    assert [check.code for check in found.checks] == [check(FINE).code for check in readiness_checks.CHECKS]


@pytest.mark.parametrize(
    "rated, minimum, stage, following",
    [
        (0, 50, "collecting", 50),
        (49, 50, "collecting", 50),
        (50, 50, "minimum", 200),
        (199, 50, "minimum", 200),
        (200, 50, "recommended", 500),
        (499, 50, "recommended", 500),
        (500, 50, "optimal", None),
        (9, 10, "collecting", 10),
        (250, 300, "collecting", 300),
        (300, 300, "recommended", 500),
        (600, 700, "collecting", 700),
        (700, 700, "optimal", None),
    ],
)
def test_the_stage_follows_the_number_of_rated_answers(rated, minimum, stage, following):
    """50, 200 and 500 rated answers reach the next stage; MIN_SAMPLES_TO_TRAIN replaces the first threshold."""
    assert ratings.stage(rated, minimum) == (stage, following)


def test_the_outlook_is_that_of_the_latest_training(workspace):
    """The forecast of its report; ratings of the sample say nothing about own ones."""
    evaluation = learned().evaluation
    made(workspace, "v1")
    with workspace.store.write() as session:
        run = runs.listed(session)[0]
        measured = Evaluated(evaluation).to_json()
        point = {"n": 120, "auc": Metric(0.84, 0.8, 0.88).to_json()}
        report = {"curve": {"forecast": [point], "reason": None, "more": 40}}
        told = [("Evaluated", measured), ("Reported", {"event": "reported", "report": report})]
        for number, (kind, payload) in enumerate(told, 1):
            session.add(RunEvent(run_id=run.run_id, number=number, kind=kind, payload=payload))
    with workspace.store.read() as session:
        found = forecast.latest_training(session, sample=False)
        assert forecast.latest_training(session, sample=True) is None
    assert (found.run_id, found.more, found.n) == (run.run_id, 40, evaluation.n)
    assert found.at(500) == (120, Metric(0.84, 0.8, 0.88))


MEDIQA = (Metric(0.8816, 0.8487, 0.9161), Metric(0.8858, 0.8516, 0.9209))
"""Measured on its 1,929 answers: what is forecast for the present number of ratings, and for twice as many."""


@pytest.mark.parametrize(
    "first, last, more, flat",
    [
        (*MEDIQA, None, True),
        (*MEDIQA, 580, False),  # more ratings would settle whether it beats length
        (Metric(0.84, 0.752, 0.899), Metric(0.87, 0.778, 0.918), None, False),  # the sample
        (Metric(0.8, 0.7, 0.9), Metric(0.805, 0.73, 0.905), None, False),  # the interval still moves
        (Metric(0.8, 0.7, 0.9), Metric(0.81, 0.7, 0.9), None, False),
        (Metric(0.8, 0.7, 0.9), Metric(0.8099, 0.7, 0.9), None, True),
        (Metric(0.8), Metric(0.8), None, False),  # without an interval nothing is known
        (Metric(None, reason="one class"), Metric(None, reason="one class"), None, False),
    ],
)
def test_a_forecast_is_flat_where_its_whole_interval_hardly_moves(first, last, more, flat):
    """Value, lower and upper end, from the present number of ratings to twice as many."""
    assert Outlook(1, 100, more, ((100, first), (200, last)), None).flat(100) is flat


def test_a_forecast_says_nothing_beyond_what_it_reaches():
    """More than twice the answers since, those that were kept apart not counted; and none is not flat."""
    ahead = Outlook(1, 100, None, ((100, MEDIQA[0]), (200, MEDIQA[1])), None, kept_apart=20)
    assert ahead.flat(220)
    assert not ahead.flat(221)
    assert not Outlook(1, 100, None, (), "too few prompts.").flat(100)


def test_where_more_hardly_helps_no_warning_asks_for_more_of_the_same():
    """What would bring other questions or a second rater stays, and what blocks keeps its way out."""
    few = {"by_rater": {"Ana": 100}, "high": 1, "good": 95, "prompts_with_differing_answers": 0, "pairs_wait": True}
    some = facts(**few, questions=Questions(10, 9, 9))
    before = {check.code: check.remedy for check in readiness_checks.check_all(some)}
    after = {check.code: check.remedy for check in readiness_checks.check_all(replace(some, flat=True))}
    assert {before[code].page for code in ("both_classes", "both_ends", "comparable_answers", "enough_prompts")} == {
        "rate"
    }
    assert [after[code] for code in ("both_classes", "both_ends", "comparable_answers")] == [None] * 3
    assert after["enough_prompts"] == readiness_checks.GET_QUESTIONS
    assert after["several_raters"] == readiness_checks.SECOND_OPINIONS
    too_few = readiness_checks.check_all(replace(some, flat=True, minimum=500))
    assert too_few[0].remedy == readiness_checks.RATE


def test_questions_that_are_kept_apart_are_no_ground_for_a_training(workspace):
    """Before the first training as after it: what it would set apart is not counted, of the sample everything is."""
    ana = rater(workspace, "Ana")
    for number in range(ratings_needed := 200):
        looked.rate(workspace, ana, added(workspace, f"Question {number // 2}?", f"{number}"), 5 if number % 2 else 1)
    groups = {prompt_group(f"Question {number}?") for number in range(ratings_needed // 2)}
    learned_from = sum(not is_held_out(group) for group in groups)
    with workspace.store.read() as session:
        assert statistics.questions(session, 4) == Questions(*[learned_from] * 3)
        assert statistics.questions(session, 6) == Questions(learned_from, 0, learned_from)
    assert 0 < learned_from < len(groups)
    with workspace.store.write() as session:  # one less than a set is made from
        session.get_one(Item, 1).consensus = None
    with workspace.store.read() as session:
        assert statistics.questions(session, 4) == Questions(100, 100, 99)
    with workspace.store.write() as session:
        held_out_prompt = next(group for group in groups if is_held_out(group))
        session.add(HeldOutPrompt(prompt_group=held_out_prompt))
    with workspace.store.read() as session:
        assert statistics.questions(session, 4).rated == learned_from


def test_the_text_below_which_hashes_are_held_out_is_exact():
    """The last held-out prefix and the first other one."""
    for prefix in ("00000000", "33333333", "33333334", "33333332", "ffffffff"):
        for rest in ("0" * 56, "f" * 56):
            assert (prefix + rest < HELD_OUT_BELOW) is is_held_out(prefix + rest)


def test_shared_ratings_are_counted_as_agreement_counts_them(workspace):
    """Over every two ratings of an answer, the same as on Quality; an answer with one rating is not among them."""
    people = [rater(workspace, name) for name in ("Ana", "Ben", "Cleo")]
    for number, given in enumerate([(5, 5), (1, 2, 4), (3, 5), (2,), (4, 4, 4)]):
        answer = added(workspace, "A question?", f"{number}")
        queue.change_settings(workspace, COMMAND_LINE, QueueSettings(raters=3))
        for user, value in zip(people, given, strict=False):
            looked.rate(workspace, user, answer, value)
    with workspace.store.read() as session:
        found = statistics.shared_ratings(session)
    assert found == SharedRatings(answers=4, pairs=8, equal=4, within_1=5)
    known = agreement.measure(workspace, COMMAND_LINE)
    assert known.shares.exact.value == found.equal / found.pairs
    assert known.shares.within_1.value == found.within_1 / found.pairs
    assert known.items == found.answers


def test_nothing_rated_counts_as_nothing(workspace):
    """The counts of an empty database."""
    with workspace.store.read() as session:
        assert statistics.questions(session, 4) == Questions(0, 0, 0)
        assert statistics.shared_ratings(session) == SharedRatings(0, 0, 0, 0)
