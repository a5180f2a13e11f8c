"""Questions with several answers, to try the ranking on."""

from itertools import groupby

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.domain.identifiers.masking import current_rules
from core.store.interactions.interactions import discarded, in_scope
from core.store.tables import Item, LegacyInteraction

LOOKED_AT = 2_000
"""Answers among which the questions are looked for, in the order of an index: the table may hold a million."""
MOST_CHARACTERS = 4_000
"""Of an answer that is shown as an example."""


def find(session: Session, *, questions: int, answers: int) -> list[tuple[str, list[str]]]:
    """Up to so many questions in scope with 2 to ``answers`` different answers each, in no order that tells which is
    good.

    Only answers in which no personal identifiers were found and that stand without earlier turns.
    """
    unmarked = Item.identifiers.is_(None) & (Item.identifier_rules == current_rules())
    alone = (Item.turns_group == "") & (func.coalesce(Item.context_id, "") == "")
    query = select(Item.prompt_group, Item.interaction_id).where(unmarked, alone, ~discarded())
    found = session.execute(in_scope(session, query.order_by(Item.prompt_group, Item.interaction_id).limit(LOOKED_AT)))
    several = [ids for ids in ([row[1] for row in rows] for _, rows in groupby(found, lambda row: row[0])) if ids[1:]]
    examples = []
    for ids in several:
        short = func.length(LegacyInteraction.ai_response) <= MOST_CHARACTERS
        texts = select(LegacyInteraction.user_prompt, LegacyInteraction.ai_response).where(
            LegacyInteraction.interaction_id.in_(ids), short
        )
        rows = session.execute(texts.order_by(LegacyInteraction.interaction_id)).all()
        different = sorted(dict.fromkeys(row.ai_response for row in rows), key=lambda text: text[::-1])[:answers]
        if len(different) > 1:
            examples.append((rows[0].user_prompt, different))
        if len(examples) == questions:
            break
    return examples
