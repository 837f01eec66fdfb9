"""The Payment Links API with Stripe's own SDK: create, retrieve, update, unset, list."""

from typing import Any

import pytest
import stripe

from tests.api.conftest import ApiShop
from tests.api.plain import plain

DEFAULTS: dict[str, Any] = {
    "object": "payment_link",
    "active": True,
    "after_completion": {"hosted_confirmation": {"custom_message": None}, "type": "hosted_confirmation"},
    "allow_promotion_codes": False,
    "application": None,
    "application_fee_amount": None,
    "application_fee_percent": None,
    "automatic_tax": {"enabled": False, "liability": None},
    "billing_address_collection": "auto",
    "consent_collection": None,
    "currency": "eur",
    "custom_fields": [],
    "custom_text": {
        "after_submit": None,
        "shipping_address": None,
        "submit": None,
        "terms_of_service_acceptance": None,
    },
    "customer_creation": "if_required",
    "inactive_message": None,
    "invoice_creation": {
        "enabled": False,
        "invoice_data": {
            "account_tax_ids": None,
            "custom_fields": None,
            "description": None,
            "footer": None,
            "issuer": None,
            "metadata": {},
            "rendering_options": None,
        },
    },
    "livemode": False,
    "managed_payments": None,
    "metadata": {},
    "name_collection": None,
    "on_behalf_of": None,
    "optional_items": None,
    "payment_intent_data": None,
    "payment_method_collection": "always",
    "payment_method_options": None,
    "payment_method_types": None,
    "phone_number_collection": {"enabled": False},
    "restrictions": None,
    "shipping_address_collection": None,
    "shipping_options": [],
    "submit_type": "auto",
    "subscription_data": None,
    "tax_id_collection": {"enabled": False, "required": "never"},
    "transfer_data": None,
}


def test_a_new_link_has_stripes_defaults(shop: ApiShop) -> None:
    link = plain(shop.link())
    ours = link.pop("counterfoil")
    id, url = link.pop("id"), link.pop("url")
    assert link == DEFAULTS
    assert id.startswith("plink_")
    assert len(id) == len("plink_") + 24
    assert url == f"https://pay.example.com/pay/{ours['code']}"
    assert len(ours["code"]) >= 22
    assert ours == {
        "name": None,
        "title": None,
        "description": None,
        "image": None,
        "slug": None,
        "opens_at": None,
        "closes_at": None,
        "embed_origins": [],
        "locale": None,
        "reference": None,
        "due_date": None,
        "tax_rates": [],
        "coupon": None,
        "return_url": None,
        "translations": {},
        "code": ours["code"],
        "organization": shop.organization.id,
        "version": 1,
        "embed_url": f"{url}/embed",
        "qr_url": f"{url}/qr.svg",
    }


def test_a_retrieved_link_is_as_it_was_created(shop: ApiShop) -> None:
    link = shop.link(metadata={"order": "7"}, inactive_message="Over.")
    assert plain(shop.sdk.v1.payment_links.retrieve(link.id)) == plain(link)


def test_expanded_line_items_have_price_product_and_amounts(shop: ApiShop) -> None:
    price = shop.price(1250, product_data={"name": "Jar of honey"})
    items = [{"price": price, "quantity": 3, "adjustable_quantity": {"enabled": True, "maximum": 5}}]
    link = shop.sdk.v1.payment_links.create({"line_items": items, "expand": ["line_items.data.price.product"]})
    assert link.line_items is not None
    assert link.line_items.url == f"/v1/payment_links/{link.id}/line_items"
    (item,) = link.line_items.data
    assert item.id.startswith("li_")
    assert item.object == "item"
    assert (item.amount_subtotal, item.amount_discount, item.amount_tax, item.amount_total) == (3750, 0, 0, 3750)
    assert (item.currency, item.description, item.quantity) == ("eur", "Jar of honey", 3)
    assert plain(item)["adjustable_quantity"] == {"enabled": True, "maximum": 5, "minimum": None}
    assert item.price is not None
    assert item.price.id == price
    assert isinstance(item.price.product, stripe.Product)
    assert item.price.product.name == "Jar of honey"
    (listed,) = shop.sdk.v1.payment_links.line_items.list(link.id).data
    assert isinstance(listed.price.product, str)
    assert "line_items" not in plain(shop.sdk.v1.payment_links.retrieve(link.id))


