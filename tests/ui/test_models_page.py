"""Models: the one in use, the trend, promoting and rolling back."""

import json
import shutil

import pytest
from sqlalchemy import text

from core.domain.errors import Unavailable
from core.domain.metrics import Metric
from core.domain.records import ImportRow
from core.domain.roles import COMMAND_LINE, User
from core.services.models import compare, models
from core.services.people.local_names import rate_as
from core.services.training import training
from core.store.interactions import imports
from core.store.tables import Rater
from core.store.training import versions
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


def test_without_any_training_the_page_leads_to_one(open_page):
    """Nothing trained yet: a sentence and the next step, no empty charts."""
    app = open_page("models")
    assert "No model has been trained yet" in said(app)
    assert keys(app) == ["models.train", "models.readiness"]
    assert not app.get("plotly_chart")


def test_the_model_in_use_is_named_with_its_numbers_and_marked_as_sample(open_page, trained):
    """Version, ratings, prompts, when, five numbers with ranges, the sample mark, and how it came into use."""
    app = open_page("models")
    name = champion(trained)
    assert name in said(app)
    assert "184 rated answers to 46 prompts" in said(app)
    assert len(app.metric) == 5
    assert "This model learned from the sample." in said(app)
    assert f"{name} came into use after its training." in said(app)
    assert "There is no other version to change to." in said(app)


def test_every_version_is_on_the_trend_with_its_range(open_page, two_models):
    """The one in use is a star, others have their own shape, all carry bounds and the number of ratings."""
    app = open_page("models")
    for number in (0, 1):
        drawn = traces(app, number)
        assert set(drawn) == {"In use", "Trained on the sample"}
        assert drawn["In use"]["marker"]["symbol"] == "star"
        assert all(trace["error_y"]["array"][0] > 0 for trace in drawn.values())
        assert "184 rated answers" in drawn["In use"]["text"][0]


def test_old_trainings_stand_apart_and_are_never_compared(open_page, trained):
    """Rows of the old application are on the accuracy chart only, left of a line, named for what is unknown."""
    with trained.store.write() as session:
        session.execute(
            text(
                "insert into rlhf_reward_model_training (model_version, total_interactions, accuracy, created_dt) "
                "values ('old <b>one</b>', 60, 83.33, '2025-05-11 10:00:00'), ('old two', 70, null, null)"
            )
        )
    app = open_page("models")
    accuracy, auc = traces(app, 0), traces(app, 1)
    old = accuracy["Legacy, split unknown"]
    assert old["y"] == [pytest.approx(0.8333)]
    assert max(old["x"]) < min(accuracy["In use"]["x"]) - 1
    assert "<b>" not in old["text"][0]
    assert set(auc) == {"In use"}
    assert "1 of them noted no accuracy" in said(app)


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
    assert set(traces(app, 0)) == {"Legacy, split unknown"}
    assert "models.train" in keys(app)


def test_promoting_takes_a_confirmation_and_keeps_the_reason(open_page, two_models):
    """The chosen version comes into use, and the log says who did it and why."""
    before, other = champion(two_models), challenger(two_models)
    app = open_page("models")
    app.text_input(key="models.reason").set_value("Better on *my* questions")
    press(app, "models.promote_yes")
    assert champion(two_models) == other
    assert f"Ana put {other} in use, in place of {before}." in said(app)
    assert "Better on *my* questions" in said(app)
    assert [plain(toast.value) for toast in app.toast] == [f"{other} is in use now."]


def test_rolling_back_returns_to_the_model_before(open_page, two_models):
    """After a promotion one confirmed press brings the earlier model back."""
    before, other = champion(two_models), challenger(two_models)
    models.promote(two_models, User(0, "Ben"), other, reason="A test.")
    app = press(open_page("models"), "models.rollback_yes")
    assert champion(two_models) == before
    assert f"Ana went back to {before} from {other}." in said(app)


def test_there_is_nothing_to_roll_back_to_at_first(open_page, two_models):
    """With a single model ever in use the page says that there is no earlier one."""
    assert "There is no earlier model in use to go back to." in said(open_page("models"))


def test_a_version_without_files_says_so_and_cannot_be_promoted(open_page, two_models):
    """Missing files are named in the table and beside the choice, and Promote is closed."""
    shutil.rmtree(models.version_path(two_models, challenger(two_models)))
    app = open_page("models")
    assert "The files of this version are missing" in said(app)
    assert "Files missing, sample" in list(app.table[0].value["State"])
    promote = next(block for block in app.get("popover") if block.proto.popover.label == "Promote")
    assert promote.proto.popover.disabled


def test_files_that_vanish_meanwhile_are_a_sentence(open_page, two_models):
    """The page was open when the files went: the press changes nothing and says why."""
    before = champion(two_models)
    app = open_page("models")
    shutil.rmtree(models.version_path(two_models, challenger(two_models)))
    app.text_input(key="models.reason").set_value("Try it")
    press(app, "models.promote_yes")
    assert "cannot be used, and nothing was changed" in said(app)
    assert champion(two_models) == before


