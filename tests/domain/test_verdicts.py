import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from core.domain.metrics import Metric
from core.domain.verdicts.figures import Basis, Figures
from core.domain.verdicts.gates import Gate
from core.domain.verdicts.judgement import Judgement, Tone, Use
from core.domain.verdicts.names import model_name
from core.domain.verdicts.rules import SIMPLE_RULES

FIGURES = Figures(
    basis=Basis.CROSS_VALIDATED,
    answers=388,
    questions=46,
    measure="pairwise_accuracy",
    right_order=Metric(0.87, 0.84, 0.9),
    accuracy=Metric(0.8, 0.76, 0.84),
    better_pick=Metric(0.9, 0.8, 0.95),
    rule="length_only",
    rule_order=Metric(0.84, 0.8, 0.88),
    gain=Metric(0.03, 0.01, 0.05),
    length_gap=Metric(0.1, -0.05, 0.25),
)
PASSED = Judgement(FIGURES, Gate.PASSED, "AUC 0.9: promoted.", unseen_questions=None, one_person=False)
WORTH = "Of two answers it picks the better one 87 times of 100 [84, 90]; the best simple rule 84."
WEAK = replace(FIGURES, rule="cosine", gain=Metric(0.03, -0.01, 0.07))
WHY = {
    Gate.NOT_ESTIMABLE: "it cannot be judged on these ratings",
    Gate.TOO_FEW_QUESTIONS: "too few questions to tell skill from luck",
    Gate.CHANCE: "not clearly better than guessing",
    Gate.LENGTH: "not clearly better than the length of the answer",
    Gate.FOLLOWS_LENGTH: "it follows the length of the answer",
    Gate.CHAMPION_WORSE: "worse than the model then in use (both learned anew from the ratings of that day)",
    Gate.CHAMPION_UNCLEAR: (
        "not clearly as good as the model then in use (both learned anew from the ratings of that day)"
    ),
    Gate.CHAMPION_UNKNOWN: "it could not be compared with the model then in use",
    Gate.ADDS_NOTHING: "the deep part adds nothing here, keep the fast method",
    Gate.TOO_FEW_APART: "too few questions are kept apart to tell whether the deep part helps",
    Gate.MOVED: "ratings or the model in use changed while it was trained",
}


@pytest.mark.parametrize(
    "use, begins",
    [
        (Use.IN_USE, "In use."),
        (Use.USED_BEFORE, "Used before, not now."),
        (Use.NOT_USED, "Not in use now."),
    ],
)
def test_a_model_that_passed_says_whether_it_is_used_and_what_it_is_worth(use: Use, begins: str) -> None:
    """The sentence of the issue, word for word."""
    assert PASSED.sentence(use) == f"{begins} {WORTH}"
    assert PASSED.tone(use) is Tone.GOOD


@pytest.mark.parametrize("gate", list(WHY))
@pytest.mark.parametrize(
    "use, begins, tone",
    [
        (Use.NOT_USED, "Not used:", Tone.CAUTION),
        (Use.IN_USE, "In use by a person's decision, although by the rule it would not be:", Tone.BAD),
        (Use.USED_BEFORE, "Used before by a person's decision, although by the rule it would not be:", Tone.CAUTION),
    ],
)
def test_a_model_that_did_not_pass_says_why(gate: Gate, use: Use, begins: str, tone: Tone) -> None:
    """Each gate in words; nothing that the rule refused is shown as good, however it came into use."""
    judged = PASSED.decided(gate, "not promoted.")
    worth = WORTH
    if gate in (Gate.LENGTH, Gate.FOLLOWS_LENGTH):  # a better figure than the rules' beside this would contradict it
        worth = "Of two answers it picks the better one 87 times of 100 [84, 90], which length alone may explain."
    assert judged.sentence(use) == f"{begins} {WHY[gate]}. {worth}"
    assert judged.tone(use) is tone


def test_every_gate_has_its_words() -> None:
    """One that is added later must be said too."""
    assert {*WHY, Gate.PASSED} == set(Gate)


def test_what_two_models_were_compared_on_is_said() -> None:
    """On questions that neither had seen, where there were enough."""
    judged = replace(PASSED.decided(Gate.CHAMPION_WORSE, "no"), unseen_questions=1_200)
    assert judged.sentence(Use.NOT_USED).startswith(
        "Not used: worse than the model then in use (on 1,200 questions that neither was trained on). Of two"
    )


@pytest.mark.parametrize(
    "rule, asks",
    [
        ("length_only", "how long the answer is"),
        ("length_curve", "how close the answer comes to the best length"),
        ("cosine", "how similar answer and question are"),
        ("prompt_only", "the question alone"),
        ("original_order", "which answer was stored first"),
    ],
)
def test_a_model_no_better_than_a_simple_rule_says_so(rule: str, asks: str) -> None:
    """It passed, and is used, but the question could be asked without a model."""
    judged = replace(PASSED, figures=replace(WEAK, rule=rule))
    assert judged.sentence(Use.IN_USE) == (
        f"In use, but no better than asking {asks}. Of two answers it picks the better one 87 times of 100 [84, 90]; "
        "the best simple rule 84: too close to tell apart."
    )
    assert judged.tone(Use.IN_USE) is Tone.CAUTION
    assert rule in SIMPLE_RULES


