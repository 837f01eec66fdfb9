"""The check of the connection to Stripe: the account, each right of the key, and what has no answer."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.gateway.rights import NO_OBJECT
from app.gateway.stripe_gateway import StripeGateway
from app.gateway.transport import WSGIClient
from app.objects.connection import NEEDED_RIGHTS, ConnectionCheck
from app.services.accounts.connection import check_connection, last_check
from app.store import Store, open_store
from tests.gateway.stripe_shaped import KEY, LIVE_KEY
from tests.support.build import NOW, an_organization
from tests.support.migrated import migrated_database
from tests.support.restricted_key import END_OF_KEY, RestrictedKey


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = open_store(migrated_database(tmp_path / "counterfoil.db"))
    store.add_organization(an_organization())
    yield store
    store.close()


def gateway(stripe: RestrictedKey, key: str = KEY) -> StripeGateway:
    return StripeGateway(key, webhook_secret=None, http_client=WSGIClient(stripe), max_network_retries=0)


def checked(store: Store, stripe: RestrictedKey) -> ConnectionCheck:
    return check_connection(store, gateway(stripe), store.organizations()[0], NOW)


def test_a_key_with_every_right_is_connected_with_its_account(store: Store) -> None:
    check = checked(store, RestrictedKey())
    assert (check.problem, check.account, check.account_name, check.country) == (
        None, "acct_1Apiary", "Apiary Ltd", "DE",
    )  # fmt: skip
    assert [(right.resource, right.access, right.allowed) for right in check.rights] == [
        (resource, access, True) for resource, access in NEEDED_RIGHTS
    ]


def test_every_right_is_tried_by_a_call_that_changes_nothing(store: Store) -> None:
    stripe = RestrictedKey()
    checked(store, stripe)
    assert len(stripe.asked) == 1 + len(NEEDED_RIGHTS)
    changing = [path for method, path in stripe.asked if method != "GET"]
    assert changing
    assert {path.rpartition("/")[2] for path in changing} == {NO_OBJECT}


@pytest.mark.parametrize(("resource", "access"), NEEDED_RIGHTS)
def test_a_missing_right_is_found_and_named_as_stripe_names_it(store: Store, resource: str, access: str) -> None:
    path = resource.replace(".", "/")
    check = checked(store, RestrictedKey(f"{path} {access}"))
    (missing,) = [right for right in check.rights if right.allowed is not True]
    assert (missing.resource, missing.access, missing.allowed) == (resource, access, False)
    assert missing.missing == f"rak_{path.replace('/', '_').rstrip('s')}_{access}"


def test_a_key_that_stripe_refuses_is_reported_without_a_part_of_it(store: Store) -> None:
    stripe = RestrictedKey("key")
    check = checked(store, stripe)
    assert check.problem == "Stripe does not accept the API key."
    assert (check.rights, len(stripe.asked)) == ((), 1)
    assert END_OF_KEY not in check.model_dump_json()


def test_a_key_that_may_not_read_its_account_is_still_checked(store: Store) -> None:
    check = checked(store, RestrictedKey("account"))
    assert (check.problem, check.account) == (None, None)
    assert all(right.allowed for right in check.rights)
    assert END_OF_KEY not in check.model_dump_json()


def test_what_stripe_does_not_answer_is_not_known(store: Store) -> None:
    stripe = RestrictedKey()
    stripe.silent = {"refunds"}
    rights = {(right.resource, right.access): right.allowed for right in checked(store, stripe).rights}
    assert rights["checkout.sessions", "read"] is True
    assert rights["refunds", "read"] is None
    assert False not in rights.values()
    stripe.silent = {"account"}
    silent = checked(store, stripe)
    assert (silent.problem, silent.rights) == ("Stripe could not be reached.", ())


def test_the_check_of_another_mode_is_not_shown(store: Store) -> None:
    organization = store.organizations()[0]
    check = checked(store, RestrictedKey())
    assert last_check(store, gateway(RestrictedKey()), organization) == check
    assert last_check(store, gateway(RestrictedKey(), LIVE_KEY), organization) is None
