"""Gold, pairs and kto, by hand and recomputed from the written files."""

from itertools import groupby
from statistics import median

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.domain.records import ImportRow
from core.domain.texts import normalise_prompt, prompt_group
from core.domain.turns import turns_text
from core.labeling.export_columns import EXPORTS, GOLD, RATINGS
from core.labeling.exports import count_prompts_without_pair, gold_rows, kto_rows, pair_rows
from core.labeling.how_to_read import HowToRead
from core.labeling.raw_rows import Row
from core.labeling.rows import understand
from core.labeling.tables import open_table
from core.labeling.writing import write_table

TURNS = '[{"role": "user", "text": "Hi"}, {"role": "assistant", "text": "=Hello."}]'
OTHER_TURNS = '[{"role": "user", "text": "Hi"}]'
TIME = "2026-01-02T03:04:05+00:00"


def rating_row(interaction_id, rating, *, prompt="p", response=None, context=None, rater="ana", **values):
    return dict.fromkeys(RATINGS) | {
        "interaction_id": interaction_id,
        "rater": rater,
        "rating": rating,
        "user_prompt": prompt,
        "ai_response": f"answer {interaction_id}" if response is None else response,
        "context_id": context,
        "bias_flag": False,
        "created_at": TIME,
        "updated_at": TIME,
        **values,
    }


def accepted(row):
    assert isinstance(row, ImportRow)
    return row


def in_order(rows):
    """As the store hands them over."""
    return sorted(
        rows,
        key=lambda row: (
            prompt_group(row["user_prompt"]),
            row["context_id"] or "",
            row["turns"] or "",
            row["interaction_id"],
        ),
    )


def gold_of(*rows):
    return list(gold_rows(in_order(rows)))


@pytest.mark.parametrize(
    "ratings, consensus, agreement",
    [([4], 4.0, None), ([3, 4], 3.5, 1.0), ([1, 3, 3], 3.0, 1 / 3), ([1, 2, 4, 5], 3.0, 2 / 6), ([5, 5, 5], 5.0, 1.0)],
)
def test_gold_is_the_median_with_its_agreement(ratings, consensus, agreement):
    """Consensus is the exact median, agreement the share of pairs of raters within 1 of each other."""
    (row,) = gold_of(*[rating_row(7, rating, session_id="s", context="c") for rating in ratings])
    assert row == {
        "interaction_id": 7,
        "user_prompt": "p",
        "ai_response": "answer 7",
        "context_id": "c",
        "session_id": "s",
        "rating": consensus,
        "n_raters": len(ratings),
        "agreement": agreement,
        "turns": "",
    }
    assert list(row) == list(GOLD)
    assert isinstance(row["rating"], float)


def test_rows_without_a_rating_do_not_count():
    """A comment alone is no rater, and an interaction with nothing else is no gold."""
    assert [row["n_raters"] for row in gold_of(rating_row(1, 4), rating_row(1, None), rating_row(2, None))] == [1]


def test_pairs_compare_answers_to_one_normalised_prompt_and_context():
    """Spelling of the prompt does not separate answers, context does; the chosen answer's prompt is written."""
    gold = gold_of(
        rating_row(1, 5, prompt="What  is it?"),
        rating_row(2, 2, prompt="WHAT IS IT?"),
        rating_row(3, 1, prompt="What is it?", context="x"),
        rating_row(4, 1, prompt="Other?"),
    )
    assert list(pair_rows(gold)) == [
        {
            "prompt": "What  is it?",
            "chosen": "answer 1",
            "rejected": "answer 2",
            "chosen_rating": 5.0,
            "rejected_rating": 2.0,
            "margin": 3.0,
            "context_id": None,
            "source": "ratings",
            "turns": "",
        }
    ]
    assert count_prompts_without_pair(gold) == 2


def test_pairs_compare_answers_in_one_conversation():
    """The same question after other turns is another one; a pair says what was said before."""
    gold = gold_of(
        rating_row(1, 5, turns=TURNS),
        rating_row(2, 2, turns=TURNS),
        rating_row(3, 1),
        rating_row(4, 4, turns=OTHER_TURNS),
    )
    assert [(pair["chosen"], pair["rejected"], pair["turns"]) for pair in pair_rows(gold)] == [
        ("answer 1", "answer 2", TURNS)
    ]
    assert count_prompts_without_pair(gold) == 2
    assert [(row["completion"], row["turns"]) for row in kto_rows(gold, positive_threshold=4) if row["label"]] == [
        (row["ai_response"], row["turns"]) for row in gold if row["rating"] >= 4
    ]


def test_pairs_need_a_margin_of_one_and_two_texts():
    """Half a point is no preference, and a text is never better than itself."""
    gold = gold_of(
        rating_row(1, 3),
        rating_row(1, 4, rater="bo"),
        rating_row(2, 3),
        rating_row(3, 4),
        rating_row(4, 1, response="answer 3"),
    )
    assert [(pair["chosen"], pair["rejected"], pair["margin"]) for pair in pair_rows(gold)] == [
        ("answer 1", "answer 3", 2.5),
        ("answer 3", "answer 2", 1.0),
        ("answer 2", "answer 3", 2.0),
    ]


