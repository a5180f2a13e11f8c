"""The site's own reader of texts, named by ASSAY_DEIDENTIFIER: asked in batches, with a time limit, and never believed
blindly.
"""

import hashlib
import importlib
import re
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Any

from core.domain.errors import BadSetting
from core.domain.found import Found

VARIABLE = "ASSAY_DEIDENTIFIER"
SECONDS = 5.0
"""What a page waits for an answer."""
SECONDS_PER_BATCH = 60.0
"""What marking in the background waits."""
BATCH = 50
"""Texts the function gets at once."""
BUSY_SECONDS = 10.0
"""After somebody waited in vain for a batch of others, nobody waits for so long."""
_REMEMBERED = 20_000
"""Texts of which the answer is kept in memory, as places and kinds only."""
_FORM = re.compile(r"[A-Za-z_][\w.]*:[A-Za-z_]\w*")
_KIND = re.compile(r"[A-Za-z][A-Za-z /-]{0,39}")
_FIRST_NUMBER = 1_000_000
"""Numbers of functions begin here; those of the rules stay below."""

Reader = Callable[[list[str]], Any]


class Deidentifier:
    """A function from texts to a list of (start, end, kind) for each; it is called from one thread at a time."""

    def __init__(self, name: str, function: Reader, content: bytes = b"") -> None:
        self.name = name
        self.number = (
            _FIRST_NUMBER + int.from_bytes(hashlib.sha256(name.encode() + b"\0" + content).digest()[:4]) % 10**9
        )
        """Stands beside what was marked, so that another function, or a change of this one's file, marks anew."""
        self.trouble: str | None = None
        """Why the last call gave nothing that can be used; None when it did."""
        self._function = function
        self._one_at_a_time = threading.Lock()
        self._overdue = threading.Event()
        self._busy_until = 0.0
        self._kept: OrderedDict[bytes, tuple[Found, ...]] = OrderedDict()
        self._keeping = threading.Lock()

    def read(self, texts: Sequence[str], seconds: float = SECONDS) -> list[tuple[Found, ...]] | None:
        """What it finds in each text; None when it failed, answered nonsense or took longer than ``seconds``.

        What comes too late is kept for the next time. While a call is overdue nobody waits for another.
        """
        keys = [_key(text) for text in texts]
        missing = {key: text for key, text in zip(keys, texts, strict=True) if self._remembered(key) is None}
        todo = list(missing.values())
        for at in range(0, len(todo), BATCH):
            if not self._ask(todo[at : at + BATCH], seconds):
                return None
        answers = [self._remembered(key) for key in keys]
        return [answer for answer in answers if answer is not None] if None not in answers else None

    def _remembered(self, key: bytes) -> tuple[Found, ...] | None:
        with self._keeping:
            found = self._kept.get(key)
            if found is not None:
                self._kept.move_to_end(key)
            return found

    def _ask(self, texts: list[str], seconds: float) -> bool:
        if self._overdue.is_set():
            return False
        patience = seconds if time.monotonic() >= self._busy_until else 0
        if not self._one_at_a_time.acquire(timeout=patience):
            if patience:  # a long batch is being read: whoever asks next does not wait for it too
                self._busy_until = time.monotonic() + BUSY_SECONDS
            return False
        done: Future[None] = Future()

        def work() -> None:
            try:
                self._keep(texts, self._function(list(texts)))
                self.trouble = None
            except BaseException as error:  # noqa: BLE001  not our code: whatever it raises, the texts stay hidden
                self.trouble = f"it raised {type(error).__name__}" if not isinstance(error, _Nonsense) else str(error)
            finally:
                done.set_result(None)  # first: who finds it done after the time clears the mark again
                self._overdue.clear()
                self._one_at_a_time.release()

        threading.Thread(target=work, name="assay-deidentifier", daemon=True).start()
        try:
            done.result(timeout=seconds)
        except TimeoutError:
            self._overdue.set()
            if done.done():  # it came between the two lines
                self._overdue.clear()
            else:
                self.trouble = f"it took longer than {seconds:g} s"
                return False
        return self.trouble is None

    def _keep(self, texts: list[str], answer: Any) -> None:
        checked = _checked(texts, answer)
        with self._keeping:
            for text, found in zip(texts, checked, strict=True):
                self._kept[_key(text)] = found
            while len(self._kept) > _REMEMBERED:
                self._kept.popitem(last=False)


class _Nonsense(Exception):
    """An answer of the wrong shape."""


def load(name: str) -> Deidentifier:
    """The function that ``module:function`` names.

    Raises:
        BadSetting: there is no such module or function, or importing it fails.
    """
    if not _FORM.fullmatch(name):
        raise BadSetting(f"{VARIABLE} is {name!r}; it must be module:function, as in clinic.names:find.")
    module_name, _, function_name = name.partition(":")
    try:
        module = importlib.import_module(module_name)
    except Exception as error:
        raise BadSetting(
            f"{VARIABLE} is {name!r}, but the module {module_name} cannot be imported ({type(error).__name__}). "
            "It must lie where Python looks for modules, for example in a folder that PYTHONPATH names."
        ) from error
    function = getattr(module, function_name, None)
    if not callable(function):
        raise BadSetting(f"{VARIABLE} is {name!r}, but {module_name} has no function {function_name}.")
    file = getattr(module, "__file__", None)
    return Deidentifier(name, function, Path(file).read_bytes() if file else b"")


def _key(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()


def _checked(texts: list[str], answer: Any) -> list[tuple[Found, ...]]:
    if not isinstance(answer, list | tuple) or len(answer) != len(texts):
        raise _Nonsense("its answer was no list with one entry for each text")
    return [tuple(_span(text, span) for span in spans) for text, spans in zip(texts, map(_a_list, answer), strict=True)]


def _a_list(spans: Any) -> Sequence[Any]:
    if not isinstance(spans, list | tuple):
        raise _Nonsense("for a text it gave no list of (start, end, kind)")
    return spans


def _span(text: str, span: Any) -> Found:
    if not isinstance(span, list | tuple) or len(span) != 3:
        raise _Nonsense("it gave something else than (start, end, kind)")
    start, end, kind = span
    if not isinstance(start, int) or not isinstance(end, int) or not 0 <= start < end <= len(text):
        raise _Nonsense("it gave a place that is not inside the text")
    word = kind.replace("_", " ") if isinstance(kind, str) else ""
    if not _KIND.fullmatch(word):
        raise _Nonsense("it gave a kind that is no short word")
    return Found(start, end, word.lower())
