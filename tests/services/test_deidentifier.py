"""A site's own function instead of the rules: whatever it does, no text is shown that it did not read."""

import re
import threading

import pytest

from core.domain.errors import BadSetting, HoldsIdentifiers
from core.domain.identifiers import deidentifier, masking
from core.domain.identifiers.deidentifier import Deidentifier, load
from core.domain.records import Filters
from core.domain.roles import COMMAND_LINE
from core.domain.settings import Settings
from core.services.data import exporting, interactions
from core.services.masking import masked
from core.services.operations import doctor
from core.services.workspace import open_workspace
from core.store.interactions import identifiers, legacy
from core.store.tables import Item
from tests import looked
from tests.databases import PATIENCE, added

TEXT = "The word Quux is secret here."


def quux(texts):
    """Find one word."""
    return [[(found.start(), found.end(), "SECRET_WORD") for found in re.finditer("Quux", text)] for text in texts]


@pytest.fixture
def use():
    """Put a function to use until the test ends."""
    yield lambda function, name="site:quux": masking.use(Deidentifier(name, function))
    masking.use(None)


def test_it_is_asked_instead_of_the_rules(use):
    """Its kinds are shown in the place of what it found; what the rules would find stays."""
    use(quux)
    assert masking.mask(TEXT + " MRN 1234567") == "The word «secret word hidden» is secret here. MRN 1234567"
    assert masking.count([TEXT, TEXT]) == {"secret word": 2}


def raises(texts):
    """Fail."""
    raise RuntimeError("model gone")


WRONG = {
    "it raises": raises,
    "nothing": lambda texts: None,
    "too few": lambda texts: [],
    "no lists": lambda texts: [1 for _ in texts],
    "two values": lambda texts: [[(0, 1)] for _ in texts],
    "outside": lambda texts: [[(0, len(text) + 1, "name")] for text in texts],
    "backwards": lambda texts: [[(5, 2, "name")] for _ in texts],
    "no numbers": lambda texts: [[("a", "b", "name")] for _ in texts],
    "a text as kind": lambda texts: [[(0, 2, "«b» " * 50)] for _ in texts],
}


@pytest.mark.parametrize("what", WRONG)
def test_where_it_gives_nothing_usable_the_text_is_hidden_whole(use, what):
    """Nonsense is no answer, and the reason is there for doctor to say."""
    use(WRONG[what])
    assert masking.mask_all([TEXT, "other"]) == [masking.UNREAD_SHOWN] * 2
    assert masking.count([TEXT]) == {masking.UNREAD: 1}
    assert masking.site().trouble


def test_where_it_is_late_the_text_is_hidden_whole_and_nobody_else_waits(use, monkeypatch):
    """The next text is not asked for while a call is overdue; the late answer serves from then on."""
    monkeypatch.setattr(deidentifier.Deidentifier.read, "__defaults__", (0.05,))
    go, calls = threading.Event(), []

    def slow(texts):
        calls.append(texts)
        go.wait(PATIENCE)
        return quux(texts)

    use(slow)
    assert masking.mask(TEXT) == masking.UNREAD_SHOWN
    assert masking.mask("another") == masking.UNREAD_SHOWN
    assert len(calls) == 1
    go.set()
    for thread in threading.enumerate():
        if thread.name == "assay-deidentifier":
            thread.join()
    assert masking.mask(TEXT) == "The word «secret word hidden» is secret here."


def test_marks_are_made_outside_of_the_acts_and_anew_for_another_function(workspace, use):
    """A row stays unmarked, which blocks exports, until the function has read it; another function reads it again."""
    use(raises)
    number = added(workspace, TEXT, "answer")
    assert identifiers.look_again(workspace.store) == 0
    assert held(workspace, number) == (None, identifiers.NOT_LOOKED_AT)
    use(quux)
    assert identifiers.look_again(workspace.store) == 1
    assert held(workspace, number) == ({"secret word": 1}, masking.current_rules())
    use(lambda texts: [[] for _ in texts], "site:other")
    assert identifiers.look_again(workspace.store) == 1
    assert held(workspace, number)[0] is None
    masking.use(None)
    assert identifiers.look_again(workspace.store) == 1
    assert held(workspace, number) == (None, masking.RULES_VERSION)


def test_an_export_is_refused_while_it_does_not_answer(workspace, use, tmp_path):
    """What nobody has looked at may hold identifiers."""
    from tests.databases import rater

    number = added(workspace, "How?", "So.")
    looked.rate(workspace, rater(workspace, "ana"), number, 4)
    use(raises)
    with pytest.raises(HoldsIdentifiers, match="1 unread text"):
        exporting.export(workspace, COMMAND_LINE, "gold", tmp_path / "gold.csv")