def test_a_prompt_whose_answers_are_one_text_gives_no_pair():
    """Contradicting ratings of one text are not counted as a preference."""
    gold = gold_of(rating_row(1, 5, response="same"), rating_row(2, 1, response="same"))
    assert list(pair_rows(gold)) == []
    assert count_prompts_without_pair(gold) == 1


def test_kto_labels_by_the_threshold():
    """The consensus has to reach the threshold, not only come near it."""
    gold = gold_of(rating_row(1, 4), rating_row(2, 3), rating_row(2, 4, rater="bo"))
    labels = {row["completion"]: row["label"] for row in kto_rows(gold, positive_threshold=4)}
    assert labels == {"answer 1": True, "answer 2": False}
    assert all(row["label"] for row in kto_rows(gold, positive_threshold=3))


def test_rows_out_of_order_are_refused():
    """Prompts in the wrong order could split a group and lose its pairs silently."""
    rows = in_order([rating_row(1, 5, prompt="a"), rating_row(2, 5, prompt="b")])[::-1]
    with pytest.raises(ValueError, match="ordered by prompt group"):
        list(gold_rows(rows))


LETTERS = st.characters(exclude_categories=["Cs"], exclude_characters="\x00")
TEXTS = st.builds(
    str.__add__,
    st.sampled_from(["", "=", "+", "-", "@", "\t", "\r", "\n", "'", "'=", "  =", '"', "ü\u2028", "a,b;c", "＝"]),
    st.text(LETTERS, max_size=4),
)
FILLED = TEXTS.filter(str.strip)
RATED = st.lists(
    st.tuples(
        st.sampled_from(["Why?", "why? ", "=SUM(A1)", "\tTab", "Human: Hi\n\nAssistant: =1\n\nHuman: Why?"]) | FILLED,
        FILLED,
        st.sampled_from([None, "c1", "-c2"]),
        st.sampled_from(["", TURNS, OTHER_TURNS]),
        st.lists(st.integers(1, 5), min_size=1, max_size=4),
        st.none() | FILLED,
        st.sampled_from([None, True, False]),
    ),
    min_size=1,
    max_size=8,
)


@pytest.mark.parametrize("ending", [".csv", ".jsonl", ".parquet"])
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(rated=RATED)
def test_every_export_can_be_recomputed_from_the_written_files(tmp_path, ending, rated):
    """Gold from the ratings file, pairs and kto from the gold file, written again, are the same bytes."""
    ratings = in_order(
        rating_row(
            number,
            rating,
            prompt=prompt,
            response=response,
            context=context,
            turns=turns,
            rater=f"-r{rater}",
            feedback_comment=comment,
            bias_flag=flag,
        )
        for number, (prompt, response, context, turns, given_ratings, comment, flag) in enumerate(rated, 1)
        for rater, rating in enumerate(given_ratings)
    )
    gold = list(gold_rows(ratings))

    def write(kind, rows, name=None):
        path = tmp_path / f"{name or kind}{ending}"
        return write_table(path, EXPORTS[kind], rows), path.read_bytes()

    def read(kind):
        for row in open_table(tmp_path / f"{kind}{ending}").rows():
            assert isinstance(row, Row)
            yield row.values

    write("ratings", ratings)
    first = [write("gold", gold), write("pairs", pair_rows(gold)), write("kto", kto_rows(gold, positive_threshold=4))]
    again = [
        write("gold", gold_rows(read("ratings")), "again"),
        write("pairs", pair_rows(read("gold")), "again"),
        write("kto", kto_rows(read("gold"), positive_threshold=4), "again"),
    ]
    assert first == again
    assert count_prompts_without_pair(read("gold")) == count_prompts_without_pair(gold)
    imported = map(accepted, understand(open_table(tmp_path / f"ratings{ending}"), HowToRead()).rows())
    assert [(row.user_prompt, row.ai_response, turns_text(row.turns)) for row in imported] == [
        (row["user_prompt"], row["ai_response"], row["turns"]) for row in ratings
    ]


@settings(max_examples=100)
@given(rated=RATED)
def test_pairs_are_what_the_definition_says(rated):
    """Against the plain definition, written another way: every better answer of a group with every worse one."""
    gold = gold_of(
        *[
            rating_row(number, rating, prompt=prompt, response=response, context=context, turns=turns, rater=str(rater))
            for number, (prompt, response, context, turns, given_ratings, _, _) in enumerate(rated, 1)
            for rater, rating in enumerate(given_ratings)
        ]
    )
    answers = [
        (normalise_prompt(prompt), context or "", turns, response, median(given_ratings))
        for prompt, response, context, turns, given_ratings, _, _ in rated
    ]
    expected = sorted(
        (*better[:4], worse[3], better[4] - worse[4])
        for better in answers
        for worse in answers
        if better[:3] == worse[:3] and better[3] != worse[3] and better[4] - worse[4] >= 1
    )
    found = list(pair_rows(gold))
    shown = [
        (normalise_prompt(p["prompt"]), p["context_id"] or "", p["turns"], p["chosen"], p["rejected"], p["margin"])
        for p in found
    ]
    assert sorted(shown) == expected
    without = {answer[:3] for answer in answers} - {pair[:3] for pair in shown}
    assert count_prompts_without_pair(gold) == len(without)
    assert len(list(groupby(shown, key=lambda pair: pair[:3]))) == len({pair[:3] for pair in shown})
