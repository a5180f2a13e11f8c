"""Each check of the Readiness page: when it speaks up, and when it does not."""

from dataclasses import replace

import pytest

from core.domain.ratings import stage as stage_of
from core.services import rating, readiness
from core.services.readiness import Facts, Verdict
from core.store.counts import Shape
from core.store.tables import Item
from tests.databases import added, rater

FINE = Facts(
    rated=100, unrated=5, good=60, minimum=50, by_rater={"Ana": 100},
    shape=Shape(
        prompts=40, prompts_with_one_answer=2, prompts_with_differing_answers=30, answers_over_words=0,
        contradicting_repeats=0,
    ),
)  # fmt: skip


def facts(**values):
    shape = {name: value for name, value in values.items() if name in Shape.__slots__}
    return replace(FINE, shape=replace(FINE.shape, **shape), **{n: v for n, v in values.items() if n not in shape})


@pytest.mark.parametrize(
    "check, values, verdict, words",
    [
        (readiness.enough_ratings, {"rated": 49}, Verdict.BLOCKER, "Rate 1 more"),
        (readiness.enough_ratings, {"rated": 0}, Verdict.BLOCKER, "Rate 50 more"),
        (readiness.enough_ratings, {"rated": 50}, Verdict.OK, "50"),
        (readiness.both_classes, {"good": 100}, Verdict.BLOCKER, "All rated answers are good"),
        (readiness.both_classes, {"good": 0}, Verdict.BLOCKER, "All rated answers are poor"),
        (readiness.both_classes, {"good": 91}, Verdict.WARNING, "91% of the rated answers are good"),
        (readiness.both_classes, {"good": 9}, Verdict.WARNING, "91% of the rated answers are poor"),
        (readiness.both_classes, {"good": 90}, Verdict.OK, "90 good and 10 poor"),
        (readiness.contradicting_repeats, {"contradicting_repeats": 1}, Verdict.WARNING, "1 answer is stored more than once"),
        (readiness.contradicting_repeats, {"contradicting_repeats": 2}, Verdict.WARNING, "2 answers are"),
        (readiness.contradicting_repeats, {}, Verdict.OK, "No answer"),
        (readiness.enough_prompts, {"prompts": 1}, Verdict.BLOCKER, "one prompt"),
        (readiness.enough_prompts, {"prompts": 19}, Verdict.WARNING, "Only 19"),
        (readiness.enough_prompts, {"prompts": 20}, Verdict.OK, "20 different prompts"),
        (readiness.comparable_answers, {"prompts_with_differing_answers": 0}, Verdict.WARNING, "No prompt has two"),
        (
            readiness.comparable_answers,
            {"prompts_with_differing_answers": 1, "prompts_with_one_answer": 2},
            Verdict.WARNING,
            "2 prompts have a single rated answer",
        ),
        (readiness.comparable_answers, {"prompts_with_one_answer": 30}, Verdict.OK, "30 prompts have a single"),
        (readiness.comparable_answers, {"prompts_with_one_answer": 0}, Verdict.OK, "different quality."),
        (readiness.readable_length, {"answers_over_words": 1}, Verdict.WARNING, "1 rated answer is longer than 1,200 words"),
        (readiness.readable_length, {}, Verdict.OK, "1,200 words"),
    ],
)  # fmt: skip
def test_a_check_speaks_up_exactly_when_it_should(check, values, verdict, words):
    """At its limit a check changes its verdict, and its sentence says what was found."""
    found = check(facts(**values))
    assert found.verdict is verdict
    assert words in found.sentence


@pytest.mark.parametrize("check", [check for check in readiness.CHECKS if check is not readiness.enough_ratings])
def test_without_ratings_nothing_can_be_said(check):
    """Before the first rating every check but the number itself is open."""
    assert check(facts(rated=0, good=0)).verdict is Verdict.OPEN


def test_codes_name_one_check_each():
    """Every check has a code of its own, the same for whatever it finds."""
    codes = [check(FINE).code for check in readiness.CHECKS]
    assert len(set(codes)) == len(codes)
    assert codes == [check(facts(rated=0, good=0)).code for check in readiness.CHECKS]


def test_the_facts_are_counted_from_what_is_rated(workspace):
    """Prompts, comparisons, lengths and contradictions are those of the rated answers of the database."""
    ana, ben = rater(workspace, "Ana"), rater(workspace, "Ben")

    def rated(prompt, answer, *values, **options):
        interaction_id = added(workspace, prompt, answer, **options)
        for user, value in zip((ana, ben), values, strict=False):
            rating.rate(workspace, user, interaction_id, value)
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
    found = readiness.readiness(workspace)
    assert found.facts.shape == Shape(
        prompts=4, prompts_with_one_answer=2, prompts_with_differing_answers=2, answers_over_words=1,
        contradicting_repeats=1,
    )  # fmt: skip
    assert (found.facts.rated, found.facts.unrated, found.facts.good) == (8, 1, 3)
    assert found.facts.by_rater == {"Ana": 8, "Ben": 1}
    assert found.by_consensus == {1.0: 1, 2.0: 2, 3.0: 2, 4.0: 1, 4.5: 1, 5.0: 1}
    assert [(name, number) for _, name, number in found.per_day] == [("Ana", 8), ("Ben", 1)]
    assert [check.code for check in found.checks] == [check(FINE).code for check in readiness.CHECKS]


@pytest.mark.parametrize(
    "rated, minimum, stage, following",
    [
        (0, 50, "collecting", 50), (49, 50, "collecting", 50), (50, 50, "minimum", 200), (199, 50, "minimum", 200),
        (200, 50, "recommended", 500), (499, 50, "recommended", 500), (500, 50, "optimal", None),
        (9, 10, "collecting", 10), (250, 300, "collecting", 300), (300, 300, "recommended", 500),
        (600, 700, "collecting", 700), (700, 700, "optimal", None),
    ],
)  # fmt: skip
def test_the_stage_follows_the_number_of_rated_answers(rated, minimum, stage, following):
    """50, 200 and 500 rated answers reach the next stage; MIN_SAMPLES_TO_TRAIN replaces the first threshold."""
    assert stage_of(rated, minimum) == (stage, following)
