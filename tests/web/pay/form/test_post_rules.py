"""A valid post is read by the rules of the form alone. They take what the form takes, and read it as the form does."""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.datastructures import ImmutableMultiDict

from app.objects.selection import UrlParameters
from app.web.pay.form.entries import Entries, code_of
from app.web.pay.form.form import PayForm
from app.web.pay.form.post_rules import FormRules, KnownRules
from tests.support.build import a_custom_price, a_line, a_link, adjustable, an_optional_item
from tests.support.page import SAME_ORIGIN
from tests.web.conftest import WebShop

PLAIN = UrlParameters()
CARD = "4242 4242 4242 4242"
TEXTS = [
    "",
    " ",
    "0",
    "1",
    "3",
    "10",
    "1,50",
    "1.500",
    "on",
    "false",
    "rose",
    "oak",
    "\u200b",
    "\u200b12 3",
    "a\u0301bc",
    CARD,
]
TEXTS += ["x" * 101, "y" * 501, "z" * 1021]


def question(key: str, **rest: Any) -> dict[str, Any]:
    return {"key": key, "label": {"type": "custom", "custom": key}, **rest}


OPTIONS = [{"label": "Rose", "value": "rose"}, {"label": "Hay", "value": "hay"}]
LINKS = {
    "choices": a_link(
        a_line(quantity=2, adjustable_quantity=adjustable(1, 9)),
        optional_items=[an_optional_item(adjustable_quantity=adjustable(2, 3))],
        allow_promotion_codes=True,
    ),
    "a free amount": a_link(a_line(a_custom_price(minimum=100, maximum=5000, preset=300))),
    "answers": a_link(
        custom_fields=[
            question("must", type="text", text={"minimum_length": 2, "maximum_length": 5}),
            question("digits", type="numeric", optional=True, numeric={"maximum_length": 4}),
            question("scent", type="dropdown", dropdown={"options": OPTIONS, "default_value": "hay"}),
        ],
    ),
    "consents": a_link(consent_collection={"terms_of_service": "required", "promotions": "auto"}),
    "no question": a_link(),
}


@pytest.fixture(params=["en", "de"])
def request_in(shop: WebShop, request: pytest.FixtureRequest) -> Iterator[str]:
    with shop.app.test_request_context(f"/?locale={request.param}"):
        yield request.param


@pytest.mark.parametrize("name", LINKS)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_the_rules_take_and_read_a_post_as_the_form_does(name: str, request_in: str, data: st.DataObject) -> None:
    link = LINKS[name]
    rules = FormRules(PayForm(link, PLAIN, sent=ImmutableMultiDict()))
    names = [*rules.fields, "csrf_token", "everything", "unknown"]
    likely = st.lists(st.sampled_from(names[:-1]), unique=True)
    sent_names = data.draw(st.one_of(likely, likely, st.lists(st.sampled_from(names))))
    sent = ImmutableMultiDict([(sent_name, data.draw(st.sampled_from(TEXTS))) for sent_name in sent_names])
    form = PayForm(link, PLAIN, sent=sent)
    form.check()
    expected: Entries | None = form.entries if form.is_valid else None
    found = rules.read(sent)
    assert found == expected
    assert found is None or code_of(found) == form.code


def test_a_change_of_the_link_counts_for_the_next_post(shop: WebShop) -> None:
    link = shop.sell(a_link(a_line(quantity=2, adjustable_quantity=adjustable(1, 9))))
    values = shop.open().values() | {"line_items[li_honey][quantity]": "7"}
    assert shop.client.post("/pay/honey", data=values, headers=SAME_ORIGIN).status_code == 303
    assert link.line_items is not None
    (item,) = link.line_items.data
    items = link.line_items.model_copy(
        update={"data": (item.model_copy(update={"adjustable_quantity": adjustable(1, 5)}),)}
    )
    counterfoil = link.counterfoil.model_copy(update={"version": link.counterfoil.version + 1})
    assert shop.store.save_link(link.model_copy(update={"line_items": items, "counterfoil": counterfoil}))
    assert shop.client.post("/pay/honey", data=values, headers=SAME_ORIGIN).status_code == 422


@pytest.mark.usefixtures("request_in")
def test_kept_rules_count_the_memory_of_the_link_that_they_keep() -> None:
    """A link with 200 options takes 164 KB with its rules, and one without a question about 30 KB."""
    options = [{"label": f"Option {number}", "value": f"option{number}"} for number in range(200)]
    large = a_link(custom_fields=[question("scent", type="dropdown", dropdown={"options": options})])
    sizes = [
        KnownRules(link, FormRules(PayForm(link, PLAIN, sent=ImmutableMultiDict()))).size for link in (large, a_link())
    ]
    assert sizes[0] > 160_000 > 50_000 > sizes[1] > 20_000


def test_an_amount_is_read_in_the_language_of_each_post(shop: WebShop) -> None:
    shop.sell(a_link(a_line(a_custom_price(minimum=100, maximum=900_000))))
    for query, status in (
        ("", 303),
        ("?locale=de", 422),
        ("", 303),
    ):  # a thousand in English, too many decimals in German
        values = shop.open(f"/pay/honey{query}").values() | {"line_items[li_gift][unit_amount]": "1,234"}
        assert shop.client.post(f"/pay/honey{query}", data=values, headers=SAME_ORIGIN).status_code == status


def test_a_field_that_the_address_filled_in_is_read_as_the_page_showed_it(shop: WebShop) -> None:
    link = shop.sell()
    query = "?prefilled_email=jane@post.example"
    values = {"csrf_token": shop.open(f"/pay/honey{query}").values()["csrf_token"]}
    assert shop.client.post(f"/pay/honey{query}", data=values, headers=SAME_ORIGIN).status_code == 303
    assert shop.store.attempts_of_link(link.id)[0].selection.answers.email == "jane@post.example"
