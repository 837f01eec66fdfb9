"""Messages are shown in the language of the page: ours translated, Stripe's in quotation marks."""

import pytest

from app.errors import GatewayRefused, GatewayUnavailable, InvalidRequest
from app.objects.currency import SUPPORTED
from app.pricing.money import format_amount
from app.services.links.seed_file import SeedCounterfoil
from app.web.console.messages.translate import problem_text, report_text, sentence_text, stripe_text
from app.wire.errors import validate
from tests.support.languages import in_language
from tests.web.conftest import WebShop

STRIPE_SAYS = "Stripe says: “%(message)s”"


@pytest.mark.usefixtures("german")
@pytest.mark.parametrize(
    ("message", "text", "values"),
    [
        (GatewayUnavailable.message, "Stripe could not be reached.", {}),
        (
            "Stripe could not be reached (TimeoutError).",
            "Stripe could not be reached (%(name)s).",
            {"name": "TimeoutError"},
        ),
        (
            "Stripe could not answer now (status 503, request req_1).",
            "Stripe could not answer now (status %(status)s, request %(id)s).",
            {"status": "503", "id": "req_1"},
        ),
        ("The answer is not Stripe's.", "The answer is not Stripe's.", {}),
        (
            "Stripe's answer is not a valid Price: see recurring.interval.",
            "Stripe's answer is not a valid %(kind)s: see %(where)s.",
            {"kind": "Price", "where": "recurring.interval"},
        ),
        (
            "The import cannot go on (ValueError). The log of the server says more.",
            "The import cannot go on (%(name)s). The log of the server says more.",
            {"name": "ValueError"},
        ),
        ("You cannot do this.", STRIPE_SAYS, {"message": "You cannot do this."}),
        # These equal texts of our rules.
        *(
            (message, STRIPE_SAYS, {"message": message})
            for message in (
                "No such price: 'price_1'",
                "No such coupon: 'HARVEST'",
                "Missing required param: unit_amount.",
                "Received unknown parameter: colour",
            )
        ),
    ],
)
def test_our_words_about_stripe_are_translated_and_its_own_stay(
    message: str, text: str, values: dict[str, str]
) -> None:
    assert stripe_text(message) == in_language("de", text, **values)


@pytest.mark.usefixtures("german")
def test_a_reason_inside_a_note_is_translated_too() -> None:
    reason = "The price %(id)s has no amount that this version of Counterfoil knows."
    note = f"Switched off: {reason % {'id': 'price_1'}}"
    inside = in_language("de", reason, id="price_1")
    assert report_text(note) == in_language("de", "Switched off: %(reason)s", reason=inside)


@pytest.mark.usefixtures("german")
@pytest.mark.parametrize("kind", ["a larger number", "an object", "a list"])
def test_the_kind_of_a_wrong_value_is_named_in_the_language(kind: str) -> None:
    text = "Invalid string: %(name)s must be text, not “%(value)s”"
    shown = in_language("de", text, name="title", value=in_language("de", kind))
    assert report_text(f"Invalid string: title must be text, not “{kind}”.") == shown


@pytest.mark.usefixtures("german")
def test_a_wrong_code_of_a_file_is_refused_without_a_pattern() -> None:
    with pytest.raises(InvalidRequest) as refused:
        validate(SeedCounterfoil, {"code": "a/b"})
    text = (
        "Invalid code: %(name)s must have 1 to 64 characters, each A to Z, a to z, a digit, a hyphen or an underscore, "
        "not “%(value)s”"
    )
    assert report_text(refused.value.message) == in_language("de", text, name="code", value="a/b")


@pytest.mark.usefixtures("german")
def test_choices_are_listed_with_the_comma_of_the_language(shop: WebShop) -> None:
    message = "Invalid submit_type: must be one of auto, book, or pay, not “x”."
    text = "Invalid %(name)s: must be one of %(choices)s, not “%(value)s”"
    assert report_text(message) == in_language("de", text, name="submit_type", choices="auto, book, pay", value="x")
    with shop.app.test_request_context("/console/", headers={"Accept-Language": "ja"}):
        shop.app.preprocess_request()
        assert "auto、book、pay" in report_text(message)


@pytest.mark.usefixtures("german")
def test_a_refusal_of_stripe_is_told_from_a_rule_of_ours() -> None:
    refused = InvalidRequest("Not for this account.", param="line_items[0][price]")
    assert problem_text(refused) == "Not for this account."
    refused.__cause__ = InvalidRequest("Not for this account.")
    refused.__cause__.__cause__ = GatewayRefused("Not for this account.")
    assert problem_text(refused) == in_language("de", STRIPE_SAYS, message="Not for this account.")


@pytest.mark.usefixtures("german")
@pytest.mark.parametrize("currency", sorted(SUPPORTED))
def test_an_amount_inside_a_message_is_written_as_in_the_language_of_the_page(currency: str) -> None:
    text = "This link could never be paid: its largest order costs %(amount)s, and Stripe charges at least %(limit)s"
    amounts = {"amount": 100, "limit": 1_234_500}
    message = text % {name: format_amount(amount, currency, "en") for name, amount in amounts.items()}
    shown = {name: format_amount(amount, currency, "de") for name, amount in amounts.items()}
    assert report_text(f"{message}.") == in_language("de", text, **shown)


@pytest.mark.usefixtures("german")
def test_a_message_of_stripe_is_told_from_ours_with_the_same_words() -> None:
    refused = InvalidRequest("No such price: 'price_1'", param="line_items[0][price]")
    refused.__cause__ = GatewayRefused("No such price: 'price_1'")
    assert problem_text(refused) == in_language("de", STRIPE_SAYS, message="No such price: 'price_1'")
    refused.__cause__ = GatewayRefused("No such resource.")
    assert problem_text(refused) == in_language("de", "No such price: '%(id)s'", id="price_1")


@pytest.mark.usefixtures("german")
def test_the_whole_request_is_named_in_the_language() -> None:
    text = "Invalid object: %(name)s must be an object with named attributes (%(name)s[…]), not “%(value)s”"
    message = text % {"name": "the request", "value": "5"}
    assert report_text(message) == in_language("de", text, name=in_language("de", "the request"), value="5")


@pytest.mark.parametrize(("language", "stop"), [("en", "."), ("de", "."), ("ja", "。")])
def test_each_message_of_a_report_ends_with_one_full_stop(shop: WebShop, language: str, stop: str) -> None:
    messages = ("No such price: 'price_1'.", "metadata must not be blank.", "The link has no items.")
    with shop.app.test_request_context("/console/", headers={"Accept-Language": language}):
        shop.app.preprocess_request()
        for text in map(sentence_text, messages):
            assert text.endswith(stop)
            assert not text.removesuffix(stop).endswith(stop)
        assert sentence_text("Refused: resource_missing") == "Refused: resource_missing"
