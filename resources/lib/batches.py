"""Processing long lists in batches, and finding the failing items of a batch by halving it."""
from __future__ import annotations

from typing import Callable, Iterator, List, Optional, Sequence, Tuple, Type, TypeVar

Item = TypeVar('Item')
Result = TypeVar('Result')
Error = TypeVar('Error', bound=Exception)


def chunks(items: Sequence[Item], size: int) -> Iterator[Sequence[Item]]:
    """The items in order, at most ``size`` at a time."""
    for start in range(0, len(items), size):
        yield items[start:start + size]


def by_halves(batch: Sequence[Item], work: Callable[[Sequence[Item]], Result], errors: Tuple[Type[Error], ...],
              hopeless: Optional[int] = None) -> Tuple[List[Result], List[Tuple[Item, Error]]]:
    """Call ``work(batch)``; if it raises one of ``errors``, call it with each half instead, down to single items.

    Returns the results in the order of the batch, and the single items that failed, each with its error. When more
    than ``hopeless`` items all fail, the error is raised, as it is not due to an item.
    """
    try:
        return [work(batch)], []
    except errors as error:
        if len(batch) <= 1:
            return [], [(item, error) for item in batch]
        middle = len(batch) // 2
        results, failures = by_halves(batch[:middle], work, errors, hopeless)
        more_results, more_failures = by_halves(batch[middle:], work, errors, hopeless)
        failures += more_failures
        if hopeless is not None and len(failures) == len(batch) > hopeless:
            raise
        return results + more_results, failures
