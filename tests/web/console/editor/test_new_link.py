"""A new link in the console: what the form needs, what it makes, what it refuses, and what it keeps."""

import io
import json
from typing import Any

import pytest
from PIL import Image
from werkzeug.test import TestResponse

from app.objects.payment_link import PaymentLink
from app.objects.price import Price, Product
from tests.support.page import SAME_ORIGIN, Page
from tests.web.console.conftest import Merchant

NEW = "/console/links/new"
HONEY = {
    "line_items[0][price_data][product_data][name]": "Heather honey, 500 g",
    "line_items[0][amount]": "9.50",
    "line_items[0][price_data][currency]": "eur",
}


def sent_by(page: Page, button: str) -> dict[str, Any]:
    """Return the fields of a form, with every value of a field that stands in it more than once."""
    form = page.form_of(button)
    sent: dict[str, Any] = dict(page.values(form))
    for control in form.all("input", type="text"):
        if (name := control.get("name")) and name.endswith("[]"):
            sent[name] = [it.get("value") or "" for it in form.all("input", name=name)]
    return sent


def send(ada: Merchant, fields: dict[str, Any], page: Page | None = None, path: str = NEW) -> TestResponse:
    """Send the form of a new link as a browser would: every field of the page, with some filled in."""
    page = page or ada.open(path)
    sent = {**sent_by(page, "Create link"), **fields}
    return ada.client.post(
        NEW, base_url=ada.base_url, data=sent, headers=SAME_ORIGIN, content_type="multipart/form-data"
    )


def made(ada: Merchant, answer: TestResponse) -> PaymentLink:
    """Return the link that an answer leads to."""
    assert answer.status_code == 303, Page(answer).errors() or answer.text[:500]
    assert answer.location.endswith("/created")
    link = ada.shop.store.link(answer.location.split("/")[-2])
    assert link is not None
    return link


def create(ada: Merchant, **fields: str) -> PaymentLink:
    return made(ada, send(ada, HONEY | fields))


def price_of(link: PaymentLink, index: int = 0) -> Price:
    assert link.line_items is not None
    price = link.line_items.data[index].price
    assert price is not None
    return price


def test_a_name_and_a_price_make_a_link_that_can_be_paid(ada: Merchant) -> None:
    link = made(ada, send(ada, HONEY))
    price = price_of(link)
    assert (price.unit_amount, price.currency) == (950, "eur")
    assert isinstance(price.product, Product)
    assert price.product.name == "Heather honey, 500 g"
    assert "Heather honey" in ada.shop.open(f"/pay/{link.counterfoil.code}").text


def test_the_documented_fields_alone_are_enough(ada: Merchant) -> None:
    token = ada.open(NEW).form_of("Create link").first("input", name="csrf_token")["value"]
    answer = ada.post(NEW, HONEY | {"csrf_token": token, "restrictions[completed_sessions][limit]": "3"})
    link = made(ada, answer)
    assert link.restrictions is not None
    assert link.restrictions.completed_sessions.limit == 3


def test_a_form_that_is_sent_twice_makes_one_link_and_a_changed_one_another(ada: Merchant) -> None:
    page = ada.open(NEW)
    first, second = made(ada, send(ada, HONEY, page)), made(ada, send(ada, HONEY, page))
    other = made(ada, send(ada, HONEY | {"line_items[0][amount]": "10"}, page))
    assert first.id == second.id
    assert other.id != first.id


def test_a_new_form_with_the_same_content_makes_another_link(ada: Merchant) -> None:
    assert made(ada, send(ada, HONEY)).id != made(ada, send(ada, HONEY)).id


AMOUNTS = [("1.234,50", "eur", 123450), ("12", "jpy", None), ("1500円", "jpy", 1500), ("12.500", "kwd", 12500)]


@pytest.mark.parametrize(("text", "currency", "amount"), AMOUNTS)
def test_an_amount_is_read_as_people_write_it(ada: Merchant, text: str, currency: str, amount: int | None) -> None:
    fields = HONEY | {"line_items[0][amount]": text, "line_items[0][price_data][currency]": currency}
    answer = send(ada, fields)
    if amount is None:
        assert "or more. Stripe takes no smaller payment" in Page(answer).error_at("Price")
    else:
        assert price_of(made(ada, answer)).unit_amount == amount


