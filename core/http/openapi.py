"""What the API is, for programs: OpenAPI 3.1. Written by hand, and held against real answers in the tests."""

from typing import Any

from core.domain.guarantee.promise import CONFIDENCE, FIELDS, MAX_POOR
from core.domain.judges.columns import PREFIX
from core.domain.judges.scores import MAX_JUDGE
from core.domain.outcomes.feedback import MAX_COMMENT, THUMBS
from core.domain.outcomes.sent_answers import MAX_ID, MAX_SENT
from core.domain.roles import KeyScope
from core.domain.turns import MAX_TURNS
from core.http.limits import (
    ANSWERS_A_MINUTE,
    FEEDBACK_A_MINUTE,
    MAX_BODY_BYTES,
    MAX_CHARACTERS,
    MAX_DOCUMENT_CHARACTERS,
    MAX_DOCUMENTS,
    MAX_FEEDBACK_BYTES,
    MAX_QUERY_CHARACTERS,
    MAX_SENT_BYTES,
    SCORING_SECONDS,
)

_ERRORS = {
    400: "The body is not what this address understands; the sentence names the field.",
    401: "A key is needed, or the one that was sent is unknown or revoked.",
    403: "The key lacks the scope that the call needs; the sentence names it.",
    408: "The body did not arrive in time.",
    415: "The body is not declared as JSON.",
    500: "Something unforeseen went wrong.",
    503: "The database does not answer; the sentence says what to do.",
}
"""Of every call that wants a key."""
_RANKING_ERRORS = _ERRORS | {
    404: "There is no such model version.",
    413: f"The body is larger than {MAX_BODY_BYTES:,} bytes.",
    429: "It could not be ranked in time beside what waits already, or the caller's share is used up; nothing was "
    "begun, and Retry-After says when to try again.",
    503: "No model can be used, or the database does not answer; the sentence says what to do.",
    504: f"Ranking took more than {SCORING_SECONDS:.0f} seconds, or more than twice what was expected when it was "
    "taken in.",
}
_SENDING_ERRORS = _ERRORS | {
    413: f"The body is larger than {MAX_SENT_BYTES:,} bytes.",
    429: f"More is sent at once, or in a minute (on average {ANSWERS_A_MINUTE:,} answers of one application), than is "
    "taken; Retry-After says when to try again.",
}
_FEEDBACK_ERRORS = _ERRORS | {
    404: "No answer or ranking of this application has that id; or that ranking was more than 30 days ago.",
    409: "Another feedback was given under this id.",
    413: f"The body is larger than {MAX_FEEDBACK_BYTES:,} bytes.",
    429: f"More is sent at once, or in a minute (on average {FEEDBACK_A_MINUTE:,} feedbacks of one application), than "
    "is taken; Retry-After says when to try again.",
}
_TEXT = {"type": ["string", "null"]}
_NAMED = {"type": "string", "minLength": 1, "maxLength": MAX_ID}
_OR_NOTHING = {**_NAMED, "type": ["string", "null"]}
_INDEX = {"type": ["integer", "null"], "minimum": 0}


def _list_of_texts(items: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "array",
        "minItems": 1,
        "maxItems": MAX_DOCUMENTS,
        "items": items,
        "description": f"Of each at most the first {MAX_DOCUMENT_CHARACTERS:,} characters are looked at. Blank ones "
        "and null score 0 and come last.",
    }


