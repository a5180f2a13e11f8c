import pytest

from core.domain.metrics import Metric
from core.domain.verdicts.gates import judge_challenger, judge_first

AUC = Metric(0.872, 0.85, 0.89)
CLEAR = Metric(0.24, 0.21, 0.27)


def test_a_first_champion_clearly_beats_answer_length() -> None:
    """The sentence is the one the lead reads."""
    decision = judge_first(AUC, CLEAR)
    assert decision.promoted
    assert decision.reason == "AUC 0.872 beats answer length alone by 0.24 [0.21, 0.27]: promoted."


@pytest.mark.parametrize(
    "versus_length, words",
    [
        (Metric(0.1, 0.0, 0.2), "does not clearly beat answer length alone (difference 0.10 [0.00, 0.20])"),
        (Metric(-0.1, -0.2, 0.1), "does not clearly beat"),
        (Metric(0.1), "too few prompts"),
        (Metric(None, reason="not estimable: one class only"), "not estimable: one class only"),
    ],
)
def test_what_is_not_clearly_better_than_length_is_not_promoted(versus_length: Metric, words: str) -> None:
    """Neither luck nor a missing interval makes a champion."""
    decision = judge_first(AUC, versus_length)
    assert not decision.promoted
    assert words in decision.reason
    assert decision.reason.endswith("not promoted.")


@pytest.mark.parametrize(
    "versus_champion, promoted",
    [
        (Metric(0.0, 0.0, 0.0), True),
        (Metric(0.01, -0.019, 0.03), True),
        (Metric(0.01, -0.02, 0.03), False),
        (Metric(-0.001, -0.01, 0.01), False),
        (Metric(0.05), False),
        (Metric(None, reason="not estimable: one class only"), False),
    ],
)
def test_a_challenger_is_no_worse_and_not_by_chance(versus_champion: Metric, promoted: bool) -> None:
    """Difference at least 0 with a lower bound above -0.02."""
    decision = judge_challenger(AUC, CLEAR, versus_champion)
    assert decision.promoted == promoted
    assert "champion" in decision.reason


def test_a_challenger_must_beat_length_too() -> None:
    """Being as good as a bad champion is not enough."""
    decision = judge_challenger(AUC, Metric(0.0, -0.1, 0.1), Metric(0.1, 0.05, 0.2))
    assert not decision.promoted
    assert "answer length" in decision.reason
