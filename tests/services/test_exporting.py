"""The four exports: each can be recomputed from the one before it, in every format."""

import random

import pytest

from core.domain.errors import BadInput
from core.domain.records import ImportRow
from core.domain.roles import COMMAND_LINE
from core.labeling.export_columns import EXPORTS
from core.labeling.exports import count_prompts_without_pair, gold_rows, kto_rows, order_rows, pair_rows
from core.labeling.tables import open_table
from core.labeling.writing import write_stream
from core.services.data.exporting import KINDS, export
from core.services.data.importing import import_file, load_sample
from core.services.reranking import preferences
from core.services.workspace import open_workspace
from core.store.interactions import exports, imports
from tests import looked, sent
from tests.databases import added, environment, lead, rater

ENDINGS = ("csv", "jsonl", "parquet")


@pytest.fixture
def rated(workspace):
    """Twelve prompts with one to four answers, each rated by nobody up to three raters; seeded."""
    dice = random.Random(7)
    raters = [rater(workspace, name) for name in ("Ana", "Ben", "Zoë")]
    for prompt in range(12):
        for answer in range(prompt % 4 + 1):
            interaction_id = added(
                workspace,
                f"Prompt {prompt}?" if answer % 2 else f"  prompt {prompt}? ",
                f'answer {answer}, "quoted"\n💚',
                context_id=None if prompt % 3 else f"case {answer % 2}",
                session_label=f"s{prompt}",
            )
            for user in dice.sample(raters, dice.randint(0, 3)):
                looked.rate(
                    workspace, user, interaction_id, dice.randint(1, 5), comment=dice.choice(["", "so so", "=1+1"])
                )
    preferences.keep(workspace, raters[0], "Prompt 3?", ["one", "=two"], [1], model_version=None)
    return workspace


def read(path):
    return [dict(row.values) for row in open_table(path).rows()]


def written(rows, columns):
    """Rows as a file gives them back: in the order and with the names of the columns."""
    return [{name: row[name] for name in columns} for row in rows]


@pytest.fixture
def decided(rated):
    """The same, where a lead decided on two answers: against the median, and where no rating is left."""
    lea = lead(rated)
    with rated.store.read() as session:
        low = [row["interaction_id"] for row in gold_rows(exports.rating_rows(session)) if row["rating"] < 5]
    first, second = low[:2]
    for number in (first, second):
        looked.decide(rated, lea, number, 5, expected=None)
    looked.edit(rated, lea, second, "Prompt 99?", "an answer that nobody rated", withdraw_ratings=True)
    return rated


def test_a_leads_decision_is_in_every_export(decided, tmp_path):
    """Gold carries the decision instead of the median, also where every rating was taken back."""
    export(decided, COMMAND_LINE, "gold", tmp_path / "gold.jsonl")
    gold = {row["interaction_id"]: row for row in read(tmp_path / "gold.jsonl")}
    (bare,) = [row for row in gold.values() if row["ai_response"] == "an answer that nobody rated"]
    assert (bare["rating"], bare["n_raters"], bare["agreement"]) == (5.0, 0, None)
    export(decided, COMMAND_LINE, "ratings", tmp_path / "ratings.jsonl")
    rows = [row for row in read(tmp_path / "ratings.jsonl") if row["adjudicated"]]
    assert {row["adjudicated"] for row in rows} == {5}
    assert [row["ai_response"] for row in rows if row["rater"] is None] == ["an answer that nobody rated"]
    assert {gold[row["interaction_id"]]["rating"] for row in rows} == {5.0}


@pytest.mark.every_database
@pytest.mark.parametrize("ending", ENDINGS)
def test_gold_pairs_and_kto_follow_from_the_files_before_them(rated, tmp_path, ending):
    """Gold recomputed from the ratings file, pairs and kto from the gold file, are exactly what was exported."""
    follow_from_each_other(rated, tmp_path, ending)


@pytest.mark.every_database
@pytest.mark.parametrize("ending", ENDINGS)
def test_they_follow_where_a_lead_decided_too(decided, tmp_path, ending):
    """A decision against the median, and one without any rating left, change nothing about that."""
    follow_from_each_other(decided, tmp_path, ending)


def follow_from_each_other(rated, tmp_path, ending):
    paths = {kind: tmp_path / f"{kind}.{ending}" for kind in KINDS}
    results = {kind: export(rated, COMMAND_LINE, kind, path) for kind, path in paths.items()}
    ratings_file, gold_file, orders_file = (read(paths[kind]) for kind in ("ratings", "gold", "preferences"))
    again = {
        "gold": list(gold_rows(ratings_file)),
        "pairs": [*pair_rows(gold_file), *order_rows(orders_file)],
        "kto": list(kto_rows(gold_file, positive_threshold=4)),
    }
    for kind, rows in again.items():
        assert len(rows) > 5
        assert results[kind].rows == len(rows)
        with (tmp_path / f"again-{kind}.{ending}").open("wb") as file:
            write_stream(file, f".{ending}", EXPORTS[kind], iter(written(rows, EXPORTS[kind])))
        assert read(tmp_path / f"again-{kind}.{ending}") == read(paths[kind])
    without = count_prompts_without_pair(gold_file)
    assert results["preferences"].rows == 1
    assert {result.prompts_without_pair for result in results.values()} == {without}
    assert without > 0


