"""What ratings of a file mean: every scale at its ends and in its middle, and what a file's ratings look like."""

import pytest

from core.domain.errors import BadInput
from core.labeling.scales import RatingValues, as_given, is_no_rating, named, of_words


def counted(values, scale=None) -> RatingValues:
    found = RatingValues(scale or as_given())
    for value in values:
        found.add(value)
    return found


@pytest.mark.parametrize("value", [4, 4.0, "4", "4.0", "4,0", " 4 ", "+4", "4,", "4e0", "04"])
def test_four_is_four_however_it_is_written(value):
    assert as_given().read(value) == 4


@pytest.mark.parametrize("value", ["", " ", None, float("nan"), "N/A", "n/a", "NA", "-", "–", "?", "#N/A", "Not rated"])
@pytest.mark.parametrize("scale", ["", "0-4", "thumbs", "poor=1,good=4"])
def test_no_rating_is_none_on_every_scale(value, scale):
    assert is_no_rating(value)
    assert named(scale).read(value) is None


@pytest.mark.parametrize(
    "value", [3.5, "3,5", 0, 6, True, "true", "good", "1_0", "4/5", "inf", [4], {}, 10**50, "4" * 50]
)
def test_what_is_no_whole_number_from_one_to_five_says_so(value):
    with pytest.raises(BadInput, match="is not a whole number from 1 to 5") as error:
        as_given().read(value)
    assert len(str(error.value)) < 120


@pytest.mark.parametrize(
    "scale, pairs",
    [
        ("0-4", {0: 1, 1: 2, 2: 3, 3: 4, 4: 5, 3.5: 5, "0,5": 2, 0.4: 1}),
        ("0-1", {0: 1, 0.124: 1, 0.125: 2, 0.374: 2, 0.375: 3, 0.5: 3, 0.625: 4, 0.875: 5, "1": 5}),
        ("1-10", {1: 1, 2: 1, 3: 2, 4: 2, 5: 3, 6: 3, 7: 4, 8: 4, 9: 5, 10: 5}),
        ("1-5", {1: 1, 3.5: 4, "3,4": 3, 4.49: 4, 5: 5}),
        ("0-100", {0: 1, 12.4: 1, 12.5: 2, 50: 3, 87.5: 5, 100: 5}),
        ("-1-1", {-1: 1, 0: 3, 1: 5}),
        ("1 to 7", {1: 1, 4: 3, 7: 5}),
        ("thumbs", {1: 5, 0: 1, -1: 1, "true": 5, "False": 1, "👍🏽": 5, "👎": 1, "Thumbs up": 5, "1.0": 5, "down": 1}),
        ("Poor=1; so, so=3 ,GOOD=4", {"poor": 1, " So,  so": 3, "Good": 4}),
    ],
)
def test_a_scale_puts_its_ratings_between_one_and_five(scale, pairs):
    for value, rating in pairs.items():
        assert named(scale).read(value) == rating, value


@pytest.mark.parametrize(
    "scale, value, expected",
    [
        ("0-4", 5, "a number from 0 to 4"),
        ("0-4", -0.1, "a number from 0 to 4"),
        ("0-4", "good", "a number from 0 to 4"),
        ("thumbs", 2, "a thumb up or down"),
        ("poor=1", "good", "one of the words of the scale"),
    ],
)
def test_a_rating_that_is_not_on_the_scale_says_what_it_has_to_be(scale, value, expected):
    with pytest.raises(BadInput, match=f"is not {expected}"):
        named(scale).read(value)


@pytest.mark.parametrize("text", ["stars", "4-0", "3-3", "0", "-", "a=6", "a=", "=3", "a=1,A=2", "1-", "0-4-5"])
def test_what_is_no_scale_is_refused(text):
    with pytest.raises(BadInput):
        named(text)


@pytest.mark.parametrize("text", ["", "0-4", "1-10", "0-1", "0-100", "-1-1", "thumbs", "poor=1,good, mostly=4"])
def test_a_scale_is_found_again_by_its_name_and_its_table_holds_what_it_reads(text):
    scale = named(text)
    assert named(scale.name).table == scale.table
    for written, rating in scale.table:
        for word in [written] if "=" in scale.name else [written.split(" to ")[0].split(", ")[0]]:
            assert scale.read(word) == rating


def test_true_and_false_are_thumbs():
    assert named("thumbs").read(True) == 5
    assert named("thumbs").read(False) == 1


def test_a_number_too_long_to_be_written_out_is_refused_like_any_other():
    with pytest.raises(BadInput, match="more than 40 digits"):
        as_given().read(10**5000)


def test_words_are_given_their_ratings_one_by_one():
    scale = of_words({"not good": 2, "very good": 5})
    assert scale.name == "not good=2,very good=5"
    assert scale.read("Very  good") == 5


@pytest.mark.parametrize(
    "values, likely",
    [
        ([0, 1, 2, 3, 4], "0-4"),
        ([0, 2, 3, 5], "0-5"),
        ([1, 2, 3.5, 4], "1-5"),
        ([0.1, 0.25, 1], "0-1"),
        ([0, 1, 1, 0], "thumbs"),
        ([True, False], "thumbs"),
        (["up", "Down"], "thumbs"),
        ([-1, 0, 1], "-1-1"),
        ([*range(1, 11)], "1-10"),
        ([*range(11)], "0-10"),
        ([*range(101)], "0-100"),
    ],
)
def test_the_likeliest_scale_comes_first(values, likely):
    found = counted(values)
    assert found.must_ask
    assert found.likely[0].name == likely
    assert likely in found.option


def test_words_that_mean_nothing_here_are_named_and_no_scale_is_guessed():
    found = counted(["poor", "good", "good"])
    assert found.must_ask
    assert found.likely == ()
    assert found.question == (
        "The ratings in this file hold words such as 'good', 'poor': 3 of 3 are not a whole number from 1 to 5."
    )
    assert found.option == (
        "Say what they mean, for instance by --scale 'poor=1,good=4' with a number from 1 to 5 for each word."
    )


def test_only_more_than_two_in_a_hundred_of_the_given_ratings_ask():
    assert not counted([4] * 98 + [3.5, 7] + ["", "N/A"] * 50).must_ask
    assert counted([4] * 97 + [3.5, 7, 0] + ["", "N/A"] * 500).must_ask
    assert not counted([]).must_ask
    assert not counted([4] * 98 + [3.5, 7] + ["4,0"] * 3).must_ask


def test_ratings_are_counted_on_the_scale_that_was_chosen():
    found = counted([0, 1, 9], named("0-4"))
    assert (found.given, found.unusual, found.counts) == (3, 1, {"0": 1, "1": 1, "9": 1})


def test_a_column_in_which_every_rating_differs_takes_bounded_memory():
    found = counted(f"rating {i}" for i in range(5_000))
    assert (found.given, found.unusual, len(found.counts)) == (5_000, 5_000, 1_000)
