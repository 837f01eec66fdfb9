"""A link is changed in the console: the saved changes, the list before a save, and the conflict with another editor."""

from typing import Any

import pytest

from app.objects.payment_link import PaymentLink
from tests.support.page import Page
from tests.support.shop import price_data
from tests.web.console.conftest import Merchant, add_user
from tests.web.console.editor.test_new_link import create, made, send, sent_by


def edit_path(link: PaymentLink) -> str:
    return f"/console/links/{link.id}/edit"


def save(ada: Merchant, link: PaymentLink, fields: dict[str, str], page: Page | None = None) -> Page:
    """Fill in fields of the form, press "Save changes" and follow the redirect."""
    page = page or ada.open(edit_path(link))
    answer = ada.post(edit_path(link), {**sent_by(page, "Save changes"), **fields})
    return ada.open(answer.location) if answer.status_code == 303 else Page(answer)


def stored(ada: Merchant, link: PaymentLink) -> PaymentLink:
    found = ada.shop.store.link(link.id)
    assert found is not None
    return found


def rows(page: Page) -> dict[str, list[str]]:
    """Return the changes that the page lists: setting, value now, value after the save."""
    found = page.root.all(id="changes-part")[0]
    return {row.first("th").text.strip(): [cell.text.strip() for cell in row.all("td")] for row in found.all("tr")[1:]}


def start_paying(ada: Merchant, link: PaymentLink) -> None:
    """Let a buyer continue to Checkout."""
    shop = ada.shop
    address = f"/pay/{link.counterfoil.slug or link.counterfoil.code}"
    page = shop.open(address)
    answer = shop.client.post(page.form["action"], data=page.values(), headers={"Sec-Fetch-Site": "same-origin"})
    assert answer.status_code == 303, answer.text


def test_a_save_without_changes_stores_nothing(ada: Merchant) -> None:
    link = create(ada, **{"counterfoil[title]": "Honey", "restrictions[completed_sessions][limit]": "20"})
    page = save(ada, link, {})
    assert page.heading == "Honey"
    assert stored(ada, link) == link


def test_a_change_is_stored_and_everything_else_stays(ada: Merchant) -> None:
    link = create(ada, **{"counterfoil[title]": "Honey", "metadata_key[]": "crate", "metadata_value[]": "7"})
    save(ada, link, {"counterfoil[title]": "Heather honey", "phone_number_collection[enabled]": "true"})
    after = stored(ada, link)
    assert (after.counterfoil.title, after.phone_number_collection.enabled) == ("Heather honey", True)
    assert after.metadata == {"crate": "7"}
    assert after.line_items == link.line_items
    assert after.counterfoil.version == link.counterfoil.version + 1


REMOVED: dict[str, tuple[dict[str, str], dict[str, str], str]] = {
    "a title": ({"counterfoil[title]": "Honey"}, {"counterfoil[title]": ""}, "counterfoil.title"),
    "a limit": (
        {"restrictions[completed_sessions][limit]": "3"},
        {"restrictions[completed_sessions][limit]": ""},
        "restrictions",
    ),
    "a text": ({"custom_text[submit][message]": "Hi"}, {"custom_text[submit][message]": ""}, "custom_text.submit"),
    "the words of the receipt": (
        {"after_completion[hosted_confirmation][custom_message]": "Thanks"},
        {"after_completion[hosted_confirmation][custom_message]": ""},
        "after_completion.hosted_confirmation.custom_message",
    ),
    "delivery": (
        {"ships": "yes", "shipping_address_collection[allowed_countries]": "DE AT"},
        {"ships": "no"},
        "shipping_address_collection",
    ),
    "an asked name": (
        {"name_collection[individual]": "required", "name_collection[business]": "optional"},
        {"name_collection[individual]": ""},
        "name_collection.individual",
    ),
    "a text of the invoice": (
        {"invoice_creation[enabled]": "true", "invoice_creation[invoice_data][footer]": "Bye"},
        {"invoice_creation[invoice_data][footer]": ""},
        "invoice_creation.invoice_data.footer",
    ),
    "data": ({"metadata_key[]": "a", "metadata_value[]": "b"}, {"metadata_key[]": ""}, "metadata.a"),
    "a pay button": ({"submit_type": "book"}, {"submit_type": "auto"}, "submit_type"),
}


