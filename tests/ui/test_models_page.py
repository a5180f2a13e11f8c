"""Models: the one in use, the trend, promoting and rolling back."""

import json
import re
import shutil

import pytest
from sqlalchemy import text

from core.domain.errors import Unavailable
from core.domain.metrics import Metric
from core.domain.records import ImportRow
from core.domain.roles import COMMAND_LINE, User
from core.domain.verdicts.addition import Addition
from core.domain.verdicts.gates import Gate
from core.domain.verdicts.judgement import Judgement, why_not
from core.services.models import compare, models, verdicts
from core.services.people.local_names import rate_as
from core.services.training import training
from core.store.interactions import imports
from core.store.tables import Rater
from core.store.training import versions
from core.store.types import now
from core.ui.models.trend import TrendPoint, trend_figure
from tests.reward.fakes import rated_answers, reference_embedder
from tests.services.versions_made import learned_from, made
from tests.ui.conftest import TOKEN
from tests.ui.reading import plain, press, said


def keys(app) -> list[str]:
    return [button.key for button in app.button]


def traces(app, number: int) -> dict[str, dict]:
    drawn = json.loads(app.get("plotly_chart")[number].proto.spec)
    return {trace["name"]: trace for trace in drawn["data"]}


@pytest.fixture(scope="module")
def two_models_home(trained_once, tmp_path_factory):
    """The trained home with a second model beside the one in use."""
    from core.services.workspace import open_workspace

    home = tmp_path_factory.mktemp("two") / "home"
    shutil.copytree(trained_once, home)
    workspace = open_workspace({"ASSAY_HOME": str(home)})
    training.train_to_end(workspace, User(0, "Ben"), recipe="concat", seed=0, on_progress=lambda done, total: None)
    return home


@pytest.fixture
def two_models(two_models_home, fresh_process, tmp_path):
    """The database that the pages will open, with two versions; a named visitor."""
    from core.services.workspace import open_workspace

    shutil.copytree(two_models_home, tmp_path, dirs_exist_ok=True)
    workspace = open_workspace()
    rate_as(workspace, TOKEN, "Ana")
    return workspace


def champion(workspace) -> str:
    return next(
        version.model_version for version in models.listed(workspace, COMMAND_LINE) if version.state == "champion"
    )


def challenger(workspace) -> str:
    return next(
        version.model_version for version in models.listed(workspace, COMMAND_LINE) if version.state != "champion"
    )


def named(workspace, model_version: str):
    """Such as ``Model 3, 28 Nov``, and the number of its training."""
    view = next(v for v in models.listed(workspace, COMMAND_LINE) if v.model_version == model_version)
    return view.name, view.run_id


def in_row(workspace, act: str, model_version: str) -> str:
    """Key of a widget in the row of a version."""
    return f"models.{act}.{named(workspace, model_version)[1]}"


def test_without_any_training_the_page_leads_to_one(open_page):
    """Nothing trained yet: a sentence and the next step, no empty charts."""
    app = open_page("models")
    assert "No model has been trained yet" in said(app)
    assert keys(app) == ["models.train", "models.readiness"]
    assert not app.get("plotly_chart")


def test_the_model_in_use_comes_first_with_its_verdict_and_figures(open_page, trained):
    """The sentence that every page shows, three figures, what it learned from, the sample mark, and since when."""
    app = open_page("models")
    verdict = verdicts.verdict_in_use(trained, COMMAND_LINE)
    assert f"{verdict.name}.** {verdict.sentence}" in said(app)
    assert champion(trained) in said(app)
    assert "It learned from 184 rated answers to 46 questions." in said(app)
    assert [metric.label for metric in app.metric] == ["Right order", "Accuracy", "Better pick"]
    assert "It learned from the sample: do not judge real answers with it." in said(app)
    assert f"{verdict.name} came into use by itself after its training: it was clearly better than" in said(app)


def own_model(trained, found: dict | None) -> None:
    """Have the model in use be one of own ratings, with these counts of poor picks."""
    with trained.store.write() as session:
        version = versions.champion(session)
        version.sample = False
        version.guarantee = None if found is None else {version.lineage["encoder"]: found}


