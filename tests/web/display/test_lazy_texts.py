"""A text that is made when it is shown is escaped like any other text."""

from flask import Flask, render_template_string

from app.web.display.translation import gettext, lazily, lazy_gettext
from tests.support.counting import count_function_calls
from tests.web.conftest import WebShop


def test_a_lazy_text_is_escaped_in_a_template() -> None:
    with Flask(__name__).app_context():
        shown = render_template_string("{{ text }}", text=lazily("<b>{} & more".format, "Honey"))
    assert shown == "&lt;b&gt;Honey &amp; more"


def test_a_lazy_text_is_made_when_it_is_shown() -> None:
    words = ["before"]
    text = lazily(words.pop)
    words.append("now")
    assert str(text) == "now"


def test_a_lazy_text_is_found_in_as_few_steps_as_another_text(shop: WebShop) -> None:
    label = lazy_gettext("Log in")
    with shop.app.test_request_context("/console/login", headers={"Accept-Language": "de"}):
        shop.app.preprocess_request()
        assert str(label) == gettext("Log in") == "Anmelden"
        assert count_function_calls(lambda: str(label)) <= count_function_calls(lambda: gettext("Log in")) + 2
