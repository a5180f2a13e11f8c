"""`POST /rerank` for clients of other servers: vLLM and Infinity (`documents`), text-embeddings-inference (`texts`).

What such a client sends becomes a request as `/v1/rerank` takes it, and what is answered there becomes what it reads.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from starlette.responses import Response

from core.http.origin import PAGE_AND_CALL
from core.http.rerank_request import RerankRequest, parse_rerank_request
from core.http.responses import Refused, answer


@dataclass(frozen=True, slots=True)
class Dialect:
    """Names that clients of one kind use."""

    documents: str = "documents"
    return_documents: str = "return_documents"
    written: Callable[[dict[str, Any]], Any] = dict
    """What is answered, from what `/v1/rerank` answers."""
    has_meta: bool = True
    """Whether what is answered has room for more than the ranked list."""

    def parse(self, body: Any) -> RerankRequest:
        """Check a body; raises as ``parse_rerank_request``, with the client's own names in the sentence."""
        question = parse_rerank_request(body, documents=self.documents, return_documents=self.return_documents)
        if question.guarantee is not None and not self.has_meta:
            raise Refused(
                400,
                f"guarantee does not go with {self.documents}: what is answered there has no room to say whether it "
                "holds. Send documents instead.",
            )
        return question


def dialect_of(path: str, body: Any) -> Dialect:
    """The dialect that a client speaks, by the address it asks and the fields it sends."""
    if path != PAGE_AND_CALL:
        return _COHERE
    return _TEXTS if isinstance(body, dict) and "texts" in body and "documents" not in body else _DOCUMENTS


def error(status: int, sentence: str, headers: Mapping[str, str] | None = None) -> Response:
    """An error as the clients of all these servers read it: ours, and text-embeddings-inference's ``error_type``."""
    kind = {429: "overloaded", 500: "backend", 503: "unhealthy", 504: "backend"}.get(status, "validation")
    return answer({"error": sentence, "message": sentence, "error_type": kind}, status, headers)


def _with_usage(found: dict[str, Any]) -> dict[str, Any]:
    """Results without documents: vLLM writes an object there and Infinity a text, and their requests are the same.

    No tokens are billed, and clients of both want to read how many.
    """
    results = [{name: value for name, value in row.items() if name != "document"} for row in found["results"]]
    return {**found, "object": "rerank", "results": results, "usage": {"prompt_tokens": 0, "total_tokens": 0}}


def _bare_list(found: dict[str, Any]) -> list[dict[str, Any]]:
    rows = []
    for row in found["results"]:
        rows.append({"index": row["index"], "score": row["relevance_score"]})
        if "document" in row:
            rows[-1]["text"] = row["document"]["text"]
    return rows


_COHERE = Dialect()
_DOCUMENTS = Dialect(written=_with_usage)
_TEXTS = Dialect("texts", "return_text", _bare_list, has_meta=False)