def value_at(link: PaymentLink, path: str) -> Any:
    value: Any = link.model_dump(mode="json")
    for step in path.split("."):
        value = value.get(step) if value is not None else None
    return value


@pytest.mark.parametrize("what", REMOVED)
def test_what_the_form_empties_is_gone(ada: Merchant, what: str) -> None:
    given, emptied, path = REMOVED[what]
    link = create(ada, **given)
    assert value_at(link, path) not in (None, "auto")
    page = save(ada, link, emptied)
    assert page.errors() == []
    assert value_at(stored(ada, link), path) in (None, "auto")


def test_a_wrong_answer_is_told_at_its_field_and_changes_nothing(ada: Merchant) -> None:
    link = create(ada)
    page = save(ada, link, {"counterfoil[slug]": "No!", "counterfoil[title]": "Kept"})
    assert page.status == 422
    assert "Invalid slug" in page.error_at("Address (optional)")
    assert page.field("Title above the items (optional)")["value"] == "Kept"
    assert stored(ada, link) == link


def test_while_buyers_pay_the_changes_are_listed_before_they_are_saved(ada: Merchant) -> None:
    link = create(ada)
    start_paying(ada, link)
    page = ada.open(edit_path(link))
    assert page.notice == "One buyer is paying now"
    asked = save(ada, link, {"restrictions[completed_sessions][limit]": "150"}, page)
    assert rows(asked) == {"How many can pay": ["nothing", "150"]}
    assert stored(ada, link) == link
    save(ada, link, {"confirm": "1"}, asked)
    restrictions = stored(ada, link).restrictions
    assert restrictions is not None
    assert restrictions.completed_sessions.limit == 150


def test_a_box_that_is_ticked_or_cleared_reads_yes_or_no_in_the_list_of_changes(ada: Merchant) -> None:
    link = create(ada, billing_address_collection="required")
    start_paying(ada, link)
    page = ada.open(edit_path(link))
    sent = {**sent_by(page, "Save changes"), "phone_number_collection[enabled]": "true"}
    del sent["billing_address_collection"]
    asked = Page(ada.post(edit_path(link), sent))
    assert rows(asked) == {"Phone number": ["no", "yes"], "Billing address, always": ["yes", "no"]}


def test_an_editor_with_an_old_version_compares_first(ada: Merchant) -> None:
    link = create(ada)
    mine = ada.open(edit_path(link))
    save(ada, link, {"counterfoil[title]": "Saved first"})
    page = save(ada, link, {"counterfoil[title]": "Saved second"}, mine)
    assert page.status == 409
    assert page.notice == "Another editor changed this link"
    assert "ada@example.com changed this link at" in page.text
    assert rows(page) == {"Title above the items": ["Saved first", "Saved second"]}
    assert stored(ada, link).counterfoil.title == "Saved first"
    save(ada, link, {"confirm": "1"}, page)
    assert stored(ada, link).counterfoil.title == "Saved second"


def test_quantities_of_existing_items_change_and_prices_stay(ada: Merchant) -> None:
    link = create(ada)
    page = ada.open(edit_path(link))
    assert not page.has_field("Price")
    prefix = "line_items[0][adjustable_quantity]"
    save(ada, link, {f"{prefix}[enabled]": "true", f"{prefix}[minimum]": "1", f"{prefix}[maximum]": "5"}, page)
    after = stored(ada, link)
    assert after.line_items is not None
    (item,) = after.line_items.data
    assert item.adjustable_quantity is not None
    assert (item.adjustable_quantity.minimum, item.adjustable_quantity.maximum) == (1, 5)
    save(ada, link, {f"{prefix}[maximum]": ""})
    again = stored(ada, link).line_items
    assert again is not None
    assert again.data[0].adjustable_quantity is not None
    assert again.data[0].adjustable_quantity.maximum is None


