"""What the rules find in texts that belong together: worked out before a transaction, looked up in it.

While the rules read a long text nobody else could write. So whoever stores many or long texts has them read first;
inside the transaction only hashes are compared, and what was not read before is read there only while it is short.
"""

import hashlib
from collections import OrderedDict
from collections.abc import Iterable
from threading import Lock

from sqlalchemy.orm import Session

from core.domain.identifiers import count

KEPT = 4_096
"""Sets of texts whose counts are remembered: several batches of an import."""
READ_AT_ONCE = 50_000
"""Characters that one transaction reads itself."""

_READ = "characters read for marks"
_kept: OrderedDict[bytes, dict[str, int]] = OrderedDict()  # by hash: no text stays in memory
_lock = Lock()


def read(texts: Iterable[str | None]) -> dict[str, int]:
    """How many identifiers of which kind these texts hold; remembered. Not for use inside a transaction that writes."""
    given = [text for text in texts if text]
    key = _key(given)
    found = _known(key)
    if found is None:
        found = count(given)
        with _lock:
            _kept[key] = found
            while len(_kept) > KEPT:
                _kept.popitem(last=False)
    return found


def read_before(texts: Iterable[str | None], session: Session | None) -> dict[str, int] | None:
    """As ``read``, inside a transaction: None where reading them now would keep everybody else waiting."""
    given = [text for text in texts if text]
    found = _known(_key(given))
    if found is not None:
        return found
    told = {} if session is None else session.info
    told[_READ] = told.get(_READ, 0) + sum(map(len, given))
    return read(given) if told[_READ] <= READ_AT_ONCE else None


def _known(key: bytes) -> dict[str, int] | None:
    with _lock:
        return _kept.get(key)


def _key(texts: Iterable[str]) -> bytes:
    """The same for the same texts in any order."""
    parts = sorted(hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest() for text in texts)
    return hashlib.sha256(b"".join(parts)).digest()