_SCHEMAS: dict[str, Any] = {
    "Error": {
        "type": "object",
        "required": ["error", "message"],
        "properties": {
            "error": {"type": "string", "description": "What went wrong and what to do, in a sentence."},
            "message": {"type": "string", "description": "The same."},
            "error_type": {"type": "string", "description": "Only of /rerank, as text-embeddings-inference has it."},
        },
    },
    "RerankRequest": {
        "type": "object",
        "required": ["query", "documents"],
        "description": f"Query and documents together may hold at most {MAX_CHARACTERS:,} characters.",
        "properties": {
            "query": {"type": "string", "minLength": 1, "maxLength": MAX_QUERY_CHARACTERS, "pattern": r"\S"},
            "documents": _list_of_texts(
                {"anyOf": [_TEXT, {"type": "object", "required": ["text"], "properties": {"text": _TEXT}}]}
            ),
            "model": {
                "type": ["string", "null"],
                "description": "champion (also when absent) or the name of a model version.",
            },
            "top_n": {"type": ["integer", "null"], "minimum": 1, "description": "How many results; all when absent."},
            "return_documents": {"type": ["boolean", "null"], "default": False},
            "abstain": {
                "type": ["boolean", "null"],
                "default": False,
                "description": "Keep the documents in their order where the best two are too close to call, or where "
                "the query is unlike those that experts rated answers to. A field of Assay, not of "
                "Cohere's.",
            },
            "certainty": {
                "type": ["boolean", "null"],
                "default": False,
                "description": "Say how far the order can be trusted: meaning and windows of each result, too_close, "
                "outside and doubt in meta. A field of Assay, not of Cohere's.",
            },
            "store": {
                "type": ["boolean", "null"],
                "default": False,
                "description": "Keep query and documents as answers that can be rated; else no text is kept. The key "
                "needs the scope send too. A field of Assay, not of Cohere's.",
            },
            "guarantee": {
                "type": ["object", "null"],
                "required": list(FIELDS),
                "additionalProperties": False,
                "properties": {"max_poor": {"enum": list(MAX_POOR)}, "confidence": {"enum": list(CONFIDENCE)}},
                "description": "Keep the documents in their order unless this can be promised of those that come first "
                "this way: at most a share of max_poor is poor, with this confidence. A field of Assay, not of "
                "Cohere's.",
            },
        },
    },
    "TextsRequest": {
        "type": "object",
        "required": ["query", "texts"],
        "description": "As RerankRequest, with the names of text-embeddings-inference.",
        "properties": {
            "query": {"type": "string", "minLength": 1, "maxLength": MAX_QUERY_CHARACTERS, "pattern": r"\S"},
            "texts": _list_of_texts(_TEXT),
            "return_text": {"type": ["boolean", "null"], "default": False},
        },
    },
    "TextsAnswer": {
        "type": "array",
        "description": "Best first.",
        "items": {
            "type": "object",
            "required": ["index", "score"],
            "properties": {
                "index": {"type": "integer", "minimum": 0},
                "score": {"type": "number", "minimum": 0, "maximum": 1},
                "text": {"type": "string"},
            },
        },
    },
    "Interactions": {
        "type": "object",
        "required": ["interactions"],
        "properties": {
            "interactions": {
                "type": "array",
                "maxItems": MAX_SENT,
                "description": "Each is stored or refused for itself.",
                "items": {
                    "type": "object",
                    "required": ["id", "response"],
                    "additionalProperties": False,
                    "oneOf": [{"required": ["prompt"]}, {"required": ["messages"]}],
                    "properties": {
                        "id": {
                            **_NAMED,
                            "description": "Yours, and known to your application alone. The same id with the same "
                            "texts again stores nothing, with other texts it is refused.",
                        },
                        "prompt": {"type": "string", "minLength": 1, "description": "What was asked."},
                        "messages": {
                            "type": "array",
                            "minItems": 1,
                            "maxItems": MAX_TURNS,
                            "items": {"type": "object", "required": ["role", "content"]},
                            "description": "The conversation up to the question, as OpenAI's API has it.",
                        },
                        "response": {"type": "string", "minLength": 1, "description": "What was answered."},
                        "session": {"type": ["string", "null"]},
                        "context_id": {"type": ["string", "null"]},
                        "generator": {**_OR_NOTHING, "description": "Name and version of what wrote the answer."},
                        "metadata": {"type": ["object", "null"]},
                    },
                    "patternProperties": {
                        f"^{PREFIX}": {
                            "type": ["number", "null"],
                            "description": "What an LLM judge gave the answer, on any scale; the judge's name, at most "
                            f"{MAX_JUDGE} characters, follows. The latest counts, also of an answer that is known.",
                        }
                    },
                },
            },
        },
    },
    "InteractionsAnswer": {
        "type": "object",
        "required": ["stored", "known", "refused"],
        "properties": {
            "stored": {"type": "integer", "minimum": 0},
            "known": {"type": "integer", "minimum": 0, "description": "Sent before, with the same texts."},
            "refused": {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": ["index", "reason"],
                    "properties": {
                        "index": {"type": "integer", "minimum": 0, "description": "Into interactions."},
                        "reason": {"type": "string"},
                    },
                },
            },
        },
    },
    "Feedback": {
        "type": "object",
        "description": "About one of interaction and rerank, with one of thumb, score and chosen. What a user said "
        "last of an answer counts.",
        "properties": {
            "interaction": {**_OR_NOTHING, "description": "The id that you sent the answer with."},
            "rerank": {**_OR_NOTHING, "description": "The id of a ranking, at most 30 days after it."},
            "index": {
                **_INDEX,
                "description": "Which document of the ranking a thumb or score is about; the one that came first where "
                "it is absent.",
            },
            "thumb": {"enum": [*sorted(THUMBS), None]},
            "score": {"type": ["integer", "null"], "minimum": 1, "maximum": 5},
            "chosen": {**_INDEX, "description": "Which document of the ranking was chosen."},
            "comment": {"type": ["string", "null"], "maxLength": MAX_COMMENT},
            "user": {
                **_OR_NOTHING,
                "maxLength": MAX_ID,
                "description": "Who said it, in your words; kept only as a keyed hash.",
            },
            "id": {**_OR_NOTHING, "description": "Yours: the same feedback again under it stores nothing."},
        },
    },
    "FeedbackAnswer": {
        "type": "object",
        "required": ["stored", "known"],
        "properties": {
            "stored": {"type": "integer", "minimum": 0, "maximum": 1},
            "known": {"type": "integer", "minimum": 0, "maximum": 1, "description": "It was given before."},
        },
    },
    "RerankAnswer": {
        "type": "object",
        "required": ["id", "model", "results", "meta"],
        "properties": {
            "id": {"type": "string", "description": "Of this ranking, made by the server; feedback names it."},
            "model": {"type": "string"},
            "results": {
                "type": "array",
                "description": "Best first; in the order of the documents where the model abstained.",
                "items": {
                    "type": "object",
                    "required": ["index", "relevance_score"],
                    "properties": {
                        "index": {"type": "integer", "minimum": 0, "description": "Into documents as they were sent."},
                        "relevance_score": {
                            "type": "number",
                            "minimum": 0,
                            "maximum": 1,
                            "description": "The probability that experts rate this answer good.",
                        },
                        "document": {
                            "type": "object",
                            "required": ["text"],
                            "properties": {"text": {"type": "string"}},
                        },
                        "meaning": {
                            "type": ["object", "null"],
                            "required": ["good", "of"],
                            "properties": {
                                "good": {"type": "integer", "minimum": 0},
                                "of": {"type": "integer", "minimum": 1},
                            },
                            "description": "Only where certainty was asked for: of so many rated answers with a score "
                            "like this one, so many were good; null where that is not known of this "
                            "version.",
                        },
                        "windows": {
                            "type": "integer",
                            "minimum": 0,
                            "description": "Only where certainty was asked for: in how many pieces the text was read; "
                            "0 where it is blank.",
                        },
                    },
                },
            },
            "meta": {
                "type": "object",
                "required": ["model_version", "fallback", "truncated"],
                "properties": {
                    "model_version": {"type": "string"},
                    "fallback": {
                        "type": "boolean",
                        "description": "The model abstained, or the last good version served instead of the newest.",
                    },
                    "truncated": {
                        "type": "array",
                        "items": {"type": "integer", "minimum": 0},
                        "description": "Indices of documents that are longer than the model reads.",
                    },
                    "sample": {
                        "type": "boolean",
                        "description": "Only where it is true: there are answers of your own, but the model still "
                        "is the one that learned from the sample. A field of Assay, not of Cohere's.",
                    },
                    "stored": {
                        "type": "integer",
                        "minimum": 0,
                        "description": "Only where store was asked for: how many answers are kept. A field of Assay.",
                    },
                    "abstained": {
                        "type": ["string", "null"],
                        "description": "Only where abstain was asked for: why the order of the documents was kept, "
                        "null where they were put in order. fallback is true then, and the scores are "
                        "given all the same.",
                    },
                    "guarantee": {
                        "oneOf": [
                            {
                                "type": "object",
                                "required": [
                                    "certified",
                                    *FIELDS,
                                    "answered",
                                    "questions",
                                    "picked",
                                ],
                                "properties": {
                                    "certified": {"const": True},
                                    "max_poor": {"enum": list(MAX_POOR)},
                                    "confidence": {"enum": list(CONFIDENCE)},
                                    "answered": {
                                        "type": "number",
                                        "minimum": 0,
                                        "maximum": 1,
                                        "description": "Share of the kept-apart questions that it answers.",
                                    },
                                    "questions": {
                                        "type": "integer",
                                        "minimum": 1,
                                        "description": "How many kept-apart questions these are.",
                                    },
                                    "picked": {
                                        "type": "boolean",
                                        "description": "Whether it answered this one; else the order was kept.",
                                    },
                                },
                            },
                            {
                                "type": "object",
                                "required": ["certified", "reason", "more_questions"],
                                "properties": {
                                    "certified": {"const": False},
                                    "reason": {"type": "string"},
                                    "more_questions": {
                                        "type": ["integer", "null"],
                                        "minimum": 1,
                                        "description": "About how many more kept-apart questions would be needed; null "
                                        "where more would not help.",
                                    },
                                },
                            },
                        ],
                        "description": "Only where guarantee was asked for: whether the promise can be given. Where it "
                        "cannot, the order of the documents was kept, and fallback is true.",
                    },
                    "too_close": {
                        "type": ["boolean", "null"],
                        "description": "Only where certainty was asked for: the best two scores are nearer than the "
                        "ratings can tell apart; null where that is not known of this version.",
                    },
                    "outside": {
                        "type": ["boolean", "null"],
                        "description": "Only where certainty was asked for: the query is unlike those that experts "
                        "rated answers to; null where that is not known of this version.",
                    },
                    "doubt": {
                        "type": ["string", "null"],
                        "description": "Only where certainty was asked for: outside or too_close as a sentence, null "
                        "where nothing speaks against the order.",
                    },
                },
            },
        },
    },
    "Ready": {
        "type": "object",
        "required": ["status", "model_version"],
        "properties": {
            "status": {"enum": ["ready", "warming", "no model", "broken", "no database"]},
            "model_version": {"type": ["string", "null"]},
            "error": {"type": "string"},
            "message": {"type": "string"},
        },
    },
}