def promises(app) -> list[list[str]]:
    """The cells of the table of promises, a row each."""
    return [
        list(row) for table in app.table if "90 % sure" in table.value.columns for row in table.value.values.tolist()
    ]


def test_what_can_be_promised_of_the_picks(open_page, trained):
    """One promise that was chosen beforehand, all of them in a table, and what they hold for."""
    steps = [[0.9, 12, 0], [0.6, 25, 1], [0.0, 46, 13]]
    own_model(trained, {"steps": steps, "questions": 46, "answers": 198, "good_from": 4})
    app = open_page("models")
    assert "How often would its choice be poor?" in said(app)
    sentence = "Of the answers it picks, at most 1 in 4 is poor (90 % sure); it then picks one for 54 of 100 questions"
    assert f"{sentence} and leaves the answers to the others in their order." in said(app)
    rows = promises(app)
    levels = ("1 in 20", "1 in 10", "1 in 5", "1 in 4", "3 in 10")
    assert [row[0].replace("\u00a0", " ") for row in rows] == [f"at most {level}" for level in levels]
    assert rows[3][1] == "picks for 54 of 100 questions"
    assert rows[1][1].startswith("not proven yet, about ")
    assert "on 46 questions that no model learns from, with 4.3 rated answers each" in said(app)
    assert "whoever takes the best of ten relies on ten" in said(app)
    assert "models.measure_promises" not in keys(app)


def test_a_promise_that_is_not_proven_yet_leads_to_rating(open_page, trained):
    """How many more questions it takes, and where they are rated; what more of them would not bring is said too."""
    own_model(trained, {"steps": [[0.9, 3, 0], [0.0, 6, 0]], "questions": 6, "answers": 12, "good_from": 4})
    app = open_page("models")
    assert "It is not proven that at most 1 in 4 of the answers it picks is poor (90 % sure)" in said(app)
    assert "About 3 more with two rated answers each would be needed" in said(app)
    assert promises(app)[3][1] == "not proven yet, about 3 more questions kept apart"
    assert "every fifth question that is rated joins them" in said(app)
    assert "models.promises_rate" in keys(app)
    own_model(trained, {"steps": [[0.0, 40, 30]], "questions": 40, "answers": 80, "good_from": 4})
    assert {row[1] for row in promises(open_page("models"))} == {"not with more questions alone"}


def test_a_model_that_was_not_measured_can_be_by_a_lead(open_page, trained):
    """Pressing it says what is missing, and keeps nothing; whoever only looks is told who can."""
    ana = rate_as(trained, TOKEN, "Ana")
    own_model(trained, None)
    app = open_page("models")
    assert "This was not measured yet for" in said(app)
    app = press(app, "models.measure_promises")
    assert "there is nothing to measure on" in app.error[0].value
    assert "models.measure_promises" in keys(app)
    with trained.store.write() as session:
        session.get(Rater, ana.rater_id).role = "viewer"
    app = open_page("models")
    assert "models.measure_promises" not in keys(app)
    assert "A lead can have it measured here." in said(app)


def test_of_a_model_of_the_sample_nothing_is_promised(open_page, trained):
    """And the way to one of own ratings."""
    app = open_page("models")
    assert "Nothing is promised of a model that learned from the sample." in said(app)
    assert "models.promises_data" in keys(app)
    assert promises(app) == []


def test_every_version_is_on_the_trend_with_its_range(open_page, two_models):
    """The one in use is a star, the others are rings, all carry bounds and the number of ratings."""
    app = open_page("models")
    for number in (0, 1):
        drawn = traces(app, number)
        assert set(drawn) == {"In use, at its training", "At its training"}
        assert drawn["In use, at its training"]["marker"]["symbol"] == "star-open"
        assert all(trace["error_y"]["array"][0] > 0 for trace in drawn.values())
        assert "184 rated answers" in drawn["In use, at its training"]["text"][0]


