"""Who is rating: names, and the browsers that speak for them."""

import hashlib

import pytest

from core.domain.errors import BadInput, Conflict
from core.domain.roles import COMMAND_LINE
from core.services.data.importing import import_file
from core.services.people import local_names
from core.store.tables import Rater, Visitor


def raters(workspace):
    with workspace.store.read() as session:
        return [(r.name, r.kind) for r in session.query(Rater).order_by(Rater.rater_id)]


@pytest.mark.parametrize(
    "typed",
    ["ana", "ANA", "  Ana ", "Ana\u00a0", "\uff21na"],
    ids=["small", "capital", "blanks", "no-break blank", "full width"],
)
def test_one_name_is_one_rater(workspace, typed):
    """Case, blanks and width do not make a second rater; the name stays as it was first typed."""
    first = local_names.rate_as(workspace, "token 1", "Ana")
    assert local_names.rate_as(workspace, "token 2", typed) == first
    assert raters(workspace) == [("Ana", "person")]


def test_composed_and_decomposed_letters_are_the_same_name(workspace):
    """A name typed on a Mac (letter and accent apart) is the same as elsewhere."""
    assert local_names.rate_as(workspace, "t1", "Zoe\u0308") == local_names.rate_as(workspace, "t2", "Zo\u00eb")


def test_blanks_inside_a_name_are_collapsed(workspace):
    """Several blanks or a tab inside a name become one blank."""
    assert local_names.rate_as(workspace, "t", "Ana \t  Lima").name == "Ana Lima"


@pytest.mark.parametrize("name", ["", "   ", "\t\n", "a" * 101, "ß" * 60, "bad\x00name", "bad\u200ename", "\ud83d"])
def test_an_unusable_name_is_refused(workspace, name):
    """Empty, too long (also once folded) and unprintable names are refused in words, and no rater is made."""
    with pytest.raises(BadInput, match="name"):
        local_names.rate_as(workspace, "t", name)
    assert raters(workspace) == []
    assert local_names.user_of(workspace, "t") is None


@pytest.mark.parametrize("name", ["legacy", "Legacy", "imported", " IMPORTED "])
def test_names_that_come_with_data_are_kept_for_it(workspace, name):
    """Nobody can rate as ``legacy`` or ``imported``, not even before anything was imported."""
    with pytest.raises(Conflict, match=f"{name.strip()} 2"):
        local_names.rate_as(workspace, "t", name)
    assert raters(workspace) == []


def test_the_name_of_an_imported_rater_is_refused(workspace, tmp_path):
    """A name under which ratings were imported cannot be taken by a person, in whatever case."""
    file = tmp_path / "rows.csv"
    file.write_text("user_prompt,ai_response,rating,rater\np,a,4,Dr. Lima\n")
    list(import_file(workspace, COMMAND_LINE, file))
    with pytest.raises(Conflict, match=r"'dr\. lima' is the name of ratings that came with data"):
        local_names.rate_as(workspace, "t", "dr. lima")
    assert raters(workspace) == [("Dr. Lima", "imported")]
    assert local_names.names(workspace) == []


def test_a_cookie_is_remembered_and_can_change_its_person(workspace):
    """The browser is known again by its cookie, may switch to another name, and may stop; the raters stay."""
    ana = local_names.rate_as(workspace, "token", "Ana")
    assert local_names.user_of(workspace, "token") == ana
    ben = local_names.rate_as(workspace, "token", "Ben")
    assert local_names.user_of(workspace, "token") == ben
    assert local_names.user_of(workspace, "another") is None
    local_names.stop_rating(workspace, "token")
    local_names.stop_rating(workspace, "token")
    assert local_names.user_of(workspace, "token") is None
    assert local_names.names(workspace) == ["Ana", "Ben"]


def test_only_the_hash_of_a_cookie_is_stored(workspace, old_app):
    """What the database holds of a cookie does not let anybody speak for its owner."""
    token = "a-very-random-token-4711"
    local_names.rate_as(workspace, token, "Ana")
    with workspace.store.read() as session:
        (visitor,) = session.query(Visitor).all()
    assert visitor.token_hash == hashlib.sha256(token.encode()).hexdigest()
    for name in ("assay_visitors", "assay_raters", "assay_rating_events"):
        assert token not in repr(old_app.dump(name))
