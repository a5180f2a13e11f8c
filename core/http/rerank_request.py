"""A rerank request: room for its body, and its JSON checked field by field."""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request

from core.domain.errors import BadInput
from core.domain.guarantee.promise import Promise, read_promise
from core.domain.texts import VERSION_NAME
from core.http.json_body import declared_size, read_json
from core.http.limits import (
    BODY_SECONDS,
    MAX_BODIES,
    MAX_BODIES_BYTES,
    MAX_BODY_BYTES,
    MAX_CHARACTERS,
    MAX_DOCUMENT_CHARACTERS,
    MAX_DOCUMENTS,
    MAX_QUERY_CHARACTERS,
)
from core.http.responses import Refused
from core.http.shares import Share

CHAMPION = "champion"


@dataclass(frozen=True, slots=True)
class RerankRequest:
    """A query and the documents to be ranked for it."""

    query: str
    documents: tuple[str, ...]
    """As they were sent; one that is null is blank."""
    model: str | None
    """A model version; None is the champion."""
    top_n: int
    return_documents: bool
    abstain: bool = False
    """Keep the documents in their order where the model cannot tell; a field of our own."""
    certainty: bool = False
    """Say how far the order can be trusted; a field of our own."""
    store: bool = False
    """Keep query and documents as answers that can be rated; a field of our own."""
    guarantee: Promise | None = None
    """Keep the documents in their order unless this can be promised of the first one; a field of our own."""

    @property
    def characters(self) -> int:
        """Of the query and of what is looked at of all documents."""
        return len(self.query) + sum(min(len(document), MAX_DOCUMENT_CHARACTERS) for document in self.documents)


def parse_rerank_request(
    body: Any, *, documents: str = "documents", return_documents: str = "return_documents"
) -> RerankRequest:
    """Check the JSON of a request; fields that other rerank services know and we do not use are passed over.

    Args:
        body: the JSON.
        documents: what the field of the documents is called.
        return_documents: what the field is called that asks for them.

    Raises:
        Refused: 400, and the sentence names the field.
    """
    if not isinstance(body, dict):
        raise Refused(400, 'The body must be a JSON object: {"query": "...", "documents": ["...", "..."]}.')
    listed = _documents(body.get(documents), documents)
    question = RerankRequest(
        _query(body.get("query")),
        listed,
        _model(body.get("model")),
        _top_n(body.get("top_n"), len(listed)),
        _flag(body, return_documents),
        _flag(body, "abstain"),
        _flag(body, "certainty"),
        _flag(body, "store"),
        _guarantee(body.get("guarantee")),
    )
    if question.characters > MAX_CHARACTERS:
        raise Refused(
            400,
            f"query and {documents} hold {question.characters:,} characters together; at most {MAX_CHARACTERS:,} are "
            "taken. Send fewer or shorter documents.",
        )
    return question


def _query(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise Refused(400, "query must be a text: what was asked.")
    if len(value) > MAX_QUERY_CHARACTERS:
        raise Refused(400, f"query has {len(value):,} characters; at most {MAX_QUERY_CHARACTERS:,} are taken.")
    return value


def _documents(value: Any, field: str) -> tuple[str, ...]:
    if not isinstance(value, list) or not value:
        raise Refused(400, f"{field} must be a list of at least one answer: texts, or objects with a text.")
    if len(value) > MAX_DOCUMENTS:
        raise Refused(400, f"{field} has {len(value):,} entries; at most {MAX_DOCUMENTS:,} are taken at once.")
    return tuple(_document(entry, f"{field}[{index}]") for index, entry in enumerate(value))


def _document(value: Any, named: str) -> str:
    """The text of a document; null is a blank one, so that one hole in a list does not cost the others their ranking.

    Anything else is a mistake in the program that sends it, and it is told.
    """
    if isinstance(value, dict) and "text" in value:
        value = value["text"]
    if value is None:
        return ""
    if not isinstance(value, str):
        raise Refused(400, f'{named} is neither a text nor an object with "text".')
    return value


def _model(value: Any) -> str | None:
    if value is not None and not isinstance(value, str):
        raise Refused(400, f'model must be a text: "{CHAMPION}" or the name of a model version.')
    if value in (None, CHAMPION):
        return None
    if not VERSION_NAME.fullmatch(value):  # not every text can be asked a database for
        raise Refused(404, "There is no model version of that name. The Models page, or `models list`, shows them.")
    return str(value)


def _top_n(value: Any, documents: int) -> int:
    if value is None:
        return documents
    if isinstance(value, float) and value.is_integer():  # JSON knows no difference between 2 and 2.0
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise Refused(400, "top_n must be a whole number of 1 or more.")
    return min(value, documents)


def _flag(body: dict[str, Any], name: str) -> bool:
    value = body.get(name)
    if value is not None and not isinstance(value, bool):
        raise Refused(400, f"{name} must be true or false.")
    return bool(value)


def _guarantee(value: Any) -> Promise | None:
    try:
        return read_promise(value)
    except BadInput as bad:
        raise Refused(400, str(bad)) from None


class BodyAdmission:
    """Bodies that are on their way: so many at once, so many bytes together, of each caller a share."""

    def __init__(self, *, bodies: int = MAX_BODIES, size: int = MAX_BODIES_BYTES) -> None:
        self._bodies, self._bytes = Share(bodies), Share(size)

    @contextmanager
    def of(self, caller: str, request: Request, *, most: int = MAX_BODY_BYTES) -> Iterator[None]:
        """Room for the body of this request, of which ``most`` bytes are taken.

        Raises:
            Refused: 429, there is none, or the caller has its share of it.
        """
        size = min(declared_size(request), most) if "content-length" in request.headers else most
        if self._bodies.lacking(caller, 1) or self._bytes.lacking(caller, size):
            wait = math.ceil(BODY_SECONDS / 5)
            raise Refused(
                429, f"Too many requests are being sent at once. Try again in {wait} s.", {"retry-after": str(wait)}
            )
        with self._bodies.taken(caller, 1), self._bytes.taken(caller, size):
            yield


async def read_body(request: Request) -> Any:
    """The body as a JSON value; raises as ``read_json``."""
    return await read_json(request, most=MAX_BODY_BYTES, advice="Send fewer or shorter documents.")
