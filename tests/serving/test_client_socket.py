"""A response is sent with as few calls as possible, and without waiting where nobody may wait."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.serving.client_socket import ClientSocket

Pair = tuple[ClientSocket, socket.socket]


@pytest.fixture
def pair() -> Iterator[Pair]:
    """A socket of a server and that of its client, which receives what one call has sent as one message."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    theirs.settimeout(10)
    with ours, theirs:
        yield ClientSocket(ours), theirs


@pytest.fixture
def stream() -> Iterator[Pair]:
    ours, theirs = socket.socketpair()
    theirs.settimeout(10)
    with ours, theirs:
        yield ClientSocket(ours), theirs


def test_a_head_is_sent_together_with_the_first_piece_of_the_body(pair: Pair) -> None:
    ours, theirs = pair
    ours.hold()
    for piece in (b"head,", b"first", b"second"):
        ours.sendall(piece)
    assert [theirs.recv(100), theirs.recv(100)] == [b"head,first", b"second"]


def test_a_head_without_a_body_is_sent_when_the_response_ends(pair: Pair) -> None:
    ours, theirs = pair
    ours.hold()
    ours.sendall(b"head")
    ours.flush()
    ours.sendall(b"next")
    assert [theirs.recv(100), theirs.recv(100)] == [b"head", b"next"]


def test_a_head_goes_before_a_file(stream: Pair, tmp_path: Path) -> None:
    ours, theirs = stream
    file = tmp_path / "file"
    file.write_bytes(b"contents")
    ours.hold()
    ours.sendall(b"head,")
    with file.open("rb") as opened:
        ours.sendfile(opened, offset=0, count=8)
    ours.close()
    assert b"".join(iter(lambda: theirs.recv(100), b"")) == b"head,contents"


def test_a_head_that_was_dropped_is_never_sent(pair: Pair) -> None:
    ours, theirs = pair
    ours.hold()
    ours.sendall(b"head")
    ours.drop()
    ours.sendall(b"error")
    assert theirs.recv(100) == b"error"


def test_what_has_no_room_is_kept_and_sent_later_in_the_same_order(stream: Pair) -> None:
    ours, theirs = stream
    sent = bytes(range(256)) * 20_000
    ours.waits = False
    ours.sendall(sent)
    ours.sendall(b"the end")
    assert not ours.is_lost
    assert ours.unsent.endswith(b"the end")
    received = b""
    while len(received) < len(sent) + len(b"the end") - len(ours.unsent):
        received += theirs.recv(100_000)
    ours.unsent, rest = ours.unsent[:1000], ours.unsent[1000:]
    ours.send_rest()
    assert received + theirs.recv(1000) + rest == sent + b"the end"
    assert ours.unsent == b""


def test_a_client_that_has_gone_is_noticed_without_waiting(stream: Pair) -> None:
    ours, theirs = stream
    theirs.close()
    ours.waits = False
    ours.sendall(b"anything")
    assert ours.is_lost
