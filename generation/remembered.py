"""The last few things that were made, for whoever asks for the same again: the ads of a batch share much."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Generic, TypeVar

T = TypeVar("T")


class Remembered(Generic[T]):
    """At most ``most`` of them, the least lately asked for goes first. For values that nobody changes; any thread may ask."""

    def __init__(self, most: int) -> None:
        self._most, self._known, self._lock = most, OrderedDict[Hashable, T](), Lock()

    def of(self, key: Hashable, make: Callable[[], T]) -> T:
        """What was made for this key, or ``make`` now; nothing is remembered of a ``make`` that raises."""
        with self._lock:
            if key in self._known:
                self._known.move_to_end(key)
                return self._known[key]
        made = make()  # outside the lock: two that ask at once make it twice, and none waits for another's key
        with self._lock:
            self._known[key] = made
            while len(self._known) > self._most:
                self._known.popitem(last=False)
        return made