def test_line_items_are_paged_in_both_directions(shop: ApiShop) -> None:
    items = [{"price": shop.price(100 + number), "quantity": 1} for number in range(5)]
    link = shop.sdk.v1.payment_links.create({"line_items": items})
    ids = [item.id for item in shop.sdk.v1.payment_links.line_items.list(link.id, {"limit": 2}).auto_paging_iter()]
    assert len(ids) == len(set(ids)) == 5
    page = shop.sdk.v1.payment_links.line_items.list(link.id, {"limit": 2, "ending_before": ids[3]})
    assert [item.id for item in page.data] == ids[1:3]
    assert page.has_more
    page = shop.sdk.v1.payment_links.line_items.list(link.id, {"limit": 2, "ending_before": ids[1]})
    assert [item.id for item in page.data] == ids[:1]
    assert not page.has_more


def test_a_price_is_created_with_the_link(shop: ApiShop) -> None:
    product_data = {
        "name": "Jar of honey",
        "description": "Linden, 500 g",
        "images": ["https://shop.example.com/jar.png"],
        "metadata": {"shelf": "3"},
        "unit_label": "jar",
    }
    price_data = {
        "currency": "EUR",
        "product_data": product_data,
        "recurring": {"interval": "month", "interval_count": 3},
        "tax_behavior": "inclusive",
        "unit_amount": 1250,
    }
    items = [{"price_data": price_data, "quantity": 1}]
    link = shop.sdk.v1.payment_links.create({"line_items": items, "expand": ["line_items.data.price.product"]})
    price = link.line_items.data[0].price
    kept = shop.sdk.v1.prices.retrieve(price.id, {"expand": ["product"]})
    assert (kept.unit_amount, kept.currency, kept.tax_behavior) == (1250, "eur", "inclusive")
    assert plain(kept.product) | product_data == plain(kept.product)
    assert plain(price)["recurring"]["interval_count"] == 3
    assert plain(price.product) | product_data == plain(price.product)


def test_a_refused_link_creates_nothing(shop: ApiShop) -> None:
    price_data = {"currency": "eur", "product_data": {"name": "Jar"}, "unit_amount": 100}
    before = len(shop.sdk.v1.prices.list().data)
    with pytest.raises(stripe.InvalidRequestError):
        shop.sdk.v1.payment_links.create(
            {
                "line_items": [{"price_data": price_data, "quantity": 1}],
                "restrictions": {"completed_sessions": {"limit": 0}},
            }
        )
    assert len(shop.sdk.v1.prices.list().data) == before
    assert shop.sdk.v1.payment_links.list().data == []


def test_a_decimal_amount_is_kept_exactly(shop: ApiShop) -> None:
    price_data = {"currency": "eur", "product_data": {"name": "Call"}, "unit_amount_decimal": "0.125"}
    link = shop.link(line_items=[{"price_data": price_data, "quantity": 4000}], expand=["line_items"])
    item = link.line_items.data[0]
    assert str(item.price.unit_amount_decimal) == "0.125"
    assert item.amount_total == 500


def test_a_link_is_in_its_own_currency(shop: ApiShop) -> None:
    price = shop.price(1000, currency="usd", currency_options={"eur": {"unit_amount": 900}})
    link = shop.link(currency="eur", line_items=[{"price": price, "quantity": 1}], expand=["line_items"])
    assert link.currency == "eur"
    assert link.line_items.data[0].amount_total == 900
    assert link.line_items.data[0].currency == "eur"


def test_every_line_has_its_discount_and_taxes(shop: ApiShop) -> None:
    coupon = shop.sdk.v1.coupons.create({"percent_off": 10, "duration": "once", "name": "Harvest"})
    rate = shop.sdk.v1.tax_rates.create({"display_name": "VAT", "percentage": 20, "inclusive": False})
    items = [{"price": shop.price(1000), "quantity": 2}]
    link = shop.link(
        line_items=items,
        counterfoil={"coupon": coupon.id, "tax_rates": [rate.id]},
        expand=["line_items", "counterfoil.coupon"],
    )
    item = plain(link.line_items.data[0])
    assert (item["amount_subtotal"], item["amount_discount"], item["amount_tax"], item["amount_total"]) == (
        2000,
        200,
        360,
        2160,
    )
    (discount,) = item["discounts"]
    assert discount["amount"] == 200
    assert discount["discount"]["coupon"]["id"] == coupon.id
    (tax,) = item["taxes"]
    assert (tax["amount"], tax["taxable_amount"], tax["rate"]["id"]) == (360, 1800, rate.id)
    ours = plain(link)["counterfoil"]
    assert ours["coupon"]["name"] == "Harvest"
    assert ours["tax_rates"] == [rate.id]


