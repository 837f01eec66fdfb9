"""A request can be read before somebody takes it."""

import socket
from collections.abc import Callable, Iterator

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