def test_a_promotion_without_a_reason_is_refused(open_page, two_models):
    """A person who overrides the rule says why; the page says so and nothing changes."""
    before = champion(two_models)
    app = press(open_page("models"), "models.promote_yes")
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
    app = press(open_page("models"), "models.promote_yes")
    assert "Who are you?" in said(app)
    assert champion(two_models) == before


def test_versions_without_one_in_use_say_what_that_means(open_page, two_models, monkeypatch):
    """Trained, but never good enough: answers keep their order, and the way on is named."""
    with two_models.store.write() as session:
        versions.set_champion(session, None, action="removed", by="system", reason="Test.")
    assert "No model is in use" in said(open_page("models"))


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


def test_figures_on_kept_apart_prompts_come_first(open_page, workspace, ana):
    """Where a version was measured there the card, the trend and the table show it; others are hollow."""
    made(workspace, "v1")
    made(workspace, "v2", champion=True)
    made(workspace, "v3")
    for name, auc in (("v2", 0.81), ("v3", 0.84)):
        measured(workspace, name, auc=auc)
    app = open_page("models")
    assert "Measured on 80 rated answers to 20 prompts that are kept apart" in said(app)
    drawn = traces(app, 1)
    assert set(drawn) == {"Kept-apart prompts", "Cross-validated", "In use"}
    assert drawn["Kept-apart prompts"]["y"] == [0.84]
    assert drawn["Cross-validated"]["marker"]["symbol"] == "circle-open"
    table = app.table[0].value.set_index("Version")
    assert list(table["Measured"]) == ["Kept apart, 80", "Kept apart, 80", "Cross-validated"]


def test_thresholds_stand_where_they_were_reached():
    """A line before the first training with that many rated answers; none for what was not reached."""
    points = [TrendPoint("now", Metric(0.7), (), rated=rated) for rated in (60, 150, 210, 260)]
    drawn = trend_figure(points, name="AUC", percent=False, thresholds=(50, 200, 500))
    lines = {shape.x0 for shape in drawn.layout.shapes}
    assert lines == {-0.5, 1.5}
    assert [note.text for note in drawn.layout.annotations] == ["50", "200"]


def test_two_versions_are_compared_on_the_same_answers(open_page, workspace, ana, monkeypatch):
    """Numbers of both, a sentence, and the answers that divide them with their texts and scores."""
    monkeypatch.setattr(compare, "reference_embedder", reference_embedder)
    examples = rated_answers(40)
    rows = [ImportRow(e.interaction_id, e.prompt, e.response, int(e.rating)) for e in examples]
    with workspace.store.write() as session:
        imports.add_batch(session, None, rows, rater="Ana", source="import")
    made(workspace, "v1", learned_from(examples[:80]), champion=True)
    made(workspace, "v2", learned_from(examples[:100]))
    app = press(open_page("models"), "models.compare_go")
    assert "Both on the same 60 rated answers to 15 prompts, on prompts that neither was trained on" in said(app)
    assert "Where they disagree most (10 answers)" in [block.label for block in app.expander]
    assert "Experts rated it" in said(app)


def test_a_version_is_archived_and_taken_back(open_page, workspace, ana):
    """It leaves the choice and the trend, is folded away, and comes back with one press; the one in use stays."""
    made(workspace, "v1", champion=True)
    made(workspace, "v2")
    app = open_page("models")
    assert "models.archive" in keys(app)
    press(app, "models.archive")
    assert models.listed(workspace, COMMAND_LINE)[0].state == "archived"
    assert "Archived (1)" in [block.label for block in app.expander]
    assert "There is no other version to change to." in said(app)
    press(app, "models.unarchive")
    assert models.listed(workspace, COMMAND_LINE)[0].state == "available"
    app.selectbox(key="models.look").set_value("v1").run()
    assert "models.archive" not in keys(app)


def test_the_lineage_names_data_code_and_author(open_page, two_models):
    """What a version was made of, from which code, by whom, and why it came into use."""
    app = open_page("models")
    app.selectbox(key="models.look").set_value(champion(two_models)).run()
    rows = dict(app.table[1].value.to_numpy().tolist())
    assert rows["Learned from"] == "184 rated answers to 46 prompts, of the sample"
    assert len(rows["Fingerprint of these ratings"]) == 40
    assert "Ben, training 1" in rows["Trained"]
    assert "beats answer length" in rows["Came into use"].replace("\\", "")


def test_those_who_may_not_change_models_are_not_offered_it(open_page, workspace, ana):
    """A rater sees the figures and no promote, archive or download."""
    made(workspace, "v1", champion=True)
    made(workspace, "v2")
    with workspace.store.write() as session:
        session.get(Rater, ana.rater_id).role = "sme"
    app = open_page("models")
    assert not {"models.promote_yes", "models.rollback_yes", "models.archive"} & set(keys(app))
    assert not app.get("download_button")