def _schema(*names: str) -> dict[str, Any]:
    """One of the schemas, or any of several."""
    schemas = [{"$ref": f"#/components/schemas/{name}"} for name in names]
    return {"application/json": {"schema": schemas[0] if len(schemas) == 1 else {"anyOf": schemas}}}


def _json(description: str, *schemas: str) -> dict[str, Any]:
    header = {"X-Request-ID": {"schema": {"type": "string"}}}
    return {"description": description, "headers": header, "content": _schema(*schemas)}


def _post(
    name: str,
    summary: str,
    scope: KeyScope,
    body: dict[str, Any],
    found: dict[str, Any],
    errors: dict[int, str],
) -> dict[str, Any]:
    return {
        "post": {
            "operationId": name,
            "summary": summary,
            "requestBody": {"required": True, "content": body},
            "parameters": [
                {"name": "X-Request-ID", "in": "header", "schema": {"type": "string", "maxLength": 100}},
            ],
            "security": [{"key": [scope]}, {}],
            "responses": {
                "200": found,
                **{str(status): _json(errors[status], "Error") for status in sorted(errors)},
            },
        }
    }


def _rerank(name: str) -> dict[str, Any]:
    return _post(
        name,
        "Order candidate answers, best first",
        KeyScope.RANK,
        _schema("RerankRequest"),
        _json("The documents in order.", "RerankAnswer"),
        _RANKING_ERRORS,
    )


