"""An existing Flask application whose answers, and what its users say of them, come back to Assay: two lines are new.

Run the dashboard (`make run`) or the API alone (`python -m core serve`), then:

    .venv/bin/pip install flask httpx
    ASSAY_URL=http://localhost:8501 .venv/bin/flask --app docs/flask_with_feedback.py run --port 5001
    curl -s http://127.0.0.1:5001/answer -H 'Content-Type: application/json' -d '{"prompt": "My phone froze."}'
    curl -s http://127.0.0.1:5001/thumb -H 'Content-Type: application/json' \
         -d '{"id": "ID", "thumb": "down", "user": "17"}'

ID is the one that the first call answered with. With a key: put ASSAY_KEY=KEY before ASSAY_URL.
"""

import os
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import httpx
from flask import Flask, jsonify, request

app = Flask(__name__)
assay = httpx.Client(
    base_url=os.environ.get("ASSAY_URL", "http://localhost:8501"),
    headers={"Authorization": f"Bearer {os.environ.get('ASSAY_KEY', 'none')}"},
    timeout=5,
)
sending = ThreadPoolExecutor(1)  # one thread: users do not wait for Assay, and feedback comes after its answer


def send(path, body):
    """Send one thing; where it cannot be sent the application goes on, and its log says so."""
    try:
        said = assay.post(path, json=body).raise_for_status().json()
    except httpx.HTTPError as error:
        app.logger.warning("not sent: %s", error)
    else:
        if refused := said.get("refused"):
            app.logger.warning("not stored: %s", refused)


def written(prompt):
    """The answer, written as before."""
    return f"Hold the power button for ten seconds. You wrote: {prompt}"


@app.post("/answer")
def answer():
    """An answer and its id, which the page sends back with a thumb."""
    prompt, number = request.get_json()["prompt"], str(uuid4())
    text = written(prompt)
    row = {"id": number, "prompt": prompt, "response": text, "generator": "assistant 2.1"}
    sending.submit(send, "/v1/interactions", {"interactions": [row]})  # new
    return jsonify(id=number, answer=text)


@app.post("/thumb")
def thumb():
    """What a user said: the id of the answer, "up" or "down", and who said it: any text that stays the same."""
    said = request.get_json()
    feedback = {"interaction": said["id"], "thumb": said["thumb"], "user": said["user"]}
    sending.submit(send, "/v1/feedback", feedback)  # new
    return jsonify(thanks=True)
