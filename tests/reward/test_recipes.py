import numpy as np
import pytest

from core.domain.errors import BadInput
from core.reward.encoding.embedder import View
from core.reward.recipes.base import Pair, feature_matrix
from core.reward.recipes.form import FORM
from core.reward.recipes.pair import SCALARS, layout
from core.reward.recipes.registry import CONCAT, PAIR, RECIPES, recipe_named
from tests.reward.fakes import DIM, embedder

PROMPT = "asthma inhaler dose"
LONG = "inhaler dose " + " ".join(f"word{number}" for number in range(398))


def test_pair_features_are_what_the_design_says() -> None:
    """u, v, |u - v|, u * v, then the nine scalars in their order, then the form."""
    source = embedder()
    (row,) = feature_matrix(PAIR, [Pair(PROMPT, LONG)], source)
    vectors = source.vectors([PROMPT, LONG], View.WINDOWS)
    u = vectors[PROMPT][0]
    windows = vectors[LONG] @ u
    v = np.exp(10 * windows) @ vectors[LONG]
    v /= np.linalg.norm(v)
    assert np.allclose(row[: 4 * DIM], np.concatenate([u, v, np.abs(u - v), u * v]))
    expected = [u @ v, windows.max(), windows.mean(), windows.min(), np.log(401), np.log(3), 2 / 3]
    whole = vectors[LONG].mean(axis=0)
    expected += [u @ whole / np.linalg.norm(whole), windows @ [1, 0.6, 0.36] / 1.96]
    assert np.allclose(row[4 * DIM : 4 * DIM + len(SCALARS)], expected, atol=1e-6)
    assert len(row) == 4 * DIM + len(SCALARS) + len(FORM)


def test_the_form_of_an_answer_is_counted() -> None:
    """Each property is seen where it is, and an answer without any has none but the length of its sentences."""
    question = "what helps against asthma"
    shown = {
        "list items": "- rest\n- inhaler\n3) water",
        "words with digits": "take 200mg at 8",
        "links": "see https://example.org or www.example.org",
        "hedges": "it might perhaps help",
        "refusals": "I cannot say, no idea",
        "echo": "asthma",
        "question marks": "which one? since when?",
        "exclamation marks": "stop that!",
        "about the writer": "I’ve had it, my doctor said",
        "about the reader": "your doctor knows",
        "courtesies": "Hi, thank you",
    }
    plain = dict(zip(FORM, _form(question, "rest until it stops."), strict=True))
    assert [name for name, value in plain.items() if value] == ["sentence length", "different words", "length squared"]
    assert plain["length squared"] == pytest.approx(np.log(5) ** 2)
    for name, text in shown.items():
        assert dict(zip(FORM, _form(question, text), strict=True))[name] > 0, name
    assert dict(zip(FORM, _form(question, shown["list items"]), strict=True))["list items"] == pytest.approx(np.log(4))
    assert dict(zip(FORM, _form(question, shown["echo"]), strict=True))["echo"] == 1


def _form(prompt: str, response: str) -> list[float]:
    (row,) = feature_matrix(PAIR, [Pair(prompt, response)], embedder())
    return row[-len(FORM) :].tolist()


def test_who_does_not_read_the_form_does_not_wait_for_it() -> None:
    """A model without it gets the same other columns, and zeros where the form would be."""
    whole = feature_matrix(PAIR, [Pair(PROMPT, LONG)], embedder())
    end = 4 * DIM + len(SCALARS)
    without = feature_matrix(PAIR, [Pair(PROMPT, LONG)], embedder(), end)
    assert np.array_equal(without[:, :end], whole[:, :end])
    assert whole[:, end:].any()
    assert not without[:, end:].any()


@pytest.mark.parametrize("dim", [1, 8, 48, 383, 384, 768])
def test_the_number_of_columns_tells_whether_the_form_is_there(dim: int) -> None:
    """Models of earlier releases have none; a column more behind all of them changes nothing."""
    for more in (0, 1):
        assert layout(4 * dim + len(SCALARS) + more) == (4 * dim, False)
        assert layout(4 * dim + len(SCALARS) + len(FORM) + more) == (4 * dim, True)


def test_concat_features_are_the_vector_of_the_joined_text() -> None:
    """The baseline recipe embeds one text per row."""
    source = embedder()
    (row,) = feature_matrix(CONCAT, [Pair("a", "b")], source)
    assert np.array_equal(row, source.vectors(["a </s> b"], View.WHOLE)["a </s> b"][0])


def test_pooling_follows_the_window_that_answers() -> None:
    """A long answer is judged mostly by the part that is about the prompt."""
    rows = np.eye(3, DIM, dtype=np.float32)
    pooled = PAIR.features([Pair("p", "r")], {"p": rows[:1], "r": rows})[0, DIM : 2 * DIM]
    assert pooled[0] > 0.99
    assert np.linalg.norm(pooled) == pytest.approx(1)


@pytest.mark.parametrize("recipe", RECIPES.values(), ids=list(RECIPES))
@pytest.mark.parametrize("pair", [Pair("", ""), Pair("?", "x" * 100_000), Pair("治疗", "糖尿病")])
def test_odd_texts_have_finite_features(recipe, pair: Pair) -> None:
    """Empty, endless and spaceless texts are rows like others."""
    assert np.isfinite(feature_matrix(recipe, [pair], embedder())).all()


@pytest.mark.parametrize("recipe", RECIPES.values(), ids=list(RECIPES))
def test_parts_cover_every_column_once(recipe) -> None:
    """The explanation of a score adds up."""
    columns = 4 * DIM + len(SCALARS) + len(FORM) + (recipe.name == "transformer")  # the deep part is its last one
    covered = [index for part in recipe.parts(columns).values() for index in range(columns)[part]]
    assert covered == list(range(columns))
    assert {weights.shape for weights in recipe.weightings(columns).values()} == {(columns,)}
    assert {pull.shape for pull in recipe.towards(columns).values()} <= {(columns,)}


def test_many_rows_equal_one_by_one() -> None:
    """Building the matrix in parts does not show."""
    source = embedder()
    pairs = [Pair(f"p{number % 7}", f"answer {number}") for number in range(1_100)]
    whole = feature_matrix(PAIR, pairs, source)
    for index in (0, 999, 1_000, 1_099):
        assert np.array_equal(whole[index], feature_matrix(PAIR, [pairs[index]], source)[0])


def test_an_unknown_recipe_lists_those_that_exist() -> None:
    """A mistyped recipe is answered with the choice."""
    with pytest.raises(BadInput, match="pair, transformer, concat"):
        recipe_named("triple")