def test_every_error_stands_at_its_field_and_opens_its_group(ada: Merchant) -> None:
    fields = {
        "line_items[0][price_data][product_data][name]": "",
        "line_items[0][amount]": "many",
        "restrictions[completed_sessions][limit]": "few",
        "counterfoil[title]": "Kept title",
    }
    page = Page(send(ada, HONEY | fields))
    assert page.status == 422
    assert page.error_at("Name") == "Enter a name, such as “Heather honey, 500 g”"
    assert page.error_at("Price") == "Enter an amount, such as 9.50"
    assert page.error_at("How many can pay") == "Enter a whole number, such as 10"
    assert len(page.errors()) == 3
    assert page.by_id("limits").get("open") is not None
    assert page.by_id("sites").get("open") is None
    assert page.field("Title above the items")["value"] == "Kept title"
    assert page.title.startswith("Error:")


RULES: dict[str, tuple[dict[str, str], str, str]] = {
    "a price that Stripe does not take": (
        {"line_items[0][amount]": "0.20"},
        "Price",
        "Enter a price of €0.50 or more. Stripe takes no smaller payment",
    ),
    "a closing time before the opening": (
        {"counterfoil[opens_at]": "2026-12-01T09:00", "counterfoil[closes_at]": "2026-11-30T18:00"},
        "Closes",
        "Enter a time after it opens",
    ),
    "a slug with capitals": ({"counterfoil[slug]": "Honey!"}, "Address", "Invalid slug"),
    "a redirect without https": (
        {"after_completion[type]": "redirect", "after_completion[redirect][url]": "http://shop.example"},
        "Address of your page",
        "Not a valid URL",
    ),
    "a country that Checkout does not know": (
        {"ships": "yes", "shipping_address_collection[allowed_countries]": "DE xx"},
        "Countries you ship to",
        "Checkout does not offer delivery",
    ),
    "a site with a path": ({"counterfoil[embed_origins]": "https://a.example/shop"}, "Sites", "Not a valid URL"),
}


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_of_links_is_told_at_its_field_and_nothing_is_created(ada: Merchant, rule: str) -> None:
    fields, label, message = RULES[rule]
    page = Page(send(ada, HONEY | fields))
    assert page.status == 422
    labels = [label, f"{label} (optional)"]
    shown = next(name for name in labels if page.has_field(name))
    assert message in page.error_at(shown)
    assert ada.shop.store.links("org_apiary", limit=10)[0] == []


def test_a_slug_that_another_link_has_is_told_at_the_address(ada: Merchant) -> None:
    create(ada, **{"counterfoil[slug]": "honey-here"})
    page = Page(send(ada, HONEY | {"counterfoil[slug]": "honey-here"}))
    assert "Another link has this address already" in " ".join(page.errors())


def test_what_belongs_to_another_kind_is_ignored(ada: Merchant) -> None:
    link = create(
        ada,
        **{
            "price_kind": "once",
            "subscription_data[trial_period_days]": "14",
            "application_fee_percent": "5",
            "subscription_data[metadata]_key[]": "crate",
            "subscription_data[metadata]_value[]": "7",
            "ships": "no",
            "shipping_address_collection[allowed_countries]": "DE",
            "tax_kind": "none",
            "automatic_tax[liability][account]": "acct_1",
            "after_completion[type]": "hosted_confirmation",
            "after_completion[redirect][url]": "https://shop.example",
        },
    )
    assert link.subscription_data is None
    assert link.application_fee_percent is None
    assert link.shipping_address_collection is None
    assert not link.automatic_tax.enabled
    assert link.after_completion.type == "hosted_confirmation"


def test_a_subscription_with_a_trial(ada: Merchant) -> None:
    link = create(
        ada,
        **{
            "price_kind": "recurring",
            "line_items[0][price_data][recurring][interval]": "week",
            "line_items[0][price_data][recurring][interval_count]": "2",
            "subscription_data[trial_period_days]": "14",
            "invoice_creation[invoice_data][footer]": "Thank you",
            "payment_intent_data[description]": "Not for subscriptions",
        },
    )
    recurring = price_of(link).recurring
    assert recurring is not None
    assert (recurring.interval, recurring.interval_count) == ("week", 2)
    assert link.subscription_data is not None
    assert link.subscription_data.trial_period_days == 14
    assert link.subscription_data.invoice_settings.footer == "Thank you"
    assert link.payment_intent_data is None


