"""Nothing that meets text from outside costs more than in proportion to it (the table is in tests/growth.py)."""

import importlib
import inspect
import pkgutil

import pytest

import core.domain
import core.labeling
from tests.growth import BOUND, CASES, LEFT_OUT, Case, growth

TAKES_TEXT = ("str", "Path", "Table", "Row", "object", "Iterable", "Sequence", "Mapping", "IO")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_four_times_as_much_costs_about_four_times_as_much(case):
    """Far from the sixteen times of what compares everything with everything; measured again before it counts."""
    found = [growth(case)]
    while found[-1] > BOUND and len(found) < 4:
        found.append(growth(case))
    assert min(found) <= BOUND, found


def test_what_grows_too_fast_is_found():
    """The measure itself: joining pairs is sixteen times as much, in the middle of three on a busy machine."""
    quadratic = Case("pairs", len, lambda n: list(range(n)), 600, lambda made: sum(a == b for a in made for b in made))
    assert sorted(growth(quadratic) for _ in range(3))[1] > BOUND


def test_every_function_that_takes_text_is_measured():
    """A new one is either in the table or in the list of those that need not be, with a reason."""
    known = {case.function for case in CASES} | set(LEFT_OUT)
    missing = []
    for package in (core.domain, core.labeling):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            names = vars(importlib.import_module(module.name))
            for name, function in names.items():
                own = inspect.isfunction(function) and function.__module__ == module.name
                if not own or name.startswith("_") or function in known:
                    continue
                kinds = [str(given.annotation) for given in inspect.signature(function).parameters.values()]
                if any(word in kind for kind in kinds for word in TAKES_TEXT):
                    missing.append(f"{function.__module__}.{name}")
    assert missing == []