def test_sample_and_own_data_are_never_on_one_axis(open_page, workspace, ana):
    """Own data first; the models of the sample are shown instead of them when asked for."""
    made(workspace, "learned", sample=True)
    made(workspace, "own", champion=True)
    for chosen, other in (("Your ratings", "In use, at its training"), ("The sample", "At its training")):
        app = open_page("models", models__trend_data=chosen)
        for number in (0, 1):
            drawn = traces(app, number)
            assert set(drawn) == {other}
            assert len(drawn[other]["x"]) == 1
    made(workspace, "own-too")
    assert "models.trend_data" in {group.key for group in open_page("models").get("button_group")}


def test_old_trainings_stand_apart_and_are_never_compared(open_page, trained):
    """Rows of the old application are on the accuracy chart only, left of a line, named for what is unknown."""
    with trained.store.write() as session:
        session.execute(
            text(
                "insert into rlhf_reward_model_training (model_version, total_interactions, accuracy, created_dt) "
                "values ('old <b>one</b>', 60, 83.33, '2025-05-11 10:00:00'), ('old two', 70, null, null)"
            )
        )
    made(trained, "own")
    app = open_page("models")
    order, accuracy = traces(app, 0), traces(app, 1)
    old = accuracy["Legacy, split unknown"]
    assert old["y"] == [pytest.approx(0.8333)]
    assert max(old["x"]) < min(accuracy["At its training"]["x"]) - 1
    assert "<b>" not in old["text"][0]
    assert set(order) == {"At its training"}
    assert "1 of them noted no accuracy" in said(app)
    assert "Earlier application (2)" in [block.label for block in app.expander]


def test_old_trainings_alone_are_shown_beside_the_next_step(open_page, workspace):
    """An adopted database without a model of ours: the old accuracy is there, and so is the way to a first training."""
    with workspace.store.write() as session:
        session.execute(
            text(
                "insert into rlhf_reward_model_training (model_version, accuracy, created_dt) "
                "values ('old', 70.0, '2025-05-11 10:00:00')"
            )
        )
    app = open_page("models")
    (drawn,) = app.get("plotly_chart")
    assert [trace["name"] for trace in json.loads(drawn.proto.spec)["data"]] == ["Legacy, split unknown"]
    assert "models.train" in keys(app)


def test_a_version_is_put_in_use_in_its_row_and_the_reason_is_kept(open_page, two_models):
    """Against the rule, which is said with the reason before it asks why; then it is in use and the log says why."""
    before, other = champion(two_models), challenger(two_models)
    verdict = verdicts.verdicts(two_models, COMMAND_LINE)[other]
    assert not verdict.judgement.promoted
    app = open_page("models")
    against = next(warning for warning in app.warning if "This goes against the rule" in warning.value)
    assert why_not(verdict.judgement.gate, verdict.judgement.unseen_questions) in plain(against.value)
    app.text_input(key=in_row(two_models, "reason", other)).set_value("Better on *my* questions")
    press(app, in_row(two_models, "promote_yes", other))
    assert champion(two_models) == other
    name = named(two_models, other)[0]
    assert f"Ana put {name} in use, in place of {named(two_models, before)[0]}. Better on *my* questions." in said(app)
    assert "In use by a person's decision, although by the rule it would not be" in said(app)
    assert [plain(toast.value) for toast in app.toast] == [f"{name} is in use now."]


def test_what_passed_the_rule_is_put_in_use_without_a_warning(open_page, two_models):
    """The one that was taken out of use, whose training passed."""
    with two_models.store.write() as session:
        versions.set_champion(session, None, action="removed", by="system", reason="Test.")
    app = open_page("models")
    assert "Next: a lead can put" in said(app)
    assert sum("against the rule" in warning.value for warning in app.warning) == 1


@pytest.mark.parametrize("where", ["top", "row"])
def test_rolling_back_returns_to_the_model_before(open_page, two_models, where):
    """After a promotion one confirmed press brings the earlier model back, on top or in its row."""
    before, other = champion(two_models), challenger(two_models)
    models.promote(two_models, User(0, "Ben"), other, reason="A test.")
    name, run_id = named(two_models, before)
    app = open_page("models")
    assert in_row(two_models, "promote_yes", before) not in keys(app)
    press(app, "models.rollback_yes" if where == "top" else f"models.{run_id}.rollback_yes")
    assert champion(two_models) == before
    assert f"Ana went back to {name} from {named(two_models, other)[0]}." in said(app)


