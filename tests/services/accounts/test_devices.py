"""Devices that a user trusts: a log-in there needs no code, for 30 days, until the trust ends in another way."""

from collections.abc import Callable

import pytest

from app.errors import AccessError
from app.objects.change import COMMAND_LINE
from app.objects.user import User
from app.services.accounts import devices, logins, two_factor, users
from app.services.accounts.devices import TRUSTED_SECONDS
from app.services.accounts.logins import LoginNetwork
from app.store import Store
from tests.services.accounts.test_two_factor import SECRET, code_at
from tests.support.build import NOW, an_organization


@pytest.fixture
def ada(store: Store) -> User:
    """Return a user whose second step is on."""
    if store.organization("org_apiary") is None:
        store.add_organization(an_organization())
    return a_user(store, "ada")


def a_user(store: Store, name: str) -> User:
    user = User(id=f"user_{name}", created=NOW, email=f"{name}@x.example", organization="org_apiary", password_hash="-")
    assert store.add_user(user)
    two_factor.switch_on(store, user, SECRET, code_at(NOW - 3600), NOW - 3600)
    return store.user(user.id) or user


def is_let_in(store: Store, user: User, device: str | None, now: int = NOW) -> bool:
    """Return whether a log-in with this device opens the console without a code."""
    network = LoginNetwork("address", lambda _email: None, device)
    token = logins.create_login(store, user, now, network=network)
    try:
        logins.authenticate(store, token, now)
    except AccessError:
        return False
    return True


def test_a_trusted_device_needs_no_code_for_thirty_days(store: Store, ada: User) -> None:
    assert not is_let_in(store, ada, None)
    device = devices.trust_device(store, ada, NOW)
    assert is_let_in(store, ada, device, NOW + TRUSTED_SECONDS - 1)
    assert not is_let_in(store, ada, device, NOW + TRUSTED_SECONDS)


def test_the_trust_of_one_user_helps_no_other_one(store: Store, ada: User) -> None:
    device = devices.trust_device(store, a_user(store, "bob"), NOW)
    assert not is_let_in(store, ada, device)


@pytest.mark.parametrize("token", ["", "x", "x" * 5000])
def test_an_unknown_device_is_not_trusted(store: Store, ada: User, token: str) -> None:
    assert not is_let_in(store, ada, token)


def test_the_token_of_a_device_is_no_log_in_and_a_log_in_no_device(store: Store, ada: User) -> None:
    device = devices.trust_device(store, ada, NOW)
    for token in (device, f"device {device}"):
        with pytest.raises(AccessError):
            logins.authenticate(store, token, NOW)
    assert not is_let_in(store, ada, logins.create_login(store, ada, NOW, confirmed=True))
    assert logins.other_logins(store, ada, "none", NOW)
    assert all(not login.trusts_device for login in logins.other_logins(store, ada, "none", NOW))


@pytest.mark.parametrize(
    "end",
    [
        lambda store, ada: logins.end_other_logins(store, ada, "none"),
        lambda store, ada: users.set_password(store, ada, "a new long password", NOW, actor=COMMAND_LINE),
        lambda store, ada: two_factor.reset(store, ada, NOW, actor=COMMAND_LINE),
    ],
    ids=["logged out everywhere", "a new password", "the second step reset"],
)
def test_the_trust_ends_with(store: Store, ada: User, end: Callable[[Store, User], object]) -> None:
    device = devices.trust_device(store, ada, NOW)
    end(store, ada)
    assert not devices.is_trusted(store, ada, device, NOW)
