import pytest

from core.domain.metrics import Metric
from core.domain.verdicts.gates import Gate, judge_challenger, judge_first

AUC = Metric(0.872, 0.85, 0.89)
CLEAR = Metric(0.24, 0.21, 0.27)


def test_a_first_champion_clearly_beats_answer_length() -> None:
    """The sentence is the one in the audit log."""
    decision = judge_first(AUC, CLEAR, CLEAR)
    assert decision.promoted
    assert decision.reason == "AUC 0.872 beats answer length alone by 0.24 [0.21, 0.27]: promoted."


@pytest.mark.parametrize(
    "versus_length, gate, words",
    [
        (Metric(0.1, 0.0, 0.2), Gate.LENGTH, "does not clearly beat answer length alone (difference 0.10 [0.00, 0.20"),
        (Metric(-0.1, -0.2, 0.1), Gate.LENGTH, "does not clearly beat"),
        (Metric(0.1), Gate.TOO_FEW_QUESTIONS, "too few questions"),
        (Metric(None, reason="not estimable: one class only"), Gate.NOT_ESTIMABLE, "not estimable: one class only"),
    ],
)
def test_what_is_not_clearly_better_than_length_is_not_promoted(versus_length: Metric, gate: Gate, words: str) -> None:
    """Neither luck nor a missing interval makes a champion."""
    decision = judge_first(AUC, versus_length, CLEAR)
    assert (decision.promoted, decision.gate) == (False, gate)
    assert words in decision.reason
    assert decision.reason.endswith("not promoted.")


@pytest.mark.parametrize("curve", [Metric(0.1, 0.0, 0.2), Metric(-0.1, -0.2, -0.05), Metric(0.2), Metric(None)])
def test_what_a_best_length_explains_as_well_follows_length(curve: Metric) -> None:
    """Clearly better than "longer is better", but not than the length that is best."""
    decision = judge_first(AUC, CLEAR, curve)
    assert (decision.promoted, decision.gate) == (False, Gate.FOLLOWS_LENGTH)
    assert decision.reason.endswith("it follows length, not promoted.")


def test_chance_that_beats_a_worse_ruler_is_still_chance() -> None:
    """Where length comes out below chance by luck, beating it is no merit."""
    assert judge_first(Metric(0.49, 0.42, 0.56), Metric(0.12, 0.03, 0.2), CLEAR).gate is Gate.CHANCE


@pytest.mark.parametrize(
    "versus_champion, gate",
    [
        (Metric(0.0, 0.0, 0.0), Gate.PASSED),
        (Metric(0.01, -0.019, 0.03), Gate.PASSED),
        (Metric(0.01, -0.02, 0.03), Gate.CHAMPION_UNCLEAR),
        (Metric(-0.001, -0.01, 0.01), Gate.CHAMPION_UNCLEAR),
        (Metric(-0.03, -0.05, -0.01), Gate.CHAMPION_WORSE),
        (Metric(0.05), Gate.CHAMPION_UNKNOWN),
        (Metric(None, reason="not estimable: one class only"), Gate.CHAMPION_UNKNOWN),
    ],
)
@pytest.mark.parametrize("unseen", [None, 1_200])
def test_a_challenger_is_no_worse_and_not_by_chance(versus_champion: Metric, gate: Gate, unseen: int | None) -> None:
    """Difference at least 0 with a lower bound above -0.02; the reason says what the two were compared on."""
    decision = judge_challenger(AUC, CLEAR, CLEAR, versus_champion, unseen_questions=unseen)
    assert decision.gate is gate
    assert "the model in use" in decision.reason
    said = "on 1,200 questions that neither was trained on" if unseen else "both learned anew from today's ratings"
    assert (said in decision.reason) == (gate is not Gate.CHAMPION_UNKNOWN)


@pytest.mark.parametrize(
    "length, curve, gate",
    [(Metric(0.0, -0.1, 0.1), CLEAR, Gate.LENGTH), (CLEAR, Metric(0.0, -0.1, 0.1), Gate.FOLLOWS_LENGTH)],
)
def test_a_challenger_must_beat_length_too(length: Metric, curve: Metric, gate: Gate) -> None:
    """Being as good as a bad champion is not enough."""
    assert judge_challenger(AUC, length, curve, Metric(0.1, 0.05, 0.2)).gate is gate
