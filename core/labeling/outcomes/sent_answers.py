"""An answer as a program sends it, checked as a row of a file is."""

from collections.abc import Mapping

from core.domain.errors import BadInput
from core.domain.judges.columns import judges_in, read_score
from core.domain.judges.scores import Scores
from core.domain.outcomes.sent_answers import SentAnswer, check_name
from core.domain.records import ImportRow
from core.domain.turns import Turn, read_messages
from core.labeling.rows import bounded_metadata, optional_text, required_text, session_label, split_messages
from core.labeling.shapes.openai import with_known_roles

FIELDS = ("id", "prompt", "messages", "response", "session", "context_id", "generator", "metadata")
MAX_JUDGES = 100
"""Of one answer."""


def read_answer(index: int, given: object) -> SentAnswer:
    """One answer of a call.

    Args:
        index: its place in the call.
        given: an object with ``id``, ``response``, and ``prompt`` or ``messages``; the other fields, and a number under
            ``judge:NAME`` for every LLM judge, may be missing.

    Raises:
        BadInput: a field is missing, unknown, or cannot be stored.
    """
    if not isinstance(given, Mapping):
        raise BadInput("this is no object with id, prompt or messages, and response")
    given = {str(name): value for name, value in given.items()}
    judges = judges_in(given)
    if len(judges) > MAX_JUDGES:
        raise BadInput(f"this has scores of {len(judges):,} judges; at most {MAX_JUDGES} are kept")
    unknown = sorted(name[:40] for name in given if name not in FIELDS and name not in judges)
    if unknown:
        raise BadInput(f"the field {unknown[0]!r} is not known; put what else you want to keep into metadata")
    caller_id = check_name(given.get("id"), "id")
    generator = None if given.get("generator") is None else check_name(given["generator"], "generator")
    prompt, response, turns = _texts(given)
    metadata = given.get("metadata")
    if metadata is not None and not isinstance(metadata, Mapping):
        raise BadInput("metadata must be an object")
    kept = {str(name): value for name, value in (metadata or {}).items()}
    row = ImportRow(
        number=index,
        user_prompt=prompt,
        ai_response=response,
        session_id=session_label(given.get("session"), "session"),
        context_id=optional_text(given.get("context_id"), "context_id"),
        metadata=bounded_metadata(kept | ({"generator": generator} if generator else {}), "metadata holds"),
        turns=turns,
        scores=_scores(given, judges),
    )
    return SentAnswer(caller_id, row, generator)


def _scores(given: Mapping[str, object], judges: Mapping[str, str]) -> Scores:
    """What each judge says of the answer; JSON has numbers, so a text is none."""
    found = []
    for name, judge in judges.items():
        if isinstance(given[name], str):
            raise BadInput(f"{name} must be a number")
        score = read_score(given[name], name)
        if score is not None:
            found.append((judge, score))
    return tuple(found)


def _texts(given: Mapping[str, object]) -> tuple[str, str, tuple[Turn, ...]]:
    """Question, answer, and what was said before the question."""
    response = required_text(given.get("response"), "response")
    messages = given.get("messages")
    if messages is None:
        return required_text(given.get("prompt"), "prompt"), response, ()
    if given.get("prompt") is not None:
        raise BadInput("send prompt or messages, not both")
    if not isinstance(messages, list):
        raise BadInput("messages is not a list of messages with role and content")
    turns = read_messages(with_known_roles(messages), "messages")
    if not turns:
        raise BadInput("messages is empty")
    return split_messages(turns, "messages", None, response)
