"""What the key may write, as the last check of the connection and the last refusal say."""

from typing import Any

import pytest

from app.objects.connection import ConnectionCheck, Right
from app.services.accounts import rights
from app.services.accounts.rights import REMEMBERED_SECONDS
from tests.services.shop import ServiceShop


def may_write(shop: ServiceShop, resource: str = "products", at: int | None = None) -> bool:
    now = shop.now if at is None else at
    return rights.may_write(shop.store, shop.gateway, shop.organization, resource, now)


def check(shop: ServiceShop, *, allowed: bool | None, at: int) -> None:
    found: Any = [Right(resource="products", access="write", allowed=allowed)]
    shop.store.save_connection_check(
        ConnectionCheck(
            organization=shop.organization.id, checked_at=at, livemode=shop.gateway.livemode, rights=tuple(found)
        )
    )


def refuse(shop: ServiceShop, at: int | None = None) -> None:
    now = shop.now if at is None else at
    rights.remember_refusal(shop.gateway, shop.organization, "products", now)


def test_a_key_of_which_nothing_is_known_may_write(shop: ServiceShop) -> None:
    assert may_write(shop)


def test_a_refusal_counts_for_its_resource_and_for_a_while(shop: ServiceShop) -> None:
    refuse(shop)
    assert not may_write(shop)
    assert may_write(shop, "coupons")
    assert not may_write(shop, at=shop.now + REMEMBERED_SECONDS - 1)
    assert may_write(shop, at=shop.now + REMEMBERED_SECONDS)


def test_a_refusal_of_one_account_says_nothing_about_another(shop: ServiceShop) -> None:
    refuse(shop)
    other = shop.organization.model_copy(update={"id": "org_other"})
    assert rights.may_write(shop.store, shop.gateway, other, "products", shop.now)


@pytest.mark.parametrize("allowed", [True, False, None])
def test_a_check_counts_as_long_as_nothing_newer_is_known(shop: ServiceShop, allowed: bool | None) -> None:
    check(shop, allowed=allowed, at=shop.now - 10)
    assert may_write(shop) is (allowed is not False)


def test_the_newer_of_check_and_refusal_counts(shop: ServiceShop) -> None:
    check(shop, allowed=True, at=shop.now - 10)
    refuse(shop)
    assert not may_write(shop)
    check(shop, allowed=True, at=shop.now + 1)
    assert may_write(shop, at=shop.now + 2)