@pytest.mark.parametrize("name", ["nothing", "no.such.module:find", "json:no_such_function", "a b:c", "os:"])
def test_a_bad_name_stops_the_start_with_one_sentence(tmp_path, name):
    """The sentence names the variable."""
    with pytest.raises(BadSetting, match="ASSAY_DEIDENTIFIER"):
        open_workspace({"ASSAY_HOME": str(tmp_path), "ASSAY_DEIDENTIFIER": name})


def test_a_change_of_its_file_is_another_function(tmp_path, monkeypatch):
    """The number beside the marks comes from the name and from what the file holds."""
    monkeypatch.syspath_prepend(str(tmp_path))
    file = tmp_path / "site_names_for_test.py"
    file.write_text("def find(texts):\n    return [[] for _ in texts]\n")
    first = load("site_names_for_test:find").number
    file.write_text("def find(texts):\n    return [[] for text in texts]\n")
    assert load("site_names_for_test:find").number != first > masking.RULES_VERSION


def held(workspace, number: int):
    """What is kept beside an interaction."""
    with workspace.store.read() as session:
        item = session.get(Item, number)
        return item.identifiers, item.identifier_rules


@pytest.mark.parametrize("body, ok", [("return [[] for _ in texts]", True), ("raise ValueError", False)])
def test_doctor_says_whether_it_answers(tmp_path, monkeypatch, body, ok):
    """A function that fails is a finding with its name and what happened."""
    module = f"site_for_doctor_{ok}".lower()
    (tmp_path / f"{module}.py").write_text(f"def find(texts):\n    {body}\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    settings = Settings.from_env({"ASSAY_HOME": str(tmp_path), "ASSAY_DEIDENTIFIER": f"{module}:find"}, root=tmp_path)
    name, verdict, sentence = next(doctor._personal_identifiers(settings))
    assert (name, verdict) == ("de-identifier", ok)
    assert module in sentence
    assert ("ValueError" in sentence) != ok


def test_a_short_text_is_not_remembered_as_one_function_left_it(use):
    """What was hidden because the function failed is asked again, and another function is another answer."""
    use(raises)
    assert masked([TEXT]) == [masking.UNREAD_SHOWN]
    use(quux)
    assert masked([TEXT]) == ["The word «secret word hidden» is secret here."]
    use(lambda texts: [[] for _ in texts], "site:other")
    assert masked([TEXT]) == [TEXT]


def test_a_repeat_is_taken_out_once_and_not_at_every_look(workspace, use):
    """It has no identity, so it is read to see whether it was edited; where it cannot be read it waits for its mark."""
    use(lambda texts: [[] for _ in texts])
    number = added(workspace, "same", "answer")
    with workspace.store.write() as session:
        session.get(Item, number).identity = None
        session.flush()
    added(workspace, "same", "answer")
    identifiers.look_again(workspace.store)
    use(raises)
    with workspace.store.write() as session:
        session.get(Item, number).identifier_rules = masking.current_rules()
    taken = [legacy.follow_texts(workspace.store) for _ in range(3)]
    assert taken == [1, 0, 0]
    assert held(workspace, number) == (None, identifiers.NOT_LOOKED_AT)


def test_two_readers_on_one_database_do_not_mark_anew_for_ever(workspace, use):
    """The reader of the server that started last marks; a process with another one leaves the rows,
    and exports refuse.
    """
    number = added(workspace, TEXT, "answer")
    use(quux)
    identifiers.take_charge(workspace.store)
    assert identifiers.look_again(workspace.store) == 1
    marked = held(workspace, number)
    use(lambda texts: [[] for _ in texts], "site:other")
    assert identifiers.look_again(workspace.store) == 0
    masking.use(None)
    assert identifiers.look_again(workspace.store) == 0
    assert held(workspace, number) == marked
    identifiers.take_charge(workspace.store)
    assert identifiers.look_again(workspace.store) == 1


def test_what_was_not_looked_at_is_among_what_may_hold_identifiers(workspace, use):
    """Somebody who looks for identifiers sees the rows of which nobody knows."""
    use(raises)
    number = added(workspace, TEXT, "answer")
    found, _ = interactions.browse(workspace, COMMAND_LINE, Filters(identified=True), page=0)
    assert [one.interaction_id for one in found] == [number]