def test_there_is_nothing_to_roll_back_to_at_first(open_page, two_models):
    """With a single model ever in use there is no such button."""
    assert not [key for key in keys(open_page("models")) if key.endswith("rollback_yes")]


def test_two_leads_do_not_undo_each_other(open_page, two_models):
    """The page was open when another lead changed the model in use: the press changes nothing and says why."""
    before, other = champion(two_models), challenger(two_models)
    app = open_page("models")
    models.promote(two_models, User(0, "Ben"), other, reason="A test.")
    models.rollback(two_models, User(0, "Ben"))
    with two_models.store.write() as session:
        versions.set_champion(session, None, action="removed", by="system", reason="Test.")
    app.text_input(key=in_row(two_models, "reason", other)).set_value("Try it")
    press(app, in_row(two_models, "promote_yes", other))
    assert "Somebody else changed the model in use meanwhile: no model is in use now" in said(app)
    assert "champion" not in [version.state for version in models.listed(two_models, COMMAND_LINE)]
    assert before


def test_a_version_without_files_says_so_and_cannot_be_promoted(open_page, two_models):
    """Missing files are named in the row, and its way into use is closed."""
    shutil.rmtree(models.version_path(two_models, challenger(two_models)))
    app = open_page("models")
    assert "Files missing" in said(app)
    (promote,) = [block for block in app.get("popover") if block.proto.popover.label == "Put in use"]
    assert promote.proto.popover.disabled


def test_files_that_vanish_meanwhile_are_a_sentence(open_page, two_models):
    """The page was open when the files went: the press changes nothing and says why."""
    before, other = champion(two_models), challenger(two_models)
    app = open_page("models")
    shutil.rmtree(models.version_path(two_models, other))
    app.text_input(key=in_row(two_models, "reason", other)).set_value("Try it")
    press(app, in_row(two_models, "promote_yes", other))
    assert f"Model {named(two_models, other)[1]} cannot be used, and nothing was changed" in said(app)
    assert champion(two_models) == before


def test_a_promotion_without_a_reason_is_refused(open_page, two_models):
    """A person who overrides the rule says why; the page says so and nothing changes."""
    before = champion(two_models)
    app = press(open_page("models"), in_row(two_models, "promote_yes", challenger(two_models)))
    assert "Say in a few words why" in said(app)
    assert champion(two_models) == before


def test_a_damaged_champion_is_said_on_home_and_on_models(open_page, two_models):
    """What is wrong, what ranks meanwhile and what to do, where a lead looks first."""
    file = models.version_path(two_models, champion(two_models)) / "model.joblib"
    file.write_bytes(b"not a model")
    home = open_page("home")
    for app in (home, open_page("models")):
        assert "cannot be loaded" in said(app)
        assert "Answers keep their original order until its files are restored" in said(app)
    assert "home.models" in keys(home)


def test_a_visitor_without_a_name_is_asked_first(open_page, two_models):
    """Nobody changes the model namelessly."""
    from core.services.people.local_names import stop_rating

    stop_rating(two_models, TOKEN)
    before = champion(two_models)
    app = press(open_page("models"), in_row(two_models, "promote_yes", challenger(two_models)))
    assert "Who are you?" in said(app)
    assert champion(two_models) == before


def test_versions_without_one_in_use_say_what_that_means(open_page, two_models, monkeypatch):
    """Trained, but never good enough: answers keep their order, and the way on is named."""
    with two_models.store.write() as session:
        versions.set_champion(session, None, action="removed", by="system", reason="Test.")
    app = open_page("models")
    assert "No model is in use" in said(app)
    assert "was taken out of use. Test." in said(app)


def test_an_unreachable_database_is_a_sentence(open_page, trained, monkeypatch):
    """When the database does not answer the page says so."""

    def away(*_):
        raise Unavailable("The database does not answer.")

    monkeypatch.setattr(models, "listed", away)
    assert "The database does not answer." in said(open_page("models"))


