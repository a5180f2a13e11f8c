"""The messages that a tab may send to Streamlit over its socket; others never reach it.

Streamlit acts on every kind of message for everybody: it would empty the caches of the whole process, write files
beside the pages, or keep whatever "widgets" it is told of.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from google.protobuf.message import DecodeError
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState

from core.ui.shell.browser_tabs import Tab


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one message may bring."""

    size: int
    """Bytes of the whole message."""
    widgets: int
    """Fields and controls whose state it tells."""


STRANGER = Limits(64_000, 200)
"""A page of the gate (sign-in, a refusal) has at most a handful of controls and sends below 2 kB."""
LET_IN = Limits(4_000_000, 2_000)
"""The page that ranks takes 1 MB of text, which may hold escapes and be sent twice; a page has some 100 controls."""

_LEFT_OUT = {ClientState.WIDGET_STATES_FIELD_NUMBER, ClientState.FRAGMENT_ID_FIELD_NUMBER}
_FIELDS = 200
_VARINT, _WITH_LENGTH, _LENGTHS = 0, 2, {1: 8, 5: 4}  # how protobuf writes a field: the last three bits of its tag


class Unreadable(Exception):
    """This is no message of a page; ``code`` is how the socket is closed."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


def let_through(frame: bytes, tab: Tab | None) -> bytes | None:
    """Return the message as Streamlit may have it; None where no page of ours needs it.

    ``tab`` is None for tabs with which nobody was let in. A message that is too large loses the states of its widgets,
    not the request for the page: the page then says so, and what was typed is still in the browser.

    Raises:
        Unreadable: no page of ours sends this.
    """
    limits = STRANGER if tab is None else LET_IN
    small = frame
    if len(frame) > limits.size:
        small = _without_widgets(frame)
        if len(small) > limits.size:
            raise Unreadable(1009)
    try:
        message = BackMsg.FromString(small)
    except DecodeError as error:
        raise Unreadable(1002) from error
    kind = message.WhichOneof("type")
    if kind == "rerun_script":
        if small is frame and len(message.rerun_script.widget_states.widgets) > limits.widgets:
            small = _without_widgets(frame)
        if small is not frame and tab is not None:
            tab.sent_too_much = True
        return small
    if kind == "stop_script":
        return small
    if kind == "file_urls_request":
        return small if tab is not None and tab.may_upload else None
    if kind == "backend_operation_request":  # a download that is made when it is asked for
        asked = message.backend_operation_request.WhichOneof("payload")
        return small if tab is not None and asked == "deferred_file" else None
    return None


def _without_widgets(frame: bytes) -> bytes:
    """Return the request for the page without widget states; read field by field, as unpacking costs too much.

    Raises:
        Unreadable: it is no request for a page.
    """
    try:
        number, _, begin, end = next(_fields(memoryview(frame)))
        inner = memoryview(frame)[begin:end]
        rest = b"".join(inner[start:stop] for name, start, _, stop in _fields(inner) if name not in _LEFT_OUT)
    except (ValueError, IndexError, StopIteration) as error:
        raise Unreadable(1002) from error
    if number != BackMsg.RERUN_SCRIPT_FIELD_NUMBER:
        raise Unreadable(1009)
    return bytes([BackMsg.RERUN_SCRIPT_FIELD_NUMBER << 3 | _WITH_LENGTH]) + _varint(len(rest)) + rest


def _fields(data: memoryview) -> Iterator[tuple[int, int, int, int]]:
    """Yield of each field of a protobuf message: number, and the byte offsets of its begin, content and end."""
    at = 0
    for _ in range(_FIELDS):
        if at == len(data):
            return
        start = at
        tag, at = _read_varint(data, at)
        length, content = _LENGTHS.get(tag & 7, 0), at
        if tag & 7 == _WITH_LENGTH:
            length, content = _read_varint(data, at)
        elif tag & 7 == _VARINT:
            length = _read_varint(data, at)[1] - at
        elif not length:
            raise ValueError
        at = content + length
        if at > len(data):
            raise ValueError
        yield tag >> 3, start, content, at
    raise ValueError


def _read_varint(data: memoryview, at: int) -> tuple[int, int]:
    value = 0
    for shift in range(0, 70, 7):
        byte = data[at]
        value |= (byte & 127) << shift
        at += 1
        if byte < 128:
            return value, at
    raise ValueError


def _varint(value: int) -> bytes:
    written = bytearray()
    while value > 127:
        written.append(value & 127 | 128)
        value >>= 7
    written.append(value)
    return bytes(written)