@pytest.mark.parametrize("ending", ENDINGS)
def test_pairs_say_whether_ratings_or_an_order_made_them(rated, tmp_path, ending):
    """Those of ratings are exactly what the gold file gives; orders follow, without grades and with a margin of 0."""
    paths = {kind: tmp_path / f"{kind}.{ending}" for kind in ("gold", "pairs")}
    for kind, path in paths.items():
        export(rated, COMMAND_LINE, kind, path)
    rows = read(paths["pairs"])
    assert list(rows[0])[-2:] == ["source", "turns"]
    with (tmp_path / f"again.{ending}").open("wb") as file:
        write_stream(file, f".{ending}", EXPORTS["pairs"], pair_rows(read(paths["gold"])))
    assert [row for row in rows if row["source"] == "ratings"] == read(tmp_path / f"again.{ending}")
    (ordered,) = [row for row in rows if row["source"] == "order"]
    assert rows[-1] is ordered
    assert (ordered["prompt"], ordered["chosen"], ordered["rejected"]) == ("Prompt 3?", "=two", "one")
    assert float(ordered["margin"]) == 0
    assert {ordered[name] or None for name in ("chosen_rating", "rejected_rating", "context_id")} == {None}


def test_the_ratings_export_has_a_row_per_rater_and_answer(rated, tmp_path):
    """Every submitted rating is one row with texts, rater, comment and times; as many as the database holds."""
    path = tmp_path / "ratings.jsonl"
    result = export(rated, COMMAND_LINE, "ratings", path)
    rows = read(path)
    assert result.rows == len(rows) == len({(row["interaction_id"], row["rater"]) for row in rows})
    with rated.store.read() as session:
        (number,) = session.connection().exec_driver_sql("SELECT count(*) FROM assay_ratings").one()
    assert len(rows) == number
    assert {row["rater"] for row in rows} == {"Ana", "Ben", "Zoë"}
    assert all(set(row) == set(EXPORTS["ratings"]) for row in rows)


def test_the_three_formats_say_the_same(rated, tmp_path):
    """csv, jsonl and parquet of one export hold the same rows in the same order."""
    looked.write_better(rated, rater(rated, "Ana"), 1, "A better answer, with a comma")
    sent.thumb(rated, 1, up=False, user="u", comment='Too long, "much" too long', first_replaced=False)
    sent.thumb(rated, None, up=True, kind="chosen", value=2, rerank_id="r1", first_replaced=True, first_chosen=True)
    for kind in KINDS:
        files = []
        for ending in ENDINGS:
            export(rated, COMMAND_LINE, kind, tmp_path / f"{kind}.{ending}")
            rows = read(tmp_path / f"{kind}.{ending}")
            files.append([{name: str(value or "").casefold() for name, value in row.items()} for row in rows])
        as_text = [[tuple(sorted((n, loose(v)) for n, v in row.items())) for row in rows] for rows in files]
        assert as_text[0] == as_text[1] == as_text[2]


def loose(value):
    """4 and 4.0, and false and nothing, look different in text only."""
    try:
        return str(float(value)) if float(value) else ""
    except ValueError:
        return "" if value == "false" else value


def test_skipped_and_withdrawn_ratings_are_not_exported(workspace, tmp_path):
    """Only submitted ratings leave the database."""
    one, two = added(workspace, response="one"), added(workspace, response="two")
    ana = rater(workspace)
    looked.rate(workspace, ana, one, 4)
    looked.skip(workspace, ana, two)
    assert export(workspace, COMMAND_LINE, "ratings", tmp_path / "r.jsonl").rows == 1
    assert [row["ai_response"] for row in read(tmp_path / "r.jsonl")] == ["one"]


def test_prompts_without_a_pair_are_counted(workspace, tmp_path):
    """Prompts with a single answer, equal ratings or less than 1 apart give no pair and are counted as such."""
    ana, ben = rater(workspace, "Ana"), rater(workspace, "Ben")
    given: dict[str, list[tuple[int, ...]]] = {
        "pair": [(4,), (2,)],
        "single": [(5,)],
        "equal": [(3,), (3,)],
        "close": [(4,), (4, 5)],
        "unrated": [()],
    }
    for prompt, answers in given.items():
        for number, values in enumerate(answers):
            interaction_id = added(workspace, prompt, f"answer {number}")
            for user, value in zip((ana, ben), values, strict=False):
                looked.rate(workspace, user, interaction_id, value)
    result = export(workspace, COMMAND_LINE, "pairs", tmp_path / "pairs.jsonl")
    assert (result.rows, result.prompts_without_pair) == (1, 3)
    (pair,) = read(tmp_path / "pairs.jsonl")
    assert (pair["prompt"], pair["chosen"], pair["rejected"]) == ("pair", "answer 0", "answer 1")
    assert (pair["chosen_rating"], pair["rejected_rating"], pair["margin"]) == (4.0, 2.0, 2.0)


