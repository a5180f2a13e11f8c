"""The existing Flask endpoint, with the model on an Assay server: the application loads neither torch nor a model.

Run the dashboard (`make run`) or the API alone (`python -m core serve`), then:

    .venv/bin/pip install flask cohere
    ASSAY_URL=http://localhost:8501 .venv/bin/flask --app docs/flask_over_http.py run --port 5001
    curl -s http://127.0.0.1:5001/answer -H 'Content-Type: application/json' \
         -d '{"prompt": "My phone froze and does not react. What can I do?",
              "candidates": ["Buy our premium plan today!", "Hold the power button for ten seconds to force a
              restart."]}'
"""

import os

# before: from rlhf_reranker import rerank_candidates
import cohere
from cohere.core import ApiError
from flask import Flask, jsonify, request
from httpx import HTTPError

app = Flask(__name__)
assay = cohere.ClientV2(
    base_url=os.environ.get("ASSAY_URL", "http://localhost:8501"),
    api_key=os.environ.get("ASSAY_KEY", "none"),
    timeout=5,
)


@app.post("/answer")
def answer():
    """The best of several candidate answers; the first one, as before, while the server cannot rank."""
    body = request.get_json()
    prompt, candidates = body["prompt"], body["candidates"]
    # before: ranked = rerank_candidates(prompt, candidates)
    try:
        ranked = assay.rerank(model="champion", query=prompt, documents=candidates).results
    except (ApiError, HTTPError) as error:  # no model yet, no server, too slow: an answer is better than none
        app.logger.warning("not ranked: %s", type(error).__name__)
        return jsonify(answer=candidates[0], score=None)
    return jsonify(answer=candidates[ranked[0].index], score=ranked[0].relevance_score)
