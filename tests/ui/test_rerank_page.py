"""Rerank: what can be ranked, what the ranking says, and that it never belongs to other texts."""

import ast
import csv
import io
import json
import re
import shlex
import shutil

import pytest

from core.domain.errors import Unavailable
from core.domain.guarantee.promise import USUAL
from core.labeling.pasted.reading import Pasted, Way, understand
from core.reward.confidence import Certainty, Meaning
from core.services.data import interactions
from core.services.people import local_names
from core.services.reranking import cases, preferences, reranking
from core.store.tables import ModelVersion
from core.store.training import versions
from core.ui.rerank import fields
from core.ui.rerank.calling import calls
from core.ui.rerank.own_order import OwnOrder
from core.ui.rerank.result import Ranked, as_file, movement
from core.ui.rerank.trust import came_to, how_far
from tests.burns import EXAMPLE, EXAMPLE_PROMPT
from tests.ui.conftest import TOKEN
from tests.ui.reading import press, said


def fill(app, prompt: str, answers: str):
    app.text_area(key="rerank.prompt").set_value(prompt)
    return app.text_area(key="rerank.candidates").set_value(answers).run()


def ranked(app, prompt: str = "A question?", answers: str = "One\n---\nTwo\n---\nThree"):
    return press(fill(app, prompt, answers), "rerank.run")


def keys(app) -> list[str]:
    return [button.key for button in app.button]


def test_an_empty_page_says_what_to_paste(open_page):
    """What the page does, that nothing is stored, and an example to start from."""
    app = open_page("rerank")
    assert "Nothing you enter here is stored unless you save it." in said(app)
    assert {"rerank.run", "rerank.example"} <= set(keys(app))


@pytest.mark.parametrize(
    "prompt, answers, sentence",
    [
        ("  ", "One\n---\nTwo", "The question is empty."),
        ("Q?", "", "at least two answers"),
        ("Q?", "Only one\n---\n   ", "at least two answers"),
        ("Q?", "\n---\n".join(f"Answer {number}" for number in range(1001)), "up to 1,000"),
        ("Q?", "x" * 600_000 + "\n---\n" + "ä" * 250_000, "1.1 MB"),
    ],
)
def test_what_cannot_be_ranked_is_a_sentence(open_page, prompt, answers, sentence):
    """Nothing asked, too few, too many, too much: what is wrong and what to do, and no ranking."""
    app = ranked(open_page("rerank"), prompt, answers)
    assert sentence in said(app)
    assert "Ranking" not in [heading.value for heading in app.subheader]


@pytest.mark.parametrize(
    "pasted, says", [("a\n\n" * 30_000, "reads up to 50,000"), ("word " * 300_000, "takes up to 1 MB")]
)
def test_what_is_far_too_much_is_not_even_read(open_page, monkeypatch, pasted, says):
    """Telling a million lines apart takes a minute, for everybody: the page says so at once, and ranks nothing."""
    app = open_page("rerank")
    monkeypatch.setattr(fields, "understand", None)
    ranked(app, "Q?", pasted)
    assert says in app.error[0].value
    assert says in "".join(caption.value for caption in app.caption)


def test_a_text_is_read_once_however_often_the_page_is_drawn(open_page, monkeypatch):
    """Reading a long text takes a second, and each press draws the page; another way of reading it reads it again."""
    times: list[str] = []

    def counted(text: str, way: Way | None = None) -> Pasted:
        times.append(text)
        return understand(text, way)

    monkeypatch.setattr(fields, "understand", counted)
    app = fill(open_page("rerank"), "Q?", "One\n\nTwo")
    app.run()
    assert times.count("One\n\nTwo") == 1
    press(app, "rerank.read.one")
    assert "Read as 1 answer" in said(app)


