"""How much work a request does, counted and not timed."""

import sys
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from types import FrameType
from typing import Any

PARSERS = ("/urllib/parse.py", "/werkzeug/", "/json/")
"""What turns bytes into fields does something for each byte, whatever they say."""


SHORT = 300
"""Texts of this length cost nothing that counts. Some libraries normalize such a text letter by letter."""


@dataclass
class Work:
    """What was done, in this thread alone."""

    calls: int = 0
    """Calls of functions, in Python and in C, and resumptions of generators: a loop over characters counts once for each."""

    parsing: int = 0
    """The same of parsers."""

    normalized: int = 0
    """The squares of the lengths of normalized texts: `unicodedata.normalize` compares combining marks with each other."""


@contextmanager
def counted() -> Iterator[Work]:
    """Count what is done meanwhile."""
    work = Work()

    def note(frame: FrameType, event: str, function: Any) -> None:
        if event not in {"call", "c_call"}:
            return
        if _is_parser(frame.f_code.co_filename):
            work.parsing += 1
        else:
            work.calls += 1
        if event == "c_call" and function is unicodedata.normalize:
            length = _longest(frame)
            work.normalized += length**2 if length > SHORT else 0

    sys.setprofile(note)
    try:
        yield work
    finally:
        sys.setprofile(None)


@cache
def _is_parser(filename: str) -> bool:
    return any(part in filename for part in PARSERS)


def _longest(frame: FrameType) -> int:
    """The length of the longest text that the calling function holds: what it hands over is not longer."""
    return max((len(value) for value in frame.f_locals.values() if isinstance(value, str)), default=0)
