"""Scores of LLM judges: how they come in and go, and what is said of a judge."""

import csv
import json
import random

import pytest
from sqlalchemy import select

from core.cli.main import main
from core.domain.errors import HoldsIdentifiers, NotFound
from core.domain.judges.scores import Choice, Place
from core.domain.roles import COMMAND_LINE, SENDER
from core.labeling.how_to_read import HowToRead
from core.services.data import erasure, interactions
from core.services.data.checking import Checked, check
from core.services.data.exporting import Marked, export
from core.services.data.importing import import_file, recorded, remove_import
from core.services.judges import judges
from core.services.outcomes.sending import send
from core.store.judges import scores as kept
from core.store.tables import JudgeChoice, JudgeScore, LegacyInteraction
from tests.databases import lead

ODD = "Ödd “näme”, a:b/c 100 % 评"


def write(path, rows):
    names = list(dict.fromkeys(name for row in rows for name in row))
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, names)
        writer.writeheader()
        writer.writerows(rows)
    return path


def brought(workspace, path, rows, **how):
    """The result of an import of these rows."""
    *_, result = import_file(workspace, COMMAND_LINE, write(path, rows), HowToRead(**how))
    return result


def scored(workspace):
    """Judge, answer and score of all that is kept."""
    with workspace.store.read() as session:
        rows = select(JudgeScore.judge, LegacyInteraction.ai_response, JudgeScore.score)
        rows = rows.join(LegacyInteraction, LegacyInteraction.interaction_id == JudgeScore.interaction_id)
        return sorted(tuple(row) for row in session.execute(rows))


def answer(number=1, **columns):
    return {"user_prompt": "Which?", "ai_response": f"answer {number}", "rating": 4, **columns}


def many(judge, score, questions=40, raters=("Ana", "Ben", "Cleo")):
    """Rows of a file: three answers to each question, rated by each rater, with a score of ``score(worth, words)``."""
    rng = random.Random(1)
    rows = []
    for number in range(questions):
        for place in range(3):
            worth, words = rng.uniform(1, 5), rng.randint(5, 60)
            text = f"{number} {place} " + "word " * words
            given = score(worth, words)
            for rater in raters:
                rating = min(5, max(1, round(worth + rng.gauss(0, 0.4))))
                rows.append(
                    {
                        "user_prompt": f"Question {number}?",
                        "ai_response": text,
                        "rating": rating,
                        "rater": rater,
                        f"judge:{judge}": given,
                    }
                )
    return rows


@pytest.mark.every_database
def test_scores_come_with_a_file(workspace, tmp_path):
    """Of two judges and any name; empty is none; what is no number is left out with its reason and nothing else is."""
    rows = [
        answer(1, **{"judge:x": "0.5", f"judge:{ODD}": "-3"}),
        answer(2, **{"judge:x": "", f"judge:{ODD}": "1e999"}),
        answer(3, **{"judge:x": "good", f"judge:{ODD}": "10"}),
    ]
    *_, found = check(workspace, COMMAND_LINE, write(tmp_path / "f.csv", rows), HowToRead())
    assert isinstance(found, Checked)
    assert dict(found.judges) == {"x": 1, ODD: 2}
    assert (found.left_out_total, found.metadata, found.new_answers, found.ratings) == (2, (), 3, 3)
    assert Checked.from_json(json.loads(json.dumps(found.to_json()))) == found
    result = brought(workspace, tmp_path / "f.csv", rows)
    assert (result.added, result.ratings, result.judged, result.left_out_total) == (3, 3, 3, 2)
    assert [line.reason for line in result.left_out] == [
        f"'1e999' in judge:{ODD} is no number that can be compared",
        "'good' in judge:x is no number that can be compared",
    ]
    assert scored(workspace) == [("x", "answer 1", 0.5), (ODD, "answer 1", -3.0), (ODD, "answer 3", 10.0)]
    assert recorded(workspace, COMMAND_LINE)[0].judged == 3
    assert result.to_json()["judged"] == 3