def test_an_update_keeps_what_it_does_not_name(shop: ApiShop) -> None:
    link = shop.link(
        metadata={"order": "7"},
        custom_text={"submit": {"message": "Thank you"}, "shipping_address": {"message": "Where to?"}},
        tax_id_collection={"enabled": True, "required": "if_supported"},
        counterfoil={"name": "Honey", "reference": "A-7"},
    )
    changed = shop.sdk.v1.payment_links.update(
        link.id,
        {
            "custom_text": {"submit": ""},
            "tax_id_collection": {"enabled": False},
            "counterfoil": {"reference": "A-8"},
        },
    )
    expected = plain(link)
    expected["custom_text"]["submit"] = None
    expected["tax_id_collection"]["enabled"] = False
    expected["counterfoil"] |= {"reference": "A-8", "version": 2}
    assert plain(changed) == expected


def test_the_links_own_metadata_merges_and_that_of_parts_is_replaced(shop: ApiShop) -> None:
    link = shop.link(metadata={"a": "1", "b": "2"}, payment_intent_data={"metadata": {"a": "1", "b": "2"}})
    changed = shop.sdk.v1.payment_links.update(
        link.id, {"metadata": {"a": "", "c": "3"}, "payment_intent_data": {"metadata": {"c": "3"}}}
    )
    assert plain(changed)["metadata"] == {"b": "2", "c": "3"}
    assert plain(changed)["payment_intent_data"]["metadata"] == {"c": "3"}
    changed = shop.sdk.v1.payment_links.update(link.id, {"metadata": ""})
    assert plain(changed)["metadata"] == {}


def test_merged_metadata_has_at_most_50_keys(shop: ApiShop) -> None:
    link = shop.link(metadata={f"key{number}": "1" for number in range(50)})
    with pytest.raises(stripe.InvalidRequestError) as refused:
        shop.sdk.v1.payment_links.update(link.id, {"metadata": {"more": "1"}})
    assert refused.value.param == "metadata"
    shop.sdk.v1.payment_links.update(link.id, {"metadata": {"more": "1", "key0": ""}})


def test_lists_are_replaced_whole(shop: ApiShop) -> None:
    fields = [
        {"key": key, "type": "text", "label": {"type": "custom", "custom": key.title()}} for key in ("name", "street")
    ]
    link = shop.link(custom_fields=fields)
    changed = shop.sdk.v1.payment_links.update(link.id, {"custom_fields": fields[1:]})
    assert [field.key for field in changed.custom_fields] == ["street"]
    changed = shop.sdk.v1.payment_links.update(link.id, {"custom_fields": ""})
    assert changed.custom_fields == []


def test_quantities_change_by_the_id_of_the_item(shop: ApiShop) -> None:
    items = [{"price": shop.price(100), "quantity": 1}, {"price": shop.price(200), "quantity": 1}]
    link = shop.link(line_items=items, expand=["line_items"])
    second = link.line_items.data[1].id
    changed = shop.sdk.v1.payment_links.update(
        link.id,
        {
            "line_items": [{"id": second, "quantity": 4, "adjustable_quantity": {"enabled": True}}],
            "expand": ["line_items"],
        },
    )
    assert [item.quantity for item in changed.line_items.data] == [1, 4]
    assert plain(changed.line_items.data[1])["adjustable_quantity"]["enabled"] is True
    with pytest.raises(stripe.InvalidRequestError) as refused:
        shop.sdk.v1.payment_links.update(link.id, {"line_items": [{"id": "li_other", "quantity": 4}]})
    assert (refused.value.param, refused.value.code) == ("line_items[0][id]", "resource_missing")