def test_an_amount_that_buyers_choose(ada: Merchant) -> None:
    prefix = "line_items[0][custom_unit_amount]"
    link = create(ada, price_kind="custom", **{f"{prefix}[minimum]": "5", f"{prefix}[maximum]": "100"})
    chosen = price_of(link).custom_unit_amount
    assert chosen is not None
    assert (chosen.minimum, chosen.maximum, chosen.preset) == (500, 10000, 950)


def test_tiers_of_a_subscription(ada: Merchant) -> None:
    tiers = "line_items[0][tiers]"
    link = create(
        ada,
        price_kind="tiers",
        **{
            f"{tiers}[0][up_to]": "10",
            f"{tiers}[0][unit_amount]": "9.50",
            f"{tiers}[1][unit_amount]": "8",
            f"{tiers}[1][flat_amount]": "2",
        },
    )
    price = price_of(link)
    assert price.tiers_mode == "graduated"
    assert [(tier.up_to, tier.unit_amount, tier.flat_amount) for tier in price.tiers or ()] == [
        (10, 950, None),
        (None, 800, 200),
    ]
    assert price.recurring is not None


def test_an_optional_item_and_a_second_item_are_created_with_the_link(ada: Merchant) -> None:
    link = create(
        ada,
        **{
            "line_items[1][price_data][product_data][name]": "Beeswax",
            "line_items[1][amount]": "3",
            "line_items[1][quantity]": "2",
            "optional_items[0][price_data][product_data][name]": "Gift wrapping",
            "optional_items[0][amount]": "4.50",
            "optional_items[0][quantity]": "1",
        },
    )
    assert link.line_items is not None
    assert [(item.price.unit_amount if item.price else None, item.quantity) for item in link.line_items.data] == [
        (950, 1),
        (300, 2),
    ]
    (option,) = link.optional_items or ()
    assert isinstance(option.price, Price)
    assert option.price.unit_amount == 450
    assert option.price.id.startswith("price_")


def test_questions_of_all_kinds_with_names_made_from_them(ada: Merchant) -> None:
    link = create(
        ada,
        **{
            "custom_fields[0][label][custom]": "Greeting on the card",
            "custom_fields[0][type]": "text",
            "custom_fields[0][text][maximum_length]": "80",
            "custom_fields[0][optional]": "true",
            "custom_fields[1][label][custom]": "Lid",
            "custom_fields[1][type]": "dropdown",
            "custom_fields[1][dropdown][options_text]": "Gold\nWhite\nCork = natural",
            "custom_fields[1][dropdown][default_value]": "Gold",
            "custom_fields[2][label][custom]": "Größe (cm)",
            "custom_fields[2][type]": "numeric",
            "custom_fields[2][text][minimum_length]": "2",
        },
    )
    first, second, third = link.custom_fields
    assert (first.key, first.optional, first.text and first.text.maximum_length) == ("greetingonthecard", True, 80)
    assert second.dropdown is not None
    assert [(option.label, option.value) for option in second.dropdown.options] == [
        ("Gold", "gold"),
        ("White", "white"),
        ("Cork", "natural"),
    ]
    assert second.dropdown.default_value == "gold"
    assert (third.key, third.numeric and third.numeric.minimum_length) == ("groecm", 2)


def test_an_invoice_is_paid_once_and_has_its_number_in_its_address(ada: Merchant) -> None:
    page = ada.open(f"{NEW}?kind=invoice")
    fields = HONEY | {"counterfoil[reference]": "RE 2026/0043", "counterfoil[due_date]": "2026-12-10"}
    link = made(ada, send(ada, fields, page))
    assert link.counterfoil.slug == "re-2026-0043"
    assert link.restrictions is not None
    assert link.restrictions.completed_sessions.limit == 1
    other = made(ada, send(ada, fields, ada.open(f"{NEW}?kind=invoice")))
    assert other.counterfoil.slug is None


@pytest.mark.parametrize(
    ("kind", "chosen"), [("subscription", "recurring"), ("donation", "custom"), ("invoice", "once"), ("", "once")]
)
def test_the_kind_in_the_address_presets_the_form(ada: Merchant, kind: str, chosen: str) -> None:
    page = ada.open(f"{NEW}?kind={kind}")
    (ticked,) = [it for it in page.root.all("input", name="price_kind") if it.get("checked") is not None]
    assert ticked["value"] == chosen