@pytest.mark.every_database
def test_the_latest_score_counts(workspace, tmp_path):
    """Within a file, from the next file, and from a program; an answer whose row is refused keeps what it had."""
    first = brought(workspace, tmp_path / "1.csv", [answer(1, **{"judge:x": 1}), answer(1, **{"judge:x": 2})])
    assert (first.judged, first.duplicates) == (1, 1)
    assert scored(workspace) == [("x", "answer 1", 2.0)]
    again = brought(workspace, tmp_path / "2.csv", [answer(1, **{"judge:x": 3})])
    assert (again.added, again.ratings, again.duplicates, again.judged) == (0, 0, 1, 1)
    assert scored(workspace) == [("x", "answer 1", 3.0)]
    row = {"id": "1", "prompt": "Which?", "response": "answer 1"}
    assert send(workspace, SENDER, "app", [row | {"judge:x": 4}]).stored == 1
    assert send(workspace, SENDER, "app", [row | {"judge:x": 5, "judge:y": 0}]).known == 1
    assert scored(workspace) == [("x", "answer 1", 5.0), ("y", "answer 1", 0.0)]
    refused = brought(workspace, tmp_path / "3.csv", [answer(1, rating=1, **{"judge:x": 9})])
    assert (refused.rejected_total, refused.judged) == (1, 0)
    assert scored(workspace)[0] == ("x", "answer 1", 5.0)


@pytest.mark.every_database
def test_the_largest_and_smallest_numbers_come_back(workspace, tmp_path):
    """Both databases keep all that a float is, and the figures do not run over."""
    extremes = [5e-324, 1.7976931348623157e308, -1.7976931348623157e308, 0.1]
    brought(workspace, tmp_path / "1.csv", [answer(n, **{"judge:x": score}) for n, score in enumerate(extremes)])
    assert [score for _, _, score in scored(workspace)] == extremes
    rows = many("wide", lambda worth, words: (worth - 3) * 8e307)
    brought(workspace, tmp_path / "2.csv", rows)
    report = judges.report(workspace, COMMAND_LINE, "wide")
    assert report.passes
    json.dumps(judges.to_json(report), allow_nan=False)


def test_a_program_sends_numbers_only(workspace):
    """Each answer by itself: text, infinity and a name that is none refuse it; none is none."""
    row: dict[str, object] = {"prompt": "p", "judge:ok": 1}
    bad: list[dict[str, object]] = [
        {"judge:x": "7"},
        {"judge:x": float("inf")},
        {"judge:x": True},
        {"judge:": 1},
        {"judge:" + "n" * 101: 1},
    ]
    bad.append({f"judge:{n}": n for n in range(101)})
    bad += [{"judge:x": [1]}, {"judge:a": 1, "Judge: a": 2}]
    given: list[dict[str, object]] = [*bad, {"judge:x": None}]
    rows = [row | {"id": str(n), "response": str(n)} | one for n, one in enumerate(given)]
    found = send(workspace, SENDER, "app", rows)
    assert (found.stored, [one.index for one in found.refused]) == (1, list(range(len(bad))))
    assert all("judge" in one.reason for one in found.refused)
    assert scored(workspace) == [("ok", str(len(bad)), 1.0)]


@pytest.mark.every_database
@pytest.mark.parametrize("ending", [".csv", ".jsonl", ".parquet"])
def test_an_export_brings_the_scores_back(workspace, opened, tmp_path, ending):
    """Into a column for each judge, also of answers with a formula for a text; the same import elsewhere has them."""
    rows = [answer(n, **{"judge:x": n / 3, f"judge:{ODD}": "" if n == 2 else 10**n}) for n in range(1, 4)]
    rows.append({"user_prompt": "=1+1", "ai_response": "'=2", "rating": 2, "judge:x": -1})
    brought(workspace, tmp_path / "in.csv", rows)
    before = scored(workspace)
    assert len(before) == 6
    path = tmp_path / f"out{ending}"
    assert export(workspace, COMMAND_LINE, "ratings", path).rows == 4
    with workspace.store.write() as session:
        for row in session.scalars(select(LegacyInteraction)):
            session.delete(row)
    assert scored(workspace) == []
    *_, result = import_file(workspace, COMMAND_LINE, path)
    assert (result.added, result.ratings, result.judged) == (4, 4, 6)
    assert scored(workspace) == before


def test_exports_without_judges_have_no_further_columns(workspace, tmp_path):
    """And gold and pairs have none with them."""
    brought(workspace, tmp_path / "in.csv", [answer(1)])
    export(workspace, COMMAND_LINE, "ratings", tmp_path / "out.csv")
    assert "judge" not in (tmp_path / "out.csv").read_text()
    brought(workspace, tmp_path / "in2.csv", [answer(2, **{"judge:x": 1})])
    export(workspace, COMMAND_LINE, "gold", tmp_path / "gold.csv")
    assert "judge" not in (tmp_path / "gold.csv").read_text()


