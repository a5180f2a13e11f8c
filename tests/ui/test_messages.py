"""What a tab may say to Streamlit: only what pages of ours need, and only so much."""

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg

from core.ui.server.messages import LET_IN, STRANGER, Unreadable, let_through
from core.ui.shell.browser_tabs import Tab

LEAD, VIEWER = Tab(may_upload=True), Tab(may_upload=False)


def message(kind: str) -> BackMsg:
    """One message of this kind, as small as it can be."""
    made = BackMsg()
    field = BackMsg.DESCRIPTOR.fields_by_name[kind]
    if field.message_type is None:
        setattr(made, kind, True)
    else:
        getattr(made, kind).SetInParent()
    return made


def rerun(widgets: int, size: int, *, fragment: str = "") -> bytes:
    """A wish to see the page Rate, with so many widgets of so many bytes."""
    made = BackMsg()
    made.rerun_script.page_name, made.rerun_script.query_string = "rate", "a=b"
    made.rerun_script.fragment_id, made.rerun_script.is_auto_rerun = fragment, bool(fragment)
    made.rerun_script.context_info.timezone_offset = -60
    for number in range(widgets):
        widget = made.rerun_script.widget_states.widgets.add()
        widget.id, widget.string_value = str(number), "x" * size
    return made.SerializeToString()


@pytest.mark.parametrize("kind", [field.name for field in BackMsg.DESCRIPTOR.fields])
def test_only_what_pages_need_gets_through(kind):
    """Every kind that this Streamlit knows, a new one included, is decided here."""
    frame, everybody = message(kind).SerializeToString(), {"rerun_script", "stop_script"}
    for tab, may_say in ((None, everybody), (VIEWER, everybody), (LEAD, everybody | {"file_urls_request"})):
        assert (let_through(frame, tab) is not None) == (kind in may_say)


PAYLOADS = BackMsg.DESCRIPTOR.fields_by_name["backend_operation_request"].message_type.oneofs_by_name["payload"].fields


@pytest.mark.parametrize("payload", [field.name for field in PAYLOADS])
def test_of_the_operations_only_a_download_gets_through(payload):
    """One of the others writes files beside the pages."""
    asked = BackMsg()
    getattr(asked.backend_operation_request, payload).SetInParent()
    frame = asked.SerializeToString()
    assert let_through(frame, None) is None
    assert (let_through(frame, VIEWER) is not None) == (payload == "deferred_file")


@pytest.mark.parametrize("tab, limits", [(None, STRANGER), (Tab(may_upload=False), LET_IN)], ids=["stranger", "let in"])
def test_what_is_too_large_still_brings_the_page(tab, limits):
    """Without the states of its widgets and not as a part of a page, so that the whole page can say it."""
    fits = rerun(limits.widgets, (limits.size - 1000) // limits.widgets - 20)
    assert len(fits) <= limits.size
    assert let_through(fits, tab) == fits
    for frame in (rerun(1, limits.size, fragment="part"), rerun(limits.widgets + 1, 0, fragment="part")):
        whole = BackMsg.FromString(let_through(frame, tab) or b"")
        wanted = BackMsg.FromString(frame)
        wanted.rerun_script.ClearField("widget_states")
        wanted.rerun_script.ClearField("fragment_id")
        assert whole == wanted
    assert tab is None or tab.sent_too_much


@pytest.mark.parametrize(
    "frame",
    [
        b"\xff" * 20,
        b"no protobuf",
        b"\x5a" + b"\xff" * 70_000,
        b"\x5a\x80\x80\x80\x01" + b"\x0a" * 70_000,
        b"\x5a\xf0\xa2\x04" + b"\x30\x01" * 35_000,
        BackMsg(rerun_script={"cached_message_hashes": ["x" * 30] * 3_000}).SerializeToString(),
        BackMsg(rerun_script={"query_string": "x" * 70_000}).SerializeToString(),
        BackMsg(file_urls_request={"file_names": ["x" * 30] * 3_000}).SerializeToString(),
    ],
    ids=["no fields", "text", "length without end", "cut off", "bits", "many hashes", "long address", "many files"],
)
def test_what_no_page_sends_closes_the_socket(frame):
    """Nothing of it reaches Streamlit."""
    with pytest.raises(Unreadable):
        let_through(frame, None)
