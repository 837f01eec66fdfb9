"""The pace for work in bulk: evenly spread calls, and pauses when Stripe says that there are too many."""

import itertools

import pytest

from app.errors import GatewayUnavailable, TooManyCalls
from app.gateway.network.pace import LIVE_PER_SECOND, LONGEST_PAUSE, TEST_PER_SECOND, TRIES, Pace


class Time:
    """A clock that moves only when a caller sleeps."""

    def __init__(self) -> None:
        self.now = 100.0

    def clock(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def pace(time: Time) -> Pace:
    return Pace(20, clock=time.clock, sleep=time.sleep)


def test_calls_go_out_evenly(pace: Pace, time: Time) -> None:
    starts = [pace.call(time.clock) for _ in range(43)][3:]
    assert starts[-1] - starts[0] == pytest.approx(39 * 0.05)
    assert min(later - earlier for earlier, later in itertools.pairwise(starts)) == pytest.approx(0.05)


@pytest.mark.parametrize(("pace_of", "limit"), [(LIVE_PER_SECOND, 100), (TEST_PER_SECOND, 25)])
def test_no_second_has_more_calls_than_stripe_takes_even_after_a_delay(time: Time, pace_of: int, limit: int) -> None:
    pace = Pace(pace_of, clock=time.clock, sleep=time.sleep)
    starts = [pace.call(time.clock) for _ in range(pace_of)]
    time.now += 0.3
    starts += [pace.call(time.clock) for _ in range(2 * pace_of)]
    most = max(sum(start <= other < start + 1 for other in starts) for start in starts)
    assert pace_of <= most < limit


def test_a_call_that_comes_late_does_not_wait(pace: Pace, time: Time) -> None:
    pace.call(time.clock)
    time.now += 10
    assert pace.call(time.clock) == 110


def test_too_many_calls_are_repeated_after_growing_pauses(pace: Pace, time: Time) -> None:
    tried: list[float] = []

    def ask() -> str:
        tried.append(time.now)
        if len(tried) < 4:
            raise TooManyCalls
        return "answered"

    assert pace.call(ask) == "answered"
    assert [later - earlier for earlier, later in itertools.pairwise(tried)] == pytest.approx([1, 2, 4])


def test_an_answer_shortens_the_pauses_again(pace: Pace, time: Time) -> None:
    answers = iter([True, False, True, False])
    tried: list[float] = []

    def ask() -> None:
        tried.append(time.now)
        if next(answers):
            raise TooManyCalls

    pace.call(ask)
    pace.call(ask)
    assert tried[3] - tried[2] == pytest.approx(1)


def test_a_call_is_given_up_in_the_end(pace: Pace, time: Time) -> None:
    tried: list[float] = []

    def ask() -> None:
        tried.append(time.now)
        raise TooManyCalls

    with pytest.raises(TooManyCalls):
        pace.call(ask)
    assert len(tried) == TRIES
    assert tried[-1] - tried[-2] <= LONGEST_PAUSE + 0.05


def test_another_error_is_not_repeated(pace: Pace, time: Time) -> None:
    tried: list[float] = []

    def ask() -> None:
        tried.append(time.now)
        raise GatewayUnavailable

    with pytest.raises(GatewayUnavailable):
        pace.call(ask)
    assert len(tried) == 1