def test_without_a_model_the_order_is_kept_and_the_next_step_named(open_page):
    """No scores, no movement, why, and the way to a model."""
    app = ranked(open_page("rerank"))
    assert "No model is in use yet, so the answers keep their original order" in said(app)
    assert "rerank.next" in keys(app)
    assert not app.get("progress")
    assert said(app).index("One") < said(app).index("Two") < said(app).index("Three")


def test_who_rates_is_not_led_where_they_may_not_go(open_page, workspace, ana):
    """An SME cannot train, so the way to a model is not theirs."""
    local_names.rate_as(workspace, TOKEN, "Sam")
    app = ranked(open_page("rerank"))
    assert "No model is in use yet, so the answers keep their original order" in said(app)
    assert "rerank.next" not in keys(app)


def test_a_broken_model_says_what_is_wrong(open_page, trained):
    """Files that do not match what was stored are never used; the page says why and leads to Models."""
    for file in trained.settings.model_dir.glob("*/model.joblib"):
        file.write_bytes(b"something else")
    app = ranked(open_page("rerank"))
    assert "so the answers keep their original order" in said(app)
    assert "No model is in use yet" not in said(app)
    assert next(button for button in app.button if button.key == "rerank.next").label == "Look at the models"


def test_three_answers_are_ranked_by_the_sample_model(open_page, trained):
    """The helpful answer, entered last, comes first, with score, movement, the model's name and the sample mark."""
    app = ranked(open_page("rerank"), EXAMPLE_PROMPT, "\n---\n".join(EXAMPLE))
    bars = [bar.proto for bar in app.get("progress")]
    assert [bar.value for bar in bars] == sorted((bar.value for bar in bars), reverse=True)
    assert bars[0].text.startswith("Score 0.")
    shown = said(app)
    assert shown.index(":material/arrow_upward: up 2") < shown.index("down 1")
    assert "entered as number 3" in shown
    assert "Scored by **Model 1, " in shown
    assert "(sbert-logreg-v" in shown
    assert "Sample data" in shown


def test_examples_come_from_the_data(open_page, workspace, ana):
    """A lead gets questions of their own with several answers; each press another one, and each can be ranked."""
    for question in ("How long?", "How much?"):
        for answer in ("A while.", "It depends.", "Call 555-123-4567."):
            interactions.add(workspace, ana, question, answer)
    interactions.add(workspace, ana, "Only one?", "Yes.")
    app = open_page("rerank")
    filled = []
    for _ in range(3):
        press(app, "rerank.example")
        filled.append(app.text_area(key="rerank.prompt").value)
        assert sorted(app.text_area(key="rerank.candidates").value.split("\n---\n")) == ["A while.", "It depends."]
    assert filled == [filled[0], filled[1], filled[0]]
    assert {*filled} == {"How long?", "How much?"}
    assert "Ranking" in [heading.value for heading in press(app, "rerank.run").subheader]


def test_who_may_not_read_data_gets_examples_of_the_sample(open_page, workspace, ana):
    """Their own team's answers are not shown to somebody who only rates; the sample's are, loaded or not."""
    for answer in ("A while.", "It depends."):
        interactions.add(workspace, ana, "How long?", answer)
    local_names.rate_as(workspace, TOKEN, "Sam")
    app = press(open_page("rerank"), "rerank.example")
    assert app.text_area(key="rerank.prompt").value not in ("", "How long?")
    assert re.search("Read as [2-5] answers", said(app))


def test_a_ranking_stays_until_its_texts_change(open_page):
    """A rerun keeps it; another prompt marks it as outdated; the old prompt brings it back."""
    app = ranked(open_page("rerank")).run()
    assert "Ranking" in [heading.value for heading in app.subheader]
    fill(app, "Another question?", "One\n---\nTwo\n---\nThree")
    assert "were changed after ranking" in said(app)
    assert "Ranking" not in [heading.value for heading in app.subheader]
    fill(app, "A question?", "One\n---\nTwo\n---\nThree")
    assert "were changed after ranking" not in said(app)


