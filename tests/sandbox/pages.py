"""The hosted checkout as a buyer meets it: fields by their labels, and what a form would send."""

import re
from collections.abc import Mapping
from html.parser import HTMLParser
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.support.buyer import BUYER, CARD


class Page(HTMLParser):
    """A page's text, labels, controls and headings."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.html = html
        self.labels: dict[str, str] = {}
        self.controls: dict[str, dict[str, str | None]] = {}
        self.headings: list[str] = []
        self.landmarks: list[str] = []
        self.links: dict[str, str] = {}
        self.text = ""
        self._open: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        if tag in ("input", "select", "button", "textarea") and attributes.get("name"):
            name = str(attributes["name"])
            if attributes.get("type") != "radio" or "checked" in attributes:
                self.controls.setdefault(name, attributes)
        if tag in ("main", "header", "footer", "nav"):
            self.landmarks.append(tag)
        if tag == "option" and "selected" in attributes:
            name = next(str(a["name"]) for t, a in reversed(self._open) if t == "select")
            self.controls[name]["value"] = attributes.get("value")
        if tag not in ("input", "br", "img", "meta", "link", "hr"):
            self._open.append((tag, attributes))

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if any(tag in ("script", "style", "title") for tag, _ in self._open):
            return
        self.text += data
        for tag, attributes in self._open:
            if tag == "label" and attributes.get("for"):
                identifier = str(attributes["for"])
                self.labels[identifier] = (self.labels.get(identifier, "") + data).strip()
            if tag == "h1" and data.strip():
                self.headings.append(data.strip())
            if tag == "a" and data.strip():
                self.links[" ".join(data.split())] = str(attributes.get("href"))

    def error_at(self, name: str) -> str:
        """The message that a control is described by."""
        control = self.controls[name]
        assert control.get("aria-invalid") == "true", f"{name} has no error"
        identifier = next(part for part in str(control["aria-describedby"]).split() if part.endswith("-error"))
        found = re.search(rf'id="{re.escape(identifier)}"[^>]*>(.*?)</p>', self.html, re.S)
        assert found
        return re.sub(r"<span.*?</span>|<[^>]+>", "", found[1], flags=re.S).strip()


def path_of(session: Any) -> str:
    """The address of a session's page on the test site."""
    return str(session.url).removeprefix("http://127.0.0.1")


def open_page(site: FlaskClient, session: Any, status: int = 200) -> Page:
    answer = site.get(path_of(session))
    assert answer.status_code == status
    return Page(answer.text)


def pay(site: FlaskClient, session: Any, **changes: Any) -> TestResponse:
    """Fill the form as a buyer with a good card would, but for what is changed, and send it."""
    return send(site, session, {**BUYER, **CARD, **changes})


def send(site: FlaskClient, session: Any, form: Mapping[str, str | None]) -> TestResponse:
    return site.post(path_of(session), data={name: value for name, value in form.items() if value is not None})
