"""What the API is, for programs: OpenAPI 3.1. Written by hand, and held against real answers in the tests."""

from typing import Any

from core.http.limits import (
    MAX_BODY_BYTES,
    MAX_CHARACTERS,
    MAX_DOCUMENT_CHARACTERS,
    MAX_DOCUMENTS,
    MAX_QUERY_CHARACTERS,
    SCORING_SECONDS,
)

_ERRORS = {
    400: "The body is not what this address understands; the sentence names the field.",
    401: "A key is needed, or the one that was sent is unknown or revoked.",
    404: "There is no such model version.",
    408: "The body did not arrive in time.",
    413: f"The body is larger than {MAX_BODY_BYTES:,} bytes.",
    415: "The body is not declared as JSON.",
    429: "It could not be ranked in time beside what waits already, or the caller's share is used up; nothing was "
    "begun, and Retry-After says when to try again.",
    500: "Something unforeseen went wrong.",
    503: "No model can be used, or the database does not answer; the sentence says what to do.",
    504: f"Ranking took more than {SCORING_SECONDS:.0f} seconds, or more than twice what was expected when it was "
    "taken in.",
}
_TEXT = {"type": "string", "maxLength": MAX_DOCUMENT_CHARACTERS}
_SCHEMAS: dict[str, Any] = {
    "Error": {
        "type": "object",
        "required": ["error", "message"],
        "properties": {
            "error": {"type": "string", "description": "What went wrong and what to do, in a sentence."},
            "message": {"type": "string", "description": "The same."},
        },
    },
    "RerankRequest": {
        "type": "object",
        "required": ["query", "documents"],
        "description": f"Query and documents together may hold at most {MAX_CHARACTERS:,} characters.",
        "properties": {
            "query": {"type": "string", "minLength": 1, "maxLength": MAX_QUERY_CHARACTERS, "pattern": r"\S"},
            "documents": {
                "type": "array",
                "minItems": 1,
                "maxItems": MAX_DOCUMENTS,
                "items": {"anyOf": [_TEXT, {"type": "object", "required": ["text"], "properties": {"text": _TEXT}}]},
            },
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
        },
    },
    "RerankAnswer": {
        "type": "object",
        "required": ["id", "model", "results", "meta"],
        "properties": {
            "id": {"type": "string", "description": "The number of the request, also in X-Request-ID."},
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
                            "minimum": 1,
                            "description": "Only where certainty was asked for: in how many pieces the text was read.",
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
                    "abstained": {
                        "type": ["string", "null"],
                        "description": "Only where abstain was asked for: why the order of the documents was kept, "
                        "null where they were put in order. fallback is true then, and the scores are "
                        "given all the same.",
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


def _json(schema: str, description: str) -> dict[str, Any]:
    content = {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}}
    header = {"X-Request-ID": {"schema": {"type": "string"}}}
    return {"description": description, "headers": header, "content": content}


def _rerank(name: str) -> dict[str, Any]:
    return {
        "post": {
            "operationId": f"rerank_{name}",
            "summary": "Order candidate answers, best first",
            "requestBody": {
                "required": True,
                "content": {"application/json": {"schema": {"$ref": "#/components/schemas/RerankRequest"}}},
            },
            "parameters": [
                {"name": "X-Request-ID", "in": "header", "schema": {"type": "string", "maxLength": 100}},
            ],
            "security": [{"key": []}, {}],
            "responses": {
                "200": _json("RerankAnswer", "The documents in order."),
                **{str(status): _json("Error", words) for status, words in _ERRORS.items()},
            },
        }
    }


def _get(name: str, summary: str, **responses: dict[str, Any]) -> dict[str, Any]:
    found = {status.removeprefix("_"): response for status, response in responses.items()}
    return {"get": {"operationId": name, "summary": summary, "responses": found}}


DOCUMENT: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {
        "title": "Assay",
        "version": "1",
        "description": "Chooses the better answer with a model that learned from experts' ratings. Speaks what the "
        "rerank clients of Cohere and Jina speak. Programs on the same machine need no key until one was made.",
    },
    "paths": {
        "/v1/rerank": _rerank("v1"),
        "/v2/rerank": _rerank("v2"),
        "/healthz": _get(
            "healthz",
            "Whether the server runs",
            _200={"description": "It does.", "content": {"application/json": {"schema": {"type": "object"}}}},
        ),
        "/readyz": _get(
            "readyz",
            "Whether a model is loaded",
            _200=_json("Ready", "It is."),
            _503=_json("Ready", "It is not; the sentence says why and what to do."),
        ),
    },
    "components": {
        "schemas": _SCHEMAS,
        "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}},
    },
}
