"""What a file of links, an import or an event reports stands in the language of the console."""

import pytest

from app.web.console.connection.file_texts import notes_text
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
