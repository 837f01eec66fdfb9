"""A clock that stands still until a test moves it."""

from dataclasses import dataclass

from tests.support.build import NOW


@dataclass
class Clock:
    """Time in Unix seconds. Call it to read it, set `now` to move it."""

    now: int = NOW

    def __call__(self) -> int:
        return self.now
