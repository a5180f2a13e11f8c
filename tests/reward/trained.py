"""A training run to its end."""

from collections.abc import Generator, Iterator

from core.reward.training.events import Event, Refused, TrainingResult


def events_and_result(
    steps: Generator[Event, None, TrainingResult | Refused],
) -> Iterator[Event | TrainingResult]:
    """The events of a training, and after them its result where it was not refused."""
    result = yield from steps
    if isinstance(result, TrainingResult):
        yield result
