"""Who may open the console: users with a password, and log-ins that end."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher

from app.errors import AccessError, InvalidRequest, ResourceMissing
from app.objects.organization import Organization
from app.objects.user import User
from app.services.accounts import keys, users
from app.services.accounts.users import IDLE_SECONDS, MAXIMUM_SECONDS
from app.store import Store
from tests.support.build import NOW
from tests.support.files import files_that_hold
from tests.support.shop import PASSWORD


@pytest.fixture
def ada(store: Store, organization: Organization) -> User:
    return users.create(store, organization.id, "Ada@Example.com", PASSWORD, NOW)


def test_a_user_is_kept_with_the_address_in_lower_case(store: Store, ada: User, organization: Organization) -> None:
    assert ada.id.startswith("user_")
    assert (ada.email, ada.organization, ada.created) == ("ada@example.com", organization.id, NOW)
    assert users.retrieve(store, " ADA@example.COM ") == ada
    with pytest.raises(ResourceMissing):
        users.retrieve(store, "bob@example.com")


def test_neither_password_nor_token_is_in_the_database(store: Store, ada: User, tmp_path: Path) -> None:
    token = users.log_in(store, ada.email, PASSWORD, NOW)
    assert ada.password_hash.startswith("$argon2id$")
    store.close()
    for secret in (PASSWORD, token):
        assert files_that_hold(secret, tmp_path) == []


def test_an_address_is_taken_once_whatever_its_case(store: Store, ada: User, organization: Organization) -> None:
    other = keys.create_organization(store, "Other", NOW)
    for owner in (organization, other):
        with pytest.raises(InvalidRequest, match="already") as refused:
            users.create(store, owner.id, "ADA@EXAMPLE.COM", PASSWORD, NOW)
        assert refused.value.param == "email"


@pytest.mark.parametrize("email", ["", "ada", "ada@", "@example.com", "ada@exa mple.com", f"{'a' * 250}@example.com"])
def test_what_is_no_address_makes_no_user(store: Store, organization: Organization, email: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        users.create(store, organization.id, email, PASSWORD, NOW)
    assert refused.value.param == "email"


def test_an_address_that_mail_never_reaches_is_refused_with_the_reason(
    store: Store, organization: Organization
) -> None:
    with pytest.raises(InvalidRequest, match="special-use or reserved"):
        users.create(store, organization.id, "ada@shop.local", PASSWORD, NOW)


def test_nobody_becomes_a_user_of_an_organization_that_is_not_there(store: Store) -> None:
    with pytest.raises(ResourceMissing):
        users.create(store, "org_none", "ada@example.com", PASSWORD, NOW)


@pytest.mark.parametrize("password", ["", "eleven char", "x" * 201, "abababababab", "Ada@example.com"])
def test_a_password_that_is_easily_guessed_is_refused(store: Store, ada: User, password: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        users.set_password(store, ada, password)
    assert refused.value.param == "password"
    users.log_in(store, ada.email, PASSWORD, NOW)


@pytest.mark.parametrize("password", ["twelve chars", "y" * 96 + "zabc" * 26, "käferköniginüber", "пчела на тимьяне"])
def test_what_people_choose_is_taken(store: Store, ada: User, password: str) -> None:
    users.set_password(store, ada, password)
    users.log_in(store, ada.email, password, NOW)


def test_a_log_in_opens_the_organization_of_its_user(store: Store, ada: User, organization: Organization) -> None:
    token = users.log_in(store, " Ada@EXAMPLE.com", PASSWORD, NOW)
    assert users.authenticate(store, token, NOW) == (ada, organization)


WRONG = {
    "another password": ("ada@example.com", "nine bees on sage"),
    "no password": ("ada@example.com", ""),
    "in capitals": ("ada@example.com", PASSWORD.upper()),
    "with a space": ("ada@example.com", f"{PASSWORD} "),
    "a very long one": ("ada@example.com", PASSWORD + "x" * 100_000),
    "another user": ("bob@example.com", PASSWORD),
    "nobody": ("", PASSWORD),
    "a NUL": ("ada@example.com\x00", PASSWORD),
    "a very long address": ("a" * 100_000, PASSWORD),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_log_in_opens_nothing(store: Store, ada: User, wrong: str) -> None:
    with pytest.raises(AccessError) as refused:
        users.log_in(store, *WRONG[wrong], NOW)
    assert str(refused.value) == AccessError.message


def test_whether_there_is_such_a_user_cannot_be_told_by_the_time_it_takes(store: Store, ada: User) -> None:
    """Compare processor time, which other work on the machine does not change."""

    def seconds(email: str) -> float:
        began = time.process_time()
        with pytest.raises(AccessError):
            users.log_in(store, email, "another password", NOW)
        return time.process_time() - began

    seconds("bob@example.com")
    known, unknown = (min(seconds(email) for _ in range(5)) for email in (ada.email, "bob@example.com"))
    assert known / 3 < unknown < known * 3


@pytest.mark.parametrize("token", [None, "", "x", "x" * 100_000, "\x00"])
def test_what_is_no_token_opens_nothing(store: Store, ada: User, token: str | None) -> None:
    with pytest.raises(AccessError):
        users.authenticate(store, token, NOW)


def test_a_log_in_ends_when_it_is_not_used(store: Store, ada: User) -> None:
    token = users.log_in(store, ada.email, PASSWORD, NOW)
    users.authenticate(store, token, NOW + IDLE_SECONDS - 1)
    users.authenticate(store, token, NOW + 2 * IDLE_SECONDS - 2)
    with pytest.raises(AccessError):
        users.authenticate(store, token, NOW + 3 * IDLE_SECONDS - 2)


def test_a_log_in_ends_some_time_however_much_it_is_used(store: Store, ada: User) -> None:
    token = users.log_in(store, ada.email, PASSWORD, NOW)
    last = NOW + MAXIMUM_SECONDS
    for now in range(NOW, last, IDLE_SECONDS // 2):
        users.authenticate(store, token, now)
    users.authenticate(store, token, last - 1)
    with pytest.raises(AccessError):
        users.authenticate(store, token, last)


def test_use_is_noted_once_a_minute(store: Store, ada: User) -> None:
    token = users.log_in(store, ada.email, PASSWORD, NOW)
    (hash,) = (row["hash"] for row in store.engine.rows("SELECT hash FROM logins"))  # type: ignore[attr-defined]

    def ends_at() -> int:
        login = store.login(hash)
        assert login is not None
        return login.ends_at - IDLE_SECONDS - NOW

    seen = []
    for later in (0, 59, 60, 119, 120):
        users.authenticate(store, token, NOW + later)
        seen.append(ends_at())
    assert seen == [0, 0, 60, 60, 120]


def test_a_log_out_ends_one_log_in(store: Store, ada: User) -> None:
    one, other = (users.log_in(store, ada.email, PASSWORD, NOW) for _ in range(2))
    assert one != other
    users.log_out(store, one)
    with pytest.raises(AccessError):
        users.authenticate(store, one, NOW)
    users.authenticate(store, other, NOW)


def test_a_new_password_ends_the_old_one_and_every_log_in(store: Store, ada: User) -> None:
    token = users.log_in(store, ada.email, PASSWORD, NOW)
    changed = users.set_password(store, ada, "ten bees on lavender")
    with pytest.raises(AccessError):
        users.authenticate(store, token, NOW)
    with pytest.raises(AccessError):
        users.log_in(store, ada.email, PASSWORD, NOW)
    token = users.log_in(store, ada.email, "ten bees on lavender", NOW)
    assert users.authenticate(store, token, NOW)[0] == changed


class Meanwhile:
    """A store in front of which something happens after the user was read and before anything is written."""

    def __init__(self, store: Store, happens: Callable[[], object]) -> None:
        self._store = store
        self._happens = happens

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def run(self, work: Callable[[], Any]) -> Any:
        self._happens()
        return self._store.run(work)


def weakly_hashed(store: Store, user: User) -> User:
    weak = user.model_copy(
        update={"password_hash": PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)}
    )
    store.save_user(weak)
    return weak


@pytest.mark.parametrize("weak", [False, True])
def test_a_password_that_is_changed_during_a_log_in_opens_nothing(store: Store, ada: User, *, weak: bool) -> None:
    ada = weakly_hashed(store, ada) if weak else ada
    changing = Meanwhile(store, lambda: users.set_password(store, ada, "ten bees on lavender"))
    with pytest.raises(AccessError):
        users.log_in(changing, ada.email, PASSWORD, NOW)
    assert store.engine.rows("SELECT hash FROM logins") == []  # type: ignore[attr-defined]
    users.log_in(store, ada.email, "ten bees on lavender", NOW)


def test_a_user_who_is_deleted_during_a_log_in_is_refused(store: Store, ada: User) -> None:
    leaving = Meanwhile(store, lambda: store.delete_user(ada.id))
    with pytest.raises(AccessError):
        users.log_in(leaving, ada.email, PASSWORD, NOW)


def test_two_log_ins_at_once_may_both_make_a_weak_hash_anew(store: Store, ada: User) -> None:
    ada = weakly_hashed(store, ada)
    together = Meanwhile(store, lambda: users.log_in(store, ada.email, PASSWORD, NOW))
    token = users.log_in(together, ada.email, PASSWORD, NOW)
    assert users.authenticate(store, token, NOW)[0].id == ada.id


def test_of_two_who_change_a_password_at_once_the_second_is_refused(store: Store, ada: User) -> None:
    first = Meanwhile(store, lambda: users.change_password(store, ada, PASSWORD, "ten bees on lavender", NOW))
    with pytest.raises(AccessError):
        users.change_password(first, ada, PASSWORD, "six bees on rosemary", NOW)
    users.log_in(store, ada.email, "ten bees on lavender", NOW)


def test_a_domain_is_the_same_in_its_own_letters_and_in_ascii(store: Store, organization: Organization) -> None:
    users.create(store, organization.id, "mara@k\u00e4fer.example.com", PASSWORD, NOW)
    for email in ("mara@xn--kfer-loa.example.com", "Mara@K\u00c4FER.example.com", "mara@ka\u0308fer.example.com"):
        users.log_in(store, email, PASSWORD, NOW)
        with pytest.raises(InvalidRequest, match="already"):
            users.create(store, organization.id, email, PASSWORD, NOW)


def test_bytes_that_are_no_text_are_refused(store: Store, ada: User, organization: Organization) -> None:
    with pytest.raises(InvalidRequest, match="UTF-8"):
        users.set_password(store, ada, "nine bees on caf\udce9")
    with pytest.raises(InvalidRequest) as refused:
        users.create(store, organization.id, "ad\udce9@example.com", PASSWORD, NOW)
    assert refused.value.param == "email"
    with pytest.raises(ResourceMissing):
        users.retrieve(store, "ad\udce9@example.com")


def test_a_deleted_user_is_not_recognised_any_more(store: Store, ada: User) -> None:
    token = users.log_in(store, ada.email, PASSWORD, NOW)
    store.delete_user(ada.id)
    with pytest.raises(AccessError):
        users.authenticate(store, token, NOW)


def test_a_hash_of_weaker_parameters_is_made_anew_at_the_next_log_in(store: Store, ada: User) -> None:
    weakly_hashed(store, ada)
    token = users.log_in(store, ada.email, PASSWORD, NOW)
    kept = store.user(ada.id)
    assert kept is not None
    assert kept.password_hash.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert users.authenticate(store, token, NOW)[0] == kept
    users.log_in(store, ada.email, PASSWORD, NOW)
    assert store.user(ada.id) == kept


def test_letters_may_be_composed_in_two_ways(store: Store, ada: User) -> None:
    users.set_password(store, ada, "k\u00f6nigin der bienen")
    users.log_in(store, ada.email, "ko\u0308nigin der bienen", NOW)
