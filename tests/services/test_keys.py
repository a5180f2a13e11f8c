"""Keys of the HTTP API: made, shown once, revoked, and who may."""

from collections.abc import Callable
from typing import Any

import pytest

from core.domain.errors import BadInput, Conflict, NotFound
from core.domain.roles import COMMAND_LINE, KeyScope, NotAllowed, Role, User
from core.services.people import api_keys
from core.services.workspace import Workspace
from tests.databases import Plain


def test_a_key_is_shown_once_and_kept_as_a_hash(workspace: Workspace, old_app: Plain) -> None:
    """No row of the database holds it, its first characters tell it from others, and no two are equal."""
    key, made = api_keys.create(workspace, COMMAND_LINE, "  the   portal ")
    other, _ = api_keys.create(workspace, COMMAND_LINE, "the portal")
    assert key != other
    assert len(key) > 40
    assert key.startswith(made.start)
    assert made.name == "the portal"
    assert len(made.start) < 16
    everything = str(old_app.dump("assay_api_keys", "assay_audit"))
    assert key not in everything
    assert made.start in everything


def test_only_leads_deal_with_keys_and_it_is_written_down(workspace: Workspace, old_app: Plain) -> None:
    """An expert can neither see, make nor revoke them; what a lead did is in the record."""
    _, made = api_keys.create(workspace, User(0, "Lea"), "portal")
    expert = User(0, "Ana", Role.SME)
    acts: list[Callable[[], Any]] = [
        lambda: api_keys.listed(workspace, expert),
        lambda: api_keys.create(workspace, expert, "mine"),
        lambda: api_keys.revoke(workspace, expert, made.key_id),
    ]
    for act in acts:
        with pytest.raises(NotAllowed):
            act()
    api_keys.revoke(workspace, User(0, "Lea"), made.key_id)
    with pytest.raises(Conflict, match="already"):
        api_keys.revoke(workspace, User(0, "Lea"), made.key_id)
    with pytest.raises(NotFound):
        api_keys.revoke(workspace, User(0, "Lea"), 999)
    record = [
        (actor, action, subject) for _, _, actor, action, subject, *_ in old_app.dump("assay_audit")["assay_audit"]
    ]
    assert record == [("Lea", "created key", "key 1"), ("Lea", "revoked key", "key 1")]
    assert [key.revoked_at is None for key in api_keys.listed(workspace, COMMAND_LINE)] == [False]


def test_a_key_may_do_what_it_was_made_for(workspace: Workspace, old_app: Plain) -> None:
    """Only rank unless somebody says otherwise; never nothing; the record says which, and the ring tells."""
    key, made = api_keys.create(workspace, COMMAND_LINE, "portal")
    sending, _ = api_keys.create(workspace, COMMAND_LINE, "portal", [KeyScope.SEND, KeyScope.RANK])
    with pytest.raises(BadInput, match="rank, send"):
        api_keys.create(workspace, COMMAND_LINE, "portal", [])
    assert made.scopes == {KeyScope.RANK}
    assert [one.to_json()["scopes"] for one in api_keys.listed(workspace, COMMAND_LINE)] == [["rank", "send"], ["rank"]]
    ring = api_keys.KeyRing(workspace)
    assert (ring.check(key).name, ring.check(key).scopes) == ("portal", {KeyScope.RANK})
    assert (ring.check(sending).name, ring.check(sending).scopes) == ("portal", set(KeyScope))
    assert (ring.check("wrong").name, ring.check("wrong").scopes) == (None, set())
    recorded = [str(row[-1]) for row in old_app.dump("assay_audit")["assay_audit"]]
    assert ["rank,send" in new for new in recorded] == [False, True]


@pytest.mark.parametrize("name", ["", "  \n", "x" * 101, "bell\x07"])
def test_a_key_needs_a_name(workspace: Workspace, name: str) -> None:
    """One that a person can read."""
    with pytest.raises(BadInput):
        api_keys.create(workspace, COMMAND_LINE, name)


def test_when_a_key_was_used_last(workspace: Workspace) -> None:
    """Is written now and then, not with every request."""
    key, made = api_keys.create(workspace, COMMAND_LINE, "portal")
    ring = api_keys.KeyRing(workspace)
    assert ring.check(key).key_id == made.key_id
    assert api_keys.listed(workspace, COMMAND_LINE)[0].last_used_at is None
    ring.write_uses()
    assert api_keys.listed(workspace, COMMAND_LINE)[0].last_used_at is not None
