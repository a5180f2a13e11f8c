"""Promoting and rolling back: by whom, why, two at once, and what happens when the champion's files are damaged."""

import io
import shutil
import threading
import zipfile
from pathlib import Path

import pytest

from core.domain.errors import BadInput, Conflict, Unavailable
from core.domain.roles import COMMAND_LINE, NotAllowed, Role, User
from core.reward import artifact
from core.reward.encoding import openvino_build
from core.services.models import models, thinning
from core.services.workspace import Workspace
from core.serving.reranker import ModelRef, Ranking, Reranker
from core.store.training import versions
from tests.databases import PATIENCE, Plain
from tests.reward.fakes import embedder
from tests.services.versions_made import made

LEAD = User(0, "Lena")


def model_file(workspace: Workspace, name: str) -> Path:
    return models.version_path(workspace, name) / "model.joblib"


def damage(workspace: Workspace, name: str) -> None:
    file = model_file(workspace, name)
    file.write_bytes(file.read_bytes()[:-1] + b"x")


def champion(workspace: Workspace) -> str | None:
    return next((v.model_version for v in models.listed(workspace, COMMAND_LINE) if v.state == "champion"), None)


def rank(workspace: Workspace) -> Ranking:
    """What a process that starts now answers."""

    def usable() -> list[ModelRef]:
        with workspace.store.read() as session:
            line = versions.champion_and_fallbacks(session)
        folder = workspace.settings.model_dir
        return [ModelRef(v.model_version, folder / v.model_version, v.hashes, v.sample) for v in line]

    return Reranker(usable, embedder).rank("word1 word2", ["word1", "word2 word3"])


def test_an_altered_champion_gives_way_to_the_last_good_version(workspace: Workspace) -> None:
    """The version before ranks and says so; when the file is back, the champion ranks again."""
    made(workspace, "first", champion=True)
    made(workspace, "second", champion=True)
    assert models.trouble(workspace, COMMAND_LINE) is None
    whole = model_file(workspace, "second").read_bytes()
    damage(workspace, "second")
    ranking = rank(workspace)
    assert (ranking.model_version, ranking.fallback, ranking.no_champion) == ("first", True, False)
    assert "second could not be loaded, so first stands in for it" in (ranking.reason or "")
    said = models.trouble(workspace, COMMAND_LINE) or ""
    assert "Model 1 stands in for it" in said
    assert "changed after training" in said
    model_file(workspace, "second").write_bytes(whole)
    ranking = rank(workspace)
    assert (ranking.model_version, ranking.fallback, ranking.reason) == ("second", False, None)
    assert models.trouble(workspace, COMMAND_LINE) is None


def test_whoever_asks_while_the_model_is_loaded_gets_it(workspace: Workspace) -> None:
    """A call during the first load waits for it; it was told before that no model exists, and to train one."""
    made(workspace, "first", champion=True)
    looking, go_on = threading.Event(), threading.Event()
    path = models.version_path(workspace, "first")
    with workspace.store.read() as session:
        known = [ModelRef(v.model_version, path, v.hashes, v.sample) for v in versions.champion_and_fallbacks(session)]

    def slowly() -> list[ModelRef]:
        looking.set()
        assert go_on.wait(PATIENCE)
        return known

    ranker, found = Reranker(slowly, embedder), []
    calls = [threading.Thread(target=lambda: found.append(ranker.rank("word1", ["word2", "word3"]))) for _ in range(2)]
    calls[0].start()
    assert looking.wait(PATIENCE)
    calls[1].start()
    calls[1].join(0.5)  # time enough to give up
    go_on.set()
    for call in calls:
        call.join(20)
    assert [ranking.model_version for ranking in found] == ["first", "first"]


def test_a_version_that_was_rolled_back_never_stands_in(workspace: Workspace) -> None:
    """A person took it out of use; with nothing else left the input order is kept."""
    made(workspace, "first", champion=True)
    made(workspace, "second", champion=True)
    models.rollback(workspace, LEAD)
    shutil.rmtree(models.version_path(workspace, "first"))
    ranking = rank(workspace)
    assert (ranking.model_version, ranking.fallback, ranking.order) == (None, True, (0, 1))
    assert "Answers keep their original order" in (models.trouble(workspace, COMMAND_LINE) or "")


