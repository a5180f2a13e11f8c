"""The registry of open browser tabs: with which a person was let in, and with which files may be uploaded.

Pages write it (``gate.enter``) each time a whole page runs; the middleware before Streamlit reads it.
"""

from collections import OrderedDict
from dataclasses import dataclass

from streamlit.runtime.scriptrunner import get_script_run_ctx

REMEMBERED = 10_000


@dataclass(slots=True)
class Tab:
    """One tab, by the number that Streamlit gave to its session."""

    may_upload: bool
    sent_too_much: bool = False
    """Its last message was too large to be taken whole."""


_let_in: OrderedDict[str, Tab] = OrderedDict()


def note(*, let_in: bool, may_upload: bool) -> None:
    """Note whether a person was let in with the tab that runs this script, and may upload."""
    number = _number()
    if number is None:
        return
    before = _let_in.pop(number, None)
    if let_in:
        _let_in[number] = Tab(may_upload, before is not None and before.sent_too_much)
        while len(_let_in) > REMEMBERED:
            _let_in.popitem(last=False)


def find(number: str) -> Tab | None:
    """Return the tab with this number; None where nobody was let in with it."""
    return _let_in.get(number)


def sent_too_much() -> bool:
    """Whether the last message of the tab that runs this script was too large; true once per message."""
    tab = find(_number() or "")
    if tab is None or not tab.sent_too_much:
        return False
    tab.sent_too_much = False
    return True


def _number() -> str | None:
    context = get_script_run_ctx()
    return None if context is None else context.session_id
