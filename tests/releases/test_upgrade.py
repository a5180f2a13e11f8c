"""A database and a model of an earlier release: opened, upgraded, and used as before.

``0.1.0/`` was filled by that release itself with every kind of row: an adopted old table, an import, raters with a
lease, a draft, a skip, a discard, an adjudication, a note on the guidelines, accounts, keys, cases, preferences, and
a training. The cache of vectors was emptied, because it is large and made anew.
"""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, select

from core.domain.roles import COMMAND_LINE, Role
from core.domain.verdicts.figures import Basis
from core.services.models import models, verdicts
from core.services.people import accounts, api_keys, local_names, sign_in
from core.services.rating import rating
from core.services.reranking import reranking
from core.services.training import readiness, runs, training
from core.services.workspace import Workspace
from core.store import schema
from core.store.interactions.consensus import text_version
from core.store.tables import Item, LegacyInteraction, ModelVersion, Promotion, RunEvent
from core.store.types import now
from tests import looked
from tests.databases import Plain
from tests.services.test_accounts import claims

HERE = Path(__file__).parent / "0.1.0"
BY_US = {"assay_alembic_version", "assay_audit", "assay_embeddings"}
"""What an upgrade may add rows to."""


@pytest.fixture
def kind(database_url: str) -> str:
    return "sqlite" if database_url.startswith("sqlite") else "postgresql"


@pytest.fixture
def said(kind: str) -> dict[str, Any]:
    """What the release answered itself."""
    answered: dict[str, Any] = json.loads((HERE / f"{kind}.json").read_text("utf-8"))
    return answered


@pytest.fixture
def released(kind: str, environ: dict[str, str], old_app: Plain) -> Plain:
    """The release's database and models in the test's place, and a plain connection to the database."""
    home = Path(environ["ASSAY_HOME"])
    home.mkdir(exist_ok=True)
    shutil.copytree(HERE / f"{kind}-models", home / "models")
    if kind == "sqlite":
        shutil.copy(HERE / "sqlite.db", home / "assay.db")
    else:
        old_app.script((HERE / "postgresql.sql").read_text("utf-8"))
    return old_app


@pytest.fixture
def upgraded(released: Plain, opened: Callable[[], Workspace], environ: dict[str, str]) -> Workspace:
    """As ``python -m core init`` leaves it."""
    store = _connected(environ)
    schema.upgrade(store)
    store.engine.dispose()
    return opened()


def _connected(environ: dict[str, str]) -> Any:
    from core.domain.settings import Settings
    from core.store.database import connect

    return connect(Settings.from_env(environ))