def test_a_line_item_that_is_named_twice_is_refused(shop: ApiShop) -> None:
    link = shop.link(expand=["line_items"])
    id = link.line_items.data[0].id
    with pytest.raises(stripe.InvalidRequestError) as refused:
        shop.sdk.v1.payment_links.update(link.id, {"line_items": [{"id": id, "quantity": n} for n in (2, 3)]})
    assert refused.value.param == "line_items[1][id]"
    assert shop.sdk.v1.payment_links.line_items.list(link.id).data[0].quantity == 1


@pytest.mark.parametrize(
    "path",
    [
        *("line_items.data.price.tiers", "line_items.data.price.currency_options"),
        *("line_items.data.discounts", "line_items.data.taxes"),
    ],
)
def test_attributes_that_stripe_leaves_out_can_be_expanded(shop: ApiShop, path: str) -> None:
    link = shop.link()
    whole = shop.sdk.v1.payment_links.retrieve(link.id, {"expand": ["line_items"]})
    assert shop.sdk.v1.payment_links.retrieve(link.id, {"expand": [path]}) == whole
    assert shop.sdk.v1.payment_links.list({"expand": [f"data.{path}"]}).data == [whole]
    if path != "line_items.data.price.tiers":
        return
    items = shop.sdk.v1.payment_links.line_items.list(link.id, {"expand": ["data.price.tiers", "data.price.product"]})
    assert items.data[0].price.product.name == "Jar of honey"


def test_a_link_is_switched_off_and_on(shop: ApiShop) -> None:
    link = shop.link()
    assert shop.sdk.v1.payment_links.update(link.id, {"active": False}).active is False
    assert [found.id for found in shop.sdk.v1.payment_links.list({"active": False}).data] == [link.id]
    assert shop.sdk.v1.payment_links.list({"active": True}).data == []
    assert shop.sdk.v1.payment_links.update(link.id, {"active": True}).active is True


def test_a_slug_names_the_link_and_the_code_still_works(shop: ApiShop, other_shop: ApiShop) -> None:
    link = plain(shop.link(counterfoil={"slug": f"honey-{shop.key[-6:]}"}))
    slug = link["counterfoil"]["slug"]
    assert link["url"] == f"https://pay.example.com/pay/{slug}"
    found = shop.context.store.link_by_code(link["counterfoil"]["code"])
    assert found is not None
    assert found.id == link["id"]
    with pytest.raises(stripe.InvalidRequestError) as refused:
        other_shop.link(counterfoil={"slug": slug})
    assert (refused.value.param, refused.value.code) == ("counterfoil[slug]", "resource_already_exists")
    mine = other_shop.link()
    with pytest.raises(stripe.InvalidRequestError) as refused:
        other_shop.sdk.v1.payment_links.update(mine.id, {"counterfoil": {"slug": slug}})
    assert refused.value.param == "counterfoil[slug]"
    freed = plain(shop.sdk.v1.payment_links.update(link["id"], {"counterfoil": {"slug": ""}}))
    assert freed["url"].endswith(freed["counterfoil"]["code"])


def test_origins_are_kept_as_browsers_send_them(shop: ApiShop) -> None:
    origins = ["https://Shop.Example.com:443", "https://shop.example.com", "http://localhost:3000"]
    link = plain(shop.link(counterfoil={"embed_origins": origins}))
    assert link["counterfoil"]["embed_origins"] == ["https://shop.example.com", "http://localhost:3000"]


def test_the_confirmation_that_a_link_names_is_in_its_answer(shop: ApiShop) -> None:
    """Programs read `link.after_completion.hosted_confirmation.custom_message`."""
    sdk = shop.sdk.v1
    named = {"type": "hosted_confirmation"}
    link = shop.link(after_completion=named)
    assert plain(link)["after_completion"] == DEFAULTS["after_completion"]
    redirect = {"type": "redirect", "redirect": {"url": "https://shop.example.com/thanks"}}
    assert plain(sdk.payment_links.update(link.id, {"after_completion": redirect}))["after_completion"] == redirect
    assert (
        plain(sdk.payment_links.update(link.id, {"after_completion": named}))["after_completion"]
        == DEFAULTS["after_completion"]
    )
    assert plain(sdk.payment_links.retrieve(link.id))["after_completion"] == DEFAULTS["after_completion"]