def measured(workspace, name: str, *, auc: float, n: int = 80) -> None:
    """As a training leaves it: what a version came to on the prompts that are kept apart."""
    metric = {"value": auc, "low": auc - 0.05, "high": auc + 0.05}
    names = ("accuracy", "roc_auc", "pairwise_accuracy", "f1", "brier")
    found = {"n": n, "prompts": 20, "prompts_seen": 0, "metrics": dict.fromkeys(names, metric)}
    with workspace.store.write() as session:
        versions.measured(session, {name: found})


def test_later_measurements_are_on_the_trend_alone_and_dated(open_page, workspace, ana):
    """The card shows the figures of the training; what was measured on kept-apart questions since has its own marks."""
    for name in ("v1", "v2", "v3"):
        made(workspace, name, champion=name == "v2")
    for name, auc in (("v2", 0.81), ("v3", 0.84)):
        measured(workspace, name, auc=auc)
    app = open_page("models")
    assert "81 %" not in [metric.value for metric in app.metric]
    assert "(cross-validated)" in said(app)
    drawn = traces(app, 0)
    assert set(drawn) == {"At its training", "In use, at its training", "On the same questions", "In use"}
    assert drawn["On the same questions"]["y"] == [0.84]
    assert drawn["In use"]["y"] == [0.81]
    assert drawn["At its training"]["marker"]["symbol"] == "circle-open"
    today = f"{now().astimezone():%d %b %Y}"
    assert f"Measured on {today} on 80 kept-apart answers" in drawn["In use"]["text"][0]
    assert f"80 answers to 20 questions that no model learns from, last on {today}" in said(app)


def test_thresholds_stand_where_they_were_reached():
    """A line between two trainings; none for what the first had reached already, or none has."""
    points = [TrendPoint("now", Metric(0.7), (), place=n, rated=rated) for n, rated in enumerate((60, 150, 210, 260))]
    drawn = trend_figure(points, percent=False, thresholds=(50, 200, 500))
    lines = {shape.x0 for shape in drawn.layout.shapes}
    assert lines == {1.5}
    assert [note.text for note in drawn.layout.annotations] == ["200 rated"]


def test_two_versions_are_compared_on_the_same_answers(open_page, workspace, ana, monkeypatch):
    """Numbers of both, a sentence, and the answers that divide them with their texts and scores."""
    monkeypatch.setattr(compare, "reference_embedder", reference_embedder)
    examples = rated_answers(40)
    rows = [ImportRow(e.interaction_id, e.prompt, e.response, int(e.rating)) for e in examples]
    with workspace.store.write() as session:
        imports.add_batch(session, None, rows, rater="Ana", source="import")
    made(workspace, "v1", learned_from(examples[:80]), champion=True)
    made(workspace, "v2", learned_from(examples[:100]))
    ticks = [in_row(workspace, "tick", name) for name in ("v1", "v2")]
    app = open_page("models")
    assert "Tick two models above first." in said(app)
    for tick in ticks:
        app.checkbox(key=tick).check()
    app.run()
    press(app, "models.compare_go")
    assert "On 15 questions that neither learned from, " in said(app)
    assert "Both on the same 60 rated answers to 15 questions. Neither model learned from these" in said(app)
    assert "Where they disagree most (10 answers)" in [block.label for block in app.expander]
    assert "Experts rated it" in said(app)
    app.checkbox(key=ticks[0]).uncheck().run()
    assert "neither learned from" not in said(app)


def test_the_files_of_an_old_version_can_go(open_page, workspace, ana):
    """Offered for what is neither in use nor the way back, with its size; then only figures are left of it."""
    for name in ("v1", "v2", "v3"):
        made(workspace, name, champion=True)
    app = open_page("models")
    offered = [in_row(workspace, "thin_yes", name) in keys(app) for name in ("v1", "v2", "v3")]
    assert offered == [True, False, False]
    assert re.search(r"v3 · \d+ KB", plain(said(app)))
    press(app, in_row(workspace, "thin_yes", "v1"))
    assert {v.model_version: v.state for v in models.listed(workspace, COMMAND_LINE)}["v1"] == "thinned"
    assert "Only figures kept" in said(app)
    assert in_row(workspace, "thin_yes", "v1") not in keys(app)
    assert not app.exception