def test_a_judge_with_the_name_of_a_person_leaves_with_a_reason_only(workspace, tmp_path):
    """It would be the name of a column: refused, left out with its column, or included as everything else is."""
    brought(workspace, tmp_path / "in.csv", [answer(1, **{"judge:Anna Miller": 1, "judge:x": 2})])
    path = tmp_path / "out.csv"
    with pytest.raises(HoldsIdentifiers, match="1 of 2 rated answers and names of LLM judges"):
        export(workspace, COMMAND_LINE, "ratings", path)
    assert export(workspace, COMMAND_LINE, "ratings", path, marked=Marked.LEAVE_OUT).left_out == 1
    assert path.read_text().splitlines()[0].endswith("reasons,judge:x")
    export(workspace, COMMAND_LINE, "ratings", path, marked=Marked.INCLUDE, reason="asked for")
    assert "judge:Anna Miller,judge:x" in path.read_text()
    assert export(workspace, COMMAND_LINE, "gold", tmp_path / "gold.csv").rows == 1


@pytest.mark.every_database
def test_scores_go_with_their_answer_and_with_their_import(workspace, tmp_path):
    """An erasure counts them; an import that is taken back takes those it gave to answers that stay."""
    brought(workspace, tmp_path / "1.csv", [answer(1, **{"judge:x": 1}), answer(2)])
    second = brought(
        workspace, tmp_path / "2.csv", [answer(1, **{"judge:x": 2, "judge:y": 3}), answer(2, **{"judge:y": 1})]
    )
    assert len(scored(workspace)) == 3
    remove_import(workspace, COMMAND_LINE, second.import_id)
    assert scored(workspace) == []
    third = brought(workspace, tmp_path / "3.csv", [answer(1, **{"judge:x": 1}), answer(2, **{"judge:x": 2})])
    assert third.judged == 2
    with workspace.store.read() as session:
        number = session.scalar(
            select(LegacyInteraction.interaction_id).where(LegacyInteraction.ai_response == "answer 1")
        )
    seen = erasure.preview_interaction(workspace, COMMAND_LINE, number)
    assert seen.goes["scores of LLM judges"] == 1
    erasure.interaction(workspace, COMMAND_LINE, number, seen=seen.version)
    assert scored(workspace) == [("x", "answer 2", 2.0)]


def test_scores_of_another_text_do_not_stay_where_ratings_do_not(workspace, tmp_path):
    """An edit that withdraws the ratings withdraws them too; one that keeps ratings keeps them."""
    brought(workspace, tmp_path / "1.csv", [answer(1, **{"judge:x": 1})])
    lea = lead(workspace)
    with workspace.store.read() as session:
        number = session.scalar(select(LegacyInteraction.interaction_id))

    def edit(text, *, withdraw):
        seen = interactions.load(workspace, lea, number).version
        interactions.edit(workspace, lea, number, "Which?", text, "", seen=seen, withdraw_ratings=withdraw)

    edit("answer 1.", withdraw=False)
    assert scored(workspace) == [("x", "answer 1.", 1.0)]
    edit("something else", withdraw=True)
    assert scored(workspace) == []


def arena(number, winner, **judged):
    def talk(text):
        return [{"role": "user", "content": f"q {number}"}, {"role": "assistant", "content": text}]

    return {
        "conversation_a": talk(f"{number} from a"),
        "conversation_b": talk(f"{number} from b"),
        "winner": winner,
        **{f"judge:{judge}": said for judge, said in judged.items()},
    }


@pytest.mark.every_database
def test_choices_keep_the_files_order(workspace, tmp_path):
    """Whoever won; a tie of people is a tie; the same pair again replaces what was said, turned round it does not."""
    rows = [
        arena(1, "model_a", x="b"),
        arena(2, "model_b", x="a", y="tie"),
        arena(3, "tie", x="2"),
        arena(4, "model_a", x="perhaps"),
    ]
    path = tmp_path / "f.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)))
    *_, found = check(workspace, COMMAND_LINE, path, HowToRead())
    assert (dict(found.judges), found.left_out_total, found.comparisons) == ({"x": 3, "y": 1}, 1, 4)
    *_, result = import_file(workspace, COMMAND_LINE, path)
    assert (result.added, result.preferences, result.ties, result.judged, result.left_out_total) == (8, 3, 1, 4, 1)
    with workspace.store.read() as session:
        said = kept.choices(session, "x")
        first = {
            (text, outcome)
            for text, outcome in session.execute(
                select(LegacyInteraction.ai_response, JudgeChoice.outcome)
                .join(JudgeChoice, JudgeChoice.first_id == LegacyInteraction.interaction_id)
                .where(JudgeChoice.judge == "x")
            )
        }
    assert [(one.judge, one.people) for one in said] == [
        (Place.SECOND, Place.FIRST),
        (Place.FIRST, Place.SECOND),
        (Place.SECOND, Place.TIE),
    ]
    assert isinstance(said[0], Choice)
    assert first == {("1 from a", "second"), ("2 from a", "first"), ("3 from a", "second")}
    path.write_text(json.dumps(arena(1, "model_a", x="a")))
    *_, again = import_file(workspace, COMMAND_LINE, path)
    assert again.judged == 1
    with workspace.store.read() as session:
        assert [one.judge for one in kept.choices(session, "x")] == [Place.FIRST, Place.FIRST, Place.SECOND]
    remove_import(workspace, COMMAND_LINE, again.import_id)
    with workspace.store.read() as session:
        assert len(kept.choices(session, "x")) == 2


