"""No answer of the API holds an identifier that is stored here; the caller's own documents come back as they were
sent.
"""

import pytest
from sqlalchemy import update

from core.store.tables import ModelVersion
from tests.planted import everybody, plant

ASKED = {"query": "Whose number is 555-999-4567?", "documents": ["Call 555-999-4567.", "No."], "return_documents": True}


@pytest.mark.parametrize("broken", [False, True])
def test_no_answer_holds_what_is_stored(client, workspace, broken):
    """Whether there is no model or one whose files are missing."""
    planted = plant(workspace, everybody(workspace))
    if broken:
        with workspace.store.write() as session:
            session.execute(update(ModelVersion).values(champion=True))
    answers = [client.get(path) for path in ("/healthz", "/readyz", "/openapi.json", "/v1/openapi.json", "/v1/nothing")]
    for path in ("/v1/rerank", "/v2/rerank"):
        for model in (None, "champion", "sbert-logreg-v20200101-000000", "unknown"):
            answers.append(client.post(path, json={**ASKED, "model": model} if model else ASKED))
    assert {answer.status_code for answer in answers} >= {200, 404, 503}
    for answer in answers:
        assert planted.in_it(answer.text + str(answer.headers), "a program") == [], answer.url
