"""Finds the end of an HTTP request that arrives in pieces, without a thread. Pure: it does no I/O.

This module finds only the end of a request. gunicorn's parser reads the request and checks it.
"""

import re
from typing import Final

MAXIMUM_HEAD: Final = 64 * 1024
MAXIMUM_BODY: Final = 1024 * 1024
"""The same limit as the application's (`app.web`). A longer body is refused by its announced length, without waiting for it."""

_END: Final = b"\r\n\r\n"
_LENGTH: Final = re.compile(rb"\r\ncontent-length[ \t]*:[ \t]*([0-9]{1,18})[ \t]*\r\n", re.IGNORECASE)
_CHUNKED: Final = re.compile(rb"\r\ntransfer-encoding[ \t]*:[^\r\n]*chunked[ \t]*\r\n", re.IGNORECASE)
_CONTINUE: Final = re.compile(rb"\r\nexpect[ \t]*:[ \t]*100-continue[ \t]*\r\n", re.IGNORECASE)
_CHUNK_SIZE: Final = re.compile(rb"[0-9a-f]{1,8}", re.IGNORECASE)
_CHUNK_LINE: Final = 4096


class IncomingRequest:
    """One request. Each byte is read once, also when the pieces are small."""

    def __init__(self) -> None:
        self.data = bytearray()
        self.received = 0
        self.complete = False
        self.too_long = False
        self.expects_continue = False
        self._at = 0
        self._looked_until = 0
        self._chunked = False
        self._last_chunk = False
        self._in_body = False
        self._ends: int | None = None

    @property
    def ready(self) -> bool:
        """Whether the parser can take it: it is complete, or too long to become complete."""
        return self.complete or self.too_long

    @property
    def is_alone(self) -> bool:
        """Whether it is complete, has no body, and nothing of the next request has arrived."""
        return self.complete and not self._chunked and len(self.data) == self._ends == self._at

    def feed(self, piece: bytes) -> None:
        """Add received bytes."""
        self.received += len(piece)
        self.data += piece
        if not self._in_body:
            self._find_head()
        if self._in_body and self._chunked:
            self._follow_chunks()
        if self._ends is not None and len(self.data) >= self._ends:
            self.complete = True
        longest = MAXIMUM_HEAD + MAXIMUM_BODY if self._in_body else MAXIMUM_HEAD
        if not self.complete and (len(self.data) > longest or (self._ends or 0) > longest):
            self.too_long = True

    def take(self) -> tuple[bytes, bytes]:
        """Return the bytes of the request, and the bytes after it, which belong to the next request."""
        ends = self._ends if self.complete and self._ends is not None else len(self.data)
        return bytes(self.data[:ends]), bytes(self.data[ends:])

    def _find_head(self) -> None:
        if self.data.startswith((b"\r", b"\n")):
            # Empty lines may stand before a request (RFC 9112, section 2.2).
            self.data = self.data.lstrip(b"\r\n")
            self._at = 0
        found = self._find(_END, self._at)
        if found is None:
            return
        head = bytes(self.data[: found + len(_END)])
        self._in_body = True
        self._at = self._looked_until = len(head)
        self._chunked = _CHUNKED.search(head) is not None
        self.expects_continue = _CONTINUE.search(head) is not None
        if not self._chunked:
            length = _LENGTH.search(head)
            self._ends = len(head) + (int(length[1]) if length else 0)

    def _follow_chunks(self) -> None:
        """Go from chunk to chunk. Bytes that are not a chunk end the request, so that the parser refuses it."""
        while self._ends is None and not self.too_long and self._at <= len(self.data):
            if self._last_chunk:
                # Trailers may follow the last chunk. An empty line ends the request.
                found = self._find(_END, self._at)
                if found is None:
                    self.too_long = len(self.data) - self._at > MAXIMUM_HEAD
                    return
                self._ends = found + len(_END)
                return
            line_ends = self._find(b"\r\n", self._at)
            if line_ends is None:
                self.too_long = len(self.data) - self._at > _CHUNK_LINE
                return
            size = _CHUNK_SIZE.match(self.data, self._at, line_ends)
            if size is None:
                self.too_long = True
            elif length := int(size[0], 16):
                self._at = self._looked_until = line_ends + 2 + length + 2
            else:
                self._last_chunk = True
                self._at = self._looked_until = line_ends

    def _find(self, what: bytes, start: int) -> int | None:
        """Return the first position of `what` from `start` on. Bytes that were searched before are not searched again."""
        found = self.data.find(what, max(start, self._looked_until - len(what) + 1))
        self._looked_until = max(self._looked_until, len(self.data)) if found < 0 else found
        return None if found < 0 else found
