"""Ways to pay that a link cannot take, with the names of the form in the merchant's language."""

from tests.support.page import Page
from tests.web.console.conftest import Merchant
from tests.web.console.editor.test_new_link import HONEY, NEW, send


def test_ways_to_pay_that_are_refused_have_the_names_of_the_form_in_the_language_of_the_merchant(ada: Merchant) -> None:
    monthly = {"price_kind": "recurring", "line_items[0][price_data][recurring][interval]": "month"}
    page = Page(send(ada, HONEY | monthly | {"payment_method_types[]": ["card", "eps"]}))
    assert page.errors() == ["Untick EPS. It takes no payments for subscriptions"]
    held = HONEY | {"payment_intent_data[capture_method]": "manual", "payment_method_types[]": "eps"}
    (message,) = Page(send(ada, held)).errors()
    assert message.endswith("Tick another one, such as Card")
    page = ada.open(NEW)
    ada.client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "de"
    (message,) = Page(send(ada, held, page)).errors()
    assert message.endswith("zum Beispiel Karte")