@pytest.mark.every_database
def test_a_judge_is_measured_on_what_is_stored(workspace, tmp_path):
    """Two judges, each on its own scores: one that knows the worth, and one that follows length."""
    brought(workspace, tmp_path / "1.csv", many("good", lambda worth, words: round(worth * 20)))
    brought(workspace, tmp_path / "2.csv", many("long", lambda worth, words: words))
    good, long = judges.listed(workspace, COMMAND_LINE)
    assert (good.judge, good.scores, good.answers, good.questions, good.choices) == ("good", 120, 120, 40, 0)
    assert long.judge == "long"
    report = judges.report(workspace, COMMAND_LINE, "good")
    assert report.passes
    assert [one.rater for one in report.figures.experts] == ["Ana", "Ben", "Cleo"]
    longer = judges.report(workspace, COMMAND_LINE, "long")
    assert "leans to longer answers" in longer.verdict
    assert not longer.passes
    with pytest.raises(NotFound, match="Known are: good, long"):
        judges.report(workspace, COMMAND_LINE, "other")


def test_of_many_judges_a_sentence_names_only_some(workspace, tmp_path):
    """A file may bring hundreds: an error that listed them all could not be read."""
    brought(workspace, tmp_path / "many.csv", [answer(**{f"judge:j{number:03}": number for number in range(200)})])
    with pytest.raises(NotFound, match=r"Known are: j000, .*, j019 and 180 more\.$"):
        judges.report(workspace, COMMAND_LINE, "other")


def test_where_no_judge_is_known_the_sentence_says_how_scores_come(workspace):
    """Instead of an empty list of names."""
    with pytest.raises(NotFound, match=r"column judge:NAME, or with POST /v1/interactions"):
        judges.report(workspace, COMMAND_LINE, "x")
    assert judges.listed(workspace, COMMAND_LINE) == []


@pytest.fixture
def judge(environ, workspace, monkeypatch, capsys):
    """Runs the command: (exit code, JSON, lines before it)."""
    for name in ("DATABASE_URL", "ASSAY_HOME"):
        monkeypatch.setenv(name, environ[name])

    def run(*arguments):
        code = main(["judge", *arguments, "--json"])
        out, err = capsys.readouterr()
        lines = out.splitlines()
        return code, json.loads(lines[-1]) if lines else None, lines[:-1], err

    return run


def test_the_command_fails_where_a_judge_is_no_better_than_chance(workspace, judge, tmp_path):
    """Exit 0 for one that is, 1 for shuffled scores and under 30 questions, and the sentence first in any case."""
    rng = random.Random(7)
    shuffled: dict[float, float] = {}
    brought(workspace, tmp_path / "1.csv", many("good", lambda worth, words: worth))
    brought(workspace, tmp_path / "2.csv", many(ODD, lambda worth, words: shuffled.setdefault(worth, rng.random())))
    brought(workspace, tmp_path / "3.csv", many("few", lambda worth, words: worth, questions=29))
    code, found, lines, err = judge("good")
    assert (code, err, found["judge"], found["better_than_chance"]) == (0, "", "good", True)
    assert lines[0] == found["verdict"]
    assert found["right_order"]["low"] > 0.5
    assert set(found["beside_experts"]) == {"judge", "experts", "difference", "pairs"}
    assert found["map"]["points"] == sorted(found["map"]["points"])
    code, found, lines, _ = judge(ODD)
    assert (code, found["better_than_chance"]) == (1, False)
    assert f"The judge “{ODD}” is no better than chance" in lines[0]
    code, found, lines, _ = judge("few")
    assert (code, found["right_order"]["value"], found["questions"], found["map"]) == (1, None, 29, None)
    assert "at least 30 are needed" in lines[0]
    code, found, _, _ = judge()
    assert (code, [one["judge"] for one in found["judges"]]) == (0, ["few", "good", ODD])
    code, found, _, err = judge("nobody")
    assert (code, found) == (2, None)
    assert f"Known are: few, good, {ODD}." in err
