"""Models: the one in use, the trend, promoting and rolling back."""

import json
import shutil

import pytest
from sqlalchemy import text

from core.domain.errors import Unavailable
from core.domain.roles import User
from core.services import models, training
from core.services.people import rate_as
from tests.ui.conftest import TOKEN
from tests.ui.reading import press, said


def keys(app) -> list[str]:
    return [button.key for button in app.button]


def traces(app, number: int) -> dict[str, dict]:
    drawn = json.loads(app.get("plotly_chart")[number].proto.spec)
    return {trace["name"]: trace for trace in drawn["data"]}


@pytest.fixture(scope="module")
def two_models_home(trained_home, tmp_path_factory):
    """The trained home with a second model beside the one in use."""
    from core.services.workspace import open_workspace

    home = tmp_path_factory.mktemp("two") / "home"
    shutil.copytree(trained_home, home)
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
    return next(version.model_version for version in models.listed(workspace) if version.state == "champion")


def challenger(workspace) -> str:
    return next(version.model_version for version in models.listed(workspace) if version.state != "champion")


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
    assert [toast.value for toast in app.toast] == [f"{other} is in use now."]


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
    from core.services.people import stop_rating

    stop_rating(two_models, TOKEN)
    before = champion(two_models)
    app = press(open_page("models"), "models.promote_yes")
    assert "Who are you?" in said(app)
    assert champion(two_models) == before


def test_versions_without_one_in_use_say_what_that_means(open_page, two_models, monkeypatch):
    """Trained, but never good enough: answers keep their order, and the way on is named."""
    from core.store import versions

    with two_models.store.write() as session:
        versions.crown(session, None, action="removed", by="system", reason="Test.")
    assert "No model is in use" in said(open_page("models"))


def test_an_unreachable_database_is_a_sentence(open_page, trained, monkeypatch):
    """When the database does not answer the page says so."""

    def away(_):
        raise Unavailable("The database does not answer.")

    monkeypatch.setattr(models, "listed", away)
    assert "The database does not answer." in said(open_page("models"))