def test_a_sample_model_never_stands_in_for_a_real_one(workspace: Workspace) -> None:
    """It learned from other questions than those that are asked."""
    made(workspace, "toy", sample=True, champion=True)
    made(workspace, "real", champion=True)
    damage(workspace, "real")
    assert rank(workspace).model_version is None


def test_every_change_has_an_author_a_reason_and_a_record(workspace: Workspace, old_app: Plain) -> None:
    """Promotion by rule, by a lead with a written reason, and a rollback are all in the audit."""
    made(workspace, "first", champion=True)
    made(workspace, "second")
    with pytest.raises(BadInput, match="Say in a few words why"):
        models.promote(workspace, LEAD, "second", reason="  ")
    models.promote(workspace, LEAD, "second", reason=" Better on cardiology. ")
    assert models.promotions(workspace, COMMAND_LINE)[0].reason == "Better on cardiology."
    assert models.rollback(workspace, LEAD) == "first"
    rows = old_app.run(
        "SELECT actor, action, subject FROM assay_audit WHERE subject LIKE ? ORDER BY audit_id", "model %"
    )
    assert [tuple(row) for row in rows] == [
        ("rule", "promoted", "model first"),
        (LEAD.key, "promoted", "model second"),
        (LEAD.key, "rolled back", "model first"),
    ]


@pytest.mark.parametrize("role", [Role.SME, Role.VIEWER])
def test_only_a_lead_changes_the_model(workspace: Workspace, role: Role) -> None:
    """Others are told so, and nothing changes."""
    made(workspace, "first", champion=True)
    made(workspace, "second")
    other = User(0, "Sam", role)
    with pytest.raises(NotAllowed):
        models.promote(workspace, other, "second", reason="I want it.")
    with pytest.raises(NotAllowed):
        models.rollback(workspace, other)
    assert champion(workspace) == "first"


def test_a_damaged_version_is_not_promoted(workspace: Workspace) -> None:
    """Its hash is checked before it comes into use, not at the first ranking."""
    made(workspace, "first", champion=True)
    made(workspace, "second")
    damage(workspace, "second")
    assert {v.model_version: v.state for v in models.listed(workspace, COMMAND_LINE)}["second"] == "file altered"
    with pytest.raises(Conflict, match="changed after training"):
        models.promote(workspace, LEAD, "second", reason="Why not.")
    assert champion(workspace) == "first"


