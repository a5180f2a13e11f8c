"""The lists of words beside the rules for names: files of this folder, written for this project."""

from functools import lru_cache
from pathlib import Path

_LINES = frozenset({"well known", "large places"})
"""Lists in which a line is one entry."""


def in_file(name: str) -> frozenset[str]:
    """All words of a file."""
    return frozenset(Path(__file__).with_name(name).read_text("utf-8").split())


def word_list(name: str) -> frozenset[str]:
    """One of the lists in ``words_about_names.txt``."""
    return _lists()[name]


@lru_cache(maxsize=1)
def _lists() -> dict[str, frozenset[str]]:
    lists: dict[str, set[str]] = {}
    for line in Path(__file__).with_name("words_about_names.txt").read_text("utf-8").splitlines():
        if line.startswith("["):
            name = line.strip("[]")
            lists[name] = set()
        elif not line.startswith("#"):
            lists[name].update([line] if name in _LINES else line.split())
    return {name: frozenset(words) for name, words in lists.items()}