def test_the_form_leads_to_the_page_that_changes_each_price(ada: Merchant) -> None:
    honey, wax = ({"price_data": price_data(name=name), "quantity": 1} for name in ("Honey", "Wax"))
    link = ada.shop.link(line_items=[honey, wax])
    assert link.line_items is not None
    paths = [f"/console/prices/{item.price.id}" for item in link.line_items.data if item.price]
    shown = [address["href"] for address in ada.open(edit_path(link)).root.all("a")]
    assert [path for path in shown if path.startswith("/console/prices/")] == paths
    assert [ada.get(path).status_code for path in paths] == [200, 200]


def test_a_new_optional_item_is_created_when_the_change_is_saved(ada: Merchant) -> None:
    link = create(ada)
    fields = {"[price_data][product_data][name]": "Gift wrapping", "[amount]": "4.50", "[quantity]": "1"}
    page = save(ada, link, {f"optional_items[0]{name}": text for name, text in fields.items()})
    assert page.errors() == []
    (option,) = stored(ada, link).optional_items or ()
    assert not isinstance(option.price, str)
    assert (option.price.unit_amount, option.price.id[:6]) == (450, "price_")


def test_ticked_boxes_keep_the_order_of_the_link(ada: Merchant) -> None:
    rates = [
        ada.shop.stock.sdk.v1.shipping_rates.create(
            {"display_name": name, "type": "fixed_amount", "fixed_amount": {"amount": 490, "currency": "eur"}}
        ).id
        for name in ("Parcel", "Courier", "Pick up")
    ]
    fields = {f"shipping_options[{index}][shipping_rate]": id for index, id in enumerate((rates[0], rates[2]))}
    link = create(ada, ships="yes", **{"shipping_address_collection[allowed_countries]": "DE"}, **fields)
    page = ada.open(edit_path(link))
    save(ada, link, {}, page)
    assert stored(ada, link) == link
    start_paying(ada, link)
    asked = save(ada, link, {"shipping_options[1][shipping_rate]": ""}, ada.open(edit_path(link)))
    assert rows(asked) == {"Delivery options": ["Parcel, €4.90, Pick up, €4.90", "Parcel, €4.90"]}


def test_a_duplicate_sells_the_same_price_or_a_new_one(ada: Merchant) -> None:
    link = create(ada, **{"counterfoil[slug]": "honey", "counterfoil[title]": "Honey"})
    same = made(ada, send(ada, {}, ada.open(f"/console/links/new?copy={link.id}")))
    assert same.line_items is not None
    assert link.line_items is not None
    assert same.line_items.data[0].price == link.line_items.data[0].price
    assert (same.counterfoil.title, same.counterfoil.slug) == ("Honey", None)
    page = ada.open(f"/console/links/new?copy={link.id}&price=new")
    assert page.field("Price")["value"] == "9.50"
    other = made(ada, send(ada, {"line_items[0][amount]": "12"}, page))
    assert other.line_items is not None
    assert other.line_items.data[0].price is not None
    assert other.line_items.data[0].price.unit_amount == 1200


def test_a_change_is_logged_with_the_user_who_made_it(ada: Merchant) -> None:
    link = create(ada)
    save(ada, link, {"counterfoil[title]": "Heather honey"})
    log = ada.open("/console/settings/log").text
    assert "Heather honey" in log
    assert "ada@" in log


def test_a_viewer_may_not_open_the_editor(ada: Merchant) -> None:
    link = create(ada)
    add_user(ada.shop, "viewer@example.com", role="viewer")
    viewer = Merchant(ada.shop)
    viewer.log_in(email="viewer@example.com")
    assert viewer.get(edit_path(link)).status_code == 403
    assert viewer.get("/console/links/new").status_code == 403
    assert viewer.get(f"/console/links/{link.id}/created").status_code == 200
