"""What doctor says of files that others must not read."""

import pytest

from core.services.operations import doctor


@pytest.fixture
def checks(tmp_path, monkeypatch):
    """Runs doctor on a home of its own; what it found by name."""
    monkeypatch.setenv("ASSAY_HOME", str(tmp_path))
    monkeypatch.setattr(doctor, "SECRETS", (tmp_path / "secrets.toml", tmp_path / ".env"))

    def run():
        return {check["name"]: (check["ok"], check["detail"]) for check in doctor.examine()["checks"]}

    return run


def test_a_model_folder_that_others_can_enter_is_named(checks, tmp_path):
    """With the command that mends it; without a model there is nothing to say."""
    assert "model folder" not in checks()
    folder = tmp_path / "models"
    folder.mkdir(mode=0o700)
    assert checks()["model folder"] == (True, f"only its owner can enter {folder}")
    folder.chmod(0o750)
    ok, said = checks()["model folder"]
    assert not ok
    assert said.endswith(f"Run: chmod 700 {folder}")


@pytest.mark.parametrize("name", ["secrets.toml", ".env"])
@pytest.mark.parametrize("mode, ok", [(0o600, True), (0o400, True), (0o640, False), (0o604, False)])
def test_secrets_that_others_can_read_are_named(checks, tmp_path, name, mode, ok):
    """With the command that mends it, and without a word of what stands in the file."""
    file = tmp_path / name
    file.write_text('client_secret = "do not tell"\n')
    file.chmod(mode)
    found = checks()
    assert found[f"secrets in {name}"][0] is ok
    assert ("chmod 600" in found[f"secrets in {name}"][1]) is not ok
    assert "do not tell" not in str(found)


def test_a_model_that_only_another_server_has_is_named(trained_home, tmp_path, monkeypatch):
    """One database, but REWARD_MODEL_PATH is a folder that the other server does not see; then it is the same."""

    def said_of_models() -> dict[str, tuple[bool, str]]:
        checks = doctor.examine()["checks"]
        return {one["name"]: (one["ok"], one["detail"]) for one in checks if one["name"].startswith("model")}

    assert said_of_models()["model files"] == (True, "1 versions, all unaltered")
    monkeypatch.setenv("REWARD_MODEL_PATH", str(tmp_path / "elsewhere"))
    found = said_of_models()
    ok, sentence = found["models on this server"]
    assert not ok
    assert sentence.startswith("Model 1")
    assert f", which is in use: no files in {tmp_path / 'elsewhere'} on " in sentence
    assert "REWARD_MODEL_PATH has to be one folder that all of them see" in sentence
    assert "model files" not in found
    monkeypatch.setenv("REWARD_MODEL_PATH", str(trained_home / "models"))
    assert "models on this server" not in said_of_models()
