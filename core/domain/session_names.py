"""How sessions are called where results are shown by session: in reports, which are kept and handed on."""

import re

from core.domain.identifiers import mask

OTHERS, NO_SESSION = "all others", "no session"
REMOVED = "a session that is gone"
"""In stored reports, once no answer bears the label any more and one that bore it was forgotten."""

_NUMBER_AT_END = re.compile(r"[\s:_./#-]*\d+$")


def source_of(session: str | None) -> str:
    """The session's label without a number at its end, and without personal identifiers."""
    if not session:
        return NO_SESSION
    return mask(_NUMBER_AT_END.sub("", session) or session)
