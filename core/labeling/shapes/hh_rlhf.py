"""HH-RLHF: two transcripts of Human: and Assistant: that differ in the last answer."""

from collections.abc import Iterable, Sequence
from typing import Final

from core.domain.errors import BadInput
from core.labeling.shapes.shape import Shape, Values

_ANSWER: Final = "\n\nAssistant:"


def _recognises(columns: Sequence[str], rows: Sequence[Values]) -> bool:
    return {"chosen", "rejected"} <= set(columns) and any(
        isinstance(text := row.get("chosen"), str) and text.lstrip().startswith("Human:") and _ANSWER in text
        for row in rows
    )


def _read(values: Values) -> Iterable[Values]:
    chosen, rejected = (_last_answer(values.get(name), name) for name in ("chosen", "rejected"))
    if chosen[0] != rejected[0]:
        raise BadInput("the two conversations differ before their last answers, so these do not answer the same thing")
    # the beginning is taken apart into turns where it is certain what they are
    yield {**values, "user_prompt": chosen[0] + _ANSWER, "chosen": chosen[1], "rejected": rejected[1]}


def _last_answer(text: object, name: str) -> tuple[str, str]:
    """What was said before the last answer, and the answer.

    Only the last mark divides: a person can say two things one after the other, or quote such a conversation.
    """
    before, mark, answer = text.rpartition(_ANSWER) if isinstance(text, str) else ("", "", "")
    if not mark:
        raise BadInput(f"{name} is not a text of Human: and Assistant: that ends with an answer")
    return before, answer.strip()


HH_RLHF = Shape(
    name="hh-rlhf",
    title="Anthropic HH-RLHF",
    becomes="What the two conversations share is the question with its earlier turns; the last answers become two "
    "answers, and the chosen one is preferred.",
    recognises=_recognises,
    read=_read,
)
