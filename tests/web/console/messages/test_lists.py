"""Every English message of a rule or a service that a page of the console shows is in a list of texts, and no other one."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Final, Literal

import pytest
import stripe
from pydantic import BaseModel, ConfigDict, Field

from app.errors import GatewayUnavailable, InvalidRequest
from app.gateway.failures import to_gateway_error
from app.web.console.messages.translate import TEXTS, find_text
from app.wire.errors import validate
from tools.messages import ROOT

SERVICES: Final = ROOT / "app" / "services"
RULES: Final = (
    *sorted((SERVICES / "links" / "rules").glob("*.py")),
    SERVICES / "links" / "merchant_urls.py",
    ROOT / "app" / "wire" / "web_address.py",
)
FILES: Final = (
    SERVICES / "events" / "inbox.py",
    SERVICES / "links" / "catalogue.py",
    SERVICES / "links" / "importing" / "reading.py",
    SERVICES / "links" / "importing" / "run.py",
    SERVICES / "links" / "moving.py",
    SERVICES / "links" / "seeding.py",
    SERVICES / "pictures.py",
    ROOT / "app" / "serving" / "imports.py",
    ROOT / "app" / "wire" / "form.py",
    ROOT / "app" / "wire" / "json_object.py",
)
SCHEMAS: Final = (ROOT / "app" / "wire" / "errors.py", *sorted((ROOT / "app" / "objects").rglob("*.py")))
SELLING: Final = (ROOT / "app" / "pricing" / "selling.py", ROOT / "app" / "pricing" / "unsold.py")
STRIPE: Final = (
    *sorted((ROOT / "app" / "gateway").glob("*.py")),
    SERVICES / "accounts" / "connection.py",
    SERVICES / "attempts" / "sessions.py",
    SERVICES / "products" / "products.py",
)

PLAIN: Final = ("refuse", "refusal", "FormError", "InvalidRequest", "Unsold", "GatewayRefused", "GatewayUnavailable")
AROUND: Final = {
    **dict.fromkeys(PLAIN, "{}"),
    "at_most": "A payment link has at most x1 {}; this one would have x1.",
    "_refused": "Not a valid URL: x1 {}",
    "AddressRefused": "Not a valid URL: x1 {}",
}
"""The functions that make a message, each with what it writes around its text."""

TEXT_OF: Final = {"at_most": 2}
"""The place of the text among the arguments of a function, if it is not the first."""

TEMPLATES: Final = ("Missing required param", "Invalid ", "Received ", "Empty value", "Blank value")
"""How the messages of schemas begin. A table has most of them."""

NEVER_SHOWN: Final = (
    # One of two texts is in place of a value, and the list has both.
    "Checkout does not offer delivery to “x1”: x1",
    "Switched off: the product x1 is x1",
    "This link could never be paid: its x1 order",
    "No such x1: 'x1'",
    # These pass on the texts of others.
    "A payment link has at most x1 x1",
    "Not a valid URL: x1 x1",
    "Invalid x1: x1",
    "Invalid x1: must be ",
    # The reason of the parser is left out, and a test reads the rest.
    "This is not valid JSON (x1)",
    # The console offers no import without a key of Stripe, and names no links to import.
    "Importing reads a Stripe account",
    "The account has no such link",
    # A picture is refused by its code.
    "Stripe cannot fetch a picture",
    "This file is not a picture",
    # The webhook answers these to Stripe.
    "This event is of the other mode",
    "The delivery is not",
    # Each link of a file that is moved has an id.
    "A seeded link needs a slug",
    # No form of the console sends these names, or its parameters in this way.
    "The parameters must be UTF-8",
    "A parameter must be text, not a file",
    "Parameter name too long",
    "Parameter too deep",
    "Malformed parameter name",
    "Conflicting parameters",
    "Invalid array: x1 needs an index",
)
"""The beginnings of messages that no page shows, or not as they are."""


def sample(node: ast.expr) -> str:
    """Return the message that an expression makes, with `x1` in place of every value."""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=values):
            return "".join(sample(value) for value in values)
        case _:
            return "x1"


def messages(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the messages that a module raises, stores or notes, with their lines."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            if node.func.id in AROUND and node.args:
                text = sample(node.args[TEXT_OF.get(node.func.id, 0)])
                yield node.lineno, AROUND[node.func.id].format(text)
            elif node.func.id == "PictureRefused" and "exported" in sample(node.args[0]):
                yield node.lineno, sample(node.args[0])
            elif node.func.id == "Outcome":
                yield from ((node.lineno, sample(it.value)) for it in node.keywords if it.arg == "reason")
        elif isinstance(node, ast.JoinedStr) and sample(node).startswith(("Switched off: ", "Left out ")):
            yield node.lineno, sample(node)
        elif isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(node.value, ast.Constant | ast.JoinedStr):
            if sample(node.value).endswith("."):
                yield node.lineno, sample(node.value)
        elif isinstance(node, ast.Constant | ast.JoinedStr) and sample(node).startswith(TEMPLATES) and path in SCHEMAS:
            yield node.lineno, sample(node)


@cache
def written() -> tuple[tuple[str, str], ...]:
    """Return every message of the sources with its place. `x1` is in place of every value, and of every placeholder of a template."""
    return tuple(
        (f"{path.relative_to(ROOT)}:{line}", plain(text))
        for path in (*RULES, *FILES, *SCHEMAS, *SELLING, *STRIPE)
        for line, text in messages(path)
    )


def plain(text: str) -> str:
    """Return a template with `x1` in place of its placeholders."""
    for name in (
        "{param}",
        "{input}",
        "{value}",
        "{pattern}",
        "{max_length}",
        "{min_length}",
        "{maximum}",
        "{currency}",
    ):
        text = text.replace(name, "x1")
    for name in ("{gt}", "{ge}", "{lt}", "{le}"):
        text = text.replace(name, "x1")
    return text


class Shapes(BaseModel):
    """One parameter of each kind that has a list of choices."""

    model_config = ConfigDict(extra="forbid")
    one: Literal["a"] = "a"
    two: Literal["a", "b"] = "a"
    several: Literal["a", "b", "c"] = "a"
    many: Literal["aa", "ab", "ac", "ad", "ae", "af", "ag", "ah", "ai", "aj", "ak", "al", "am"] = "aa"
    least: Annotated[int, Field(ge=3)] = 3


def refused(**values: Any) -> str:
    """Return the message about a wrong value."""
    with pytest.raises(InvalidRequest) as refusal:
        validate(Shapes, values)
    return refusal.value.message


def told(error: stripe.StripeError) -> str:
    """Return what the gateway says about an error of the SDK."""
    return to_gateway_error(error, "sk_test_key").message


@cache
def made() -> tuple[str, ...]:
    """Return messages that are put together of parts."""
    return (
        refused(one="x"),
        refused(two="x"),
        refused(several="x"),
        refused(many="x"),
        refused(many="aaa"),
        refused(least=2),
        refused(leest=2),
        told(stripe.APIConnectionError("no")),
        told(stripe.APIError("no", http_status=503)),
        told(stripe.AuthenticationError("no", http_status=401)),
        told(stripe.InvalidRequestError(None, None, http_status=400)),
        GatewayUnavailable.message,
        "Checkout does not offer delivery to “XX”: leave it out.",
        "Checkout does not offer delivery to “at”: write AT, in capitals.",
        "This link could never be paid: its largest order costs €0.10, and Stripe charges at least €0.50.",
        "This link could never be paid: its smallest order costs €9,999,999.99, and Stripe charges at most €999,999.99.",
        *(f"No such {kind}: 'id'." for kind in ("price", "coupon", "shipping rate", "tax rate")),
        "Switched off: the product prod_1 is deleted.",
        "Switched off: the product prod_1 is archived.",
        "The link has no items.",
        "This is not valid JSON (line 3, column 7).",
    )


def test_every_message_has_a_text_in_the_lists() -> None:
    unknown = [
        f"{place}: {text}"
        for place, text in written()
        if text.strip() not in {"x1", "Invalid"} and not find_text(text) and not text.startswith(NEVER_SHOWN)
    ]
    assert len(written()) > 200
    assert not unknown, "\n".join(unknown)
    assert [message for message in made() if not find_text(message)] == []


def test_every_text_of_the_lists_is_one_of_a_message() -> None:
    found = {text[0] for message in (*made(), *(text for _place, text in written())) if (text := find_text(message))}
    assert [text for text in TEXTS if text not in found] == []


@pytest.mark.parametrize(
    ("message", "text", "values"),
    [
        (
            "line_items[0][adjustable_quantity][minimum] must not be above line_items[0][adjustable_quantity][maximum].",
            "%(field)s must not be above %(other)s",
            ("line_items[0][adjustable_quantity][minimum]", "line_items[0][adjustable_quantity][maximum]"),
        ),
        ("A product's name must not be blank.", "A product's name must not be blank", ()),
        (
            "Not a valid URL: counterfoil[return_url] must not contain spaces or control characters; write a space as %20.",
            "Not a valid URL: %(field)s must not contain spaces or control characters; write a space as %%20",
            ("counterfoil[return_url]",),
        ),
        (
            "Two options have the value “a must not be blank”. Give each its own.",
            "Two options have the value “%(value)s”. Give each its own",
            ("a must not be blank",),
        ),
        (
            "Invalid array: a[b c] must be a list (a[b c][0], a[b c][1], …), not “an object”.",
            "Invalid array: %(name)s must be a list (%(name)s[0], %(name)s[1], …), not “%(value)s”",
            ("a[b c]", "an object"),
        ),
    ],
)
def test_a_message_is_known_by_its_text(message: str, text: str, values: tuple[str, ...]) -> None:
    found = find_text(message)
    assert found is not None
    assert (found[0], tuple(found[1].values())) == (text, values)


def test_a_text_that_is_far_too_long_is_not_compared_with_any_pattern() -> None:
    """With several values, a pattern tries every way to divide a text, so the time grows with the square of its length or more."""
    message = "card can't be used in eur: it takes usd. Leave it out."
    assert find_text(message) is not None
    assert find_text(message.replace("usd", "usd" * 1000)) is None


def test_a_message_that_no_rule_raises_is_not_known() -> None:
    assert find_text("Something else is wrong with this link.") is None
