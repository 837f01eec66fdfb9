"""A text that is made when it is shown is escaped like any other text."""

from flask import Flask, render_template_string

from app.web.display.translation import lazily


def test_a_lazy_text_is_escaped_in_a_template() -> None:
    with Flask(__name__).app_context():
        shown = render_template_string("{{ text }}", text=lazily("<b>{} & more".format, "Honey"))
    assert shown == "&lt;b&gt;Honey &amp; more"


def test_a_lazy_text_is_made_when_it_is_shown() -> None:
    words = ["before"]
    text = lazily(words.pop)
    words.append("now")
    assert str(text) == "now"
