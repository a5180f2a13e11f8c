"""How sessions are called where results are shown by session: in reports, which are kept and handed on."""

from core.domain.identifiers.masking import mask

OTHERS, NO_SESSION = "all others", "no session"
REMOVED = "a session that is gone"
"""In stored reports, once no answer bears the label any more and one that bore it was forgotten."""

_BEFORE_NUMBER = ":_./#-"


def source_of(session: str | None) -> str:
    """The session's label without a number at its end, and without personal identifiers."""
    if not session:
        return NO_SESSION
    end = len(session)
    while end and session[end - 1].isdecimal():
        end -= 1
    if end < len(session):
        while end and (session[end - 1].isspace() or session[end - 1] in _BEFORE_NUMBER):
            end -= 1
    return mask(session[:end] or session)
