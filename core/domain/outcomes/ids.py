"""Ids that programs send with what they send."""

import re

_DRAWN = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}(?::\d{1,6})?")


def is_drawn(identifier: str) -> bool:
    """Whether an id is a UUID, alone or with the index of a document: its digits are no number of anybody."""
    return _DRAWN.fullmatch(identifier) is not None