def _rows(plain: Plain) -> dict[str, list[tuple[Any, ...]]]:
    if plain.is_sqlite:
        found = plain.run("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    else:
        found = plain.run("SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'")
    return {name: plain.run(f'SELECT * FROM "{name}" ORDER BY 1') for (name,) in found}


def _columns(plain: Plain, name: str) -> list[str]:
    cursor = plain.connection.cursor()
    cursor.execute(f'SELECT * FROM "{name}" WHERE 1 = 0')
    return [column[0] for column in cursor.description]


REMARKED = {"assay_items": {"identifiers", "identifier_rules"}}
"""Newer rules look at the texts anew."""


def test_rows_stay_as_they_are(released, opened, environ):
    """Every row of every table is there after the upgrade with the values it had."""
    before = _rows(released)
    columns = {name: _columns(released, name) for name in before}
    store = _connected(environ)
    schema.upgrade(store)
    store.engine.dispose()
    opened()
    assert len(before) > 25
    for name, rows in before.items():
        kept = [column for column in columns[name] if column not in REMARKED.get(name, set())]
        listed = ", ".join(f'"{column}"' for column in kept)
        now = released.run(f'SELECT {listed} FROM "{name}" ORDER BY 1')
        places = [columns[name].index(column) for column in kept]
        was = [tuple(row[place] for place in places) for row in rows]
        if name in BY_US:
            assert name == "assay_alembic_version" or now[: len(was)] == was, name
        else:
            assert now == was, name


def test_answers_are_what_they_were(upgraded):
    """None is in a conversation, and every identity is still the one of its texts, so nothing is imported twice."""
    with upgraded.store.read() as session:
        rows = list(session.execute(select(Item, LegacyInteraction).join(LegacyInteraction)))
        assert len(rows) > 10
        assert {(item.turns, item.turns_group) for item, _ in rows} == {(None, "")}
        others = [item for item, row in rows if item.identity not in (None, text_version(item, row))]
    assert len(others) == (0 if upgraded.store.is_sqlite else 3)  # blank lines were lost when that file was written


def test_what_was_kept_for_a_rater_is_still_theirs(upgraded):
    """The lease, the draft and the history of an upgrade's raters go on."""
    ana = local_names.user_of(upgraded, "cookie of Ana")
    assert ana is not None
    shown = looked.next_item(upgraded, ana)
    assert shown is not None
    before = rating.rated_today(upgraded, ana)
    again = looked.next_item(upgraded, ana)
    assert again is not None
    assert again.interaction.interaction_id == shown.interaction.interaction_id
    looked.rate(upgraded, ana, shown.interaction.interaction_id, 4, request_id=shown.request_id)
    assert rating.rated_today(upgraded, ana) == before + 1
    assert rating.undo_last(upgraded, ana) is not None


def test_people_and_programs_come_in_as_before(upgraded, said):
    """Who was bound is bound, and keys that were valid are."""
    entry = sign_in.enter(upgraded, claims("lea", "lea@example.org"))
    assert (entry.user and entry.user.role) == Role.LEAD
    roles = {person.name: person.role for person in accounts.listed(upgraded, COMMAND_LINE)}
    assert roles["Vic"] == Role.VIEWER
    assert (
        local_names.rate_as(upgraded, "cookie of a new one", "Somebody new").role == Role.LEAD
    )  # as every name there was
    assert api_keys.KeyRing(upgraded).check(said["key"]).key_id == 1


def test_what_its_training_told_is_read(upgraded, said):
    """The pages of the training, and what Readiness takes from it, are there as before."""
    (run,) = runs.history(upgraded, COMMAND_LINE)
    told = runs.run_view(upgraded, COMMAND_LINE, run.run_id)
    assert told is not None
    assert len(told.folds) == 15
    assert told.report is not None
    assert told.evaluation is not None
    outlook = readiness.readiness(upgraded, COMMAND_LINE).outlook
    assert outlook is not None
    assert (outlook.run_id, outlook.n) == (run.run_id, told.evaluation.n)
    assert (told.latest("registered") or {})["model_version"] == said["champion"]


VERSUS_LENGTH = {"value": 0.05, "low": -0.02, "high": 0.1}
REFUSED = {"promoted": False, "reason": "not promoted."}


@pytest.mark.parametrize(
    "judged, ended, evaluation, champion, says",
    [
        ({}, {}, {}, True, "In use, but no better than asking how similar answer and question are."),
        ({}, {}, {}, None, "Used before, not now; no better than asking how similar answer and question are."),
        ({}, REFUSED, {}, None, "Not used: ratings or the model in use changed while it was trained."),
        (
            REFUSED,
            REFUSED,
            {"versus_length": VERSUS_LENGTH},
            None,
            "Not used: not clearly better than the length of the answer.",
        ),
        (
            REFUSED,
            REFUSED,
            {"versus_length": VERSUS_LENGTH},
            True,
            "In use by a person's decision, although by the rule it would not be: "
            "not clearly better than the length of the answer.",
        ),
        (
            REFUSED | {"versus_champion": {"value": -0.1, "low": -0.2, "high": -0.05}, "unseen_prompts": 40},
            REFUSED,
            {},
            None,
            "Not used: worse than the model then in use (on 40 questions that neither was trained on).",
        ),
        (
            REFUSED | {"versus_champion": {"value": 0.0, "low": -0.2, "high": 0.2}},
            REFUSED,
            {},
            None,
            "Not used: not clearly as good as the model then in use",
        ),
    ],
)
@pytest.mark.parametrize("archived", [False, True])
def test_a_version_of_then_has_a_verdict(upgraded, judged, ended, evaluation, champion, says, archived):
    """What its training noted says it: cross-validated figures, the decision of then, and the use of today."""
    with upgraded.store.write() as session:
        (version,) = session.scalars(select(ModelVersion))
        version.champion = champion
        version.archived_at = now() if archived and not champion else None
        for kind, changed in (("Judged", judged), ("Registered", ended)):
            event = session.scalar(select(RunEvent).where(RunEvent.kind == kind))
            event.payload = event.payload | changed
        event = session.scalar(select(RunEvent).where(RunEvent.kind == "Evaluated"))
        event.payload = event.payload | {"evaluation": event.payload["evaluation"] | evaluation}
        if ended and not champion:  # it was never in use
            session.execute(delete(Promotion))
    (found,) = verdicts.verdicts(upgraded, COMMAND_LINE).values()
    assert found.sentence.startswith(says)
    assert "Of a good and a poor answer it scores the good one higher" in found.sentence
    assert found.figures.basis is Basis.CROSS_VALIDATED
    assert found.figures.right_order.value == event.payload["evaluation"]["metrics"]["roc_auc"]["value"]
    differences = event.payload["evaluation"]["differences"]
    assert found.figures.gain.value == differences[found.figures.rule]["value"]
    assert found.name.startswith("Model 1, 28 Nov")
    assert verdicts.verdict_in_use(upgraded, COMMAND_LINE) == (found if champion else None)


@pytest.mark.slow
def test_the_model_ranks_as_before_and_another_is_trained(upgraded, said):
    """Scores are those that the release gave; a training learns from the upgraded ratings."""
    ranking = reranking.rank(upgraded, COMMAND_LINE, said["prompt"], said["candidates"])
    assert ranking.model_version == said["champion"]
    assert list(ranking.order) == said["order"]
    assert ranking.scores == pytest.approx(said["scores"], abs=1e-4)
    assert readiness.readiness(upgraded, COMMAND_LINE).facts.rated > 60
    training.train_to_end(upgraded, COMMAND_LINE, recipe="pair", seed=0, on_progress=lambda done, total: None)
    assert len(models.listed(upgraded, COMMAND_LINE)) == 2
