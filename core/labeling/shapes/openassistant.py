"""OpenAssistant's conversation trees, a whole conversation in each row."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from core.domain.errors import BadInput
from core.labeling.shapes.fields import as_list, as_object, compared, metadata
from core.labeling.shapes.shape import Shape, Values

_ROLES = {"prompter": "user", "assistant": "assistant"}
_KNOWN = ("text", "role", "replies", "rank", "labels", "parent_id", "user_id", "model_name")


def _recognises(columns: Sequence[str], rows: Sequence[Values]) -> bool:
    if {"message_id", "parent_id", "message_tree_id", "text", "role"} <= set(columns):
        raise BadInput(
            "This is OpenAssistant's list of single messages, in which no answer stands beside its question. Take the "
            "file of the same release whose name ends in .trees.jsonl.gz: it has a whole conversation in each row."
        )
    return any("replies" in as_object(row.get("prompt")) for row in rows)


def _read(values: Values) -> Iterable[Values]:
    root = as_object(values.get("prompt"))
    if not root:
        raise BadInput("the row has no conversation in its column 'prompt'")
    waiting: list[tuple[Mapping[str, Any], list[dict[str, object]]]] = [(root, [])]
    pairs: list[Values] = []
    while waiting:
        message, before = waiting.pop()
        said = [*before, {"role": _ROLES.get(str(message.get("role"))), "content": message.get("text")}]
        replies = [as_object(reply) for reply in as_list(message.get("replies"))]
        waiting += ((reply, said) for reply in reversed(replies))
        if message.get("role") == "assistant" and before:
            yield {**_answer(message), "messages": said, "session_id": values.get("message_tree_id")}
        elif message.get("role") == "prompter":
            ranked = [reply for reply in replies if isinstance(reply.get("rank"), int | float)]
            ranked.sort(key=lambda reply: float(reply["rank"]))
            pairs += compared({"messages": said}, [reply.get("text") for reply in ranked])
    yield from pairs  # behind the answers, which bring what is known of them


def _answer(message: Mapping[str, Any]) -> dict[str, object]:
    labels = as_object(message.get("labels"))
    return {
        **metadata(message, *_KNOWN),
        **({"generator": message["model_name"]} if message.get("model_name") else {}),
        "rating": as_object(labels.get("quality")).get("value"),
    }


OPENASSISTANT = Shape(
    name="openassistant",
    title="OpenAssistant conversation trees",
    becomes="Each row is a conversation with several replies to a question: each reply becomes an answer with its "
    "quality as rating, and a reply that volunteers ranked higher counts as better than the next one.",
    recognises=_recognises,
    read=_read,
    scale="0-1",
)
