"""Open WebUI's exports: feedback with the chat it was given in, and chats."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from core.domain.errors import BadInput
from core.domain.turns import MAX_TURNS
from core.labeling.shapes.fields import as_list, as_object, metadata
from core.labeling.shapes.shape import Shape, Values

_Messages = Mapping[str, Mapping[str, Any]]
_DATA = ("rating", "comment", "model_id", "details")


def _recognises(columns: Sequence[str], rows: Sequence[Values]) -> bool:
    if "user_id" not in columns:
        return False
    feedback = {"data", "meta"} <= set(columns) and any("message_id" in as_object(row.get("meta")) for row in rows)
    return feedback or any(_messages(as_object(row.get("chat"))) for row in rows)


def _read(values: Values) -> Iterable[Values]:
    if "chat" not in values:
        return _feedback(values)
    return _chat(values)


def _feedback(values: Values) -> Iterable[Values]:
    snapshot = as_object(as_object(values.get("snapshot")).get("chat"))
    messages = _messages(as_object(snapshot.get("chat")) or snapshot)
    if not messages:
        raise BadInput("the feedback has no conversation; export it as JSON from the Evaluations of the admin panel")
    meta, data = as_object(values.get("meta")), as_object(values.get("data"))
    answer = messages.get(str(meta.get("message_id")))
    if answer is None:
        raise BadInput("the answer that the feedback is about is not in its conversation")
    yield {
        **metadata(data, *_DATA),
        **_spoken(answer, messages),
        **_given(data, values),
        "session_id": meta.get("chat_id"),
    }


def _chat(values: Values) -> Iterable[Values]:
    messages = _messages(as_object(values.get("chat")))
    for answer in messages.values():
        asked = messages.get(str(answer.get("parentId")), {})
        if answer.get("role") == "assistant" and asked.get("role") == "user" and answer.get("content"):
            given = _given(as_object(answer.get("annotation")), values)
            yield {**_spoken(answer, messages), **given, "session_id": values.get("id")}


def _messages(chat: Mapping[str, Any]) -> _Messages:
    """Messages of a chat by their id, as its history has them; older exports list one branch only."""
    history = as_object(as_object(chat.get("history")).get("messages"))
    listed = history.values() or as_list(chat.get("messages"))
    return {str(message["id"]): message for message in map(as_object, listed) if "id" in message}


def _spoken(answer: Mapping[str, Any], messages: _Messages) -> dict[str, object]:
    """The answer with what was said before it, back to the beginning."""
    said: list[object] = []
    message: Mapping[str, Any] | None = answer
    while message is not None and len(said) <= MAX_TURNS:  # longer ones, and circles, are refused with the row
        said.append({"role": message.get("role"), "content": message.get("content")})
        message = messages.get(str(message.get("parentId")))
    model = answer.get("modelName") or answer.get("model")
    return {"messages": said[::-1], **({"generator": model} if model else {})}


def _given(data: Mapping[str, Any], values: Values) -> dict[str, object]:
    detailed = as_object(data.get("details")).get("rating")
    return {
        **({"rating_of_10": detailed} if detailed is not None else {}),
        **({"reason": data["reason"]} if data.get("reason") else {}),
        "rating": data.get("rating"),
        "feedback_comment": data.get("comment"),
        "rater": values.get("user_id"),
    }


OPEN_WEBUI = Shape(
    name="open-webui",
    title="Open WebUI feedback or chats",
    becomes="Each answer keeps the chat before it; a thumb up or down is the rating of the person who gave it.",
    recognises=_recognises,
    read=_read,
    scale="thumbs",
)