def test_the_models_page_says_what_a_deep_part_adds(open_page, workspace, ana):
    """A fourth figure with its range, in the verdict too, and what was not measured for this method is said."""
    found = learned_from(rated_answers(15))
    adds = Addition(Metric(0.012, -0.004, 0.028), 40, 0.05)
    judged = Judgement(found.figures, Gate.ADDS_NOTHING, "It adds nothing here.", None, False, adds)
    made(workspace, "v1", found)
    with workspace.store.write() as session:
        versions.find(session, "v1").judgement = judged.to_json()
    app = open_page("models", models__report=True)
    assert "the deep part adds nothing here, keep the fast method" in said(app)
    assert ("Deep part adds", "+1.2") in [(metric.label, metric.value) for metric in app.metric]
    assert "It takes about 50 ms more per new answer." in said(app)
    assert Judgement.from_json(judged.to_json()) == judged


def test_a_version_is_archived_and_taken_back(open_page, workspace, ana):
    """It leaves the rows and the trend, is folded away, and comes back with one press; the one in use stays."""
    made(workspace, "v1", champion=True)
    made(workspace, "v2")
    away, back = (in_row(workspace, act, "v2") for act in ("archive", "unarchive"))
    app = open_page("models")
    assert in_row(workspace, "archive", "v1") not in keys(app)
    press(app, away)
    assert models.listed(workspace, COMMAND_LINE)[0].state == "archived"
    assert "Archived (1)" in [block.label for block in app.expander]
    assert in_row(workspace, "promote_yes", "v2") not in keys(app)
    assert not app.get("plotly_chart")  # of one model there is nothing to see over time
    press(app, back)
    assert models.listed(workspace, COMMAND_LINE)[0].state == "available"
    assert away in keys(app)


def test_of_many_versions_the_newest_are_shown_and_the_one_in_use(open_page, workspace, ana):
    """Forty: ten and the one in use, which is the oldest; all of them when asked for."""
    for number in range(40):
        made(workspace, f"v{number}", champion=number == 0)
    app = open_page("models")
    assert len(app.checkbox) == 11
    assert in_row(workspace, "tick", "v0") in {box.key for box in app.checkbox}
    app.toggle(key="models.show_all").set_value(True).run()
    assert len(app.checkbox) == 40


def test_the_full_report_names_data_code_and_author(open_page, two_models):
    """What a version was made of, from which code, by whom, and why it came into use; then everything measured."""
    app = open_page("models")
    assert not app.get("download_button")
    app.toggle(key="models.report").set_value(True).run()
    rows = dict(app.table[0].value.to_numpy().tolist())
    assert rows["Learned from"] == "184 rated answers to 46 questions, of the sample"
    assert "Ben, training 1" in rows["Trained"]
    assert "it was clearly better than the length of the answer" in rows["Came into use"]
    assert re.fullmatch(rf"{champion(two_models)}, as trained, \d+ KB", plain(rows["Files"]))
    assert {button.proto.label for button in app.get("download_button")} >= {"Download the model"}
    assert len(app.metric) == 3
    app.selectbox(key="models.look").set_value(challenger(two_models)).run()
    assert len(app.metric) == 6


def test_a_version_of_an_earlier_release_is_listed_like_any(open_page, workspace, ana):
    """It has no stored judgement and no report: what its training noted is judged anew."""
    made(workspace, "old", older=True, champion=True)
    app = open_page("models", models__report=True)
    assert verdicts.verdict_in_use(workspace, COMMAND_LINE).sentence in said(app)
    assert not app.exception


def test_those_who_may_not_change_models_are_not_offered_it(open_page, workspace, ana):
    """A rater sees the figures and no promote, archive or download."""
    made(workspace, "v1", champion=True)
    made(workspace, "v2")
    with workspace.store.write() as session:
        session.get(Rater, ana.rater_id).role = "sme"
    app = open_page("models", models__report=True)
    changing = ("promote", "rollback", "archive", "unarchive")
    assert not [key for key in keys(app) if any(act in key for act in changing)]
    assert "models.download" not in [button.key for button in app.get("download_button")]
