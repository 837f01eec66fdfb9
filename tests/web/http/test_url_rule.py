"""Rules that are compiled once: each application has its own converters and its own settings."""

from typing import Any

import pytest
from flask import Flask, url_for
from werkzeug.routing import BaseConverter

from app.web.http.url_rule import SharedRule
from tests.web.conftest import WebShop


class Upper(BaseConverter):
    def to_url(self, value: str) -> str:
        return value.upper()


def an_application(converter: type[BaseConverter] | None = None, *, merge_slashes: bool = True) -> Flask:
    app = Flask("one")
    app.url_rule_class = SharedRule
    app.url_map.merge_slashes = merge_slashes
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


def test_every_application_finds_the_same_routes() -> None:
    for app in (an_application(), an_application()):
        adapter = app.url_map.bind("localhost")
        assert adapter.match("/pay/a b/qr.svg") == ("qr", {"code": "a b"})
        assert adapter.match("/pay/a") == ("pay", {"code": "a", "embedded": False})
        assert adapter.match("/pay/a/embed") == ("pay", {"code": "a", "embedded": True})


def test_an_equal_rule_is_compiled_once() -> None:
    first, second = (next(an_application().url_map.iter_rules("qr")) for _ in range(2))
    assert first is not second
    assert first._parts is second._parts


def test_rules_that_match_other_paths_are_compiled_apart() -> None:
    for merge_slashes, path in ((True, "/a/b"), (False, "/a//b"), (True, "/a/b")):
        app = an_application(merge_slashes=merge_slashes)
        app.add_url_rule("/a//b", "slashes", lambda: "")
        assert app.url_map.bind("localhost").match(path) == ("slashes", {})


def test_every_rule_of_the_application_is_shared(shop: WebShop) -> None:
    rules = list(shop.app.url_map.iter_rules())
    assert len(rules) > 100
    assert [rule.rule for rule in rules if not isinstance(rule, SharedRule)] == []