def test_a_visit_to_another_page_loses_nothing(open_page):
    """Texts and ranking are there again after coming back."""
    app = ranked(open_page("rerank"))
    app.switch_page("pages/models.py").run()
    app.switch_page("pages/rerank.py").run()
    assert app.text_area(key="rerank.prompt").value == "A question?"
    assert "Ranking" in [heading.value for heading in app.subheader]


def test_boxes_take_the_pasted_answers_along_and_back(open_page):
    """One box per answer starts with what was pasted; a box more and a box less arrive in the pasted text."""
    app = fill(open_page("rerank"), "Q?", "One\n---\nTwo")
    app.toggle(key="rerank.boxes").set_value(True).run()
    boxes = [area for area in app.text_area if area.key.startswith("rerank.candidate.")]
    assert [box.value for box in boxes] == ["One", "Two"]
    press(app, "rerank.add")
    last = [area for area in app.text_area if area.key.startswith("rerank.candidate.")][-1]
    last.set_value("Three").run()
    first = boxes[0].key.removeprefix("rerank.candidate.")
    app.button(key=f"rerank.remove.{first}").click().run()
    assert "rerank.candidate." + first not in [area.key for area in app.text_area]
    app.toggle(key="rerank.boxes").set_value(False).run()
    assert app.text_area(key="rerank.candidates").value == "Two\n---\nThree"


def test_boxes_can_be_ranked(open_page):
    """Filled boxes are ranked, empty ones are left out, and fewer than two boxes are never offered."""
    app = open_page("rerank")
    app.toggle(key="rerank.boxes").set_value(True).run()
    app.text_area(key="rerank.prompt").set_value("Q?")
    boxes = [area for area in app.text_area if area.key.startswith("rerank.candidate.")]
    for box, text in zip(boxes, ("One", "Two"), strict=False):
        box.set_value(text)
    press(app, "rerank.run")
    assert "Ranking" in [heading.value for heading in app.subheader]


def test_texts_are_shown_and_never_run(open_page):
    """Markup in an answer is text: no tag, no image, no colour of Streamlit's Markdown."""
    app = ranked(open_page("rerank"), answers="<img src=x onerror=alert(1)>\n---\n![x](http://evil.example/x.png) ok")
    shown = "\n".join(element.proto.body for element in app.get("html"))
    assert "<img" not in shown
    assert "&lt;img" in shown
    assert not any(re.search(r"(?<!\\)(<img|!\[)", element.value) for element in app.markdown)


def test_many_answers_are_shown_in_part(open_page):
    """Of fifty answers twenty are on the screen until all are asked for."""
    app = ranked(open_page("rerank"), answers="\n---\n".join(f"Answer {number}" for number in range(50)))
    assert "The best 20 of 50 are shown" in said(app)
    app.toggle(key="rerank.all").set_value(True).run()
    assert "entered as number 50" in said(app)


def test_a_failure_while_ranking_is_a_sentence(open_page, monkeypatch):
    """What goes wrong inside appears beside the button, without a trace."""

    def broken(_):
        raise Unavailable("The language model cannot be loaded.")

    monkeypatch.setattr(reranking, "reranker", broken)
    assert "The language model cannot be loaded." in said(ranked(open_page("rerank")))


def test_downloads_hold_the_ranking_and_no_formula():
    """csv and jsonl have the best first; a cell that a spreadsheet would calculate is text."""
    made = Ranked("Q?", ("=1+1", "Two"), (1, 0), (0.25, 0.75), "v1", None, no_champion=False, sample=False)
    rows = list(csv.DictReader(io.StringIO(as_file(made, ".csv").decode())))
    assert [(row["place"], row["original_position"], row["score"]) for row in rows] == [
        ("1", "2", "0.75"),
        ("2", "1", "0.25"),
    ]
    assert rows[1]["text"] == "'=1+1"
    lines = [json.loads(line) for line in as_file(made, ".jsonl").splitlines()]
    assert [line["text"] for line in lines] == ["Two", "=1+1"]


