"""The example in docs/ works in a real Flask application."""

import importlib.util
from pathlib import Path

import pytest
from flask.testing import FlaskClient

EXAMPLE = Path(__file__).parents[2] / "docs" / "flask_example.py"
BODY = {
    "prompt": "My phone froze and does not react. What can I do?",
    "candidates": [
        "Buy our premium plan today and enjoy a world of benefits!",
        {"text": "Hold the power button for ten seconds to force a restart.", "id": 7},
    ],
}


@pytest.fixture
def client() -> FlaskClient:
    spec = importlib.util.spec_from_file_location("flask_example", EXAMPLE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.app.test_client()


def test_endpoint_chooses_with_the_champion(client: FlaskClient, trained_home: Path) -> None:
    """With a champion the endpoint returns the better candidate, its score and every key of the input."""
    reply = client.post("/answer", json=BODY).get_json()
    assert reply["ranked"][0]["id"] == 7
    assert reply["answer"] == BODY["candidates"][1]["text"]
    assert 0 <= reply["score"] <= 1


def test_endpoint_keeps_the_order_without_a_model(
    client: FlaskClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a model the first candidate is returned and nothing fails or is created."""
    monkeypatch.setenv("ASSAY_HOME", str(tmp_path / "none"))
    reply = client.post("/answer", json=BODY).get_json()
    assert reply["answer"] == BODY["candidates"][0]
    assert reply["score"] is None
    assert not (tmp_path / "none").exists()
