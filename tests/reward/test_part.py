"""The part of very many ratings that a training learns from."""

from collections import Counter

from core.domain.texts import prompt_group
from core.reward.training.part import RatedQuestion, part_of


def questions(number: int = 4000) -> list[RatedQuestion]:
    """Of a large session, a small one and many of one question each; with good, poor and mixed answers."""
    sessions = ("large", "large", "large", "small")
    return [
        RatedQuestion(
            prompt_group(f"question {n}"), n % 4 + 1, sessions[n % 4] if n % 10 else f"own {n}", n % 3 and n % 2
        )
        for n in range(number)
    ]


def test_everything_is_taken_where_it_fits():
    found = questions(100)
    assert sorted(part_of(found, sum(q.answers for q in found))) == sorted(q.group for q in found)


def test_a_part_is_no_larger_than_it_may_be_and_divided_like_the_whole():
    """By session and by kind of answers, each within two questions of its share; in whole questions."""
    found = questions()
    total = sum(q.answers for q in found)
    chosen = set(part_of(found, total // 10))
    taken = [q for q in found if q.group in chosen]
    assert len(taken) == len(chosen)
    assert total // 10 - 60 < sum(q.answers for q in taken) <= total // 10
    for strata in (Counter((q.session, q.kind) for q in found if not q.session.startswith("own")),):
        of_part = Counter((q.session, q.kind) for q in taken)
        assert all(abs(of_part[key] - number / 10) <= 2 for key, number in strata.items())
    own = sum(q.session.startswith("own") for q in found)
    assert abs(sum(q.session.startswith("own") for q in taken) - own / 10) <= 2


def test_the_same_part_is_taken_whatever_the_order():
    found = questions()
    assert part_of(found, 1000) == part_of(found[::-1], 1000)


def test_a_question_that_is_too_large_for_the_part_is_passed_over():
    huge = RatedQuestion(prompt_group("everybody asks this"), 5_000, "", 100)
    found = part_of([huge, *questions()], 1000)
    assert huge.group not in found
    assert len(found) > 200