@pytest.mark.parametrize("place, original, words", [(1, 3, "up 2"), (3, 2, "down 1"), (2, 2, "same place")])
def test_movement_is_told_in_words(place, original, words):
    """Up, down or the same, never by colour alone."""
    assert movement(place, original)[1] == words


@pytest.mark.parametrize(
    "answers, said_so",
    [
        ('["One", "Two"]', "Read as 2 answers, from a JSON list."),
        ("1. One\n2. Two", "Read as 2 answers, told apart by their numbers."),
        ("One\n\nTwo\n\nThree", "Read as 3 answers, told apart by blank lines."),
        ('{"text": "One"}\n{"text": 2}', "line 2 holds no text"),
    ],
)
def test_how_answers_were_read_is_shown(open_page, answers, said_so):
    """Before anything is ranked the page says how many answers it sees, and what told them apart."""
    assert said_so in said(fill(open_page("rerank"), "Q?", answers))


def test_answers_are_read_another_way_with_one_press(open_page):
    """Steps that were taken for answers become one answer, and answers again; a text of another kind is read anew."""
    app = fill(open_page("rerank"), "Q?", "1. Cool it.\n2. Cover it.")
    press(app, "rerank.read.one")
    assert "Read as 1 answer." in said(app)
    assert "at least two answers" in said(press(app, "rerank.run"))
    press(app, "rerank.read.numbers")
    assert "Read as 2 answers, told apart by their numbers." in said(app)
    press(app, "rerank.read.one")
    fill(app, "Q?", "One\n\nTwo\n\nThree")
    assert "Read as 3 answers" in said(app)
    fill(app, "Q?", "Do this:\n\n1. Cool it.\n2. Cover it.\n\nThen wait.")
    press(app, "rerank.read.numbers")
    assert "Left out, before the first: “Do this:”" in said(app)


def test_a_thousand_answers_are_ranked_and_cannot_become_boxes(open_page):
    """The most that is taken at once works; one box for each of them is not offered."""
    app = ranked(open_page("rerank"), answers="\n---\n".join(f"Answer {number}" for number in range(1000)))
    assert "The best 20 of 1,000 are shown" in said(app)
    assert app.toggle(key="rerank.boxes").disabled


def test_every_card_says_what_its_score_came_to_and_why(open_page, trained):
    """As a range among answers with such a score, with what moved it, and with answers that experts really rated."""
    app = ranked(open_page("rerank"), EXAMPLE_PROMPT, "\n---\n".join(EXAMPLE))
    shown = said(app)
    assert shown.count("Of 100 answers with a score like this, ") == 3
    assert shown.count("Rated answers to the questions most like this one") == 3
    assert shown.count("Its length (") == 3
    assert "likeness to this answer" in shown
    assert len([e for e in app.expander if e.label == "Why this score"]) == 3


def test_an_order_that_cannot_be_relied_on_is_said_and_can_be_kept(open_page, trained):
    """A question unlike all rated ones is marked; with abstaining on, the answers stay as they were entered."""
    app = ranked(open_page("rerank"), "zxqv 0x9f3a ☂☂ SELECT 1;", "Buy it!\n---\nHold the power button.")
    assert "Do not rely on this order." in said(app)
    assert "answers with a score like this" not in said(app)
    app.toggle(key="rerank.abstain").set_value(True).run()
    app = press(app, "rerank.run")
    assert "in the order in which you entered them" in said(app)
    assert said(app).count("same place") == 2


def test_the_best_of_poor_answers_is_not_called_good(open_page, trained):
    """Where rated answers with such scores were mostly poor the page says so; where they were good it does not."""
    app = ranked(open_page("rerank"), EXAMPLE_PROMPT, f"{EXAMPLE[1]}\n---\nPut toothpaste on it.")
    assert "probably not good." in said(app)
    fill(app, EXAMPLE_PROMPT, "\n---\n".join(EXAMPLE))
    assert "probably not good." not in said(press(app, "rerank.run"))


