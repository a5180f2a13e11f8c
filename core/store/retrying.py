"""Retries of transactions that collided with another: the one place that does so."""

import functools
import random
import time
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from sqlalchemy.orm import Session

from core.domain.errors import Collision
from core.store.database import Store

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")

TRIES = 8
LONGEST_WAIT = 0.5
"""Seconds before the last try: together at most about a second, which nobody who pressed a key takes for a failure."""


def retried(act: Callable[Arguments, Result]) -> Callable[Arguments, Result]:
    """Around a function of one writing transaction: where that collided with another, it is run again, some times.

    The database undid the transaction whole. Run again it sees what the other one did, so that a conflict of what two
    people mean still comes out as one, and only the accident of the moment goes away.

    Raises:
        Collision: it collided every time.
    """

    @functools.wraps(act)
    def run(*args: Arguments.args, **kwargs: Arguments.kwargs) -> Result:
        for attempt in range(1, TRIES):
            try:
                return act(*args, **kwargs)
            except Collision:
                # at random, or two that collided once would meet again
                time.sleep(random.uniform(0, LONGEST_WAIT * 2.0 ** (attempt + 1 - TRIES)))
        return act(*args, **kwargs)

    return run


@retried
def written(store: Store, act: Callable[[Session], Result]) -> Result:
    """Run one step of something longer in a writing transaction of its own.

    Raises:
        Collision: it collided every time.
    """
    with store.write() as session:
        return act(session)
