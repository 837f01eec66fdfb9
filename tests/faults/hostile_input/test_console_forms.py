"""Every form of the console with long hostile texts. The tests walk the URL map, so they find each new form."""

import re
from collections.abc import Iterator
from functools import partial

import pytest
from werkzeug.test import EnvironBuilder

from app.objects.user import ROLES
from app.web.console.auth import needed_role
from tests.faults.hostile_input.hostile import MORE_CALLS, NORMALIZED, OWN, done_by, hostile, in_form, post
from tests.support.console_examples import make_examples
from tests.support.page import Element, Page
from tests.web.conftest import WebShop
from tests.web.console.conftest import Merchant

pytestmark = pytest.mark.faults

FEW = ("combining marks", "digits", "brackets")
FIELDS_OF_A_FORM = 5
"""How many fields of one form are tried. They stand evenly in the form, so every group of a long form has one."""

MULTIPART_BYTES = 400_000
"""A form with a picture may be longer than others, up to the server's limit for texts in such a form."""

WITHOUT_TEXT = {"checkbox", "radio", "hidden", "file", "submit", "button"}


def pages(shop: WebShop) -> Iterator[str]:
    """Return the addresses of the console's pages, each with an example."""
    ids = make_examples(shop.store, shop.gateway, "org_apiary")
    with shop.app.app_context():
        rules = [
            rule
            for rule in shop.app.url_map.iter_rules()
            if rule.endpoint.startswith("console.") and "GET" in (rule.methods or ())
            if needed_role(rule.endpoint) in ROLES
        ]
    for rule in rules:
        part = re.search(r"/([^/<]+)/<", rule.rule)
        if not rule.arguments or (part and part[1] in ids):
            yield re.sub(r"<[^>]+>", ids[part[1]] if part else "", rule.rule)


def forms_with_text(merchant: Merchant) -> dict[str, tuple[str, Element, Page]]:
    """Return each form that has a field for text, by its address, with the page on which it stands."""
    found: dict[str, tuple[str, Element, Page]] = {}
    for path in pages(merchant.shop):
        answer = merchant.get(path)
        if answer.status_code != 200 or answer.mimetype != "text/html":
            continue
        page = Page(answer)
        for action, form in page.posted_forms(path):
            if text_fields(form):
                found.setdefault(action, (path, form, page))
    return found


def text_fields(form: Element) -> list[str]:
    fields = form.all("textarea") + [
        field for field in form.all("input") if (field.get("type") or "text") not in WITHOUT_TEXT
    ]
    return list(dict.fromkeys(field["name"] for field in fields if field.get("name")))


def test_no_field_of_a_console_form_costs_more_than_a_plain_answer(shop: WebShop) -> None:
    merchant = Merchant(shop)
    merchant.log_in()
    cookie = {"Cookie": f"counterfoil={merchant.cookie}", **OWN}
    forms = forms_with_text(merchant)
    assert len(forms) > 5

    def send(action: str, sent: dict[str, str], multipart: bool, text: str, name: str) -> EnvironBuilder:
        kind = {"content_type": "multipart/form-data"} if multipart else {}
        return post(action, headers=cookie, data=sent | {name: text}, **kind)

    for action, (path, form, page) in forms.items():
        multipart = form.get("enctype") == "multipart/form-data"
        names, sent = text_fields(form), page.values(form)
        for name in names[:: -(-len(names) // FIELDS_OF_A_FORM)]:
            asked = partial(send, action, sent, multipart, name=name)
            done_by(asked, "x", shop.app)
            # A text that is taken answers with a redirect, one that is too long with the form again.
            usual = max((done_by(asked, text, shop.app) for text in ("x", "x" * 4000)), key=lambda work: work.calls)
            for pattern in FEW:
                text = hostile(pattern, MULTIPART_BYTES) if multipart else in_form(pattern)
                work = done_by(asked, text, shop.app)
                assert work.calls <= usual.calls + MORE_CALLS, (path, action, name, pattern, work, usual)
                assert work.normalized <= NORMALIZED, (path, action, name, pattern, work)