def test_two_models_rank_the_same_answers_side_by_side(open_page, trained):
    """Each answer with its place and score in both; the same model twice agrees with itself."""
    folder = trained.settings.model_dir
    name = next(folder.glob("sbert*")).name
    shutil.copytree(folder / name, folder / "twin")
    with trained.store.write() as session:
        first = versions.find(session, name)
        versions.add(
            session,
            ModelVersion(
                model_version="twin",
                run_id=first.run_id,
                recipe="pair",
                sha256=first.sha256,
                n=first.n,
                prompts=first.prompts,
                sample=True,
                metrics=first.metrics,
            ),
        )
    app = fill(open_page("rerank"), EXAMPLE_PROMPT, "\n---\n".join(EXAMPLE))
    assert name not in app.selectbox(key="rerank.version2").options  # it ranks already
    app.selectbox(key="rerank.version2").set_value("twin").run()
    app = press(app, "rerank.run")
    assert "Both models put the same answer first. The whole order is the same." in said(app)
    rows = app.table[0].value
    assert list(rows.iloc[:, 1]) == list(rows.iloc[:, 2])
    assert rows.iloc[0, 1].startswith("1st · 0.")


def test_a_case_is_saved_opened_and_deleted(open_page, ana, workspace):
    """Only when asked for; it fills the fields again, and deleting leaves nothing."""
    app = ranked(open_page("rerank"))
    assert cases.listed(workspace, ana) == []
    app.text_input(key="rerank.case_name").set_value("three of them")
    app = press(app, "rerank.case_save")
    assert [case.name for case in cases.listed(workspace, ana)] == ["three of them"]
    app = press(app, "rerank.clear")
    app = press(app, "rerank.case_open")
    assert app.text_area(key="rerank.prompt").value == "A question?"
    assert app.text_area(key="rerank.candidates").value == "One\n---\nTwo\n---\nThree"
    app = press(app, "rerank.case_delete")
    assert cases.listed(workspace, ana) == []
    assert "rerank.case_open" not in keys(app)


def test_whoever_has_no_name_is_asked_before_anything_is_kept(open_page, workspace):
    """The question takes the page's place, and nothing was stored."""
    app = ranked(open_page("rerank"))
    app.text_input(key="rerank.case_name").set_value("mine")
    app = press(app, "rerank.case_save")
    assert "Who are you?" in said(app)
    with workspace.store.read() as session:
        assert session.connection().exec_driver_sql("SELECT count(*) FROM assay_cases").scalar() == 0
    app.text_input(key="rate.name").set_value("Ana")
    app = press(app, "rate.start")
    assert app.text_input(key="rerank.case_name").value == "mine"
    assert "Ranking" in [heading.value for heading in app.subheader]


def test_another_order_is_kept_and_taken_back(open_page, ana, workspace):
    """Placed best first, it becomes pairs of this rater on this question; the next ranking starts with none placed."""
    app = ranked(open_page("rerank"))
    assert app.button(key="rerank.keep_order").disabled
    press(app, "rerank.up.2")
    press(app, "rerank.up.0")
    app = press(app, "rerank.keep_order")
    assert preferences.count_own(workspace, ana, "A question?") == 3
    assert "3 comparisons of yours on this question are kept." in said(app)
    app = press(app, "rerank.withdraw_order")
    assert preferences.count_own(workspace, ana, "A question?") == 0
    app = ranked(app, "Another question?")
    assert "None is placed yet" in said(app)


def test_a_program_calls_with_this_servers_address_and_the_question_at_hand(open_page):
    """Before anything is entered with an example, then with what stands in the fields; the key is a placeholder."""
    app = open_page("rerank")
    assert [code.language for code in app.code] == ["python", "bash", "python"]
    assert all("KEY" in code.value and "http://" in code.value for code in app.code)
    fill(app, "A question?", "One\n---\nTwo")
    assert all("A question?" in code.value and '"Two"' in code.value for code in app.code)


