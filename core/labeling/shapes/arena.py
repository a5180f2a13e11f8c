"""Chatbot Arena: two models answer, and somebody says which answer is better, or that neither is."""

from collections.abc import Iterable, Sequence
from typing import Any, Final

from core.domain.errors import BadInput
from core.domain.ratings import EMPTY_WORDS
from core.labeling.shapes.fields import as_list, metadata
from core.labeling.shapes.shape import Shape, Values

_CONVERSATIONS: Final = ("conversation_a", "conversation_b")
_RESPONSES: Final = ("response_a", "response_b")
_MODELS: Final = ("model_a", "model_b")
_VOTES: Final = ("winner_model_a", "winner_model_b", "winner_tie")
_TIES: Final = ("tie", "tie (bothbad)", "both_bad", "bothbad")


def _recognises(columns: Sequence[str], rows: Sequence[Values]) -> bool:
    has = set(columns)
    return {"winner", *_CONVERSATIONS} <= has or {"prompt", *_RESPONSES, *_VOTES} <= has


def _read(values: Values) -> Iterable[Values]:
    winner = _winner(values)
    a, b = _conversations(values)
    tie = winner in _TIES
    best, other = (1, 0) if winner == "model_b" else (0, 1)
    yield {
        **metadata(values, "prompt", "winner", "turn", *_CONVERSATIONS, *_RESPONSES, *_MODELS, *_VOTES),
        **({"winner": winner} if tie else {}),
        "chosen": (a, b)[best],
        "rejected": (a, b)[other],
        "tie": tie,
        "chosen_second": best == 1,
        "chosen_generator": values.get(_MODELS[best]),
        "rejected_generator": values.get(_MODELS[other]),
    }


def _winner(values: Values) -> str:
    """The winner as ``winner`` has it, or as the three columns of votes say it."""
    voted = [name for name in _VOTES if str(values.get(name)).casefold() in ("1", "1.0", "true")]
    given = voted[0].removeprefix("winner_") if len(voted) == 1 else values.get("winner")
    word = "" if given is None else str(given).strip().casefold()
    if word in EMPTY_WORDS:
        raise BadInput("winner is empty")
    if word not in (*_MODELS, *_TIES):
        raise BadInput(f"winner {word[:40]!r} is neither model_a nor model_b nor a tie")
    return word


def _conversations(values: Values) -> tuple[Sequence[Any], Sequence[Any]]:
    if _CONVERSATIONS[0] in values:
        # MT-bench's votes are on one turn of two
        turn = values.get("turn")
        end = 2 * int(turn) if "question_id" in values and isinstance(turn, int) and turn > 0 else None
        a, b = (as_list(values.get(name))[:end] for name in _CONVERSATIONS)
        return a, b
    questions = _texts(values.get("prompt"))
    a, b = (
        [
            message
            for question, answer in zip(questions, _texts(values.get(name)), strict=False)
            for message in ({"role": "user", "content": question}, {"role": "assistant", "content": answer})
        ]
        for name in _RESPONSES
    )
    return a, b


def _texts(value: object) -> Sequence[Any]:
    """One text for each turn; a single turn may stand there as it is."""
    return as_list(value) or [value]


ARENA = Shape(
    name="arena",
    title="Chatbot Arena",
    becomes="Each vote becomes two answers, and the winner is preferred; ties are counted and are no preference.",
    recognises=_recognises,
    read=_read,
)
