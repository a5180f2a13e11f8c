"""The existing Flask endpoint, with the one changed line.

Run it beside the dashboard, with the same configuration (ASSAY_HOME or DATABASE_URL):

    .venv/bin/pip install flask
    .venv/bin/flask --app docs/flask_example.py run --port 5001
    curl -s http://127.0.0.1:5001/answer -H 'Content-Type: application/json' \
         -d '{"prompt": "My phone froze. What can I do?", "candidates": ["Buy a new one.", "Hold the power button."]}'
"""

from flask import Flask, jsonify, request

# before: from rlhf_reranker import rerank_candidates
from core import rerank_candidates

app = Flask(__name__)


@app.post("/answer")
def answer():
    """The best of several candidate answers; without a usable model the first one, as before."""
    body = request.get_json()
    ranked = rerank_candidates(body["prompt"], body["candidates"])
    return jsonify(answer=ranked[0]["text"], score=ranked[0]["_score"], ranked=ranked)