def _get(name: str, summary: str, **responses: dict[str, Any]) -> dict[str, Any]:
    found = {status.removeprefix("_"): response for status, response in responses.items()}
    return {"get": {"operationId": name, "summary": summary, "responses": found}}


DOCUMENT: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {
        "title": "Assay",
        "version": "1",
        "description": "Chooses the better answer with a model that learned from experts' ratings. Speaks what the "
        "rerank clients of Cohere and Jina speak. Programs on the same machine need no key until one was made. A key "
        "has scopes: rank, send, or both; each call names the one it needs. The name of the key is the application "
        "that calls.",
    },
    "paths": {
        "/v1/rerank": _rerank("rerank_v1"),
        "/v2/rerank": _rerank("rerank_v2"),
        "/rerank": _post(
            "rerank",
            "The same for clients of vLLM, Infinity and text-embeddings-inference",
            KeyScope.RANK,
            _schema("RerankRequest", "TextsRequest"),
            _json("The documents in order; a bare list where texts was sent.", "RerankAnswer", "TextsAnswer"),
            _RANKING_ERRORS,
        ),
        "/v1/interactions": _post(
            "send_interactions",
            "Send answers that were given, so that they can be rated",
            KeyScope.SEND,
            _schema("Interactions"),
            _json("How many were stored, were known already, or are refused and why.", "InteractionsAnswer"),
            _SENDING_ERRORS,
        ),
        "/v1/feedback": _post(
            "send_feedback",
            "Send what a user says of an answer or of a ranking",
            KeyScope.SEND,
            _schema("Feedback"),
            _json("It is stored, or was before.", "FeedbackAnswer"),
            _FEEDBACK_ERRORS,
        ),
        "/healthz": _get(
            "healthz",
            "Whether the server runs",
            _200={"description": "It does.", "content": {"application/json": {"schema": {"type": "object"}}}},
        ),
        "/readyz": _get(
            "readyz",
            "Whether a model is loaded",
            _200=_json("It is.", "Ready"),
            _503=_json("It is not; the sentence says why and what to do.", "Ready"),
        ),
    },
    "components": {
        "schemas": _SCHEMAS,
        "securitySchemes": {
            "key": {
                "type": "http",
                "scheme": "bearer",
                "description": "Made by a lead, with the scopes that it is for.",
            }
        },
    },
}
