"""OpenAI's files for fine-tuning: chats, and preferences between two outputs."""

from collections.abc import Iterable, Sequence

from core.labeling.column_names import COLUMNS, find_column, opened
from core.labeling.shapes.fields import as_list, as_object, is_messages, metadata
from core.labeling.shapes.shape import Shape, Values

_OUTPUTS = ("preferred_output", "non_preferred_output")


def _recognises(columns: Sequence[str], rows: Sequence[Values]) -> bool:
    if set(_OUTPUTS) <= set(columns):
        return True
    other = any(find_column(columns, name) for name in ("user_prompt", "ai_response", "chosen"))
    chats = find_column(columns, "messages")
    return not other and chats is not None and any(is_messages(opened(row.get(chats))) for row in rows)


def _read(values: Values) -> Iterable[Values]:
    named = {name: column for name in COLUMNS if (column := find_column(list(values), name)) is not None}
    ours = {name: values[column] for name, column in named.items()}
    if set(_OUTPUTS) <= set(values):
        before = with_known_roles(as_object(values.get("input")).get("messages"))
        preferred, other = ([*before, *as_list(values[name])] for name in _OUTPUTS)
        left = metadata(values, *named.values(), "input", *_OUTPUTS)
        yield {**left, **ours, "chosen": preferred, "rejected": other}
    else:
        chat = opened(ours.get("messages"))
        left = metadata(values, *named.values())
        yield {**left, **ours, "messages": with_known_roles(chat) if is_messages(chat) else chat}


def with_known_roles(messages: object) -> list[object]:
    """Messages with the roles of a conversation: what the developer says is the system's."""
    said = as_list(messages)
    return [{**one, "role": "system"} if as_object(one).get("role") == "developer" else one for one in said]


OPENAI = Shape(
    name="openai",
    title="OpenAI chat messages",
    becomes="Each row is a conversation: its last message is the answer, the message before it the question, and what "
    "was said before that the earlier turns. Where a row has two outputs, the preferred one counts as better.",
    recognises=_recognises,
    read=_read,
)
