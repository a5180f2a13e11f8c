"""Pairs for training: a prompt, the chosen and the rejected answer, as DPO data sets and our own exports have them."""

from collections.abc import Iterable, Sequence
from typing import Final

from core.domain.comparisons.picks import FROM_A_LEAD, Outcome
from core.domain.errors import BadInput
from core.labeling.column_names import find_column
from core.labeling.shapes.shape import Shape, Values

_PROMPTS: Final = ("user_prompt", "prompt", "question", "instruction", "query", "input")

_NO_ORDER: Final = (Outcome.EQUAL, Outcome.NEITHER)


def _recognises(columns: Sequence[str], rows: Sequence[Values]) -> bool:
    return find_column(columns, "chosen") is not None and find_column(columns, "rejected") is not None


def _read(values: Values) -> Iterable[Values]:
    columns = list(values)
    chosen, rejected = find_column(columns, "chosen"), find_column(columns, "rejected")
    if chosen is None or rejected is None:
        raise BadInput("the row has no chosen or no rejected answer")
    prompt = next((found for name in _PROMPTS if (found := find_column(columns, name))), None)
    # some data sets repeat the chosen conversation there
    repeated = {"messages"} if values.get("messages") == values[chosen] else set()
    row = {name: value for name, value in values.items() if name not in {chosen, rejected, prompt} | repeated}
    if prompt is not None:
        row["user_prompt"] = values[prompt]
    if _teaches_nothing(values.get("outcome"), values.get("served_for")):
        row["tie"] = True
    yield {**row, "chosen": values[chosen], "rejected": values[rejected]}


def _teaches_nothing(outcome: object, served_for: object) -> bool:
    """Whether a row of our own export says no order, or one of what a language model under test wrote."""
    return outcome in _NO_ORDER or (outcome == Outcome.BETTER and bool(served_for) and served_for != FROM_A_LEAD)


PAIRS = Shape(
    name="pairs",
    title="Pairs of a chosen and a rejected answer",
    becomes="Each row becomes two answers to one question, and which of them is better.",
    recognises=_recognises,
    read=_read,
)
