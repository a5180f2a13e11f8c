"""Every service function that is told who acts refuses whoever the table of roles does not let do it."""

import importlib
import inspect
import pkgutil

import pytest

import core.services
from core.domain.roles import ALLOWED, Act, NotAllowed, Role, User

NEEDS = {
    "accounts.listed": Act.PEOPLE,
    "accounts.knocking": Act.PEOPLE,
    "accounts.invite": Act.PEOPLE,
    "accounts.admit": Act.PEOPLE,
    "accounts.set_address": Act.PEOPLE,
    "accounts.set_role": Act.PEOPLE,
    "accounts.set_disabled": Act.PEOPLE,
    "accounts.find": Act.PEOPLE,
    "agreement.agreement": Act.READ_DATA,
    "cases.listed": Act.RERANK,
    "cases.save": Act.RERANK,
    "cases.delete": Act.RERANK,
    "comparing.compare": Act.LOOK,
    "disagreements.listed": Act.JUDGE,
    "disagreements.decide": Act.JUDGE,
    "disagreements.mark_gap": Act.JUDGE,
    "disagreements.close_gap": Act.JUDGE,
    "disagreements.open_gaps": Act.JUDGE,
    "guidelines.versions": Act.RATE,
    "guidelines.save": Act.JUDGE,
    "data.edit": Act.CHANGE_DATA,
    "data.delete": Act.CHANGE_DATA,
    "data.put_back": Act.JUDGE,
    "explaining.explain": Act.RERANK,
    "hiding.reveal": Act.REVEAL,
    "data.browse": Act.READ_DATA,
    "data.load": Act.READ_DATA,
    "keys.listed": Act.KEYS,
    "keys.create": Act.KEYS,
    "keys.revoke": Act.KEYS,
    "models.promote": Act.MODELS,
    "models.rollback": Act.MODELS,
    "models.archive": Act.MODELS,
    "models.as_zip": Act.MODELS,
    "own_ratings.listed": Act.RATE,
    "own_ratings.withdraw": Act.RATE,
    "own_ratings.as_csv": Act.RATE,
    "progress.due": Act.TRAIN,
    "progress.change_settings": Act.TRAIN,
    "record.choices": Act.AUDIT,
    "record.acts": Act.AUDIT,
    "record.count": Act.AUDIT,
    "record.as_file": Act.AUDIT,
    "record.export": Act.AUDIT,
    "second_looks.next_look": Act.RATE,
    "second_looks.look": Act.RATE,
    "second_looks.choose": Act.RATE,
    "second_looks.change_settings": Act.JUDGE,
    "preferences.keep": Act.RATE,
    "preferences.mine": Act.RATE,
    "preferences.withdraw": Act.RATE,
    "queue.mine": Act.RATE,
    "queue.choose": Act.RATE,
    "queue.change_settings": Act.JUDGE,
    "rating.next_item": Act.RATE,
    "rating.item": Act.RATE,
    "rating.same_prompt": Act.RATE,
    "rating.renew": Act.RATE,
    "rating.keep_draft": Act.RATE,
    "rating.undo_last": Act.RATE,
    "training.start": Act.TRAIN,
    "training.cancel": Act.TRAIN,
    "usage.lately": Act.LOOK,
    "watching.last_words": Act.TRAIN,
}
"""What each function needs; the roles that include it stand in docs/roles.csv."""


def functions():
    """Every public function of the services that takes a user, by module and name."""
    found = {}
    for module in pkgutil.iter_modules(core.services.__path__):
        loaded = importlib.import_module(f"core.services.{module.name}")
        for name, function in inspect.getmembers(loaded, inspect.isfunction):
            known_here = function.__module__ == loaded.__name__ and not name.startswith("_")
            if known_here and "user" in inspect.signature(function).parameters:
                found[f"{module.name}.{name}"] = function
    return found


def test_the_functions_are_still_there():
    """A function that is renamed or loses its user drops out of this test by its name, not silently."""
    assert NEEDS.keys() <= functions().keys()


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("name", list(NEEDS))
def test_a_role_without_the_act_is_refused_before_anything_else(name, role):
    """Whatever else was given, even nothing that could work: the refusal comes first."""
    if NEEDS[name] in ALLOWED[role]:
        return
    function = functions()[name]
    given = {
        parameter.name: None
        for parameter in inspect.signature(function).parameters.values()
        if parameter.default is parameter.empty
    }
    with pytest.raises(NotAllowed, match="Nothing was changed"):
        function(**(given | {"user": User(9, "Eve", role)}))
