"""Calling the model from a program: three ways, with this server's address and the question at hand."""

import json
from collections.abc import Sequence

import streamlit as st

from core.domain.guarantee.promise import Promise
from core.ui.shell.navigation import server_address
from core.ui.shell.texts import snippet

PYTHON = """\
import json
from urllib.request import Request, urlopen

question = {question}
answers = {answers}
request = Request(
    {address},
    json.dumps({{"query": question, "documents": answers{field}}}).encode(),
    {{"Content-Type": "application/json", "Authorization": "Bearer KEY"}},
)
found = json.load(urlopen(request))
results = found["results"]
print(answers[results[0]["index"]], results[0]["relevance_score"]{told})
"""
CURL = """\
curl -s {address}/v1/rerank \\
     -H 'Content-Type: application/json' -H 'Authorization: Bearer KEY' \\
     -d {body}
"""
COHERE = """\
import cohere

client = cohere.ClientV2(api_key="KEY", base_url={address})
question = {question}
answers = {answers}
found = client.rerank({before}model="champion", query=question, documents=answers{field})
print(answers[found.results[0].index], found.results[0].relevance_score)
"""
MOST_ANSWERS = 3


def call_from_code(prompt: str, texts: Sequence[str], promise: Promise | None) -> None:
    """Show how a program has these answers ranked, folded; with the promise that was chosen."""
    shown = snippet(prompt, 200), [snippet(text, 160) for text in texts[:MOST_ANSWERS]], promise
    with st.expander("Call this from your code", icon=":material/code:", key="rerank.calling"):
        for tab, language, code in zip(
            st.tabs(["Python", "curl", "Cohere client"]),
            ("python", "bash", "python"),
            calls(server_address(), *shown),
            strict=True,
        ):
            tab.code(code, language=language, wrap_lines=True)
        st.caption(
            "Put a key in the place of KEY; a lead makes keys in Settings, API keys. On the machine of this server "
            "none is needed until the first was made. Long texts are shortened here; send them whole. Clients of "
            "Cohere and Jina work unchanged: `champion` is their name for the model in use."
        )
        if promise is None:
            st.caption(
                "To have an answer picked only when a promise holds, choose one under More choices and copy again: the "
                "calls then have the field `guarantee`, and what comes back says in `meta` whether it picked."
            )


def calls(address: str, prompt: str, texts: Sequence[str], promise: Promise | None = None) -> tuple[str, str, str]:
    """The same call in Python, with curl, and with Cohere's client."""
    question = json.dumps(prompt, ensure_ascii=False)
    answers = json.dumps(list(texts), indent=4, ensure_ascii=False)
    asked = {} if promise is None else {"guarantee": promise.to_json()}
    body = json.dumps({"query": prompt, "documents": list(texts), **asked}, ensure_ascii=False).replace("'", "\\u0027")
    field = told = before = options = ""
    if promise is not None:
        field, told = f', "guarantee": {json.dumps(promise.to_json())}', ', found["meta"]["guarantee"]'
        before = "\n    "
        options = f',\n    request_options={{"additional_body_parameters": {json.dumps(asked)}}},\n'
    return (
        PYTHON.format(
            question=question, answers=answers, address=json.dumps(f"{address}/v1/rerank"), field=field, told=told
        ),
        CURL.format(address=address, body=f"'{body}'"),
        COHERE.format(question=question, answers=answers, address=json.dumps(address), before=before, field=options),
    )
