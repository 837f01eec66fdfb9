"""The sandbox's Checkout as a buyer meets it, and what its form sends."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.support.buyer import BUYER, CARD
from tests.support.page import Page, tidy


class CheckoutPage(Page):
    """A page of the sandbox's Checkout: controls by name, labels, headings and links."""

    @cached_property
    def controls(self) -> dict[str, dict[str, str | None]]:
        """The attributes of each control by name. A group of radio buttons has those of the checked one."""
        found: dict[str, dict[str, str | None]] = {}
        for control in self.root:
            name = control.get("name")
            if not name or control.tag not in ("input", "select", "button", "textarea"):
                continue
            if control.get("type") == "radio" and control.get("checked") is None:
                continue
            chosen = [option for option in control.all("option") if option.get("selected") is not None]
            value = {"value": chosen[0].get("value")} if chosen else {}
            found.setdefault(name, {**control.attributes, **value})
        return found

    @property
    def labels(self) -> dict[str, str]:
        """The text of each label by the id of its control."""
        return {label["for"]: tidy(label.text) for label in self.root.all("label") if label.get("for")}

    @property
    def headings(self) -> list[str]:
        """The text of each `h1`."""
        return [tidy(heading.text) for heading in self.root.all("h1")]

    @property
    def landmarks(self) -> list[str]:
        """The tags of the landmarks, in document order."""
        return [element.tag for element in self.root if element.tag in ("main", "header", "footer", "nav")]

    @property
    def links(self) -> dict[str, str | None]:
        """The address of each link by its text."""
        return {tidy(link.text): link.get("href") for link in self.root.all("a") if tidy(link.text)}

    @property
    def text(self) -> str:
        """The text of the whole page."""
        return tidy(self.root.first("body").text)

    def error_of(self, name: str) -> str:
        """Return the error message of the control with this name."""
        control = self.controls[name]
        assert control.get("aria-invalid") == "true", f"{name} has no error"
        id = next(part for part in str(control["aria-describedby"]).split() if part.endswith("-error"))
        return tidy(self.by_id(id).text).removeprefix("Error: ")


def path_of(session: Any) -> str:
    """Return the path of a session's page on the test site."""
    return str(session.url).removeprefix("http://127.0.0.1")


def open_page(site: FlaskClient, session: Any, status: int = 200) -> CheckoutPage:
    """Open the page of a session."""
    answer = site.get(path_of(session))
    assert answer.status_code == status
    return CheckoutPage(answer)


def pay(site: FlaskClient, session: Any, **changes: Any) -> TestResponse:
    """Send the form with a good card and these changes."""
    return send(site, session, {**BUYER, **CARD, **changes})


def send(site: FlaskClient, session: Any, form: Mapping[str, str | None]) -> TestResponse:
    """Send the form. None leaves a field out."""
    return site.post(path_of(session), data={name: value for name, value in form.items() if value is not None})
