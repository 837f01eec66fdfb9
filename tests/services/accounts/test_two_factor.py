"""The second step of a log-in: each code works once, wrong codes end the log-in, and recovery codes help without the app."""

import re
from concurrent.futures import ThreadPoolExecutor

import pyotp
import pytest

from app.errors import AccessError, InvalidRequest
from app.objects.change import COMMAND_LINE
from app.objects.user import User
from app.services.accounts import logins, two_factor
from app.services.accounts.logins import CODE_SECONDS
from app.services.accounts.two_factor import RECOVERY_CODES, STEP_SECONDS, TRIES
from app.store import Store
from tests.support.build import NOW, an_organization

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def code_at(moment: int) -> str:
    """Return the code that the app shows, computed by RFC 6238 and not by our service."""
    return pyotp.TOTP(SECRET).at(moment)


@pytest.fixture
def ada(store: Store) -> User:
    """Return a user whose second step has been on for an hour."""
    if store.organization("org_apiary") is None:
        store.add_organization(an_organization())
    user = User(id="user_ada", created=NOW, email="ada@example.com", organization="org_apiary", password_hash="none")
    assert store.add_user(user)
    two_factor.switch_on(store, user, SECRET, code_at(NOW - 3600), NOW - 3600)
    return store.user("user_ada") or user


def waiting(store: Store, ada: User, now: int = NOW) -> str:
    """Return the token of a log-in whose password was right."""
    return logins.create_login(store, store.user(ada.id) or ada, now)


def test_a_log_in_opens_nothing_before_its_code_and_everything_after(store: Store, ada: User) -> None:
    token = waiting(store, ada)
    with pytest.raises(AccessError):
        logins.authenticate(store, token, NOW)
    confirmed = two_factor.confirm_login(store, token, code_at(NOW), NOW)
    assert logins.authenticate(store, confirmed, NOW).user.id == ada.id
    with pytest.raises(AccessError):
        logins.authenticate(store, token, NOW)


@pytest.mark.parametrize("seconds", [-STEP_SECONDS, 0, STEP_SECONDS])
def test_the_clock_of_a_phone_may_differ_by_a_step(store: Store, ada: User, seconds: int) -> None:
    assert two_factor.confirm_login(store, waiting(store, ada), code_at(NOW + seconds), NOW)


@pytest.mark.parametrize("code", ["", "000000", "abcdef", "１２", "\udcff", "x" * 5000, "9999-9999"])
def test_a_wrong_code_confirms_nothing(store: Store, ada: User, code: str) -> None:
    with pytest.raises(AccessError):
        two_factor.confirm_login(store, waiting(store, ada), code, NOW)


@pytest.mark.parametrize("seconds", [-5 * STEP_SECONDS, -2 * STEP_SECONDS, 2 * STEP_SECONDS])
def test_an_old_and_a_future_code_confirm_nothing(store: Store, ada: User, seconds: int) -> None:
    with pytest.raises(AccessError):
        two_factor.confirm_login(store, waiting(store, ada), code_at(NOW + seconds), NOW)


def test_a_code_and_the_codes_before_it_work_once(store: Store, ada: User) -> None:
    two_factor.confirm_login(store, waiting(store, ada), code_at(NOW), NOW)
    for used in (code_at(NOW), code_at(NOW - STEP_SECONDS)):
        with pytest.raises(AccessError):
            two_factor.confirm_login(store, waiting(store, ada), used, NOW)
    later = NOW + STEP_SECONDS
    assert two_factor.confirm_login(store, waiting(store, ada, later), code_at(later), later)


def test_the_code_that_switched_it_on_opens_no_log_in(store: Store, ada: User) -> None:
    then = NOW - 3600
    with pytest.raises(AccessError):
        two_factor.confirm_login(store, waiting(store, ada, then), code_at(then), then)


def test_a_code_that_two_requests_send_at_once_works_once(store: Store, ada: User) -> None:
    tokens = [waiting(store, ada) for _ in range(4)]

    def confirm(token: str) -> bool:
        try:
            return bool(two_factor.confirm_login(store, token, code_at(NOW), NOW))
        except AccessError:
            return False

    with ThreadPoolExecutor(len(tokens)) as threads:
        assert sum(threads.map(confirm, tokens)) == 1


@pytest.mark.parametrize("written", [str, str.lower, lambda code: code.replace("-", " "), lambda code: f" {code} "])
def test_a_recovery_code_works_once_however_it_is_written(store: Store, ada: User, written: object) -> None:
    first = two_factor.recovery_codes(SECRET)[0]
    code = written(first)  # type: ignore[operator]
    assert two_factor.confirm_login(store, waiting(store, ada), code, NOW)
    with pytest.raises(AccessError):
        two_factor.confirm_login(store, waiting(store, ada), first, NOW)
    assert len((store.user(ada.id) or ada).recovery_hashes) == RECOVERY_CODES - 1


def test_recovery_codes_differ_and_are_stored_as_hashes(ada: User) -> None:
    codes = two_factor.recovery_codes(SECRET)
    assert len(set(codes)) == RECOVERY_CODES
    assert all(re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}", code) for code in codes)
    assert two_factor.recovery_codes(two_factor.new_secret()) != codes
    assert not any(code in ada.model_dump_json() or code.replace("-", "") in ada.model_dump_json() for code in codes)


def test_wrong_codes_end_the_log_in(store: Store, ada: User) -> None:
    token = waiting(store, ada)
    for _ in range(TRIES):
        assert logins.waiting_user(store, token, NOW) is not None
        with pytest.raises(AccessError):
            two_factor.confirm_login(store, token, "000000", NOW)
    assert logins.waiting_user(store, token, NOW) is None
    with pytest.raises(AccessError):
        two_factor.confirm_login(store, token, code_at(NOW), NOW)


def test_a_log_in_waits_ten_minutes_for_its_code(store: Store, ada: User) -> None:
    token = waiting(store, ada)
    with pytest.raises(AccessError):
        two_factor.confirm_login(store, token, code_at(NOW + CODE_SECONDS), NOW + CODE_SECONDS)


def test_a_complete_log_in_needs_no_code_and_gives_none(store: Store, ada: User) -> None:
    confirmed = two_factor.confirm_login(store, waiting(store, ada), code_at(NOW), NOW)
    later = NOW + STEP_SECONDS
    with pytest.raises(AccessError):
        two_factor.confirm_login(store, confirmed, code_at(later), later)


def test_it_is_switched_on_with_a_right_code_only_and_once(store: Store, ada: User) -> None:
    two_factor.reset(store, ada, NOW, actor=COMMAND_LINE)
    user = store.user(ada.id) or ada
    with pytest.raises(InvalidRequest):
        two_factor.switch_on(store, user, SECRET, "000000", NOW)
    assert (store.user(ada.id) or ada).totp_secret is None
    two_factor.switch_on(store, user, SECRET, code_at(NOW), NOW)
    with pytest.raises(InvalidRequest):
        two_factor.switch_on(store, user, two_factor.new_secret(), code_at(NOW), NOW)
    assert (store.user(ada.id) or ada).totp_secret == SECRET
    told = [(change.what, change.actor.kind) for change in store.changes("org_apiary")[0]]
    assert told == [
        ("user.two_factor_on", "user"), ("user.two_factor_off", "command"), ("user.two_factor_on", "user"),
    ]  # fmt: skip
    assert SECRET not in "".join(change.model_dump_json() for change in store.changes("org_apiary")[0])