def test_an_exported_ratings_file_can_be_imported_elsewhere(rated, tmp_path):
    """The ratings export of one database brings every rating into another one, under the same names."""
    export(rated, COMMAND_LINE, "ratings", tmp_path / "ratings.csv")
    other = open_workspace(environment(f"sqlite:///{tmp_path}/other/assay.db", tmp_path / "other"))
    *_, result = import_file(other, COMMAND_LINE, tmp_path / "ratings.csv")
    assert (result.ratings, result.duplicates, result.rejected_total) == (len(read(tmp_path / "ratings.csv")), 0, 0)
    names = ("rater", "rating", "user_prompt", "ai_response", "context_id", "session_id", "feedback_comment")
    export(other, COMMAND_LINE, "ratings", tmp_path / "back.csv")
    pick = [
        sorted(tuple(row[name] for name in names) for row in read(tmp_path / file))
        for file in ("ratings.csv", "back.csv")
    ]
    assert pick[0] == pick[1]
    other.store.engine.dispose()


def test_more_ratings_than_one_batch_are_exported(workspace, tmp_path):
    """Every kind of export goes beyond the first batch of rows that the database hands out."""
    rows = 2 * exports.BATCH + 10
    with workspace.store.write() as session:
        batch = [ImportRow(n, f"prompt {n // 2}", f"answer {n}", 1 + 4 * (n % 2)) for n in range(rows)]
        imports.add_batch(session, None, batch, rater="Ana", source="import")
    for kind, expected in (("ratings", rows), ("gold", rows), ("pairs", rows // 2), ("kto", rows)):
        assert export(workspace, COMMAND_LINE, kind, tmp_path / f"{kind}.jsonl").rows == expected


@pytest.mark.parametrize("kind, name", [("secrets", "x.csv"), ("gold", "x.xlsx"), ("gold", "no/such/folder/x.csv")])
def test_an_impossible_export_is_a_sentence(workspace, tmp_path, kind, name):
    """An unknown kind, ending or folder is refused in words, and no file is left behind."""
    with pytest.raises(BadInput):
        export(workspace, COMMAND_LINE, kind, tmp_path / name)
    assert not (tmp_path / name).exists()


def test_exports_look_at_one_state_of_the_database(workspace, tmp_path, monkeypatch):
    """A rating that arrives while an export is being written is in none of its parts."""
    ana = rater(workspace)
    for prompt in range(3):
        for answer, value in ((0, 5), (1, 1)):
            looked.rate(workspace, ana, added(workspace, f"p{prompt}", f"a{answer}"), value)
    late = added(workspace, "late", "a")

    def counted_later(rows):
        looked.rate(workspace, ana, late, 3)
        return count_prompts_without_pair(rows)

    monkeypatch.setattr("core.services.data.exporting.count_prompts_without_pair", counted_later)
    assert export(workspace, COMMAND_LINE, "pairs", tmp_path / "p.jsonl").prompts_without_pair == 0
    monkeypatch.undo()
    assert export(workspace, COMMAND_LINE, "pairs", tmp_path / "p.jsonl").prompts_without_pair == 1


def test_an_old_application_that_changes_a_prompt_does_not_stop_an_export(workspace, old_app, tmp_path):
    """After the old application edited a text every export is still complete and follows the new text."""
    ana = rater(workspace)
    for prompt in range(4):
        for answer, value in ((0, 5), (1, 1)):
            looked.rate(workspace, ana, added(workspace, f"p{prompt}", f"a{answer}"), value)
    old_app.run("UPDATE rlhf_interactions SET user_prompt = 'p0' WHERE user_prompt = 'p1' AND ai_response = 'a0'")
    old_app.run("UPDATE rlhf_interactions SET user_prompt = 'p2' WHERE user_prompt = 'p3'")
    assert export(workspace, COMMAND_LINE, "gold", tmp_path / "g.jsonl").rows == 8
    # p0 with three answers (5, 1, 5), p1 with one, p2 with four (5, 1, 5, 1), of which equal texts are no pair
    assert export(workspace, COMMAND_LINE, "pairs", tmp_path / "p.jsonl").rows == 2 + 0 + 4


def test_the_sample_can_be_exported(workspace, tmp_path):
    """With nothing but the sample there, exports give the sample."""
    load_sample(workspace, COMMAND_LINE)
    assert export(workspace, COMMAND_LINE, "gold", tmp_path / "g.jsonl").rows == 184
