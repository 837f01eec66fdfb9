"""The breaker: when calls stop, for how long, and how they start again. The time is a value."""

import pytest

from app.gateway.network.breaker import ACCOUNTS, FAILURES, FIRST_PAUSE, LONGEST_PAUSE, PROBE_LOST, Breaker


def opened(account: str | None = None, now: float = 0) -> Breaker:
    breaker = Breaker()
    for _ in range(FAILURES):
        assert breaker.admit(account, now)
        breaker.failed(account, now)
    return breaker


def test_calls_stop_after_several_failures_in_a_row() -> None:
    breaker = Breaker()
    for _ in range(FAILURES - 1):
        breaker.failed(None, 0)
    assert breaker.admit(None, 0)
    breaker.failed(None, 0)
    assert not breaker.admit(None, 0)


def test_an_answer_resets_the_count() -> None:
    breaker = Breaker()
    for _ in range(3 * FAILURES):
        breaker.failed(None, 0)
        breaker.answered(None)
    assert breaker.admit(None, 0)


def test_after_the_pause_one_call_is_sent_and_its_answer_allows_the_others() -> None:
    breaker = opened()
    assert not breaker.admit(None, FIRST_PAUSE - 0.1)
    assert breaker.admit(None, FIRST_PAUSE)
    assert not breaker.admit(None, FIRST_PAUSE), "a second probe went out beside the first"
    breaker.answered(None)
    assert breaker.admit(None, FIRST_PAUSE)
    assert breaker.admit(None, FIRST_PAUSE)


def test_each_probe_without_an_answer_doubles_the_pause_up_to_a_limit() -> None:
    breaker, now, pauses = opened(), 0.0, []
    for _ in range(5):
        began = now
        while not breaker.admit(None, now):
            now += 0.5
        pauses.append(now - began)
        breaker.failed(None, now)
    assert pauses == [FIRST_PAUSE, 2 * FIRST_PAUSE, 4 * FIRST_PAUSE, LONGEST_PAUSE, LONGEST_PAUSE]


def test_a_probe_that_was_not_sent_lets_the_next_call_be_the_probe() -> None:
    breaker = opened()
    assert breaker.admit(None, FIRST_PAUSE)
    breaker.not_asked(None)
    assert breaker.admit(None, FIRST_PAUSE)


def test_a_probe_that_reports_nothing_is_forgotten_after_a_while() -> None:
    breaker = opened()
    assert breaker.admit(None, FIRST_PAUSE)
    assert not breaker.admit(None, FIRST_PAUSE + PROBE_LOST - 1)
    assert breaker.admit(None, FIRST_PAUSE + PROBE_LOST)


@pytest.mark.parametrize("other", [None, "acct_other"])
def test_an_account_that_gets_no_answer_does_not_stop_another_one(other: str | None) -> None:
    assert opened("acct_one").admit(other, 0)


def test_the_number_of_remembered_accounts_has_a_limit() -> None:
    breaker = opened("acct_first")
    for number in range(ACCOUNTS):
        breaker.failed(f"acct_{number}", 0)
    assert breaker.admit("acct_first", 0)
