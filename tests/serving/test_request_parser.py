"""A request can be read before somebody takes it."""

import socket
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from gunicorn.config import Config
from gunicorn.http.errors import InvalidRequestLine

from app.serving.request_parser import LookingParser

Receive = Callable[[bytes], LookingParser]


@pytest.fixture
def receive() -> Iterator[Receive]:
    """Return a parser that has received these bytes."""
    ours, theirs = socket.socketpair()

    def make(received: bytes) -> LookingParser:
        parser = LookingParser(Config(), ours, ("127.0.0.1", 1))
        parser.unreader.unread(received)
        return parser

    with ours, theirs:
        yield make


def test_a_request_that_was_looked_at_is_the_next_one_and_is_taken_once(receive: Receive) -> None:
    parser = receive(b"GET /first HTTP/1.1\r\nHost: x\r\n\r\nGET /second HTTP/1.1\r\nHost: x\r\n\r\n")
    looked_at = parser.look()
    assert looked_at is not None
    assert next(parser) is looked_at
    assert next(parser).path == "/second"


def test_a_request_that_was_taken_is_not_the_next_one(receive: Receive) -> None:
    parser = receive(b"GET /first HTTP/1.1\r\nHost: x\r\n\r\nGET /second HTTP/1.1\r\nHost: x\r\n\r\n")
    assert parser.look() is parser.take()
    assert next(parser).path == "/second"


def test_what_is_wrong_with_a_request_is_raised_when_it_is_taken(receive: Receive) -> None:
    parser = receive(b"GET nowhere HTTP/1.1\r\nHost: x\r\n\r\n")
    assert parser.look() is None
    with pytest.raises(InvalidRequestLine):
        next(parser)


class Counting:
    """A socket that notes which of its methods are looked up."""

    def __init__(self, target: socket.socket) -> None:
        self._target = target
        self.used: list[str] = []

    def __getattr__(self, name: str) -> Any:
        self.used.append(name)
        return getattr(self._target, name)


def test_nothing_is_asked_of_the_socket_between_two_requests_when_the_first_is_forgotten() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        counting = Counting(ours)
        parser = LookingParser(Config(), counting, ("127.0.0.1", 1))
        parser.unreader.unread(b"GET /first HTTP/1.1\r\nHost: x\r\n\r\nGET /second HTTP/1.1\r\nHost: x\r\n\r\n")
        parser.look()
        parser.take()
        parser.forget()
        counting.used.clear()
        second = parser.look()
    assert second is not None
    assert (second.path, counting.used) == ("/second", [])
