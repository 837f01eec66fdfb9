"""The kept pages of one process: the one that was answered longest ago is dropped first."""

import threading
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from app.web.page_cache.keys import PageKey
from app.web.page_cache.page import Page

_LOCKS: Final = 64


class KeptPages:
    """Pages by key, up to a number of bytes. Threads may share it."""

    def __init__(self, maximum_bytes: int) -> None:
        self._maximum = maximum_bytes
        self._pages: OrderedDict[PageKey, Page] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()
        self._making = tuple(threading.Lock() for _ in range(_LOCKS))

    def find(self, key: PageKey) -> Page | None:
        """Return the page of a key, which may no longer be fresh."""
        with self._lock:
            page = self._pages.get(key)
            if page is not None:
                self._pages.move_to_end(key)
            return page

    def keep(self, key: PageKey, page: Page) -> None:
        """Keep a page in place of an earlier one. A page that is larger than everything together is not kept."""
        with self._lock:
            before = self._pages.pop(key, None)
            self._bytes -= before.size if before else 0
            if page.size > self._maximum:
                return
            self._pages[key] = page
            self._bytes += page.size
            while self._bytes > self._maximum:
                _, dropped = self._pages.popitem(last=False)
                self._bytes -= dropped.size

    @contextmanager
    def making(self, key: PageKey) -> Iterator[None]:
        """Let one thread at a time make the page of a key."""
        with self._making[hash(key) % _LOCKS]:
            yield

    @property
    def pages(self) -> list[Page]:
        """The pages, the one that was answered longest ago first."""
        with self._lock:
            return list(self._pages.values())

    @property
    def bytes(self) -> int:
        """How many bytes the pages take."""
        return self._bytes