@pytest.mark.parametrize("text", ['It\'s "so" $HOME `id` \\n', "two\nlines", "مرحبا", "{braces} {0}"])
def test_calls_can_be_run_as_they_stand(text):
    """Whatever stands in question and answers: the Python compiles, and a shell hands curl exactly the JSON."""
    python, curl, cohere = calls("http://localhost:8501", text, [text, "b"])
    for code in (python, cohere):
        assigned = [node for node in ast.parse(code).body if isinstance(node, ast.Assign)]
        found = {ast.unparse(node.targets[0]): node.value for node in assigned}
        assert ast.literal_eval(found["question"]) == text
        assert ast.literal_eval(found["answers"]) == [text, "b"]
    words = shlex.split(curl)
    assert json.loads(words[words.index("-d") + 1]) == {"query": text, "documents": [text, "b"]}


def test_calls_ask_for_the_promise_that_was_chosen():
    """In each of the three: the Python compiles, curl sends it, and Cohere's client is given it for the body."""
    python, curl, cohere = calls("http://localhost:8501", "q", ["a", "b"], USUAL)
    ast.parse(python)
    words = shlex.split(curl)
    sent = {"query": "q", "documents": ["a", "b"], "guarantee": {"max_poor": 0.25, "confidence": 0.9}}
    assert json.loads(words[words.index("-d") + 1]) == sent
    assert '"documents": answers, "guarantee": {"max_poor": 0.25, "confidence": 0.9}' in python
    asked = next(n for n in ast.walk(ast.parse(cohere)) if isinstance(n, ast.keyword) and n.arg == "request_options")
    assert ast.literal_eval(asked.value) == {"additional_body_parameters": {"guarantee": sent["guarantee"]}}


def promised(trained, steps: list[list[float]] | None) -> None:
    """Have the model in use be one of own ratings, with such counts of poor picks."""
    found = {"steps": steps, "questions": 40, "answers": 160, "good_from": 4}
    with trained.store.write() as session:
        version = versions.champion(session)
        version.sample = False
        version.guarantee = {version.lineage["encoder"]: found} if steps else None


@pytest.mark.parametrize(
    "steps, says, never",
    [
        (
            [[0.0, 40, 2]],
            "Picked under the promise: of the answers it picks, at most 1 in 4 is poor (90 % sure); it then "
            "picks one for every question like these.",
            "The answers stay in the order",
        ),
        (
            [[1.01, 20, 0], [0.0, 40, 30]],
            "Not picked, to keep the promise. The model is not sure enough of its best answer here to keep the "
            "promise. The answers stay in the order in which you entered them. The promise: of the answers it picks, "
            "at most 1 in 4 is poor (90 % sure); it then picks one for 50 of 100 questions and leaves the answers to "
            "the others in their order.",
            "The best is",
        ),
        (
            [[0.0, 5, 0]],
            "This cannot be promised. It is not proven that at most 1 in 4 of the answers it picks is poor (90 % "
            "sure), on 40 questions kept apart. About 32 more with two rated answers each would be needed",
            "The best is",
        ),
        (
            None,
            "This cannot be promised. How often the picks of this model are poor was not measured yet",
            "The best is",
        ),
    ],
    ids=["picked", "not sure enough", "not proven", "not measured"],
)
def test_a_promise_is_chosen_and_the_result_says_what_came_of_it(open_page, trained, steps, says, never):
    """One message, and no second one that speaks of another order; the calls ask for the same promise."""
    promised(trained, steps)
    app = open_page("rerank")
    assert "choose one under More choices" in said(app)
    assert app.selectbox(key="rerank.promise").options[:2] == ["No promise", "At most 1 in 20 poor, 90 % sure"]
    app.selectbox(key="rerank.promise").select(USUAL)
    app = ranked(app, EXAMPLE_PROMPT, "\n---\n".join(EXAMPLE))
    assert says in said(app).replace("**", "")
    assert never not in said(app)
    assert all('"guarantee": {"max_poor": 0.25, "confidence": 0.9}' in code.value for code in app.code[:3])
    moved = [badge for badge in ("up 1", "up 2", "up 3") if badge in said(app)]
    assert bool(moved) is (says.startswith("Picked"))


