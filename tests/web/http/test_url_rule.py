"""Rules that are compiled once: each application keeps its own converters."""

from typing import Any

import pytest
from flask import Flask, url_for
from werkzeug.routing import BaseConverter

from app.web.http.url_rule import SharedRule


class Upper(BaseConverter):
    def to_url(self, value: str) -> str:
        return value.upper()


def an_application(converter: type[BaseConverter] | None = None) -> Flask:
    app = Flask("one")
    app.url_rule_class = SharedRule
    if converter is not None:
        app.url_map.converters["default"] = converter
    app.add_url_rule("/pay/<code>/qr.svg", "qr", lambda code: code)
    app.add_url_rule("/pay/<code>", "pay", defaults={"embedded": False})
    app.add_url_rule("/pay/<code>/embed", "pay", defaults={"embedded": True})
    return app


@pytest.mark.parametrize(
    ("values", "address"),
    [
        ({"endpoint": "qr", "code": "a b"}, "/pay/a%20b/qr.svg"),
        ({"endpoint": "qr", "code": "a", "v": "1"}, "/pay/a/qr.svg?v=1"),
        ({"endpoint": "pay", "code": "a", "embedded": False}, "/pay/a"),
        ({"endpoint": "pay", "code": "a", "embedded": True}, "/pay/a/embed"),
    ],
)
def test_every_application_builds_the_same_addresses(values: dict[str, Any], address: str) -> None:
    for app in (an_application(), an_application()):
        with app.test_request_context():
            assert url_for(**values) == address


def test_an_applications_own_converter_is_used() -> None:
    for converter, address in ((None, "/pay/a/qr.svg"), (Upper, "/pay/A/qr.svg"), (None, "/pay/a/qr.svg")):
        with an_application(converter).test_request_context():
            assert url_for("qr", code="a") == address
