"""What a file of links, an import or an event reports stands in the language of the console."""

import pytest

from app.errors import GatewayRefused, InvalidRequest
from app.services.links.seeding import at_place
from app.web.console.connection.file_texts import file_problem, notes_text
from tests.support.languages import in_language
from tests.support.page import SAME_ORIGIN, Page
from tests.web.conftest import WebShop
from tests.web.console.conftest import Merchant
from tests.web.console.test_webhooks import ORGANIZATION, WEBHOOKS


@pytest.mark.parametrize(
    ("message", "german"),
    [
        (
            "This is not valid JSON (Expecting value, line 3, column 7).",
            "Das ist kein gültiges JSON (Zeile 3, Spalte 7).",
        ),
        ("The link has no items.", "Der Link hat keine Positionen."),
        (
            "Switched off: the product prod_1 is deleted. Left out line_items[0][price]: Stripe answers null inside it.",
            "Deaktiviert: Das Produkt prod_1 ist gelöscht. Weggelassen: line_items[0][price], weil Stripe darin leere Werte "
            "liefert.",
        ),
        ("Something that Stripe says. And more.", "Something that Stripe says. And more."),
    ],
)
def test_stored_notes_are_shown_in_the_language_of_the_page(shop: WebShop, message: str, german: str) -> None:
    with shop.app.test_request_context("/console/", headers={"Accept-Language": "de"}):
        shop.app.preprocess_request()
        assert notes_text(message) == german


def test_an_event_that_was_made_here_is_refused_in_the_language_of_the_page(ada: Merchant) -> None:
    ada.shop.link()
    made = ada.shop.store.events(ORGANIZATION, type="payment_link.created")[0][0]
    sent = ada.open("/console/account").values()
    german = {"Accept-Language": "de"}
    ada.post(f"{WEBHOOKS}/{made.id}/replay", sent, {**SAME_ORIGIN, **german})
    assert f"Das Ereignis {made.id} ist hier entstanden." in Page(ada.get(WEBHOOKS, **german)).text


def test_the_place_in_a_file_is_told_once(shop: WebShop) -> None:
    slug = "payment_links[0][counterfoil][slug]"
    with shop.app.test_request_context("/console/", headers={"Accept-Language": "de"}):
        shop.app.preprocess_request()
        named = file_problem(InvalidRequest(f"{slug} must not be blank.", param=slug))
        assert named == in_language("de", "%(field)s must not be blank", field=slug) + "."
        unnamed = file_problem(InvalidRequest("No such price: 'price_1'.", param="payment_links[0]"))
        assert unnamed == in_language("de", "No such price: '%(id)s'", id="price_1") + ". (payment_links[0])"


def test_what_stripe_refuses_in_a_file_stands_in_quotation_marks(shop: WebShop) -> None:
    message = "No such price: 'price_1'"

    def refuse() -> None:
        raise GatewayRefused(message, param="price")

    with pytest.raises(InvalidRequest) as refused:
        at_place("payment_links[0]", refuse)
    with shop.app.test_request_context("/console/", headers={"Accept-Language": "de"}):
        shop.app.preprocess_request()
        quoted = in_language("de", "Stripe says: “%(message)s”", message=message)
        assert file_problem(refused.value) == f"{quoted} (payment_links[0][price])"
