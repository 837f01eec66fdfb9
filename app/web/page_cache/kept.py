"""The kept pages of one process."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from app.kept import Kept, length_of_texts
from app.web.page_cache.keys import PageKey
from app.web.page_cache.page import Page

_LOCKS: Final = 64


class KeptPages(Kept[PageKey, Page]):
    """Pages by key, up to a number of bytes."""

    def __init__(self, maximum_bytes: int) -> None:
        super().__init__(maximum_bytes, lambda page: page.size, length_of_texts)
        self._making = tuple(threading.Lock() for _ in range(_LOCKS))

    @contextmanager
    def making(self, key: PageKey) -> Iterator[None]:
        """Let one thread at a time make the page of a key."""
        with self._making[hash(key) % _LOCKS]:
            yield