def test_two_leads_at_the_same_moment_make_one_change(workspace: Workspace) -> None:
    """Both saw the same champion: one promotion counts, the other lead is told what is in use now."""
    for name in ("first", "second", "third"):
        made(workspace, name, champion=name == "first")
    begin, outcomes = threading.Barrier(2), []

    def choose(name: str) -> None:
        begin.wait()
        try:
            models.promote(workspace, LEAD, name, reason="Mine is better.", instead_of="first")
            outcomes.append(name)
        except Conflict as error:
            outcomes.append(str(error))

    threads = [threading.Thread(target=choose, args=(name,)) for name in ("second", "third")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    refused = next(outcome for outcome in outcomes if "Somebody else changed" in outcome)
    numbers = {version.model_version: version.run_id for version in models.listed(workspace, COMMAND_LINE)}
    assert f"Model {numbers[champion(workspace)]} is in use now" in refused
    assert len(models.promotions(workspace, COMMAND_LINE)) == 2


def test_an_archived_version_is_out_of_every_choice(workspace: Workspace, old_app: Plain) -> None:
    """It cannot be promoted, rolled back to or stand in, the champion cannot be archived, and it can be taken back."""
    made(workspace, "first", champion=True)
    made(workspace, "second", champion=True)
    with pytest.raises(Conflict, match="in use and cannot be archived"):
        models.archive(workspace, LEAD, "second")
    models.archive(workspace, LEAD, "first")
    models.archive(workspace, LEAD, "first")
    with pytest.raises(Conflict, match="is archived"):
        models.promote(workspace, LEAD, "first", reason="Again.")
    with pytest.raises(Conflict, match="no earlier model in use"):
        models.rollback(workspace, LEAD)
    damage(workspace, "second")
    assert rank(workspace).model_version is None
    models.archive(workspace, LEAD, "first", away=False)
    assert rank(workspace).model_version == "first"
    done = old_app.run("SELECT action FROM assay_audit WHERE subject = ? ORDER BY audit_id", "model first")
    assert [action for (action,) in done][-2:] == ["archived", "took from the archive"]


def test_a_download_holds_the_checked_files_and_is_recorded(workspace: Workspace, old_app: Plain) -> None:
    """One zip with model, metadata, prompts and their vectors; an altered model is not handed out,
    and only a lead gets one.
    """
    made(workspace, "first", champion=True)
    with zipfile.ZipFile(io.BytesIO(models.as_zip(workspace, LEAD, "first"))) as packed:
        assert sorted(packed.namelist()) == [
            "first/folds.npz",
            "first/metadata.json",
            "first/model.joblib",
            "first/prompts.npz",
            "first/prompts.txt",
        ]
        assert packed.read("first/model.joblib") == model_file(workspace, "first").read_bytes()
    assert old_app.run("SELECT actor, subject FROM assay_audit WHERE action = 'downloaded'") == [
        (LEAD.key, "model first")
    ]
    with pytest.raises(NotAllowed):
        models.as_zip(workspace, User(0, "Vera", Role.VIEWER), "first")
    damage(workspace, "first")
    with pytest.raises(Unavailable, match="changed after training"):
        models.as_zip(workspace, LEAD, "first")


def test_of_an_old_version_only_the_figures_can_be_kept(workspace: Workspace, old_app: Plain) -> None:
    """Its files go, its figures stay; never those of the one in use or the one to go back to, and it says why not."""
    for name in ("first", "second", "third"):
        made(workspace, name, champion=True)
    for name, says in (("third", "is in use"), ("second", "the one to go back to")):
        with pytest.raises(Conflict, match=says):
            thinning.thin(workspace, LEAD, name)
    before = {version.model_version: version for version in models.listed(workspace, COMMAND_LINE)}["first"]
    thinning.thin(workspace, LEAD, "first")
    after = {version.model_version: version for version in models.listed(workspace, COMMAND_LINE)}["first"]
    assert (after.state, after.metrics) == ("thinned", before.metrics)
    assert 0 < after.size < before.size
    assert sorted(file.name for file in models.version_path(workspace, "first").iterdir()) == [
        "metadata.json",
        "prompts.txt",
    ]
    with pytest.raises(Conflict, match="only the figures were kept"):
        models.promote(workspace, LEAD, "first", reason="Again.")
    models.rollback(workspace, LEAD)
    with pytest.raises(Conflict, match="only the figures were kept"):
        models.rollback(workspace, LEAD)
    with pytest.raises(Unavailable, match="only the figures were kept"):
        models.as_zip(workspace, LEAD, "first")
    # what stands in for a damaged model in use is one that has files
    damage(workspace, "second")
    assert rank(workspace).model_version is None
    assert old_app.run("SELECT count(*) FROM assay_audit WHERE action = 'removed the files'") == [(1,)]


def test_a_thinned_version_leaves_no_fast_build_behind(workspace: Workspace) -> None:
    """Tuned layers built for speed are its files too; those of others stay."""
    for name in ("first", "second", "third"):
        made(workspace, name, champion=True)
    with workspace.store.write() as session:
        version = versions.find(session, "first")
        version.lineage = (version.lineage or {}) | {"files": version.hashes | {artifact.DEEP_FILE: "a" * 64}}
    folders = [openvino_build.folder_for(workspace.settings.home, letter * 64) for letter in "ab"]
    for folder in folders:
        folder.mkdir(parents=True)
    thinning.thin(workspace, LEAD, "first")
    assert [folder.exists() for folder in folders] == [False, True]
