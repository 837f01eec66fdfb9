"""`/v1/account` for Stripe's SDK: the organization behind the key, in the sandbox and with a Stripe key."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import stripe

from app.application import assemble
from app.config import Config
from app.objects.change import COMMAND_LINE
from app.services.accounts import keys, organizations
from app.web.http.context import EXTENSION, Context
from tests.api.conftest import ApiShop
from tests.api.test_sdk_names import sdk_attributes
from tests.gateway.stripe_shaped import KEY, StripeShaped, an_error
from tests.support.build import NOW
from tests.support.clock import Clock
from tests.support.http_server import served

AT_STRIPE = {
    "id": "acct_stripe",
    "object": "account",
    "business_profile": {"name": "The platform", "support_email": "owner@platform.example"},
    "capabilities": {"card_payments": "active", "sepa_debit_payments": "active"},
    "charges_enabled": True,
    "country": "DE",
    "created": 1_600_000_000,
    "default_currency": "eur",
    "details_submitted": True,
    "email": "owner@platform.example",
    "external_accounts": {"data": [{"last4": "3000"}]},
    "payouts_enabled": False,
    "type": "standard",
}


@pytest.fixture(params=[None, "acct_hillside"])
def with_key(
    request: pytest.FixtureRequest, configured: Callable[..., Config]
) -> Iterator[tuple[ApiShop, StripeShaped]]:
    """A shop with a Stripe key, without and with a connected account, and what Stripe was asked."""
    recorder = StripeShaped([(200, {**AT_STRIPE, "id": request.param or "acct_stripe"}, {})])
    with served(recorder) as address:
        app = assemble(configured(STRIPE_SECRET_KEY=KEY, SECRET_KEY="x" * 32, STRIPE_API_BASE=address), now=Clock())
        context: Context = app.extensions[EXTENSION]
        organization = keys.create_organization(context.store, "Hillside", NOW, stripe_account=request.param)
        _, key = keys.create_key(context.store, organization.id, NOW, actor=COMMAND_LINE)
        yield ApiShop(app, organization.id, key), recorder
        context.store.close()


def names(value: Any, prefix: str = "") -> set[str]:
    if not isinstance(value, dict):
        return {prefix}
    return {prefix} | {name for key, inner in value.items() for name in names(inner, f"{prefix}.{key}".lstrip("."))}


def test_the_account_in_the_sandbox_is_the_organization(shop: ApiShop) -> None:
    profile = {"support_email": "hello@apiary.example", "support_address": {"city": "Wien", "country": "AT"}}
    changes = {"business_profile": profile, "default_currency": "eur", "timezone": "Europe/Vienna"}
    organizations.update(shop.store, shop.organization, changes, shop.clock(), actor=COMMAND_LINE)
    account = shop.sdk.v1.accounts.retrieve_current()
    assert (account.object, account.country, account.default_currency) == ("account", "AT", "eur")
    assert (account.id.startswith("acct_"), account.charges_enabled, account.payouts_enabled) == (True, True, True)
    assert account.business_profile.name == "Hillside Apiary"
    assert (account.business_profile.support_address.city, account.email) == ("Wien", "hello@apiary.example")
    assert account.settings.dashboard.timezone == "Europe/Vienna"
    organizations.update(shop.store, shop.organization, {"country": "CH"}, shop.clock(), actor=COMMAND_LINE)
    assert shop.sdk.v1.accounts.retrieve(account.id).country == "CH"


def test_every_attribute_of_the_account_is_one_of_stripes(shop: ApiShop) -> None:
    known = {name for name, _ in sdk_attributes(stripe.Account)}
    found = names(shop.sdk.v1.accounts.retrieve_current().to_dict()) - {"", "object"}
    assert len(found) > 20
    assert found - known - {"capabilities.card_payments"} == set()


def test_the_id_of_the_account_is_accepted_as_the_account_of_a_request(shop: ApiShop, other_shop: ApiShop) -> None:
    account = shop.sdk.v1.accounts.retrieve_current()
    for options in ({"stripe_account": account.id}, {"stripe_context": account.id}):
        assert shop.sdk.v1.accounts.retrieve_current({}, options).id == account.id
        assert shop.sdk.v1.prices.list({}, options).data == []
        with pytest.raises(stripe.PermissionError):
            other_shop.sdk.v1.accounts.retrieve_current({}, options)
    with pytest.raises(stripe.InvalidRequestError, match="No such account"):
        other_shop.sdk.v1.accounts.retrieve(account.id)


def test_nothing_of_an_account_can_be_expanded(shop: ApiShop) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="settings") as refused:
        shop.sdk.v1.accounts.retrieve_current({"expand": ["settings.branding.icon"]})
    assert refused.value.param == "expand"


def test_with_a_stripe_key_stripe_says_where_the_account_is_and_nothing_about_its_owner(
    with_key: tuple[ApiShop, StripeShaped],
) -> None:
    shop, recorder = with_key
    account = shop.sdk.v1.accounts.retrieve_current()
    connected = shop.organization.stripe_account
    assert account.id == (connected or "acct_stripe")
    assert (account.country, account.created, account.payouts_enabled) == ("DE", 1_600_000_000, False)
    assert account.capabilities.sepa_debit_payments == "active"
    assert (account.business_profile.name, account.email) == ("Hillside", None)
    assert "platform" not in str(account)
    assert "external_accounts" not in account
    assert recorder.only.path == "/v1/account"
    assert recorder.only.headers.get("stripe-account") == connected


def test_the_id_that_stripe_told_is_accepted_and_asked_for_once(with_key: tuple[ApiShop, StripeShaped]) -> None:
    shop, recorder = with_key
    own = shop.organization.stripe_account or "acct_stripe"
    for _ in range(2):
        assert shop.sdk.v1.payment_links.list({}, {"stripe_account": own}).data == []
    assert len(recorder.requests) == (0 if shop.organization.stripe_account else 1)
    with pytest.raises(stripe.PermissionError):
        shop.sdk.v1.payment_links.list({}, {"stripe_account": "acct_other"})
    assert len(recorder.requests) <= 1


def test_a_restricted_key_gets_the_organization_alone(with_key: tuple[ApiShop, StripeShaped]) -> None:
    shop, recorder = with_key
    recorder.answers = [(403, an_error(message="The provided key does not have the required permissions."), {})]
    account = shop.sdk.v1.accounts.retrieve_current()
    assert (account.id.startswith("acct_"), account.business_profile.name) == (True, "Hillside")


def test_a_stripe_that_cannot_be_reached_is_a_502(unreachable: ApiShop) -> None:
    with pytest.raises(stripe.APIError) as silent:
        unreachable.sdk.v1.accounts.retrieve_current()
    assert silent.value.http_status == 502