def a_picture(size: tuple[int, int] = (40, 40)) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", size, "orange").save(file, "PNG")
    return file.getvalue()


def test_a_picture_is_stored_and_shown_to_buyers(ada: Merchant) -> None:
    link = made(ada, send(ada, HONEY | {"line_items[0][picture]": (io.BytesIO(a_picture()), "honey.png")}))
    product = price_of(link).product
    assert isinstance(product, Product)
    (image,) = product.images
    assert image.startswith("/pictures/")
    assert ada.shop.client.get(image).mimetype == "image/png"


SCRIPT = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@pytest.mark.parametrize("content", [SCRIPT, b"", b"GIF89a<script>", b"\xff\xd8\xff" + b"0" * 100], ids=str)
def test_a_hostile_file_is_refused_at_the_picture_and_nothing_is_lost(ada: Merchant, content: bytes) -> None:
    page = Page(send(ada, HONEY | {"line_items[0][picture]": (io.BytesIO(content), "honey.png")}))
    assert page.status == 422
    assert page.error_at("Picture (optional)")
    assert page.field("Price")["value"] == "9.50"


def test_a_picture_survives_another_mistake_in_the_form(ada: Merchant) -> None:
    file = (io.BytesIO(a_picture()), "honey.png")
    page = Page(send(ada, HONEY | {"line_items[0][amount]": "", "line_items[0][picture]": file}))
    link = made(ada, send(ada, {"line_items[0][amount]": "9.50"}, page))
    product = price_of(link).product
    assert isinstance(product, Product)
    assert len(product.images) == 1


def test_the_json_of_the_form_is_what_the_api_takes(ada: Merchant) -> None:
    page = Page(send(ada, HONEY | {"add": "custom_field", "submit_type": "book"}))
    params = json.loads(page.by_id("json").text)
    assert params["submit_type"] == "book"
    assert params["line_items"][0]["price_data"]["unit_amount"] == 950


def targets_of(page: Page) -> list[str]:
    """Return the ids that the links of the error summary lead to. Each is the id of an element of the page."""
    links = page.root.first("div", class_="error-summary").all("a")
    return [page.by_id(link["href"].removeprefix("#"))["id"] for link in links]


def test_the_summary_of_a_new_link_leads_to_its_name_and_its_price(ada: Merchant) -> None:
    page = Page(send(ada, HONEY | {"line_items[0][price_data][product_data][name]": "", "line_items[0][amount]": "x"}))
    assert page.status == 422
    assert targets_of(page) == ["name", "amount"]


def test_a_way_to_pay_that_does_not_fit_the_currency_is_refused_at_the_list_of_ways_to_pay(ada: Merchant) -> None:
    usd = {"line_items[0][price_data][currency]": "usd"}
    page = Page(send(ada, HONEY | usd | {"payment_method_types[]": "sepa_debit"}))
    assert page.status == 422
    assert targets_of(page) == ["payment-method-types"]
    assert page.errors()[0] in page.by_id("payment-method-types-error").text
    assert page.errors() == ["Untick SEPA Direct Debit. It takes no payments in USD"]


def test_a_delivery_option_in_another_currency_is_refused_at_the_list_of_delivery_options(ada: Merchant) -> None:
    rates = [
        ada.shop.stock.sdk.v1.shipping_rates.create(
            {"display_name": name, "type": "fixed_amount", "fixed_amount": {"amount": 490, "currency": currency}}
        ).id
        for name, currency in (("Parcel", "eur"), ("Courier", "usd"))
    ]
    options = {f"shipping_options[{index}][shipping_rate]": id for index, id in enumerate(rates)}
    ships = {"ships": "yes", "shipping_address_collection[allowed_countries]": "DE"}
    page = Page(send(ada, HONEY | ships | options))
    assert page.status == 422
    (target,) = targets_of(page)
    assert page.by_id(target)["name"].endswith("[shipping_rate]")
    assert page.errors()[0] in page.by_id(f"{target}-error").text
    assert page.errors() == ["A delivery option has no price in EUR. Untick it"]