def test_answers_move_above_and_below_the_line():
    """Up places an answer last, then moves it up; down moves it down, and the last one off again."""
    own = OwnOrder([4, 7, 9])
    own.up(9)
    own.up(7)
    assert (own.order, own.placed) == ([9, 7, 4], 2)
    own.up(7)
    assert (own.order, own.placed) == ([7, 9, 4], 2)
    own.up(7)
    own.down(4)  # nothing above the first, and what is not placed does not move down
    own.down(7)
    assert (own.order, own.placed) == ([9, 7, 4], 2)
    own.down(7)
    assert (own.order, own.placed) == ([9, 7, 4], 1)
    own.place_all()
    assert own.placed == 3


GOOD, OPEN, POOR = Meaning(58, 60), Meaning(12, 24), Meaning(3, 60)


@pytest.mark.parametrize(
    "close, outside, best, says, never",
    [
        (True, False, GOOD, ("Too close to call.", "Take either"), ("not good", "ahead", "Not known")),
        (True, False, POOR, ("Too close to call, and the best is probably not good.",), ("Take either", "ahead")),
        (False, False, GOOD, ("clearly ahead of the others, and probably good.",), ("close", "not good")),
        (False, False, POOR, ("clearly ahead of the others, but probably not good.",), ("close",)),
        (False, False, OPEN, ("whether it is good is open",), ("probably",)),
        (True, True, POOR, ("Do not rely on this order.",), ("close", "not good", "ahead")),
        (None, False, GOOD, ("probably good", "whether the two best can be told apart"), ("close to call", "ahead")),
        (None, None, None, ("Not known for this model: how far this order can be relied on.",), ("ahead", "close")),
    ],
)
def test_how_far_an_order_can_be_relied_on_is_said_once(close, outside, best, says, never):
    """One message for closeness, likeness and quality together, and one for what is not known: none contradicts."""
    found = how_far(Certainty((best, best), close, outside, None), ["a", "b"], [0.8, 0.3])
    words = f"{found.words} {found.unknown}"
    assert all(part in words for part in says)
    assert not any(part in words for part in never)
    assert words.count("Not known") <= 1


@pytest.mark.parametrize(
    "close, second, says",
    [
        (True, POOR, "The best is probably better than the others, but not clearly."),
        (True, GOOD, "Too close to call."),
        (False, GOOD, "That their ranges overlap does not change this"),
        (False, POOR, "clearly ahead"),
    ],
)
def test_the_message_fits_the_ranges_on_the_cards(close, second, says):
    """Where the ranges suggest something else than the distance of the scores, it is said how both can be true."""
    assert says in how_far(Certainty((GOOD, second), close, False, None), ["a", "b"], [0.8, 0.3]).words


def test_equal_answers_are_not_called_ahead():
    """There is nothing to tell apart, and that is no gap in what is known."""
    found = how_far(Certainty((GOOD, GOOD), False, False, None), ["a", "a"], [0.8, 0.8])
    assert found.words == "**The best is probably good.**"
    assert not found.unknown


@pytest.mark.parametrize("meaning, words", [(Meaning(0, 30), "0 to 11"), (Meaning(50, 100), "40 to 60")])
def test_a_score_comes_to_a_range(meaning, words):
    """The fewer answers were rated, the wider."""
    assert came_to(meaning) == f"Of 100 answers with a score like this, {words} were good."
