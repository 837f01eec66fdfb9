"""Where a request ends is found in whatever pieces it comes, with work that grows no faster than the request."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.serving.incoming_request import MAXIMUM_BODY, MAXIMUM_HEAD, IncomingRequest

GET = b"GET /pay/honey HTTP/1.1\r\nHost: pay.example.com\r\n\r\n"
POST = b"POST /pay/honey HTTP/1.1\r\nHost: x\r\nContent-Length: 11\r\n\r\nhello=world"
CHUNKED = b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel\r\n\r\n6;a=b\r\n world\r\n0\r\n\r\n"
TRAILERS = CHUNKED[:-2] + b"Digest: x\r\n\r\n"
WHOLE = [GET, POST, CHUNKED, TRAILERS, POST.replace(b"Content-Length", b"content-LENGTH \t")]


def fed(*pieces: bytes) -> IncomingRequest:
    arriving = IncomingRequest()
    for piece in pieces:
        arriving.feed(piece)
    return arriving


@pytest.mark.parametrize("request_", WHOLE)
def test_a_request_is_whole_with_its_last_byte_and_not_before(request_: bytes) -> None:
    arriving = IncomingRequest()
    for at in range(len(request_)):
        assert not arriving.ready, f"ready before byte {at}"
        arriving.feed(request_[at : at + 1])
    assert arriving.complete
    assert arriving.take() == (request_, b"")


@given(st.sampled_from(WHOLE), st.sampled_from(WHOLE), st.lists(st.integers(1, 200), max_size=12))
def test_a_request_is_told_from_the_next_one_however_both_are_cut(first: bytes, second: bytes, cuts: list[int]) -> None:
    together, arriving, at = first + second, IncomingRequest(), 0
    for cut in (*cuts, len(together)):
        arriving.feed(together[at : at + cut])
        at += cut
        if arriving.ready:
            break
    one, rest = arriving.take()
    assert one == first
    assert (rest + together[at:]).startswith(second)


@pytest.mark.parametrize("before", [b"\r\n", b"\r\n\r\n", b"\n", b"\r"])
def test_empty_lines_before_a_request_are_no_request(before: bytes) -> None:
    assert not fed(before).ready
    assert fed(before, GET).take() == (GET, b"")
    assert fed(before + GET[:5], GET[5:]).take() == (GET, b"")


@pytest.mark.parametrize(
    "head",
    [
        pytest.param(b"GET /%s" % (b"a" * MAXIMUM_HEAD), id="a head without an end"),
        pytest.param(b"POST / HTTP/1.1\r\nContent-Length: 99999999\r\n\r\n", id="a body that is too long"),
        pytest.param(b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", id="no chunk"),
        pytest.param(
            b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n%s" % (b"0" * 5000), id="a long chunk size"
        ),
        pytest.param(
            b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n%s" % (b"1\r\nx\r\n" * 200_000), id="too many chunks"
        ),
        pytest.param(
            b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n%s" % (b"a: b\r\n" * 20_000),
            id="endless trailers",
        ),
    ],
)
def test_what_will_be_refused_is_not_waited_for(head: bytes) -> None:
    arriving = fed(head)
    assert arriving.too_long
    assert not arriving.complete


def test_a_body_as_long_as_the_application_takes_is_waited_for() -> None:
    head = b"POST / HTTP/1.1\r\nContent-Length: %d\r\n\r\n" % MAXIMUM_BODY
    arriving = fed(head, b"x" * (MAXIMUM_BODY - 1))
    assert not arriving.ready
    arriving.feed(b"x")
    assert arriving.complete


def test_who_waits_to_be_asked_for_the_body_is_known() -> None:
    assert fed(POST.replace(b"Host: x", b"Expect: 100-Continue")).expects_continue
    assert not fed(POST).expects_continue


@pytest.mark.parametrize(
    "endless",
    [
        pytest.param(b"a", id="a head"),
        pytest.param(b"\r\n", id="empty lines"),
    ],
)
def test_small_pieces_cost_no_more_than_in_proportion_to_their_number(endless: bytes) -> None:
    assert_linear(b"", endless, 20_000)


@pytest.mark.parametrize(
    ("head", "piece"),
    [
        pytest.param(b"", b"x", id="a body"),
        pytest.param(b"0\r\n", b"a: b\r\n", id="trailers"),
        pytest.param(b"1;", b"x", id="a chunk's extension"),
        pytest.param(b"fffff\r\n", b"\r\n", id="a chunk"),
        pytest.param(b"", b"1\r\nx\r\n", id="chunks"),
    ],
)
def test_small_pieces_of_a_body_cost_no_more_either(head: bytes, piece: bytes) -> None:
    assert_linear(b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n" + head, piece, 20_000)


def assert_linear(head: bytes, piece: bytes, number: int) -> None:
    """Ten times as many pieces take about ten times as long, and by no means a hundred times."""

    def seconds(pieces: int) -> float:
        arriving = fed(head)
        began = time.process_time()
        for _ in range(pieces):
            arriving.feed(piece)
        return time.process_time() - began

    short = max(min(seconds(number // 10) for _ in range(3)), 0.002)
    assert seconds(number) < 40 * short


def test_a_request_is_alone_without_a_body_and_without_the_beginning_of_the_next_one() -> None:
    assert [fed(GET).is_alone, fed(GET[:40], GET[40:]).is_alone] == [True, True]
    assert not any(fed(sent).is_alone for sent in (GET[:-1], GET + b"G", POST, CHUNKED))
