"""Links: whether they can be paid, their account at Stripe, and concurrent changes."""

from typing import Any

import pytest

from app.errors import LinkClosed, LinkInactive, LinkNotOpen, LinkPaid, LinkUnavailable, LinkUsedUp, ResourceMissing
from app.gateway.stripe_gateway import StripeGateway
from app.objects.change import COMMAND_LINE
from app.objects.payment_link import PaymentLink
from app.services.accounts.organizations import account_of
from app.services.links import availability
from app.services.links import service as links
from app.services.links.answer import LinkSettings, with_urls
from app.services.links.events import previous_attributes
from app.store import Store
from app.wire.lists import Page
from tests.support.build import NOW, a_line, a_link, a_price, an_organization

SETTINGS = LinkSettings(public_url="https://pay.example.com", custom_fields_max=3)
KEY = "sk_test_" + "0" * 24


def counted(count: int, limit: int, **changes: Any) -> PaymentLink:
    return a_link(restrictions={"completed_sessions": {"count": count, "limit": limit}}, **changes)


@pytest.mark.parametrize(
    "link",
    [
        a_link(),
        a_link(counterfoil={"opens_at": NOW}),
        a_link(counterfoil={"closes_at": NOW + 1}),
        counted(0, 1),
        counted(9, 10),
    ],
    ids=["always", "opening now", "closing next second", "once", "a last time"],
)
def test_a_link_can_be_paid(link: PaymentLink) -> None:
    availability.ensure_payable(link, NOW)


@pytest.mark.parametrize(
    ("link", "why"),
    [
        (a_link(active=False), LinkInactive),
        (a_link(counterfoil={"opens_at": NOW + 1}), LinkNotOpen),
        (a_link(counterfoil={"closes_at": NOW}), LinkClosed),
        (counted(1, 1), LinkPaid),
        (counted(2, 2), LinkUsedUp),
        (counted(3, 2), LinkUsedUp),
        (counted(1, 1, counterfoil={"closes_at": NOW}), LinkPaid),
        (counted(2, 2, active=False), LinkInactive),
    ],
    ids=["inactive", "not open", "closed", "paid", "used up", "overflowing", "paid before it closed", "switched off"],
)
def test_a_link_that_cannot_be_paid_gives_the_reason(link: PaymentLink, why: type[LinkUnavailable]) -> None:
    with pytest.raises(LinkUnavailable) as unavailable:
        availability.ensure_payable(link, NOW)
    assert type(unavailable.value) is why


@pytest.mark.parametrize(
    ("sandbox", "stripe_account", "expected"),
    [(True, None, "org_apiary"), (True, "acct_1", "org_apiary"), (False, None, None), (False, "acct_1", "acct_1")],
)
def test_objects_are_in_the_connected_account_or_in_the_organizations_own_catalogue_in_the_sandbox(
    sandbox: bool, stripe_account: str | None, expected: str | None
) -> None:
    gateway = StripeGateway(KEY, webhook_secret=None, api_base="http://127.0.0.1:9", sandbox=sandbox)
    assert account_of(an_organization(stripe_account=stripe_account), gateway) == expected


def test_a_link_is_found_by_its_code_and_by_its_slug(store: Store) -> None:
    store.add_organization(an_organization())
    store.add_link(a_link(counterfoil={"slug": "honey-jar"}))
    assert links.resolve(store, "honey").id == links.resolve(store, "honey-jar").id == "plink_honey"
    for code in ("", "none", "plink_honey", "Honey-Jar", "x" * 5000, "\x00"):
        with pytest.raises(ResourceMissing):
            links.resolve(store, code)


def test_two_concurrent_updates_do_not_undo_each_other(store: Store) -> None:
    """An update asks the gateway only for the ids in its parameters, so here the gateway can be unreachable."""
    gateway = StripeGateway(KEY, webhook_secret=None, api_base="http://127.0.0.1:9")
    organization = an_organization()
    store.add_organization(organization)
    store.add_link(a_link())
    for number in range(3):
        changes = {"metadata": {f"key{number}": "1"}}
        links.update(store, gateway, organization, "plink_honey", changes, NOW, settings=SETTINGS, actor=COMMAND_LINE)
    link = links.retrieve(store, organization.id, "plink_honey")
    assert (link.metadata, link.counterfoil.version) == ({"key0": "1", "key1": "1", "key2": "1"}, 4)


def test_an_update_that_changes_nothing_makes_no_event(store: Store) -> None:
    gateway = StripeGateway(KEY, webhook_secret=None, api_base="http://127.0.0.1:9")
    organization = an_organization()
    store.add_organization(organization)
    store.add_link(with_urls(a_link(), SETTINGS))
    for changes in ({}, {"active": True}, {"metadata": {"none": ""}}):
        links.update(store, gateway, organization, "plink_honey", changes, NOW, settings=SETTINGS, actor=COMMAND_LINE)
    assert store.events(organization.id) == ([], False)
    assert links.retrieve(store, organization.id, "plink_honey").counterfoil.version == 1


@pytest.mark.parametrize(
    ("page", "expected", "has_more"),
    [
        ({}, "01234", False),
        ({"limit": 2}, "01", True),
        ({"limit": 5}, "01234", False),
        ({"starting_after": "li_1", "limit": 2}, "23", True),
        ({"starting_after": "li_3", "limit": 2}, "4", False),
        ({"starting_after": "li_4"}, "", False),
        ({"ending_before": "li_3", "limit": 2}, "12", True),
        ({"ending_before": "li_2", "limit": 2}, "01", False),
        ({"ending_before": "li_0"}, "", False),
    ],
)
def test_line_items_are_listed_by_page(page: dict[str, object], expected: str, has_more: bool) -> None:
    link = a_link(*(a_line(a_price(id=f"price_{number}")) for number in range(5)))
    items, more = links.list_line_items(link, Page.model_validate(page))
    assert (["li_" + number for number in expected], has_more) == ([item.id for item in items], more)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ({"a": 1, "b": 2}, {"a": 1, "b": 3}, {"b": 2}),
        ({"a": {"b": 1, "c": 2}}, {"a": {"b": 1, "c": 3}}, {"a": {"c": 2}}),
        ({"a": [1, 2]}, {"a": [1]}, {"a": [1, 2]}),
        ({"a": None}, {"a": {"b": 1}}, {"a": None}),
        ({"a": {"b": 1}}, {"a": None}, {"a": {"b": 1}}),
        ({"metadata": {"old": "1"}}, {"metadata": {"new": "1"}}, {"metadata": {"old": "1", "new": None}}),
        ({"a": None}, {}, {"a": None}),
    ],
)
def test_previous_attributes_are_only_those_that_changed(
    before: dict[str, object], after: dict[str, object], expected: dict[str, object]
) -> None:
    assert previous_attributes(before, after) == expected
