"""Answers that programs send: kept under their own ids, and rated like those that were imported."""

import time
from collections.abc import Sequence
from functools import partial
from typing import Any

from core.domain.errors import BadInput
from core.domain.outcomes.sent_answers import MAX_APPLICATION, MAX_SENT, Refusal, Sent, SentAnswer, check_name
from core.domain.records import Rejected
from core.domain.roles import Act, User
from core.labeling.outcomes.sent_answers import read_answer
from core.services.data.batches import BatchSize, batches, pause_after
from core.services.masking import masks_output, without_gaps
from core.services.workspace import Workspace
from core.store.outcomes import sent_answers
from core.store.retrying import written


@masks_output(takes_gaps="an answer with a gap in it is refused by its number")
def send(workspace: Workspace, user: User, application: str, rows: Sequence[Any], *, abstained: bool = False) -> Sent:
    """Store the answers that an application sends; those that cannot be stored are refused by their number.

    What was committed stays when this is cut off; the same call again stores the rest.

    Args:
        workspace: where to.
        user: who sends.
        application: whose ids these are.
        rows: objects with ``id``, ``prompt`` or ``messages``, ``response`` and more, see ``read_answer``.
        abstained: a model that ranked them could not tell which is better.

    Raises:
        NotAllowed: the user may not send.
        BadInput: this is no list, there are too many, or the application has no usable name; nothing was stored.
    """
    workspace.require(user, Act.SEND)
    check_name(application, "The name of the application", MAX_APPLICATION)
    if not isinstance(rows, list | tuple):
        raise BadInput("interactions must be a list of answers. Nothing was stored.")
    if len(rows) > MAX_SENT:
        raise BadInput(
            f"interactions holds {len(rows):,} answers; at most {MAX_SENT:,} are taken at once. Nothing was stored. "
            "Send them in several calls."
        )
    workspace.pick_up()  # a program may have written the same text into the old application's table
    answers, refused = _read(rows)
    stored = known = 0
    size, pause = BatchSize(), 0.0
    for batch in batches(answers, size, _length):
        time.sleep(pause)
        began = time.monotonic()
        store = partial(sent_answers.add, application=application, answers=batch, abstained=abstained)
        done = written(workspace.store, store)
        seconds = time.monotonic() - began
        size.follow(len(batch), seconds)
        pause = pause_after(workspace, seconds)
        stored, known = stored + done.stored, known + done.known
        refused.extend(done.refused)
    return Sent(stored, known, tuple(sorted(refused, key=lambda one: one.index)))


def _read(rows: Sequence[Any]) -> tuple[list[SentAnswer], list[Refusal]]:
    answers: list[SentAnswer] = []
    refused: list[Refusal] = []
    for index, given in enumerate(rows):
        try:
            answer = read_answer(index, given)
        except BadInput as error:
            refused.append(Refusal(index, str(error)))
            continue
        row = without_gaps(answer.row)
        if isinstance(row, Rejected):
            refused.append(Refusal(index, row.reason))
        else:
            answers.append(answer)
    return answers, refused


def _length(answer: SentAnswer) -> int:
    """About how many characters an answer holds."""
    row = answer.row
    said = sum(len(turn.text) for turn in row.turns)
    return len(row.user_prompt) + len(row.ai_response) + len(str(row.metadata or "")) + said
