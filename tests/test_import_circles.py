"""No module of core needs itself: whatever it imports, also inside functions, leads down and never back."""

from collections.abc import Iterator

import pytest
from grimp import ImportGraph, build_graph


@pytest.fixture(scope="module")
def graph() -> ImportGraph:
    return build_graph("core", cache_dir=None)


def circles(graph: ImportGraph) -> Iterator[tuple[str, ...]]:
    """A shortest way back to itself for every module that has one, e.g. ("a", "b", "a")."""
    for module in sorted(graph.modules):
        for imported in sorted(graph.find_modules_directly_imported_by(module)):
            way = graph.find_shortest_chain(imported, module)
            if way:
                yield (module, *way)
                break


def test_no_imports_of_core_run_in_a_circle(graph):
    """What needs each other belongs into one module, or what both need into a third."""
    assert graph.count_imports() > 1000
    assert [" -> ".join(way) for way in circles(graph)] == []


def test_a_circle_would_be_found(graph):
    """An import from below, wherever it is made, closes one."""
    (lower, upper) = "core.domain.errors", "core.ui.shell.page"
    assert graph.find_shortest_chain(upper, lower)
    graph.add_import(importer=lower, imported=upper)
    assert any(upper in way and lower in way for way in circles(graph))