def test_what_is_no_longer_used_is_no_contrast() -> None:
    """A "but" would say that it should be in use."""
    judged = replace(PASSED, figures=WEAK)
    for use, begins in (
        (Use.USED_BEFORE, "Used before, not now; no better"),
        (Use.NOT_USED, "Not in use now; no better"),
    ):
        assert judged.sentence(use).startswith(f"{begins} than asking how similar answer and question are. Of two")


def test_a_rule_that_is_clearly_better_is_not_called_close() -> None:
    """Length let it pass, likeness beats it: the sentence must not make that a draw."""
    worse = replace(WEAK, rule_order=Metric(0.95, 0.93, 0.97), gain=Metric(-0.08, -0.1, -0.06))
    said = replace(PASSED, figures=worse).sentence(Use.IN_USE)
    assert said.startswith("In use, but no better than asking how similar answer and question are. Of two answers")
    assert said.endswith("the best simple rule 95: clearly better.")


def test_where_answers_cannot_be_compared_good_and_poor_ones_are() -> None:
    """ROC AUC in words."""
    judged = replace(PASSED, figures=replace(FIGURES, measure="roc_auc"))
    assert judged.sentence(Use.IN_USE) == (
        "In use. Of a good and a poor answer it scores the good one higher 87 times of 100 [84, 90]; "
        "the best simple rule 84."
    )


def test_what_is_not_known_has_no_number() -> None:
    """No figure is made up where none can be measured, and an interval is left out where there is none."""
    nothing = Metric(None, reason="not estimable")
    blank = replace(FIGURES, right_order=nothing, rule=None, rule_order=nothing, gain=nothing)
    judged = replace(PASSED.decided(Gate.NOT_ESTIMABLE, "no"), figures=blank)
    assert judged.sentence(Use.NOT_USED) == "Not used: it cannot be judged on these ratings."
    few = replace(FIGURES, right_order=Metric(0.87), rule_order=Metric(0.84), gain=Metric(0.03))
    judged = replace(PASSED.decided(Gate.TOO_FEW_QUESTIONS, "no"), figures=few)
    assert judged.sentence(Use.NOT_USED).endswith("it picks the better one 87 times of 100; the best simple rule 84.")


def test_ratings_of_one_person_are_said_to_be() -> None:
    """Whose judgement it learned stands at the end, whatever the verdict."""
    for judged in (PASSED, PASSED.decided(Gate.LENGTH, "no")):
        said = replace(judged, one_person=True).sentence(Use.NOT_USED)
        assert said.endswith(" It learned from one person's ratings.")


@pytest.mark.parametrize(
    "rule, words",
    [
        ("cosine", "how similar answer and question are"),
        ("length_only", "the length of the answer"),
        ("length_curve", "how close the answer comes to the best length"),
    ],
)
def test_a_model_that_is_a_simple_rule_says_so_once(rule: str, words: str) -> None:
    """It is no better than that rule because it is that rule."""
    judged = replace(PASSED, figures=replace(WEAK, rule=rule), goes_by=rule)
    assert judged.sentence(Use.IN_USE) == (
        "In use. Of two answers it picks the better one 87 times of 100 [84, 90]; the best simple rule 84: too close "
        "to tell apart. On so few ratings a simple rule ranked answers better than all it could learn, so it goes by "
        f"that rule alone: {words}."
    )
    assert judged.tone(Use.IN_USE) is Tone.CAUTION
    assert Judgement.from_json(json.loads(json.dumps(judged.to_json()))) == judged


def test_a_judgement_is_stored_and_read_as_it_was() -> None:
    """Through JSON and back."""
    judged = replace(PASSED, unseen_questions=40, figures=replace(FIGURES, better_pick=Metric(None, reason="none")))
    assert Judgement.from_json(json.loads(json.dumps(judged.to_json()))) == judged


def test_the_word_safe_is_never_said() -> None:
    """Whatever the gate, the use and the rule."""
    for gate in Gate:
        for use in Use:
            for rule in SIMPLE_RULES:
                said = replace(PASSED.decided(gate, ""), figures=replace(WEAK, rule=rule)).sentence(use)
                assert "safe" not in said.lower()


def test_a_model_is_called_by_its_training_and_day() -> None:
    """The year stands only where it is another one."""
    noon = datetime(2026, 11, 28, 12, tzinfo=UTC)
    assert model_name(3, noon, today=noon + timedelta(days=2)) == "Model 3, 28 Nov"
    assert model_name(3, noon, today=noon + timedelta(days=100)) == "Model 3, 28 Nov 2026"
